// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel functions that allocate for a module: in instrumented modules the
 * loader puts these in their place, so that what they allocate lies in the
 * module's arena.
 *
 * Left out are those that fill a cache shared with others from what they
 * allocate (__blk_mq_alloc_disk and its IDA): the kernel's memory must not come
 * to lie in an arena.  Those that free are in wrap_free.c, those for pools in
 * wrap_pool.c, for the network in wrap_net.c, those that read the module's
 * memory as well (kmemdup and kin) in wrap_mem.c.
 */
#include <linux/blk-mq.h>
#include <linux/dma-map-ops.h>
#include <linux/gfp.h>
#include <linux/iommu-dma.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "internal.h"
#include "../../mm/slab.h"

#define ENTRY MODBOUNDS_ENTRY

static noinline void grant_own(struct modbounds_domain *d, const void *p)
{
	struct modbounds_object o;
	unsigned long addr;

	/* The arena is full: no time to keep what is free. */
	modbounds_free_all(d);
	modbounds_find_object((unsigned long)p, &o);
	/* Pages are known for the domain's by this alone, see integer_may(). */
	for (addr = o.start; o.class == MODBOUNDS_PAGES && addr < o.end; addr += PAGE_SIZE)
		modbounds_mark_page(addr, d->number);
	if ((o.class == MODBOUNDS_SLAB || o.class == MODBOUNDS_PAGES) &&
	    o.end - o.start <= MODBOUNDS_RUN_SIZE)
		modbounds_grant(d, o.start, o.end, true);
}

/*
 * What a module has allocated is its own, also where its arena could not hold it:
 * it may go there by a number that it has kept (a handle, a page's), and over the
 * border of two allocations that happen to be neighbours.  Such memory is granted
 * at once, not when it is touched.
 */
static __always_inline void own(const void *p)
{
	struct modbounds_domain *d = modbounds_running_domain();

	if (!ZERO_OR_NULL_PTR(p) && d != &modbounds_nobody &&
	    !modbounds_arena_owns(&d->arena, (unsigned long)p))
		grant_own(d, p);
}

/* The same of what was asked for by @size, of which pages keep no record. */
static __always_inline void own_sized(const void *p, size_t size)
{
	own(p);
	if (size > KMALLOC_MAX_CACHE_SIZE && !ZERO_OR_NULL_PTR(p))
		modbounds_exact_pages(modbounds_running_domain(), p, size);
}

/**
 * modbounds_own - what the running module has been given is its own
 * @p: what an allocator returned, may be NULL
 * @size: bytes that were asked for
 *
 * Context: any but NMI.
 */
void modbounds_own(const void *p, size_t size)
{
	own_sized(p, size);
}

/* A device's record stands in front, and all of the bucket is asked for. */
static void own_managed(const void *p, size_t size)
{
	own(p);
	if (!ZERO_OR_NULL_PTR(p))
		modbounds_object_ends(p, size);
}

static __always_inline void own_page(struct page *page)
{
	if (page)
		own(page_address(page));
}

/* MODBOUNDS_WRAP(), of what is then the module's own; @found: of the result. */
#define WRAPPED_BY(type, fn, params, args, found)		\
static type wrap_##fn params					\
{								\
	struct modbounds_alloc prev = modbounds_alloc_begin_running(); \
	type ret = fn args;					\
								\
	modbounds_alloc_end(prev);				\
	found;							\
	return ret;						\
}

#define WRAPPED(type, fn, params, args) WRAPPED_BY(type, fn, params, args, own((void *)ret))
#define WRAPPED_SIZED(fn, params, args)	WRAPPED_BY(void *, fn, params, args, own_sized(ret, size))
#define WRAPPED_PAGE(fn, params, args) WRAPPED_BY(struct page *, fn, params, args, own_page(ret))

WRAPPED_SIZED(__kmalloc_noprof, (size_t size, gfp_t gfp), (size, gfp))
WRAPPED_SIZED(__kmalloc_node_noprof, (DECL_BUCKET_PARAMS(size, b), gfp_t gfp, int node),
	      (PASS_BUCKET_PARAMS(size, b), gfp, node))
