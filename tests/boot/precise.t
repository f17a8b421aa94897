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
built() { find "$BUILD/x86_64" -name "$1.ko"; }
drive qemu virtio_net --device "$(wire virtio-net-pci)" -m "$(built failover)" -m "$(built net_failover)" \
	-m "$(built dimlib)" "$TOP/tests/boot/net.guest" failover+net_failover+dimlib+virtio_net eth0 eth1
drive qemu brd --fio "$TOP/tests/boot/disk.guest" brd:rd_nr=1,rd_size=131072 /dev/ram0
truncate -s 128M "$work/disk"
drive qemu nvme --fio --device "-drive file=$work/disk,if=none,id=d,format=raw -device nvme,serial=1,drive=d" \
	-m "$BUILD/modules/x86_64/instrumented/nvme/nvme-core.ko" "$TOP/tests/boot/disk.guest" nvme-core+nvme /dev/nvme0n1
drive uml null_blk --fio "$TOP/tests/boot/disk.guest" null_blk:memory_backed=1,gb=1 /dev/nullb0
drive uml veth "$TOP/tests/boot/net.guest" veth va vb
finish
