#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# make microbench: what each part of the checking costs, in instructions, next
# to what it should cost at most.  Also as JSON in build/microbench.json.
#
# Each figure is the difference of two loops that differ in nothing else: with
# and without checks, or with and without the runtime in the kernel.

. "$(dirname "$0")/../tests/guest/lib.sh"

json=$BUILD/microbench.json out=$(mktemp)
rm -f "$json"
trap 'rm -f "$out" "$out".*' EXIT

# run NAME KERNEL VARIANT [MODULE]
run() {
	local dir=$BUILD/modules/$2/$3/microbench
	step "counting instructions: $1"
	"$TOP/tests/guest/qemu.sh" --icount --timeout 120 --kernel "$BUILD/$2" \
		--log "$BUILD/log/microbench-$1.console" \
		-m "$dir/microbench_kernel.ko" -m "$dir/microbench.ko" \
		"$TOP/bench/microbench.guest" "${@:4}" | sed "s/^/$1 /" >>"$out"
}

run base base plain
run plain x86_64 plain microbench
run checked x86_64 instrumented microbench

# Lines of $out: RUN idle|loaded WHAT TICKS OPERATIONS.
awk '
	{ cost[$1 " " $2 " " $3] = $4 / $5 }
	function of(key) {
		if (!(key in cost)) { print "no figure: " key >"/dev/stderr"; exit 1 }
		return cost[key]
	}
	# What checking adds to a step of the module.
	function added(what) { return of("checked loaded " what) - of("plain loaded " what) }
	# What the runtime adds to a path of the kernel, while nothing is loaded and after.
	function idle(what) { return of("plain idle " what) - of("base idle " what) }
	function busy(what) { return of("checked loaded " what) - of("base idle " what) }
	function row(name, value, most) { printf "%s|%.1f|%s\n", name, value, most }
	END {
		row("fast check", added("load-own"), 4)
		row("grant-map hit, behind the fast check", added("load-granted") - added("load-own"), 20)
		row("gate, in and out", added("gate"), 30)
		row("first grant of an object of 256 bytes", added("touch-first"), 250)
		row("revocation on its free", added("touched-free"), 60)
		n = split("slab-alloc slab-free page-alloc page-free", path, " ")
		for (i = 1; i <= n; i++) row(path[i] ", no module loaded", idle(path[i]), 2)
		for (i = 1; i <= n; i++) row(path[i] " of others, module loaded", busy(path[i]), "-")
	}' "$out" >"$out.rows" || die "the guests did not measure all of it: see $BUILD/log/microbench-*.console"

awk -F '|' 'BEGIN { print "{\"unit\": \"instructions\", \"results\": [" }
	{ printf "%s  {\"name\": \"%s\", \"value\": %s", (NR > 1 ? ",\n" : ""), $1, $2
	  if ($3 != "-") printf ", \"target\": %s, \"met\": %s", $3, ($2 + 0 <= $3 + 0 ? "true" : "false")
	  printf "}" }
	END { print "\n]}" }' "$out.rows" >"$json.new"
mv "$json.new" "$json"

printf '\n%-42s %12s %8s\n' '' instructions 'at most'
awk -F '|' '{ printf "%-42s %12s %8s %s\n", $1, $2, $3, ($3 == "-" ? "" : $2 + 0 <= $3 + 0 ? "met" : "MISSED") }' "$out.rows"
echo
echo "As JSON: $json"
