#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# kernel-patch/build.sh ARCH: configure and build build/ARCH from the tree.

. "$(dirname "$0")/../tests/guest/lib.sh"

arch=${1:?usage: build.sh x86_64|um}
config=$TOP/kernel-patch/config
[ -f "$config/$arch.config" ] || die "no configuration for '$arch': x86_64 or um"
fragments=("$config"/{common,$arch}.config)
[ ! -f "$TREE/kernel/modbounds/modbounds_test.c" ] || fragments+=("$config/kunit.config")
check_cc
lock "$arch"
out=$BUILD/$arch
log=$BUILD/log/kernel-$arch.log
mkdir -p "$out" "$BUILD/log"

# Everything off but what the fragments name; then nothing may be missing.
configure() {
	local line name bad=0
	cat "${fragments[@]}" >"$out/.fragments.new"
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

cat "${fragments[@]}" | cmp -s - "$out/.fragments" && [ -f "$out/.config" ] || { step "configuring $arch"; configure; }

if [ "$arch" = um ]; then image=linux; else image=arch/x86/boot/bzImage; fi
[ -f "$out/$image" ] || need_space "$out" 3
step "building the $arch kernel (log: $log)"
# No dropped objects: a kernel that failed to build must not look like one.
progress "$log" '^  (CC|LD|AS|AR)' kmake "$arch" || { rm -f "$out/$image"; die "the $arch kernel did not build"; }
say "    $out/$image: $(stat -Lc %s "$out/$image" | numfmt --to=iec)"
