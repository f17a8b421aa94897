#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A disk's driver violates in its completion interrupt and is shut off: requests under way
# fail, so that whoever waits for them goes on.

. "$(dirname "$0")/../guest/tap.sh"

ok 'nvme with faults is built' "$TOP/tests/faults/build.sh" instrumented nvme
truncate -s 64M "$work/disk"
guest qemu inflight --fio --device "-drive file=$work/disk,if=none,id=d,format=raw -device nvme,serial=1,drive=d" \
	-m "$BUILD/faults/instrumented/nvme/nvme-core.ko" -m "$BUILD/faults/instrumented/nvme/nvme.ko" "$TOP/tests/faults/fault.guest" \
	nvme-core+nvme "$(perl "$TOP/tests/faults/plant.pl" --number nvme-stray-irq)" disk /dev/nvme0n1
ok 'the machine lives, and has nothing to complain of' test $rc = 0
ok 'the fault is reached' said '^reached 1$'
ok 'one report' said '^reports 1$'
ok 'whoever waits gets an error' said '^work fails$'
ok 'some were under way' grep -q 'requests under way have failed' "$BUILD/log/inflight.console"
finish
