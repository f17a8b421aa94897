# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# What is measured: drivers, workloads, variants, and what a guest needs for each.
# Sourced by run.sh and demo.sh.

disk_drivers=(null_blk brd virtio_blk nvme)
net_drivers=(e1000 virtio_net veth vmxnet3)
file_systems=(vfat ext4 xfs f2fs)		# modules of the kernel "loads"
drivers=("${disk_drivers[@]}" "${net_drivers[@]}" "${file_systems[@]}")
software_drivers=(null_blk brd veth)		# user-mode Linux has these

disk_workloads=(load memory {randread,randwrite}-4k-qd{1,32} {read,write}-128k-qd1 verify)
net_workloads=(load memory tcp-stream tcp-lockstep udp-64 tcp-rr tcp-send tcp-recv)
file_workloads=(load memory files)
workloads=("${disk_workloads[@]}" "${net_workloads[@]:2}" files)

# variant: kernel, how modules are built, kernel parameters
declare -A variant_table=(
	[stock]='stock plain'				# a kernel without our patches
	[plain]='x86_64 plain'
	[stores]='x86_64 stores'
	[all]='x86_64 instrumented'
	[index]='x86_64 index'				# loads at a variable distance are held to the object of their base, too
	[ranges]='x86_64 ranges'			# ranges are held to the object of their base, stores by an index are not
	[no-index]='x86_64 no-index'			# neither is
	[no-handover]='x86_64 no-handover'		# what calls hand to the kernel is not looked at
	[precise]='x86_64 instrumented modbounds.mode=precise'
	[trusted]='x86_64 instrumented modbounds.mode=trusted'
	[kasan-driver]='kasan-driver plain'		# only modules are built with KASAN
	[kasan]='kasan plain'
	[userspace]='x86_64 plain'			# null_blk's work by nbdkit, over nbd
)
variants=(stock plain stores no-handover no-index ranges all index precise trusted kasan-driver kasan userspace)
uml_variants=(stock plain stores all precise trusted)
file_variants=(plain all precise trusted)

among() { local x w=$1; shift; for x; do [ "$x" != "$w" ] || return 0; done; return 1; }
is_disk() { among "$1" "${disk_drivers[@]}"; }
is_file_system() { among "$1" "${file_systems[@]}"; }

# workloads_of DRIVER.  veth's peer is always veth.
workloads_of() {
	local w all=("${disk_workloads[@]}")
	is_disk "$1" || all=("${net_workloads[@]}")
	! is_file_system "$1" || all=("${file_workloads[@]}")
	for w in "${all[@]}"; do
		case $1,$w in veth,tcp-send | veth,tcp-recv) ;; *) echo "$w" ;; esac
	done
}

# peer_of DRIVER: the driver of the card at the other end, for one direction alone.
peer_of() {
	case $1 in
	e1000) echo vmxnet3 ;;
	virtio_net | vmxnet3) echo e1000 ;;
	esac
}

# in_kernel KERNEL NAME: a module that others need, as the kernel built it.
in_kernel() { find "$BUILD/$1"/{drivers,net,lib,fs} -name "$2.ko"; }

# kernel_for VARIANT [um | loads]: sets kernel, build (how its modules are built), parameter
kernel_for() {
	read -r kernel build parameter <<<"${variant_table[$1]}"
	case ${2:-},$kernel in
	um,x86_64) kernel=um ;;
	um,*) kernel=$kernel-um ;;
	loads,*) kernel=loads ;;
	esac
}

# kind_for METRIC DRIVER: the second word of that.
kind_for() {
	if [ "$1" = ns_per_op ]; then echo um; elif is_file_system "$2"; then echo loads; fi
}

