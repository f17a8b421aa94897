// SPDX-License-Identifier: GPL-2.0
/*
 * Extents: how long is an object, and do two addresses lie in one?
 *
 * An overflow of a driver's own buffer stays in its arena, where the bounds registers see
 * nothing wrong, and meets what the kernel follows there: timers, lists, packets.  Nearly all of
 * them go by a variable distance or a length.  So what an index or a length leads to is held to
 * the object that its base lies in.
 *
 * Objects of an arena lie in slots: the buckets of a domain are powers of two and aligned to their
 * size, and so are its pages.  For each page of the arena a mask has the bits that are the same in
 * all addresses of one slot (low-fat pointers know an object's bounds from its address in this
 * way).  Whether two addresses lie in the same slot takes an exclusive or and a test, which the
 * plugin emits inline.
 *
 * How much of a slot was asked for says the domain's map, in both modes: the granules of the object
 * are set, those of the slack behind it are not.  The last granule is set only if all of its 8
 * bytes are the object's; else its last byte, which is nobody's, says how many are.
 */
#include <linux/log2.h>
#include <linux/mm.h>

#include "internal.h"
#include "slab.h"

/* In trusted mode everything lies in one slot. */
const unsigned long modbounds_one_slot;

static unsigned long *slot_of(const struct modbounds_arena *arena, unsigned long addr)
{
	return &arena->slots[(addr - arena->base) >> PAGE_SHIFT];
}

/**
 * modbounds_slots_of_pages - pages of an arena are handed out
 * @arena: the arena
 * @addr: the first of them
 * @order: how many, as usual; so they are aligned, too
 *
 * Context: any.
 */
void modbounds_slots_of_pages(struct modbounds_arena *arena, unsigned long addr,
			      unsigned int order)
{
	unsigned long mask = ~((PAGE_SIZE << order) - 1) & ~MODBOUNDS_SLOT_SLACK;
	unsigned long *slot = slot_of(arena, addr), i;

	for (i = 0; i < 1UL << order; i++)
		WRITE_ONCE(slot[i], mask);
}

/* A page begins to hold objects of another size: no bit of it says anything. */
static noinline void MODBOUNDS_KEEPS_REGISTERS change_slots(struct modbounds_domain *d,
							    unsigned long start,
							    unsigned long end, unsigned long mask)
{
	unsigned long page;

	for (page = ALIGN_DOWN(start, PAGE_SIZE); page < end; page += PAGE_SIZE) {
		if (READ_ONCE(*slot_of(&d->arena, page)) == mask)
			continue;
		modbounds_map_clear(&d->map, page, page + PAGE_SIZE, MODBOUNDS_BOTH);
		WRITE_ONCE(*slot_of(&d->arena, page), mask);
	}
}

static noinline void MODBOUNDS_KEEPS_REGISTERS change_extent(struct modbounds_domain *d,
							     unsigned long start,
							     unsigned long behind,
							     unsigned long end)
{
	modbounds_map_clear(&d->map, behind, end, MODBOUNDS_BOTH);
	if (behind > start && !modbounds_map_set(&d->map, start, behind, MODBOUNDS_BOTH))
		WRITE_ONCE(d->forgetful, true);
}

/*
 * Are the granules from @start to @behind set, and from there to @end not?  Most objects are as
 * long as the one before in their slot: then two bits say that there is nothing to do.
 */
static __always_inline bool is_as_before(const struct modbounds_domain *d, unsigned long start,
					 unsigned long behind, unsigned long end)
{
	const unsigned long *plane = modbounds_find_leaf(&d->map, start)->read;

	/* What lies behind the end may stand elsewhere in the map. */
	return modbounds_one_run(start, end) &&
	       (behind == start || test_bit(modbounds_bit(behind - 1), plane)) &&
	       (behind == end || !test_bit(modbounds_bit(behind), plane));
}

/* Of a slot of @room bytes that begins at @start, @size are an object.  Who owns it says so. */
static __always_inline void set_extent(struct modbounds_domain *d, unsigned long start,
				       unsigned long size, unsigned long room)
{
	unsigned long behind = start + ALIGN_DOWN(size, MODBOUNDS_GRANULE);
	unsigned long end = start + ALIGN_DOWN(room, MODBOUNDS_GRANULE);

	if (end > behind)
		((u8 *)behind)[MODBOUNDS_GRANULE - 1] = size % MODBOUNDS_GRANULE;
	if (!is_as_before(d, start, behind, end))
		change_extent(d, start, behind, end);
}

