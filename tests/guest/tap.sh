# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Sourced by the tests: TAP, the project's shell library and guests.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$TOP/tests/guest/wire.sh"
set +e
tests=0 failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# ok NAME COMMAND...: the test passes when COMMAND succeeds.
ok() {
	local name=$1
	shift
	tests=$((tests + 1))
	if "$@" >"$work/ok" 2>&1; then
		echo "ok $tests - $name"
	else
		echo "not ok $tests - $name"
		failed=1
		{ echo "# failed: $*"; sed 's/^/#   /' "$work/ok" "$work/out" 2>/dev/null; } | head -n 100
	fi
}

skip_all() { echo "1..0 # SKIP $*"; exit 0; }
finish() { echo "1..$tests"; exit "$failed"; }

# guest KIND NAME OPTION... SCRIPT...: run qemu or uml; output to $work/out,
# status to $rc, console to build/log.
guest() {
	local kind=$1 name=$2
	shift 2
	"$TOP/tests/guest/$kind.sh" --log "$BUILD/log/$name.console" "$@" >"$work/out" 2>&1
	rc=$?
}

# What the last guest printed has a line that matches.
said() { grep -qE -- "$1" "$work/out" || { echo "no line matches: $1"; return 1; }; }

ko() { echo "$BUILD/modules/$1/$2/$3/$3.ko"; }
