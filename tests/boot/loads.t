#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A part of make check-loads, with the kernel and the modules that are there: disks
# under requests of several pages, cards under frames of all sizes.  What passed
# before is run again, once.

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
