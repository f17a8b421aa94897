#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What reports say of each kind of violation, that a site is reported once and
# counted from then on, and what they say of memory that was never freed.  Who
# allocated is recorded by kernels with CONFIG_SLUB_DEBUG only: of ours that is the
# one that watches itself (KINDS=debug).  Who freed would be too, but KASAN keeps
# what is free for a while before SLUB hears of it.

. "$(dirname "$0")/../guest/tap.sh"

for kind in ${KINDS:-uml qemu}; do
	kernel=()
	case $kind in
	uml) arch=um how=uml ;;
	qemu) arch=x86_64 how=qemu ;;
	debug) arch=debug how=qemu kernel=(--kernel "$BUILD/debug" --timeout 400 --append acpi=noirq) ;;
	esac
	guest $how "report-$kind" "${kernel[@]}" --append modbounds.track=1 -m "$(ko $arch instrumented buggy)" \
		"$TOP/tests/boot/report.guest"
	ok "$kind: the guest ends well" test $rc = 0
	while read -r bug what; do
		ok "$kind: $bug: $what" said "^$bug: BUG: modbounds: $what \[buggy\]$"
		ok "$kind: $bug: one violation" said "^$bug: violations 1$"
		ok "$kind: $bug: where" said "^$bug: modbounds: at (.*buggy.c:[1-9]|a call, )"
		ok "$kind: $bug: who" said "^$bug: modbounds: module buggy: .* by task sh/[0-9]+ on CPU [0-9]"
		ok "$kind: $bug: call trace" said "^$bug: .*buggy_write"
	done <<-END
		stray wild store in stray_write
		beyond out-of-bounds load in beyond_read
		range bad-range store in beyond_memset
		text forbidden store in text_write
		inner bad-free free in inner_free
		double bad-free free in double_free
		uaf use-after-free store in use_after_free
	END
	# Nothing would be left to say anything, had the call been made.
	ok "$kind: call: a call of the kernel with rubbish" said '^call: BUG: modbounds: bad-argument call in bad_call \[buggy\]$'
	ok "$kind: call: of what" said '^call: modbounds: module buggy: call of complete with 0x18 by task sh/'
	ok "$kind: call: where" said '^call: modbounds: at .*buggy.c:[1-9]'
	ok "$kind: call: one violation" said '^call: violations 1$'
	ok "$kind: zero: the load" said '^zero: BUG: modbounds: wild load in zero_call \[buggy\]$'
	ok "$kind: zero: and the call that gets its zero" \
		said '^zero: BUG: modbounds: bad-argument call in zero_call \[buggy\]$'
	ok "$kind: zero: two violations" said '^zero: violations 2$'
	for bug in stray beyond text uaf; do
		ok "$kind: $bug: registers" said "^$bug: modbounds: RIP: [0-9a-f]{16} RSP: "
		ok "$kind: $bug: all of them" said "^$bug: modbounds: R14: [0-9a-f]{16} R15: [0-9a-f]{16}$"
	done
	# A stray store through the pointer 24: the register that held it.
	ok "$kind: registers are the module's" said '^stray: modbounds: .*R[A-Z0-9]+: 0{14}18'
	ok "$kind: object" said '^beyond: modbounds: base 0x[0-9a-f]+: slab object of [0-9]+ bytes \[.*offset 0$'
	ok "$kind: its cache" said '^beyond: modbounds: it is slab '
	if [ $kind = debug ]; then
		ok "$kind: who allocated it" said '^uaf: modbounds: it is slab modbounds-buggy.*size 256 allocated at '
		ok "$kind: the stack of that" said '^uaf:  +use_after_free\+0x'
		ok "$kind: leak: where it was allocated" \
			said '^leak: of these 3 objects, 768 bytes, allocated at leak(\.[a-z0-9.]+)?\+0x[0-9a-f/x]+ \[buggy\]$'
	fi
	ok "$kind: one report for a site" said '^again: reports 1$'
	ok "$kind: the others are counted" said '^again: suppressed 2$'
	ok "$kind: and are violations" said '^again: violations 3$'
	ok "$kind: leak: size" said '^leak: still in use after unload: 3 objects of 256 bytes$'
	ok "$kind: the machine goes on" said '^alive$'

	panic='Kernel panic'
	cat >"$work/script" <<-'END'
		load canary buggy
		echo "stray $(cat /sys/module/canary/parameters/heap)" >/dev/buggy
		echo survived
	END
	guest $how "panic-$kind" "${kernel[@]}" --append modbounds.buggy=panic -m "$(ko $arch plain canary)" \
		-m "$(ko $arch instrumented buggy)" "$work/script"
	console=$BUILD/log/panic-$kind.console
	ok "$kind: policy panic: the guest dies" test $rc = 125
	ok "$kind: policy panic: by panic" grep -qaE "($panic) - not syncing: modbounds: wild access by module buggy" "$console"
	ok "$kind: policy panic: after a report" grep -qa 'BUG: modbounds: wild store in stray_write \[buggy\]' "$console"
	ok "$kind: policy panic: before memory changed" grep -qa 'canary: intact at panic' "$console"
	ok "$kind: policy panic: nothing ran on" eval '! said survived >/dev/null'
done
finish
