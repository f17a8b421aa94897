#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tests/faults/build.sh VARIANT DRIVER: a driver of the tree with the faults of faults.txt
# in it, into build/faults/VARIANT/DRIVER/.  In the environment: TABLE, another table
# of faults; INTO, another directory than build/faults; KERNEL, another than x86_64.

. "$(dirname "$0")/../guest/lib.sh"

variant=${1:?usage: build.sh VARIANT DRIVER} driver=${2:?}
declare -A source=(
	[null_blk]=drivers/block/null_blk [virtio_blk]=drivers/block/virtio_blk.c [nvme]=drivers/nvme/host
	[e1000]=drivers/net/ethernet/intel/e1000 [virtio_net]=drivers/net/virtio_net.c [veth]=drivers/net/veth.c
	[vmxnet3]=drivers/net/vmxnet3
)
kernel=${KERNEL:-x86_64}
dir=${INTO:-$BUILD/faults}/$variant/$driver
src=$TREE/${source[$driver]:?no such driver}
lock faults
rm -rf "$dir.new"
mkdir -p "$dir.new" "$dir"
if [ -d "$src" ]; then
	rsync -rc --include='*.[chS]' --include=Makefile --include=Kbuild --exclude='*' "$src/" "$dir.new/"
else
	cp "$src" "$dir.new/"
	echo "obj-m := $driver.o" >"$dir.new/Makefile"
fi
perl "$TOP/tests/faults/plant.pl" "$driver" "$dir.new"/*.c
rsync -rc "$dir.new/" "$dir/"
rm -rf "$dir.new"
build_module "$kernel" "$variant" "$dir" "$BUILD/log/faults-$kernel-$variant-$driver.log" ||
	die "$driver with faults ($variant) did not build"
