# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# Drivers and their loads: a driver, an entry.  Sourced by run.sh and by tests.
#
# driver NAME KIND MODULES DEVICES ARGUMENT...
#	KIND	the guest's script, KIND.guest; it gets the modules, then the arguments
#	MODULES	as load of guest-lib.sh takes them; those that they need are found
#	DEVICES	words for QEMU; a word mem=MB is the guest's memory
names=()
declare -A kind_of modules_of devices_of arguments_of
driver() {
	names+=("$1")
	kind_of[$1]=$2 modules_of[$1]=$3 devices_of[$1]=$4
	arguments_of[$1]=$(printf '%q ' "${@:5}")
}

# file ID SIZE, disk ID SIZE MODEL[,OPTION...]: a disk whose file is made for the guest.
file() {
	printf -- '-drive file=@WORK@/%s.%s,if=none,id=%s,format=raw,cache=unsafe,discard=unmap ' "$1" "$2" "$1"
}
disk() { file "$1" "$2"; printf -- '-device %s,drive=%s ' "$3" "$1"; }
v=$(disk d0 512M virtio-blk-pci)
vv=$v$(disk d1 512M virtio-blk-pci)
vvvv=
for i in 0 1 2 3; do vvvv+=$(disk d$i 128M virtio-blk-pci)' '; done

# The eight of bench/.
eight=(null_blk brd virtio_blk nvme e1000 virtio_net veth vmxnet3)
driver null_blk disk null_blk:memory_backed=1,gb=1,poll_queues=1 'mem=1536' /dev/nullb0 128 more
driver brd disk brd:rd_nr=1,rd_size=131072 '' /dev/ram0 128 more
driver virtio_blk disk virtio_blk "$v" /dev/vda 256 more
driver nvme disk nvme "$(disk d0 512M nvme,serial=1)" /dev/nvme0n1 256 more
driver e1000 net e1000 "$(wire e1000)" eth0 eth1
driver virtio_net net virtio_net "$(wire virtio-net-pci)" eth0 eth1
driver veth net veth '' va vb make_veth va vb
driver vmxnet3 net vmxnet3 "$(wire vmxnet3)" eth0 eth1

# File systems, each on a disk of virtio_blk: how they are made and looked through.
filesystem() { driver "$1" fs "virtio_blk $2" "$v" /dev/vda "${@:3}"; }
filesystem ext4 ext4 ext4 'mke2fs -q -t ext4 -O inline_data,metadata_csum,encrypt' 'e2fsck -fn' acl,user_xattr
filesystem xfs xfs xfs 'mkfs.xfs -q' 'xfs_repair -n' logbufs=4
filesystem btrfs 'btrfs' btrfs 'mkfs.btrfs -q' 'btrfs check' compress=lzo
filesystem f2fs f2fs f2fs 'mkfs.f2fs -q' 'fsck.f2fs --dry-run' background_gc=on
filesystem vfat 'nls_cp437 nls_iso8859-1 vfat' vfat 'mkfs.vfat' 'fsck.vfat -n' codepage=437
filesystem exfat 'nls_utf8 exfat' exfat 'mkfs.exfat' 'fsck.exfat -n' iocharset=utf8
driver 9p fs '9pnet_virtio 9p' "-virtfs local,path=@WORK@,mount_tag=share,security_model=mapped-file" share 9p '' '' \
	trans=virtio,version=9p2000.L,cache=mmap
driver overlay fs 'virtio_blk ext4 overlay' "$v" /dev/vda overlay 'mke2fs -q -t ext4' 'e2fsck -fn' ''

# Block devices above others.
driver loop disk loop mem=1536 /dev/loop0 64 make_loop
driver dm-crypt disk 'virtio_blk dm-crypt' "$v" /dev/dm-0 64 make_crypt /dev/vda aes-xts-plain64 512
driver raid0 disk 'virtio_blk raid0' "$vvvv" /dev/md0 64 make_raid 0 /dev/vda /dev/vdb
driver raid1 disk 'virtio_blk raid1' "$vvvv" /dev/md0 64 make_raid 1 /dev/vda /dev/vdb
driver raid456 disk 'virtio_blk raid456' "$vvvv" /dev/md0 64 make_raid 5 /dev/vda /dev/vdb /dev/vdc
driver dm-snapshot disk 'virtio_blk dm-snapshot' "$v" /dev/dm-3 64 make_dm snapshot /dev/vda
driver dm-thin disk 'virtio_blk dm-thin-pool' "$v" /dev/dm-3 64 make_dm thin /dev/vda
driver zram disk zram mem=1024 /dev/zram0 64 make_zram default 96

