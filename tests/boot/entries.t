#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every way into a module: operations with each type of result, and each kind of
# callback, work in every mode; in quarantine work is not done, and returns what its
# caller takes for a failure, and all else runs.

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
		for result in 'open 1' 'read 2' 'poll 1' 'release 3' 'fault 100' 'mtu 4' 'stats other' 'stop 5' \
			'status 0' 'yes 1' 'pointer object' 'irq 1' 'xmit 0x10 freed 0' 'notifier 1 heard 1' \
			'thread 7' 'sysfs 42' "ran $n $n $n $n $n $n $n" "touched $((n * 10))"; do
			ok "$kind: $mode: $result" said "^$mode: $result$"
		done
	done
	ok "$kind: quarantined" said '^state quarantined$'
	m=$((n + 1))
	# Of what touches the object, release, yes, pointer, the notifier and the thread are left.
	for result in 'open -5' 'read -5' 'poll 8' 'release 3' 'fault 2' 'mtu -5' 'stats of the device' 'stop 5' \
		'status 10' 'yes 1' 'pointer object' 'irq 1' 'xmit 0x0 freed 1' 'notifier 1 heard 1' 'thread 7' \
		'sysfs fails' "ran $m $m $m $m $m $n $m" "touched $((n * 10 + 5))"; do
		ok "$kind: quarantined: $result" said "^quarantined: $result$"
	done
	ok "$kind: one violation" said '^violations 1$'
	ok "$kind: what has no gate cannot harm" said '^vary reads nothing, victim intact$'
	ok "$kind: and is quarantined" said '^without a gate: state quarantined$'
	ok "$kind: unloaded" said '^unloaded$'
done
finish
