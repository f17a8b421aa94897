#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# kernel-patch/kit/install.sh DIR: what the author of a driver needs, in one
# directory that may be read-only afterwards.

. "$(dirname "$0")/../../tests/guest/lib.sh"

prefix=${1:-}
[ -n "$prefix" ] || die "where to? say 'make install-kit PREFIX=dir'"
case $prefix in *[[:space:]:]*) die "PREFIX=$prefix: Kbuild cannot build in a path with blanks or colons" ;; esac
prefix=$(realpath -m "$prefix")
[ ! -e "$prefix" ] || [ -e "$prefix/build/scripts/Makefile.modbounds" ] || [ -z "$(ls -A "$prefix")" ] ||
	die "PREFIX=$prefix: there is something else in it; give a new or an empty directory"
objtree=$BUILD/x86_64
[ -f "$objtree/Module.symvers" ] || die "no kernel in $objtree: run 'make kernel'"
check_cc
need_space "$prefix" 1
step "installing the kit into $prefix"
rm -rf "$prefix/build"
mkdir -p "$prefix/build" "$prefix/runtime/include/linux"

# The kernel knows best what modules outside of its tree need.
(cd "$objtree" && env srctree="$TREE" SRCARCH=x86 HOSTCC="$CC" MAKE=make \
	sh "$TREE/scripts/package/install-extmod-build" "$prefix/build")
cp "$objtree/.config" "$prefix/build/"
rm -rf "$prefix/build/scripts/modbounds"

rsync -rc --delete --include='*.cc' --include='*.h' --include=Makefile --include='functions*' --exclude='*' \
	"$TOP/plugin/" "$prefix/plugin/"
cp "$TOP/runtime/include/linux/modbounds_abi.h" "$prefix/runtime/include/linux/"
rsync -rc --exclude=install.sh "$TOP/kernel-patch/kit/" "$prefix/"
install -D "$TOP/runtime/tools/modbounds" "$prefix/bin/modbounds"
progress "$BUILD/log/kit.log" '.' make -s -C "$prefix" plugin O="$prefix/build/scripts/modbounds" CC="$CC" ||
	die "the plugin did not build (log: $BUILD/log/kit.log)"
rm -f "$prefix/build/scripts/modbounds/"*.{o,inc}
chmod -R a+rX "$prefix"
say "    $prefix: $(du -sh "$prefix" | cut -f1)"
