#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run a script under user-mode Linux: boots in a fraction of a second, and its
# processor time is real.  Same command line as qemu.sh; --help tells it.

arch=um
image=linux
channels='OUT=/dev/ttyS0 STATUS=/dev/ttyS1'

# The guest's memory is a file that must be mapped executable.
memory_dir() {
	local d
	for d in "${TMPDIR:-}" /dev/shm /tmp "$BUILD"; do
		[ -d "$d" ] && [ -w "$d" ] || continue
		printf '#!/bin/sh\n' >"$d/.exec.$$" && chmod +x "$d/.exec.$$" || continue
		if "$d/.exec.$$" 2>/dev/null; then rm -f "$d/.exec.$$"; echo "$d"; return; fi
		rm -f "$d/.exec.$$"
	done
	fail 'no directory for temporary files allows execution: set TMPDIR to one'
}

start_guest() {
	local args=("mem=${mem}M" "initrd=$tmp/initrd" "uml_dir=$tmp" umid=guest)
	TMPDIR=$(memory_dir)
	export TMPDIR
	ulimit -c 0
	if [ -n "$shell" ]; then
		exec "$kernel/$image" "${args[@]}" "con0=fd:0,fd:1" con=null "${append[@]}"
	fi
	exec setsid setpriv --pdeathsig KILL "$kernel/$image" "${args[@]}" \
		con=null "con0=null,fd:3" ssl=null "ssl0=null,fd:4" "ssl1=null,fd:5" \
		"${append[@]}" 3>"$tmp/log" 4>"$tmp/out" 5>"$tmp/status"
}

. "$(dirname "$0")/harness.sh"
