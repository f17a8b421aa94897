// SPDX-License-Identifier: GPL-2.0
/*
 * Grants: made by the resolver, ended when the object is freed.
 *
 * Beside the maps of the domains there is, for each page of memory, the number of the
 * domain that something in it was granted to: so that allocating and freeing what
 * no module was ever handed (nearly everything) costs a look at that, and what one
 * was does not need to ask the others.  And there is one map of marks:
 *
 *	plane WRITE	an object outside of the linear mapping was granted that
 *			begins here; page by page where it is longer than a page
 *	plane READ	a slab object that begins here has been freed since something of
 *			its page was granted, and not allocated again
 */
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/rculist.h>

#include <trace/events/modbounds.h>

#include "internal.h"
#include "slab.h"

struct modbounds_map modbounds_marks;
u8 *modbounds_grantees;

#define GRANTED	MODBOUNDS_WRITE
#define FREED	MODBOUNDS_READ

int __init modbounds_grant_init(void)
{
	modbounds_grantees = modbounds_table_alloc(max_pfn + 1);
	return modbounds_grantees ? modbounds_map_init(&modbounds_marks) : -ENOMEM;
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
	modbounds_map_wipe(&modbounds_marks);
	memset(modbounds_grantees, 0, max_pfn + 1);
}

/**
 * modbounds_mark_page - from here on frees in a page are looked at
 * @addr: an address in the page, of the linear mapping
 * @number: the domain's that may have grants there; MODBOUNDS_MANY: any may
 *
 * Context: any.
 */
void modbounds_mark_page(unsigned long addr, u8 number)
{
	u8 *grantee = &modbounds_grantees[PFN_DOWN(addr - PAGE_OFFSET)];
	u8 old = READ_ONCE(*grantee);

	while (old != number && old != MODBOUNDS_MANY) {
		u8 seen = cmpxchg(grantee, old, old ? MODBOUNDS_MANY : number);

		if (seen == old)
			break;
		old = seen;
	}
}

static bool mark_object(struct modbounds_domain *d, unsigned long start, unsigned long end)
{
	unsigned long mark;

	for (mark = start; mark < end; mark = ALIGN_DOWN(mark, PAGE_SIZE) + PAGE_SIZE) {
		if (!modbounds_is_linear(mark)) {
			if (!modbounds_map_set_bit(&modbounds_marks, mark, GRANTED))
				return false;
			continue;
		}
		/* Who frees it must find a table for its mark. */
		if (!modbounds_map_reserve(&modbounds_marks, mark))
			return false;
		modbounds_mark_page(mark, d->number);
	}
	return true;
}

/**
 * modbounds_expect_free - before a slab object is looked up: who frees it from here on says so
 * @d: the domain that may be granted it
 * @addr: an address in it
 *
 * Only frees in pages where something was granted leave a mark.
 *
 * Context: any but NMI.
 */
void modbounds_expect_free(struct modbounds_domain *d, unsigned long addr)
{
	unsigned long pfn = PFN_DOWN(addr - PAGE_OFFSET);

	if (modbounds_is_linear(addr) && pfn_valid(pfn) &&
	    folio_test_slab(page_folio(pfn_to_page(pfn))))
		mark_object(d, addr, addr + 1);
}

/**
 * modbounds_expect_frees - who frees slab objects in pages of an arena from here on says so
 * @d: the domain whose arena it is
 * @start: the first page
 * @size: bytes, whole pages
 *
 * Context: any but NMI.
 */
void modbounds_expect_frees(struct modbounds_domain *d, unsigned long start, unsigned long size)
{
	if (!mark_object(d, start, start + size))
		WRITE_ONCE(d->forgetful, true);
}

/*
 * Was it freed while it was looked up and granted?  Then the free may have come before the
 * grant, and has not ended it.  Who frees leaves its mark first and looks for grants then;
 * here it is the other way round.
 */
