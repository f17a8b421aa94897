// SPDX-License-Identifier: GPL-2.0
/*
 * Where a contained access goes: the sink, which reads as zeros and forgets what is
 * written to it.  And what becomes of those for whom that is no way out.
 */
#include <linux/bits.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/page_ref.h>
#include <linux/panic.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/string.h>

#include "internal.h"

#define SINK_ORDER	get_order(2 * MODBOUNDS_SINK_SIZE)
#define SINK_PAGES	(2 * MODBOUNDS_SINK_SIZE / PAGE_SIZE)

/* A module that goes round and round in the sink never leaves by itself. */
#define STUCK_AFTER	100000

/*
 * What a module does with a pointer to the sink is not always an access: put_page()
 * of one of its pages must not be the last.
 */
#define SINK_REFERENCES	BIT(20)

/**
 * modbounds_sink_create - make the sink of a domain
 * @d: the domain
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int modbounds_sink_create(struct modbounds_domain *d)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_ZERO, SINK_ORDER);
	unsigned int i;

	if (!page)
		return -ENOMEM;
	split_page(page, SINK_ORDER);
	for (i = 0; i < SINK_PAGES; i++)
		page_ref_add(page + i, SINK_REFERENCES);
	d->sink = page_address(page) + MODBOUNDS_SINK_SIZE;
	return 0;
}

/**
 * modbounds_sink_destroy - nobody uses the sink any more
 * @d: its domain
 *
 * Context: any.
 */
void modbounds_sink_destroy(struct modbounds_domain *d)
{
	unsigned int i;

	if (!d->sink)
		return;
	for (i = 0; i < SINK_PAGES; i++) {
		struct page *page = virt_to_page(d->sink - MODBOUNDS_SINK_SIZE + i * PAGE_SIZE);

		set_page_count(page, 1);
		__free_page(page);
	}
	d->sink = NULL;
}

/*
 * The task ends as one does whose kernel code oopses, whatever it holds; an interrupt
 * cannot end alone.  No more than that: the module's memory is intact.
 */
static void __noreturn end_task(struct modbounds_domain *d, const char *why)
{
	if (in_interrupt())
		panic("modbounds: module %s, in an interrupt: %s", d->name, why);
	pr_emerg("%s: %s; task %s/%d ends\n", d->name, why, current->comm, task_pid_nr(current));
	/* It leaves the module, but by no gate. */
	preempt_disable();
	this_cpu_write(modbounds_running.domain, &modbounds_nobody);
	this_cpu_write(modbounds_running.limit, 0);
	preempt_enable();
	make_task_dead(SIGKILL);
}

/* How often in one activation?  That has its limit on the stack for itself. */
static bool is_stuck(void)
{
	struct modbounds_task *t = &current->modbounds;
	unsigned long limit = modbounds_running_limit();

	if (t->stuck_in != limit) {
		t->stuck_in = limit;
		t->stuck = 0;
	}
	return ++t->stuck > STUCK_AFTER;
}

/**
 * modbounds_has_violated - may what the running activation has loaded be of the sink?
 * @d: the running domain
 *
 * One that runs later at the same place of the stack looks the same, but not once the
 * domain has been restarted.
 *
 * Context: any.
 */
bool modbounds_has_violated(const struct modbounds_domain *d)
{
	return READ_ONCE(d->state) != MODBOUNDS_RUNNING &&
	       current->modbounds.stuck_in == modbounds_running_limit();
}

/**
 * modbounds_contain - an access is about to go to the sink
 * @d: the domain
 * @a: the access
 *
 * Does not return where the task cannot go on: it goes round in circles, or an
 * instruction wants more than the sink has.
 *
 * Context: any but NMI.
 */
void modbounds_contain(struct modbounds_domain *d, const struct modbounds_access *a)
{
	if (is_stuck())
		end_task(d, "it goes round in circles");
	if (a->site && a->site->len > MODBOUNDS_SINK_SIZE)
		end_task(d, "an access is too long to contain");
	memset(d->sink - MODBOUNDS_SINK_SIZE, 0, 2 * MODBOUNDS_SINK_SIZE);
}

/*
 * The top of the address space belongs to nobody, on all processors: who goes there takes
 * a fault.
 */
#define NOWHERE	((void *)-SZ_2M)

/**
 * modbounds_contain_range - where an instruction that walks memory goes, once refused
 * @d: the domain
 * @len: bytes that it walks
 * @user: the instruction may fault, as copies from and to users do
 *
 * Context: any but NMI.
 * Return: where it does no harm.
 */
void *modbounds_contain_range(struct modbounds_domain *d, unsigned long len, bool user)
{
	if (len <= MODBOUNDS_SINK_SIZE)
		return d->sink;
	if (!user)
		end_task(d, "an instruction walks too far to contain");
	return NOWHERE;
}
