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

	.macro bounds2 reg, temp	# the same with another register
	mov	%\reg, %\temp
	sub	__modbounds_self(%rip), %\temp
	cmp	__modbounds_self+8(%rip), %\temp
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


	# Fine: a table walked to its end, two counters that move in step, the word
	# that holds a bit, a register that a callee leaves alone, memset() as GCC
	# expands it, 'current' read twice.
	function walk
	mov	$table, %rax
1:	mov	(%rax), %rcx
	add	$8, %rax
	cmp	$table+32, %rax
	jne	1b
	ret
	function in_step
	mov	$table, %rax
	lea	0x10(%rdi), %rsi
1:	bounds2	rdi, rcx
	jae	2f
	mov	(%rax), %edx
	mov	%edx, (%rdi)
	add	$8, %rax
	add	$4, %rdi
	cmp	%rsi, %rdi
	jne	1b
2:	ret
	function bit
	movslq	%esi, %rsi
	mov	%rsi, %rcx
	sar	$6, %rcx
	shl	$3, %rcx
	add	%rcx, %rdi
	bounds	rdi
	jae	1f
	sub	%rcx, %rdi
	lock bts %rsi, (%rdi)
1:	ret
	function leaves
	xor	%eax, %eax
	ret
	function kept
	mov	%rdi, %r10
	bounds	r10
	jae	1f
	call	leaves
	mov	(%r10), %rax
1:	ret
	function fill
	bounds	rdi
	jae	1f
2:	mov	%rdi, %rcx
	lea	8(%rcx), %rdi
	movq	$0, (%rcx)
	xor	%eax, %eax
	and	$-8, %rdi
	movq	$0, 0x78(%rcx)
	sub	%rdi, %rcx
	sub	$-0x80, %ecx
	shr	$3, %ecx
	rep stosq
	ret
1:	call	__modbounds_stn_rdi
	.byte	0xa9
	.long	site - .
	jmp	2b
	function twice
	mov	%gs:const_pcpu_hot(%rip), %rdi
	bounds	rdi
	jae	1f
	mov	%gs:const_pcpu_hot(%rip), %rsi
	mov	8(%rsi), %rax
1:	ret
	function task			# it runs
	mov	%gs:const_pcpu_hot(%rip), %rdi
	movl	$1, 56(%rdi)
	ret
	function nested			# what the outer loop checks holds in the inner one
	lea	0x9000(%rdi), %r10
	bounds2	r10, rcx
	jae	9f
	xor	%r8d, %r8d
1:	movslq	%r8d, %r9
	shl	$6, %r9
	add	%rdi, %r9
	bounds2	r9, rcx
	jae	nested.cold
	mov	%r9, %r10
2:	movl	$0, 8(%r10)
	xor	%eax, %eax
3:	mov	16(%r10), %rcx
	bounds2	rcx, rdx
	jae	5f
4:	movl	$0, (%rcx)
	add	$1, %eax
	cmp	8(%r10), %eax
	jb	3b
	add	$1, %r8d
	cmp	%esi, %r8d
	jb	1b
9:	ret
	.section .text.unlikely, "ax"
	function nested.cold
	mov	%r9, %r10
	call	__modbounds_stn_r10
	.byte	0xa9
	.long	site - .
	jmp	2b
5:	call	__modbounds_stn_rcx
	.byte	0xa9
	.long	site - .
	jmp	4b
	.text
	function late			# a distance to the bounds that gets its pointer last
	mov	$0x2008, %eax
	sub	__modbounds_self(%rip), %rax
	movslq	%esi, %rsi
	shl	$6, %rsi
	add	%rdi, %rsi
	lea	(%rax,%rsi), %rdx
	cmp	__modbounds_self+8(%rip), %rdx
	jae	1f
	mov	0x2010(%rsi), %rdx
1:	ret
	function records		# in_step, once for each element of another array
	xor	%edi, %edi
	lea	0x10(%rsi), %r8
