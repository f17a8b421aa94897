// SPDX-License-Identifier: GPL-2.0
/* What happens on a violation: one report for each site, then the policy. */
#include <linux/bug.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/page_owner.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/sched/debug.h>
#include <linux/seq_buf.h>
#include <linux/smp.h>

#include <trace/events/modbounds.h>

#include "internal.h"

/* The first line of a report begins as KASAN's do: with what is wrong. */
#undef pr_fmt
#define pr_fmt(fmt) fmt
#define say(fmt, ...) pr_err("modbounds: " fmt "\n", ##__VA_ARGS__)

#define RULER "=================================================================="

static const char *const verdict_names[MODBOUNDS_VERDICTS] = {
	[MODBOUNDS_WILD]		= "wild",
	[MODBOUNDS_OUT_OF_BOUNDS]	= "out-of-bounds",
	[MODBOUNDS_USE_AFTER_FREE]	= "use-after-free",
	[MODBOUNDS_ACCESS_FORBIDDEN]	= "forbidden",
	[MODBOUNDS_BAD_RANGE]		= "bad-range",
	[MODBOUNDS_BAD_FREE]		= "bad-free",
	[MODBOUNDS_BAD_ARGUMENT]	= "bad-argument",
	[MODBOUNDS_BAD_TYPE]		= "bad-type",
	[MODBOUNDS_BAD_USER]		= "bad-user",
};

static const char *const origin_names[] = {
	[MODBOUNDS_ORIGIN_PARAM]	= "a parameter",
	[MODBOUNDS_ORIGIN_CALL]		= "returned by a call",
	[MODBOUNDS_ORIGIN_LOADED]	= "read from memory",
	[MODBOUNDS_ORIGIN_OBJECT]	= "address of a declared object",
	[MODBOUNDS_ORIGIN_INT]		= "made from integers",
};

static const char *const policy_effects[MODBOUNDS_POLICIES] = {
	[MODBOUNDS_REPORT] = "the access happens",
	[MODBOUNDS_CONTAIN] = "memory is not changed, the module is quarantined once it returns",
	[MODBOUNDS_RESTART] = "memory is not changed, the module is quarantined and restarted",
	[MODBOUNDS_REBOOT] = "memory is not changed, the machine reboots in order",
	[MODBOUNDS_PANIC] = "panic",
};

static const char *access_name(const struct modbounds_access *a, enum modbounds_verdict verdict)
{
	if (verdict == MODBOUNDS_BAD_FREE)
		return "free";
	if (verdict == MODBOUNDS_BAD_ARGUMENT)
		return "call";
	if (a->flags & MODBOUNDS_ESCAPE)
		return "pointer";
	return a->flags & MODBOUNDS_STORE ? "store" : "load";
}

/* What lies at an address, and what the kernel has recorded of who allocated and freed it. */
static void describe_object(const char *what, unsigned long addr)
{
	struct modbounds_object o;
	DECLARE_SEQ_BUF(line, 256);

	modbounds_find_object(addr, &o);
	seq_buf_printf(&line, "%s 0x%lx: %s%s", what, addr, o.freed ? "freed " : "",
		       modbounds_class_names[o.class]);
	if (o.start != o.end)
		seq_buf_printf(&line, " of %lu bytes [0x%lx, 0x%lx), offset %lu", o.end - o.start,
			       o.start, o.end, addr - o.start);
	if (o.class == MODBOUNDS_STATIC)
		seq_buf_printf(&line, " %pS", (void *)addr);
	say("%s", seq_buf_str(&line));
	switch (o.class) {
	case MODBOUNDS_SLAB:
	case MODBOUNDS_VMALLOC:
		pr_err("modbounds: it is");
		mem_dump_obj((void *)addr);
		break;
	case MODBOUNDS_PAGES:
		dump_page_owner(virt_to_page((void *)o.start));
		break;
	default:
		break;
	}
}

