#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Unmodified drivers do their work, plain and with checks, without one report.

. "$(dirname "$0")/../guest/tap.sh"

# drive KIND NAME OPTION... SCRIPT ARGUMENT...: both variants of one driver.
# VARIANT in an argument stands for the variant.
drive() {
	local kind=$1 name=$2 arch=um variant count
	shift 2
	[[ " ${KINDS:-qemu uml} " = *" $kind "* ]] || return 0
	[ "$kind" = uml ] || arch=x86_64
	for variant in plain instrumented; do
		count=none
		[ $variant = plain ] || count=0
		guest "$kind" "drivers-$kind-$name-$variant" -m "$(ko "$arch" $variant "$name")" "${@//VARIANT/$variant}"
		ok "$kind: $name $variant works" test $rc = 0
		ok "$kind: $name $variant: violations $count" said "^violations $count$"
		! said '^reloaded' >/dev/null || ok "$kind: $name $variant: and $count after a reload" \
			said "^violations of the second life $count$"
		! said '^grants' >/dev/null || ok "$kind: $name: packets to send come from its arena" \
			awk '/^grants/ { print; exit !($2 * 10 < $4) }' "$work/out"
	done
}

drive qemu null_blk --fio "$TOP/tests/boot/disk.guest" null_blk:memory_backed=1,gb=1 /dev/nullb0
drive qemu brd --fio "$TOP/tests/boot/disk.guest" brd:rd_nr=1,rd_size=131072 /dev/ram0
drive qemu e1000 --device "$(wire e1000)" "$TOP/tests/boot/net.guest" e1000 eth0 eth1
drive qemu veth "$TOP/tests/boot/net.guest" veth va vb
# Modules that drivers need, as the kernel built them.
built() { find "$BUILD/x86_64" -name "$1.ko"; }
truncate -s 128M "$work/disk"
drive qemu virtio_blk --fio --device "-drive file=$work/disk,if=none,id=d,format=raw -device virtio-blk-pci,drive=d" \
	"$TOP/tests/boot/disk.guest" virtio_blk /dev/vda
drive qemu nvme --fio --device "-drive file=$work/disk,if=none,id=d,format=raw -device nvme,serial=1,drive=d" \
	-m "$BUILD/modules/x86_64/VARIANT/nvme/nvme-core.ko" "$TOP/tests/boot/disk.guest" nvme-core+nvme /dev/nvme0n1
drive qemu virtio_net --device "$(wire virtio-net-pci)" -m "$(built failover)" -m "$(built net_failover)" \
	-m "$(built dimlib)" "$TOP/tests/boot/net.guest" failover+net_failover+dimlib+virtio_net eth0 eth1
drive uml null_blk --fio "$TOP/tests/boot/disk.guest" null_blk:memory_backed=1,gb=1 /dev/nullb0
drive uml brd --fio "$TOP/tests/boot/disk.guest" brd:rd_nr=1,rd_size=131072 /dev/ram0
drive uml veth "$TOP/tests/boot/net.guest" veth va vb
finish
