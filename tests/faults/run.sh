#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# make faults [DRIVERS=...] [FAULTS=NAME...] [VARIANTS=...]: each fault of faults.txt in each
# variant of its driver, one guest each.  What is known from an earlier run with
# the same sources is not run again; the results are in build/faults/.

. "$(dirname "$0")/../guest/lib.sh"
. "$TOP/tests/guest/wire.sh"

here=$TOP/tests/faults results=$BUILD/faults
DRIVERS=${DRIVERS:-null_blk virtio_blk nvme e1000 virtio_net veth}
VARIANTS=${VARIANTS:-plain instrumented}

for d in $DRIVERS; do
	grep -qP "^[^#\t]+\t+$d\t" "$here/faults.txt" || die "no faults of '$d' in tests/faults/faults.txt"
done

built() { find "$BUILD/x86_64" -name "$1.ko"; }

# inject VARIANT DRIVER NUMBER: its guest; sets $rc, output in $out.
inject() {
	local dir=$results/$1/$2 o=() m=() args
	case $2 in
	null_blk) o=(--fio) args=("null_blk:memory_backed=1,gb=1" "$3" disk /dev/nullb0) ;;
	virtio_blk)
		o=(--fio --device "-drive file=$results/disk,if=none,id=d,format=raw -device virtio-blk-pci,drive=d")
		args=(virtio_blk "$3" disk /dev/vda)
		;;
	nvme)
		o=(--fio --device "-drive file=$results/disk,if=none,id=d,format=raw -device nvme,serial=1,drive=d")
		m=(-m "$dir/nvme-core.ko")
		args=(nvme-core+nvme "$3" disk /dev/nvme0n1)
		;;
	e1000) o=(--device "$(wire e1000)") args=(e1000 "$3" net eth0 eth1) ;;
	virtio_net)
		o=(--device "$(wire virtio-net-pci)")
		m=(-m "$(built failover)" -m "$(built net_failover)" -m "$(built dimlib)")
		args=(failover+net_failover+dimlib+virtio_net "$3" net eth0 eth1)
		;;
	veth) args=(veth "$3" net va vb) ;;
	esac
	"$TOP/tests/guest/qemu.sh" --timeout 90 --log "$log" "${o[@]}" "${m[@]}" -m "$dir/$2.ko" \
		"$here/fault.guest" "${args[@]}" >"$out" 2>&1
	rc=$?
}

mkdir -p "$results"
truncate -s 64M "$results/disk"
for variant in $VARIANTS; do
	for driver in $DRIVERS; do "$here/build.sh" "$variant" "$driver"; done
done
set +e
n=0
grep -v '^#' "$here/faults.txt" | grep . | while IFS=$'\t' read -r name driver _; do
	n=$((n + 1))
	[[ " $DRIVERS " = *" $driver "* ]] || continue
	[ -z "${FAULTS:-}" ] || [[ " $FAULTS " = *" $name "* ]] || continue
	for variant in $VARIANTS; do
		out=$results/$variant/$name.out log=$results/$variant/$name.console
		state=$(cat "$results/$variant/$driver/$driver.ko" "$here/fault.guest" "$BUILD/x86_64/arch/x86/boot/bzImage" | md5sum)
		if [ "$(cat "$out.state" 2>/dev/null)" != "$state" ]; then
			inject "$variant" "$driver" "$n" </dev/null
			echo "rc $rc" >>"$out"
			echo "$state" >"$out.state"
		fi
		printf '%-18s %-13s %s\n' "$name" "$variant" "$(perl "$here/summary.pl" --one "$out")"
	done
done
perl "$here/summary.pl" "$results" "$here/faults.txt" "$BUILD/faults.json"
