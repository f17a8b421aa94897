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
#include <linux/objtool.h>
#include "modbounds-offsets.h"

#ifdef CONFIG_UML
#define RETURN		ret
#define RUNNING(field)	modbounds_running+RUNNING_##field(%rip)
#define FIRST_TOUCH	modbounds_first_touch_hook
#define RANGE_GRANTED	modbounds_range_granted_hook
.macro COUNT_ENTRY stats
	incq	STATS_ENTRIES(\stats)
.endm
.macro UNWIND_HINT_FUNC
.endm
#else
#include <asm/nops.h>
#include <asm/nospec-branch.h>
#include <asm/percpu.h>
#include <asm/unwind_hints.h>
#define RETURN		RET
#define RUNNING(field)	PER_CPU_VAR(modbounds_running + RUNNING_##field)
#define FIRST_TOUCH	modbounds_first_touch
#define RANGE_GRANTED	modbounds_range_granted
.macro COUNT_ENTRY stats
	incq	%gs:STATS_ENTRIES(\stats)
.endm
#endif

/* Called directly, never through a pointer: no need for a landing pad. */
#define THUNK_START(name) SYM_START(name, SYM_L_GLOBAL, SYM_A_ALIGN) ANNOTATE_NOENDBR ASM_NL
#define LOCAL_START(name) SYM_START(name, SYM_L_LOCAL, SYM_A_ALIGN)

.text

/*
 * Leaf of the running domain's grant map for the address that was pushed last, in A.
 * Loads that overlap it take it apart; reg is scratch.
 */
.macro FIND_LEAF reg, reg32, A
	movq	RUNNING(DOMAIN), %r\A
	movzwl	4(%rsp), %\reg32
	movq	DOMAIN_MAP(%r\A,%\reg,8), %r\A
	movl	(%rsp), %\reg32
	shrl	$LEAF_SHIFT, %\reg32
	movq	(%r\A,%\reg,8), %r\A
.endm

/*
 * Does the range at reg lie in the stack window?  Above that, on the same stack,
 * are the frames of callers: of these a site may have what its pointer's type
 * covers, and of the rest C decides.  ip: where the return address lies, an offset from
 * rsp.
 */
.macro IF_OUTSIDE_STACK reg, A, B, ip, outside, above
	movq	%\reg, %r\A
	xorq	%rsp, %r\A
	cmpq	$STACK_SIZE, %r\A
	jae	\outside
	cmpq	%rsp, %\reg
	jb	\outside
	movq	\ip(%rsp), %r\A		/* the word behind the call leads to the site */
	movslq	1(%r\A), %r\B
	testb	$MODBOUNDS_TYPED, 1+SITE_FLAGS(%r\A,%r\B)
	jnz	4f
	movl	1+SITE_LEN(%r\A,%r\B), %e\B
	addq	%\reg, %r\B
	cmpq	%r\B, RUNNING(LIMIT)
	jb	\above
4:
.endm

/* The granule of the address that was pushed last: is its bit set?  As a carry. */
.macro TEST_GRANULE plane, reg, reg32, reg16, A
	FIND_LEAF \reg, \reg32, \A
	movl	(%rsp), %\reg32
	shrl	$3, %\reg32
	btw	%\reg16, \plane(%r\A)
.endm

/*
 * A scalar of len bytes whose first granule is set: is that all, or is the one that it ends
 * in set as well?  What is packed lies anywhere.
 */
.macro IF_ENDS_GRANTED len, plane, reg, reg32, reg16, A, granted
	.if \len > 1
	movl	(%rsp), %\reg32
	andl	$7, %\reg32
	cmpl	$(8 - \len), %\reg32
	jbe	\granted
	movq	(%rsp), %r\A
	addq	$(\len - 1), %r\A
	pushq	%r\A
	TEST_GRANULE \plane, \reg, \reg32, \reg16, \A
	leaq	8(%rsp), %rsp
	jc	\granted
	.endif
.endm

/* The first touch of an object, more often than not: in few steps, if it is as usual. */
.macro ASK_FIRST reg
	pushq	%\reg
	call	modbounds_first
	popq	%\reg
	jz	modbounds_slow
	RETURN
.endm

/* A scalar of len bytes.  A and B name two scratch registers other than reg: ax, cx, dx. */
.macro SCALAR op, len, plane, reg, reg32, reg16, A, B
THUNK_START(__modbounds_\op\len\()_\reg)
	pushq	%r\A
	pushq	%\reg
	TEST_GRANULE \plane, \reg, \reg32, \reg16, \A
	jnc	2f
	.if \len > 1
	testb	$(\len - 1), (%rsp)
	jnz	5f
	.endif