# SCSI hosts and what is like them.
scsi() { driver "$1" disk "$2 sd_mod sg" "$3 $(disk d0 512M scsi-hd)" /dev/sda 128; }
scsi virtio_scsi virtio_scsi '-device virtio-scsi-pci'
scsi am53c974 am53c974 '-device am53c974'
scsi megaraid_sas megaraid_sas '-device megasas'
scsi vmw_pvscsi vmw_pvscsi '-device pvscsi'
driver ahci disk 'ahci sd_mod sg' "-device ich9-ahci,id=ahci $(disk d0 512M ide-hd,bus=ahci.0)" /dev/sda 128
driver ata_piix disk 'ata_piix sd_mod sg' "$(disk d0 512M ide-hd,bus=ide.0)" /dev/sda 64
driver sdhci disk 'sdhci-pci mmc_block' "-device sdhci-pci $(disk d0 512M sd-card)" /dev/mmcblk0 64
driver usb-storage disk 'xhci-pci usb-storage sd_mod sg' "-device qemu-xhci $(disk d0 512M usb-storage)" /dev/sda 64
driver uas disk 'xhci-pci uas sd_mod sg' "-device qemu-xhci -device usb-uas,id=uas $(disk d0 512M scsi-hd,bus=uas.0)" /dev/sda 64
driver usb-storage-ehci disk 'ehci-pci usb-storage sd_mod sg' "-device usb-ehci $(disk d0 512M usb-storage)" /dev/sda 64
driver usb-storage-uhci disk 'uhci-hcd usb-storage sd_mod sg' "-device piix3-usb-uhci $(disk d0 512M usb-storage)" /dev/sda 64
driver usb-storage-ohci disk 'ohci-pci usb-storage sd_mod sg' "-device pci-ohci $(disk d0 512M usb-storage)" /dev/sda 64

# More network cards.
card() { driver "$1" net "$1" "$(wire "$2")" eth0 eth1; }
card e1000e e1000e
card 8139too rtl8139
card pcnet32 pcnet
card tulip tulip
card ne2k-pci ne2k_pci
card e100 i82557b
card2="-netdev hubport,id=h2,hubid=0 -device virtio-net-pci,netdev=h2,mac=52:54:00:00:00:02"
driver cdc_ether net 'xhci-pci cdc_ether virtio_net' "-device qemu-xhci -netdev hubport,id=h1,hubid=0
	-device usb-net,netdev=h1,mac=52:54:00:00:00:01 $card2" usb0 eth0

# Networks without cards.
driver bridge net 'veth bridge' '' va vb make_bridge va vb
driver vlan net 'veth 8021q' '' va.7 vb.7 make_vlan va vb
driver macvlan net 'veth macvlan' '' ma mb make_macvlan ma mb
driver bonding net 'veth bonding' '' bond1 bond2 make_bond bond1 bond2
driver vxlan net 'veth vxlan' '' xa xb make_vxlan xa xb
driver wireguard net 'veth wireguard' '' wa wb make_wireguard
driver tun net tun '' ta tb make_tap 0
driver tun-offloads net tun '' ta tb make_tap 1
driver nf_tables net 'veth nf_tables nft_ct nft_nat nft_masq nft_redir nft_limit nft_reject_inet nft_chain_nat nft_hash nft_numgen' \
	'' ua ub make_nft
driver sched net 'veth sch_htb sch_netem sch_fq_codel' '' ua ub make_sched

# Sound: what is played arrives in a file.
sound() { driver "$1" misc "$2" "-audiodev wav,id=a,path=@WORK@/played.wav,out.frequency=44100 $3" sound; }
sound snd-intel8x0 snd-intel8x0 '-device AC97,audiodev=a'
sound snd-ens1370 snd-ens1370 '-device ES1370,audiodev=a'
sound snd-hda-intel 'snd-hda-codec-generic snd-hda-intel' '-device intel-hda -device hda-duplex,audiodev=a'
sound snd-usb-audio 'xhci-pci snd-usb-audio' '-device qemu-xhci -device usb-audio,audiodev=a'

# The rest.  Somebody types, moves the mouse and takes memory away (guests.sh).
monitor='-chardev pipe,id=m,path=@WORK@/monitor -mon chardev=m'
driver zram-swap misc zram mem=512 zram_swap
driver squashfs misc 'loop squashfs' mem=1536 squashfs
driver isofs misc 'loop isofs' mem=1536 isofs
driver virtio_balloon misc virtio_balloon "-device virtio-balloon-pci,free-page-reporting=on $monitor" balloon
driver virtio_rng misc 'rng-core virtio-rng' '-device virtio-rng-pci' rng
driver virtio_input misc 'virtio_input evdev' "-device virtio-keyboard-pci -device virtio-mouse-pci $monitor" input
driver usbhid misc 'xhci-pci usbhid hid-generic evdev' "-device qemu-xhci -device usb-kbd -device usb-mouse $monitor" input
driver i2c misc 'i2c-piix4 i2c-dev' '' i2c
driver i6300esb misc i6300esb '-device i6300esb -action watchdog=none' watchdog
