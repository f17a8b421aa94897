#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# user.sh module|run|shell: a user's own module, in the directory $M.
# user.sh check WHAT: only find out whether what was given makes sense.

. "$(dirname "$0")/lib.sh"
check=
[ "${1:?}" != check ] || { check=1; shift; }
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
fi
[ -z "$script" ] || [ -f "$script" ] || die "SCRIPT=$script: no such file"
[ -z "$check" ] || exit 0

check_cc
if [ -n "$M" ]; then
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
	step 'booting a guest'
	"$TOP/tests/guest/qemu.sh" "${include[@]}" "${script:-$TOP/tests/guest/load-and-log.sh}" ;;
shell)
	"$TOP/tests/guest/qemu.sh" "${include[@]}" --shell ;;
esac