1:	popq	%\reg
	popq	%r\A
	RETURN
5:	IF_ENDS_GRANTED \len, \plane, \reg, \reg32, \reg16, \A, 1b
2:	popq	%\reg
	pushq	%r\B
	IF_OUTSIDE_STACK \reg, \A, \B, 16, 3f, 6f
	popq	%r\B
	popq	%r\A
	RETURN
3:	popq	%r\B
	popq	%r\A
	ASK_FIRST \reg
6:	popq	%r\B
	popq	%r\A
	jmp	modbounds_above
SYM_FUNC_END(__modbounds_\op\len\()_\reg)
EXPORT_SYMBOL_GPL(__modbounds_\op\len\()_\reg)
.endm

/*
 * A range: the granules' bits are shifted down to bit 0 and held against the
 * mask that stands behind the call, whose address lies at ip, mask bytes on.  A range
 * that does not begin on a granule may need one bit more; should that refuse it
 * wrongly, C decides.  Pushed last: the address; changes reg, A, B and rcx.
 */
.macro IF_NOT_GRANTED plane, reg, reg32, A, B, ip, mask, refused
	FIND_LEAF \reg, \reg32, \A
	movq	(%rsp), %\reg
	shlq	$(64 - LEAF_SHIFT), %\reg
	sarq	$(64 - LEAF_SHIFT + 8), %\reg	/* words of 32 bits, from the middle */
	leal	1(%\reg), %e\B
	testl	$RUN_WORD_MASK, %e\B
	jz	\refused		/* the next one stands elsewhere */
	movq	\plane(%r\A,%\reg,4), %r\A
	notq	%r\A
	.ifnc \reg,rcx
	.ifnc \B,cx
	.error "the shift needs rcx"
	.endif
	.endif
	movl	(%rsp), %ecx
	shrl	$3, %ecx
	andl	$31, %ecx
	shrq	%cl, %r\A
	movq	\ip(%rsp), %\reg
	movl	\mask(%\reg), %\reg32	/* see the ABI */
	testl	%\reg32, %\reg32
	jz	\refused
	testb	$7, (%rsp)
	jz	7f
	leaq	1(%\reg,%\reg), %\reg
7:	testq	%\reg, %r\A
	jnz	\refused
.endm

.macro RANGE op, plane, reg, reg32, A, B
THUNK_START(__modbounds_\op\()n_\reg)
	pushq	%r\A
	pushq	%r\B
	pushq	%\reg
	IF_NOT_GRANTED \plane, \reg, \reg32, \A, \B, 24, 6, 2f
	popq	%\reg
	popq	%r\B
	popq	%r\A
	RETURN
2:	popq	%\reg
	IF_OUTSIDE_STACK \reg, \A, \B, 16, 3f, 6f
	popq	%r\B
	popq	%r\A
	RETURN
3:	popq	%r\B
	popq	%r\A
	ASK_FIRST \reg
6:	popq	%r\B
	popq	%r\A
	jmp	modbounds_above
SYM_FUNC_END(__modbounds_\op\()n_\reg)
EXPORT_SYMBOL_GPL(__modbounds_\op\()n_\reg)
.endm

/*
 * A parameter, and the access lies within its type: on the stack more often
 * than not, and there the type is all that is known.
 */
.macro PARAM_FIRST name, reg, A
THUNK_START(__modbounds_p\name\()_\reg)
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
 * The whole check: compare with the domain's bounds, then look at the running stack and
 * at the map.  Of a stack's frames the module's own pass, and where the access
 * keeps to its base's type (typed), those of callers as well.  C does what needs to
 * know the site.
 */
.macro COMPACT_BOUNDS reg, A
	pushq	%r\A
	pushq	%\reg
	movq	RUNNING(DOMAIN), %r\A
	subq	DOMAIN_BASE(%r\A), %\reg
	cmpq	DOMAIN_SIZE(%r\A), %\reg
	jae	2f
1:	popq	%\reg
	popq	%r\A
	RETURN
2:	movq	(%rsp), %r\A
	xorq	%rsp, %r\A
	cmpq	$STACK_SIZE, %r\A
	jb	4f
.endm

.macro COMPACT form, op, len, plane, reg, reg32, reg16, A
THUNK_START(__modbounds_\form\op\len\()_\reg)
	COMPACT_BOUNDS \reg, \A
	TEST_GRANULE \plane, \reg, \reg32, \reg16, \A
	jnc	3f
	testb	$(\len - 1), (%rsp)
	jz	1b			/* aligned; of one byte, always */
	IF_ENDS_GRANTED \len, \plane, \reg, \reg32, \reg16, \A, 1b
