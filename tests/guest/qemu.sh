#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run a script in an x86_64 guest under QEMU's emulation; --help tells how.
#
# Under --icount one nanosecond of guest time is one instruction executed
# (see insns in guest-lib.sh for how they are read and idle time left out).

arch=x86_64
image=arch/x86/boot/bzImage
channels='OUT=/dev/vport0p1 STATUS=/dev/vport0p2'

# One of the processors that this process may run on.
any_cpu() {
	local range list
	list=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
	for range in ${list//,/ }; do seq "${range%-*}" "${range#*-}"; done | shuf -n 1
}

start_guest() {
	local cpu=max,la57=off on=()
	# Emulated, rep movsb is an instruction for each byte; without this the kernel copies words.
	[ -z "$icount" ] || cpu+=,erms=off
	local args=(-nodefaults -no-user-config -display none -no-reboot
		-machine pc,usb=off,hpet=on -cpu "$cpu" -smp "$cpus" -m "$mem"
		-kernel "$kernel/$image" -initrd "$tmp/initrd")
	append+=(console=ttyS0 tsc=reliable no_timer_check random.trust_cpu=on nokaslr)
	if [ -n "$icount" ]; then
		# The clock and what the guest takes for random are the same each time.
		args+=(-accel tcg -icount "shift=0,sleep=off" -seed 1 -rtc clock=vm,base=2026-01-01)
		append+=(norandmaps)
		# Known, not measured: the time stamp counter counts instructions.
		append+=(tsc_early_khz=1000000)
	else
		# Processors take turns, in one thread.  In a thread each, QEMU before 8.1 translates
		# code while another processor patches it: an int3 that the kernel has taken back runs
		# when nobody expects it any more (static keys, on as the first module loads; an oops).
		args+=(-accel "tcg,thread=$threads")
	fi
	if [ -n "$shell" ]; then
		args+=(-serial mon:stdio)
	else
		args+=(-chardev "file,path=$tmp/log,id=log" -serial chardev:log -device virtio-serial-pci
			-chardev "file,path=$tmp/out,id=out" -device "virtserialport,chardev=out,nr=1"
			-chardev "file,path=$tmp/status,id=status" -device "virtserialport,chardev=status,nr=2")
	fi
	args+=(-append "${append[*]}" "${devices[@]}")
	# All of its threads on one processor, of those that we may have: QEMU 7.2's nvme says
	# where it waits for a doorbell and then reads it with no barrier between, and a request
	# that slips in there is lost for 30 seconds (one boot of nine when the host is busy).
	[ "$threads" != single ] || on=(taskset -c "$(any_cpu)")
	if [ -n "$shell" ]; then
		"${on[@]}" qemu-system-x86_64 "${args[@]}"
	else
		exec setsid setpriv --pdeathsig KILL "${on[@]}" qemu-system-x86_64 "${args[@]}"
	fi
}

. "$(dirname "$0")/harness.sh"
