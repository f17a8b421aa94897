/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What instrumented modules call: the middle level of the check, and the gates.
 * Registers and stack are the module's; see modbounds_abi.h for the contract.
 *
 * The middle level passes an access whose granules are all set in the running
 * domain's grant map, or which lies in its stack window; all else goes on to
 * modbounds_miss().  With the gates, this is the one place that knows the
 * architecture.
 */
#include <linux/export.h>
#include <linux/linkage.h>
#include <linux/modbounds_abi.h>
#include "modbounds-offsets.h"

#ifdef CONFIG_UML
#define RETURN		ret
.macro LOAD_CURRENT reg
	movq	%rsp, \reg
	andq	$THREAD_INFO_MASK, \reg
	movq	THREAD_INFO_TASK(\reg), \reg
.endm
.macro COUNT_ENTRY stats
	incq	STATS_ENTRIES(\stats)
.endm
#else
#include <asm/nops.h>
#include <asm/nospec-branch.h>
#include <asm/percpu.h>
#define RETURN		RET
.macro LOAD_CURRENT reg
	movq	PER_CPU_VAR(pcpu_hot + PCPU_CURRENT), \reg
.endm
.macro COUNT_ENTRY stats
	incq	%gs:STATS_ENTRIES(\stats)
.endm
#endif

.text

/* Leaf of the running domain's grant map for the address in reg; uses A and B. */
.macro FIND_LEAF reg, A, B
	LOAD_CURRENT %r\A
	movq	TASK_DOMAIN(%r\A), %r\A
	movq	DOMAIN_MAP(%r\A), %r\A
	movq	%\reg, %r\B
	shrq	$MID_SHIFT, %r\B
	movzwl	%\B, %e\B
	movq	(%r\A,%r\B,8), %r\A
	movq	%\reg, %r\B
	shrq	$LEAF_SHIFT, %r\B
	andl	$LEAF_MASK, %e\B
	movq	(%r\A,%r\B,8), %r\A
.endm

/*
 * Does the range at reg lie in the stack window?  Above that, on the same stack,
 * are the frames of callers: of these a site may have what its pointer's type
 * covers.
 */
.macro IF_OUTSIDE_STACK reg, A, B, target
	movq	%\reg, %r\A
	xorq	%rsp, %r\A
	cmpq	$STACK_SIZE, %r\A
	jae	\target
	cmpq	%rsp, %\reg
	jb	\target
	movq	16(%rsp), %r\A			/* the word behind the call leads to the site */
	movslq	1(%r\A), %r\B
	testb	$MODBOUNDS_TYPED, 1+SITE_FLAGS(%r\A,%r\B)
	jnz	4f
	movl	1+SITE_LEN(%r\A,%r\B), %e\B
	addq	%\reg, %r\B
	LOAD_CURRENT %r\A
	cmpq	%r\B, TASK_LIMIT(%r\A)
	jb	\target
4:
.endm

/* A scalar of len bytes.  A and B name two scratch registers other than reg: ax, cx, dx. */
.macro SCALAR op, len, plane, reg, reg8, A, B
SYM_FUNC_START(__modbounds_\op\len\()_\reg)
	pushq	%r\A
	pushq	%r\B
	FIND_LEAF \reg, \A, \B
	movq	%\reg, %r\B
	shrl	$3, %e\B
	andl	$LEAF_BIT_MASK, %e\B
	btq	%r\B, \plane(%r\A)
	jnc	2f
	.if \len > 1
	testb	$(\len - 1), %\reg8
	jnz	5f
	.endif
1:	popq	%r\B
	popq	%r\A
	RETURN
2:	IF_OUTSIDE_STACK \reg, \A, \B, 3f
	jmp	1b
	.if \len > 1
5:	movq	%\reg, %r\B			/* not aligned: into the next granule? */
	andl	$7, %e\B
	cmpl	$(8 - \len), %e\B
	jbe	1b
	.endif
3:	popq	%r\B
	popq	%r\A
	jmp	modbounds_slow
SYM_FUNC_END(__modbounds_\op\len\()_\reg)
EXPORT_SYMBOL_GPL(__modbounds_\op\len\()_\reg)
.endm

/*
 * A range: the granules' bits are shifted down to bit 0 and held against the
 * mask that stands behind the call.  A range that does not begin on a granule
 * may need one bit more; should that refuse it wrongly, C decides.
 */
.macro RANGE op, plane, reg, reg8, A, B
SYM_FUNC_START(__modbounds_\op\()n_\reg)
	pushq	%r\A
	pushq	%r\B
	FIND_LEAF \reg, \A, \B
	movq	%\reg, %r\B
	shrq	$8, %r\B
	andl	$LEAF_WORD_MASK, %e\B
	cmpl	$LEAF_WORD_MASK, %e\B
	je	2f			/* no second word to look at in this leaf */
	movq	\plane(%r\A,%r\B,4), %r\A
	notq	%r\A
	.ifc \B,cx
	movq	%\reg, %rcx
	shrl	$3, %ecx
	andl	$31, %ecx
	shrq	%cl, %r\A
	.else
	movq	%rcx, %r\B
	shrl	$3, %ecx
	andl	$31, %ecx
	shrq	%cl, %r\A
	movq	%r\B, %rcx
	.endif
	movq	16(%rsp), %r\B
	movl	6(%r\B), %e\B		/* behind the site: see the ABI */
	testl	%e\B, %e\B
	jz	2f
	testb	$7, %\reg8
	jz	1f
	leaq	1(%r\B,%r\B), %r\B
