#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The benchmarks' own logic, with guests and builds that only pretend: choices,
# going on after an interruption, the report's arithmetic, comparisons.

. "$(dirname "$0")/../guest/tap.sh"

# A copy of the project in which nothing is built and guests answer at once.
top=$work/top
mkdir -p "$top"/{tests/drivers,kernel-patch,plugin} "$work/build/bench"
cp -r "$TOP/bench" "$top/"
cp -r "$TOP/tests/guest" "$top/tests/"
fake() { printf '#!/bin/bash\n%s\n' "$2" >"$top/$1"; chmod +x "$top/$1"; }
for f in kernel-patch/{tree,build}.sh tests/guest/{step,initramfs}.sh; do fake "$f" :; done
fake tests/drivers/cc.sh :
fake kernel-patch/modules.sh 'd=$BUILD/modules/$1/$2; shift 2; for n; do mkdir -p $d/$n; echo $n >$d/$n/$n.ko; done'
# Each guest is noted; 110 instructions with checks, 100 without; UML is slower in each round.
# Counts are those of 7 operations and 27, with 50 instructions to begin with.
fake tests/guest/qemu.sh '
echo "$*" >>'"$work"'/guests
taskset -cp $$ >>'"$work"'/processors
counts=$(sed "s/.*out=\([^ ]*\).*/\1/" <<<"$*")
[ ! -e '"$work"'/unmarked ] || { echo 5 >$counts; echo "counted randread-4k-qd1 0 1 7 27"; exit 0; }
[ ! -e '"$work"'/broken ] || { echo "result randread-4k-qd1 0 7.0"; exit 125; }
value=100 count=none
case $* in *instrumented*) value=110 count=$(cat '"$work"'/violations) ;; *kasan*) value=200 ;; esac
while [ "${1:-}" != /dev/nullb0 ]; do shift; done; shift 3
for w; do
	echo "counted $w $count 1 7 27"
	printf "%d\n" 1000 $((1050 + value * 7)) $((1100 + value * 34)) >&3
done 3>$counts'
fake tests/guest/uml.sh '
taskset -cp $$ >>'"$work"'/processors
n=$(($(cat '"$work"'/round 2>/dev/null || echo 0) + 1)); echo $n >'"$work"'/round
value=$((1000 + (n - 1) / 2 * 500)); case $* in *instrumented*) value=$((value * 12 / 10)) ;; esac
while [ "${1:-}" != /dev/nullb0 ]; do shift; done; shift 3
for w; do echo "counted $w none 1 7 27 1000 $((1050 + value * 7)) $((1100 + value * 34))"; done'
echo 0 >"$work/violations"
mkdir -p "$work/build"/{x86_64/arch/x86/boot,kasan-driver/arch/x86/boot,um,guest}
echo kernel | tee "$work/build"/{x86_64,kasan-driver}/arch/x86/boot/bzImage "$work/build/um/linux" >"$work/build/guest/core.cpio"

bench() {
	env BUILD="$work/build" "$@" "$top/bench/run.sh" >"$work/out" 2>&1
	rc=$?
}
refuses() {
	bench "$2"
	ok "$1: refused" test $rc != 0
	ok "$1: lists what there is" said "there are: .*$3"
}
guests() { local n=0; [ ! -f "$work/guests" ] || n=$(wc -l <"$work/guests"); [ "$n" = "$1" ] || { echo "$n guests"; return 1; }; }
results() { python3 -c "import json; d = json.load(open('$work/build/bench/results.json')); r = d['results']; assert $1, r"; }

refuses 'unknown driver' DRIVERS=floppy null_blk
refuses 'unknown variant' VARIANTS='plain fast' kasan-driver
refuses 'unknown workload' WORKLOADS=sleep udp-64
refuses 'unknown metric' METRICS=joules insns_per_op
bench DRIVERS=e1000 VARIANTS=userspace
ok 'nothing to measure: says so' said 'nothing to measure'
ok 'nothing was booted so far' guests 0

choice=(DRIVERS=null_blk VARIANTS='plain all' WORKLOADS='randread-4k-qd1 verify' METRICS=insns_per_op)
bench "${choice[@]}"
ok 'a choice is measured' test $rc = 0
ok 'one guest for each variant' guests 2
ok 'one row for each figure' results 'len(r) == 4'
ok 'a row has what it should' results 'all(set(x) >= {"driver", "workload", "variant", "metric", "value", "runs", "violations"} for x in r)'
ok 'machine and versions' results 'd["machine"]["qemu"] and d["machine"]["gcc"]'
ok 'plain drivers have no violations to count' results '[x["violations"] for x in r if x["variant"] == "plain"] == [None, None]'
ok 'ratio' grep -q '^| null_blk | randread-4k-qd1 | 100 | 0.00% | 1.100 |' "$work/build/bench/report.md"
ok 'verification is no cost' said 'read back without a difference in 2 guests'
ok 'the page needs no network' test -z "$(grep -oE '(src|href)=' "$work/build/bench/report.html")"
ok 'the page has a plot' grep -q '<svg' "$work/build/bench/report.html"

