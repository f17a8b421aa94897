#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two devices on one interrupt line: the driver of one is quarantined and its handler
# refused; the other one works on.  Without message signalled interrupts there are four
# lines, and a card's slot says which.

. "$(dirname "$0")/../guest/tap.sh"

built() { find "$BUILD/x86_64" -name "$1.ko"; }
ok 'e1000 with faults is built' "$TOP/tests/faults/build.sh" instrumented e1000
guest qemu shared --append pci=nomsi --device "-netdev hubport,id=h1,hubid=0 -device virtio-net-pci,netdev=h1,addr=0x8 \
	-netdev hubport,id=h2,hubid=0 -device virtio-net-pci,netdev=h2,addr=0x9,mac=52:54:00:00:00:02 \
	-netdev hubport,id=h3,hubid=0 -device e1000,netdev=h3,addr=0xc,mac=52:54:00:00:00:03" \
	-m "$(built failover)" -m "$(built net_failover)" -m "$(built dimlib)" -m "$(ko x86_64 plain virtio_net)" \
	-m "$BUILD/faults/instrumented/e1000/e1000.ko" "$TOP/tests/faults/shared.guest" \
	failover+net_failover+dimlib+virtio_net e1000 "$(perl "$TOP/tests/faults/plant.pl" --number e1000-stray-irq)"
ok 'the machine lives, and has nothing to complain of' test $rc = 0
ok 'both are on one line' said '^shared by .*virtio.*eth0|^shared by .*eth0.*virtio'
ok 'the faulty one is quarantined' said '^state quarantined$'
ok 'one report' said '^reports 1$'
ok 'the line still works' said '^interrupts [1-9][0-9]+$'
ok 'nobody says that nobody cared' said '^complaints 0$'
ok 'the faulty one can be unloaded' said '^unloaded$'
ok 'the healthy one works to the end' said '^healthy to the end$'
finish
