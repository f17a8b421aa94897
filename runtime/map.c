// SPDX-License-Identifier: GPL-2.0
/*
 * The grant map: a radix tree of bitmaps over the whole kernel address space,
 * one bit for each 8 bytes in each of two planes.
 *
 * The thunks walk it with interrupts on and no lock, so nothing is ever taken
 * out of it while it can be walked: missing tables are one shared empty one,
 * and tables live until the map is destroyed.  One leaf of 16 KiB serves 512 KiB
 * of addresses, so a map takes at most 1/32 of the memory that was ever granted.
 */
#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>

#include "internal.h"

struct modbounds_leaf modbounds_empty_leaf __ro_after_init;
static struct modbounds_mid *empty_mid;

static struct modbounds_mid *new_mid(gfp_t gfp)
{
	struct modbounds_mid *mid = modbounds_table_part(sizeof(*mid), gfp);
	int i;

	if (mid)
		for (i = 0; i < MODBOUNDS_MID_ENTRIES; i++)
			mid->leaf[i] = &modbounds_empty_leaf;
	return mid;
}

/**
 * modbounds_map_init - make a map empty
 * @map: zeroed
 *
 * Context: may sleep; the first call must not race with another one.
 * Return: 0 or -ENOMEM.
 */
int modbounds_map_init(struct modbounds_map *map)
{
	int i;

	if (!empty_mid)
		empty_mid = new_mid(GFP_KERNEL);
	if (!empty_mid)
		return -ENOMEM;
	for (i = 0; i < MODBOUNDS_ROOT_ENTRIES; i++)
		map->mid[i] = empty_mid;
	return 0;
}

/**
 * modbounds_map_destroy - free the tables of a map that nobody can walk any more
 * @map: the map, or zeroes
 *
 * Context: may sleep.
 */
void modbounds_map_destroy(struct modbounds_map *map)
{
	int i, j;

	for (i = 0; i < MODBOUNDS_ROOT_ENTRIES; i++) {
		struct modbounds_mid *mid = map->mid[i];

		if (!mid || mid == empty_mid)
			continue;
		for (j = 0; j < MODBOUNDS_MID_ENTRIES; j++)
			if (mid->leaf[j] != &modbounds_empty_leaf)
				modbounds_table_part_free(mid->leaf[j], sizeof(*mid->leaf[j]));
		modbounds_table_part_free(mid, sizeof(*mid));
	}
}

/**
 * modbounds_map_wipe - clear all bits of a map that nobody else uses just now
 * @map: the map
 *
 * Context: may sleep.
 */
void modbounds_map_wipe(struct modbounds_map *map)
{
	int i, j;

	for (i = 0; i < MODBOUNDS_ROOT_ENTRIES; i++) {
		struct modbounds_mid *mid = map->mid[i];

		if (mid == empty_mid)
			continue;
		for (j = 0; j < MODBOUNDS_MID_ENTRIES; j++)
			if (mid->leaf[j] != &modbounds_empty_leaf)
				memset(mid->leaf[j], 0, sizeof(*mid->leaf[j]));
		cond_resched();
	}
}

/*
 * Grants are made in any context, so tables have to come from what is free at
 * once.  cmpxchg() publishes them: whoever loses uses the winner's.
 */
static noinline struct modbounds_leaf *make_leaf(struct modbounds_map *map, unsigned long addr)
{
	const gfp_t gfp = GFP_NOWAIT | __GFP_NOWARN | __GFP_HIGH;
	/* Tables are the kernel's, whoever is served just now. */
	struct modbounds_alloc prev = modbounds_alloc_begin(NULL);
	struct modbounds_mid **midp, *mid;
	struct modbounds_leaf **leafp, *leaf;

	midp = &map->mid[(addr >> MODBOUNDS_MID_SHIFT) & (MODBOUNDS_ROOT_ENTRIES - 1)];
	if (READ_ONCE(*midp) == empty_mid) {
		mid = new_mid(gfp);
		if (!mid)
			goto out;
		if (cmpxchg(midp, empty_mid, mid) != empty_mid)
			modbounds_table_part_free(mid, sizeof(*mid));
	}
	mid = READ_ONCE(*midp);
	leafp = &mid->leaf[(addr >> MODBOUNDS_LEAF_SHIFT) & (MODBOUNDS_MID_ENTRIES - 1)];
	if (READ_ONCE(*leafp) == &modbounds_empty_leaf) {
		leaf = modbounds_table_part(sizeof(*leaf), gfp);
		if (leaf && cmpxchg(leafp, &modbounds_empty_leaf, leaf) != &modbounds_empty_leaf)
			modbounds_table_part_free(leaf, sizeof(*leaf));
	}
out:
	modbounds_alloc_end(prev);
	leaf = modbounds_find_leaf(map, addr);
	return leaf == &modbounds_empty_leaf ? NULL : leaf;
}

static __always_inline struct modbounds_leaf *get_leaf(struct modbounds_map *map,
						       unsigned long addr)
{
	struct modbounds_leaf *leaf = modbounds_find_leaf(map, addr);

	return likely(leaf != &modbounds_empty_leaf) ? leaf : make_leaf(map, addr);
}

