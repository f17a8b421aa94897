/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The grant map: one bit for each 8 bytes of any kernel address, in two planes.
 * What each free and each first touch does is inline.
 */
#ifndef _MODBOUNDS_MAP_H
#define _MODBOUNDS_MAP_H

#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/bits.h>
#include <linux/mm.h>

#define MODBOUNDS_GRANULE	8
#define MODBOUNDS_LEAF_SHIFT	19
#define MODBOUNDS_MID_SHIFT	32
#define MODBOUNDS_ROOT_BITS	16
#define MODBOUNDS_LEAF_SIZE	BIT(MODBOUNDS_LEAF_SHIFT)
#define MODBOUNDS_LEAF_BITS	(MODBOUNDS_LEAF_SIZE / MODBOUNDS_GRANULE)
#define MODBOUNDS_RUN_SIZE	(MODBOUNDS_LEAF_SIZE / 2)
#define MODBOUNDS_MID_ENTRIES	BIT(MODBOUNDS_MID_SHIFT - MODBOUNDS_LEAF_SHIFT)
#define MODBOUNDS_ROOT_ENTRIES	BIT(MODBOUNDS_ROOT_BITS)

/* Which of the two bitmaps, or both. */
#define MODBOUNDS_WRITE		1	/* grants: stores pass; marks: granted to somebody */
#define MODBOUNDS_READ		2	/* grants: loads pass;  marks: freed since it was granted */

#define MODBOUNDS_BOTH	(MODBOUNDS_WRITE | MODBOUNDS_READ)

struct modbounds_leaf {
	unsigned long write[MODBOUNDS_LEAF_BITS / BITS_PER_LONG];
	unsigned long read[MODBOUNDS_LEAF_BITS / BITS_PER_LONG];
};

struct modbounds_mid {
	struct modbounds_leaf *leaf[MODBOUNDS_MID_ENTRIES];
};

struct modbounds_map {
	struct modbounds_mid *mid[MODBOUNDS_ROOT_ENTRIES];
};

/* Stands for all that hold no bit; never written. */
extern struct modbounds_leaf modbounds_empty_leaf;

/*
 * The bit of an address in its leaf.  The halves of a leaf have changed places: the
 * thunks take the number, of 16 bits, for a signed one, and count from the middle.
 */
static __always_inline unsigned int modbounds_bit(unsigned long addr)
{
	return ((addr / MODBOUNDS_GRANULE) ^ (MODBOUNDS_LEAF_BITS / 2)) % MODBOUNDS_LEAF_BITS;
}

/* Does [@start, @end), not empty, lie within one half of a leaf, where bits follow each other? */
static __always_inline bool modbounds_one_run(unsigned long start, unsigned long end)
{
	return (start ^ (end - 1)) < MODBOUNDS_RUN_SIZE;
}

/* Never NULL.  What is found stays until the map is destroyed. */
static __always_inline struct modbounds_leaf *modbounds_find_leaf(const struct modbounds_map *map,
								  unsigned long addr)
{
	const struct modbounds_mid *mid;

	mid = READ_ONCE(map->mid[(addr >> MODBOUNDS_MID_SHIFT) & (MODBOUNDS_ROOT_ENTRIES - 1)]);
	return READ_ONCE(mid->leaf[(addr >> MODBOUNDS_LEAF_SHIFT) & (MODBOUNDS_MID_ENTRIES - 1)]);
}

static __always_inline unsigned long *modbounds_plane(struct modbounds_leaf *leaf,
						      unsigned int plane)
{
	return plane == MODBOUNDS_WRITE ? leaf->write : leaf->read;
}

/* Is the bit of the granule at @addr set?  Context: any. */
static __always_inline bool modbounds_map_test(const struct modbounds_map *map,
					       unsigned long addr, unsigned int plane)
{
	return test_bit(modbounds_bit(addr),
			modbounds_plane(modbounds_find_leaf(map, addr), plane));
}

/* Are all bits from @first to @last set, which lie in one word?  Context: any. */
static __always_inline bool modbounds_map_word(const struct modbounds_map *map,
					       unsigned long first, unsigned long last,
					       unsigned int plane)
{
	const unsigned long *bits = modbounds_plane(modbounds_find_leaf(map, first), plane);
	unsigned int from = modbounds_bit(first), to = modbounds_bit(last);

	return !(~READ_ONCE(bits[from / BITS_PER_LONG]) &
		 GENMASK(to % BITS_PER_LONG, from % BITS_PER_LONG));
}

