#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# make bench: what checking costs, by driver, workload and variant.
#
#   DRIVERS= VARIANTS= WORKLOADS= METRICS=	a choice; default: all
#   QUICK=1			null_blk and e1000, main variants, instructions
#   RUNS=N			how often each workload is measured in a guest
#
# Each figure is a file in build/bench/cells/, which says what it was measured
# with: what is there and was measured with the very same kernel, modules and
# scripts is not measured again.

. "$(dirname "$0")/../tests/guest/lib.sh"
. "$TOP/tests/guest/wire.sh"
. "$TOP/bench/matrix.sh"

metrics=(insns_per_op ns_per_op)
cells=$BUILD/bench/cells
failed=()

# choose WHAT GIVEN DEFAULT -- NAME...: the words of GIVEN, or DEFAULT; each must
# be among the names.
choose() {
	local what=$1 given=$2 default=$3 word
	shift 4
	for word in $given; do
		among "$word" "$@" || die "$what: there is no '$word'; there are: $*"
	done
	echo "${given:-$default}"
}
if [ -n "${QUICK:-}" ]; then
	quick_drivers='null_blk e1000' quick_variants='stock plain stores all trusted' quick_metrics=insns_per_op
fi
chosen_drivers=$(choose DRIVERS "${DRIVERS:-}" "${quick_drivers:-${drivers[*]}}" -- "${drivers[@]}")
chosen_variants=$(choose VARIANTS "${VARIANTS:-}" "${quick_variants:-${variants[*]}}" -- "${variants[@]}")
chosen_workloads=$(choose WORKLOADS "${WORKLOADS:-}" "${workloads[*]}" -- "${workloads[@]}")
chosen_metrics=$(choose METRICS "${METRICS:-}" "${quick_metrics:-${metrics[*]}}" -- "${metrics[@]}")
[[ "${RUNS:-3}" =~ ^[1-9][0-9]*$ ]] || die "RUNS=$RUNS: must be a number"
[ "${1:-}" != check ] || exit 0

check_cc
lock bench
mkdir -p "$cells"

