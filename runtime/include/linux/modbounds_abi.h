/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The contract between code that the modbounds plugin emits and whatever runs
 * underneath it: the kernel runtime, or the small user-space runtime of the
 * plugin's own tests.  Plain C and assembler-neutral: it is included by the
 * kernel, by user space, by assembly and by the plugin.
 *
 * What the plugin emits for one check of @len bytes at @base + @lo:
 *
 *	tmp = base - __modbounds_self.base;		level 1, inline
 *	if (tmp >= __modbounds_self.size) {		never taken
 *		addr = base + lo;
 *		asm volatile("call __modbounds_{ld,st,pld,pst}{1,2,4,8,n}_<reg>\n"
 *			     ".byte 0xa9; .long <site> - .\n"
 *			     ".byte 0xa9; .long <mask>\n"   only for n
 *			     : "+r" (addr));
 *		base = addr - lo;
 *	}
 *	... every access that the check covers now goes through base ...
 *
 * Bounds are followed, and preceded, by MODBOUNDS_GUARD bytes that belong to
 * nobody, so a base that passes lets pass what lies less than that from it:
 * one comparison serves all fields of an object.  What lies further away is
 * compared by its own address, a range longer than the guard at both ends.
 *
 * 0xa9 is "test $imm32, %eax": the words behind the call are executed as
 * harmless instructions, so that a site costs the hot path no register.  The
 * thunk preserves every register but flags; it returns with addr unchanged
 * (access allowed) or redirected to a sink (access contained).
 *
 * 1, 2, 4, 8 are scalar accesses; n is any other length.  <mask> has one bit
 * for each 8 bytes of the range when the range starts on an 8 byte boundary
 * and is at most 256 bytes long, else it is 0.  The p forms are for bases that
 * are parameters, where the access lies within the type that these point to:
 * it is often in the caller's frame, so they look there first.
 *
 * Where speed does not matter, one call is the whole check of base + lo:
 *
 *	addr = base + lo;
 *	asm volatile("call __modbounds_{c,cp}{ld,st}{1,2,4,8,n}_<reg>\n"
 *		     ".byte 0xa9; .long <mask>\n"   only for n
 *		     : "+r" (addr));
 *	... every access that the check covers goes through addr ...
 *
 * The site has the call's address.  The cp forms are for accesses that lie within the
 * type that their base points to, unless that was made from integers: all that is
 * to know of an object in a caller's frame, whatever the base's origin is.
 *
 * A call of a kernel function whose argument points to a structure is made only if that is
 * a live object:
 *
 *	tmp = base - __modbounds_self.base;
 *	if (tmp >= __modbounds_self.size) {
 *		asm volatile("call __modbounds_arg_<reg>" : "=@ccnc" (refused) : "r" (argument));
 *		if (refused)
 *			go around the call, with an error or 0 for its result;
 *	}
 *
 * Off the data path "call __modbounds_carg_<reg>" is all there is of that.  These pass NULL
 * while the domain has done nothing wrong; "argn" and "cargn" (MODBOUNDS_NO_NULL) never do.
 * The site has the call's address, and nothing stands behind that: it would change the flag.
 *
 * A range whose length only run time knows has its address in rdi, its length in rsi and the
 * pointer that it was computed from in rdx.  All of it has to lie in the object of that pointer:
 *
 *	asm volatile("call __modbounds_{ld,st}r" : "+D" (p), "=@ccnc" (refused)
 *		     : "S" (len), "d" (base));
 *	if (refused)
 *		go around the call, or use the address that is in rdi now
 *
 * "call __modbounds_failr" stands for a range that leaves the declared object that it began in
 * (without MODBOUNDS_RANGE: for a call through a pointer that leads to no code), and the site has
 * the call's address.  With MODBOUNDS_ARGUMENT the range belongs to a call, which is not made if
 * it is refused.
 *
 * An access at a variable distance from its base is held to the object of that in the same way.
 * On the data path it is looked up inline whether both lie in one slot of the module's memory:
 *
 *	tmp = base - __modbounds_self.base;
 *	slot = __modbounds_self.slots[(tmp / MODBOUNDS_SLOT_PAGE) & __modbounds_self.last_slot];
 *	if (tmp >= __modbounds_self.size || ((first ^ base) | (last ^ base)) & slot)
 *		asm volatile("call __modbounds_{ld,st}r" : "+D" (first), "=@ccnc" (refused)
 *			     : "S" (last + 1 - first), "d" (base));
 *
 * "call __modbounds_fail_<reg>" with a site behind it stands for a check that
 * was decided inline and failed: an index outside of a declared array.
 */