1:	lea	-0x10(%r8), %r10
	mov	$table, %r9
2:	mov	(%r9), %ecx
	bounds2	r10, rdx
	jae	3f
	mov	%ecx, (%r10)
	add	$8, %r9
	add	$4, %r10
	cmp	%r8, %r10
	jne	2b
	add	$0x18, %r8
	add	$1, %edi
	cmp	%eax, %edi
	jb	1b
3:	ret
	function truth			# 0 or 1
	xor	%ecx, %ecx
	cmp	%rsi, %rdi
	setb	%cl
	mov	table+16(,%rcx,8), %rax
	ret
	function within			# an index that is known not to be below
	mov	%esi, %esi
	and	$15, %esi
	lea	table(,%rsi,8), %rax
	cmp	$table+32, %rax
	jae	1f
	mov	table(,%rsi,8), %rax
1:	ret
	function alternative		# that leaves alone what is used
	bounds	rdi
	jae	1f
	mov	%rdi, %rbx
old1:	.byte	0x0f, 0x1f, 0x44, 0, 0
	mov	(%rbx), %rax
1:	ret
	.section .altinstr_replacement, "ax"
new1:	call	fill_in
	.section .altinstructions, "a"
	.long	old1 - ., new1 - ., 0
	.byte	5, 5
	.text

	# The same, each with something wrong.
	function task_far		# behind it
	mov	%gs:const_pcpu_hot(%rip), %rdi
	mov	60(%rdi), %rax
	ret
	function task_other
	mov	%gs:const_pcpu_hot+8(%rip), %rdi
	mov	(%rdi), %rax
	ret
	function walk_past		# one element too many
	mov	$table, %rax
1:	mov	(%rax), %rcx
	add	$8, %rax
	cmp	$table+40, %rax
	jne	1b
	ret
	function walk_by		# steps over the end
	mov	$table, %rax
1:	mov	(%rax), %rcx
	add	$16, %rax
	cmp	$table+24, %rax
	jne	1b
	ret
	function out_of_step		# moves on faster than what counts
	mov	$table, %rax
	lea	0x10(%rdi), %rsi
1:	bounds2	rdi, rcx
	jae	2f
	mov	(%rax), %edx
	add	$12, %rax
	add	$4, %rdi
	cmp	%rsi, %rdi
	jne	1b
2:	ret
	function bit_far		# only the first word is checked
	bounds	rdi
	jae	1f
	lock bts %rsi, (%rdi)
1:	ret
	function spoils
	mov	%rsi, %r10
	ret
	function not_kept
	mov	%rdi, %r10
	bounds	r10
	jae	1f
	call	spoils
	mov	(%r10), %rax
1:	ret
	function fill_more		# the site says 120 bytes
	bounds	rdi
	jae	1f
2:	mov	$16, %ecx
	rep stosq
	ret
1:	call	__modbounds_stn_rdi
	.byte	0xa9
	.long	site120 - .
	jmp	2b
	function not_twice		# changes
	mov	%gs:other(%rip), %rdi
	bounds	rdi
	jae	1f
	mov	%gs:other(%rip), %rsi
	mov	8(%rsi), %rax
1:	ret
	function changed		# a variable on the stack, by the store
	sub	$24, %rsp
	mov	8(%rsp), %rdx
	bounds	rdx
	jae	1f
	bounds	rsi
	jae	1f
	mov	%rdi, (%rsi)
	mov	8(%rsp), %rdx
	mov	(%rdx), %rax
1:	add	$24, %rsp
	ret
	function warned			# the kernel goes on behind WARN()
	bounds	rdi
	jb	1f
warn:	ud2
1:	mov	(%rdi), %rax
	ret
	function stopped		# but not behind BUG()
	bounds	rdi
	jb	1f
	ud2
1:	mov	(%rdi), %rax
	ret
	function nested_moved		# the outer loop moves on by who knows what
	bounds	rdi
	jae	3f