3:	popq	%\reg
	popq	%r\A
	jmp	modbounds_slow_compact
4:	movq	(%rsp), %r\A
	cmpq	%rsp, %r\A
	jb	3b
	.ifc \form,c
	addq	$\len, %r\A
	cmpq	%r\A, RUNNING(LIMIT)
	jb	3b
	.endif
	jmp	1b
SYM_FUNC_END(__modbounds_\form\op\len\()_\reg)
EXPORT_SYMBOL_GPL(__modbounds_\form\op\len\()_\reg)
.endm

/* How long it is says the mask behind the call, to the granule. */
.macro COMPACT_RANGE form, op, plane, reg, reg32, A, B
THUNK_START(__modbounds_\form\op\()n_\reg)
	COMPACT_BOUNDS \reg, \A
	popq	%\reg
	pushq	%r\B
	pushq	%\reg
	IF_NOT_GRANTED \plane, \reg, \reg32, \A, \B, 24, 1, 3f
	popq	%\reg
	popq	%r\B
	popq	%r\A
	RETURN
3:	popq	%\reg
	popq	%r\B
	popq	%r\A
	jmp	modbounds_slow_compact
4:	movq	(%rsp), %r\A
	cmpq	%rsp, %r\A
	jb	5f
	.ifc \form,c
	movq	16(%rsp), %\reg
	movl	1(%\reg), %\reg32
	bsrl	%\reg32, %\reg32
	jz	5f			/* longer than a mask */
	leaq	8(%r\A,%\reg,8), %r\A
	cmpq	%r\A, RUNNING(LIMIT)
	jb	5f
	.endif
	jmp	1b
5:	popq	%\reg
	popq	%r\A
	jmp	modbounds_slow_compact
SYM_FUNC_END(__modbounds_\form\op\()n_\reg)
EXPORT_SYMBOL_GPL(__modbounds_\form\op\()n_\reg)
.endm

/*
 * What a kernel function is to be given: not refused if the carry is set, as it is when
 * the map says that the module may load from there.  That is looked at first: devices,
 * which drivers hand on all the time, have been granted.  Else NULL passes as long as
 * the domain has done nothing wrong (but where the form is n), and what lies on the
 * running stack, whoever's frame it is.
 */
.macro ARGUMENT_GRANTED form, reg, reg32, reg16, A
	TEST_GRANULE PLANE_READ, \reg, \reg32, \reg16, \A
	jnc	2f
	popq	%\reg
	popq	%r\A
	RETURN
2:
	.ifnc \form,n
	cmpq	$0, (%rsp)
	jne	4f
	movq	RUNNING(DOMAIN), %r\A
	cmpq	$1, DOMAIN_VIOLATIONS(%r\A)
	jmp	3f
	.endif
4:	movq	(%rsp), %r\A
	xorq	%rsp, %r\A
	cmpq	$STACK_SIZE, %r\A
3:	popq	%\reg
	popq	%r\A
	jnc	modbounds_slow_argument
	RETURN
.endm

.macro ARGUMENT form, reg, reg32, reg16, A
THUNK_START(__modbounds_arg\form\()_\reg)
	pushq	%r\A
	pushq	%\reg
	ARGUMENT_GRANTED \form, \reg, \reg32, \reg16, \A
SYM_FUNC_END(__modbounds_arg\form\()_\reg)
EXPORT_SYMBOL_GPL(__modbounds_arg\form\()_\reg)

/* Off the data path: compared with the domain's bounds here. */
THUNK_START(__modbounds_carg\form\()_\reg)
	pushq	%r\A
	pushq	%\reg
	movq	RUNNING(DOMAIN), %r\A
	subq	DOMAIN_BASE(%r\A), %\reg
	cmpq	DOMAIN_SIZE(%r\A), %\reg
	jae	1f
	popq	%\reg
	popq	%r\A
	RETURN
1:	ARGUMENT_GRANTED \form, \reg, \reg32, \reg16, \A
SYM_FUNC_END(__modbounds_carg\form\()_\reg)
EXPORT_SYMBOL_GPL(__modbounds_carg\form\()_\reg)
.endm

/*
 * A range whose length only run time knows: from rdi on as many bytes as rsi says; rdx is
 * the base.  Passes with the carry set; else rdi is where an instruction may go instead.
 */
.macro RANGE_AT_RUN_TIME name, write
THUNK_START(__modbounds_\name)
	pushq	%rax
	pushq	%rcx
	movl	$\write, %ecx
	call	RANGE_GRANTED
	popq	%rcx
	cmpb	$1, %al
	popq	%rax
	jb	modbounds_slow_range
	stc
	RETURN