#ifndef _MODBOUNDS_ABI_H
#define _MODBOUNDS_ABI_H

/*
 * Raised whenever this file changes meaning; .modinfo of each instrumented
 * module says "modbounds=<abi>".
 */
#define MODBOUNDS_ABI		9

#define MODBOUNDS_GUARD		4096
#define MODBOUNDS_SLOT_PAGE	4096	/* of so many bytes all slots have one size */

/* sites: flags */
#define MODBOUNDS_STORE		0x01	/* writes (reads too, where it is a read-modify-write) */
#define MODBOUNDS_USER		0x02	/* asm with an exception table: user addresses are legal */
#define MODBOUNDS_HEADER	0x04	/* stands in an inline function of the kernel's headers */
#define MODBOUNDS_RANGE		0x08	/* pointer-and-length argument */
/*
 * Not accessed: passed on, stored or returned.  With an origin other than
 * MODBOUNDS_ORIGIN_INT it is a pointer that goes on as an integer: its object is
 * granted if there is a right to it, and nothing is refused.  But with MODBOUNDS_RANGE it is
 * a pointer at a variable distance from its base, which may not have left the object that this
 * points to; it may point behind its end.
 */
#define MODBOUNDS_ESCAPE	0x10
#define MODBOUNDS_ARGUMENT	0x20	/* not accessed: what a kernel function is given */
#define MODBOUNDS_TAKES_NULL	0x04	/* with MODBOUNDS_ARGUMENT: it takes NULL, always */
#define MODBOUNDS_NO_NULL	0x01	/* with MODBOUNDS_ARGUMENT: it dies of NULL, always */
/*
 * Nothing is held there that the function has taken: a violation may return to the gate at
 * once, if no function in between has, either (.modbounds.held: offsets to where calls return at
 * which something is held).
 */
#define MODBOUNDS_LEAVE		0x40
#define MODBOUNDS_TYPED		0x80	/* set by the runtime: keeps to the base's static type */

/* sites: where the base pointer came from */
#define MODBOUNDS_ORIGIN_PARAM	0	/* parameter of the function */
#define MODBOUNDS_ORIGIN_CALL	1	/* result of a call */
#define MODBOUNDS_ORIGIN_LOADED	2	/* read from memory */
#define MODBOUNDS_ORIGIN_OBJECT	3	/* address of a declared object */
#define MODBOUNDS_ORIGIN_INT	4	/* made from integers only: has no right of its own */

/* Register numbers as the CPU encodes them: addr_reg, base_reg. */
#define MODBOUNDS_RAX 0
#define MODBOUNDS_RCX 1
#define MODBOUNDS_RDX 2
#define MODBOUNDS_RBX 3
#define MODBOUNDS_RSP 4
#define MODBOUNDS_RBP 5
#define MODBOUNDS_RSI 6
#define MODBOUNDS_RDI 7		/* r8 to r15 are 8 to 15 */

#ifndef __ASSEMBLY__
#ifdef __KERNEL__
#include <linux/types.h>
typedef s32 modbounds_s32;
typedef u32 modbounds_u32;
typedef u8 modbounds_u8;
#else
#include <stdint.h>
typedef int32_t modbounds_s32;
typedef uint32_t modbounds_u32;
typedef uint8_t modbounds_u8;
#endif

