#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# figures.sh [NAME...]: compile drivers once more, for the plugin's report on
# each function, and add up what became of their accesses.

. "$(dirname "$0")/../guest/lib.sh"

out=$BUILD/figures
drivers=$TREE/drivers
declare -A source=(
	[null_blk]=$drivers/block/null_blk [brd]=$drivers/block/brd.c
	[virtio_blk]=$drivers/block/virtio_blk.c [nvme]=$drivers/nvme/host
	[e1000]=$drivers/net/ethernet/intel/e1000 [virtio_net]=$drivers/net/virtio_net.c
	[veth]=$drivers/net/veth.c [vmxnet3]=$drivers/net/vmxnet3
)
[ $# -gt 0 ] || set -- null_blk brd virtio_blk nvme e1000 virtio_net veth vmxnet3
lock figures
install -D -C "$BUILD/plugin/modbounds.so" "$BUILD/x86_64/scripts/modbounds/modbounds.so"
export CCACHE_DISABLE=1		# what comes from a cache leaves no report
printf '%-12s %8s %8s %8s %8s   %7s %7s %7s %7s %7s\n' driver accesses proved merged checked \
	loads stores asm ranges escapes
for name; do
	src=${source[$name]:-} dir=$out/$name
	[ -e "$src" ] || die "no driver '$name'"
	rm -rf "$dir"
	mkdir -p "$dir"
	cp -r "$src" "$dir/src"
	if [ -f "$dir/src" ]; then
		mv "$dir/src" "$dir/$name.c"
		echo "obj-m := $name.o" >"$dir/Makefile"
	else
		mv "$dir/src"/* "$dir/"
	fi
	kmake x86_64 M="$dir" MODBOUNDS=y MODBOUNDS_FLAGS="-fplugin-arg-modbounds-report=$dir/report" \
		modules >"$BUILD/log/figures-$name.log" 2>&1 || die "$name: see $BUILD/log/figures-$name.log"
	perl -e '
		while (<STDIN>) { while (/"(\w+)":(\d+)/g) { $n{$1} += $2 } }
		my $all = ($n{proved} + $n{merged} + $n{checked}) || 1;
		printf "%-12s %8d %7.1f%% %7.1f%% %7.1f%%   %7d %7d %7d %7d %7d\n", $ARGV[0], $all,
			(map { 100 * $n{$_} / $all } qw(proved merged checked)),
			@n{qw(loads stores asm ranges escapes)};' "$name" <"$dir/report"
done
