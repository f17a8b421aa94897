# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced by the guests' scripts of bench/: what is measured, and the loads.
#
# Where the guest has mark, count.c counts instructions.  Else counter is the measure:
# insns (tests/guest/guest-lib.sh), the nanoseconds of a processor that is not idle.

counter=insns
# Nanoseconds on the wall, for what runs on many processors.
wall() { awk '/^now at/ { print $3 }' /proc/timer_list; }

stamp() {
	if [ -e mark ]; then ./mark; else stamps="$stamps $($counter)"; fi
}

# measure WORKLOAD RUNS MODULES SMALL LARGE COMMAND...: what one operation of
# COMMAND takes, RUNS times.  Each is a run of LARGE operations less one of
# SMALL, so that starting up cancels out; counted.awk does the arithmetic.
measure() {
	workload=$1 runs=$2 modules=$3 small=$4 large=$5 stamps=
	shift 5
	"$@" "$small"
	for run in $(seq "$runs"); do
		stamp
		"$@" "$small"
		stamp
		"$@" "$large"
		stamp
	done
	echo "counted $workload $(violations "$modules") $runs $small $large$stamps"
}

# loading WHAT RUNS MODULES: load them anew that many times.  WHAT is load:
# what that takes, or memory: bytes that are gone afterwards.
loading() {
	values=
	# The first time does not count: much is freed or allocated once.
	for run in $(seq 0 "$2"); do
		settle 12	# as long as a domain waits for what was not freed
		used=$(free_bytes) start=$(insns)
		load "$3"
		end=$(insns)
		settle 2
		used=$((used - $(free_bytes)))
		if [ "$run" = 0 ]; then :; elif [ "$1" = load ]; then values="$values $((end - start))"; else values="$values $used"; fi
		count=$(violations "$3")
		unload "$3"
	done
	echo "result $1 $count$values"
}
# What was freed is free, and nothing is kept for later.
settle() { sleep "$1"; echo 3 >/proc/sys/vm/drop_caches; sleep 1; }
free_bytes() { awk '/^MemFree/ { print $2 * 1024 }' /proc/meminfo; }

# appear DEVICE: wait for it.
appear() {
	for i in $(seq 100); do [ ! -b "$1" ] || return 0; sleep 0.1; done
	echo "$1 did not appear"
	return 1
}

# A file whose pages do not lie side by side in memory.
scatter() {
	for first in 0 1; do
		for page in $(seq $first 2 63); do
			quietly dd if=/dev/zero of="$1" bs=4k count=1 seek="$page" conv=notrunc
		done
	done
}

# fio_load DEVICE PATTERN SIZE DEPTH COUNT: that many requests.
fio_load() {
	engine=psync memory=malloc
	[ "$4" = 1 ] || engine=libaio
	# Or it depends on which pages fio gets how many segments such a request has.
	if [ "$3" = 128k ]; then
		memory=mmapshared:/tmp/buffer
		[ -e /tmp/buffer ] || scatter /tmp/buffer
	fi
	quietly fio --name=load --filename="$1" --rw="$2" --bs="$3" --iodepth="$4" --ioengine=$engine --iomem="$memory" \
		--direct=1 --norandommap=1 --gtod_reduce=1 --size=64m --io_size=1000g --number_ios="$5"
}

# disk_workload RUNS MODULES DEVICE SCALE WORKLOAD: names are PATTERN-SIZE-qdDEPTH.
disk_workload() {
	pattern=${5%%-*} rest=${5#*-}
	size=${rest%-qd*} depth=${rest#*-qd}
	count=$(($4 * 1000))
	[ "$size" != 128k ] || count=$((count / 10))
	measure "$5" "$1" "$2" $count $((count * 11)) fio_load "$3" "$pattern" "$size" "$depth"
}

# net_workload RUNS MODULES SCALE WORKLOAD, through a net_pair
net_workload() {
	count=$(($3 * 1000))
	case $4 in
	tcp-stream) measure "$4" "$1" "$2" $((count * 2)) $((count * 42)) iperf_kib ;;
	tcp-lockstep) measure "$4" "$1" "$2" $((count * 2)) $((count * 22)) quietly ./netload tcp 1 2 ;;
	udp-64) measure "$4" "$1" "$2" $count $((count * 11)) quietly ./netload udp 1 2 ;;
	tcp-send) measure "$4" "$1" "$2" $((count * 2)) $((count * 22)) quietly ./netload tcp 1 3 ;;
	tcp-recv) measure "$4" "$1" "$2" $((count * 2)) $((count * 22)) quietly ./netload tcp 3 1 ;;
	tcp-rr) measure "$4" "$1" "$2" $((count / 5)) $((count * 11 / 5)) quietly ./netload rr 1 2 ;;
	*) echo "no such workload: $4"; return 1 ;;
	esac
}
