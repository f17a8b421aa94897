#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A disk's driver violates in its completion interrupt and is shut off: requests under way
# fail, so that whoever waits for them goes on, closes the disk, and the module can go.

. "$(dirname "$0")/../guest/tap.sh"

ok 'virtio_blk with faults is built' "$TOP/tests/faults/build.sh" instrumented virtio_blk
truncate -s 64M "$work/disk"
guest qemu inflight --fio --device "-drive file=$work/disk,if=none,id=d,format=raw -device virtio-blk-pci,drive=d" \
	-m "$BUILD/faults/instrumented/virtio_blk/virtio_blk.ko" "$TOP/tests/faults/fault.guest" \
	virtio_blk "$(perl "$TOP/tests/faults/plant.pl" --number vblk-stray-done)" disk /dev/vda
ok 'the machine lives, and has nothing to complain of' test $rc = 0
ok 'the fault is reached' said '^reached 1$'
ok 'one report' said '^reports 1$'
ok 'whoever waits gets an error' said '^work fails$'
ok 'some were under way' grep -q 'requests under way have failed' "$BUILD/log/inflight.console"
ok 'nobody waits for ever: the module goes' said '^module gone$'
finish
