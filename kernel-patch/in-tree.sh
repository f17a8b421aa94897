#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# in-tree.sh KERNEL: all modules of a kernel once more, with checks, as its own
# build makes them: build/KERNEL-checked.  They belong to the image in build/KERNEL.

. "$(dirname "$0")/../tests/guest/lib.sh"

kernel=${1:?usage: in-tree.sh KERNEL}
plain=$BUILD/$kernel checked=$BUILD/$kernel-checked
log=$BUILD/log/modules-$kernel-checked.log
check_cc
lock "$kernel-checked"
[ -f "$plain/Module.symvers" ] || die "no kernel in $plain: run 'make kernel-$kernel'"
[ -f "$BUILD/plugin/modbounds.so" ] || die "no plugin: run 'make plugin'"

# What they are built against is that kernel, and nothing of it is built again.
inputs=$(cat "$plain"/{.config,System.map,Module.symvers} | sha256sum)
if [ "$inputs" != "$(cat "$checked/.inputs" 2>/dev/null)" ]; then
	need_space "$BUILD" 3
	step "copying build/$kernel"
	rm -rf "$checked"
	cp -a --reflink=auto "$plain" "$checked"
	find "$checked" -name '*.ko' -delete
	echo "$inputs" >"$checked/.inputs"
fi

# Kbuild makes anew what was made by another command: the plugin's content is a
# part of its path.
plugin=scripts/modbounds/$(sha256sum "$BUILD/plugin/modbounds.so" | cut -c 1-16)/modbounds.so
[ -f "$checked/$plugin" ] || install -D "$BUILD/plugin/modbounds.so" "$checked/$plugin"
step "building all modules of $kernel with checks (log: $log)"
progress "$log" '^  CC \[M\]' kmake "$kernel-checked" MODBOUNDS=y MODBOUNDS_PLUGIN="./$plugin" modules ||
	die "the modules of $kernel did not build"
cmp -s "$plain/System.map" "$checked/System.map" || die "$checked: that is another kernel than $plain now"
count=0
while read -r ko; do
	grep -qa modbounds= "$checked/$ko" || die "$checked/$ko: built, but not instrumented"
	count=$((count + 1))
done < <(sed 's/o$/ko/' "$checked/modules.order")
say "    $count modules"
