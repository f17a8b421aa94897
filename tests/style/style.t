#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# checkpatch --strict and sparse have nothing to say about what goes into the
# kernel, nor about the modules that the tests load.

. "$(dirname "$0")/../guest/tap.sh"

[ -f "$TREE/scripts/checkpatch.pl" ] || skip_all "no kernel tree: run 'make tree'"
cd "$TOP" || exit 1

# What checkpatch says against the kernel's own practice, and where:
# - macros that define functions have to repeat their arguments, and are no statements;
# - counters are members of a structure, and no expression;
# - the ABI's header is one of user space as well: the plugin's tests run there;
# - attributes of functions are no expressions;
# - all headers of trace events are formatted in this way;
# - patches are signed off by whoever submits them, and file names in make files are needed;
# - one peer owns what both use: there is no function to export it behind.
ignored() {
	case $1 in
	runtime/wrap_*.c) echo MULTISTATEMENT_MACRO_USE_DO_WHILE,MACRO_ARG_REUSE,COMPLEX_MACRO ;;
	runtime/internal.h) echo MACRO_ARG_PRECEDENCE,MACRO_ARG_REUSE,COMPLEX_MACRO ;;
	*/linux/modbounds.h) echo COMPLEX_MACRO ;;
	*/modbounds_abi.h) echo PREFER_KERNEL_TYPES ;;
	*/trace/events/*.h) echo OPEN_ENDED_LINE,PARENTHESIS_ALIGNMENT ;;
	*/peer.c) echo EXPORT_SYMBOL ;;
	*.patch) echo MISSING_SIGN_OFF,FILE_PATH_CHANGES,EMBEDDED_FILENAME ;;
	*) echo NONE ;;
	esac
}

checkpatch() {
	local file=-f
	case $1 in *.patch) file= ;; esac
	# shellcheck disable=SC2086
	(cd "$TREE" && perl scripts/checkpatch.pl --strict --no-summary --terse --show-types \
		--ignore "$(ignored "$1")" $file "$(realpath "$TOP/$1")")
}

while IFS= read -r f; do
	ok "checkpatch: $f" checkpatch "$f"
done < <(find runtime kernel-patch tests/kunit tests/*/modules bench/microbench -name '*.[chS]' -o -name '*.patch' | sort)

printf 'int f(void)\n{\n  return(1);\n}\n' >"$work/bad.c"
ok 'checkpatch sees what is bad' eval \
	'! (cd "$TREE" && perl scripts/checkpatch.pl --strict -f "$work/bad.c")'

# sparse KERNEL MAKE-ARGUMENT...: fails if it warns.
sparse() {
	local kernel=$1
	shift
	# The kernel is not built anew: only files that changed are compiled first.
	kmake "$kernel" C=2 "$@" >"$work/sparse" 2>&1 || { cat "$work/sparse"; return 1; }
	grep -q '^  CHECK ' "$work/sparse" || { cat "$work/sparse"; echo 'nothing was checked'; return 1; }
	! grep -E 'warning:|error:' "$work/sparse"
}
mapfile -t objects < <(cd runtime && ls -- *.c | sed -e '/^asm-offsets/d' -e 's,\(.*\)c$,kernel/modbounds/\1o,')
mkdir "$work/noderef"
echo 'obj-m := noderef.o' >"$work/noderef/Makefile"
printf '#include <linux/compiler.h>\n%s\n' 'int f(int __user *p); int f(int __user *p) { return *p; }' \
	>"$work/noderef/noderef.c"

for kind in ${KINDS:-uml qemu}; do
	if [ $kind = uml ]; then kernel=um; else kernel=x86_64; fi
	ok "sparse: $kernel: runtime" sparse $kernel "${objects[@]}"
	ok "sparse: $kernel: sees what is bad" eval "! sparse $kernel M='$work/noderef' noderef.o"
	ok "sparse: $kernel: and says it" grep -q 'noderef.c:2.*dereference of noderef' "$work/sparse"
done
finish
