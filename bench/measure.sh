# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# Sourced by run.sh: a function for each kind of measurement, which boots the
# guests and keeps the figures.

cells=$BUILD/bench/cells
failed=()
mkdir -p "$cells"

rounds=${ROUNDS:-5} runs=${RUNS:-$default_runs}
# Files with the figures that were asked for.
files=()

# progress_line WHAT: which unit this is, and how long the rest will take.
measured=0 begin=0 number=0
progress_line() {
	local left=''
	[ $measured = 0 ] ||
		left=$(printf ', %d min left' $(((SECONDS - begin) * (${#units[@]} - number + 1) / measured / 60 + 1)))
	measured=$((measured + 1))
	step "$number/${#units[@]}: $1$left"
}

# What a figure depends on, as one word: kernel, modules, user space, scripts.
key() {
	local image=$BUILD/$kernel/arch/x86/boot/bzImage
	[[ $kernel != *um ]] || image=$BUILD/$kernel/linux
	cat "$image" "${kos[@]}" "$BUILD/guest"/*.cpio "$TOP"/bench/{bench-lib.sh,netload.c,fileload.c,matrix.sh,count.c,mark.c,mark.h,counted.awk} "$script" \
		"$TOP"/tests/guest/{guest-lib,qemu,uml}.sh | sha256sum | cut -c 1-16
}

# prepare_guest DRIVER VARIANT [um | loads]: as guest_for; and its modules and its key.
prepare_guest() {
	guest_for "$@"
	mapfile -t kos < <(ko_files "$kernel" "$build" "${modules[@]}"; ko_files "$kernel" plain ${peer:+"$peer"})
	key=$(key)
}

# chosen_of METRIC DRIVER VARIANT: its workloads among the chosen ones.  User space
# has no module to load, and throws data away; native code needs time alone.
chosen_of() {
	local w
	for w in $(workloads_of "$2"); do
		# shellcheck disable=SC2086
		among "$w" $chosen_workloads || continue
		case $w,$1,$3 in
		verify,ns_per_op,* | load,ns_per_op,* | memory,ns_per_op,*) ;;
		verify,*,userspace | load,*,userspace | memory,*,userspace) ;;
		*) echo "$w" ;;
		esac
	done
}

# cell METRIC DRIVER VARIANT WORKLOAD: the file that keeps a figure
cell() { echo "$cells/$1.$2.$3.$4.json"; }

# have FILE KEY: measured already?
have() { grep -q "\"key\": \"$2\"" "$1" 2>/dev/null; }

# row METRIC DRIVER VARIANT WORKLOAD X VIOLATIONS VALUE...: a figure, as it is
# kept; the value is the median.  X is the place on a curve, or "-".
row() {
	local x='' violations=$6
	[ "$5" = - ] || x="\"x\": $5, "
	[ "$violations" != none ] || violations=null
	printf '%s\n' "${@:7}" | sort -g | awk -v runs="$(printf '%s\n' "${@:7}" | paste -sd,)" \
		-v head="\"driver\": \"$2\", \"workload\": \"$4\", \"variant\": \"$3\", \"metric\": \"$1\", $x" \
		-v tail="\"violations\": $violations, \"key\": \"$key\"" '
		{ v[NR] = $1 }
		END { m = NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2
			printf "{%s\"value\": %s, \"runs\": [%s], %s}\n", head, m, runs, tail }'
}

# keep FILE: what comes in is a cell
keep() { cat >"$1.new" && mv "$1.new" "$1"; }

# boot KIND OPTION... SCRIPT ARGUMENT...: the guest that was prepared; its output, with
# figures, to $out.  On one processor: on two, QEMU's NVMe loses a request now and then,
# which costs 300 million instructions until it is given up, and native time doubles and halves,
# as user-mode Linux and its processes wake each other for each system call.
out=$(mktemp) counts=$(mktemp)
trap 'rm -f "$out" "$out.raw" "$counts"' EXIT
counting "$counts"
one_processor=(taskset -c "$(taskset -cp $$ | sed 's/.*[^0-9]//')")
boot() {
	local rc=0
	nice "${one_processor[@]}" "$TOP/tests/guest/$1.sh" --timeout 900 "${options[@]}" "${kos[@]/#/--module=}" "${@:2}" \
		>"$out.raw" 2>&1 || rc=$?
	counted "$counts" "$out.raw" >"$out" || rc=1
	return $rc
}
fail() {
	say "    $1: failed"
	sed 's/^/    | /' "$out" >&2
	failed+=("$1")
}

# icount DRIVER VARIANT: what is missing, in one guest.
icount() {
	local driver=$1 variant=$2 key w metric violations values want=()
	local log=$BUILD/log/bench-$driver-$variant.console

	# shellcheck disable=SC2046
	prepare_guest "$driver" "$variant" $(kind_for insns_per_op "$driver")
	for w in $(chosen_of insns_per_op "$driver" "$variant"); do
		files+=("$(cell insns_per_op "$driver" "$variant" "$w")")
		have "${files[-1]}" "$key" || want+=("$w")
	done
	[ ${#want[@]} -gt 0 ] || return 0
	progress_line "$driver, $variant"
	boot qemu "${counting[@]}" --log "$log" \
		"$script" "$runs" 2 "${device[@]}" "${want[@]}" || fail "$driver, $variant"
	if grep -qs 'I/O .*timeout' "$log"; then
		fail "$driver, $variant (the emulated disk lost a request, see $log)"
		return
	fi
	while read -r _ w violations values; do
		case $w in
		load) metric=insns_per_load ;;
		memory) metric=bytes_per_load ;;
		verify) metric=verified ;;
		*) metric=insns_per_op ;;
		esac
		# shellcheck disable=SC2086
		row $metric "$driver" "$variant" "$w" - "$violations" $values |
			keep "$(cell insns_per_op "$driver" "$variant" "$w")"
	done < <(grep '^result ' "$out")
}

# in_turn ROUNDS BOOT DRIVER VARIANT...: BOOT a guest for each variant in turn, again
# and again, so that whatever the build machine does meets all of them alike.
# Sets values and worst (violations), by VARIANT.WORKLOAD.
in_turn() {
	local rounds=$1 boot=$2 driver=$3 round i variant w violations value key
	shift 3
	values=() worst=()
	for ((round = 0; round < rounds; round++)); do
		for ((i = 0; i < $#; i++)); do
			variant=$(((round + i) % $# + 1)) variant=${!variant}
			prepare_guest "$driver" "$variant" $um
			$boot || { fail "$driver, $variant, round $round"; return 1; }
			while read -r _ w violations value; do
				values[$variant.$w]+=" $value"
				[ "${worst[$variant.$w]:-0}" != 0 ] || worst[$variant.$w]=$violations
			done < <(grep '^result ' "$out")
		done
	done
}

# joint_key DRIVER VARIANT...: figures that belong together have one key
joint_key() {
	local variant keys=''
	for variant in "${@:2}"; do
		prepare_guest "$1" "$variant" $um
		keys+=$key
	done
	key=$(sha256sum <<<"$keys" | cut -c 1-16)
}

# native DRIVER VARIANT...: time on user-mode Linux
native_guest() {
	boot uml --log "$BUILD/log/bench-um-$driver-$variant.console" "$script" 1 4 "${device[@]}" "${want[@]}"
}
native() {
	local driver=$1 w key variant want=() um=um
	local -A values worst
	shift
	joint_key "$driver" "$@"
	for w in $(chosen_of ns_per_op "$driver" plain); do
		for variant; do
			files+=("$(cell ns_per_op "$driver" "$variant" "$w")")
			have "${files[-1]}" "$key" || among "$w" "${want[@]}" || want+=("$w")
		done
	done
	[ ${#want[@]} -gt 0 ] || return 0
	progress_line "$driver on user-mode Linux, $rounds rounds of: $*"
	in_turn "$rounds" native_guest "$driver" "$@" || return 0
	for variant; do
		for w in "${want[@]}"; do
			# shellcheck disable=SC2086
			row ns_per_op "$driver" "$variant" "$w" - "${worst[$variant.$w]}" ${values[$variant.$w]} |
				keep "$(cell ns_per_op "$driver" "$variant" "$w")"
		done
	done
}

# smp DRIVER VARIANT...: time on the wall of an emulated machine with 1 to 8
# processors, all at work
smp_guest() {
	local arguments=("${device[@]:0:2}") one_processor=()
	is_disk "$driver" || arguments=("${device[@]:0:3}")
	boot qemu --parallel --cpus "$cpus" --mem 2048 --log "$BUILD/log/bench-smp-$driver-$variant.console" \
		"$TOP/bench/smp.guest" 1 "${arguments[@]}"
}
smp() {
	local driver=$1 cpus w key variant um='' file
	local -A values worst
	shift
	joint_key "$driver" "$@"
	for cpus in 1 2 4 8; do
		file=$cells/smp.$driver.$cpus.json
		files+=("$file")
		! have "$file" "$key" || continue
		progress_line "$driver on $cpus processors, $runs rounds of: $*"
		in_turn "$runs" smp_guest "$driver" "$@" || continue
		for w in "${!values[@]}"; do
			variant=${w%%.*}
			# shellcheck disable=SC2086
			row wall_ns_per_op "$driver" "$variant" "${w#*.} by processors" "$cpus" "${worst[$w]}" ${values[$w]}
		done | keep "$file"
	done
}

# growth DRIVER VARIANT...: how cost grows; needs no driver but modules of its own
growth() {
	local key variant file curve metric x value
	shift
	script=$TOP/bench/growth.guest
	for variant; do
		kernel_for "$variant"
		options=(--kernel "$BUILD/$kernel" -f "$TOP/bench/bench-lib.sh")
		mapfile -t kos < <(ko_files "$kernel" "$build" growth)
		key=$(key)
		file=$cells/growth.$variant.json
		files+=("$file")
		! have "$file" "$key" || continue
		progress_line "growth, $variant"
		# 64 arenas of the usual size would not fit.
		boot qemu --icount --mem 4096 --append modbounds.arena=4194304 \
			--log "$BUILD/log/bench-growth-$variant.console" "$script" || { fail "growth, $variant"; continue; }
		while read -r _ curve metric x value; do
			row "$metric" growth "$variant" "$curve" "$x" 0 "$value"
		done < <(grep '^point ' "$out") | keep "$file"
	done
}

# compile DRIVER VARIANT...: user time of the compiler, and size of the code; the
# compiler's wrapper does each file both ways, one after the other.
compile() {
	local driver=$1 dir=$BUILD/bench/compile/$1 file=$cells/compile.$1.json variant line key
	shift
	kernel=x86_64 build=instrumented script=$TOP/tests/drivers/cc.sh
	mapfile -t kos < <(ko_files "$kernel" "$build" "$driver"; echo "$BUILD/plugin/modbounds.so")
	key=$(key)
	files+=("$file")
	! have "$file" "$key" || return 0
	progress_line "compiling $driver"
	rm -rf "$dir"
	mkdir -p "$dir"
	rsync -r --include='*.[chS]' --include=Makefile --include=Kbuild --exclude='*' --exclude='*.mod.c' \
		"$BUILD/modules/$kernel/$build/$driver/" "$dir/"
	kmake $kernel M="$dir" CC="$TOP/tests/drivers/cc.sh $CC" MODBOUNDS=y -j1 modules >"$out" 2>&1 ||
		{ fail "compiling $driver"; return 0; }
	for variant; do
		line=1
		[ "$variant" = plain ] || line=2
		sed -sn "${line}p" "$dir"/*.figures | awk '{ time += $2; text += $3 } END { print time, text }'
	done >"$out"
	for variant; do
		read -r time text
		row compile_s "$driver" "$variant" compile - none "$time"
		row text_bytes "$driver" "$variant" compile - none "$text"
	done <"$out" | keep "$file"
}
