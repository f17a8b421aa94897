#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The harnesses themselves: a guest's output and status come out, and whatever
# happens in it, they end and leave nothing behind.

. "$(dirname "$0")/../guest/tap.sh"

export TMPDIR=$work/tmp
mkdir "$TMPDIR"

run() {
	cat >"$work/script"
	guest "$kind" "guests-$kind" "$@" "$work/script" 'one two' three
}
clean() { [ -z "$(ls -A "$TMPDIR")" ] && ! pgrep -f "$TMPDIR" >/dev/null; }

for kind in ${KINDS:-uml qemu}; do
	if [ $kind = qemu ]; then arch=x86_64; else arch=um; fi
	run <<<'echo "arguments $# $1"; echo error >&2; exit 42'
	ok "$kind: exit status" test $rc = 42
	ok "$kind: output" said '^arguments 2 one two$'
	ok "$kind: nothing left" clean
	run --timeout 6 <<<'echo before; sleep 1000'
	ok "$kind: time limit" test $rc = 124
	ok "$kind: output up to the time limit" said '^before$'
	ok "$kind: time limit: nothing left" clean
	run -m "$(ko $arch plain buggy)" <<<'load buggy; echo stray 8 >/dev/buggy; sleep 1000'
	ok "$kind: oops" test $rc = 125
	ok "$kind: the oops is shown" said 'stray_write'
	ok "$kind: oops: nothing left" clean
	# Each life of a module turns static keys on and off; see qemu.sh on what that takes.
	# Who keeps the machine busy is not killed: where a process dies in the middle of a
	# fork, user-mode Linux takes the mark at the end of what was copied for an area of memory.
	run -m "$(ko $arch instrumented buggy)" <<-'END'
		while [ ! -e /tmp/enough ]; do for i in 1 2 3 4 5 6 7 8 9; do : >/tmp/$i; done; rm /tmp/[1-9]; done &
		for life in $(seq 40); do load buggy; rmmod buggy; done
		: >/tmp/enough
		wait
	END
	ok "$kind: 40 lives of a module on a busy machine" test $rc = 0
	guest $kind guests-none "$work/no-script"
	ok "$kind: no such script" test $rc = 126
	guest $kind guests-none --kernel "$work" "$work/script"
	ok "$kind: no kernel" said "run 'make kernel'"
done
finish
