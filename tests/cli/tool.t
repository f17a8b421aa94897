#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The tool on a made-up /sys: the line for each module; and keep-out: a module that
# violates in each boot is kept from loading, on request.

. "$(dirname "$0")/../guest/tap.sh"

export MODBOUNDS_SYSFS=$work/sys MODBOUNDS_NOTED=$work/noted MODBOUNDS_MODPROBE=$work/modprobe.conf
export MODBOUNDS_BOOT_ID=$work/boot
tool() { "$TOP/runtime/tools/modbounds" "$@"; }
domain() {
	mkdir -p "$work/sys/$1"
	(
		cd "$work/sys/$1" || exit
		echo bounded >mode
		echo restart >policy
		echo running >state
		printf 'arena_used 4096\narena_size 65536\ngrants 3\nentries 44\nmisses 5\nviolations 6\n' >stats
		echo 2 >restarts
		echo 'wild store in open_it [bad]' >last_reason
		printf 'total_ms 789\nlast_ms 321\n' >downtime
	)
}
domain bad
tool status >"$work/out"
ok 'a line for each module' said '^bad +bounded +restart +running +4/64 +3 +44 +5 +6 +2 +789 +wild store in open_it'
rm -rf "$work/sys"

# boot N [MODULE...]: one in which these violate.
boot() {
	local m
	echo "boot-$1" >"$work/boot"
	rm -rf "$work/sys"
	mkdir -p "$work/sys/good"
	: >"$work/sys/good/history"
	tool keep-out 3 || return
	shift
	for m; do
		mkdir "$work/sys/$m"
		echo '12.3 quarantined none' >"$work/sys/$m/history"
	done
	tool keep-out 3 && tool keep-out 3	# once for each violation
}
kept() { grep -qs "^install $1 " "$MODBOUNDS_MODPROBE"; }
not() { if "$@"; then return 1; fi; }

ok 'first boot' boot 1 bad often
ok 'second boot' boot 2 bad
ok 'not yet' not kept bad
ok 'third boot' boot 3 bad often
ok 'three in a row: kept out' kept bad
ok 'modprobe takes the file' modprobe -C "$MODBOUNDS_MODPROBE" --showconfig
ok 'not in a row: not kept out' not kept often
ok 'fourth boot' boot 4 often
ok 'two in a row: not kept out' not kept often
ok 'fifth boot' boot 5 often
ok 'three in a row: kept out, too' kept often
ok 'who has done nothing is not kept out' not kept good
ok 'let in again' tool let-in bad
ok 'is not kept out' not kept bad
ok 'the other one still is' kept often
ok 'nothing is held against it' boot 6 bad
ok 'still not kept out' not kept bad
ok 'a number is needed' not tool keep-out
ok 'of boots' not tool keep-out no
ok 'nobody is let in twice' not tool let-in bad
finish
