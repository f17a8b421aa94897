#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Drivers with checks at work under a kernel that watches locks, contexts and
# memory (lockdep, PROVE_RCU, debug objects, SLUB): the harness fails a guest
# for what that kernel complains of.

. "$(dirname "$0")/../guest/tap.sh"

# drive NAME OPTION... SCRIPT ARGUMENT...
# This kernel is so slow that ACPI gives up on the loops that tell interrupts (30 s).
drive() {
	local name=$1
	shift
	guest qemu "debug-$name" --kernel "$BUILD/debug" --cpus 4 --mem 2048 --timeout 400 --append acpi=noirq \
		-m "$(ko debug instrumented "$name")" "$@"
	ok "$name works, and the kernel has no complaint" test "$rc" = 0
	ok "$name: violations 0" said '^violations 0$'
}

drive null_blk --fio "$TOP/tests/boot/disk.guest" null_blk:memory_backed=1,gb=1 /dev/nullb0
drive e1000 --device "$(wire e1000)" "$TOP/tests/boot/net.guest" e1000 eth0 eth1
drive veth "$TOP/tests/boot/net.guest" veth va vb
finish
