#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A stray store in each context that a module's code runs in: it is stopped, the module
# goes in order, and the kernel has nothing to complain of.

. "$(dirname "$0")/../guest/tap.sh"

places='init fail remove exit task locked irqs_off notifier timer hrtimer hardirq work rcu thread free copy circles fails leave leave_call'
for kind in ${KINDS:-uml qemu}; do
	arch=um options=()
	case $kind in
	qemu) arch=x86_64 ;;
	debug) arch=debug options=(--kernel "$BUILD/debug" --mem 2048 --timeout 400 --append acpi=noirq) ;;
	esac
	how=$kind
	[ $kind != debug ] || how=qemu
	# shellcheck disable=SC2086
	guest $how "aftermath-$kind" "${options[@]}" -m "$(ko $arch instrumented aftermath)" \
		"$TOP/tests/boot/aftermath.guest" $places
	ok "$kind: the kernel has no complaint" test $rc = 0
	for where in $places; do
		ok "$kind: $where: reported" said "^$where: reports [1-9]"
		case $where in
		fail) ok "$kind: $where: not loaded" said "^$where: not loaded$" ;;
		init) ok "$kind: $where: work is refused" said "^$where: refuses$" ;;
		remove | exit) ;;
		# The task never came back from there.
		circles) ok "$kind: $where: the task ends" said "^$where: done 0$" ;;
		leave | leave_call)
			ok "$kind: $where: the operation fails" said "^$where: fails$"
			ok "$kind: $where: what comes behind it has not run" said "^$where: done 0$"
			ok "$kind: $where: one violation" said "^$where: reports 1$"
			;;
		*)
			ok "$kind: $where: what comes behind it has run" said "^$where: done 1$"
			ok "$kind: $where: quarantined" said "^$where: state quarantined$"
			ok "$kind: $where: work is refused" said "^$where: refuses$"
			;;
		esac
		for what in 'module gone' 'driver gone' 'domain gone' 'machine works'; do
			ok "$kind: $where: $what" said "^$where: $what$"
		done
	done
done
finish
