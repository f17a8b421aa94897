// SPDX-License-Identifier: GPL-2.0
/* What happens on a violation: one report for each site, then the policy. */
#include <linux/bug.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/panic.h>
#include <linux/sched/debug.h>
#include <linux/smp.h>

#include <trace/events/modbounds.h>

#include "internal.h"

/* A module that goes round and round in the sink never leaves by itself. */
#define STUCK_AFTER	1000000

static const char *const verdict_names[MODBOUNDS_VERDICTS] = {
	[MODBOUNDS_WILD]		= "wild",
	[MODBOUNDS_OUT_OF_BOUNDS]	= "out-of-bounds",
	[MODBOUNDS_USE_AFTER_FREE]	= "use-after-free",
	[MODBOUNDS_ACCESS_FORBIDDEN]	= "forbidden",
	[MODBOUNDS_BAD_RANGE]		= "bad-range",
	[MODBOUNDS_BAD_FREE]		= "bad-free",
};

static const char *const origin_names[] = {
	[MODBOUNDS_ORIGIN_PARAM]	= "a parameter",
	[MODBOUNDS_ORIGIN_CALL]		= "returned by a call",
	[MODBOUNDS_ORIGIN_LOADED]	= "read from memory",
	[MODBOUNDS_ORIGIN_OBJECT]	= "address of a declared object",
	[MODBOUNDS_ORIGIN_INT]		= "made from integers",
};

static const char *access_name(const struct modbounds_access *a, enum modbounds_verdict verdict)
{
	if (verdict == MODBOUNDS_BAD_FREE)
		return "free";
	if (a->flags & MODBOUNDS_ESCAPE)
		return "pointer";
	return a->flags & MODBOUNDS_STORE ? "store" : "load";
}

static void describe_object(const char *what, unsigned long addr)
{
	struct modbounds_object o;

	modbounds_find_object(addr, &o);
	pr_err("%s 0x%lx: %s%s", what, addr, o.freed ? "freed " : "",
	       modbounds_class_names[o.class]);
	if (o.start != o.end)
		pr_cont(" of %lu bytes [0x%lx, 0x%lx), offset %lu", o.end - o.start,
			o.start, o.end, addr - o.start);
	if (o.class == MODBOUNDS_STATIC)
		pr_cont(" %pS", (void *)addr);
	if (o.class == MODBOUNDS_SLAB)
		mem_dump_obj((void *)addr);
	else
		pr_cont("\n");
}

/*
 * The function as its author knows it: the check's failing side, and the body
 * behind a gate, carry suffixes (.cold, .body.0, ...).
 */
static void function_name(char *name, size_t size, unsigned long ip)
{
	char *dot, *module;

	snprintf(name, size, "%ps", (void *)ip);
	dot = strchr(name, '.');
	module = strchr(name, ' ');
	if (!dot)
		return;
	if (module)
		memmove(dot, module, strlen(module) + 1);
	else
		*dot = '\0';
}

static void report(struct modbounds_domain *d, const struct modbounds_access *a,
		   enum modbounds_verdict verdict)
{
	const char *kind = access_name(a, verdict);
	char function[KSYM_SYMBOL_LEN];

	function_name(function, sizeof(function), a->ip);
	printk(KERN_ERR "==================================================================\n");
	printk(KERN_ERR "BUG: modbounds: %s %s in %s\n", verdict_names[verdict], kind, function);
	if (a->site)
		pr_err("at %s:%u, %pS\n", (const char *)&a->site->file + a->site->file,
		       a->site->line, (void *)a->ip);
	pr_err("module %s: %s ", d->name, kind);
	if (a->flags & MODBOUNDS_ESCAPE)
		pr_cont("passed on, stored or returned: ");
	else
		pr_cont("of ");
	if (verdict != MODBOUNDS_BAD_FREE && !(a->flags & MODBOUNDS_ESCAPE))
		pr_cont("%lu byte%s at ", a->len, a->len == 1 ? "" : "s");
	pr_cont("0x%lx by task %s/%d on CPU %d\n", a->addr, current->comm,
		task_pid_nr(current), raw_smp_processor_id());
	if (verdict != MODBOUNDS_BAD_FREE)
		pr_err("base pointer 0x%lx, %s\n", a->base,
		       a->origin < ARRAY_SIZE(origin_names) ? origin_names[a->origin] : "?");
	describe_object("address", a->addr);
	if (a->base != a->addr)
		describe_object("base", a->base);
	pr_err("policy %s: %s\n", modbounds_policy_names[d->policy],
	       d->policy == MODBOUNDS_REPORT ? "the access happens" :
	       d->policy == MODBOUNDS_CONTAIN ? "memory is not changed, the module is quarantined once it returns" :
						"panic");
	dump_stack();
	printk(KERN_ERR "==================================================================\n");
}

/* One report for each site; for calls, which have none, as printk() allows. */
static bool first_at_site(struct modbounds_domain *d, const struct modbounds_site *site)
{
	struct module *mod = READ_ONCE(d->mod);
	unsigned long i;

	if (!mod || !d->reported || !site)
		return printk_ratelimit();
	i = ((unsigned long)site - (unsigned long)mod->modbounds_sites) / sizeof(*site);
	return i >= mod->num_modbounds_sites ? printk_ratelimit() :
					       !test_and_set_bit(i, d->reported);
}

/**
 * modbounds_violation - report an access that is not allowed, apply the policy
 * @d: the domain
 * @a: the access
 * @verdict: what is wrong with it
 *
 * Context: any but NMI.
 * Return: whether the access is to happen all the same.
 */
bool modbounds_violation(struct modbounds_domain *d, const struct modbounds_access *a,
			 enum modbounds_verdict verdict)
{
	long count = atomic_long_inc_return(&d->violations);

	trace_violation(d->name, verdict_names[verdict],
			access_name(a, verdict), a->addr, a->len, a->ip);
	if (first_at_site(d, a->site))
		report(d, a, verdict);

	switch (READ_ONCE(d->policy)) {
	case MODBOUNDS_REPORT:
		return true;
	case MODBOUNDS_PANIC:
		panic("modbounds: %s access by module %s", verdict_names[verdict], d->name);
	default:
		break;
	}
	if (READ_ONCE(d->state) == MODBOUNDS_RUNNING)
		modbounds_set_state(d, MODBOUNDS_QUARANTINED);
	if (count > STUCK_AFTER)
		panic("modbounds: module %s is stuck in a loop of violations", d->name);
	if (a->len > MODBOUNDS_SINK_SIZE && a->site)
		panic("modbounds: %s: cannot contain an access of %lu bytes", d->name, a->len);
	memset(d->sink, 0, MODBOUNDS_SINK_SIZE);
	return false;
}
