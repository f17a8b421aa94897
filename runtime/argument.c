// SPDX-License-Identifier: GPL-2.0
/*
 * The rule for calls: may this pointer go to a kernel function that wants an object?
 *
 * Reached on what the thunk did not pass.  The kernel trusts its modules: what it is given
 * it dereferences, and of NULL or rubbish it dies.  So a call passes only with what
 * lives, whosever it is; to use it is not the module's business then.
 */
#include <linux/err.h>
#include <linux/hardirq.h>
#include <linux/kallsyms.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#include "internal.h"

/*
 * What carries no address.  NULL means "none" to many functions, so who has done nothing
 * wrong may pass it on, but to those known to die of it.  In an activation that has
 * violated it is rather the zero of a contained load, unless loads are only reported.
 */
static bool is_no_address(const struct modbounds_domain *d, const struct modbounds_access *a)
{
	if ((!a->addr || IS_ERR_VALUE(a->addr)) && a->flags & MODBOUNDS_NO_NULL)
		return false;
	if (IS_ERR_VALUE(a->addr))
		return true;
	if (!a->addr)
		return a->flags & MODBOUNDS_TAKES_NULL || !modbounds_has_violated(d) ||
		       READ_ONCE(d->policy) == MODBOUNDS_REPORT;
	/* On user-mode Linux users have the same addresses as the kernel. */
	return !IS_ENABLED(CONFIG_UML) && a->addr >= PAGE_SIZE &&
	       __access_ok((void __user *)a->addr, 1);
}

static enum modbounds_verdict resolve_argument(struct modbounds_domain *d,
					       const struct modbounds_access *a)
{
	enum modbounds_verdict verdict;
	struct modbounds_object o;

	if (is_no_address(d, a))
		return MODBOUNDS_PASS;
	/* NULL and a member's offset */
	if (a->addr < PAGE_SIZE || modbounds_in_sink(d, (void *)a->addr))
		return MODBOUNDS_BAD_ARGUMENT;
	/* What the module may load from it is granted, so that the next call is quick. */
	verdict = modbounds_resolve(d, a);
	if (verdict == MODBOUNDS_PASS || verdict == MODBOUNDS_BAD_TYPE)
		return verdict;
	if (modbounds_find_struct_pages(a->addr, a->addr, 1, &o))
		return MODBOUNDS_PASS;
	modbounds_find_object(a->addr, &o);
	return o.class != MODBOUNDS_NONE && !o.freed ? MODBOUNDS_PASS : MODBOUNDS_BAD_ARGUMENT;
}

static noinline bool defines(const struct module *mod, const char *function)
{
	char name[MODULE_NAME_LEN + 1 + KSYM_NAME_LEN];

	snprintf(name, sizeof(name), "%s:%s", mod->name, function);
	return module_kallsyms_lookup_name(name);
}

/*
 * Is the function that a site calls one of the module's own?  What it does with what it is
 * given is checked there; and some are given what is no address at all: btrfs keeps offsets
 * into its buffers in pointers.  Names are looked up once for each site.
 */
static bool is_own_call(struct modbounds_domain *d, const struct modbounds_site *site)
{
	struct module *mod = READ_ONCE(d->mod);
	unsigned long i;

	if (!mod || !d->own_calls)
		return false;
	i = site - mod->modbounds_sites;
	if (i >= mod->num_modbounds_sites)
		return false;
	if (!test_bit(2 * i, d->own_calls)) {
		if (defines(mod, modbounds_called(site)))
			set_bit(2 * i + 1, d->own_calls);
		/* Who sees this sees that as well. */
		smp_mb__before_atomic();
		set_bit(2 * i, d->own_calls);
	}
	return test_bit(2 * i + 1, d->own_calls);
}

/**
 * modbounds_argument - what the thunks call of an argument that they do not pass
 * @regs: the module's registers
 *
 * Context: any, as the module; interrupts as they are.  Does not return if the call is
 * refused where nothing is held: then the module is left (unwind.c).
 * Return: whether the call is refused.
 */
asmlinkage bool modbounds_argument(struct modbounds_regs *regs)
{
	struct modbounds_domain *d = modbounds_acting_domain(regs->ip);
	const struct modbounds_site *site;
	enum modbounds_verdict verdict;
	struct modbounds_access a;

	/* No allocator may be called here. */
	if (in_nmi())
		return false;
	site = modbounds_site_of(&d, regs->ip);
	if (WARN_ON_ONCE(!site))
		return false;
	modbounds_count(d, misses);
	a = modbounds_site_access(regs, site);
	/* Nothing says how much of it the function will use: no type, one byte. */
	a.type_size = 0;
	a.len = 1;
	if (a.addr != a.base)
		a.type = 0;
	verdict = resolve_argument(d, &a);
	if (verdict == MODBOUNDS_PASS || is_own_call(d, site) ||
	    modbounds_violation(d, &a, verdict))
		return false;
	if (site->flags & MODBOUNDS_LEAVE)
		modbounds_leave(d, regs);
	return true;
}

/**
 * modbounds_refuses_call - a call that the kernel would stop the machine for
 * @at: what is wrong with it, for the report
 * @verdict: MODBOUNDS_BAD_ARGUMENT; MODBOUNDS_BAD_RANGE: nothing can be written there
 * @ip: where the module called from
 *
 * Context: any, as the module.
 * Return: true unless violations of the module are only reported.
 */
bool modbounds_refuses_call(const void *at, enum modbounds_verdict verdict, unsigned long ip)
{
	struct modbounds_domain *d = modbounds_acting_domain(ip);
	struct modbounds_access a = {
		.addr = (unsigned long)at,
		.base = (unsigned long)at,
		.len = 1,
		.flags = verdict == MODBOUNDS_BAD_RANGE ? MODBOUNDS_STORE | MODBOUNDS_RANGE : 0,
		.ip = ip,
	};

	if (d == &modbounds_nobody || d->mode == MODBOUNDS_TRUSTED || in_nmi())
		return false;
	modbounds_count(d, misses);
	return !modbounds_violation(d, &a, verdict);
}