1:	xor	%eax, %eax
2:	mov	(%rdi), %rcx
	add	$1, %eax
	cmp	%esi, %eax
	jb	2b
	add	%rcx, %rdi
	sub	$1, %r8
	jne	1b
3:	ret
	function entered		# the loop has a second way in, without the check
	test	%rsi, %rsi
	je	2f
	bounds	rdi
	jae	3f
1:	add	$1, %ecx
2:	mov	(%rdi), %rdx
	cmp	%edx, %ecx
	jb	1b
3:	ret
	function late_far		# below what was compared
	mov	$0x2008, %eax
	sub	__modbounds_self(%rip), %rax
	movslq	%esi, %rsi
	shl	$6, %rsi
	add	%rdi, %rsi
	lea	(%rax,%rsi), %rdx
	cmp	__modbounds_self+8(%rip), %rdx
	jae	1f
	mov	0x1000(%rsi), %rdx
1:	ret
	function late_twice		# bounds of twice the pointer
	mov	$8, %eax
	sub	__modbounds_self(%rip), %rax
	lea	(%rax,%rdi,2), %rdx
	cmp	__modbounds_self+8(%rip), %rdx
	jae	1f
	mov	(%rdi), %rdx
1:	ret
	function records_more		# one step too many
	xor	%edi, %edi
	lea	0x14(%rsi), %r8
1:	lea	-0x14(%r8), %r10
	mov	$table, %r9
2:	mov	(%r9), %ecx
	bounds2	r10, rdx
	jae	3f
	mov	%ecx, (%r10)
	add	$8, %r9
	add	$4, %r10
	cmp	%r8, %r10
	jne	2b
	add	$0x18, %r8
	add	$1, %edi
	cmp	%eax, %edi
	jb	1b
3:	ret
	function records_on		# the end moves on, the beginning does not
	xor	%edi, %edi
	lea	0x10(%rsi), %r8
1:	mov	%rsi, %r10
	mov	$table, %r9
2:	mov	(%r9), %ecx
	bounds2	r10, rdx
	jae	3f
	mov	%ecx, (%r10)
	add	$8, %r9
	add	$4, %r10
	cmp	%r8, %r10
	jne	2b
	add	$0x18, %r8
	add	$1, %edi
	cmp	%eax, %edi
	jb	1b
3:	ret
	function truth_low		# only the low byte is
	cmp	%rsi, %rdi
	setb	%cl
	mov	table+16(,%rcx,8), %rax
	ret
	function high			# says nothing of the other bytes
	andb	$1, %ah
	mov	table+16(,%rax,8), %rax
	ret
	function below			# an index from below the table is further up, too
	lea	table(,%rsi,8), %rax
	cmp	$table+32, %rax
	jae	1f
	movzbl	table(,%rsi,8), %eax
1:	ret
	function below_other		# and so is one of another array
	lea	(%rdi,%rsi,8), %rax
	lea	32(%rdi), %rdx
	cmp	%rdx, %rax
	jae	1f
	movzbl	table(,%rsi,8), %eax
1:	ret
	function alternative_changed	# calls what changes a variable
	sub	$24, %rsp
	bounds	rdi
	jae	1f
	mov	%rdi, 8(%rsp)
	lea	8(%rsp), %rdi
old:	.byte	0x0f, 0x1f, 0x44, 0, 0
	mov	8(%rsp), %rdi
	mov	(%rdi), %rax
1:	add	$24, %rsp
	ret
	.section .altinstr_replacement, "ax"
new:	call	fill_in
	.section .altinstructions, "a"
	.long	old - ., new - ., 0
	.byte	5, 5
	.text

	.section __bug_table, "aw"
	.long	warn - ., data - .
	.word	1, 1
	.section .modbounds.sites, "a"
site:	.long	0, 0, 128, 0, 0
	.byte	7, 7, 0, 1
