#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What correct drivers do with pointers is not reported, with room in the arena
# and without.

. "$(dirname "$0")/../guest/tap.sh"

# The entries of the module's table.
mapfile -t idioms < <(grep '^	ENTRY' "$TOP/tests/boot/modules/idioms/correct.c" | grep -o 'ENTRY([a-z_]*)' | sed 's/.*(\(.*\))/\1/')
for kind in ${KINDS:-uml qemu}; do
	arch=um
	[ $kind = uml ] || arch=x86_64
	dir=$BUILD/modules/$arch/instrumented/idioms
	for room in '' fill=1; do
		guest $kind "idioms-$kind-${room:-room}" -m "$dir/lender.ko" -m "$dir/idioms.ko" "$TOP/tests/boot/idioms.guest" $room
		ok "$kind, ${room:-room}: the guest ends well" test $rc = 0
		for mode in bounded precise; do
			for idiom in "${idioms[@]}"; do
				ok "$kind, ${room:-room}: $mode: $idiom" said "^$mode: $idiom right$"
			done
			ok "$kind, ${room:-room}: $mode: no violation" said "^$mode: violations 0$"
		done
		ok "$kind, ${room:-room}: unloaded" said '^unloaded$'
	done
done
finish
