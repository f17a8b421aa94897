# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# Sourced by run.sh and by tests, after table.sh: a guest for an entry of the table.

out=$BUILD/check-loads
here=$TOP/tests/loads

# prepare_guests KERNEL: what all guests need.  Where modules are is found once.
declare -A plain_ko checked_ko needs
prepare_guests() {
	local ko
	kernel=$1
	[ -f "$BUILD/$kernel/arch/x86/boot/bzImage" ] || die "no kernel in $BUILD/$kernel"
	mkdir -p "$out/passed" "$out/entered" "$BUILD/log"
	[ "$out/entered.so" -nt "$here/entered.c" ] ||
		"$CC" -O2 -Wall -Wextra -fvisibility=hidden -shared -fPIC -o "$out/entered.so" "$here/entered.c"
	"$TOP/tests/guest/initramfs.sh" loads
	# The kernel's own modules are plain; ours, of make modules, are both.
	while read -r ko; do
		plain_ko[$(module_of "$ko")]=$ko
		[ "$kernel" = loads ] || checked_ko[$(module_of "$ko")]=$ko
	done < <(built "$kernel")
	if [ "$kernel" = loads ]; then
		while read -r ko; do checked_ko[$(module_of "$ko")]=$ko; done < <(built loads-checked)
	else
		for ko in "$BUILD/modules/$kernel/plain"/*/*.ko; do plain_ko[$(module_of "$ko")]=$ko; done
		for ko in "$BUILD/modules/$kernel/instrumented"/*/*.ko; do checked_ko[$(module_of "$ko")]=$ko; done
	fi
}
module_of() { basename "$1" .ko | tr - _; }
built() { sed "s,\(.*\)o$,$BUILD/$1/\1ko," "$BUILD/$1/modules.order"; }

