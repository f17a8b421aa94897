#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A part of make check-loads, with the kernel and the modules that are there: disks
# under requests of several pages, cards under frames of all sizes.

. "$(dirname "$0")/../guest/tap.sh"

[[ " ${KINDS:-qemu uml} " = *" qemu "* ]] || skip_all 'for QEMU'

# fio --rw=randrw of these sizes, on a disk that keeps what is written; in both modes.
for mode in bounded precise; do
	for size in 64k 1m; do
		guest qemu "loads-null_blk-$mode-$size" --fio -m "$(ko x86_64 instrumented null_blk)" \
			--append "modbounds.mode=$mode" "$TOP/tests/boot/loads.guest" null_blk:memory_backed=1,gb=1 /dev/nullb0 $size
		ok "null_blk, $mode, requests of $size" test "$rc" = 0
		ok "null_blk, $mode, requests of $size: violations 0" said '^violations 0$'
	done
done

# Packets of 1 to 64000 bytes, fragments, segments, zerocopy, multicast, raw and packet
# sockets, at two MTUs, with offloads and without.
ok 'the packets'"'"' program compiles' "$CC" -O2 -static -o "$work/nets" "$TOP/tests/loads/nets.c"
built() { find "$BUILD/x86_64" -name "$1.ko"; }
packets() {
	local name=$1 mode=$2
	shift 2
	guest qemu "loads-$name-$mode" -m "$(ko x86_64 instrumented "$name")" -f "$work/nets" --append "modbounds.mode=$mode" "$@"
	ok "$name, $mode, packets of all sizes and kinds" test "$rc" = 0
	ok "$name, $mode, packets: violations 0" said '^violations 0$'
}
packets veth precise "$TOP/tests/boot/packets.guest" veth va vb
packets e1000 bounded --device "$(wire e1000)" "$TOP/tests/boot/packets.guest" e1000 eth0 eth1
packets virtio_net bounded --device "$(wire virtio-net-pci)" -m "$(built failover)" -m "$(built net_failover)" \
	-m "$(built dimlib)" "$TOP/tests/boot/packets.guest" failover+net_failover+dimlib+virtio_net eth0 eth1
finish
