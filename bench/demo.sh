#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# make demo: a buggy driver, plain and with checks; what the checks cost two real
# drivers, in instructions; and one that violates and comes back under a running TCP
# stream.  Also as JSON in build/demo.json.

. "$(dirname "$0")/../tests/guest/lib.sh"
. "$TOP/tests/guest/wire.sh"
. "$TOP/bench/matrix.sh"

json=$BUILD/demo.json out=$(mktemp) counts=$(mktemp)
rm -f "$json"
trap 'rm -f "$out" "$counts"' EXIT
counting "$counts"
declare -A canary value violations

# guest NAME OPTION...: its output to $out, its console to a log.
guest() {
	local name=$1 rc=0 begin=$SECONDS
	shift
	step "$name"
	"$TOP/tests/guest/qemu.sh" --log "$BUILD/log/demo-${name//[^a-z0-9_]/-}.console" "$@" >"$out" || rc=$?
	[ "$rc" = 0 ] || { cat "$out" >&2; die "$name failed with status $rc"; }
	say "    $((SECONDS - begin)) s"
}
answer() { awk -v key="$1" '$1 == key { print $2 }' "$out"; }
ko() { echo "$BUILD/modules/x86_64/$1/$2/$2.ko"; }

for variant in plain instrumented; do
	guest "buggy driver, $variant" -m "$(ko plain canary)" -m "$(ko $variant buggy)" "$TOP/bench/canary.guest"
	canary[$variant]=$(answer canary)
	grep -v '^canary ' "$out" | sed 's/^/    | /' >&2 || true
	say "    canary: ${canary[$variant]}"
done

prepare
results=
declare -A workload=([null_blk]=randread-4k-qd1 [e1000]=tcp-lockstep)
for driver in null_blk e1000; do
	for variant in plain all; do
		guest_for $driver $variant
		mapfile -t kos < <(ko_files "$kernel" "$build" "${modules[@]}")
		guest "$driver, ${workload[$driver]}, $variant, counting instructions" "${counting[@]}" --timeout 300 \
			"${options[@]}" "${kos[@]/#/--module=}" "$script" 1 2 "${device[@]}" "${workload[$driver]}"
		read -r _ _ count value[$driver.$variant] < <(counted "$counts" "$out" | grep '^result ')
		[ $variant = plain ] || violations[$driver]=$count
		results+=$(printf '%s\n    {"driver": "%s", "workload": "%s", "variant": "%s", "metric": "insns_per_op", "value": %s}' \
			"${results:+,}" $driver "${workload[$driver]}" $variant "${value[$driver.$variant]}")
	done
done

"$TOP/tests/faults/build.sh" instrumented e1000 || exit
built() { find "$BUILD/x86_64" -name "$1.ko"; }
guest 'e1000 with a bug, under a TCP stream' --device "$(wire virtio-net-pci)" --device "-netdev hubport,id=h3,hubid=0 -device e1000,netdev=h3" \
	-m "$(built failover)" -m "$(built net_failover)" -m "$(built dimlib)" -m "$(ko plain virtio_net)" \
	-m "$BUILD/faults/instrumented/e1000/e1000.ko" "$TOP/bench/recover.guest" \
	failover+net_failover+dimlib+virtio_net e1000 "$(perl "$TOP/tests/faults/plant.pl" --number e1000-stray-irq)"
story=$(grep ' s: ' "$out")
declare -A recovery
for key in connection reports restarts away_ms received; do recovery[$key]=$(answer $key); done

printf '{"canary": {"plain": "%s", "instrumented": "%s"},\n "violations": {"null_blk": %d, "e1000": %d},\n "recovery": {"connection": "%s", "restarts": %d, "away_ms": %d, "received": %d},\n "results": [%s\n ]}\n' \
	"${canary[plain]}" "${canary[instrumented]}" "${violations[null_blk]}" "${violations[e1000]}" \
	"${recovery[connection]}" "${recovery[restarts]}" "${recovery[away_ms]}" "${recovery[received]}" "$results" >"$json.new"
mv "$json.new" "$json"

echo
echo 'A driver writes through a stray pointer into memory of another module:'
printf '  %-22s canary %s\n' 'built plain' "${canary[plain]}" 'built with checks' "${canary[instrumented]}"
echo
echo 'Instructions per operation (read of 4 KiB; KiB sent and received), whole machine:'
printf '  %-10s %-18s %10s %12s %7s %11s\n' driver workload plain instrumented ratio violations
for driver in null_blk e1000; do
	p=${value[$driver.plain]} i=${value[$driver.all]}
	printf '  %-10s %-18s %10.0f %12.0f %7s %11d\n' $driver "${workload[$driver]}" "$p" "$i" \
		"$(awk -v p="$p" -v i="$i" 'BEGIN { printf "%.3f", i / p }')" "${violations[$driver]}"
done
echo
echo 'e1000 has a bug, policy is restart, and the bug strikes under a TCP stream (time since boot, emulated):'
sed 's/^/  /' <<<"$story"
printf '  away for %d ms, connection %s, %d MiB received\n' "${recovery[away_ms]}" "${recovery[connection]}" $((recovery[received] >> 20))
echo
echo "As JSON: $json  (${SECONDS} s)"

[ "${canary[plain]}" = destroyed ] || die 'the plain driver did not destroy the canary: the demonstration shows nothing'
[ "${canary[instrumented]}" = intact ] || die 'the checks did not save the canary'
[ "${violations[null_blk]}${violations[e1000]}" = 00 ] || die 'a correct driver was accused'
[ "${recovery[connection]} ${recovery[reports]} ${recovery[restarts]}" = 'kept 1 1' ] || die 'e1000 did not come back as it should'
