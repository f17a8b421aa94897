#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Mode and policy of a module: from the kernel command line, live through
# sysfs and by the status tool; and what they say to bad values.

. "$(dirname "$0")/../guest/tap.sh"

for kind in ${KINDS:-uml qemu}; do
	arch=um
	[ $kind = uml ] || arch=x86_64
	k() { ko $arch instrumented "$1"; }

	guest $kind "options-$kind" -m "$(k null_blk)" -m "$(k brd)" -m "$(k veth)" \
		--append 'modbounds.mode=precise modbounds.policy=lenient' \
		--append 'modbounds.null-blk=trusted,report modbounds.brd=junk,panic' \
		"$TOP/tests/boot/options.guest"
	ok "$kind: the guest ends well" test $rc = 0
	ok "$kind: status without modules" said '^no instrumented module is loaded'
	ok "$kind: mode and policy of a module" said '^loaded: null_blk trusted report running$'
	ok "$kind: the default" said '^loaded: veth precise contain running$'
	ok "$kind: a good word counts beside a bad one" said '^loaded: brd precise panic running$'
	ok "$kind: a bad word is named in the log, and the good ones" \
		said "^log: brd: 'junk' on the command line is no mode \(only: trusted bounded precise\) and no policy"
	ok "$kind: so is a bad default" said "^log: modbounds.policy: no policy 'lenient', only: report contain restart reboot panic"
	ok "$kind: set while it runs" said '^set: veth bounded report running$'
	ok "$kind: a bad value is refused" said "^modbounds: no mode 'loose': trusted, bounded or precise; try"
	ok "$kind: half a pair is refused" said "^modbounds: 'mode' is not of the form KEY=VALUE"
	ok "$kind: an unknown module is refused" said '^modbounds: module nosuch is not loaded'
	ok "$kind: a path is no module" said "^modbounds: '../kernel' is no module's name"
	ok "$kind: an unknown event is refused" said "^modbounds: no event 'everything': enter, exit"
	ok "$kind: an unknown command is refused" said "^modbounds: no command 'frobnicate'"
	ok "$kind: each of them fails" test "$(grep -c '^  failed: [12]$' "$work/out")" = 6
	ok "$kind: what was refused changed nothing" said '^kept: veth bounded report running$'
	ok "$kind: sysfs refuses a bad value" said '^loose: refused$'
	ok "$kind: and says why in the log" said "^log: veth: no mode 'loose', only: trusted bounded precise"
	ok "$kind: the arena's size: with a suffix" said "^arena: '2M' is 2097152$"
	ok "$kind: the arena's size: bytes" said "^arena: '12345' is 12345$"
	ok "$kind: the arena's size: junk and nothing are refused" \
		test "$(grep -cE "^arena: '(2X)?' refused$" "$work/out")" = 2
	ok "$kind: and the log says why" said '^log: modbounds.arena=2X: not a size; valid: bytes, or 512K'
	for e in enter exit; do
		ok "$kind: $e is traced" said "^watch: $e: [1-9]"
	done
	ok "$kind: a change of state is traced" said '^watch: state: module=brd state=unloaded'
	ok "$kind: the trace buffer is gone" said '^watch: buffers left: 0'

	guest $kind "require-$kind" -m "$(k veth)" -m "$(ko $arch plain brd)" \
		--append modbounds.require=1 "$TOP/tests/boot/require.guest"
	ok "$kind: require: the guest ends well" test $rc = 0
	ok "$kind: require: an instrumented module loads" said '^veth: loaded'
	ok "$kind: require: a plain one is refused" said '^brd: refused'
	ok "$kind: require: the log says why" said '^log: brd is not instrumented, and modbounds.require is set'
	ok "$kind: require: no way back" said '^require: Y'
done
finish
