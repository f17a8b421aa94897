#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh [MODULE.ko...]: coverage of all instrumented drivers, or of these.

. "$(dirname "$0")/../guest/lib.sh"
[ $# -gt 0 ] || set -- "$BUILD"/modules/x86_64/instrumented/*/*.ko
exec python3 "$TOP/tests/coverage/coverage.py" -v -k "$BUILD/x86_64/vmlinux" "$@"
