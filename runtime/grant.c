// SPDX-License-Identifier: GPL-2.0
/*
 * Grants: made by the resolver, ended when the object is freed.
 *
 * Beside the maps of the domains there is one map of marks, so that a free of
 * memory that no module was ever handed (nearly all of them) costs one look:
 *
 *	plane WRITE	an object was granted that begins here; page by page
 *			where it is longer than a page
 *	plane READ	that object has been freed since, and not allocated again
 */
#include <linux/mm.h>
#include <linux/rculist.h>

#include "internal.h"

struct modbounds_map *modbounds_marks;

#define GRANTED	MODBOUNDS_WRITE
#define FREED	MODBOUNDS_READ

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
	unsigned long mark;

	for (mark = start; mark < end; mark = ALIGN_DOWN(mark, PAGE_SIZE) + PAGE_SIZE)
		if (!modbounds_map_set(modbounds_marks, mark, mark + 1, GRANTED))
			return false;
	if (!modbounds_map_set(d->map, start, end, MODBOUNDS_READ))
		return false;
	if (write && !modbounds_map_set(d->map, start, end, MODBOUNDS_WRITE))
		return false;
	modbounds_count(d, grants);
	return true;
}

static void revoke(unsigned long start, unsigned long end)
{
	struct modbounds_domain *d;

	modbounds_map_clear(modbounds_marks, start, end, GRANTED);
	modbounds_map_set(modbounds_marks, start, start + 1, FREED);
	rcu_read_lock();
	list_for_each_entry_rcu(d, &modbounds_domains, list) {
		if (!modbounds_map_any(d->map, start, end, MODBOUNDS_READ))
			continue;
		modbounds_map_clear(d->map, start, end, MODBOUNDS_WRITE);
		modbounds_map_clear(d->map, start, end, MODBOUNDS_READ);
		modbounds_count(d, revokes);
	}
	rcu_read_unlock();
}

/* See modbounds_object_freed().  Context: any but NMI. */
void __modbounds_object_freed(const void *p, size_t size)
{
	unsigned long start = (unsigned long)p;

	if (modbounds_map_any(modbounds_marks, start, start + 1, GRANTED))
		revoke(start, start + size);
}

/* See modbounds_object_allocated().  Context: any but NMI. */
void __modbounds_object_allocated(const void *p)
{
	unsigned long start = (unsigned long)p;

	if (p && modbounds_map_any(modbounds_marks, start, start + 1, FREED))
		modbounds_map_clear(modbounds_marks, start, start + 1, FREED);
}

/* See modbounds_range_freed().  Context: any but NMI. */
void __modbounds_range_freed(const void *p, size_t size)
{
	unsigned long start = (unsigned long)p, end = start + size;

	for (; start < end; start += PAGE_SIZE)
		if (modbounds_map_any(modbounds_marks, start, start + PAGE_SIZE, GRANTED))
			revoke(start, start + PAGE_SIZE);
}

/* See modbounds_percpu_freed().  Context: any but NMI. */
void __modbounds_percpu_freed(void __percpu *p, size_t size)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		unsigned long start = (unsigned long)per_cpu_ptr(p, cpu);

		if (modbounds_map_any(modbounds_marks, start, start + size, GRANTED))
			revoke(start, start + size);
	}
}

/* See modbounds_pages_allocated(): what was freed here before is forgotten.  Context: any. */
void __modbounds_pages_allocated(struct page *page, unsigned int order)
{
	unsigned long start;

	if (!page || !page_address(page))
		return;
	start = (unsigned long)page_address(page);
	if (modbounds_map_any(modbounds_marks, start, start + (PAGE_SIZE << order), FREED))
		modbounds_map_clear(modbounds_marks, start, start + (PAGE_SIZE << order), FREED);
}
