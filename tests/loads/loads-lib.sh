# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034
#
# Sourced by the guests' scripts of tests/loads/.

# By their paths, or busybox takes its own.
for p in blkdiscard blockdev losetup fstrim swapon tc mke2fs; do
	eval "$p() { /bin/$p \"\$@\"; }"
done

# start MODULES: words as load takes them, in order.
start() {
	modules=$1
	for m in $modules; do load "$m"; done
}

names() { for m in $modules; do echo "${m%%:*}"; done | tr - _; }
total() { violations "$(names | tr '\n' +)"; }

# finish: what was exercised; all is well; all modules go again.
finish() {
	for m in $(names); do
		sed "s/^/stats $m /" "/sys/kernel/modbounds/$m/stats" 2>/dev/null || true
		state=$(cat "/sys/kernel/modbounds/$m/state" 2>/dev/null || echo running)
		[ "$state" = running ] || echo "$m is $state"
		awk -v module="[$m]" '$4 == module && $2 ~ /[tT]/ { print "symbol", $1, $3, substr($4, 2, length($4) - 2) }' /proc/kallsyms
	done
	echo "violations $(total)"
	leave
	if dmesg | grep 'BUG:'; then return 1; fi
	echo unloaded
}

# leave: what others need last goes last.
leave() {
	for m in $(names | sed '1!G;h;$!d'); do
		# What a device or a timer still holds for a moment.
		for i in $(seq 50); do
			if rmmod "$m" 2>/tmp/rmmod; then break; fi
			sleep 0.1
		done
		[ ! -d "/sys/module/$m" ] || { cat /tmp/rmmod; return 1; }
	done
}

# appear FILE: wait for it.
appear() {
	for i in $(seq 200); do [ ! -e "$1" ] || return 0; sleep 0.1; done
	echo "$1 did not appear"
	return 1
}

# vanish FILE
vanish() {
	for i in $(seq 100); do [ -e "$1" ] || return 0; sleep 0.1; done
	echo "$1 did not vanish"
	return 1
}

# read_all DIR: each file of sysfs below; what cannot be read is left out.
read_all() {
	find "$1" -type f ! -name uevent 2>/dev/null | while read -r f; do
		timeout 5 head -c 65536 "$f" >/dev/null 2>&1 || true
	done
}

# may COMMAND...: a driver may not have it.
may() { "$@" >/tmp/may 2>&1 || true; }
