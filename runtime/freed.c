// SPDX-License-Identifier: GPL-2.0
/*
 * What a module frees is freed later.
 *
 * Objects lie close together in an arena, and the one that was freed last is the first to be
 * handed out again: a store that comes too late would meet an object of somebody else, which the
 * kernel may follow, or the allocator's own list of free objects.  So what a module frees waits in
 * a line until as many have been freed behind it as the line is long (KASAN's quarantine is the
 * model).  It is marked as free meanwhile, so that freeing it twice, or using it where that is
 * looked up, is told as such.
 */
#include <linux/sizes.h>
#include <linux/slab.h>

#include "internal.h"
#include "../../mm/slab.h"

/* Larger objects would take too much of the arena for what they are worth. */
#define LARGEST		SZ_2K

/**
 * modbounds_freed_init - how many objects may wait
 * @d: the domain; its arena is there
 *
 * As many as take no more than 1/32 of the arena.
 */
void modbounds_freed_init(struct modbounds_domain *d)
{
	raw_spin_lock_init(&d->freed.lock);
	d->freed.size = min(d->arena.size / 32 / LARGEST, ARRAY_SIZE(d->freed.object));
}

/* Put @p at the end of the line.  Return: what has come to its front, or NULL. */
static const void *put(struct modbounds_freed *freed, const void *p)
{
	const void *first;
	unsigned long flags;

	raw_spin_lock_irqsave(&freed->lock, flags);
	first = freed->object[freed->next];
	freed->object[freed->next] = p;
	if (++freed->next >= freed->size)
		freed->next = 0;
	raw_spin_unlock_irqrestore(&freed->lock, flags);
	return first;
}

/**
 * modbounds_free_later - free an object, but not yet
 * @d: the domain that frees it
 * @p: a slab object that is in use, and that nobody may use from here on
 *
 * Context: any that kfree() may be called in.
 * Return: what is to be freed now, with kfree(): @p itself if it is not to wait; or NULL.
 */
const void *modbounds_free_later(struct modbounds_domain *d, const void *p)
{
	struct kmem_cache *s;
	unsigned int grantee;
	struct folio *folio;

	if (!d->freed.size || !modbounds_arena_owns(&d->arena, (unsigned long)p))
		return p;
	folio = virt_to_folio(p);
	if (!folio_test_slab(folio))
		return p;
	s = folio_slab(folio)->slab_cache;
	if (s->object_size > LARGEST)
		return p;
	grantee = modbounds_grantee(p);
	if (grantee)
		__modbounds_object_freed(p, s, grantee);
	return put(&d->freed, p);
}

/**
 * modbounds_free_all - free what waits
 * @d: the domain
 *
 * Context: any that kfree() may be called in.
 */
void modbounds_free_all(struct modbounds_domain *d)
{
	unsigned int i;

	for (i = 0; i < d->freed.size; i++)
		kfree(put(&d->freed, NULL));
}
