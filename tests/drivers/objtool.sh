#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# objtool.sh OBJTOOL ARGUMENT... OBJECT: the objtool of Kbuild for
# `make compile-drivers`.  What it says is kept beside the object.

set -uo pipefail

object=${*: -1} rc=0
"$@" 2>"$object.objtool" || rc=$?
cat "$object.objtool" >&2
[ -s "$object.objtool" ] || rm -f "$object.objtool"
exit $rc
