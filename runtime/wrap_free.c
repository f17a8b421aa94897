// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel functions that free for a module, or look at what it has allocated: what they are
 * handed must begin a live object, or the allocator would write on the module's behalf where
 * nobody knows.
 */
#include <linux/kasan.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "internal.h"
#include "range.h"
#include "../../mm/slab.h"

#define ENTRY MODBOUNDS_ENTRY

/*
 * Remember that an object is free, whether it was ever granted or not, so that
 * the next free of it is seen to be one too many.  Done before it is free:
 * whoever allocates it next takes the mark away.
 */
static void note_freed(const void *p)
{
	unsigned long start = (unsigned long)p;

	if (modbounds_map_set_bit(&modbounds_marks, start, MODBOUNDS_READ))
		modbounds_mark_page(start, modbounds_running_domain()->number);
}

#define PAGES		BIT(MODBOUNDS_PAGES)
#define KMALLOCED	(BIT(MODBOUNDS_SLAB) | PAGES)
#define ALLOCATED	(KMALLOCED | BIT(MODBOUNDS_VMALLOC))

/*
 * Pages that kfree() can take: kmalloc() makes them compound.  Others (of
 * dma_alloc_coherent(), say) it would free as well, with a warning, while they are in use.
 */
static bool is_kmalloced(const struct modbounds_object *o)
{
	return o->class != MODBOUNDS_PAGES || folio_test_large(virt_to_folio((void *)o->start));
}

/*
 * Frees are checked, for a pointer that begins no object would make the
 * allocator write on the module's behalf where nobody knows.  @s: the cache that
 * it must come from, or NULL.  @now: nobody may use the object from here on.
 */
static bool free_ok(const void *p, unsigned long classes, const struct kmem_cache *s, bool now,
		    unsigned long ip)
{
	struct modbounds_domain *d = modbounds_acting_domain(ip);
	struct modbounds_access a = {
		.addr = (unsigned long)p,
		.base = (unsigned long)p,
		.ip = ip,
	};
	struct modbounds_object o;

	if (ZERO_OR_NULL_PTR(p) || d->mode == MODBOUNDS_TRUSTED || in_nmi())
		return true;
	modbounds_find_object(a.addr, &o);
	if (o.class == MODBOUNDS_BUSY)
		return true;
	/* Pages that were split are freed one by one. */
	if (classes & BIT(o.class) &&
	    (classes == PAGES || (o.start == a.addr && is_kmalloced(&o))) && !o.freed &&
	    !modbounds_in_sink(d, p) && (!s || virt_to_slab(p)->slab_cache == s)) {
		if (o.class == MODBOUNDS_SLAB && now)
			note_freed(p);
		return true;
	}
	modbounds_count(d, misses);
	return modbounds_violation(d, &a, MODBOUNDS_BAD_FREE);
}

/**
 * modbounds_may_free - may a module free what kmalloc() or a cache has returned?
 * @p: it, or NULL
 * @now: nobody may use it from here on
 * @ip: where the module called from
 *
 * Context: any but NMI.
 * Return: whether it may; else it is reported.
 */
bool modbounds_may_free(const void *p, bool now, unsigned long ip)
{
	return free_ok(p, KMALLOCED, NULL, now, ip);
}

#define WRAP_FREE(fn, params, p, classes, now, args)		\
static void wrap_##fn params					\
{								\
	if (free_ok(p, classes, NULL, now, _RET_IP_))		\
		fn args;					\
}

static void wrap_kfree(const void *p)
{
	if (free_ok(p, KMALLOCED, NULL, true, _RET_IP_))
		kfree(modbounds_free_later(modbounds_running_domain(), p));
}

static void wrap_kfree_sensitive(const void *p)
{
	if (!free_ok(p, KMALLOCED, NULL, true, _RET_IP_) || ZERO_OR_NULL_PTR(p))
		return;
	kasan_unpoison_range(p, ksize(p));
	memzero_explicit((void *)p, ksize(p));
	kfree(modbounds_free_later(modbounds_running_domain(), p));
}

/* What does not wait goes to @fn, for it may be no slab object; what comes in its place is one. */
#define WRAP_FREE_LATER(fn)					\
static void wrap_##fn(const void *p)				\
{								\
	const void *now;					\
								\
	if (!free_ok(p, ALLOCATED, NULL, true, _RET_IP_))	\
		return;						\
	now = modbounds_free_later(modbounds_running_domain(), p); \
	if (now == p)						\
		fn(p);						\
	else							\
		kfree(now);					\
}

WRAP_FREE_LATER(vfree)
WRAP_FREE_LATER(kvfree)

/* What is no object has no size, and cannot be made longer. */
static size_t wrap_ksize(const void *p)
{
	if (!ZERO_OR_NULL_PTR(p) &&
	    !modbounds_resolve_range(p, 1, 0, MODBOUNDS_ORIGIN_LOADED, _RET_IP_))
		return 0;
	return ksize(p);
}

static void *wrap_krealloc_noprof(const void *p, size_t size, gfp_t gfp)
{
	struct modbounds_alloc prev;
	void *ret;

	if (!free_ok(p, KMALLOCED, NULL, false, _RET_IP_))
		return NULL;
	prev = modbounds_alloc_begin_running();
	ret = krealloc_noprof(p, size, gfp);
	modbounds_alloc_end(prev);
	modbounds_own(ret, size);
	return ret;
}

WRAP_FREE(kvfree_call_rcu, (struct rcu_head *head, void *p), p, ALLOCATED, false, (head, p))

WRAP_FREE(free_pages, (unsigned long addr, unsigned int order), (void *)addr, PAGES, true,
	  (addr, order))
WRAP_FREE(free_pages_exact, (void *p, size_t size), p, PAGES, true, (p, size))

static void wrap___free_pages(struct page *page, unsigned int order)
{
	struct modbounds_object o;

	/* Anything may be taken for a struct page; only one of a page in use has an address. */
	modbounds_find_object((unsigned long)page, &o);
	if (free_ok(o.class == MODBOUNDS_STRUCT_PAGE ? page_address(page) : page, PAGES, NULL,
		    true, _RET_IP_))
		__free_pages(page, order);
}

static void wrap_kmem_cache_free(struct kmem_cache *s, void *p)
{
	bool now = !(s->flags & SLAB_TYPESAFE_BY_RCU);

	if (!free_ok(p, BIT(MODBOUNDS_SLAB), s, now, _RET_IP_))
		return;
	if (now)
		kfree(modbounds_free_later(modbounds_running_domain(), p));
	else
		kmem_cache_free(s, p);
}

static void wrap_kmem_cache_destroy(struct kmem_cache *s)
{
	struct modbounds_domain *d = modbounds_running_domain();

	/* A cache is an object of a cache. */
	if (!s || !free_ok(s, BIT(MODBOUNDS_SLAB), NULL, true, _RET_IP_))
		return;
	modbounds_free_all(d);
	kmem_cache_destroy(s);
	if (d != &modbounds_nobody)
		atomic_dec(&d->own_caches);
}

/* What the loader looks symbols up in; ends with an empty entry. */
const struct modbounds_wrapper modbounds_free_wrappers[] = {
	ENTRY(krealloc_noprof),
	ENTRY(ksize),
	ENTRY(kfree),
	ENTRY(kfree_sensitive),
	ENTRY(vfree),
	ENTRY(kvfree),
	ENTRY(kvfree_call_rcu),
	ENTRY(free_pages),
	ENTRY(free_pages_exact),
	ENTRY(__free_pages),
	ENTRY(kmem_cache_free),
	ENTRY(kmem_cache_destroy),
	{ }
};
