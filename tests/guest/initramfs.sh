#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# initramfs.sh [mkfs] [loads]: make build/guest/{core,fio,nbd}.cpio, the guests' user
# space, from the build machine's own packages.  Uncompressed: inflating costs an
# emulated CPU more than copying.  fio is apart, because it brings 80 MB of
# libraries along, and so is what needs packages of its own: what makes the file
# systems of bench/, and all that tests/loads/ needs.

. "$(dirname "$0")/lib.sh"
here=$TOP/tests/guest
out=$BUILD/guest
lock guest
tmp=
trap 'rm -rf "$tmp"' EXIT

# install_binary ROOT PATH...: programs, the libraries they name, the loader.
install_binary() {
	local root=$1 b f
	shift
	for b; do
		[ -e "$b" ] || die "no $b: run 'make setup'"
		install -D "$b" "$root/bin/${b##*/}"
		{ ldd "$b" 2>/dev/null || true; } | sed -n 's,^[^/]*\(/[^ ]*\).*,\1,p' | while read -r f; do
			[ -e "$root$f" ] || install -D "$(readlink -f "$f")" "$root$f"
		done
	done
}

# make_part NAME PROGRAM...: nothing to do when it is newer than all inputs.
make_part() {
	local name=$1 p fresh=1
	shift
	for p in "$@" "$here/initramfs.sh" "$here/init"; do
		[ "$out/$name.cpio" -nt "$p" ] || fresh=
	done
	[ -z "$fresh" ] || return 0
	need_space "$out" 1
	tmp=$(mktemp -d "$out/.$name.XXXXXX")
	install_binary "$tmp" "$@"
	if [ "$name" = loads ]; then
		mkdir -p "$tmp/usr/share" "$tmp/etc"
		cp -rL /usr/share/alsa "$tmp/usr/share/"
		ln -s /proc/self/mounts "$tmp/etc/mtab"
	fi
	if [ "$name" = core ]; then
		install "$here/init" "$tmp/init"
		mkdir -p "$tmp"/{proc,sys,dev,tmp,run,etc,root,modules,job,host}
		for p in $("$tmp/bin/busybox" --list); do
			[ -e "$tmp/bin/$p" ] || ln -s busybox "$tmp/bin/$p"
		done
		echo 'root:x:0:0:root:/root:/bin/sh' >"$tmp/etc/passwd"
		echo '127.0.0.1 localhost' >"$tmp/etc/hosts"
		# Where the loader looks without a cache.
		ln -s bin "$tmp/sbin"
	fi
	(cd "$tmp" && find . -mindepth 1 | sort | cpio -o -H newc --quiet -R 0:0) >"$out/$name.cpio.new"
	mv "$out/$name.cpio.new" "$out/$name.cpio"
	rm -rf "$tmp"
}

mkdir -p "$out"
make_part core /bin/busybox /usr/bin/iperf3 /usr/sbin/ip "$TOP/runtime/tools/modbounds"
make_part fio /usr/bin/fio
make_part nbd /usr/bin/nbdkit /usr/sbin/nbd-client /usr/lib/x86_64-linux-gnu/nbdkit/plugins/nbdkit-null-plugin.so
for part; do
	[ "$part" != mkfs ] ||
		make_part mkfs /usr/sbin/mke2fs /usr/sbin/mkfs.xfs /usr/sbin/mkfs.f2fs /usr/sbin/mkfs.vfat
	[ "$part" = loads ] || continue
	mapfile -t programs < <("$TOP/tests/loads/programs.sh")
	make_part loads "${programs[@]}"
done
