#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every way into a module: functions of each type of result, and each kind of
# callback, work in every mode; in quarantine none runs, and each returns what
# its caller takes for a failure.

. "$(dirname "$0")/../guest/tap.sh"

for kind in ${KINDS:-uml qemu}; do
	arch=um
	[ $kind = uml ] || arch=x86_64
	dir=$BUILD/modules/$arch/instrumented/entries
	guest $kind "entries-$kind" -m "$dir/caller.ko" -m "$dir/entries.ko" "$TOP/tests/boot/entries.guest"
	ok "$kind: the guest ends well" test $rc = 0
	n=0
	for mode in running trusted precise bounded; do
		n=$((n + 1))
		for result in 'number 1' 'size 2' 'count 3' 'yes 1' 'pointer object' 'status 0' 'irq 1' 'fault 100' \
			'xmit 0x10 freed 0' 'notifier 1 heard 1' 'thread 7' 'sysfs 42' \
			"ran $n $n $n $n $n $n $n" "touched $((n * 9))"; do
			ok "$kind: $mode: $result" said "^$mode: $result$"
		done
	done
	ok "$kind: quarantined" said '^state quarantined$'
	for result in 'number -5' 'size -5' 'count 0' 'yes 0' 'pointer other' 'status 10' 'irq 0' 'fault 2' \
		'xmit 0x0 freed 1' 'notifier 1 heard 1' 'thread -5' 'sysfs fails' \
		"ran $n $n $n $n $n $n $n" "touched $((n * 9))"; do
		ok "$kind: quarantined: $result" said "^quarantined: $result$"
	done
	ok "$kind: one violation" said '^violations 1$'
	ok "$kind: unloaded" said '^unloaded$'
done
finish