/*
 * See modbounds_object_allocated(), of a cache whose slabs come from an arena, while that has
 * room.  Context: any but NMI.
 */
void MODBOUNDS_KEEPS_REGISTERS __modbounds_object_extent(const void *p, struct kmem_cache *s,
							 size_t size)
{
	unsigned long start = (unsigned long)p, mask = s->modbounds_slot;
	struct modbounds_domain *d = s->modbounds;

	if (!modbounds_arena_owns(&d->arena, start))
		return;
	if (unlikely(READ_ONCE(*slot_of(&d->arena, start)) != mask ||
		     (s->object_size > PAGE_SIZE / 2 &&
		      READ_ONCE(*slot_of(&d->arena, start + s->object_size - 1)) != mask)))
		change_slots(d, start, start + s->object_size, mask);
	set_extent(d, start, size, s->object_size);
}

/* See modbounds_object_again().  Context: any but NMI. */
void __modbounds_object_again(const void *p, struct kmem_cache *s)
{
	__modbounds_object_allocated(p);
	if (s->modbounds)
		__modbounds_object_extent(p, s, s->object_size);
}

/* See modbounds_object_resized().  Context: any but NMI. */
void __modbounds_object_resized(const void *p, size_t size)
{
	struct folio *folio = virt_to_folio(p);
	struct kmem_cache *s;

	if (!folio_test_slab(folio))
		return;
	s = folio_slab(folio)->slab_cache;
	if (s->modbounds)
		__modbounds_object_extent(p, s, size);
}

/**
 * modbounds_object_ends - what was asked for ends sooner than its allocator knows
 * @p: the beginning of that, in a slab object
 * @size: bytes from there
 *
 * Context: any but NMI.
 */
void modbounds_object_ends(const void *p, size_t size)
{
	struct folio *folio = virt_to_folio(p);
	unsigned long start, end;

	if (folio_test_slab(folio) && folio_slab(folio)->slab_cache->modbounds &&
	    modbounds_slab_object(folio_slab(folio), (unsigned long)p, &start, &end))
		__modbounds_object_extent((void *)start, folio_slab(folio)->slab_cache,
					  (unsigned long)p + size - start);
}

/**
 * modbounds_exact_pages - pages of an arena of which not all bytes were asked for
 * @d: the running domain
 * @p: what was allocated, or NULL
 * @size: bytes that were asked for
 *
 * Context: any but NMI.
 */
void modbounds_exact_pages(struct modbounds_domain *d, const void *p, size_t size)
{
	unsigned long start = (unsigned long)p, *slot, mask, i;

	if (!p || !modbounds_arena_owns(&d->arena, start) || PageSlab(virt_to_head_page(p)))
		return;
	slot = slot_of(&d->arena, start);
	mask = READ_ONCE(*slot) | MODBOUNDS_SLOT_SLACK;
	if (-mask < size || start & ~mask)
		return;
	modbounds_map_clear(&d->map, start, start - mask, MODBOUNDS_BOTH);
	set_extent(d, start, size, -mask);
	for (i = 0; i < -mask >> PAGE_SHIFT; i++)
		WRITE_ONCE(slot[i], mask);
}

/* Behind the last granule that is set of those that begin at @start. */
static unsigned long end_of_granules(struct modbounds_domain *d, unsigned long start,
				     unsigned long end)
{
	unsigned long *plane = modbounds_plane(modbounds_find_leaf(&d->map, start), MODBOUNDS_READ);
	unsigned int first = modbounds_bit(start);

	if (modbounds_one_run(start, end))
		return start + (find_next_zero_bit(plane, modbounds_bit(end - 1) + 1, first) -
				first) * MODBOUNDS_GRANULE;
	while (start < end && modbounds_map_test(&d->map, start, MODBOUNDS_READ))
		start += MODBOUNDS_GRANULE;
	return start;
}

