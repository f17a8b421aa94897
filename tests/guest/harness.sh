# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154,SC2317
#
# The part that qemu.sh and uml.sh share: they define start_guest and source
# this with their command line.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() {
	cat >&2 <<-END
	usage: $0 [OPTION]... SCRIPT [ARGUMENT]...
	       $0 [OPTION]... --shell
	Boot a guest, run SCRIPT (busybox sh) in it, pass on its output and exit status.
	  -m, --module[=]FILE   put FILE into the guest's /modules; any number
	  -f, --file FILE       put FILE into the guest's /job; any number
	      --fio             the guest needs fio
	      --nbd             the guest needs nbdkit and nbd-client
	      --mkfs            the guest needs programs that make file systems
	      --loads           the guest needs the tools of tests/loads/
	      --kernel DIR      object directory to boot from (build/x86_64 or build/um)
	      --cpus N          processors (2; UML has one)
	      --parallel        processors in threads of their own: loading the first
	                        instrumented module may then oops (see qemu.sh)
	      --mem MB          memory (1024)
	      --append TEXT     more kernel parameters; any number
	      --device TEXT     more QEMU arguments, split at blanks; any number
	      --icount          guest time counts instructions (one processor)
	      --timeout S       time limit in seconds (120)
	      --log FILE        where the console's output goes
	      --shell           interactive
	Exit status: the script's; 124 time limit; 125 the guest died or its kernel
	oopsed or warned; 126 the guest could not be started.
	END
	exit 126
}

modules=() files=() append=() devices=()
kernel=$BUILD/$arch fio='' nbd='' mkfs='' loads='' cpus=2 threads=single mem=1024 icount='' limit=120 log='' shell=''
while [ $# -gt 0 ]; do
	case $1 in
	-m | --module) modules+=("${2?}"); shift ;;
	--module=*) modules+=("${1#*=}") ;;
	-f | --file) files+=("${2?}"); shift ;;
	--fio) fio=1 ;;
	--nbd) nbd=1 ;;
	--mkfs) mkfs=1 ;;
	--loads) loads=1 ;;
	--kernel) kernel=${2?}; shift ;;
	--cpus) cpus=${2?}; shift ;;
	--parallel) threads=multi ;;
	--mem) mem=${2?}; shift ;;
	--append) append+=("${2?}"); shift ;;
	--device) read -ra words <<<"${2?}"; devices+=("${words[@]}"); shift ;;
	--icount) icount=1 cpus=1 ;;
	--timeout) limit=${2?}; shift ;;
	--log) log=${2?}; shift ;;
	--shell) shell=1 ;;
	-*) usage ;;
	*) break ;;
	esac
	shift
