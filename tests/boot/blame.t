#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The kernel oopses in a call of a module's, and the kernel is told to live on: it names
# the module, and refuses its work.  User-mode Linux has no oopses.

. "$(dirname "$0")/../guest/tap.sh"

[[ " ${KINDS:-qemu} " = *" qemu "* ]] || skip_all 'needs QEMU'

dir=$BUILD/modules/x86_64/instrumented
guest qemu blame -m "$dir/aftermath/aftermath.ko" "$TOP/tests/boot/blame.guest"
# The harness takes any oops for the end.
ok 'the kernel oopses' test $rc = 125
ok 'no check saw anything' said '^violations 0$'
ok 'the module is named, and what failed' said '^blamed in .*, in a call of this module: quarantined$'
ok 'it is quarantined' said '^state quarantined$'
ok 'the machine lives' said '^alive$'
finish