WRAPPED_SIZED(__kmalloc_node_track_caller_noprof,
	      (DECL_BUCKET_PARAMS(size, b), gfp_t gfp, int node, unsigned long caller),
	      (PASS_BUCKET_PARAMS(size, b), gfp, node, caller))
WRAPPED(void *, __kmalloc_cache_noprof, (struct kmem_cache *s, gfp_t gfp, size_t size),
	(s, gfp, size))
WRAPPED(void *, __kmalloc_cache_node_noprof,
	(struct kmem_cache *s, gfp_t gfp, int node, size_t size), (s, gfp, node, size))
WRAPPED_SIZED(__kmalloc_large_noprof, (size_t size, gfp_t gfp), (size, gfp))
WRAPPED_SIZED(__kmalloc_large_node_noprof, (size_t size, gfp_t gfp, int node), (size, gfp, node))
WRAPPED_SIZED(__kvmalloc_node_noprof, (DECL_BUCKET_PARAMS(size, b), gfp_t gfp, int node),
	      (PASS_BUCKET_PARAMS(size, b), gfp, node))
WRAPPED(char *, kvasprintf, (gfp_t gfp, const char *fmt, va_list args), (gfp, fmt, args))
WRAPPED_BY(void *, devm_kmalloc, (struct device *dev, size_t size, gfp_t gfp), (dev, size, gfp),
	   own_managed(ret, size))
WRAPPED_BY(void *, devm_kmemdup, (struct device *dev, const void *p, size_t size, gfp_t gfp),
	   (dev, p, size, gfp), own_managed(ret, size))
WRAPPED_BY(void *, devm_krealloc, (struct device *dev, void *p, size_t size, gfp_t gfp),
	   (dev, p, size, gfp), own_managed(ret, size))
WRAPPED_PAGE(alloc_pages_noprof, (gfp_t gfp, unsigned int order), (gfp, order))
WRAPPED_PAGE(__alloc_pages_noprof,
	     (gfp_t gfp, unsigned int order, int nid, nodemask_t *mask), (gfp, order, nid, mask))
WRAPPED(unsigned long, get_free_pages_noprof, (gfp_t gfp, unsigned int order), (gfp, order))
WRAPPED(unsigned long, get_zeroed_page_noprof, (gfp_t gfp), (gfp))
WRAPPED_SIZED(alloc_pages_exact_noprof, (size_t size, gfp_t gfp), (size, gfp))

/* Mostly page caches, so not from the arena, which they would fill. */
static unsigned long wrap_alloc_pages_bulk_noprof(gfp_t gfp, int nid, nodemask_t *mask, int n,
						  struct list_head *list, struct page **array)
{
	unsigned long got = alloc_pages_bulk_noprof(gfp, nid, mask, n, list, array), i;
	struct page *page;

	if (list)
		list_for_each_entry(page, list, lru)
			own_page(page);
	for (i = 0; array && i < got; i++)
		own_page(array[i]);
	return got;
}

#ifdef CONFIG_HAS_DMA
/* Behind an IOMMU an allocation makes page tables too, which others will share. */
static struct modbounds_alloc dma_alloc_begin(struct device *dev)
{
	if (use_dma_iommu(dev) || get_dma_ops(dev))
		return modbounds_alloc_begin(NULL);
	return modbounds_alloc_begin_running();
}

#define WRAP_DMA(fn)						\
static void *wrap_##fn(struct device *dev, size_t size, dma_addr_t *dma, gfp_t gfp, \
		       unsigned long attrs)			\
{								\
	struct modbounds_alloc prev = dma_alloc_begin(dev);	\
	void *ret = fn(dev, size, dma, gfp, attrs);		\
								\
	modbounds_alloc_end(prev);				\
	if (ret)						\
		modbounds_exact_pages(modbounds_running_domain(), ret, size); \
	return ret;						\
}

WRAP_DMA(dma_alloc_attrs)
WRAP_DMA(dmam_alloc_attrs)
#endif
#ifdef CONFIG_BLOCK
/* Requests are for who serves them: of NVMe's modules it is not the one that calls. */
static int wrap_blk_mq_alloc_tag_set(struct blk_mq_tag_set *set)
{
	struct modbounds_alloc prev = modbounds_alloc_begin_owner(set->ops);
	int ret = blk_mq_alloc_tag_set(set);

	modbounds_alloc_end(prev);
	return ret;
}
#endif

