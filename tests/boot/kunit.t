#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The runtime's KUnit tests, one TAP line for each case.

. "$(dirname "$0")/../guest/tap.sh"

echo true >"$work/nothing"
suites=$(grep -lw '^MODBOUNDS_TEST_SUITE' "$TOP"/tests/kunit/*.c | wc -l)
for kind in ${KINDS:-uml qemu}; do
	guest $kind "kunit-$kind" --append 'kunit.enable=1 kunit.filter_glob=modbounds*' "$work/nothing"
	ended=$rc
	# Cases are indented by four blanks, suites not; the last line with a
	# suite's name in it was "# Subtest: NAME".
	sed -E -e 's/\r$//' -e 's/^\[ *[0-9.]+\] //' "$BUILD/log/kunit-$kind.console" >"$work/ktap"
	while IFS= read -r line; do
		case $line in
		*'# Subtest: '*) suite=${line##*# Subtest: } ;;
		'    ok '*)
			name=${line#    ok * }
			ok "$kind: $suite: ${name#- }" true ;;
		'    not ok '*)
			name=${line#    not ok * }
			ok "$kind: $suite: ${name#- }" false
			grep -B 12 -F -- "$line" "$work/ktap" | sed 's/^/# /' ;;
		esac
	done <"$work/ktap"
	ok "$kind: all suites passed" test "$(grep -cE '^ok [0-9]+ modbounds-' "$work/ktap")" = "$suites"
	ok "$kind: the kernel lives" test $ended = 0
done
finish
