#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Unmodified drivers do their work, plain and with checks, without one report.

. "$(dirname "$0")/../guest/tap.sh"

# drive KIND NAME OPTION... SCRIPT ARGUMENT...: both variants of one driver
drive() {
	local kind=$1 name=$2 arch=um variant count
	shift 2
	[[ " ${KINDS:-qemu uml} " = *" $kind "* ]] || return 0
	[ "$kind" = uml ] || arch=x86_64
	for variant in plain instrumented; do
		count=none
		[ $variant = plain ] || count=0
		guest "$kind" "drivers-$kind-$name-$variant" -m "$(ko "$arch" $variant "$name")" "$@"
		ok "$kind: $name $variant works" test $rc = 0
		ok "$kind: $name $variant: violations $count" said "^violations $count$"
	done
}

drive qemu null_blk --fio "$TOP/tests/boot/disk.guest" null_blk:memory_backed=1,gb=1 /dev/nullb0
drive qemu brd --fio "$TOP/tests/boot/disk.guest" brd:rd_nr=1,rd_size=131072 /dev/ram0
drive qemu e1000 --device "$(wire e1000)" "$TOP/tests/boot/net.guest" e1000 eth0 eth1
drive qemu veth "$TOP/tests/boot/net.guest" veth va vb
drive uml null_blk --fio "$TOP/tests/boot/disk.guest" null_blk:memory_backed=1,gb=1 /dev/nullb0
drive uml brd --fio "$TOP/tests/boot/disk.guest" brd:rd_nr=1,rd_size=131072 /dev/ram0
drive uml veth "$TOP/tests/boot/net.guest" veth va vb
finish
