#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Everything at once on four processors, under a kernel that watches locks,
# contexts and memory; SECONDS_OF_STRESS (60) long.

. "$(dirname "$0")/../guest/tap.sh"

k() { echo "$BUILD/modules/debug/instrumented/$1/${2:-$1}.ko"; }
seconds=${SECONDS_OF_STRESS:-60}

guest qemu debug-stress --kernel "$BUILD/debug" --parallel --cpus 4 --mem 2048 --timeout $((seconds * 4 + 300)) \
	--append acpi=noirq --device "$(wire e1000)" -m "$(k peer peer_a)" -m "$(k peer peer_b)" -m "$(k null_blk)" \
	-m "$(k brd)" -m "$(k veth)" -m "$(k e1000)" "$TOP/tests/debug/stress.guest" "$seconds"
ok 'stress: no splat' test "$rc" = 0
ok 'stress: peers have called each other' said '^calls [1-9][0-9]{3}'
ok 'stress: modules have been loaded anew' said '^lives ([2-9][0-9]|[1-9][0-9]{2})'
ok 'stress: modes have been changed meanwhile' eval '! said "^mode change:" >/dev/null'
ok 'stress: what they passed came back whole' said '^errors 0$'
ok 'stress: no violation' said '^violations 0$'
ok 'stress: no report' said '^reports 0$'
ok 'stress: no domain is left' said '^domains 0$'
ok 'stress: no leak' said '^leaks 0$'
# These have given back all they had.  null_blk's queue is not
# looked at: this kernel keeps one of its hardware contexts for each life of a disk;
# nor is veth: it goes while its packets are on their way.
ok 'stress: nothing that is shared lies in an arena' \
	eval '! said "modbounds: (e1000|peer_[ab]): still in use" >/dev/null'
sed 's/^/# /' "$work/out"
finish
