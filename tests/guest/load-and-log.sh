# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Load each module, unload them again, and show what the kernel said of it.
dmesg -c >/dev/null
rc=0 loaded=
for ko in /modules/*.ko; do
	if insmod "$ko"; then
		name=$(basename "$ko" .ko | tr - _)
		loaded="$name $loaded"
	else
		rc=1
	fi
done
for name in $loaded; do
	[ ! -e "/sys/kernel/modbounds/$name/stats" ] || sed "s/^/$name: /" "/sys/kernel/modbounds/$name/stats"
	rmmod "$name" || rc=1
done
dmesg
exit $rc