site120: .long	0, 0, 120, 0, 0
	.byte	7, 7, 0, 1

	.data
	.type	table, @object
	.size	table, 32
table:	.zero	32
	.quad	0, 0
	.globl	data, __modbounds_self
	.type	data, @object
	.size	data, 8
data:	.quad	0
	.quad	0
	.type	__modbounds_self, @object
	.size	__modbounds_self, 40
__modbounds_self:
	.zero	40
	.text
	# Is what lies rsi behind rdi in the slot of rdi?  rax is the distance of rdi.
	.macro slot base=rdi
	lea	7(%rdi,%rsi,8), %rcx
	mov	__modbounds_self+24(%rip), %rdx
	shr	$12, %rax
	and	__modbounds_self+32(%rip), %rax
	xor	%\base, %rcx
	and	(%rdx,%rax,8), %rcx
	.endm
	function indexed
	bounds	rdi
	jae	1f
	slot
	jne	1f
	mov	%rsi, (%rdi,%rsi,8)
1:	ret
	function indexed_anywhere	# the base may be any pointer
	mov	%rdi, %rax
	sub	__modbounds_self(%rip), %rax
	slot
	jne	1f
	mov	%rsi, (%rdi,%rsi,8)
1:	ret
	function indexed_other		# compared with another address
	bounds	rdi
	jae	1f
	slot	rsi
	jne	1f
	mov	%rsi, (%rdi,%rsi,8)
1:	ret
	function indexed_outside	# if it is not in the slot
	bounds	rdi
	jae	1f
	slot
	je	1f
	mov	%rsi, (%rdi,%rsi,8)
1:	ret
	function indexed_next		# what is compared is not what is used
	bounds	rdi
	jae	1f
	slot
	jne	1f
	mov	%rsi, 8(%rdi,%rsi,8)
1:	ret
END
as -o "$work/made.ko" "$work/made.s" || exit 1
as -o "$work/kernel" - <<'END' || exit 1
	.data
	.globl	init_task
	.type	init_task, @object
	.size	init_task, 64
init_task:
	.zero	64
END
"$TOP/tests/coverage/coverage.py" -v -k "$work/kernel" "$work/made.ko" >"$work/out" 2>&1
rc=$?
ok 'an unchecked access: status is not 0' test $rc -eq 1
for f in unchecked one_path redefined beyond outside frame walk_past walk_by out_of_step bit_far \
	 not_kept fill_more not_twice changed warned task_far task_other nested_moved entered \
	 late_far late_twice records_more records_on truth_low high below below_other \
	 alternative_changed indexed_anywhere indexed_other indexed_outside indexed_next; do
	ok "$f: found" test "$(grep -c "^  $f " "$work/out")" = 1
done
for f in checked walk in_step bit kept fill twice task stopped nested late records truth within alternative indexed; do
	ok "$f: not complained of" sh -c "! grep '^  $f ' '$work/out'"
done

# What is explained by name counts as such, as long as the count is right.
cat >"$work/explained" <<'END'
# module function count reason
made	unchecked	1	as an example
made	outside		2	but it is one
END
"$TOP/tests/coverage/coverage.py" -v -k "$work/kernel" -e "$work/explained" "$work/made.ko" >"$work/out2" 2>&1
ok 'what is explained: not complained of' sh -c "! grep '^  unchecked ' '$work/out2'"
ok 'explained with another count: complained of' grep -q '^  outside ' "$work/out2"
ok 'the table says how many are explained' \
	awk '$1 == "made" && $5 == 1 { found = 1 } END { exit !found }' "$work/out2"
echo 'made nonesuch 1 no longer there' >>"$work/explained"
"$TOP/tests/coverage/coverage.py" -e "$work/explained" "$work/made.ko" >"$work/out3" 2>&1
ok 'an explanation of nothing: complained of' grep -q 'nonesuch' "$work/out3"
finish
