#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Of the matrix of "make recover" some cells: each driver at work violates, and comes back by itself, in
# place or bound anew, with its connections, its file system and all that was acknowledged.

. "$(dirname "$0")/../guest/tap.sh"

cells=(
	e1000-interrupt-restart		# the gentlest rung, a TCP stream goes on
	virtio_net-data-restart
	virtio_blk-queue-restart	# a request that never reached the device
	virtio_blk-suspend-restart	# the recovery's own callback violates
	virtio_blk-probe-restart	# no device is bound: only a rebind helps
	nvme-open-restart		# nvme-core has no device, who uses it has
	nvme-complete-restart		# what was left when the device had done it
	virtio_blk-always-restart	# it does not help: down, until a person says so
	e1000-interrupt-contain
	e1000-data-reboot
)
"$TOP/tests/recover/run.sh" "${cells[@]}" >"$work/out" 2>&1
# cell NAME KEY VALUE: as build/recover-quick.json has it.
cell() {
	python3 - "$BUILD/recover-quick.json" "$@" <<-'END'
		import json, sys
		cells = {"-".join((c["driver"], c["place"], c["policy"])): c for c in json.load(open(sys.argv[1]))}
		found = cells[sys.argv[2]]
		print(found)
		sys.exit(str(found[sys.argv[3]]) != sys.argv[4])
	END
}
for c in "${cells[@]}"; do
	ok "$c: the machine lives, and it ends as it should" cell "$c" as_asked True
	# What is held open is kept by a reset in place, and by it alone.
	case $c in
	*-probe-* | *-always-* | *-contain | *-reboot) continue ;;
	esac
	ok "$c: reset in place" cell "$c" rung reset
	ok "$c: connections, or the file system, go on" cell "$c" connections_kept True
	[[ $c != virtio_blk-* && $c != nvme-* ]] ||
		ok "$c: nothing is lost that was acknowledged" cell "$c" lost_writes 0
done
ok 'virtio_blk-probe-restart: bound anew' cell virtio_blk-probe-restart rung rebind
ok 'virtio_blk-always-restart: down' cell virtio_blk-always-restart rung down
ok 'a cell that is not there is refused' eval '! "$TOP/tests/recover/run.sh" e1000-nowhere-restart'
sed 's/^/# /' "$work/out" | tail -n 25
finish
