# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash

# wire MODEL: two network cards on one wire, for guest-lib.sh's net_pair.
wire() {
	local n
	for n in 1 2; do
		printf -- '-netdev hubport,id=h%d,hubid=0 -device %s,netdev=h%d,mac=52:54:00:00:00:0%d ' "$n" "$1" "$n" "$n"
	done
}
