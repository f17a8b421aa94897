#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# step.sh NAME COMMAND...: run one step of the build, output to a log.

. "$(dirname "$0")/lib.sh"
name=$1 log=$BUILD/log/$1.log
shift
check_cc
lock "$name"
need_space "$BUILD" 1
progress "$log" '.' "$@" || die "$name did not build (log: $log)"
