#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# No access of an instrumented driver is without a check or a proof.

. "$(dirname "$0")/../guest/tap.sh"

"$TOP/tests/coverage/run.sh" >"$work/out" 2>&1
rc=$?
while read -r name accesses checked proved explained unexplained; do
	ok "$name: of $accesses accesses $checked checked, $proved proved, $explained explained" \
		test "$unexplained" -eq 0
done < <(grep -v '^ ' "$work/out" | tail -n +2)
for name in null_blk brd virtio_blk nvme nvme-core e1000 virtio_net vmxnet3 veth; do
	ok "$name was looked at" said "^$name "
done
ok 'the checker is content' test $rc -eq 0
finish
