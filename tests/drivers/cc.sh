#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# cc.sh COMPILER ARGUMENT...: the compiler of Kbuild for `make compile-drivers`.
# What is to be compiled with the plugin is compiled without it as well, one
# after the other, so that both meet the same machine.  Beside the object:
#   .instrumented .plain	what the compiler said
#   .report			the plugin's report
#   .figures			exit status, user time, size of the code: plain, then instrumented

set -uo pipefail

object='' plugin='' plain=()
for word; do
	case $word in
	-fplugin=*) plugin=$word ;;
	-fplugin-arg-*) ;;
	*) plain+=("$word") ;;
	esac
	[ "${last:-}" != -o ] || object=$word
	last=$word
done
[ -n "$plugin" ] || exec "$@"

# run VARIANT COMMAND...: its figures, on one line.
TIMEFORMAT=%U
run() {
	local log=$object.$1 rc=0
	shift
	{ time "$@" 2>"$log"; } 2>"$object.time" || rc=$?
	printf '%d %s ' "$rc" "$(<"$object.time")"
	[ "$rc" = 0 ] || { echo 0; return; }
	readelf -SW "$object" | sed 's/^ *\[ *[0-9]*\]//' | awk '$7 ~ /X/ { print $5 }' | {
		n=0
		while read -r size; do n=$((n + 16#$size)); done
		echo $n
	}
}

rm -f "$object".{figures,report}
figures=$(run plain "${plain[@]}"; run instrumented "$@" "-fplugin-arg-modbounds-report=$object.report")
rm -f "$object.time"
cat "$object.instrumented" >&2
printf '%s\n' "$figures" >"$object.figures"
exit "$(sed -n '2s/ .*//p' "$object.figures")"
