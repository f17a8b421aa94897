# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Sourced: the bugs of the module "objects", one each line: NAME KIND index|field.

objects_list() {
	local dir=$TOP/tests/objects/module
	sed -n 's/^\tBUG_BY_\(INDEX\|FIELD\)("\([a-z]*\)", \([a-z0-9_]*\)),$/\3 \2 \1/p' \
		"$dir"/{heap,pages,strings,bits}.c
	sed -n 's/^\t[XR](\([a-z_]*\))[ \t\\]*$/\1_right bit INDEX/p' "$dir/bits.c"
}
