// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's side of the measurement: calls the measured module, allocates
 * and frees, and says how many time stamp ticks each of it took.  Under
 * QEMU's -icount shift=0 a tick is an instruction, to the last one.
 */
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <asm/msr.h>

#include "microbench.h"

#define ROUNDS	1000
#define SLOTS	MICROBENCH_SLOTS

/* As large as what a network driver is handed most: struct sk_buff. */
#define SIZE	256

static struct kmem_cache *cache;

/* Ticks that a statement takes, nothing coming in between; with those of the clock itself. */
#define TICKS(statement) ({			\
	unsigned long __flags, __start, __end;	\
						\
	local_irq_save(__flags);		\
	__start = rdtsc_ordered();		\
	statement;				\
	__end = rdtsc_ordered();		\
	local_irq_restore(__flags);		\
	__end - __start; })

static void say(const char *what, unsigned long ticks, unsigned long operations)
{
	pr_info("microbench: %s %lu %lu\n", what, ticks, operations);
}

/* A machine without room for eight objects and a page may as well oops. */
static void alloc_slots(void **slots)
{
	int i;

	for (i = 0; i < SLOTS; i++)
		slots[i] = kmem_cache_alloc(cache, GFP_ATOMIC);
}

static void free_slots(void **slots)
{
	int i;

	for (i = 0; i < SLOTS; i++)
		kmem_cache_free(cache, slots[i]);
}

/* The allocators' own paths: whoever is loaded, this is not done for them. */
static void measure_allocators(void)
{
	unsigned long alloc = 0, free = 0, get = 0, put = 0;
	struct page *page;
	void *slots[SLOTS];
	int i;

	for (i = 0; i < ROUNDS; i++) {
		alloc += TICKS(alloc_slots(slots));
		free += TICKS(free_slots(slots));
		get += TICKS(page = alloc_page(GFP_ATOMIC));
		put += TICKS(__free_page(page));
	}
	say("slab-alloc", alloc, ROUNDS * SLOTS);
	say("slab-free", free, ROUNDS * SLOTS);
	say("page-alloc", get, ROUNDS);
	say("page-free", put, ROUNDS);
}

static void call_often(void (*fn)(void))
{
	int i;

	for (i = 0; i < ROUNDS; i++)
		fn();
}

/**
 * microbench_run - measure a module
 * @d: what it can do
 *
 * Context: process.
 */
void microbench_run(const struct microbench_driver *d)
{
	unsigned long first = 0, again = 0, release = 0;
	void **slots = (void **)d->slots;
	int i;

	/* First, for in the end the slab's pages hold objects that a module was handed. */
	measure_allocators();
	say("gate", TICKS(call_often(d->nothing)), ROUNDS);
	say("load-own", TICKS(d->load(true, 2 * ROUNDS)) - TICKS(d->load(true, ROUNDS)), ROUNDS);
	alloc_slots(slots);
	d->load(false, 1);
	say("load-granted", TICKS(d->load(false, 2 * ROUNDS)) - TICKS(d->load(false, ROUNDS)),
	    ROUNDS);
	free_slots(slots);
	for (i = 0; i < ROUNDS; i++) {
		alloc_slots(slots);
		first += TICKS(d->touch());
		again += TICKS(d->touch());
		release += TICKS(free_slots(slots));
	}
	say("touch-first", first, ROUNDS * SLOTS);
	say("touch-again", again, ROUNDS * SLOTS);
	say("touched-free", release, ROUNDS * SLOTS);
}
EXPORT_SYMBOL_GPL(microbench_run);

static int __init microbench_kernel_init(void)
{
	void *slots[SLOTS];

	/* Of one slab, so that the fast paths are what is measured. */
	cache = kmem_cache_create("microbench", SIZE, SIZE, SLAB_NO_MERGE, NULL);
	if (!cache)
		return -ENOMEM;
	alloc_slots(slots);
	free_slots(slots);
	measure_allocators();
	return 0;
}
module_init(microbench_kernel_init);

static void __exit microbench_kernel_exit(void)
{
	kmem_cache_destroy(cache);
}
module_exit(microbench_kernel_exit);

MODULE_DESCRIPTION("modbounds: the kernel's side of the microbenchmark");
MODULE_LICENSE("GPL");
