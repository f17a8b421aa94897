#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The coverage checker finds an access that has no check, and only that.

. "$(dirname "$0")/../guest/tap.sh"

cat >"$work/made.s" <<'END'
	.text
	.macro function name
	.globl	\name
	.type	\name, @function
\name:
	.endm
	.macro bounds reg
	mov	%\reg, %rax
	sub	__modbounds_self(%rip), %rax
	cmp	__modbounds_self+8(%rip), %rax
	.endm

	function checked		# and proved: its own stack, its own data
	push	%rbx
	bounds	rdi
	jae	1f
	mov	8(%rdi), %rbx
	mov	%rbx, data(%rip)
	pop	%rbx
1:	ret
	function unchecked
	mov	8(%rdi), %rax
	ret
	function one_path		# the check is not on all paths
	test	%rsi, %rsi
	je	1f
	bounds	rdi
	jae	2f
1:	mov	%rsi, (%rdi)
2:	ret
	function redefined		# what was checked is not what is used
	bounds	rdi
	jae	1f
	mov	(%rdi), %rdi
	mov	(%rdi), %rax
1:	ret
	function beyond			# further away than what lies behind the bounds
	bounds	rdi
	jae	1f
	mov	4096(%rdi), %rax
1:	ret
	function outside		# of the object
	mov	data+8(%rip), %rax
	ret
	function frame			# of the caller
	mov	%rax, -16(%rsp)
	ret

	.data
	.globl	data, __modbounds_self
	.type	data, @object
	.size	data, 8
data:	.quad	0
	.quad	0
	.type	__modbounds_self, @object
	.size	__modbounds_self, 24
__modbounds_self:
	.zero	24
END
as -o "$work/made.ko" "$work/made.s" || exit 1
"$TOP/tests/coverage/coverage.py" -v "$work/made.ko" >"$work/out" 2>&1
rc=$?
ok 'an unchecked access: status is not 0' test $rc -eq 1
for f in unchecked one_path redefined beyond outside frame; do
	ok "$f: found" test "$(grep -c "^  $f " "$work/out")" = 1
done
ok 'checked and proved ones: not complained of' sh -c "! grep -q '^  checked ' '$work/out'"
finish
