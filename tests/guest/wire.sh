# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash

# wire MODEL [PEER]: two network cards on one wire, for guest-lib.sh's net_pair, and
# perhaps one of another model.
wire() {
	local n=0 model
	for model in "$1" "$1" ${2:+"$2"}; do
		n=$((n + 1))
		printf -- '-netdev hubport,id=h%d,hubid=0 -device %s,netdev=h%d,mac=52:54:00:00:00:0%d ' "$n" "$model" "$n" "$n"
	done
}
