/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The side of the contract that instrumented code calls, for user space.
 * Everything goes to rt_miss() in C, with all registers saved; what the
 * contract allows a callee to change is changed, so that a caller that relies
 * on it is found out.
 */
	.text

/* Registers in the CPU's order; the slot of rsp tells which thunk was called. */
rt_common:
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%r11
	pushq	%r10
	pushq	%r9
	pushq	%r8
	pushq	%rdi
	pushq	%rsi
	pushq	%rbp
	pushq	$0
	pushq	%rbx
	pushq	%rdx
	pushq	%rcx
	pushq	%rax
	movq	%rsp, %rdi
	movq	%rsp, %rbx
	cld
	subq	$512, %rsp
	andq	$-16, %rsp
	fxsave	(%rsp)			/* the kernel has none of these, C libraries do */
	call	rt_miss
	fxrstor	(%rsp)
	movq	%rbx, %rsp
	popq	%rax
	popq	%rcx
	popq	%rdx
	popq	%rbx
	addq	$8, %rsp
	popq	%rbp
	popq	%rsi
	popq	%rdi
	popq	%r8
	popq	%r9
	popq	%r10
	popq	%r11
	popq	%r12
	popq	%r13
	popq	%r14
	popq	%r15
	cmpq	$1, (%rsp)		/* the carry says what became of an argument: 0, not refused */
	leaq	16(%rsp), %rsp
	ret

/* Ranges: rdi, rsi and rdx; 17 a load, 18 a store, 19 failed. */
.macro RANGE_THUNK name, kind
	.globl	__modbounds_\name
	.type	__modbounds_\name, @function
__modbounds_\name:
	pushq	$7
	pushq	$(\kind << 8)
	jmp	rt_common
	.size	__modbounds_\name, . - __modbounds_\name
.endm
	RANGE_THUNK ldr, 17
	RANGE_THUNK str, 18
	RANGE_THUNK failr, 19

/* kind: 0 load, 1 store, 2 failed; 4 more: within a type, 8 more: the compact one; 16: an argument; len 0: any */
.macro THUNK name, kind, len, reg, nr
	.globl	__modbounds_\name\()_\reg
	.type	__modbounds_\name\()_\reg, @function
__modbounds_\name\()_\reg:
	pushq	$(\nr)
	pushq	$(\kind << 8 | \len)
	jmp	rt_common
	.size	__modbounds_\name\()_\reg, . - __modbounds_\name\()_\reg
.endm

.macro THUNKS reg, nr
	THUNK	ld1, 0, 1, \reg, \nr
	THUNK	ld2, 0, 2, \reg, \nr
	THUNK	ld4, 0, 4, \reg, \nr
	THUNK	ld8, 0, 8, \reg, \nr
	THUNK	ldn, 0, 0, \reg, \nr
	THUNK	st1, 1, 1, \reg, \nr
	THUNK	st2, 1, 2, \reg, \nr
	THUNK	st4, 1, 4, \reg, \nr
	THUNK	st8, 1, 8, \reg, \nr
	THUNK	stn, 1, 0, \reg, \nr
	.irp	len, 1, 2, 4, 8
	THUNK	pld\len, 4, \len, \reg, \nr
	THUNK	pst\len, 5, \len, \reg, \nr
	.endr
	.irp	len, 1, 2, 4, 8
	THUNK	cld\len, 8, \len, \reg, \nr
	THUNK	cst\len, 9, \len, \reg, \nr
	THUNK	cpld\len, 12, \len, \reg, \nr
	THUNK	cpst\len, 13, \len, \reg, \nr
	.endr
	THUNK	cpldn, 12, 0, \reg, \nr
	THUNK	cpstn, 13, 0, \reg, \nr
	THUNK	cldn, 8, 0, \reg, \nr
	THUNK	cstn, 9, 0, \reg, \nr
	THUNK	pldn, 4, 0, \reg, \nr
	THUNK	pstn, 5, 0, \reg, \nr
	THUNK	fail, 2, 0, \reg, \nr
	THUNK	arg, 16, 0, \reg, \nr
	THUNK	carg, 16, 0, \reg, \nr
	THUNK	argn, 16, 0, \reg, \nr
	THUNK	cargn, 16, 0, \reg, \nr
.endm

	THUNKS	rax, 0
	THUNKS	rcx, 1
	THUNKS	rdx, 2
	THUNKS	rbx, 3
	THUNKS	rbp, 5
	THUNKS	rsi, 6
	THUNKS	rdi, 7
	THUNKS	r8, 8
	THUNKS	r9, 9
	THUNKS	r10, 10
	THUNKS	r11, 11
	THUNKS	r12, 12
	THUNKS	r13, 13
	THUNKS	r14, 14
	THUNKS	r15, 15

	.globl	__modbounds_enter
	.type	__modbounds_enter, @function
__modbounds_enter:
	incl	rt_entries(%rip)
	incl	rt_depth(%rip)
	movq	%rax, rt_domain(%rip)
	movq	rt_activation(%rip), %r10
	movq	%r10, (%rbx)
	movq	%rbx, 8(%rbx)
	movq	%rbx, rt_activation(%rip)
	movq	$-1, %r10
	movq	$-1, %r11
	cmpl	$0, rt_refuse(%rip)
	ret
	.size	__modbounds_enter, . - __modbounds_enter

	.globl	__modbounds_exit
	.type	__modbounds_exit, @function
__modbounds_exit:
	decl	rt_depth(%rip)
	movq	(%rbx), %r10
	movq	%r10, rt_activation(%rip)
	movq	$-1, %r10
	movq	$-1, %r11
	ret
	.size	__modbounds_exit, . - __modbounds_exit

	/* The linker puts this behind the sites of the case. */
	.pushsection .modbounds.sites,"a",@progbits
	.globl	rt_sites_end
rt_sites_end:
	.popsection

	.section .note.GNU-stack,"",@progbits