# guest_for DRIVER VARIANT [um | loads]: what a guest with the driver needs.  Sets, besides
# what kernel_for does,
#   modules		names of the modules that modules.sh builds
#   options		for the harness, but for the modules themselves
#   peer		name of a module that is always plain, or empty
#   script, device	the script, its arguments from MODULES on up to the workloads
guest_for() {
	local driver=$1 variant=$2 n
	local null=driver=null-co,read-zeroes=on,size=1g,if=none file=$BUILD/bench/disk
	kernel_for "$variant" "${3:-}"
	options=(--kernel "$BUILD/$kernel" -f "$TOP/bench/bench-lib.sh")
	[ -z "$parameter" ] || options+=(--append "$parameter")
	if is_disk "$driver"; then
		script=$TOP/bench/disk.guest
		options+=(--fio)
	elif is_file_system "$driver"; then
		script=$TOP/bench/files.guest
		options+=(--mkfs -f "$BUILD/bench/fileload")
		for n in null_blk nls_cp437 nls_iso8859-1; do options+=(-m "$(in_kernel "$kernel" $n)"); done
	else
		script=$TOP/bench/net.guest
		options+=(-f "$BUILD/bench/netload")
	fi
	modules=("$driver") peer=$(peer_of "$driver")
	case $driver,$variant in
	null_blk,userspace)
		modules=()
		options+=(--nbd -m "$(in_kernel "$kernel" nbd)")
		device=(nbd /dev/nbd0 nbd /dev/nbd0) ;;
	null_blk,*) device=(null_blk /dev/nullb0 null_blk:memory_backed=1,gb=1 /dev/nullb0) ;;
	brd,*) device=(brd:rd_nr=1,rd_size=131072 /dev/ram0 brd:rd_nr=1,rd_size=131072 /dev/ram0) ;;
	# The first disk does nothing, the second one is a file.  Disks answer when QEMU
	# gets to it: guest time must not run ahead meanwhile, from timer to timer.
	virtio_blk,*)
		options+=(--device '-icount sleep=on')
		options+=(--device "-drive $null,id=n -device virtio-blk-pci,drive=n,ioeventfd=off")
		options+=(--device "-drive file=$file,format=raw,if=none,id=f -device virtio-blk-pci,drive=f")
		device=(virtio_blk /dev/vda virtio_blk /dev/vdb) ;;
	nvme,*)
		options+=(--device '-icount sleep=on')
		options+=(--device "-drive $null,id=n -device nvme,serial=1,drive=n")
		options+=(--device "-drive file=$file,format=raw,if=none,id=f -device nvme,serial=2,drive=f")
		device=(nvme-core+nvme /dev/nvme0n1 nvme-core+nvme /dev/nvme1n1) ;;
	virtio_net,*)
		for n in failover net_failover dimlib; do options+=(-m "$(in_kernel "$kernel" $n)"); done
		options+=(--device "$(wire virtio-net-pci,ioeventfd=off,tx=timer "$peer")")
		device=(failover+net_failover+dimlib+virtio_net eth0 eth1 "$peer") ;;
	veth,*) device=(veth va vb none) ;;
	# Tables of characters are plain: of one conversion each, gates would be most.
	vfat,*)
		modules=(fat vfat)
		device=(nls_cp437+nls_iso8859-1+fat+vfat vfat /bin/mkfs.vfat) ;;
	ext4,*)
		modules=(crc16 mbcache jbd2 ext4)
		device=(crc16+mbcache+jbd2+ext4 ext4 '/bin/mke2fs -q -t ext4') ;;
	xfs,*)
		modules=(libcrc32c xfs)
		device=(libcrc32c+xfs xfs '/bin/mkfs.xfs -q') ;;
	f2fs,*) device=(f2fs f2fs '/bin/mkfs.f2fs -q') ;;
	*) options+=(--device "$(wire "$driver" "$peer")") device=("$driver" eth0 eth1 "$peer") ;;
	esac
}

# ko_files KERNEL BUILD NAME...: the modules of drivers, built.
ko_files() {
	local dir=$BUILD/modules/$1/$2 name kernel=$1
	[ "$1,$2" != loads,instrumented ] || kernel=loads-checked
	shift 2
	for name; do
		if [[ $kernel = loads* ]]; then in_kernel "$kernel" "$name"; else ls "$dir/$name"/*.ko; fi
	done
}

# compile_c NAME SOURCE OPTION...: what runs in guests or in QEMU, where it is not up to date.
compile_c() {
	local to=$BUILD/bench/$1 src=$TOP/bench/$2
	[ "$to" -nt "$src" ] && [ "$to" -nt "$TOP/bench/mark.h" ] ||
		"$CC" -O2 -Wall -Wextra "${@:3}" -o "$to" "$src"
}

# What guests need besides kernels and modules.
prepare() {
	mkdir -p "$BUILD/bench"
	compile_c netload netload.c -static
	compile_c fileload fileload.c -static
	compile_c mark mark.c -static
	compile_c count.so count.c -fvisibility=hidden -shared -fPIC
	[ -f "$BUILD/bench/disk" ] || truncate -s 64M "$BUILD/bench/disk"
	"$TOP/tests/guest/initramfs.sh"
}

# counting FILE: sets counting, the options by which a guest's instructions are counted
# into FILE; counted FILE OUTPUT: what that guest has printed, with figures.
counting() { counting=(--icount -f "$BUILD/bench/mark" --device "-plugin $BUILD/bench/count.so,out=$1"); }
counted() { awk -f "$TOP/bench/counted.awk" "$1" "$2"; }
