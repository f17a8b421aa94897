#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Bad input to the commands: each is refused with words that say what to do.

. "$(dirname "$0")/../guest/tap.sh"

# try COMMAND...: its output to $work/out, its status to $rc
try() {
	"$@" >"$work/out" 2>&1 </dev/null
	rc=$?
}
# refuses NAME REGEX COMMAND...: it fails, and says something that matches
refuses() {
	local name=$1 words=$2
	shift 2
	try "$@"
	ok "$name: fails" test $rc -ne 0
	ok "$name: says why" said "$words"
}
# A make of ours, as if from a shell.
m() { env -u MAKEFLAGS -u MAKELEVEL make -C "$TOP" --no-print-directory "$@"; }
# Something in front of the system's own programs.
fake() {
	mkdir -p "$work/bin"
	printf '#!/bin/sh\n%s\n' "$2" >"$work/bin/$1"
	chmod +x "$work/bin/$1"
}
faked() { env PATH="$work/bin:$PATH" "$@"; }

# A user's module
refuses 'no M=' "M=path/to/dir" m module
refuses 'unknown M=' 'no such directory' m module M="$work/none"
mkdir "$work/empty"
refuses 'M= without a Makefile' 'no Kbuild and no Makefile.*' m run M="$work/empty"
ok 'M= without a Makefile: left as it was' test -z "$(ls -A "$work/empty")"
refuses 'unknown SCRIPT=' 'no such file' m run M="$TOP/tests/boot/modules/buggy" SCRIPT="$work/none"
mkdir "$work/bad"
echo 'obj-m := bad.o' >"$work/bad/Makefile"
echo 'int broken = missing;' >"$work/bad/bad.c"
if [ -f "$BUILD/x86_64/Module.symvers" ]; then
	refuses 'module that does not compile' "bad.c:1:.*missing" env M="$work/bad" "$TOP/tests/guest/user.sh" module
	ok 'module that does not compile: no .ko' test ! -e "$work/bad/bad.ko"
fi

# Compiler
fake gcc-12 'echo 13.2.0'
refuses 'other GCC under the name gcc-12' 'is GCC 13.2.0.*GCC 12' faked "$TOP/kernel-patch/build.sh" um
refuses 'no such compiler' 'no compiler gcc-99' env CC=gcc-99 "$TOP/kernel-patch/build.sh" um
rm "$work/bin/gcc-12"

# Disk
fake df 'printf "a\nb 1 1 5 1 1\n"'
refuses 'no disk space' 'needs 2 GB, have 0 GB' faked env BUILD="$work/full" "$TOP/kernel-patch/tree.sh"
ok 'no disk space: no tree' test ! -e "$work/full/linux-6.12"
rm "$work/bin/df"

# Kernel source: a few files stand for a tree.
mkdir -p "$work/src/linux/kernel"
echo 'all:' >"$work/src/linux/Makefile"
pack() { tar -C "$work/src" -cJf "$work/src.tar.xz" linux; }
tree() { env BUILD="$work/build" LINUX_SOURCE="$work/src.tar.xz" "$TOP/kernel-patch/tree.sh"; }
pack
refuses 'source that the patches do not fit' 'kernel-patch/0001.* does not apply' tree
ok 'patches do not fit: no tree' test ! -e "$work/build/linux-6.12"
mkdir "$work/src/linux/kernel/modbounds"
pack
refuses 'source that is patched already' 'already has kernel/modbounds.*LINUX_SOURCE' tree
echo rubbish >"$work/src.tar.xz"
refuses 'source that is no archive' 'cannot unpack' tree
mkdir -p "$work/build/linux-6.12"
refuses 'tree that somebody else made' 'was not made by this script' tree
refuses 'no source' 'linux-source-6.12' env BUILD="$work/build2" LINUX_SOURCE="$work/none" "$TOP/kernel-patch/tree.sh"

# Set-up
try "$TOP/tests/guest/setup.sh"
ok 'set-up with all there: silent' test "$rc:$(cat "$work/out")" = 0:
fake dpkg-query 'exit 1'
fake id 'echo 1000'
fake sudo 'exit 1'
refuses 'packages missing and not root' 'apt-get install -y .*gcc-12-plugin-dev' faked "$TOP/tests/guest/setup.sh"
fake id 'echo 0'
fake apt-get 'exit 100'
refuses 'no network' 'apt-get update failed' faked env BUILD="$work/setup" "$TOP/tests/guest/setup.sh"
fake apt-get 'case "$*" in *update*) ;; *) exit 100 ;; esac'
fake apt-cache 'exit 0'
refuses 'package not in the archive' "package gcc-12 is not in this system's archive" faked env BUILD="$work/setup" "$TOP/tests/guest/setup.sh"

finish
