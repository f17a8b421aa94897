# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034
#
# Sourced by the guests' scripts: devices made of others.  What make_it makes,
# unmake_it takes apart.

export DM_DISABLE_UDEV=1

make_loop() {
	truncate -s 128M /tmp/loop.image
	mknod /dev/loop0 b 7 0 2>/dev/null || true
	losetup --direct-io=on /dev/loop0 /tmp/loop.image 2>/dev/null || losetup /dev/loop0 /tmp/loop.image
}
unmake_loop() { losetup -d /dev/loop0; rm /tmp/loop.image; }

# make_crypt DISK CIPHER
make_crypt() {
	appear "$1"
	head -c 64 /dev/urandom >/tmp/key
	quietly cryptsetup open --type plain --cipher "$2" --hash plain --key-size "$3" --key-file /tmp/key "$1" crypt
	# No udev makes a link.
	mknod "/dev/dm-0" b "$(dmsetup info -c --noheadings -o major crypt)" 0 2>/dev/null || true
}
unmake_crypt() { quietly cryptsetup close crypt; }

make_raid() {
	level=$1
	shift
	for d; do appear "$d"; done
	bitmap=--bitmap=none clean=--assume-clean
	[ "$level" != 0 ] || bitmap='' clean=''
	quietly mdadm --create /dev/md0 --run $clean --level="$level" --raid-devices=$# --metadata=1.2 $bitmap "$@"
}

# Of those that keep a disk's data twice, one disk fails in the middle of writing, is
# taken out and comes back; then both halves are compared.
unmake_raid() {
	level=$1
	shift
	if [ "$level" != 0 ]; then
		fio --name=w --filename=/dev/md0 --rw=randwrite --bs=16k --size=16m --direct=1 --ioengine=libaio --iodepth=4 \
			--verify=crc32c --verify_fatal=1 >/tmp/rebuild 2>&1 &
		writer=$!
		sleep 0.3
		quietly mdadm /dev/md0 --fail "$1"
		wait $writer || { cat /tmp/rebuild; return 1; }
		quietly mdadm /dev/md0 --remove "$1"
		quietly mdadm --zero-superblock "$1"
		quietly mdadm /dev/md0 --add "$1"
		quietly mdadm --wait /dev/md0 || true
		for i in $(seq 300); do [ "$(cat /sys/block/md0/md/sync_action)" != idle ] || break; sleep 0.2; done
		echo check >/sys/block/md0/md/sync_action
		sleep 0.5
		for i in $(seq 300); do [ "$(cat /sys/block/md0/md/sync_action)" != idle ] || break; sleep 0.2; done
		[ "$(cat /sys/block/md0/md/degraded)" = 0 ]
		[ "$(cat /sys/block/md0/md/mismatch_cnt)" = 0 ]
	fi
	quietly mdadm --stop /dev/md0
}

# make_dm NAME TABLE...: lines of a table of the device mapper, after a slash each
make_dm() {
	kind=$1 disk=$2
	appear "$disk"
	sectors=$(blockdev --getsz "$disk")
	case $kind in
	snapshot)
		quietly dmsetup create base --table "0 $((sectors / 2)) linear $disk 0"
		quietly dmsetup create cow --table "0 $((sectors / 2)) linear $disk $((sectors / 2))"
		nodes
		quietly dmsetup create origin --table "0 $((sectors / 2)) snapshot-origin /dev/mapper/base"
		quietly dmsetup create snap --table "0 $((sectors / 2)) snapshot /dev/mapper/base /dev/mapper/cow P 16" ;;
	thin)
		quietly dmsetup create meta --table "0 16384 linear $disk 0"
		quietly dmsetup create data --table "0 $((sectors - 16384)) linear $disk 16384"
		nodes
		dd if=/dev/zero of=/dev/mapper/meta bs=4k count=1 2>/dev/null
		quietly dmsetup create pool --table "0 $((sectors - 16384)) thin-pool /dev/mapper/meta /dev/mapper/data 128 0"
		nodes
		quietly dmsetup message pool 0 'create_thin 0'
		quietly dmsetup create thin --table "0 $((sectors - 16384)) thin /dev/mapper/pool 0" ;;
	esac
	nodes
}
nodes() { quietly dmsetup mknodes; }
unmake_dm() {
	case $1 in
	snapshot)
		quietly dmsetup status snap
		quietly dmsetup remove snap origin base cow ;;
	thin)
		quietly dmsetup status pool
		quietly dmsetup remove thin
		quietly dmsetup message pool 0 'delete 0'
		quietly dmsetup remove pool data meta ;;
	esac
}

# make_zram ALGORITHM MEGABYTES
make_zram() {
	[ "$1" = default ] || echo "$1" >/sys/block/zram0/comp_algorithm
	echo "${2}M" >/sys/block/zram0/disksize
}
unmake_zram() { read_all /sys/block/zram0; echo 1 >/sys/block/zram0/reset; }
