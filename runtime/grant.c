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

/**
 * modbounds_forget_marks - begin anew, after a time in which nobody was told of objects
 *
 * What was freed when the last module went may be in use again.
 *
 * Context: may sleep; modbounds_active is off, and nobody else turns it on.
 */
void modbounds_forget_marks(void)
{
	modbounds_map_wipe(modbounds_marks);
	memset(modbounds_marked_pages, 0, BITS_TO_LONGS(max_pfn + 1) * sizeof(long));
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

static __always_inline void granted(struct modbounds_domain *d, unsigned long start,
				    unsigned long end, bool write)
{
	modbounds_count(d, grants);
	trace_grant(d->name, start, end, write);
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
			       write ? MODBOUNDS_BOTH : MODBOUNDS_READ))
		return false;
	granted(d, start, end, write);
	return true;
}

/**
 * modbounds_grant_again - grant a slab object where others were granted before
 * @d: the domain
 * @start: the object's first byte, in a page that has marks
 * @end: behind its last byte
 *
 * What modbounds_grant() does, in few steps: packets come and go quickly, and
 * mostly where others were.
 *
 * Context: any but NMI.
 * Return: false if the object was freed since it was granted, is granted
 * already, or tables would have to be made: look closer.
 */
bool modbounds_grant_again(struct modbounds_domain *d, unsigned long start, unsigned long end)
{
	struct modbounds_leaf *marks = modbounds_find_leaf(modbounds_marks, start);
	struct modbounds_leaf *leaf = modbounds_find_leaf(d->map, start);
	unsigned int first = modbounds_bit(start);

	if (marks == &modbounds_empty_leaf || leaf == &modbounds_empty_leaf ||
	    test_bit(first, modbounds_plane(marks, FREED)) || test_bit(first, leaf->read) ||
	    !modbounds_one_leaf(start, end))
		return false;
	set_bit(first, modbounds_plane(marks, GRANTED));
	modbounds_change_bits(leaf, first, modbounds_bit(end - 1), MODBOUNDS_BOTH, true);
	granted(d, start, end, true);
	return true;
}

static __always_inline void revoked(struct modbounds_domain *d, unsigned long start,
				    unsigned long end)
{
	modbounds_count(d, revokes);
	trace_revoke(d->name, start, end, true);
}

static void revoke(unsigned long start, unsigned long end)
{
	struct modbounds_domain *d;

	rcu_read_lock();
	list_for_each_entry_rcu(d, &modbounds_domains, list) {
		if (!modbounds_map_any(d->map, start, end, MODBOUNDS_READ))
			continue;
		modbounds_map_clear(d->map, start, end, MODBOUNDS_BOTH);
		revoked(d, start, end);
	}
	rcu_read_unlock();
}

/* Out of line: the loop below mostly finds one domain, and sets up nothing for more. */
static noinline void revoke_one(struct modbounds_domain *d, struct modbounds_leaf *leaf,
				unsigned long start, unsigned long end)
{
	modbounds_change_bits(leaf, modbounds_bit(start), modbounds_bit(end - 1),
			      MODBOUNDS_BOTH, false);
	revoked(d, start, end);
}

/* As revoke(), for what lies in one leaf and was granted whole: the first bit tells. */
static __always_inline void revoke_whole(unsigned long start, unsigned long end)
{
	struct modbounds_domain *d;

	rcu_read_lock();
	list_for_each_entry_rcu(d, &modbounds_domains, list) {
		struct modbounds_leaf *leaf = modbounds_find_leaf(d->map, start);

		if (test_bit(modbounds_bit(start), leaf->read))
			revoke_one(d, leaf, start, end);
	}
	rcu_read_unlock();
}

/* See modbounds_object_freed(): there are marks in its page.  Context: any but NMI. */
void __modbounds_object_freed(const void *p, size_t size)
{
	unsigned long start = (unsigned long)p, end = start + size;
	struct modbounds_leaf *marks = modbounds_find_leaf(modbounds_marks, start);
	unsigned int bit = modbounds_bit(start);

	if (!test_bit(bit, modbounds_plane(marks, GRANTED)))
		return;
	clear_bit(bit, modbounds_plane(marks, GRANTED));
	set_bit(bit, modbounds_plane(marks, FREED));
	if (likely(modbounds_one_leaf(start, end)))
		revoke_whole(start, end);
	else
		revoke(start, end);
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
		revoke(start, start + PAGE_SIZE);
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
		revoke(start, start + size);
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
	revoke(start, start + PAGE_SIZE);
}
