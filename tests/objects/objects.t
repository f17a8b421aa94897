#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A module misses its own objects in all ways that allocators' sanitizers are tested with.  The
# machine lives on after each; which are told, and which are not, is what misses.txt says.

. "$(dirname "$0")/../guest/tap.sh"
. "$TOP/tests/objects/list.sh"

# missed MODE NAME HOW: is it known that this one is not told?
missed() {
	[ "$1 $3" = "bounded FIELD" ] || grep -q "^$1 $2	" "$TOP/tests/objects/misses.txt"
}

for mode in bounded precise; do
	mapfile -t bugs < <(objects_list)
	# What a module has left behind keeps its arena for a while: small ones.
	guest qemu "objects-$mode" --append modbounds.arena=2M -m "$(ko x86_64 instrumented objects)" \
		"$TOP/tests/objects/objects.guest" $mode "${bugs[@]%% *}"
	ok "$mode: the machine lives on" said '^alive$'
	ok "$mode: nothing but reports" test "$(grep -cE 'WARNING:|Oops|BUG: [^m]' "$work/out")" = 0
	told=0
	for bug in "${bugs[@]}"; do
		read -r name kind how <<<"$bug"
		grep -qE "^$name: [1-9][0-9]*$" "$work/out" && told=$((told + 1))
		if missed $mode "$name" "$how"; then
			ok "$mode: $kind: $name: returns" said "^$name: [0-9]+$"
		else
			ok "$mode: $kind: $name: told" said "^$name: [1-9][0-9]*$"
		fi
	done
	echo "# $mode: $told of ${#bugs[@]} are told"
	most=95
	[ $mode = precise ] || most=60
	ok "$mode: at least $most in a hundred" test $((told * 100)) -ge $((most * ${#bugs[@]}))
done
finish
