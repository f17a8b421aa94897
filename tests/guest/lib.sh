# SPDX-License-Identifier: GPL-2.0
# What every script of this project shares; sourced, not run.
# shellcheck shell=bash

set -euo pipefail
export LC_ALL=C

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD=${BUILD:-$TOP/build}
TREE=$BUILD/linux-6.12
CC=${CC:-gcc-12}
JOBS=${JOBS:-$(nproc)}
export TOP BUILD TREE CC

say() { printf '%s\n' "$*" >&2; }
step() { printf '==> %s\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# need_space DIR GIGABYTES: stop before a full disk leaves half a build behind.
need_space() {
	local have
	mkdir -p "$1"
	have=$(df -Pm "$1" | awk 'NR == 2 { print $4 }')
	[ "$have" -ge $(($2 * 1024)) ] ||
		die "no disk space for $1: needs $2 GB, have $((have / 1024)) GB; free some and run make again"
}

# One process at a time may change what NAME stands for; others wait.
lock() {
	mkdir -p "$BUILD"
	exec 9>"$BUILD/.lock.$1"
	flock -n 9 || { say "waiting for another make to finish with $1"; flock 9; }
}

# The plugin is built for exactly this compiler, and so must the kernel be.
check_cc() {
	local version
	version=$($CC -dumpversion 2>/dev/null) || die "no compiler $CC; run 'make setup', or leave CC unset for gcc-12"
	[ "${version%%.*}" = 12 ] || die "$CC is GCC $version, but kernel, plugin and modules must be built with GCC 12: leave CC unset, or say CC=gcc-12"
	[ -f "$($CC -print-file-name=plugin)/include/gcc-plugin.h" ] ||
		die "no plugin headers for $CC ($version); run 'make setup', or 'apt-get install gcc-12-plugin-dev'"
}

# progress LOG PATTERN COMMAND...: output goes to LOG; every 10 s say how many
# of its lines match PATTERN; show its last words when the command fails.
progress() {
	local log=$1 pattern=$2 start=$SECONDS pid ticks=0 rc=0
	shift 2
	mkdir -p "$(dirname "$log")"
	"$@" >"$log" 2>&1 9>&- &
	pid=$!
	# shellcheck disable=SC2064
	trap "kill $pid 2>/dev/null; wait $pid 2>/dev/null; exit 130" INT TERM
	while kill -0 "$pid" 2>/dev/null; do
		sleep 0.2
		ticks=$((ticks + 1))
		[ $((ticks % 50)) -ne 0 ] ||
			say "    $(grep -cE "$pattern" "$log") done, $((SECONDS - start)) s"
	done
	wait "$pid" || rc=$?
	trap - INT TERM
	[ "$rc" -ne 0 ] || return 0
	say "last lines of $log:"
	{ grep -nE 'error|Error|\*\*\*|undefined|warning: ' "$log" || true; } | tail -n 30 >&2
	tail -n 10 "$log" >&2
	return "$rc"
}

# The kernels: x86_64 and um; those for comparison are x86_64 too, but for those
# named -um; and stock ones are built from another tree.
arch_of() { case $1 in um | *-um) echo um ;; *) echo x86_64 ;; esac; }
tree_of() { case $1 in stock*) echo "$BUILD/linux-6.12-stock" ;; *) echo "$TREE" ;; esac; }

# kmake KERNEL ARGUMENTS...: make in the kernel tree for one of the kernels.
kmake() {
	local kernel=$1 cc=$CC
	shift
	if command -v ccache >/dev/null; then
		export CCACHE_DIR=$BUILD/ccache CCACHE_BASEDIR=$BUILD CCACHE_NOHASHDIR=1
		cc="ccache $CC"
	fi
	# All of a kernel with KASAN is too slow here: the runtime asks for it (see its Makefile).
	[ "$kernel" != debug ] || set -- KASAN_SANITIZE=n "$@"
	# What was given to our make (M=DIR, -j) is not for the kernel's.
	unset MAKEFLAGS MAKEOVERRIDES MFLAGS MAKELEVEL M
	# A build that says who, where and when made it is never the same twice.
	make -C "$(tree_of "$kernel")" O="$BUILD/$kernel" ARCH="$(arch_of "$kernel")" CC="$cc" HOSTCC="$cc" -j"$JOBS" \
		KBUILD_BUILD_USER=modbounds KBUILD_BUILD_HOST=modbounds \
		KBUILD_BUILD_TIMESTAMP='Thu Jan 1 00:00:00 UTC 1970' "$@"
}

# build_module KERNEL VARIANT DIR LOG: a module's directory against a built kernel.
# Kbuild does not know the plugin as an input: objects older than it are made anew.
build_module() {
	local kernel=$1 variant=$2 dir=$3 log=$4 flags=()
	case $variant in
	plain) ;;
	instrumented) flags=(MODBOUNDS=y) ;;
	stores) flags=(MODBOUNDS=y MODBOUNDS_FLAGS=-fplugin-arg-modbounds-check=stores) ;;
	no-handover) flags=(MODBOUNDS=y MODBOUNDS_FLAGS=-fplugin-arg-modbounds-handover=none) ;;
	index) flags=(MODBOUNDS=y MODBOUNDS_FLAGS=-fplugin-arg-modbounds-index=all) ;;
	ranges) flags=(MODBOUNDS=y MODBOUNDS_FLAGS=-fplugin-arg-modbounds-index=ranges) ;;
	no-index) flags=(MODBOUNDS=y MODBOUNDS_FLAGS=-fplugin-arg-modbounds-index=none) ;;
	*) die "no variant '$variant': plain, instrumented, stores, no-handover, index, ranges or no-index" ;;
	esac
	if [ ${#flags[@]} -gt 0 ]; then
		[ -f "$BUILD/plugin/modbounds.so" ] || die "no plugin: run 'make plugin'"
		install -D -C "$BUILD/plugin/modbounds.so" "$BUILD/$kernel/scripts/modbounds/modbounds.so"
		find "$dir" -name '*.o' ! -newer "$BUILD/$kernel/scripts/modbounds/modbounds.so" -delete
	fi
	progress "$log" '^  CC' kmake "$kernel" M="$dir" "${flags[@]}" modules || return
	[ ${#flags[@]} -gt 0 ] || return 0
	# A kernel that does not know the flag would build plain modules in silence.
	grep -qa modbounds= "$dir"/*.ko || { say "$dir: built, but not instrumented"; return 1; }
}
