# SPDX-License-Identifier: GPL-2.0
#
# awk -f counted.awk COUNTS OUTPUT: what a guest has printed, with figures.  Each
# "counted WORKLOAD VIOLATIONS RUNS SMALL LARGE" of bench-lib.sh stands for three
# stamps for each run: they follow on the line, or are the next lines of COUNTS
# (see count.c).

function stamp(n) { return NF > 6 ? $(6 + n) : count[used + n] }

FILENAME == ARGV[1] { count[++counts] = $1; next }
$1 == "counted" {
	if ((NF > 6 ? NF - 6 : counts - used) < 3 * $4) {
		print "counted.awk: the guest marked less than it says:"
		print
		missing = 1
		next
	}
	line = "result " $2 " " $3
	for (run = 0; run < $4; run++) {
		small = stamp(3 * run + 2) - stamp(3 * run + 1)
		large = stamp(3 * run + 3) - stamp(3 * run + 2)
		line = line sprintf(" %.1f", (large - small) / ($6 - $5))
	}
	if (NF == 6)
		used += 3 * $4
	print line
	next
}
{ print }
END { exit missing }