# resolve VARIANT MODULE...: sets words, what to load in which order, with parameters
# where they were given; and kos, their files.
resolve() {
	local variant=$1 m n
	shift
	for m; do
		n=$(tr - _ <<<"${m%%:*}")
		! among_words "$n" "${words[@]%%:*}" || continue
		[ -n "${plain_ko[$n]:-}" ] || { echo "no module $n in $kernel"; return 1; }
		[ -n "${needs[$n]+set}" ] || needs[$n]=$(modinfo -F depends "${plain_ko[$n]}" | tr , ' ')
		# shellcheck disable=SC2086
		resolve "$variant" ${needs[$n]} || return
		if [ "$variant" = plain ]; then kos+=("${plain_ko[$n]}"); else kos+=("${checked_ko[$n]}"); fi
		m=${m#"${m%%:*}"}
		words+=("$(basename "${kos[-1]}" .ko)$m")
	done
}
among_words() { local x w=$1; shift; for x; do [ "$(tr - _ <<<"$x")" != "$w" ] || return 0; done; return 1; }

# run_cell NUMBER NAME MODE CPUS: a line of TAP, and what was seen where it failed.
run_cell() {
	local number=$1 name=$2 mode=$3 cpus=$4 cell=$kernel-$2-$3-$4 rc=0 why variant=instrumented seconds=$SECONDS
	local words=() kos=() options=() arguments=() devices=() key m word mem=1024
	local work person='' log=$BUILD/log/loads-$cell

	[ "$mode" != plain ] || variant=plain
	# shellcheck disable=SC2086
	resolve $variant ${modules_of[$name]} >"$log.out" || { fail "$(cat "$log.out")"; return 0; }
	work=$(mktemp -d "${TMPDIR:-/tmp}/modbounds-loads.XXXXXX")
	for word in ${devices_of[$name]}; do
		case $word in
		mem=*) mem=${word#mem=} ;;
		*) devices+=("${word//@WORK@/$work}") ;;
		esac
	done
	eval "arguments=(${arguments_of[$name]})"
	key=$(cell_key)
	if [ "$key" = "$(head -n 1 "$out/passed/$cell" 2>/dev/null)" ]; then
		rm -rf "$work"
		echo "ok $number - $name, $mode, $cpus processors (passed before)"
		return 0
	fi
	make_disks
	[ ${#devices[@]} = 0 ] || options+=(--device "${devices[*]}")
	# A violation fails the test; but the guest goes on, so that there may be more.
	options+=(--append modbounds.policy=report)
	[ "$mode" != precise ] || options+=(--append modbounds.mode=precise)
	for m in "${kos[@]}"; do options+=(-m "$m"); done
	for m in files nets devices; do options+=(-f "$out/$m"); done
	for m in "$here"/*-lib.sh; do options+=(-f "$m"); done
	if [[ "${devices[*]}" = *"$work/monitor"* ]]; then
		mkfifo "$work"/monitor.{in,out}
		person "$work/monitor" &
		person=$!
	fi
	nice -n 5 "$TOP/tests/guest/qemu.sh" --kernel "$BUILD/$kernel" --cpus "$cpus" --mem "$mem" --fio --loads --timeout 900 \
		--log "$log.console" --device "-plugin $out/entered.so,out=$work/entered" "${options[@]}" \
		"$here/${kind_of[$name]}.guest" "${words[*]}" "${arguments[@]}" >"$log.out" 2>&1 9>&- || rc=$?
	[ -z "$person" ] || kill "$person" 2>/dev/null || true
	why=$(verdict)
	if [ -z "$why" ]; then
		record
		echo "$key" >"$out/passed/$cell"
		echo "ok $number - $name, $mode, $cpus processors ($((SECONDS - seconds)) s)"
	else
		[ "$mode" = plain ] || record 2>/dev/null || true
		fail "$why ($((SECONDS - seconds)) s)"
	fi
	rm -rf "$work"
}

fail() {
	echo "not ok $number - $name, $mode, $cpus processors: $1"
	rm -f "$out/passed/$cell"
	{ grep -sa 'BUG: modbounds' -A 5 "$log.console" || true; grep -sv '^symbol\|^stats' "$log.out" || true; } |
		head -n 40 | sed 's/^/#   /' || true
	echo "#   $log.console, $log.out"
}

# Why a guest failed; nothing when it did not.
verdict() {
	local want=0
	[ "$variant" = instrumented ] || want=none
	if [ "$rc" != 0 ]; then
		echo "exit status $rc"
	elif ! grep -qx "violations $want" "$log.out"; then
		grep '^violations' "$log.out" || echo 'violations unknown'
	elif ! grep -qx unloaded "$log.out"; then
		echo 'not unloaded'
	elif grep -q ' is quarantined$' "$log.out"; then
		echo 'quarantined'
	elif [ "$mode" = precise ] && ! grep -q 'modbounds: .*: precise,' "$log.console"; then
		echo 'not precise'
	fi
}

# What a result depends on.  Files of disks are in a directory of another name each time.
cell_key() {
	{
		cat "$BUILD/$kernel/arch/x86/boot/bzImage" "${kos[@]}" "$BUILD/guest"/{core,fio,loads}.cpio "$here"/*-lib.sh \
			"$here/${kind_of[$name]}.guest" "$TOP"/tests/guest/{guest-lib,qemu,harness}.sh
		printf '%s\n' "${words[*]}" "$mem" "${arguments_of[$name]}" "${devices_of[$name]}"
	} | sha256sum | cut -c 1-16
}

# The disks that are named, as ID.SIZE.
make_disks() {
	local file
	for file in $(grep -oE "$work/[a-z0-9]+\.[0-9]+[KMG]" <<<"${devices[*]}"); do truncate -s "${file##*.}" "$file"; done
}

# person FIFO: what somebody does to a guest, by QEMU's monitor, until that is gone.
person() {
	trap '' PIPE
	trap 'kill $reader; exit' TERM
	cat "$1.out" >/dev/null 2>&1 9>&- &
	reader=$!
	while sleep 0.3; do
		printf '%s\n' 'sendkey a' 'mouse_move 3 5' 'mouse_button 1' 'mouse_button 0' "balloon $((600 + RANDOM % 400))" || break
	done >"$1.in" 2>/dev/null 9>&-
}

# Which functions of which modules were entered: names, a file for each module and cell.
record() {
	awk -v dir="$out/entered/" -v cell="$cell" '
		FNR == NR { seen[$1] = 1; next }
		$1 == "symbol" && $3 !~ /^__pfx_|^__cfi_|\.cold/ { print (($2 in seen) ? 1 : 0), $3 >(dir $4 "." cell) }' \
		"$work/entered" "$log.out"
}