# Units: one guest measures all workloads of a driver with a variant; native
# time is measured with the variants in turn, so there a unit has all of them.
units=()
for metric in $chosen_metrics; do
	for driver in $chosen_drivers; do
		if [ $metric = ns_per_op ]; then
			among "$driver" "${software_drivers[@]}" || continue
			some=()
			for variant in $chosen_variants; do
				! among "$variant" "${uml_variants[@]}" || some+=("$variant")
			done
			[ ${#some[@]} = 0 ] || units+=("$metric $driver ${some[*]}")
			continue
		fi
		for variant in $chosen_variants; do
			[ "$variant" != userspace ] || [ "$driver" = null_blk ] || continue
			units+=("$metric $driver $variant")
		done
	done
done
[ ${#units[@]} -gt 0 ] || die 'nothing to measure: no chosen driver has a chosen variant'

# chosen_of METRIC DRIVER VARIANT: its workloads among the chosen ones; one that
# throws data away cannot verify it, and that needs no repetition as native code.
chosen_of() {
	local w
	for w in $(workloads_of "$2"); do
		# shellcheck disable=SC2086
		among "$w" $chosen_workloads || continue
		case $w,$1,$3 in verify,ns_per_op,* | verify,*,userspace) ;; *) echo "$w" ;; esac
	done
}

um_for() { [ "$1" != ns_per_op ] || echo um; }

# Everything that the units need, each once.
build() {
	local unit metric driver some variant kernel build parameter list um
	local -A names=() kernels=()
	for unit in "${units[@]}"; do
		read -r metric driver some <<<"$unit"
		um=$(um_for "$metric")
		for variant in $some; do
			kernel_for "$variant" $um
			kernels[$kernel]=1
			[ "$variant" = userspace ] || names["$kernel $build"]+=" $driver"
		done
	done
	for kernel in "${!kernels[@]}"; do
		if [[ $kernel = stock* ]]; then "$TOP/kernel-patch/tree.sh" stock; else "$TOP/kernel-patch/tree.sh"; fi
		"$TOP/kernel-patch/build.sh" "$kernel"
	done
	"$TOP/tests/guest/step.sh" plugin make -C "$TOP/plugin" O="$BUILD/plugin" CC=gcc-12 CXX=g++-12
	for list in "${!names[@]}"; do
		# shellcheck disable=SC2086
		"$TOP/kernel-patch/modules.sh" $list $(tr ' ' '\n' <<<"${names[$list]}" | sort -u)
	done
	prepare
}

# --- measuring ------------------------------------------------------------

# What a figure depends on, as one word: kernel, modules, user space, scripts.
key() {
	local image=$BUILD/$kernel/arch/x86/boot/bzImage
	[[ $kernel != *um ]] || image=$BUILD/$kernel/linux
	cat "$image" "${kos[@]}" "$BUILD/guest"/*.cpio "$TOP"/bench/{bench-lib.sh,netload.c,matrix.sh} "$script" \
		"$TOP"/tests/guest/{guest-lib,qemu,uml}.sh | sha256sum | cut -c 1-16
}

# cell METRIC DRIVER VARIANT WORKLOAD
cell() { echo "$cells/$1.$2.$3.$4.json"; }

# have CELL KEY: measured already?
have() { grep -q "\"key\": \"$2\"" "$1" 2>/dev/null; }

# record METRIC DRIVER VARIANT WORKLOAD KEY VIOLATIONS VALUE...: one cell; its
# value is the median.
record() {
	local file metric=$1 driver=$2 variant=$3 workload=$4 key=$5 violations=$6
	file=$(cell "$@")
	shift 6
	[ "$workload" != verify ] || metric=verified
	[ "$violations" != none ] || violations=null
	printf '%s\n' "$@" | sort -g | awk -v runs="$(printf '%s\n' "$@" | paste -sd,)" \
		-v head="\"driver\": \"$driver\", \"workload\": \"$workload\", \"variant\": \"$variant\", \"metric\": \"$metric\"" \
		-v tail="\"violations\": $violations, \"key\": \"$key\"" \
		'{ v[NR] = $1 }
		END { m = NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2
			printf "{%s, \"value\": %s, \"runs\": [%s], %s}\n", head, m, runs, tail }' >"$file.new"
	mv "$file.new" "$file"
}

# boot KIND SCALE RUNS WORKLOAD...: a guest as guest_for said; its output to $out.
out=$(mktemp)
trap 'rm -f "$out"' EXIT
boot() {
	local kind=$1 scale=$2 runs=$3
	shift 3
	nice "$TOP/tests/guest/$kind.sh" --timeout 900 "${options[@]}" "${kos[@]/#/--module=}" \
		"$script" "$runs" "$scale" "${device[@]}" "$@" >"$out" 2>&1
}
fail() {
	say "    $1: $2"
	sed 's/^/    | /' "$out" >&2
	failed+=("$1")
}

# icount DRIVER VARIANT: what is missing, in one guest.
icount() {
	local driver=$1 variant=$2 key w violations values want=()
	guest_for "$driver" "$variant"
	mapfile -t kos < <(ko_files "$kernel" "$build" "${modules[@]}")
	key=$(key)
	for w in $(chosen_of insns_per_op "$driver" "$variant"); do
		have "$(cell insns_per_op "$driver" "$variant" "$w")" "$key" || want+=("$w")
	done
	[ ${#want[@]} -gt 0 ] || return 0
	progress_line "$driver, $variant"
	options+=(--icount --log "$BUILD/log/bench-$driver-$variant.console")
	boot qemu 2 "${RUNS:-3}" "${want[@]}" || fail "$driver, $variant" "guest failed"
	while read -r _ w violations values; do
		# shellcheck disable=SC2086
		record insns_per_op "$driver" "$variant" "$w" "$key" "$violations" $values
	done < <(grep '^result ' "$out")
}

# native DRIVER VARIANT...: one guest for each variant in turn, again and again, so
# that whatever the build machine does meets all of them alike.
native() {
	local driver=$1 round i w key='' variant want=() turn violations value
	shift
	local -A values=() worst=()
	for variant; do
		guest_for "$driver" "$variant" um
		mapfile -t kos < <(ko_files "$kernel" "$build" "${modules[@]}")
		key+=$(key)
	done
	key=$(sha256sum <<<"$key" | cut -c 1-16)
	for w in $(chosen_of ns_per_op "$driver" ""); do
		for variant; do
			have "$(cell ns_per_op "$driver" "$variant" "$w")" "$key" || { want+=("$w"); break; }
		done
	done
	[ ${#want[@]} -gt 0 ] || return 0
	progress_line "$driver on user-mode Linux, $rounds rounds of $*"
	for ((round = 0; round < rounds; round++)); do
		for ((i = 0; i < $#; i++)); do
			turn=$(((round + i) % $# + 1))
			variant=${!turn}
			guest_for "$driver" "$variant" um
			mapfile -t kos < <(ko_files "$kernel" "$build" "${modules[@]}")
			options+=(--log "$BUILD/log/bench-native-$driver-$variant.console")
			boot uml 10 1 "${want[@]}" || { fail "$driver, $variant on user-mode Linux" "guest failed"; return 0; }
			while read -r _ w violations value; do
				values[$variant.$w]+=" $value"
				[ "${worst[$variant.$w]:-0}" != 0 ] || worst[$variant.$w]=$violations
			done < <(grep '^result ' "$out")
		done
	done
	for variant; do
		for w in "${want[@]}"; do
			# shellcheck disable=SC2086
			record ns_per_op "$driver" "$variant" "$w" "$key" "${worst[$variant.$w]}" ${values[$variant.$w]}
		done
	done
}

# progress_line WHAT: which unit this is, and how long the rest will take.
measured=0 begin=0 number=0
progress_line() {
	local left=''
	[ $measured = 0 ] ||
		left=$(printf ', %d min left' $(((SECONDS - begin) * (${#units[@]} - number + 1) / measured / 60 + 1)))
	measured=$((measured + 1))
	step "$number/${#units[@]}: $1$left"
}

rounds=${ROUNDS:-11}
build
begin=$SECONDS
files=()
for unit in "${units[@]}"; do
	number=$((number + 1))
	read -ra words <<<"$unit"
	case ${words[0]} in
	insns_per_op) icount "${words[@]:1}" ;;
	ns_per_op) native "${words[@]:1}" ;;
	esac
	for w in $(chosen_of "${words[@]:0:3}"); do
		for variant in "${words[@]:2}"; do files+=("$(cell "${words[0]}" "${words[1]}" "$variant" "$w")"); done
	done
done
rc=0
python3 "$TOP/bench/report.py" --out "$BUILD/bench" --kernel "$BUILD/x86_64" "${files[@]}" || rc=$?
say "$((SECONDS - begin)) s"
[ ${#failed[@]} = 0 ] || die "$(printf '%s; ' "${failed[@]}")did not complete; make bench again measures what is missing"
exit $rc
