#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A module stores where it has no business, in all ways that anybody has thought of: nothing
# changes, and it is reported.  And what is right is not.

. "$(dirname "$0")/../guest/tap.sh"

mapfile -t ways < <(grep -o 'WAY([a-z_]*)' "$TOP/tests/boot/modules/stray/stray.c" | sed 's/.*(\(.*\))/\1/' |
	grep -vx name)
ways+=(variadic)
# On user-mode Linux users have the same addresses as the kernel, and stacks only one.
not_uml='by_put_user|by_copy_to_user|by_clear_user|to_stack'
for kind in ${KINDS:-uml qemu}; do
	arch=um
	[ $kind = uml ] || arch=x86_64
	dir=$BUILD/modules/$arch/instrumented/stray
	for mode in bounded precise; do
		here=()
		for way in "${ways[@]}"; do
			[ $kind = uml ] && [[ $way =~ ^($not_uml)$ ]] || here+=("$way")
		done
		guest $kind "stray-$kind-$mode" -m "$dir/owner.ko" -m "$dir/stray.ko" \
			"$TOP/tests/boot/stray.guest" $mode "${here[@]}"
		ok "$kind, $mode: the guest ends well" test $rc = 0
		for way in "${here[@]}"; do
			case $way in
			right_*) ok "$kind, $mode: $way: not reported" said "^$way: .*, violations 0$" ;;
			*)
				ok "$kind, $mode: $way: nothing changed" said "^$way: intact, "
				ok "$kind, $mode: $way: reported" said "^$way: .*, violations [1-9]"
				;;
			esac
		done
		ok "$kind, $mode: unloaded" said '^unloaded$'
	done
done
finish