/**
 * struct modbounds_site - what is known at compile time about one check
 * @file: source file name, a string; offset from this field
 * @line: source line
 * @len: bytes checked; 0: a range, only rsi says how many
 * @offset: addr - base, where that is a constant and @base_reg == @addr_reg; else 0
 * @type_size: size of the type that the base is declared to point to; for
 *	MODBOUNDS_ORIGIN_OBJECT the size of the declared object; 0: unknown.  With
 *	MODBOUNDS_ARGUMENT: the called function's name, offset from this field
 * @addr_reg: register that holds the address
 * @base_reg: register that holds the base pointer
 * @origin: MODBOUNDS_ORIGIN_*
 * @flags: MODBOUNDS_STORE and so on
 * @ip: last byte of the call, where that is all there is of the check; offset
 *	from this field; else 0
 * @type: modbounds_type_hash() of the name of the structure that the base is declared to
 *	point to; 0: to none.  The runtime makes a number of it where it knows the name, else 0
 *
 * Lives in the read-only section .modbounds.sites.
 */
struct modbounds_site {
	modbounds_s32 file;
	modbounds_u32 line;
	modbounds_u32 len;
	modbounds_s32 offset;
	modbounds_u32 type_size;
	modbounds_u8 addr_reg;
	modbounds_u8 base_reg;
	modbounds_u8 origin;
	modbounds_u8 flags;
	modbounds_s32 ip;
	modbounds_u32 type;
};

/* FNV-1a: of 32 bits, and never 0. */
static inline modbounds_u32 modbounds_type_hash(const char *name)
{
	modbounds_u32 hash = 2166136261u;

	while (*name)
		hash = (hash ^ (modbounds_u8)*name++) * 16777619u;
	return hash ? hash : 1;
}

/**
 * struct modbounds_self - the bounds registers of a module
 * @base: first byte that passes at level 1
 * @size: bytes that pass; 0 for precise mode, ~0 for trusted mode
 * @domain: the module's protection domain, opaque to the module
 * @slots: for each page from @base on which bits are the same in all addresses of one slot
 * @last_slot: what the number of a page is masked with: all that it may become can be looked up
 *
 * One hidden symbol __modbounds_self in each module, in section
 * .modbounds.self, written by the runtime only; the plugin reads it as a
 * constant.
 */
struct modbounds_self {
	unsigned long base;
	unsigned long size;
	void *domain;
	const unsigned long *slots;
	unsigned long last_slot;
};

/**
 * struct modbounds_gate - a gate that may be left from within, or a function that may fail
 * @gate: an address in it; offset from this field
 * @value: what it returns then
 * @kind: MODBOUNDS_GATE_*: what else is to be done; 0: nothing
 *
 * Lives in the read-only section .modbounds.gates.  The frames in between are taken off
 * by what .eh_frame says of them.
 */
struct modbounds_gate {
	modbounds_s32 gate;
	modbounds_s32 value;
	modbounds_u32 kind;
};

/* struct modbounds_gate: kinds */
#define MODBOUNDS_GATE_QUEUE_RQ	1	/* the request is refused as it is in quarantine */
#define MODBOUNDS_GATE_NAPI	2	/* the poll is completed */
#define MODBOUNDS_GATE_COMPLETE	3	/* the request ends with an error */
#define MODBOUNDS_GATE_FAILS	4	/* no gate: the function returns an error to its caller */
#define MODBOUNDS_GATE_BODY	5	/* no gate: left by its own gate, or not at all */

/**
 * struct modbounds_activation - one entry of the kernel into a module
 * @domain: the domain that ran before in this task, or NULL
 * @limit: its stack window's upper end
 * @argument: the first one of the function; of gates that are left from within and do
 *	something with it then (MODBOUNDS_GATE_*), only these have it
 *
 * A local variable of the gate.  Its own address is the upper end of the
 * stack window of the activation: all frames of the module lie below it.
 */
struct modbounds_activation {
	void *domain;
	unsigned long limit;
	void *argument;
};

/*
 * The gate, around the body of each function that the kernel can call:
 *
 *	asm volatile("call __modbounds_enter" : "=@ccne" (refused)
 *		     : "b" (&activation), "a" (__modbounds_self.domain) : "r10", "r11", "memory");
 *	if (!refused)
 *		ret = body(args...);
 *	asm volatile("call __modbounds_exit" : : "b" (&activation) : "r10", "r11", "memory");
 *
 * refused is set when the domain is quarantined.  Arguments and results stay
 * in their registers meanwhile.
 */
#endif /* !__ASSEMBLY__ */
#endif /* _MODBOUNDS_ABI_H */