/*
 * vmalloc() is for what need not be contiguous, but mostly it is: descriptors'
 * shadow rings are what a driver touches most.  Where the arena has room, that
 * serves; vfree() knows.
 */
static void *arena_vmalloc(unsigned long size, gfp_t gfp)
{
	struct modbounds_domain *d = modbounds_running_domain();
	struct modbounds_alloc prev;
	void *p;

	if (d == &modbounds_nobody || !size || size > d->arena.size / 4)
		return NULL;
	prev = modbounds_alloc_begin(d);
	p = kmalloc(size, gfp | __GFP_NOWARN | __GFP_NORETRY);
	modbounds_alloc_end(prev);
	if (p && !modbounds_arena_owns(&d->arena, (unsigned long)p)) {
		kfree(p);
		p = NULL;
	}
	if (p)
		modbounds_exact_pages(d, p, size);
	return p;
}

static void *wrap_vmalloc_noprof(unsigned long size)
{
	return arena_vmalloc(size, GFP_KERNEL) ?: vmalloc_noprof(size);
}

static void *wrap_vzalloc_noprof(unsigned long size)
{
	return arena_vmalloc(size, GFP_KERNEL | __GFP_ZERO) ?: vzalloc_noprof(size);
}

static void *wrap_vmalloc_node_noprof(unsigned long size, int node)
{
	return arena_vmalloc(size, GFP_KERNEL) ?: vmalloc_node_noprof(size, node);
}

static void *wrap_vzalloc_node_noprof(unsigned long size, int node)
{
	return arena_vmalloc(size, GFP_KERNEL | __GFP_ZERO) ?: vzalloc_node_noprof(size, node);
}

/* A cache of the module's own: not merged with others, its slabs in the arena. */
static struct kmem_cache *wrap___kmem_cache_create_args(const char *name, unsigned int size,
							struct kmem_cache_args *args,
							slab_flags_t flags)
{
	struct modbounds_domain *d = modbounds_running_domain();
	struct kmem_cache *s;

	s = __kmem_cache_create_args(name, size + READ_ONCE(d->buckets.gap), args,
				     flags | SLAB_NO_MERGE);
	if (s && d != &modbounds_nobody) {
		/* The gap belongs to nobody. */
		s->object_size = size;
		modbounds_cache_adopt(d, s);
		atomic_inc(&d->own_caches);
	}
	return s;
}

/* What the loader looks symbols up in; ends with an empty entry. */
const struct modbounds_wrapper modbounds_alloc_wrappers[] = {
	ENTRY(__kmalloc_noprof),
	ENTRY(__kmalloc_node_noprof),
	ENTRY(__kmalloc_node_track_caller_noprof),
	ENTRY(__kmalloc_cache_noprof),
	ENTRY(__kmalloc_cache_node_noprof),
	ENTRY(__kmalloc_large_noprof),
	ENTRY(__kmalloc_large_node_noprof),
	ENTRY(__kvmalloc_node_noprof),
	ENTRY(kvasprintf),
	ENTRY(devm_kmalloc),
	ENTRY(devm_kmemdup),
	ENTRY(devm_krealloc),
	ENTRY(alloc_pages_noprof),
	ENTRY(__alloc_pages_noprof),
	ENTRY(get_free_pages_noprof),
	ENTRY(get_zeroed_page_noprof),
	ENTRY(alloc_pages_exact_noprof),
	ENTRY(alloc_pages_bulk_noprof),
#ifdef CONFIG_HAS_DMA
	ENTRY(dma_alloc_attrs),
	ENTRY(dmam_alloc_attrs),
#endif
#ifdef CONFIG_BLOCK
	ENTRY(blk_mq_alloc_tag_set),
#endif
	ENTRY(vmalloc_noprof),
	ENTRY(vzalloc_noprof),
	ENTRY(vmalloc_node_noprof),
	ENTRY(vzalloc_node_noprof),
	ENTRY(__kmem_cache_create_args),
	{ }
};