1:	testq	%r\B, %r\A
	jnz	2f
	popq	%r\B
	popq	%r\A
	RETURN
2:	IF_OUTSIDE_STACK \reg, \A, \B, 3f
	popq	%r\B
	popq	%r\A
	RETURN
3:	popq	%r\B
	popq	%r\A
	jmp	modbounds_slow
SYM_FUNC_END(__modbounds_\op\()n_\reg)
EXPORT_SYMBOL_GPL(__modbounds_\op\()n_\reg)
.endm

/*
 * A parameter, and the access lies within its type: on the stack more often
 * than not, and there the type is all that is known.
 */
.macro PARAM_FIRST name, reg, A
SYM_FUNC_START(__modbounds_p\name\()_\reg)
	pushq	%r\A
	movq	%\reg, %r\A
	xorq	%rsp, %r\A
	cmpq	$STACK_SIZE, %r\A
	popq	%r\A
	jae	__modbounds_\name\()_\reg
	cmpq	%rsp, %\reg
	jb	__modbounds_\name\()_\reg
	RETURN
SYM_FUNC_END(__modbounds_p\name\()_\reg)
EXPORT_SYMBOL_GPL(__modbounds_p\name\()_\reg)
.endm

/*
 * The whole check: compare with the domain's bounds, then look at the map.  Behind
 * the call there is nothing to read, so C does what needs to know the site.
 */
.macro COMPARE_BOUNDS reg, A, B, target
	LOAD_CURRENT %r\A
	movq	TASK_DOMAIN(%r\A), %r\A
	movq	%\reg, %r\B
	subq	DOMAIN_BASE(%r\A), %r\B
	cmpq	DOMAIN_SIZE(%r\A), %r\B
	jae	\target
.endm

.macro COMPACT op, len, plane, reg, reg8, A, B
SYM_FUNC_START(__modbounds_c\op\len\()_\reg)
	pushq	%r\A
	pushq	%r\B
	COMPARE_BOUNDS \reg, \A, \B, 2f
1:	popq	%r\B
	popq	%r\A
	RETURN
2:	.ifnc \len,n
	.if \len > 1
	testb	$(\len - 1), %\reg8
	jnz	3f
	.endif
	FIND_LEAF \reg, \A, \B
	movq	%\reg, %r\B
	shrl	$3, %e\B
	andl	$LEAF_BIT_MASK, %e\B
	btq	%r\B, \plane(%r\A)
	jc	1b
	.endif
3:	popq	%r\B
	popq	%r\A
	jmp	modbounds_slow_compact
SYM_FUNC_END(__modbounds_c\op\len\()_\reg)
EXPORT_SYMBOL_GPL(__modbounds_c\op\len\()_\reg)
.endm

/* A check that the module itself has found to fail. */
.macro FAILED reg
SYM_FUNC_START(__modbounds_fail_\reg)
	jmp	modbounds_failed
SYM_FUNC_END(__modbounds_fail_\reg)
EXPORT_SYMBOL_GPL(__modbounds_fail_\reg)
.endm

/* struct modbounds_regs on the stack, modbounds_miss() called, its registers taken over. */
.macro CALL_MISS call
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
	pushq	%rbp			/* rsp's place: never an address register */
	pushq	%rbx
	pushq	%rdx
	pushq	%rcx
	pushq	%rax
	movq	%rsp, %rdi
	movl	$\call, %esi
	call	modbounds_miss
	popq	%rax
	popq	%rcx
	popq	%rdx
	popq	%rbx
	popq	%rbp
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
	RETURN
.endm

SYM_FUNC_START_LOCAL(modbounds_slow)
	CALL_MISS MISS
SYM_FUNC_END(modbounds_slow)

SYM_FUNC_START_LOCAL(modbounds_slow_compact)
	CALL_MISS MISS_COMPACT
SYM_FUNC_END(modbounds_slow_compact)

SYM_FUNC_START_LOCAL(modbounds_failed)
	CALL_MISS MISS_FAILED
SYM_FUNC_END(modbounds_failed)

.macro ALL_THUNKS reg, reg8, A, B
	.irp len, 1, 2, 4, 8
	SCALAR ld, \len, PLANE_READ, \reg, \reg8, \A, \B
	SCALAR st, \len, PLANE_WRITE, \reg, \reg8, \A, \B
	.endr
	RANGE ld, PLANE_READ, \reg, \reg8, \A, \B
	RANGE st, PLANE_WRITE, \reg, \reg8, \A, \B
	.irp name, ld1, ld2, ld4, ld8, ldn, st1, st2, st4, st8, stn
	PARAM_FIRST \name, \reg, \A
	.endr
	.irp len, 1, 2, 4, 8, n
	COMPACT ld, \len, PLANE_READ, \reg, \reg8, \A, \B
	COMPACT st, \len, PLANE_WRITE, \reg, \reg8, \A, \B
	.endr
	FAILED \reg
