#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# make check-loads: drivers under real loads, with checks: no violation, no word of
# trouble from the kernel, contents as they were written, and the modules go again.
#
#	DRIVERS=, MODES=, CPUS=	a choice (table.sh; plain, bounded, precise; 1 2 4 for the eight
#			drivers of bench/, 2 for the others)
#	KERNEL=x86_64	with the kernel and the modules of make modules
#	AT_ONCE=N	so many guests at once (as many as there are processors)
#
# What passed with the very same kernel, modules, programs and scripts is not run again:
# each such guest left a file in build/check-loads/passed.

. "$(dirname "$0")/../guest/lib.sh"
. "$TOP/tests/guest/wire.sh"
. "$TOP/tests/loads/table.sh"
. "$TOP/tests/loads/guests.sh"

among() { local x w=$1; shift; for x; do [ "$x" != "$w" ] || return 0; done; return 1; }
# chosen WHAT NAME...: the words of the variable WHAT must be among the names.
chosen() {
	local word
	for word in ${!1:-}; do
		among "$word" "${@:2}" || die "$1: there is no '$word'; there are: ${*:2}"
	done
}
chosen DRIVERS "${names[@]}"
chosen MODES plain bounded precise
chosen CPUS 1 2 3 4 5 6 7 8
[ "${1:-}" != check ] || exit 0

kernel=${KERNEL:-loads}
at_once=${AT_ONCE:-$(nproc)}
[[ "$at_once" =~ ^[1-9][0-9]*$ ]] || die "AT_ONCE=$at_once: must be a number"
check_cc
lock check-loads-plain
prepare_guests "$kernel"

cells=()
# shellcheck disable=SC2153
for name in ${DRIVERS:-${names[@]}}; do
	for mode in ${MODES:-bounded precise}; do
		cpus='2'
		! among "$name" "${eight[@]}" || cpus='1 2 4'
		for n in ${CPUS:-$cpus}; do cells+=("$name $mode $n"); done
	done
done

# Guests in the background; each says what became of it.
number=0
: >"$out/results-plain"
say "1..${#cells[@]}"
for cell in "${cells[@]}"; do
	number=$((number + 1))
	# shellcheck disable=SC2046
	while [ $(jobs -rp | wc -l) -ge "$at_once" ]; do wait -n || true; done
	# shellcheck disable=SC2086
	run_cell $number $cell | tee -a "$out/results-plain" &
done
wait

"$TOP/tests/loads/entered.sh" "$kernel" || true
passed=$(grep -c '^ok' "$out/results-plain" || true)
failed=$(grep -c '^not ok' "$out/results-plain" || true)
[ $((passed + failed)) = ${#cells[@]} ] || die "$((passed + failed)) results of ${#cells[@]} guests"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