/* The part of [start, end) whose bits follow that of @start, as bit numbers. */
static unsigned long run_part(unsigned long start, unsigned long end,
			      unsigned int *first, unsigned int *last)
{
	unsigned long stop = (start | (MODBOUNDS_RUN_SIZE - 1)) + 1;

	if (!stop || stop > end)
		stop = end;
	*first = modbounds_bit(start);
	*last = modbounds_bit(stop - 1);
	return stop;
}

static noinline bool set_range(struct modbounds_map *map, unsigned long start,
			       unsigned long end, unsigned int planes)
{
	unsigned int first, last;
	unsigned long stop;

	for (; start < end; start = stop) {
		struct modbounds_leaf *leaf = get_leaf(map, start);

		if (!leaf)
			return false;
		stop = run_part(start, end, &first, &last);
		modbounds_change_bits(leaf, first, last, planes, true);
	}
	return true;
}

/**
 * modbounds_map_set - set the bits of a range
 * @map: the map
 * @start: first byte
 * @end: behind the last byte
 * @planes: which bitmaps
 *
 * Context: any but NMI.
 * Return: false if there was no memory for tables; part of it may be set then.
 */
bool modbounds_map_set(struct modbounds_map *map, unsigned long start,
		       unsigned long end, unsigned int planes)
{
	if (likely(planes == MODBOUNDS_BOTH && modbounds_one_run(start, end))) {
		struct modbounds_leaf *leaf = get_leaf(map, start);

		if (!leaf)
			return false;
		modbounds_change_bits(leaf, modbounds_bit(start), modbounds_bit(end - 1),
				      MODBOUNDS_BOTH, true);
		return true;
	}
	return set_range(map, start, end, planes);
}

/**
 * modbounds_map_set_bit - set the bit of one granule
 * @map: the map
 * @addr: an address in the granule
 * @plane: which bitmap
 *
 * Context: any but NMI.
 * Return: false if there was no memory for tables.
 */
bool modbounds_map_set_bit(struct modbounds_map *map, unsigned long addr, unsigned int plane)
{
	struct modbounds_leaf *leaf = get_leaf(map, addr);

	if (!leaf)
		return false;
	set_bit(modbounds_bit(addr), modbounds_plane(leaf, plane));
	return true;
}

/**
 * modbounds_map_reserve - make tables, so that bits can be set without asking
 * @map: the map
 * @addr: an address; for all those of its leaf
 *
 * Context: any but NMI.
 * Return: false if there was no memory for tables.
 */
bool modbounds_map_reserve(struct modbounds_map *map, unsigned long addr)
{
	return get_leaf(map, addr);
}

/**
 * modbounds_map_clear - clear the bits of a range
 * @map: the map
 * @start: first byte
 * @end: behind the last byte
 * @planes: which bitmaps
 *
 * Context: any but NMI.
 */
void modbounds_map_clear(struct modbounds_map *map, unsigned long start,
			 unsigned long end, unsigned int planes)
{
	unsigned int first, last;
	unsigned long stop;

	for (; start < end; start = stop) {
		struct modbounds_leaf *leaf = modbounds_find_leaf(map, start);

		stop = run_part(start, end, &first, &last);
		if (leaf == &modbounds_empty_leaf)
			continue;
		modbounds_change_bits(leaf, first, last, planes, false);
	}
}

/* Are the bits first to last of a plane set? */
static bool all_bits(const unsigned long *bits, unsigned int first, unsigned int last)
{
	unsigned int i = first / BITS_PER_LONG, hi = last / BITS_PER_LONG;
	unsigned long mask = BITMAP_FIRST_WORD_MASK(first);

	for (; i < hi; i++, mask = ~0UL)
		if (~READ_ONCE(bits[i]) & mask)
			return false;
	return !(~READ_ONCE(bits[hi]) & mask & BITMAP_LAST_WORD_MASK(last + 1));
}

/**
 * modbounds_map_all - are all bits of a range set?
 * @map: the map
 * @start: first byte
 * @end: behind the last byte
 * @plane: which bitmap
 *
 * Context: any.
 */
bool MODBOUNDS_KEEPS_REGISTERS modbounds_map_all(const struct modbounds_map *map,
						 unsigned long start, unsigned long end,
						 unsigned int plane)
{
	unsigned int first, last;
	unsigned long stop;

	for (; start < end; start = stop) {
		stop = run_part(start, end, &first, &last);
		if (!all_bits(modbounds_plane(modbounds_find_leaf(map, start), plane), first, last))
			return false;
	}
	return true;
}

/**
 * modbounds_map_any - is any bit of a range set?
 * @map: the map
 * @start: first byte
 * @end: behind the last byte
 * @plane: which bitmap
 *
 * Context: any.
 */
bool modbounds_map_any(struct modbounds_map *map, unsigned long start,
		       unsigned long end, unsigned int plane)
{
	unsigned int first, last;
	unsigned long stop;

	for (; start < end; start = stop) {
		struct modbounds_leaf *leaf = modbounds_find_leaf(map, start);

		stop = run_part(start, end, &first, &last);
		if (leaf != &modbounds_empty_leaf &&
		    find_next_bit(modbounds_plane(leaf, plane), last + 1, first) <= last)
			return true;
	}
	return false;
}
