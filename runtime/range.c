// SPDX-License-Identifier: GPL-2.0
/*
 * Ranges whose length only run time knows.
 *
 * A module hands kernel functions pointers and lengths, and has instructions that walk memory.
 * The plugin calls a thunk for each of them, with the pointer that the range was computed from:
 * all of it has to lie in the object that this points to.
 */
#include <linux/hardirq.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/modbounds_abi.h>

#include "internal.h"
#include "range.h"

/**
 * modbounds_range_granted - what the thunks ask first of a range
 * @addr: first byte
 * @len: bytes
 * @base: the pointer that it was computed from
 * @write: it is stored to
 *
 * Context: any.
 * Return: whether all of it is known to lie in the object of @base, and may be touched.
 */
bool MODBOUNDS_KEEPS_REGISTERS modbounds_range_granted(unsigned long addr, unsigned long len,
						       unsigned long base, bool write)
{
	return range_known(modbounds_running_domain(), base, addr, len,
			   write ? MODBOUNDS_WRITE : MODBOUNDS_READ);
}

static bool is_allowed(struct modbounds_domain *d, const struct modbounds_access *a)
{
	if (a->origin != MODBOUNDS_ORIGIN_INT && on_running_stack(a->addr, a->len) &&
	    on_running_stack(a->base, 1))
		return true;
	return d->mode == MODBOUNDS_TRUSTED;
}

/**
 * modbounds_range - what the thunks call of a range that they do not pass
 * @regs: the module's registers; an instruction is to use the address that is there afterwards
 * @failed: the module has found itself that it leaves a declared object; without
 *	MODBOUNDS_RANGE that it is about to call what is no code
 *
 * Context: any, as the module; interrupts as they are.  Does not return if the range is
 * refused where nothing is held: then the module is left (unwind.c).
 * Return: whether the range is refused; a call is not made then.
 */
asmlinkage bool modbounds_range(struct modbounds_regs *regs, unsigned int failed)
{
	struct modbounds_domain *d = modbounds_acting_domain(regs->ip);
	enum modbounds_verdict verdict;
	const struct modbounds_site *site;
	struct modbounds_access a;

	/* No allocator may be called here. */
	if (in_nmi())
		return false;
	site = modbounds_site_of(&d, regs->ip);
	if (WARN_ON_ONCE(!site))
		return true;
	modbounds_count(d, misses);
	a = modbounds_site_access(regs, site);
	a.len = regs->reg[MODBOUNDS_RSI];
	a.type_size = 0;	/* a call's site has a name there */
	if (!a.len || (!failed && is_allowed(d, &a)))
		return false;
	if (!failed)
		verdict = modbounds_resolve(d, &a);
	else if (!(site->flags & MODBOUNDS_RANGE))
		verdict = MODBOUNDS_BAD_ARGUMENT;
	else
		verdict = modbounds_failed(&a);
	if (verdict == MODBOUNDS_PASS || modbounds_violation(d, &a, verdict))
		return false;
	if (site->flags & MODBOUNDS_LEAVE)
		modbounds_leave(d, regs);
	/* Unlike a call, an instruction cannot be left out. */
	if (!(site->flags & MODBOUNDS_ARGUMENT))
		regs->reg[MODBOUNDS_RDI] =
			(unsigned long)modbounds_contain_range(d, a.len,
							       site->flags & MODBOUNDS_USER);
	return true;
}

/**
 * modbounds_resolve_range - decide on a range that a function of the runtime is handed
 * @p: first byte, and its own base
 * @len: bytes
 * @flags: MODBOUNDS_STORE
 * @origin: MODBOUNDS_ORIGIN_*
 * @ip: where the module called from
 *
 * Context: any, as the module.
 * Return: whether the function may touch it.
 */
bool modbounds_resolve_range(const void *p, size_t len, u8 flags, u8 origin, unsigned long ip)
{
	struct modbounds_domain *d = modbounds_acting_domain(ip);
	struct modbounds_access a = {
		.addr = (unsigned long)p,
		.len = len,
		.base = (unsigned long)p,
		.origin = origin,
		.flags = flags | MODBOUNDS_RANGE,
		.ip = ip,
		.sp = (unsigned long)__builtin_frame_address(0),
	};
	enum modbounds_verdict verdict;

	if (!len || d->mode == MODBOUNDS_TRUSTED || in_nmi())
		return true;
	/* It was refused a moment ago, by the check of its base. */
	if (modbounds_in_sink(d, p))
		return false;
	verdict = modbounds_resolve(d, &a);
	return verdict == MODBOUNDS_PASS || modbounds_violation(d, &a, verdict);
}
