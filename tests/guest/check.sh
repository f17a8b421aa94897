#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# check.sh all|fast|plugin|differential: run tests under prove, which closes with a count.

. "$(dirname "$0")/lib.sh"

out=$BUILD/check-plugin
compilers=$(for cc in gcc-12 gcc-11; do
	[ ! -e "$($cc -print-file-name=plugin 2>/dev/null)/include/gcc-plugin.h" ] || echo $cc
done)
make -s -C "$TOP/tests/plugin" O="$out" COMPILERS="$compilers" ready
plugin=("$out/cases.t" "$out/options.t" "$out/functions.t")
random=("$out/csmith.t" "$out/more.t" "$out/memory.t")
boot=("$TOP"/tests/boot/*.t)

cd "$TOP"
case ${1:-} in
all) set -- "${plugin[@]}" "${random[@]}" "${boot[@]}" "$TOP"/tests/{bench,cli,coverage,faults,kit,objects,recover,style}/*.t ;;
fast) export KINDS=uml; set -- "${plugin[@]}" "${boot[@]}" "$TOP"/tests/style/*.t ;;
differential)
	make -s -C "$TOP/tests/plugin" O="$out" COMPILERS="$compilers" suites
	set -- "$out"/{torture,csmith,csmith-all,more,more-all,memory,memory-all}.t ;;
plugin) set -- "${plugin[@]}" "${random[@]}" ;;
*) die 'usage: check.sh all|fast|plugin|differential' ;;
esac
for t; do rel+=("$(realpath --relative-to="$TOP" "$t")"); done
exec prove --exec '' --timer "${rel[@]}"