SYM_FUNC_END(__modbounds_\name)
EXPORT_SYMBOL_GPL(__modbounds_\name)
.endm

	RANGE_AT_RUN_TIME ldr, 0
	RANGE_AT_RUN_TIME str, 1

/* The module itself has found that it leaves the object that it was declared with. */
THUNK_START(__modbounds_failr)
	jmp	modbounds_failed_range
SYM_FUNC_END(__modbounds_failr)
EXPORT_SYMBOL_GPL(__modbounds_failr)

/* A check that the module itself has found to fail. */
.macro FAILED reg
THUNK_START(__modbounds_fail_\reg)
	jmp	modbounds_failed
SYM_FUNC_END(__modbounds_fail_\reg)
EXPORT_SYMBOL_GPL(__modbounds_fail_\reg)
.endm

/* struct modbounds_regs on the stack. */
.macro PUSH_REGS
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
.endm

.macro POP_REGS
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
.endm

/* modbounds_miss() called, the registers on the stack taken over. */
.macro CALL_MISS call
	movq	%rsp, %rdi
	movl	$\call, %esi
	call	modbounds_miss
	POP_REGS
	RETURN
.endm

/* See ASK_FIRST.  What is called keeps all registers but rax. */
LOCAL_START(modbounds_first)
	pushq	%rax
	pushq	%rsi
	pushq	%rdi
	movq	32(%rsp), %rdi
	movq	40(%rsp), %rsi
	call	FIRST_TOUCH
	testb	%al, %al
	popq	%rdi
	popq	%rsi
	popq	%rax
	RETURN
SYM_FUNC_END(modbounds_first)

/*
 * The frame of a caller, and no type that the access keeps to: elements of an array
 * (bio_vecs).  Nobody says how long that is, but the stack ends; it passes where the
 * pointer that it was computed from lies on this stack, too.
 */
LOCAL_START(modbounds_above)
	PUSH_REGS
	movq	REGS_SIZE(%rsp), %rdx
	movslq	1(%rdx), %rax
	leaq	1(%rdx,%rax), %rdx	/* the site */
	cmpl	$0, SITE_TYPE_SIZE(%rdx)
	jne	1f
	cmpb	$ORIGIN_INT, SITE_ORIGIN(%rdx)
	je	1f
	movzbl	SITE_ADDR_REG(%rdx), %eax
	movq	(%rsp,%rax,8), %rax
	movl	SITE_LEN(%rdx), %ecx
	leaq	-1(%rax,%rcx), %rax	/* the last byte */
	xorq	%rsp, %rax
	movzbl	SITE_BASE_REG(%rdx), %ecx
	movq	(%rsp,%rcx,8), %rcx
	movslq	SITE_OFFSET(%rdx), %rdx
	subq	%rdx, %rcx		/* the base */
	xorq	%rsp, %rcx
	orq	%rcx, %rax
	cmpq	$STACK_SIZE, %rax
	jae	1f
	popq	%rax
	popq	%rcx
	popq	%rdx
	addq	$(REGS_SIZE - 3 * 8), %rsp
	UNWIND_HINT_FUNC		/* the other registers were never changed */
	RETURN
1:	CALL_MISS MISS
SYM_FUNC_END(modbounds_above)

LOCAL_START(modbounds_slow)
	PUSH_REGS
	CALL_MISS MISS
SYM_FUNC_END(modbounds_slow)

LOCAL_START(modbounds_slow_compact)
	PUSH_REGS
	CALL_MISS MISS_COMPACT
SYM_FUNC_END(modbounds_slow_compact)

LOCAL_START(modbounds_slow_argument)
	PUSH_REGS
	movq	%rsp, %rdi
	call	modbounds_argument
	cmpb	$1, %al			/* the carry: al is 0; nothing below changes it */
	POP_REGS
	RETURN
SYM_FUNC_END(modbounds_slow_argument)

.macro CALL_RANGE failed
	PUSH_REGS
	movq	%rsp, %rdi
	movl	$\failed, %esi
	call	modbounds_range
	cmpb	$1, %al			/* as above */
	POP_REGS
	RETURN
.endm

LOCAL_START(modbounds_slow_range)
	CALL_RANGE 0
SYM_FUNC_END(modbounds_slow_range)

LOCAL_START(modbounds_failed_range)
	CALL_RANGE 1
SYM_FUNC_END(modbounds_failed_range)

LOCAL_START(modbounds_failed)
	PUSH_REGS
	CALL_MISS MISS_FAILED
SYM_FUNC_END(modbounds_failed)

