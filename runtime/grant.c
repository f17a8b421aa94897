// SPDX-License-Identifier: GPL-2.0
/*
 * Grants: made by the resolver, ended when the object is freed.
 *
 * Beside the maps of the domains there is one map of marks:
 *
 *	plane WRITE	an object was granted that begins here; page by page
 *			where it is longer than a page
 *	plane READ	that object has been freed since, and not allocated again
 *
 * and one bit for each page of memory that says whether it has any marks, so
 * that allocating and freeing what no module was ever handed (nearly
 * everything) costs a look at that bit.
 */
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/rculist.h>

#include <trace/events/modbounds.h>

#include "internal.h"

struct modbounds_map *modbounds_marks;
unsigned long *modbounds_marked_pages;

#define GRANTED	MODBOUNDS_WRITE
#define FREED	MODBOUNDS_READ

int __init modbounds_grant_init(void)
{
	modbounds_marks = modbounds_map_create();
	modbounds_marked_pages = kvcalloc(BITS_TO_LONGS(max_pfn + 1), sizeof(long), GFP_KERNEL);
	return modbounds_marks && modbounds_marked_pages ? 0 : -ENOMEM;
}

static bool mark_object(unsigned long start, unsigned long end)
{
	unsigned long mark;

	for (mark = start; mark < end; mark = ALIGN_DOWN(mark, PAGE_SIZE) + PAGE_SIZE) {
		if (!modbounds_map_set_bit(modbounds_marks, mark, GRANTED))
			return false;
		if (modbounds_is_linear(mark) && !modbounds_page_marked((void *)mark))
			set_bit(PFN_DOWN(mark - PAGE_OFFSET), modbounds_marked_pages);
	}
	return true;
}

/**
 * modbounds_grant - remember that a domain may touch an object
 * @d: the domain
 * @start: the object's first byte
 * @end: behind its last byte
 * @write: it may be stored to as well
 *
 * The mark is set first: a free that comes in between finds it.
 *
 * Context: any but NMI.
 * Return: false if there was no memory to remember it: ask again next time.
 */
bool modbounds_grant(struct modbounds_domain *d, unsigned long start,
		     unsigned long end, bool write)
{
	if (!mark_object(start, end) ||
	    !modbounds_map_set(d->map, start, end,
			       write ? MODBOUNDS_READ | MODBOUNDS_WRITE : MODBOUNDS_READ))
		return false;
	modbounds_count(d, grants);
	trace_grant(d->name, start, end, write);
	return true;
}

/* @whole: granted whole or not at all, so that the first bit tells. */
static __always_inline void revoke(unsigned long start, unsigned long end, bool whole)
{
	struct modbounds_domain *d;

	rcu_read_lock();
	list_for_each_entry_rcu(d, &modbounds_domains, list) {
		if (!modbounds_map_test(d->map, start, MODBOUNDS_READ) &&
		    (whole || !modbounds_map_any(d->map, start, end, MODBOUNDS_READ)))
			continue;
		modbounds_map_clear(d->map, start, end, MODBOUNDS_READ | MODBOUNDS_WRITE);
		modbounds_count(d, revokes);
		trace_revoke(d->name, start, end, true);
	}
	rcu_read_unlock();
}

/* See modbounds_object_freed(): there are marks in its page.  Context: any but NMI. */
void __modbounds_object_freed(const void *p, size_t size)
{
	unsigned long start = (unsigned long)p;

	if (!modbounds_map_test_and_clear(modbounds_marks, start, GRANTED))
		return;
	modbounds_map_set_bit(modbounds_marks, start, FREED);
	revoke(start, start + size, size <= MODBOUNDS_LEAF_SIZE);
}

/* See modbounds_object_allocated(): there are marks in its page.  Context: any but NMI. */
void __modbounds_object_allocated(const void *p)
{
	modbounds_map_test_and_clear(modbounds_marks, (unsigned long)p, FREED);
}

/* See modbounds_range_freed().  Context: any but NMI. */
void __modbounds_range_freed(const void *p, size_t size)
{
	unsigned long start = (unsigned long)p, end = start + size;

	for (; start < end; start += PAGE_SIZE) {
		if (!modbounds_map_any(modbounds_marks, start, start + PAGE_SIZE, GRANTED))
			continue;
		modbounds_map_clear(modbounds_marks, start, start + PAGE_SIZE, GRANTED);
		revoke(start, start + PAGE_SIZE, false);
	}
}

/* See modbounds_percpu_freed().  Context: any but NMI. */
void __modbounds_percpu_freed(void __percpu *p, size_t size)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		unsigned long start = (unsigned long)per_cpu_ptr(p, cpu);

		if (!modbounds_map_any(modbounds_marks, start, start + size, GRANTED))
			continue;
		modbounds_map_clear(modbounds_marks, start, start + size, GRANTED);
		revoke(start, start + size, false);
	}
}

/**
 * modbounds_forget_page - a page is freed: end grants to all that lies in it
 * @pfn: its number
 * @start: its address
 *
 * It begins its next life without marks; that it is free is known to the page
 * allocator.
 *
 * Context: any but NMI.
 */
void modbounds_forget_page(unsigned long pfn, unsigned long start)
{
	clear_bit(pfn, modbounds_marked_pages);
	modbounds_map_clear(modbounds_marks, start, start + PAGE_SIZE, GRANTED | FREED);
	revoke(start, start + PAGE_SIZE, false);
}