/**
 * modbounds_end_of_extent - where does an object end, by what was asked for?
 * @start: the first byte of its slot, in the linear mapping
 * @room: bytes of the slot
 * @end: filled in: behind the object's last byte
 *
 * Context: any but NMI.
 * Return: false if nobody has said how long it is.
 */
bool modbounds_end_of_extent(unsigned long start, unsigned long room, unsigned long *end)
{
	unsigned long last = start + ALIGN_DOWN(room, MODBOUNDS_GRANULE), behind;
	struct modbounds_arena *arena;
	struct modbounds_domain *d;
	bool known = false;
	unsigned int rest;

	rcu_read_lock();	/* a page that was given back does not keep the arena */
	arena = modbounds_arena_of(start);
	if (!arena || !(READ_ONCE(*slot_of(arena, start)) & MODBOUNDS_SLOT_SLACK))
		goto out;
	d = container_of(arena, struct modbounds_domain, arena);
	behind = end_of_granules(d, start, last);
	if (behind == last) {
		*end = start + room;
		known = true;
		goto out;
	}
	rest = ((const u8 *)behind)[MODBOUNDS_GRANULE - 1];
	if (rest < MODBOUNDS_GRANULE && (behind != start || (rest && !READ_ONCE(d->forgetful)))) {
		*end = behind + rest;
		known = true;
	}
out:
	rcu_read_unlock();
	return known;
}

/*
 * The folio says whether these are slab objects, and of what size; pages that were allocated
 * together are one object.
 */
static noinline bool MODBOUNDS_KEEPS_REGISTERS in_one_folio(unsigned long base, unsigned long first,
							    unsigned long last)
{
	unsigned long start, end;
	struct folio *folio;

	folio = page_folio(pfn_to_page(PFN_DOWN(base - PAGE_OFFSET)));
	if (folio_test_slab(folio)) {
		if (!modbounds_slab_object(folio_slab(folio), base, &start, &end))
			return false;
	} else {
		start = (unsigned long)folio_address(folio);
		end = start + folio_size(folio);
	}
	return first >= start && last < end;
}

/*
 * Areas of vmalloc() and ioremap() are whole pages, and between two of them is one that is
 * nobody's: if something of each page on the way is granted, it is one area.
 */
static __always_inline bool in_one_area(const struct modbounds_domain *d, unsigned long low,
					unsigned long high)
{
	if (high - low >= MODBOUNDS_RUN_SIZE)
		return false;
	for (low = ALIGN_DOWN(low, PAGE_SIZE); low < high; low += PAGE_SIZE)
		if (!modbounds_map_test(&d->map, low, MODBOUNDS_READ))
			return false;
	return true;
}

/**
 * modbounds_one_object - does an access lie in the object of its base, as far as is known at once?
 * @d: the running domain, which has been granted the access
 * @base: the pointer that it was computed from
 * @first: the first byte
 * @last: the last byte, not before it
 *
 * Between static objects is nothing: two that lie next to each other and are both granted pass
 * for one.
 *
 * Context: any.
 * Return: false if it does not, or only the resolver can tell.
 */
bool MODBOUNDS_KEEPS_REGISTERS modbounds_one_object(const struct modbounds_domain *d,
						    unsigned long base, unsigned long first,
						    unsigned long last)
{
	unsigned long page = (base - d->arena.base) >> PAGE_SHIFT;

	if (page < d->arena.size >> PAGE_SHIFT) {
		unsigned long mask = READ_ONCE(d->arena.slots[page]) | MODBOUNDS_SLOT_SLACK;

		if (!(((first ^ base) | (last ^ base)) & mask))
			return true;
		/* No power of two: ask the slab. */
		if (mask != ~0UL)
			return false;
		return in_one_folio(base, first, last);
	}
	/* Where something was granted there is memory. */
	if (modbounds_is_linear(base))
		return modbounds_grantee((void *)base) && in_one_folio(base, first, last);
	if (first > base)
		first = base;
	if (last < base)
		last = base;
	if (is_vmalloc_addr((void *)base))
		return in_one_area(d, first, last);
	return last - first < PAGE_SIZE &&
	       modbounds_map_all(&d->map, first, last + 1, MODBOUNDS_READ);
}