done
[ -n "$shell" ] || [ $# -gt 0 ] || usage

# 126 for whatever goes wrong before the guest runs.
fail() { say "error: $*"; exit 126; }
for f in "${modules[@]}" "${files[@]}" "$@"; do
	[ -n "$shell" ] || [ "$f" != "${1:-}" ] || [ -f "$f" ] || fail "no such script: $f"
done
for f in "${modules[@]}" "${files[@]}"; do
	[ -f "$f" ] || fail "no such file: $f"
done
[ -f "$kernel/$image" ] || fail "no kernel $kernel/$image: run 'make kernel'"

tmp=$(mktemp -d "${TMPDIR:-/tmp}/modbounds.XXXXXX")
guest='' pipes=()
# Guests run in a session of their own, so that all of one can be ended at once;
# and they die with this script, even when it is killed.
cleanup() {
	[ -z "$guest" ] || kill -KILL -- "-$guest" 2>/dev/null || true
	[ ${#pipes[@]} = 0 ] || kill "${pipes[@]}" 2>/dev/null || true
	rm -rf "$tmp"
}
trap cleanup EXIT
trap 'exit 130' INT TERM HUP
log=${log:-$tmp/console}
mkdir -p "$(dirname "$log")"

"$TOP/tests/guest/initramfs.sh" ${mkfs:+mkfs} ${loads:+loads}
mkdir -p "$tmp/root/modules" "$tmp/root/job"
[ ${#modules[@]} = 0 ] || cp "${modules[@]}" "$tmp/root/modules/"
[ ${#files[@]} = 0 ] || cp "${files[@]}" "$tmp/root/job/"
cp "$TOP/tests/guest/guest-lib.sh" "$tmp/root/job/lib.sh"
if [ -n "$shell" ]; then
	channels='OUT=console'
	printf 'Modules are in /modules: insmod NAME.ko, then dmesg. Leave with exit.\n' >"$tmp/root/job/motd"
else
	script=$1
	shift
	{
		echo '. /job/lib.sh'
		printf 'set --'
		[ $# = 0 ] || printf ' %q' "$@"
		printf '\n'
		cat "$script"
	} >"$tmp/root/job/script"
fi
printf '%s\n' "$channels" >"$tmp/root/job/channels"
{
	cat "$BUILD/guest/core.cpio"
	[ -z "$fio" ] || cat "$BUILD/guest/fio.cpio"
	[ -z "$nbd" ] || cat "$BUILD/guest/nbd.cpio"
	[ -z "$mkfs" ] || cat "$BUILD/guest/mkfs.cpio"
	[ -z "$loads" ] || cat "$BUILD/guest/loads.cpio"
	cd "$tmp/root"
	find . -mindepth 1 | cpio -o -H newc --quiet -R 0:0
} >"$tmp/initrd"

# oops=panic and panic=-1: a guest whose kernel is broken ends at once.
append=(oops=panic panic=-1 "${append[@]}")

if [ -n "$shell" ]; then
	start_guest || true
	exit 0
fi

# Guests write to pipes: a file cannot be polled, and a terminal may be in the way.
pipe() {
	rm -f "$tmp/$1"
	mkfifo "$tmp/$1"
	tee "$tmp/$1.seen" <"$tmp/$1" &
	pipes+=($!)
}

run_guest() {
	local end p
	died=
	pipe log >"$log"
	pipe out
	pipe status >/dev/null
	start_guest </dev/null >"$tmp/start" 2>&1 &
	guest=$!
	end=$((SECONDS + limit))
	while kill -0 "$guest" 2>/dev/null; do
		if [ "$SECONDS" -ge "$end" ]; then
			died="still running after $limit s"
			kill -KILL -- "-$guest" 2>/dev/null || true
		fi
		sleep 0.05
	done
	wait "$guest" 2>/dev/null || true
	# A guest that never opened its pipes leaves readers that would wait for ever.
	for p in log out status; do : 3<>"$tmp/$p"; done
	wait "${pipes[@]}" || true
	cat "$tmp/start" >>"$log"
	guest='' pipes=()
}

run_guest
# QEMU's threads now and then run code that another has just rewritten: a
# breakpoint of the kernel's live patching (jump labels) that is there no more.
for retry in 1 2; do
	[ ! -s "$tmp/out.seen" ] && grep -qa 'Oops: int3' "$log" || break
	say "guest: the emulator ran stale code; trying again ($retry)"
	run_guest
done

# The kernel's own words for being broken; ours ("BUG: modbounds:") are not among them.
broken='Kernel panic|Oops|general protection fault|BUG: (unable|kernel|scheduling|sleeping|spinlock|soft|workqueue|Bad)|kernel BUG at|WARNING: (CPU|possible|suspicious|bad|inconsistent|held)|BUG [a-z]|ODEBUG:|INFO: (trying|possible)|rcu: INFO|blocked for more than|Out of memory|Call Trace lost'
status=$(sed -n 's/^exit \([0-9]*\).*/\1/p' "$tmp/status.seen" | tail -n 1)
if [ -n "$died" ]; then
	rc=124
elif word=$(grep -m 1 -aE "$broken" "$log"); then
	rc=125 died="kernel trouble: $word"
elif [ -z "$status" ]; then
	rc=125 died='ended without an exit status'
else
	exit "$status"
fi
say "guest: $died; end of its console:"
tail -n 60 "$log" | tr -d '\r' | sed 's/^/    | /' >&2
exit "$rc"
