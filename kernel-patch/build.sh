#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# kernel-patch/build.sh KERNEL: configure and build build/KERNEL from the tree.

. "$(dirname "$0")/../tests/guest/lib.sh"

arch=${1:?usage: build.sh KERNEL}
TREE=$(tree_of "$arch")
words=()
config=$TOP/kernel-patch/config
case $arch in
x86_64 | um) fragments=("$config"/{common,$arch}.config) ;;
debug | base | loads) fragments=("$config"/{common,x86_64,$arch}.config) ;;
stock | stock-um) fragments=("$config"/{common,"$(arch_of "$arch")",base}.config) ;;
kasan) fragments=("$config"/{common,x86_64,base,kasan}.config) ;;
# Kbuild's own switch, for the kernel itself only: modules are built without it.
kasan-driver) fragments=("$config"/{common,x86_64,base,kasan}.config) words=(KASAN_SANITIZE=n) ;;
*) die "no configuration for '$arch': x86_64, um, debug, base, loads, stock, stock-um, kasan or kasan-driver" ;;
esac
case $arch in
x86_64 | um | debug) [ ! -f "$TREE/kernel/modbounds/modbounds_test.c" ] || fragments+=("$config/kunit.config") ;;
esac
check_cc
lock "$arch"
out=$BUILD/$arch
log=$BUILD/log/kernel-$arch.log
mkdir -p "$out" "$BUILD/log"

# The fragments as one: what a later one says of an option holds.
merged() {
	awk '{ name = $1 == "#" ? $2 : $1; sub(/=.*/, "", name) }
		name ~ /^CONFIG_/ { if (!(name in line)) order[++n] = name; line[name] = $0 }
		END { for (i = 1; i <= n; i++) print line[order[i]] }' "${fragments[@]}"
}

# Everything off but what the fragments name; then nothing may be missing.
configure() {
	local line name bad=0
	merged >"$out/.fragments.new"
	KCONFIG_ALLCONFIG=$out/.fragments.new kmake "$arch" -s allnoconfig >"$log" 2>&1 ||
		{ tail -n 20 "$log" >&2; die "configuring $arch failed"; }
	while read -r line; do
		case $line in
		CONFIG_*=*)
			grep -qxF "$line" "$out/.config" || { say "    not set: $line"; bad=1; } ;;
		'# CONFIG_'*' is not set')
			name=${line#\# } name=${name%% *}
			! grep -q "^$name=" "$out/.config" || { say "    set: $name"; bad=1; } ;;
		esac
	done <"$out/.fragments.new"
	[ "$bad" = 0 ] || die "the $arch configuration cannot be had as kernel-patch/config asks (above): dependencies?"
	mv "$out/.fragments.new" "$out/.fragments"
}

merged | cmp -s - "$out/.fragments" && [ -f "$out/.config" ] || { step "configuring $arch"; configure; }

if [ "$(arch_of "$arch")" = um ]; then image=linux; else image=arch/x86/boot/bzImage; fi
[ -f "$out/$image" ] || need_space "$out" 3
step "building the $arch kernel (log: $log)"
# No dropped objects: a kernel that failed to build must not look like one.
progress "$log" '^  (CC|LD|AS|AR)' kmake "$arch" "${words[@]}" || { rm -f "$out/$image"; die "the $arch kernel did not build"; }
# What objtool says once is not said again when nothing is to be built.
if grep 'objtool: ' "$log" >&2; then
	rm -f "$out/$image"
	die "the $arch kernel built, but objtool complains (above)"
fi
say "    $out/$image: $(stat -Lc %s "$out/$image" | numfmt --to=iec)"
