#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# e1000 with a bug in its interrupt handler, in its transmit function, and where its MTU is set, under a
# running TCP stream: each time it is started anew, and the stream goes on.

. "$(dirname "$0")/../guest/tap.sh"

plant=$TOP/tests/faults/plant.pl
built() { find "$BUILD/x86_64" -name "$1.ko"; }
ok 'e1000 with faults is built' "$TOP/tests/faults/build.sh" instrumented e1000
names=(e1000-stray-irq e1000-stray-xmit e1000-mtu) numbers=()
for name in "${names[@]}"; do numbers+=("$(perl "$plant" --number "$name")"); done
guest qemu recover --device "-netdev hubport,id=h1,hubid=0 -device virtio-net-pci,netdev=h1,mac=52:54:00:00:00:01 \
	-netdev hubport,id=h2,hubid=0 -device e1000,netdev=h2,mac=52:54:00:00:00:02" \
	-m "$(built failover)" -m "$(built net_failover)" -m "$(built dimlib)" -m "$(ko x86_64 plain virtio_net)" \
	-m "$BUILD/faults/instrumented/e1000/e1000.ko" \
	"$TOP/tests/faults/recover.guest" failover+net_failover+dimlib+virtio_net e1000 "${numbers[@]}"
ok 'the machine lives, and has nothing to complain of' test $rc = 0
for i in "${!names[@]}"; do
	n=${numbers[i]}
	for what in 'stream goes on' 'state running' 'restarts 1' 'service back' 'route kept'; do
		ok "${names[i]}: $what" said "^$n: $what$"
	done
	ok "${names[i]}: away for less than a second" awk -v n="$n:" '$1 == n && $2 == "away" { print; exit !($3 < 1000) }' "$work/out"
done
ok 'one report for each' said "^reports ${#names[@]}$"
ok 'it can be unloaded' said '^unloaded$'
grep ' away ' "$work/out" | sed 's/^/# /'
finish
