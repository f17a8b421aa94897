#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# programs.sh: the programs of guests under load, besides what all guests have, a
# path each line; those of our own are compiled where they are not up to date.

. "$(dirname "$0")/../guest/lib.sh"

here=$TOP/tests/loads
out=$BUILD/check-loads
lock check-loads-programs
mkdir -p "$out"
for name in files nets devices; do
	[ "$out/$name" -nt "$here/$name.c" ] ||
		"$CC" -O2 -Wall -Wextra -static -o "$out/$name" "$here/$name.c"
	echo "$out/$name"
done

for program in mke2fs e2fsck mkfs.xfs xfs_repair mkfs.btrfs btrfs mkfs.f2fs fsck.f2fs mkfs.vfat \
	fsck.vfat mkfs.exfat fsck.exfat mksquashfs genisoimage blkdiscard blockdev losetup fstrim swapon \
	cryptsetup dmsetup mdadm ethtool nft wg tc bridge aplay arecord amixer; do
	path=$(PATH=/usr/sbin:/usr/bin:/sbin:/bin command -v $program) ||
		die "no $program: run 'tests/guest/setup.sh loads'"
	echo "$path"
done
