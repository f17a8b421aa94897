#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A buggy driver destroys memory of another module when it was built plain, and
# is stopped when it was built with checks.

. "$(dirname "$0")/../guest/tap.sh"

run() {
	guest "$3" "canary-$3-$2" -m "$(ko "$1" plain canary)" -m "$(ko "$1" "$2" buggy)" \
		"$TOP/tests/boot/canary.guest"
}

for kind in ${KINDS:-qemu uml}; do
	if [ $kind = qemu ]; then arch=x86_64; else arch=um; fi
	run $arch plain $kind
	ok "$kind: plain: the guest ends well" test $rc = 0
	for bug in stray overflow memset; do
		for victim in heap image; do
			ok "$kind: plain $bug: $victim canary destroyed" said "^$bug $victim: canary destroyed"
		done
	done
	run $arch instrumented $kind
	ok "$kind: instrumented: the machine goes on" test $rc = 0
	ok "$kind: instrumented: later commands work" said '^alive Linux'
	for bug in stray overflow memset; do
		case $bug in
		stray) function=stray_write ;;
		overflow) function=overflow_write ;;
		memset) function=stray_memset ;;
		esac
		for victim in heap image; do
			ok "$kind: $bug: $victim canary intact" said "^$bug $victim: canary intact"
			ok "$kind: $bug: one report" said "^$bug $victim: reports 1$"
			ok "$kind: $bug: it names kind, function and module" \
				said "^$bug $victim: BUG: modbounds: (wild|out-of-bounds|forbidden) store in $function(\+[0-9a-fx/]+)? \[buggy\]"
			ok "$kind: $bug: the module is quarantined" said "^$bug $victim: next write refused"
			ok "$kind: $bug: the module can be unloaded" said "^$bug $victim: unloaded"
		done
	done
	for victim in heap image; do
		ok "$kind: no bug: no report" said "^none $victim: reports 0"
		ok "$kind: no bug: the module works" said "^none $victim: next write works"
	done
done

# What make demo begins with.
if [[ " ${KINDS:-uml qemu} " = *" qemu "* ]]; then
	guest qemu canary-demo -m "$(ko x86_64 plain canary)" -m "$(ko x86_64 instrumented buggy)" "$TOP/bench/canary.guest"
	ok 'demonstration: the guest ends well' test $rc = 0
	ok 'demonstration: the canary is intact' said '^canary intact$'
fi
finish
