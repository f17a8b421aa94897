#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Unmodified drivers do their work, plain and with checks, without one report.

. "$(dirname "$0")/../guest/tap.sh"

# drive KIND ARCH NAME OPTION... SCRIPT ARGUMENT...: both variants of one driver
drive() {
	local kind=$1 arch=$2 name=$3 variant count
	shift 3
	for variant in plain instrumented; do
		count=none
		[ $variant = plain ] || count=0
		guest "$kind" "drivers-$kind-$name-$variant" -m "$(ko "$arch" $variant "$name")" "$@"
		ok "$kind: $name $variant works" test $rc = 0
		ok "$kind: $name $variant: violations $count" said "^violations $count$"
	done
}

drive qemu x86_64 null_blk --fio "$TOP/tests/boot/disk.guest" null_blk:memory_backed=1,gb=1 /dev/nullb0
drive qemu x86_64 brd --fio "$TOP/tests/boot/disk.guest" brd:rd_nr=1,rd_size=131072 /dev/ram0
drive qemu x86_64 e1000 --device "$(wire e1000)" "$TOP/tests/boot/net.guest" e1000 eth0 eth1
drive qemu x86_64 veth "$TOP/tests/boot/net.guest" veth va vb
drive uml um null_blk --fio "$TOP/tests/boot/disk.guest" null_blk:memory_backed=1,gb=1 /dev/nullb0
drive uml um brd --fio "$TOP/tests/boot/disk.guest" brd:rd_nr=1,rd_size=131072 /dev/ram0
drive uml um veth "$TOP/tests/boot/net.guest" veth va vb
finish
