#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tree.sh: make build/linux-6.12: Debian's kernel source, our series, our runtime.
# tree.sh stock: build/linux-6.12-stock: without them, for comparison.
#
# The tree is always made anew from the archive when archive or series
# changed, under another name, and renamed when complete: a tree by its final
# name is whole.  Files whose content did not change keep their old time, so
# that a changed patch rebuilds what it touches and no more.

. "$(dirname "$0")/../tests/guest/lib.sh"

archive=${LINUX_SOURCE:-/usr/src/linux-source-6.12.tar.xz}
patches=$TOP/kernel-patch
stamp=.modbounds-tree
stock=${1:-}
[ -z "$stock" ] || TREE=$(tree_of stock)
[ -f "$archive" ] || die "no $archive: run 'make setup' (Debian package linux-source-6.12)"
lock "tree$stock"

# Names of the patches, one a line; none as long as there is no series.  A stock
# tree has the fixes that are not ours, without which it may not run.
series() {
	[ ! -f "$patches/series" ] || sed -e 's/#.*//' -e 's/[[:space:]]*$//' -e '/^$/d' "$patches/series" |
		if [ -n "$stock" ]; then grep -v -- '-modbounds-' || true; else cat; fi
}

# Files that the series touches.
touched() {
	series | while read -r p; do
		sed -n -e 's,^+++ b/\([^[:space:]]*\).*,\1,p' -e 's,^--- a/\([^[:space:]]*\).*,\1,p' "$patches/$p"
	done | sort -u
}

# What the tree is made from, and what it looked like when it was done.
inputs() {
	stat -c '%n %s %Y' "$archive"
	series | while read -r p; do
		[ -f "$patches/$p" ] || die "kernel-patch/series names $p, which is not there"
		(cd "$patches" && sha256sum "$p")
	done
}
contents() { (cd "$1" && touched | xargs -r sha256sum 2>&1 || true); }

apply() {
	local tree=$1 p out
	series | while read -r p; do
		if out=$(patch -d "$tree" -p1 --force --fuzz=2 --no-backup-if-mismatch <"$patches/$p" 2>&1); then
			continue
		fi
		say "$out"
		find "$tree" -name '*.rej' -exec cat {} + >&2
		if grep -q 'Reversed (or previously applied)' <<<"$out"; then
			die "kernel-patch/$p is already in $archive: give the unpatched source as LINUX_SOURCE, or leave it unset for Debian's"
		fi
		die "kernel-patch/$p does not apply to $archive (hunks above): refresh the patch for this kernel, or give the one it was made for as LINUX_SOURCE"
	done
}

make_tree() {
	local new=$TREE.new f
	need_space "$BUILD" 2
	rm -rf "$new" "$TREE.old"
	step "unpacking $(basename "$archive")"
	mkdir -p "$new"
	# Neither of these is ever compiled here, and they are a third of the tree.
	tar -I "xz -T$JOBS" -xf "$archive" -C "$new" --strip-components=1 \
		--exclude='*/drivers/gpu/drm/amd/include' --exclude='*/tools/testing/selftests' ||
		die "cannot unpack $archive: reinstall linux-source-6.12"
	[ -f "$new/Makefile" ] || die "$archive holds no kernel source"
	[ ! -e "$new/kernel/modbounds" ] || die "$archive already has kernel/modbounds: give the unpatched source as LINUX_SOURCE"
	step "applying $(series | wc -l) patches"
	apply "$new"
	if [ -d "$TREE" ]; then
		{ touched; cat "$TREE/$stamp.touched" 2>/dev/null || true; } | sort -u | while read -r f; do
			[ -f "$new/$f" ] || continue
			if cmp -s "$new/$f" "$TREE/$f"; then touch -r "$TREE/$f" "$new/$f"; else touch "$new/$f"; fi
		done
		[ ! -d "$TREE/kernel/modbounds" ] || cp -a "$TREE/kernel/modbounds" "$new/kernel/"
		(cd "$TOP/runtime/include" && find . -type f) | while read -r f; do
			[ ! -f "$TREE/include/$f" ] || cp -a "$TREE/include/$f" "$new/include/$f"
		done
	fi
	touched >"$new/$stamp.touched"
	contents "$new" >"$new/$stamp.contents"
	inputs >"$new/$stamp"
	[ ! -e "$TREE" ] || mv "$TREE" "$TREE.old"
	mv "$new" "$TREE"
	rm -rf "$TREE.old"
}

if [ -e "$TREE" ] && [ ! -f "$TREE/$stamp" ]; then
	die "$TREE was not made by this script: remove or rename it, then run make again"
fi
if [ ! -e "$TREE" ] || [ "$(inputs)" != "$(cat "$TREE/$stamp")" ]; then
	make_tree
elif [ -z "${KEEP_TREE:-}" ] && [ "$(contents "$TREE")" != "$(cat "$TREE/$stamp.contents")" ]; then
	contents "$TREE" | diff "$TREE/$stamp.contents" - | sed -n 's/^> [0-9a-f]*  */    /p' >&2 || true
	die "patched files in $TREE were changed by hand (above): put the change into kernel-patch/ and 'rm -rf $TREE', or build it as it is with KEEP_TREE=1"
fi

[ -z "$stock" ] || exit 0
# The runtime and its tests: only what changed, so that rebuilds are small; what
# vanished goes.
sources=("$TOP/runtime/")
[ ! -d "$TOP/tests/kunit" ] || sources+=("$TOP/tests/kunit/")
mkdir -p "$TREE/kernel/modbounds"
rsync -rc --delete --exclude=/include --exclude=/tools "${sources[@]}" "$TREE/kernel/modbounds/"
rsync -rc "$TOP/runtime/include/" "$TREE/include/"
