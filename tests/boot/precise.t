#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Unmodified drivers in precise mode: holding them to each single object, their
# own included, refuses nothing that is correct.

. "$(dirname "$0")/../guest/tap.sh"

# drive KIND NAME OPTION... SCRIPT ARGUMENT...
drive() {
	local kind=$1 name=$2 arch=um log
	shift 2
	[[ " ${KINDS:-qemu uml} " = *" $kind "* ]] || return 0
	[ "$kind" = uml ] || arch=x86_64
	log=precise-$kind-$name
	guest "$kind" "$log" -m "$(ko $arch instrumented "$name")" --append "modbounds.$name=precise" "$@"
	ok "$kind: $name works" test "$rc" = 0
	ok "$kind: $name: violations 0" said '^violations 0$'
	ok "$kind: $name was in precise mode" grep -q "modbounds: $name: precise," "$BUILD/log/$log.console"
}

drive qemu null_blk --fio "$TOP/tests/boot/disk.guest" null_blk:memory_backed=1,gb=1 /dev/nullb0
drive qemu e1000 --device "$(wire e1000)" "$TOP/tests/boot/net.guest" e1000 eth0 eth1
drive qemu veth "$TOP/tests/boot/net.guest" veth va vb
drive uml null_blk --fio "$TOP/tests/boot/disk.guest" null_blk:memory_backed=1,gb=1 /dev/nullb0
drive uml veth "$TOP/tests/boot/net.guest" veth va vb
finish
