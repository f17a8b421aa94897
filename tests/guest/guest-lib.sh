# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced by each script that runs in a guest.

set -eu

# By its path, or busybox takes its own.
ip() { /bin/ip "$@"; }

# Modules from /modules, in the given order, some that belong together joined by
# plus signs, with parameters for the last of them after a colon:
# load null_blk:queue_mode=2,irqmode=0 nvme-core+nvme
load() {
	for m; do
		names=${m%%:*} parameters=${m#"${m%%:*}"}
		while [ "$names" != "${names#*+}" ]; do
			insmod "/modules/${names%%+*}.ko"
			names=${names#*+}
		done
		insmod "/modules/$names.ko" $(echo "${parameters#:}" | tr , ' ')
	done
}

# unload MODULE[+MODULE...][:PARAMETERS]: what load has loaded, the last first.
unload() {
	for m in $(echo "${1%%:*}" | tr + '\n' | sed '1!G;h;$!d'); do rmmod "$m"; done
}

# Violations counted against the modules of $1, as load takes them; "none" when
# none of them is instrumented.
violations() {
	for m in $(echo "${1%%:*}" | tr + '\n' | tr - _); do
		cat "/sys/kernel/modbounds/$m/stats" 2>/dev/null || true
	done | awk '$1 == "violations" { n += $2; some = 1 } END { print some ? n : "none" }'
}

# Instructions executed so far by a guest under --icount, idle time left out.
# Time stands still but for instructions executed and, while the processor is
# halted, for the jump to the next timer.  The kernel accounts that idle time
# in nanoseconds; this file is the one place that shows it unrounded.  It takes
# softirqs that were interrupted for idle, too: bench/count.c is exact.
insns() {
	awk '/^now at/ { now = $3 } /idle_sleeptime/ { idle += $3 } /iowait_sleeptime/ { idle += $3 }
		END { printf "%.0f\n", now - idle }' /proc/timer_list
}

# Tools are quiet when all is well; else show what they said.
quietly() {
	"$@" >/tmp/quietly 2>&1 || { rc=$?; cat /tmp/quietly; return $rc; }
}

# fio_verify DEVICE MEGABYTES: write and read back, many requests in flight.
fio_verify() {
	quietly fio --name=verify --filename="$1" --rw=randwrite --bs=4k --direct=1 \
		--ioengine=libaio --iodepth=32 --size="${2}m" --verify=crc32c --verify_fatal=1
}

# net_join N IF: an interface into a namespace of its own, ns N, so that what it
# sends to others must go by the wire.
net_join() {
	ip netns add "ns$1"
	ip link set "$2" netns "ns$1"
	ip -n "ns$1" addr add "10.0.0.$1/24" dev "$2"
	ip -n "ns$1" link set lo up
	ip -n "ns$1" link set "$2" up
}

# net_reach N: wait until ns1 does.
net_reach() {
	for i in $(seq 100); do
		! quietly ip netns exec ns1 ping -c 1 -W 1 "10.0.0.$1" >/dev/null || return 0
	done
	cat /tmp/quietly
	return 1
}

# net_pair A B: two interfaces that reach each other.
net_pair() {
	net_join 1 "$1"
	net_join 2 "$2"
	net_reach 2
}

# iperf_kib COUNT: send that many KiB by TCP through a net_pair.
iperf_kib() {
	rm -f /tmp/server	# or what the last one said is taken for this one's
	ip netns exec ns2 iperf3 -s -1 --forceflush >/tmp/server 2>&1 &
	server=$!
	until grep -q listening /tmp/server 2>/dev/null; do
		kill -0 $server 2>/dev/null || { cat /tmp/server; return 1; }
		sleep 0.05
	done
	quietly ip netns exec ns1 iperf3 -c 10.0.0.2 -n "${1}K" -i 0 -w 64K
	wait $server || { cat /tmp/server; return 1; }
}
