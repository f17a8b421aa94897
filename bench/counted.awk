# SPDX-License-Identifier: GPL-2.0
#
# awk -f counted.awk COUNTS OUTPUT: what a guest has printed, with figures.  Each
# "counted WORKLOAD VIOLATIONS RUNS SMALL LARGE" of bench-lib.sh stands for three
# lines of COUNTS (see count.c) for each run.

FILENAME == ARGV[1] { count[++counts] = $1; next }
$1 == "counted" {
	if (counts < used + 3 * $4) {
		print "counted.awk: the guest marked less than it says" >"/dev/stderr"
		exit 1
	}
	line = "result " $2 " " $3
	for (run = 0; run < $4; run++) {
		small = count[used + 2] - count[used + 1]
		large = count[used + 3] - count[used + 2]
		line = line sprintf(" %.1f", (large - small) / ($6 - $5))
		used += 3
	}
	print line
	next
}
{ print }