bench "${choice[@]}"
ok 'what was measured is not measured again' guests 2
rm "$work/build/bench/cells/insns_per_op.null_blk.all.randread-4k-qd1.json"
bench "${choice[@]}"
ok 'what is missing is' guests 3
ok 'and nothing else' test "$(tail -n 1 "$work/guests" | grep -c verify)" = 0
echo other >"$work/build/kasan-driver/arch/x86/boot/bzImage"
bench "${choice[@]}"
ok 'another kernel does not matter' guests 3
fake kernel-patch/modules.sh 'd=$BUILD/modules/$1/$2; mkdir -p $d/$3; echo $2 changed >$d/$3/$3.ko'
bench "${choice[@]}"
ok 'with another driver all is measured again' guests 5

touch "$work/broken"
bench "${choice[@]}" WORKLOADS='randread-4k-qd1 randread-4k-qd32'
ok 'a guest that breaks: said at the end' said 'error: .*null_blk, plain.*did not complete'
ok 'a guest that breaks: fails' test $rc != 0
ok 'a guest that breaks: the report says what is missing' said 'Missing: .*randread-4k-qd32'
rm "$work/broken"
touch "$work/unmarked"
rm "$work/build/bench/cells"/*all*
bench "${choice[@]}" WORKLOADS=randread-4k-qd1
ok 'fewer marks than there should be: said' said 'marked less than it says'
ok 'fewer marks than there should be: fails' test $rc != 0
ok 'fewer marks than there should be: no figure' eval '! ls "$work/build/bench/cells" | grep -q "all.randread-4k-qd1"'
rm "$work/unmarked"
mkdir -p "$work/build/log"
echo 'nvme nvme0: I/O tag 640 (8280) QID 1 timeout, reset' >"$work/build/log/bench-null_blk-all.console"
bench "${choice[@]}" WORKLOADS=randread-4k-qd1
ok 'an emulated disk that lost a request: said' said 'the emulated disk lost a request'
ok 'an emulated disk that lost a request: no figure' eval '! ls "$work/build/bench/cells" | grep -q "all.randread-4k-qd1"'
rm "$work/build/log/bench-null_blk-all.console"
echo 3 >"$work/violations"
bench "${choice[@]}"
ok 'violations: fails' test $rc != 0
ok 'violations: says where' said 'null_blk | randread-4k-qd1 | all | 3'
echo 0 >"$work/violations"

rm "$work/build/bench/cells"/*
bench "${choice[@]}" VARIANTS='plain all kasan-driver'
ok 'compared with KASAN' said '0.10 times that of KASAN'
bench DRIVERS=null_blk VARIANTS='plain all' WORKLOADS=randread-4k-qd1 METRICS=ns_per_op ROUNDS=3
ok 'native: rounds belong together' results '[len(x["runs"]) for x in r] == [3, 3]'
ok 'all guests have one processor, the same' \
	test "$(sed 's/.*: //' "$work/processors" | sort -u)" = "$(taskset -cp $$ | sed 's/.*[^0-9]//')"
ok 'native: the ratio is that of pairs, whatever the machine did meanwhile' \
	grep -q '^| null_blk | randread-4k-qd1 | 1500 | .* | 1.200 |' "$work/build/bench/report.md"

# Comparisons
row() { printf '{"driver": "d", "workload": "%s", "variant": "all", "metric": "%s", "value": %s, "runs": [%s], "violations": %s}' "$@"; }
json() { printf '{"machine": {}, "results": [%s]}' "$(IFS=,; echo "${*:2}")" >"$work/$1.json"; }
compare() { python3 "$TOP/bench/compare.py" "$@" >"$work/out" 2>&1; rc=$?; }
json old "$(row same insns_per_op 1000 1000 0)" "$(row worse insns_per_op 1000 1000 0)" "$(row noisy ns_per_op 100 80,100,120 0)" "$(row gone insns_per_op 5 5 0)"
json new "$(row same insns_per_op 1004 1004 0)" "$(row worse insns_per_op 1006 1006 2)" "$(row noisy ns_per_op 130 110,130,150 0)"
compare "$work/old.json" "$work/new.json"
ok 'compare: succeeds' test $rc = 0
ok 'compare: a change of 0.6 % of an exact figure is one' said 'worse all: 1000 -> 1006 \(\+0.6%\)'
ok 'compare: 0.4 %, or less than what scatters, is none' said '^1 changed beyond noise, 2 did not$'
ok 'compare: new violations' said 'violations 0 -> 2'
ok 'compare: what only one has' said '1 only in the old results'
compare "$work/old.json" ''
ok 'compare: one is missing: says how' said 'OLD=a.json NEW=b.json'
compare "$work/old.json" "$work/none.json"
ok 'compare: no such file' said 'none.json: .*No such file'
echo '[]' >"$work/new.json"
compare "$work/old.json" "$work/new.json"
ok 'compare: not results' said 'not results of make bench'
finish
