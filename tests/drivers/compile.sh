#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# compile.sh [DIR...]: compile all modules below directories of the kernel tree
# with the plugin, and each file without it for comparison.  What was done with
# this very plugin and source is not done again.

. "$(dirname "$0")/../guest/lib.sh"

here=$TOP/tests/drivers
out=$BUILD/drivers
log=$BUILD/log/drivers.log
[ $# -gt 0 ] || set -- drivers/block drivers/nvme drivers/virtio drivers/scsi drivers/net/ethernet \
	drivers/usb drivers/hid drivers/md drivers/infiniband/hw drivers/gpu/drm/nouveau sound/pci \
	fs/ext4 fs/btrfs fs/xfs net/netfilter
check_cc
for dir; do
	[ -f "$TREE/$dir/Makefile" ] || die "no directory of drivers: $dir"
done
lock drivers
renice -n 10 -p $$ >/dev/null	# hours: let others work
need_space "$out" 4
mkdir -p "$out" "$BUILD/log"

# What Kconfig's debugging menus switch on or off.
debug_options() {
	(cd "$TREE" && find . -name Kconfig.debug -exec cat {} + &&
		cat lib/Kconfig.{kasan,kcsan,kfence,kmsan,ubsan,kgdb} kernel/gcov/Kconfig) |
		awk '$1 ~ /^(menu)?config$/ { name = $2 }
			$1 == "bool" || $1 == "tristate" { print "# CONFIG_" name " is not set" }'
}

{ debug_options; cat "$here/drivers.config"; } >"$out/.fragments.new"
if ! cmp -s "$out/.fragments.new" "$out/.fragments" || [ ! -f "$out/.config" ]; then
	step "configuring"
	rm -rf "$out/drivers"
	KCONFIG_ALLCONFIG=$out/.fragments.new kmake drivers -s ARCH=x86_64 allmodconfig >"$log" 2>&1 ||
		{ tail -n 20 "$log" >&2; die "cannot configure $out"; }
	grep -qx CONFIG_MODBOUNDS=y "$out/.config" || die "$out/.config lacks CONFIG_MODBOUNDS: dependencies?"
	mv "$out/.fragments.new" "$out/.fragments"
fi

# Kbuild does not know the plugin as an input: what is older than it is made anew.
plugin=$out/scripts/modbounds/modbounds.so
install -D -C "$BUILD/plugin/modbounds.so" "$plugin"
for dir; do
	[ ! -d "$out/$dir" ] || find "$out/$dir" \( -name '*.o' -o -name '*.figures' -o -name '*.objtool' \) \
		! -newer "$plugin" -delete
done

step "compiling, plain and with the plugin: $* (log: $log)"
# No ccache: it knows nothing of time.  -k: one that fails is counted, not the end.
progress "$log" '^  CC \[M\]' kmake drivers ARCH=x86_64 CC="$here/cc.sh $CC" MODBOUNDS=y -k \
	objtool="$here/objtool.sh $out/tools/objtool/objtool" "${@/%//}" || say "    some did not compile; see below"
perl "$here/summary.pl" "$out" "$@"