/* Are all bits of the page at @addr set?  Drivers copy whole pages.  Context: any. */
static __always_inline bool modbounds_map_page(const struct modbounds_map *map,
					       unsigned long addr, unsigned int plane)
{
	const unsigned long *word = modbounds_plane(modbounds_find_leaf(map, addr), plane) +
				    modbounds_bit(addr) / BITS_PER_LONG;
	unsigned long all = ~0UL;
	int i;

#pragma GCC unroll 8
	for (i = 0; i < PAGE_SIZE / MODBOUNDS_GRANULE / BITS_PER_LONG; i++)
		all &= word[i];
	return !~all;
}

/* Clear the bit of the granule at @addr, if it is set.  Return: whether it was.  Context: any. */
static __always_inline bool modbounds_map_test_and_clear(struct modbounds_map *map,
							 unsigned long addr, unsigned int plane)
{
	unsigned int bit = modbounds_bit(addr);
	unsigned long *bits = modbounds_plane(modbounds_find_leaf(map, addr), plane);

	/* The empty leaf is never written. */
	return test_bit(bit, bits) && test_and_clear_bit(bit, bits);
}

/* A word of a bitmap may be shared with objects that other CPUs grant or free. */
static __always_inline void modbounds_change_word(struct modbounds_leaf *leaf, unsigned int i,
						  unsigned long mask, unsigned int planes,
						  bool set)
{
	if (planes & MODBOUNDS_WRITE) {
		if (set)
			atomic_long_or(mask, (atomic_long_t *)&leaf->write[i]);
		else
			atomic_long_andnot(mask, (atomic_long_t *)&leaf->write[i]);
	}
	if (planes & MODBOUNDS_READ) {
		if (set)
			atomic_long_or(mask, (atomic_long_t *)&leaf->read[i]);
		else
			atomic_long_andnot(mask, (atomic_long_t *)&leaf->read[i]);
	}
}

/* Change the bits first to last of a leaf, in one plane or both. */
static __always_inline void modbounds_change_bits(struct modbounds_leaf *leaf, unsigned int first,
						  unsigned int last, unsigned int planes,
						  bool set)
{
	unsigned int i = first / BITS_PER_LONG, hi = last / BITS_PER_LONG;
	unsigned long head = BITMAP_FIRST_WORD_MASK(first);
	unsigned long tail = BITMAP_LAST_WORD_MASK(last + 1);

	if (i == hi) {
		modbounds_change_word(leaf, i, head & tail, planes, set);
		return;
	}
	modbounds_change_word(leaf, i, head, planes, set);
	/* Whole words are this object's alone. */
	for (i++; i < hi; i++) {
		if (planes & MODBOUNDS_WRITE)
			WRITE_ONCE(leaf->write[i], set ? ~0UL : 0);
		if (planes & MODBOUNDS_READ)
			WRITE_ONCE(leaf->read[i], set ? ~0UL : 0);
	}
	modbounds_change_word(leaf, hi, tail, planes, set);
}

int modbounds_map_init(struct modbounds_map *map);
void modbounds_map_destroy(struct modbounds_map *map);
void modbounds_map_wipe(struct modbounds_map *map);
bool modbounds_map_set(struct modbounds_map *map, unsigned long start,
		       unsigned long end, unsigned int planes);
void modbounds_map_clear(struct modbounds_map *map, unsigned long start,
			 unsigned long end, unsigned int planes);
bool modbounds_map_set_bit(struct modbounds_map *map, unsigned long addr, unsigned int plane);
bool modbounds_map_reserve(struct modbounds_map *map, unsigned long addr);
bool MODBOUNDS_KEEPS_REGISTERS modbounds_map_all(const struct modbounds_map *map,
						 unsigned long start, unsigned long end,
						 unsigned int plane);
bool modbounds_map_any(struct modbounds_map *map, unsigned long start,
		       unsigned long end, unsigned int plane);

#endif /* _MODBOUNDS_MAP_H */
