#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# kernel-patch/modules.sh KERNEL VARIANT [NAME...]
#
# Build modules outside of the tree, VARIANT plain, instrumented, stores or no-handover, into
# build/modules/KERNEL/VARIANT/NAME/: drivers of the tree, from unmodified copies
# of their sources, and our own test modules.

. "$(dirname "$0")/../tests/guest/lib.sh"

kernel=${1:?usage: modules.sh KERNEL VARIANT [NAME...]} variant=${2:?}
shift 2
TREE=$(tree_of "$kernel")
# name: where its sources are; a file stands for a driver of one file.
declare -A source=(
	[null_blk]=$TREE/drivers/block/null_blk
	[brd]=$TREE/drivers/block/brd.c
	[veth]=$TREE/drivers/net/veth.c
	[canary]=$TOP/tests/boot/modules/canary
	[buggy]=$TOP/tests/boot/modules/buggy
	[peer]=$TOP/tests/debug/modules/peer
	[entries]=$TOP/tests/boot/modules/entries
	[idioms]=$TOP/tests/boot/modules/idioms
	[aftermath]=$TOP/tests/boot/modules/aftermath
	[stray]=$TOP/tests/boot/modules/stray
	[objects]=$TOP/tests/objects/module
)
if [ "$(arch_of "$kernel")" != um ]; then
	source+=(
		[e1000]=$TREE/drivers/net/ethernet/intel/e1000
		[virtio_blk]=$TREE/drivers/block/virtio_blk.c
		[virtio_net]=$TREE/drivers/net/virtio_net.c
		[nvme]=$TREE/drivers/nvme/host
		[vmxnet3]=$TREE/drivers/net/vmxnet3
		[growth]=$TOP/bench/growth
		[microbench]=$TOP/bench/microbench
	)
fi
if [ $# = 0 ]; then
	unset 'source[growth]'	# 64 modules, for bench/ alone
	set -- "${!source[@]}"
fi
lock "modules-$kernel-$variant"
objtree=$BUILD/$kernel
[ -f "$objtree/Module.symvers" ] || die "no kernel in $objtree: run 'make kernel'"

for name; do
	src=${source[$name]:-}
	[ -e "$src" ] || die "no module '$name' for $kernel"
	dir=$BUILD/modules/$kernel/$variant/$name
	mkdir -p "$dir"
	if [ -d "$src" ]; then
		rsync -rc --include='*.[chS]' --include=Makefile --include=Kbuild --exclude='*' "$src/" "$dir/"
	else
		rsync -c "$src" "$dir/"
		[ -f "$dir/Makefile" ] || echo "obj-m := $name.o" >"$dir/Makefile"
	fi
	build_module "$kernel" "$variant" "$dir" "$BUILD/log/module-$kernel-$variant-$name.log" ||
		die "module $name ($kernel, $variant) did not build"
	compgen -G "$dir/*.ko" >/dev/null || die "$dir: built, but there is no module"
done