.endm

	ALL_THUNKS rax, al, dx, cx
	ALL_THUNKS rcx, cl, ax, dx
	ALL_THUNKS rdx, dl, ax, cx
	ALL_THUNKS rbx, bl, ax, cx
	ALL_THUNKS rbp, bpl, ax, cx
	ALL_THUNKS rsi, sil, ax, cx
	ALL_THUNKS rdi, dil, ax, cx
	ALL_THUNKS r8, r8b, ax, cx
	ALL_THUNKS r9, r9b, ax, cx
	ALL_THUNKS r10, r10b, ax, cx
	ALL_THUNKS r11, r11b, ax, cx
	ALL_THUNKS r12, r12b, ax, cx
	ALL_THUNKS r13, r13b, ax, cx
	ALL_THUNKS r14, r14b, ax, cx
	ALL_THUNKS r15, r15b, ax, cx

/* The registers that C takes arguments in. */
.macro PUSH_ARGS
	pushq	%rcx
	pushq	%rdx
	pushq	%rsi
	pushq	%rdi
	pushq	%r8
	pushq	%r9
.endm

.macro POP_ARGS
	popq	%r9
	popq	%r8
	popq	%rdi
	popq	%rsi
	popq	%rdx
	popq	%rcx
.endm

/* A function of C that keeps the caller's registers, see MODBOUNDS_HOOK1(). */
.macro HOOK fn
SYM_FUNC_START(\fn\()_hook)
	PUSH_ARGS
	pushq	%r10
	pushq	%r11
	call	\fn
	popq	%r11
	popq	%r10
	POP_ARGS
	RETURN
SYM_FUNC_END(\fn\()_hook)
.endm

	HOOK __modbounds_object_freed
	HOOK __modbounds_object_allocated
	HOOK __modbounds_alloc_pages
	HOOK __modbounds_pages_freed

/* Goes to target while a trace event is on; costs a nop while it is off. */
.macro IF_TRACED event, target
#if defined(CONFIG_TRACEPOINTS) && defined(CONFIG_JUMP_LABEL)
	.byte BYTES_NOP5
	.pushsection __jump_table, "aw"
	.balign 8
	.long .Lafter_\event - 5 - ., \target - .
	.quad __tracepoint_\event + TRACEPOINT_KEY - .
	.popsection
.Lafter_\event:
#elif defined(CONFIG_TRACEPOINTS)
	cmpl $0, __tracepoint_\event + TRACEPOINT_KEY(%rip)
	jne \target
#endif
.endm

/* What C may change and a gate's caller expects to keep. */
.macro PUSH_KEPT
	pushq	%rax
	PUSH_ARGS
.endm

.macro POP_KEPT
	POP_ARGS
	popq	%rax
.endm

/*
 * The gate's way in.  rbx: struct modbounds_activation, rax: the module's
 * domain.  Says "not equal" where the domain refuses to run; leave it either way.
 *
 * An interrupt between the two stores into the task may enter another domain:
 * it puts back what it found.
 */
SYM_FUNC_START(__modbounds_enter)
	LOAD_CURRENT %r11
	movq	TASK_DOMAIN(%r11), %r10
	movq	%r10, ACTIVATION_DOMAIN(%rbx)
	movq	TASK_LIMIT(%r11), %r10
	movq	%r10, ACTIVATION_LIMIT(%rbx)
	movq	%rax, TASK_DOMAIN(%r11)
	movq	%rbx, TASK_LIMIT(%r11)
	movq	DOMAIN_STATS(%rax), %r10
	COUNT_ENTRY %r10
	IF_TRACED enter, .Ltrace_enter
.Lenter:
	cmpl	$0, DOMAIN_REFUSE(%rax)
	RETURN
.Ltrace_enter:
	PUSH_KEPT
	movq	%rax, %rdi
	call	modbounds_trace_enter
	POP_KEPT
	jmp	.Lenter
SYM_FUNC_END(__modbounds_enter)
EXPORT_SYMBOL_GPL(__modbounds_enter)

/* The gate's way out.  rbx: struct modbounds_activation. */
SYM_FUNC_START(__modbounds_exit)
	IF_TRACED exit, .Ltrace_exit
.Lexit:
	LOAD_CURRENT %r11
	movq	ACTIVATION_DOMAIN(%rbx), %r10
	movq	%r10, TASK_DOMAIN(%r11)
	movq	ACTIVATION_LIMIT(%rbx), %r10
	movq	%r10, TASK_LIMIT(%r11)
	RETURN
.Ltrace_exit:
	PUSH_KEPT
	LOAD_CURRENT %r11
	movq	TASK_DOMAIN(%r11), %rdi
	call	modbounds_trace_exit
	POP_KEPT
	jmp	.Lexit
SYM_FUNC_END(__modbounds_exit)
EXPORT_SYMBOL_GPL(__modbounds_exit)
