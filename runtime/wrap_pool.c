// SPDX-License-Identifier: GPL-2.0
/*
 * Memory pools of modules, and pools for devices: their elements lie in the module's arena, and
 * what a memory pool keeps aside is free.
 */
#include <linux/dma-map-ops.h>
#include <linux/dmapool.h>
#include <linux/iommu-dma.h>
#include <linux/mempool.h>
#include <linux/mm.h>

#include "internal.h"
#include "../../mm/slab.h"

MODBOUNDS_WRAP(mempool_t *, mempool_create_node_noprof,
	       (int n, mempool_alloc_t *alloc, mempool_free_t *release, void *data, gfp_t gfp,
		int node),
	       (n, alloc, release, data, gfp, node))
MODBOUNDS_WRAP(int, mempool_init_noprof,
	       (mempool_t *pool, int n, mempool_alloc_t *alloc, mempool_free_t *release,
		void *data),
	       (pool, n, alloc, release, data))
MODBOUNDS_WRAP(int, mempool_init_node,
	       (mempool_t *pool, int n, mempool_alloc_t *alloc, mempool_free_t *release, void *data,
		gfp_t gfp, int node),
	       (pool, n, alloc, release, data, gfp, node))
MODBOUNDS_WRAP(int, mempool_resize, (mempool_t *pool, int n), (pool, n))

/* Are its elements slab objects?  The module's own functions know better what others are. */
static bool has_objects(const mempool_t *pool)
{
	return pool->free == mempool_kfree || pool->free == mempool_free_slab;
}

static void *wrap_mempool_alloc_noprof(mempool_t *pool, gfp_t gfp)
{
	struct modbounds_alloc prev = modbounds_alloc_begin_running();
	void *p = mempool_alloc_noprof(pool, gfp);
	struct folio *folio;

	modbounds_alloc_end(prev);
	if (!p || !has_objects(pool))
		return p;
	/* It may have been kept aside. */
	folio = virt_to_folio(p);
	if (folio_test_slab(folio))
		modbounds_object_again(p, folio_slab(folio)->slab_cache);
	if (pool->alloc == mempool_kmalloc)
		modbounds_object_ends(p, (size_t)pool->pool_data);
	return p;
}

static void wrap_mempool_free(void *p, mempool_t *pool)
{
	struct folio *folio;

	if (p && has_objects(pool)) {
		if (!modbounds_may_free(p, true, _RET_IP_))
			return;
		folio = virt_to_folio(p);
		if (folio_test_slab(folio))
			modbounds_object_aside(p, folio_slab(folio)->slab_cache);
	}
	mempool_free(p, pool);
}

#ifdef CONFIG_HAS_DMA
/*
 * Lists of what a device is to do, which drivers fill by an index.  Behind an IOMMU an allocation
 * makes page tables too, which others will share: then none of the module's pools is served.
 */
#define WRAP_POOL_CREATE(fn)					\
static struct dma_pool *wrap_##fn(const char *name, struct device *dev, size_t size, \
				  size_t align, size_t boundary) \
{								\
	struct modbounds_domain *d = modbounds_running_domain(); \
								\
	if (d != &modbounds_nobody && (use_dma_iommu(dev) || get_dma_ops(dev))) \
		WRITE_ONCE(d->mapped_pools, true);		\
	return fn(name, dev, size, align, boundary);		\
}

WRAP_POOL_CREATE(dma_pool_create)
WRAP_POOL_CREATE(dmam_pool_create)

static void *wrap_dma_pool_alloc(struct dma_pool *pool, gfp_t gfp, dma_addr_t *handle)
{
	struct modbounds_domain *d = modbounds_running_domain();
	struct modbounds_alloc prev;
	void *p;

	prev = modbounds_alloc_begin(d == &modbounds_nobody || READ_ONCE(d->mapped_pools) ?
				     NULL : d);
	p = dma_pool_alloc(pool, gfp, handle);
	modbounds_alloc_end(prev);
	return p;
}
#endif

/* What the loader looks symbols up in; ends with an empty entry. */
const struct modbounds_wrapper modbounds_pool_wrappers[] = {
	MODBOUNDS_ENTRY(mempool_create_node_noprof),
	MODBOUNDS_ENTRY(mempool_init_noprof),
	MODBOUNDS_ENTRY(mempool_init_node),
	MODBOUNDS_ENTRY(mempool_resize),
	MODBOUNDS_ENTRY(mempool_alloc_noprof),
	MODBOUNDS_ENTRY(mempool_free),
#ifdef CONFIG_HAS_DMA
	MODBOUNDS_ENTRY(dma_pool_create),
	MODBOUNDS_ENTRY(dmam_pool_create),
	MODBOUNDS_ENTRY(dma_pool_alloc),
#endif
	{ }
};