.macro ALL_THUNKS reg, reg32, reg16, A, B
	.irp len, 1, 2, 4, 8
	SCALAR ld, \len, PLANE_READ, \reg, \reg32, \reg16, \A, \B
	SCALAR st, \len, PLANE_WRITE, \reg, \reg32, \reg16, \A, \B
	.endr
	RANGE ld, PLANE_READ, \reg, \reg32, \A, \B
	RANGE st, PLANE_WRITE, \reg, \reg32, \A, \B
	.irp name, ld1, ld2, ld4, ld8, ldn, st1, st2, st4, st8, stn
	PARAM_FIRST \name, \reg, \A
	.endr
	.irp form, c, cp
	.irp len, 1, 2, 4, 8
	COMPACT \form, ld, \len, PLANE_READ, \reg, \reg32, \reg16, \A
	COMPACT \form, st, \len, PLANE_WRITE, \reg, \reg32, \reg16, \A
	.endr
	COMPACT_RANGE \form, ld, PLANE_READ, \reg, \reg32, \A, \B
	COMPACT_RANGE \form, st, PLANE_WRITE, \reg, \reg32, \A, \B
	.endr
	ARGUMENT , \reg, \reg32, \reg16, \A
	ARGUMENT n, \reg, \reg32, \reg16, \A
	FAILED \reg
.endm

	ALL_THUNKS rax, eax, ax, dx, cx
	ALL_THUNKS rcx, ecx, cx, ax, dx
	ALL_THUNKS rdx, edx, dx, ax, cx
	ALL_THUNKS rbx, ebx, bx, ax, cx
	ALL_THUNKS rbp, ebp, bp, ax, cx
	ALL_THUNKS rsi, esi, si, ax, cx
	ALL_THUNKS rdi, edi, di, ax, cx
	ALL_THUNKS r8, r8d, r8w, ax, cx
	ALL_THUNKS r9, r9d, r9w, ax, cx
	ALL_THUNKS r10, r10d, r10w, ax, cx
	ALL_THUNKS r11, r11d, r11w, ax, cx
	ALL_THUNKS r12, r12d, r12w, ax, cx
	ALL_THUNKS r13, r13d, r13w, ax, cx
	ALL_THUNKS r14, r14d, r14w, ax, cx
	ALL_THUNKS r15, r15d, r15w, ax, cx

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
THUNK_START(\fn\()_hook)
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

#ifdef CONFIG_UML
	HOOK __modbounds_object_allocated
	HOOK __modbounds_object_extent
	HOOK modbounds_first_touch
	HOOK modbounds_range_granted
#endif
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
 * An interrupt between the two stores may enter another domain: it puts back what
 * it found.  So does the scheduler, on whatever CPU.
 */
THUNK_START(__modbounds_enter)
	movq	RUNNING(DOMAIN), %r10
	movq	%r10, ACTIVATION_DOMAIN(%rbx)
	movq	RUNNING(LIMIT), %r10
	movq	%r10, ACTIVATION_LIMIT(%rbx)
	movq	%rax, RUNNING(DOMAIN)
	movq	%rbx, RUNNING(LIMIT)
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
THUNK_START(__modbounds_exit)
	IF_TRACED exit, .Ltrace_exit
.Lexit:
	movq	ACTIVATION_DOMAIN(%rbx), %r10
	movq	%r10, RUNNING(DOMAIN)
	movq	ACTIVATION_LIMIT(%rbx), %r10
	movq	%r10, RUNNING(LIMIT)
	RETURN
.Ltrace_exit:
	PUSH_KEPT
	movq	RUNNING(DOMAIN), %rdi
	call	modbounds_trace_exit
	POP_KEPT
	jmp	.Lexit
SYM_FUNC_END(__modbounds_exit)
EXPORT_SYMBOL_GPL(__modbounds_exit)

/*
 * Back to a gate, as if the module's body had returned there.  rdi: struct
 * modbounds_exit, which lies on the stack that is given up: so all is loaded first.
 */
SYM_FUNC_START(modbounds_return_to_gate)
	movq	EXIT_RBX(%rdi), %rbx
	movq	EXIT_RBP(%rdi), %rbp
	movq	EXIT_R12(%rdi), %r12
	movq	EXIT_R13(%rdi), %r13
	movq	EXIT_R14(%rdi), %r14
	movq	EXIT_R15(%rdi), %r15
	movq	EXIT_RAX(%rdi), %rax
	movq	EXIT_RIP(%rdi), %rcx
	movq	EXIT_RSP(%rdi), %rsp
	pushq	%rcx
	RETURN
SYM_FUNC_END(modbounds_return_to_gate)
STACK_FRAME_NON_STANDARD modbounds_return_to_gate
