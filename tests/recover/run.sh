#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# make recover [DRIVERS=...] [PLACES=...] [POLICIES=...] [KERNEL=debug]: each driver at work violates in
# each place, one guest each; build/recover.json says how it came back.  What is known from an
# earlier run with the same sources is not run again; what guests said is in build/recover/.
# run.sh check: is what was asked for there?  run.sh DRIVER-PLACE-POLICY...: these cells, again
# and apart; results are in build/recover-quick.json.

. "$(dirname "$0")/../guest/lib.sh"

here=$TOP/tests/recover
export KERNEL=${KERNEL:-x86_64} TABLE=$here/places.txt
export INTO=$BUILD/recover/$KERNEL
case $KERNEL in x86_64 | debug) ;; *) die "no kernel '$KERNEL' to recover on: x86_64 or debug" ;; esac
all=$(awk -F'[\t-]' '!/^(#|$)/ { if (!seen[$1]++) print $1 }' "$TABLE")
DRIVERS=${DRIVERS:-${all//$'\n'/ }}
for driver in $DRIVERS; do
	grep -q "^$driver-" "$TABLE" || die "no places of '$driver' in tests/recover/places.txt: ${all//$'\n'/ }"
done
for place in ${PLACES:-}; do
	grep -q "^[a-z0-9_]*-$place$(printf '\t')" "$TABLE" || die "no place '$place' in tests/recover/places.txt"
done
for policy in ${POLICIES:-}; do
	[[ " restart contain reboot panic " = *" $policy "* ]] || die "no policy '$policy': restart, contain, reboot or panic"
done
[ "${1:-}" != check ] || exit 0
quick=" $* " name=$BUILD/recover
[ "$KERNEL" = x86_64 ] || name+=-$KERNEL

results=$INTO
options=()
[ "$KERNEL" = x86_64 ] || options=(--kernel "$BUILD/debug" --mem 2048 --append acpi=noirq)
limit=150
[ "$KERNEL" = x86_64 ] || limit=400

module() { find "$BUILD/$KERNEL" -name "$1.ko" | grep . || die "no module $1 in build/$KERNEL"; }
healthy=$BUILD/modules/$KERNEL/plain
file_system=(crc16 crypto crypto_algapi crypto_hash crc32c_generic mbcache jbd2 ext4)

# pair FAULTY HEALTHY: QEMU's arguments for a card under trial and one at the other end.
pair() {
	printf -- '-netdev hubport,id=h1,hubid=0 -device %s,netdev=h1,mac=52:54:00:00:00:01 ' "$2"
	printf -- '-netdev hubport,id=h2,hubid=0 -device %s,netdev=h2,mac=52:54:00:00:00:02' "$1"
}

# run_cell DRIVER PLACE POLICY: its guest; output in $out, sets $rc.
run_cell() {
	local driver=$1 place=$2 policy=$3 number o=() m=() modules=$1 domain=$1 kind=net other f disk
	number=$(perl "$TOP/tests/faults/plant.pl" --number "$driver-$place")
	for f in "$results/instrumented/$driver"/*.ko; do m+=(-m "$f"); done
	case $driver in
	e1000)
		other=failover+net_failover+dimlib+virtio_net
		for f in failover net_failover dimlib; do m+=(-m "$(module $f)"); done
		m+=(-m "$healthy/virtio_net/virtio_net.ko")
		o=(--device "$(pair e1000 virtio-net-pci)")
		;;
	virtio_net)
		modules=failover+net_failover+dimlib+virtio_net other=e1000
		for f in failover net_failover dimlib; do m+=(-m "$(module $f)"); done
		m+=(-m "$healthy/e1000/e1000.ko")
		o=(--device "$(pair virtio-net-pci e1000)")
		;;
	vmxnet3)
		other=e1000
		m+=(-m "$healthy/e1000/e1000.ko")
		o=(--device "$(pair vmxnet3 e1000)")
		;;
	*)
		kind=disk
		disk=$(mktemp "$results/disk.XXXXXX")
		truncate -s 64M "$disk"
		o=(--fio --mkfs --device "-drive file=$disk,if=none,id=d,format=raw")
		for f in "${file_system[@]}"; do m+=(-m "$(module $f)"); done
		;;
	esac
	case $driver in
	virtio_blk) o+=(--device "-device virtio-blk-pci,drive=d") other=/dev/vda ;;
	nvme)
		o+=(--device "-device nvme,serial=1,drive=d") other=/dev/nvme0n1 modules=nvme-core+nvme
		[[ " open ioctl work " != *" $place "* ]] || domain=nvme_core
		;;
	null_blk) other=/dev/nullb0 modules=null_blk:memory_backed=1,gb=1 ;;
	esac
	"$TOP/tests/guest/qemu.sh" --timeout $limit --log "${out%.out}.console" "${options[@]}" "${o[@]}" "${m[@]}" \
		-f "$results/probe" --append "modbounds.policy=$policy" \
		"$here/cell.guest" "$kind" "$place" "$policy" "$number" "$modules" "$domain" "$other" >"$out" 2>&1
	rc=$?
	rm -f "${disk:-}"
}

cells=$results/cells
if [ $# -gt 0 ]; then
	cells=$results/quick name+=-quick
	rm -rf "$cells"
	all=''
	for cell; do
		"$here/cells.sh" | tr ' ' - | grep -qx -- "$cell" || die "no cell '$cell' in tests/recover"
		[[ " $all " = *" ${cell%%-*} "* ]] || all+=" ${cell%%-*}"
	done
	DRIVERS=$all
fi
mkdir -p "$cells"
gcc-12 -O2 -Wall -Wextra -static -o "$results/probe" "$here/probe.c"
for driver in $DRIVERS; do "$TOP/tests/faults/build.sh" instrumented "$driver"; done
set +e
while read -r driver place policy; do
	[[ " $DRIVERS " = *" $driver "* ]] || continue
	[ -z "${PLACES:-}" ] || [[ " $PLACES " = *" $place "* ]] || continue
	[ -z "${POLICIES:-}" ] || [[ " $POLICIES " = *" $policy "* ]] || continue
	[ $# = 0 ] || [[ $quick = *" $driver-$place-$policy "* ]] || continue
	out=$cells/$driver-$place-$policy.out
	known=$(cat "$results/instrumented/$driver"/*.ko "$here/cell.guest" "$here/probe.c" "$TOP/runtime/tools/modbounds" \
		"$BUILD/$KERNEL/arch/x86/boot/bzImage" | md5sum)
	if [ "$(cat "$out.state" 2>/dev/null)" != "$known" ]; then
		rm -f "$out.state"
		run_cell "$driver" "$place" "$policy" </dev/null
		[ "$rc" != 126 ] || { cat "$out" >&2; die "no guest for $driver $place $policy"; }
		echo "rc $rc" >>"$out"
		echo "$known" >"$out.state"
	fi
	python3 "$here/summary.py" --one "$out"
done < <("$here/cells.sh")
python3 "$here/summary.py" "$cells" "$name"