/* As the module had them; calls that are checked on its behalf have none to show. */
static void show_registers(const struct modbounds_access *a)
{
	const unsigned long *r;

	if (!a->regs)
		return;
	r = a->regs->reg;
	say("RIP: %016lx RSP: %016lx RBP: %016lx", a->ip, a->sp, r[MODBOUNDS_RBP]);
	say("RAX: %016lx RBX: %016lx RCX: %016lx", r[MODBOUNDS_RAX], r[MODBOUNDS_RBX],
	    r[MODBOUNDS_RCX]);
	say("RDX: %016lx RSI: %016lx RDI: %016lx", r[MODBOUNDS_RDX], r[MODBOUNDS_RSI],
	    r[MODBOUNDS_RDI]);
	say("R08: %016lx R09: %016lx R10: %016lx", r[8], r[9], r[10]);
	say("R11: %016lx R12: %016lx R13: %016lx", r[11], r[12], r[13]);
	say("R14: %016lx R15: %016lx", r[14], r[15]);
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

/* The kernel function that is called with what is wrong, or NULL. */
static const char *called_function(const struct modbounds_access *a)
{
	if (!a->site || !(a->flags & MODBOUNDS_ARGUMENT))
		return NULL;
	return modbounds_called(a->site);
}

static void report(struct modbounds_domain *d, const struct modbounds_access *a,
		   enum modbounds_verdict verdict)
{
	enum modbounds_policy policy = READ_ONCE(d->policy);
	const char *kind = access_name(a, verdict), *by = called_function(a);
	char function[KSYM_SYMBOL_LEN];
	DECLARE_SEQ_BUF(line, 128);
	unsigned long flags;

	/* One report at a time; but a console driver's own may come in between. */
	printk_cpu_sync_get_irqsave(flags);
	function_name(function, sizeof(function), a->ip);
	pr_err(RULER "\n");
	pr_err("BUG: modbounds: %s %s in %s\n", verdict_names[verdict], kind, function);
	if (a->site)
		say("at %s:%u, %pS", (const char *)&a->site->file + a->site->file,
		    a->site->line, (void *)a->ip);
	else
		say("at a call, %pS", (void *)a->ip);
	if (verdict == MODBOUNDS_BAD_ARGUMENT && by)
		seq_buf_printf(&line, " of %s with", by);
	else if (a->flags & MODBOUNDS_ESCAPE)
		seq_buf_puts(&line, " passed on, stored or returned:");
	else if (verdict != MODBOUNDS_BAD_FREE)
		seq_buf_printf(&line, " of %lu byte%s%s%s at", a->len, a->len == 1 ? "" : "s",
			       by ? " by " : "", by ?: "");
	say("module %s: %s%s 0x%lx by task %s/%d on CPU %d", d->name, kind, seq_buf_str(&line),
	    a->addr, current->comm, task_pid_nr(current), raw_smp_processor_id());
	if (verdict != MODBOUNDS_BAD_FREE)
		say("base pointer 0x%lx, %s", a->base,
		    a->origin < ARRAY_SIZE(origin_names) ? origin_names[a->origin] : "?");
	if (verdict == MODBOUNDS_BAD_USER)
		say("it is an address of the kernel's: one of a user's was meant");
	describe_object("address", a->addr);
	if (a->base != a->addr)
		describe_object("base", a->base);
	say("policy %s: %s", modbounds_policy_names[policy], policy_effects[policy]);
	show_registers(a);
	dump_stack();
	pr_err(RULER "\n");
	printk_cpu_sync_put_irqrestore(flags);
}

/*
 * One report for each site.  Of calls, which have no site, the return address
 * tells; as many of them as there is room for.
 */
static bool first_report(struct modbounds_domain *d, const struct modbounds_access *a)
{
	struct module *mod = READ_ONCE(d->mod);
	unsigned long i;

	if (mod && a->site) {
		i = ((unsigned long)a->site - (unsigned long)mod->modbounds_sites) /
		    sizeof(*a->site);
		if (i < mod->num_modbounds_sites)
			return !test_and_set_bit(i, d->reported);
	}
	for (i = 0; i < ARRAY_SIZE(d->reported_calls); i++) {
		unsigned long known = cmpxchg(&d->reported_calls[i], 0, a->ip);

		if (known == a->ip)
			return false;
		if (!known)
			return true;
	}
	return false;
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
	atomic_long_inc(&d->violations);
	trace_violation(d->name, verdict_names[verdict],
			access_name(a, verdict), a->addr, a->len, a->ip);
	if (first_report(d, a))
		report(d, a, verdict);
	else
		modbounds_count(d, suppressed);

	switch (READ_ONCE(d->policy)) {
	case MODBOUNDS_REPORT:
		return true;
	case MODBOUNDS_PANIC:
		panic("modbounds: %s access by module %s", verdict_names[verdict], d->name);
	default:
		break;
	}
	modbounds_blame(d, verdict_names[verdict], access_name(a, verdict), a->ip);
	modbounds_quarantine(d);
	modbounds_contain(d, a);
	return false;
}