static bool is_gone(unsigned long start)
{
	if (!modbounds_is_linear(start))
		return !modbounds_map_test(&modbounds_marks, start, GRANTED);
	return !modbounds_grantee((void *)start) ||
	       modbounds_map_test(&modbounds_marks, start, FREED);
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
 * Return: 0; -ENOMEM if there was no memory to remember it: ask again next time; -ESTALE if
 * the object was freed meanwhile: nothing is granted.
 */
int modbounds_grant(struct modbounds_domain *d, unsigned long start,
		    unsigned long end, bool write)
{
	if (!mark_object(d, start, end) ||
	    !modbounds_map_set(&d->map, start, end,
			       write ? MODBOUNDS_BOTH : MODBOUNDS_READ)) {
		WRITE_ONCE(d->forgetful, true);
		return -ENOMEM;
	}
	if (is_gone(start)) {
		modbounds_map_clear(&d->map, start, end, MODBOUNDS_BOTH);
		return -ESTALE;
	}
	modbounds_count(d, grants);
	trace_grant(d->name, start, end, write);
	return 0;
}

/*
 * The first touch of a slab object where others were granted before, in few steps:
 * packets and requests come and go with each operation, and mostly where others
 * were.  False: it is not as usual, look closer.
 */
static __always_inline bool touch(struct modbounds_domain *d, unsigned long base,
				  unsigned long addr, unsigned long len, u32 type)
{
	struct modbounds_leaf *marks, *leaf;
	struct kmem_cache *s;
	unsigned long start, end;
	unsigned int first, grantee;
	struct folio *folio;

	if (!modbounds_is_linear(base) || trace_grant_enabled() || in_nmi())
		return false;
	/* A page that had grants of this domain before: it has its tables. */
	grantee = modbounds_grantee((void *)base);
	if (grantee != d->number && grantee != MODBOUNDS_MANY)
		return false;
	folio = page_folio(pfn_to_page(PFN_DOWN(base - PAGE_OFFSET)));
	if (!folio_test_slab(folio) ||
	    !modbounds_slab_object(folio_slab(folio), base, &start, &end) ||
	    addr < start || addr >= end || len > end - addr || !modbounds_one_run(start, end))
		return false;
	s = folio_slab(folio)->slab_cache;
	/* Of its own it knows to the byte how long they are, since they were allocated. */
	if (s->modbounds == d || s->modbounds_guard ||
	    (type && s->modbounds_type && s->modbounds_type != type))
		return false;
	first = modbounds_bit(start);
	marks = modbounds_find_leaf(&modbounds_marks, start);
	leaf = modbounds_find_leaf(&d->map, start);
	if (leaf == &modbounds_empty_leaf || test_bit(first, modbounds_plane(marks, FREED)) ||
	    test_bit(first, leaf->read))
		return false;
	modbounds_change_bits(leaf, first, modbounds_bit(end - 1), MODBOUNDS_BOTH, true);
	/* As is_gone() asks. */
	if (unlikely(test_bit(first, modbounds_plane(marks, FREED)))) {
		modbounds_change_bits(leaf, first, modbounds_bit(end - 1), MODBOUNDS_BOTH, false);
		return false;
	}
	modbounds_count(d, grants);
	return true;
}

/**
 * modbounds_touch - grant a slab object, if that takes few steps
 * @d: the domain
 * @base: the pointer that the access was computed from; not made from integers
 * @addr: what is accessed
 * @len: bytes
 * @type: what @base points to by its type, see modbounds_type_of(); 0: anything
 *
 * Context: any.
 * Return: false if it is not as usual: look closer.
 */
bool modbounds_touch(struct modbounds_domain *d, unsigned long base, unsigned long addr,
		     unsigned long len, u32 type)
{
	return touch(d, base, addr, len, type);
}

/**
 * modbounds_first_touch - the same for the running domain, called by a thunk
 * @addr: what is accessed
 * @ip: behind the call of the thunk; what stands there leads to the site
 *
 * Context: any, as the module.
 * Return: false if it is not as usual: look closer.
 */
bool MODBOUNDS_KEEPS_REGISTERS modbounds_first_touch(unsigned long addr, unsigned long ip)
{
	const s32 *link = (const s32 *)(ip + 1);
	const struct modbounds_site *site = (void *)link + *link;
	struct modbounds_domain *d = modbounds_running_domain();

	if (site->origin == MODBOUNDS_ORIGIN_INT || site->base_reg != site->addr_reg ||
	    d == &modbounds_nobody || !touch(d, addr - site->offset, addr, site->len, site->type))
		return false;
	modbounds_count(d, misses);
	return true;
}

static void revoke_from(struct modbounds_domain *d, unsigned long start, unsigned long end)
{
	if (!modbounds_map_any(&d->map, start, end, MODBOUNDS_READ))
		return;
	modbounds_map_clear(&d->map, start, end, MODBOUNDS_BOTH);
	modbounds_count(d, revokes);
	trace_revoke(d->name, start, end, true);
}

/* @grantee: the number of the domain that may have been granted it, or MODBOUNDS_MANY */
static void revoke(unsigned long start, unsigned long end, unsigned int grantee)
{
	struct modbounds_domain *d;

	rcu_read_lock();
	if (grantee != MODBOUNDS_MANY) {
		d = READ_ONCE(modbounds_numbered[grantee]);
		if (d)
			revoke_from(d, start, end);
	} else {
		list_for_each_entry_rcu(d, &modbounds_domains, list)
			revoke_from(d, start, end);
	}
	rcu_read_unlock();
}

static noinline void free_object(unsigned long start, unsigned long end, unsigned int grantee)
{
	modbounds_map_set_bit(&modbounds_marks, start, FREED);
	revoke(start, end, grantee);
}

/*
 * See modbounds_object_freed(): something of its page was granted to @grantee.  What was
 * granted whole lies in one word of the map, mostly: its first bit tells.
 *
 * Context: any but NMI.
 */
void MODBOUNDS_DIRECT __modbounds_object_freed(const void *p, struct kmem_cache *s,
					       unsigned long grantee)
{
	unsigned long start = (unsigned long)p, most = s->object_size - 1UL, last = start + most;
	struct modbounds_leaf *marks, *leaf;
	struct modbounds_domain *d;
	unsigned long granules;
	unsigned int first;

	rcu_read_lock();
	d = READ_ONCE(modbounds_numbered[grantee]);
	if (!d || (start ^ last) >= BITS_PER_LONG * MODBOUNDS_GRANULE || trace_revoke_enabled())
		goto slow;
	first = modbounds_bit(start);
	marks = modbounds_find_leaf(&modbounds_marks, start);
	if (marks == &modbounds_empty_leaf)
		goto out;
	set_bit(first, modbounds_plane(marks, FREED));
	leaf = modbounds_find_leaf(&d->map, start);
	if (!test_bit(first, leaf->read))
		goto out;
	granules = ~rol64(~1UL << (most / MODBOUNDS_GRANULE), first % BITS_PER_LONG);
	modbounds_change_word(leaf, first / BITS_PER_LONG, granules, MODBOUNDS_BOTH, false);
	modbounds_count(d, revokes);
out:
	rcu_read_unlock();
	return;
slow:
	rcu_read_unlock();
	free_object(start, last + 1, grantee);
}

/* See modbounds_object_allocated(): something of its page was granted.  Context: any but NMI. */
void MODBOUNDS_KEEPS_REGISTERS __modbounds_object_allocated(const void *p)
{
	modbounds_map_test_and_clear(&modbounds_marks, (unsigned long)p, FREED);
}

/* Was something of it granted?  Marks outside of the linear mapping end with that. */
static bool take_marks(unsigned long start, unsigned long end)
{
	if (!modbounds_is_linear(start)) {
		if (!modbounds_map_any(&modbounds_marks, start, end, GRANTED))
			return false;
		modbounds_map_clear(&modbounds_marks, start, end, GRANTED);
		return true;
	}
	for (; start < end; start = ALIGN_DOWN(start, PAGE_SIZE) + PAGE_SIZE)
		if (modbounds_grantee((void *)start))
			return true;
	return false;
}

/* See modbounds_range_freed().  Context: any but NMI. */
void __modbounds_range_freed(const void *p, size_t size)
{
	unsigned long start = (unsigned long)p, end = start + size;

	for (; start < end; start += PAGE_SIZE)
		if (take_marks(start, start + PAGE_SIZE))
			revoke(start, start + PAGE_SIZE, MODBOUNDS_MANY);
}

/* See modbounds_percpu_freed().  Context: any but NMI. */
void __modbounds_percpu_freed(void __percpu *p, size_t size)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		unsigned long start = (unsigned long)per_cpu_ptr(p, cpu);

		if (take_marks(start, start + size))
			revoke(start, start + size, MODBOUNDS_MANY);
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
	unsigned int grantee = READ_ONCE(modbounds_grantees[pfn]);

	WRITE_ONCE(modbounds_grantees[pfn], 0);
	modbounds_map_clear(&modbounds_marks, start, start + PAGE_SIZE, FREED);
	revoke(start, start + PAGE_SIZE, grantee);
}
