#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# setup.sh [mkfs | loads | PACKAGE...]: install what building and testing need, by exact Debian
# package names; besides, what makes file systems, what tests/loads/ needs, or packages
# that few targets need.  Asks nothing, does nothing when all is there.

. "$(dirname "$0")/lib.sh"

packages=(
	gcc-12 g++-12 gcc-12-plugin-dev libc6-dev make linux-source-6.12	# compilers and kernel
	flex bison libelf-dev libssl-dev bc xz-utils patch perl rsync ccache sparse
	qemu-system-x86 busybox-static cpio kmod fio iperf3 iproute2		# guests
	gcc-11 g++-11 gcc-11-plugin-dev						# the other GCC
	python3 csmith libcsmith-dev
	nbdkit nbd-client							# what bench/ compares with
)
case ${1:-} in
mkfs) packages+=(e2fsprogs xfsprogs f2fs-tools dosfstools) ;;
loads)
	packages+=(
		e2fsprogs xfsprogs btrfs-progs f2fs-tools dosfstools exfatprogs	# file systems
		squashfs-tools genisoimage util-linux
		cryptsetup-bin dmsetup mdadm					# block devices
		ethtool nftables wireguard-tools				# networks
		alsa-utils							# sound
	)
	;;
*) packages+=("$@") ;;
esac

missing() {
	local state
	state=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${packages[@]}" 2>/dev/null || true)
	for p in "${packages[@]}"; do
		grep -qx "$p installed" <<<"$state" || echo "$p"
	done
}

command -v dpkg-query >/dev/null || die "this is not Debian: install the packages named in $0 by hand (made for Debian 12)"
mapfile -t want < <(missing)
[ ${#want[@]} -gt 0 ] || exit 0

line="apt-get install -y --no-install-recommends ${want[*]}"
if [ "$(id -u)" = 0 ]; then
	root=()
elif sudo -n true 2>/dev/null; then
	root=(sudo -n)
else
	die "packages are missing and you are not root; run this as root, then make again:
    apt-get update && $line"
fi
lock setup
log=$BUILD/log/setup.log
mkdir -p "$BUILD/log"
step "installing ${want[*]} (log: $log)"

apt() { "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 "$@" </dev/null >>"$log" 2>&1 9>&-; }

# Package lists are fetched only when the ones that are there will not do.
: >"$log"
# shellcheck disable=SC2086
if ! apt ${line#apt-get }; then
	apt update || { tail -n 5 "$log" >&2; die "apt-get update failed: no network, or no archive in /etc/apt/sources.list"; }
	for p in "${want[@]}"; do
		[ -n "$(apt-cache madison "$p" 2>/dev/null)" ] ||
			die "package $p is not in this system's archive (made for Debian 12 'bookworm'; see /etc/apt/sources.list)"
	done
	# shellcheck disable=SC2086
	apt ${line#apt-get } || { tail -n 10 "$log" >&2; die "cannot install: $line"; }
fi
mapfile -t want < <(missing)
[ ${#want[@]} -eq 0 ] || die "still missing after the installation: ${want[*]} (log: $log)"
