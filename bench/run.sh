#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# make bench: what checking costs, by driver, workload and variant.
#
#   DRIVERS= VARIANTS= WORKLOADS= METRICS=	a choice; default: all
#   QUICK=1			null_blk and e1000, main variants, instructions
#   RUNS=N			how often each workload is measured in a guest (3; QUICK: 1)
#   ROUNDS=N			how many guests of each variant, for time on user-mode Linux (5)
#
# Each figure is a file in build/bench/cells/, which says what it was measured
# with: what is there and was measured with the very same kernel, modules and
# scripts is not measured again.

. "$(dirname "$0")/../tests/guest/lib.sh"
. "$TOP/tests/guest/wire.sh"
. "$TOP/bench/matrix.sh"

metrics=(insns_per_op ns_per_op growth smp compile)

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
default_runs=3
if [ -n "${QUICK:-}" ]; then
	default_runs=1
	quick_drivers='null_blk e1000' quick_variants='stock plain stores all trusted' quick_metrics=insns_per_op
fi
chosen_drivers=$(choose DRIVERS "${DRIVERS:-}" "${quick_drivers:-${drivers[*]}}" -- "${drivers[@]}")
chosen_variants=$(choose VARIANTS "${VARIANTS:-}" "${quick_variants:-${variants[*]}}" -- "${variants[@]}")
chosen_workloads=$(choose WORKLOADS "${WORKLOADS:-}" "${workloads[*]}" -- "${workloads[@]}")
# Who chooses drivers or workloads is not interested in the rest.
[ -z "${DRIVERS:-}${WORKLOADS:-}" ] || quick_metrics=${quick_metrics:-insns_per_op ns_per_op}
chosen_metrics=$(choose METRICS "${METRICS:-}" "${quick_metrics:-${metrics[*]}}" -- "${metrics[@]}")
for n in RUNS ROUNDS; do
	[[ "${!n:-1}" =~ ^[1-9][0-9]*$ ]] || die "$n=${!n}: must be a number"
done
[ "${1:-}" != check ] || exit 0

check_cc
lock bench

# Units: METRIC DRIVER VARIANT...; one guest measures all workloads of a driver with
# a variant; where a unit has several variants, they are measured in turn.
units=()
# unit METRIC DRIVER VARIANT...: with the chosen ones among the variants
unit() {
	local some=() v
	for v in $chosen_variants; do ! among "$v" "${@:3}" || some+=("$v"); done
	[ ${#some[@]} = 0 ] || units+=("$1 $2 ${some[*]}")
}
for metric in $chosen_metrics; do
	[ $metric != growth ] || unit growth growth plain all
	for driver in $chosen_drivers; do
		case $metric in
		insns_per_op)
			for variant in $chosen_variants; do
				[ "$variant" != userspace ] || [ "$driver" = null_blk ] || continue
				! is_file_system "$driver" || among "$variant" "${file_variants[@]}" || continue
				unit $metric "$driver" "$variant"
			done ;;
		ns_per_op) ! among "$driver" "${software_drivers[@]}" || unit $metric "$driver" "${uml_variants[@]}" ;;
		smp) ! among "$driver" null_blk veth || unit smp "$driver" plain all ;;
		compile) is_file_system "$driver" || unit compile "$driver" plain all ;;
		esac
	done
done
[ ${#units[@]} -gt 0 ] || die 'nothing to measure: no chosen driver has a chosen variant'

# Everything that the units need, each once.
build() {
	local unit metric driver some variant kernel build parameter list kind peer
	local -A names=() kernels=()
	for unit in "${units[@]}"; do
		read -r metric driver some <<<"$unit"
		kind=$(kind_for "$metric" "$driver")
		for variant in $some; do
			kernel_for "$variant" $kind
			kernels[$kernel]=1
			[ "$kind" != loads ] || continue
			[ "$variant" = userspace ] || names["$kernel $build"]+=" $driver"
			peer=$(peer_of "$driver")
			[ -z "$peer" ] || names["$kernel plain"]+=" $peer"
		done
	done
	[ -z "${kernels[loads]:-}" ] || "$TOP/tests/guest/setup.sh" mkfs
	for kernel in "${!kernels[@]}"; do
		if [[ $kernel = stock* ]]; then "$TOP/kernel-patch/tree.sh" stock; else "$TOP/kernel-patch/tree.sh"; fi
		"$TOP/kernel-patch/build.sh" "$kernel"
	done
	"$TOP/tests/guest/step.sh" plugin make -C "$TOP/plugin" O="$BUILD/plugin" CC=gcc-12 CXX=g++-12
	[ -z "${kernels[loads]:-}" ] || "$TOP/kernel-patch/in-tree.sh" loads
	for list in "${!names[@]}"; do
		# shellcheck disable=SC2086
		"$TOP/kernel-patch/modules.sh" $list $(tr ' ' '\n' <<<"${names[$list]}" | sort -u)
	done
	prepare
}

. "$TOP/bench/measure.sh"

build
begin=$SECONDS
for unit in "${units[@]}"; do
	number=$((number + 1))
	read -ra words <<<"$unit"
	case ${words[0]} in
	insns_per_op) icount "${words[@]:1}" ;;
	ns_per_op) native "${words[@]:1}" ;;
	*) "${words[@]}" ;;
	esac
done
rc=0
python3 "$TOP/bench/report.py" --out "$BUILD/bench" --kernel "$BUILD/x86_64" "${files[@]}" || rc=$?
say "$((SECONDS - begin)) s"
[ ${#failed[@]} = 0 ] || die "$(printf '%s; ' "${failed[@]}")did not complete; make bench again measures what is missing"
exit $rc
