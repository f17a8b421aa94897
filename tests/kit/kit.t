#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The kit: installed, made read-only, used by an ordinary user with both GCCs.

. "$(dirname "$0")/../guest/tap.sh"
[ "$(id -u)" = 0 ] || skip_all 'needs root, to become another user'
[ -f "$BUILD/x86_64/Module.symvers" ] || skip_all "no kernel: run 'make kernel'"

kit=$work/kit user=$work/user
chmod 755 "$work"
as_nobody() { setpriv --reuid=nobody --regid=nogroup --clear-groups env -i PATH="$PATH" HOME="$user" "$@"; }
# Modules are built in a copy of the sample: sample CC WORDS...
sample() {
	local cc=$1
	shift
	rm -rf "$user/sample"
	as_nobody cp -r "$kit/sample" "$user/sample" && as_nobody chmod u+w "$user/sample" &&
		as_nobody make -C "$kit/build" M="$user/sample" CC="$cc" "$@" modules >"$work/out" 2>&1
}
refused() { ! sample "$@"; }
instrumented() {
	grep -qa modbounds= "$user/sample/sample.ko" &&
		grep -q __modbounds_enter <<<"$(objdump -r "$user/sample/sample.ko")"
}
vermagic() { grep -q "^$(cat "$BUILD/x86_64/include/config/kernel.release") " <<<"$(modinfo -F vermagic "$1")"; }

ok 'installs' "$TOP/kernel-patch/kit/install.sh" "$kit"
mkdir "$user"
chown nobody "$user"
chmod -R a-w "$kit"
ok 'is not writable for others' test -z "$(as_nobody find "$kit" -writable -not -type l | head -n 1)"
before=$(cd "$kit" && find . | sort | sha256sum)

ok 'the status tool is in it' test -x "$kit/bin/modbounds"
as_nobody "$kit/bin/modbounds" help >"$work/out" 2>&1
ok 'the status tool runs, as anybody' said '^usage: modbounds .*status'
as_nobody MODBOUNDS_SYSFS="$user" "$kit/bin/modbounds" status >"$work/out" 2>&1
ok 'the status tool looks, and says what it sees' said '^no instrumented module is loaded$'

ok 'gcc-12: builds the sample' sample gcc-12 MODBOUNDS=y
ok 'gcc-12: it is instrumented' instrumented
ok 'gcc-12: it is for this kernel' vermagic "$user/sample/sample.ko"
ok 'gcc-12: without warnings' test -z "$(grep -i warning "$work/out")"
ok 'gcc-12: builds it plain' sample gcc-12
ok 'gcc-12: plain is plain' sh -c "! grep -qa modbounds= $user/sample/sample.ko"

ok 'gcc-11: refuses the plugin of gcc-12' refused gcc-11 MODBOUNDS=y
ok 'gcc-11: names both versions' said "GCC $(gcc-12 -dumpfullversion).*GCC $(gcc-11 -dumpfullversion)"
command=$(sed -n 's/.*rebuild it with: //p' "$work/out" | head -n 1)
ok 'gcc-11: names the command' test "$command" = "make -C $kit plugin CC=gcc-11"
# shellcheck disable=SC2086
as_nobody ${command:-false} >"$work/out" 2>&1
ok 'gcc-11: the command rebuilds it' said '^Now build modules with: CC=gcc-11 MODBOUNDS_PLUGIN='
words=$(sed -n 's/^Now build modules with: CC=gcc-11 //p' "$work/out")
ok 'gcc-11: then builds the sample' sample gcc-11 MODBOUNDS=y "$words"
ok 'gcc-11: it is instrumented' instrumented

ok 'nothing in the kit has changed' test "$before" = "$(cd "$kit" && find . | sort | sha256sum)"
chmod -R u+w "$kit"
ok 'installs over itself' "$TOP/kernel-patch/kit/install.sh" "$kit"
ok 'not over something else' sh -c "! '$TOP/kernel-patch/kit/install.sh' '$user'"
finish
