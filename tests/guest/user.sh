#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# user.sh module|run|shell: a user's own module, in the directory $M.

. "$(dirname "$0")/lib.sh"
what=${1:?} script=${2:-}
M=${M:-} modules=()

if [ -z "$M" ] && [ "$what" != shell ]; then
	die "which module? say 'make $what M=path/to/dir'"
fi
if [ -n "$M" ]; then
	[ -d "$M" ] || die "M=$M: no such directory"
	M=$(cd "$M" && pwd)
	[ -f "$M/Kbuild" ] || [ -f "$M/Makefile" ] ||
		die "M=$M: no Kbuild and no Makefile in it; one line is enough: obj-m := name.o"
	case $M in *[[:space:]:]*) die "M=$M: Kbuild cannot build in a path with blanks or colons" ;; esac
	check_cc
	variant=instrumented
	[ -z "${PLAIN:-}" ] || variant=plain
	step "building $M ($variant)"
	build_module x86_64 "$variant" "$M" "$BUILD/log/module-user.log" ||
		die "the module in $M did not build (above; whole log: $BUILD/log/module-user.log)"
	modules=("$M"/*.ko)
	[ -f "${modules[0]}" ] || die "M=$M: nothing was built; does its Kbuild or Makefile say obj-m := name.o?"
	say "built ${modules[*]}"
fi

include=()
for m in "${modules[@]}"; do include+=(-m "$m"); done
case $what in
run)
	if [ -n "$script" ]; then
		[ -f "$script" ] || die "SCRIPT=$script: no such file"
	else
		script=$TOP/tests/guest/load-and-log.sh
	fi
	step 'booting a guest'
	"$TOP/tests/guest/qemu.sh" "${include[@]}" "$script" ;;
shell)
	"$TOP/tests/guest/qemu.sh" "${include[@]}" --shell ;;
esac
