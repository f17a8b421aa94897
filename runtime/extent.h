/* SPDX-License-Identifier: GPL-2.0 */
/* How long objects of an arena are, and how they wait to be freed. */
#ifndef _MODBOUNDS_EXTENT_H
#define _MODBOUNDS_EXTENT_H

#include <linux/bits.h>
#include <linux/spinlock_types.h>
#include <linux/types.h>

struct modbounds_arena;
struct modbounds_domain;

/* extent.c */

/* A bit that all addresses share: with it, the map says how much of a slot is an object. */
#define MODBOUNDS_SLOT_SLACK	BIT(BITS_PER_LONG - 1)

extern const unsigned long modbounds_one_slot;

void modbounds_slots_of_pages(struct modbounds_arena *arena, unsigned long addr,
			      unsigned int order);
void modbounds_exact_pages(struct modbounds_domain *d, const void *p, size_t size);
bool modbounds_end_of_extent(unsigned long start, unsigned long room, unsigned long *end);
bool MODBOUNDS_KEEPS_REGISTERS modbounds_one_object(const struct modbounds_domain *d,
						    unsigned long base, unsigned long first,
						    unsigned long last);

void modbounds_object_ends(const void *p, size_t size);

/* freed.c */

/**
 * struct modbounds_freed - what a module has freed, and waits to be
 * @lock: of what follows
 * @next: where the first of them stands; what is freed next takes its place
 * @size: how many may wait
 * @object: the line, a ring
 */
struct modbounds_freed {
	raw_spinlock_t lock;
	unsigned int next, size;
	const void *object[64];
};

void modbounds_freed_init(struct modbounds_domain *d);
const void *modbounds_free_later(struct modbounds_domain *d, const void *p);
void modbounds_free_all(struct modbounds_domain *d);

#endif /* _MODBOUNDS_EXTENT_H */
