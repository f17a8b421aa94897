# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced by each script that runs in a guest.

set -eu

# Modules from /modules, in the given order, with parameters after a colon:
# load null_blk:queue_mode=2,irqmode=0
load() {
	for m; do
		case $m in
		*:*) insmod "/modules/${m%%:*}.ko" $(echo "${m#*:}" | tr , ' ') ;;
		*) insmod "/modules/$m.ko" ;;
		esac
	done
}

# Violations counted against module $1, "none" when it is not instrumented.
violations() {
	if [ -e "/sys/kernel/modbounds/$1/stats" ]; then
		awk '$1 == "violations" { print $2 }' "/sys/kernel/modbounds/$1/stats"
	else
		echo none
	fi
}

# Instructions executed so far by a guest under --icount, idle time left out.
# Time stands still but for instructions executed and, while the processor is
# halted, for the jump to the next timer.  The kernel accounts that idle time
# in nanoseconds; this file is the one place that shows it unrounded.
insns() {
	awk '/^now at/ { now = $3 } /idle_sleeptime/ { idle += $3 } /iowait_sleeptime/ { idle += $3 }
		END { printf "%.0f\n", now - idle }' /proc/timer_list
}
