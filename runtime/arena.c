// SPDX-License-Identifier: GPL-2.0
/*
 * Arenas: one contiguous piece of memory for each domain, from which the
 * allocations that a module makes are served, so that one comparison at level
 * 1 covers nearly all that a driver touches.
 *
 * Its pages are ordinary pages of the linear mapping.  They leave the buddy
 * allocator once and come back when the arena goes; between, a hook in the
 * page allocator sends freed ones here, whoever frees them.  On top, each
 * domain has kmalloc buckets of its own whose slabs are such pages: kfree()
 * finds the cache by the page, as ever.
 */
#include <linux/genalloc.h>
#include <linux/log2.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "internal.h"
#include "../../mm/internal.h"
#include "../../mm/slab.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX	"modbounds."

#define ARENA_MIN	BIT(MODBOUNDS_BLOCK_SHIFT)
#define ARENA_MAX	SZ_64M

static unsigned long arena_size;

static int set_arena_size(const char *value, const struct kernel_param *kp)
{
	char *end;
	unsigned long size = memparse(value, &end);

	if (end == value || *skip_spaces(end)) {
		pr_err("modbounds.arena=%.*s: not a size; valid: bytes, or 512K, 16M, ...\n",
		       (int)strcspn(value, "\n"), value);
		return -EINVAL;
	}
	arena_size = size;
	return 0;
}

static const struct kernel_param_ops arena_size_ops = {
	.set = set_arena_size,
	.get = param_get_ulong,
};

module_param_cb(arena, &arena_size_ops, &arena_size, 0644);
MODULE_PARM_DESC(arena, "size of the arena of each module loaded from now on; 0: 1/32 of memory");

struct modbounds_arena **modbounds_blocks;
unsigned long modbounds_nr_blocks;

static struct modbounds_arena **first_block(const struct modbounds_arena *arena)
{
	unsigned long pfn = page_to_pfn(virt_to_page((void *)arena->base));

	return &modbounds_blocks[pfn >> (MODBOUNDS_BLOCK_SHIFT - PAGE_SHIFT)];
}

static void claim_blocks(struct modbounds_arena *arena)
{
	struct modbounds_arena **block = first_block(arena);
	unsigned long i;

	for (i = 0; i < arena->size >> MODBOUNDS_BLOCK_SHIFT; i++)
		WRITE_ONCE(block[i], arena);
}

/* What was given back may be part of another, smaller arena by now: that one's stay. */
static void release_blocks(struct modbounds_arena *arena)
{
	struct modbounds_arena **block = first_block(arena);
	unsigned long i;

	for (i = 0; i < arena->size >> MODBOUNDS_BLOCK_SHIFT; i++)
		cmpxchg(&block[i], arena, NULL);
}

/* What stands before and behind the bounds is never handed out. */
static void take_guard(struct modbounds_arena *arena, unsigned long offset)
{
	struct genpool_data_fixed at = { .offset = offset };

	gen_pool_alloc_algo(arena->pool, MODBOUNDS_GUARD, gen_pool_fixed_alloc, &at);
}

static void free_guards(struct modbounds_arena *arena)
{
	if (!gen_pool_has_addr(arena->pool, arena->base, MODBOUNDS_GUARD))
		return;
	gen_pool_free(arena->pool, arena->base, MODBOUNDS_GUARD);
	gen_pool_free(arena->pool, arena->base + arena->size - MODBOUNDS_GUARD, MODBOUNDS_GUARD);
}

/**
 * modbounds_arena_create - take memory for an arena
 * @arena: zeroed; filled in
 *
 * Memory may be too fragmented for the size asked for: a smaller arena, or
 * none, means more grants, not less protection.
 *
 * Context: may sleep.
 * Return: 0; -ENOMEM if there was no memory for the bookkeeping.
 */
int modbounds_arena_create(struct modbounds_arena *arena)
{
	unsigned long size = arena_size ?: totalram_pages() * PAGE_SIZE / 32;
	struct page *page = NULL;
	unsigned long i;

	if (!modbounds_blocks) {
		i = DIV_ROUND_UP(max_pfn, ARENA_MIN / PAGE_SIZE);
		modbounds_blocks = kvcalloc(i, sizeof(*modbounds_blocks), GFP_KERNEL);
		if (!modbounds_blocks)
			return -ENOMEM;
		/* Whoever sees the number sees the table. */
		smp_store_release(&modbounds_nr_blocks, i);
	}

	arena->pool = gen_pool_create(PAGE_SHIFT, NUMA_NO_NODE);
	if (!arena->pool)
		return -ENOMEM;
	gen_pool_set_algo(arena->pool, gen_pool_first_fit_order_align, NULL);

	size = rounddown_pow_of_two(clamp(size, (unsigned long)ARENA_MIN,
					  (unsigned long)ARENA_MAX));
	for (; size >= ARENA_MIN; size /= 2) {
		/* Reachable for devices with 32 address bits, if possible. */
		page = alloc_contig_pages(size >> PAGE_SHIFT, GFP_KERNEL | GFP_DMA32 | __GFP_NOWARN,
					  numa_node_id(), NULL);
		if (!page)
			page = alloc_contig_pages(size >> PAGE_SHIFT, GFP_KERNEL | __GFP_NOWARN,
						  numa_node_id(), NULL);
		if (page)
			break;
	}
	if (!page) {
		pr_warn("no contiguous memory for an arena: expect more grants\n");
		return 0;
	}

	arena->base = (unsigned long)page_address(page);
	arena->size = size;
	arena->slots = modbounds_table_alloc(((size >> PAGE_SHIFT) + 1) * sizeof(long));
	/* Free pages have no references, here as in the buddy allocator. */
	for (i = 0; i < size >> PAGE_SHIFT; i++)
		set_page_count(page + i, 0);
	/* As seen from where the pool begins pages are aligned to how many they are. */
	if (!arena->slots || gen_pool_add(arena->pool, arena->base, size, NUMA_NO_NODE)) {
		modbounds_arena_destroy(arena);
		return -ENOMEM;
	}
	take_guard(arena, 0);
	take_guard(arena, size - MODBOUNDS_GUARD);
	claim_blocks(arena);
	return 0;
}

/* Which of an arena's pages holds an address. */
static unsigned long arena_page(const struct modbounds_arena *arena, unsigned long addr)
{
	return (addr - arena->base) >> PAGE_SHIFT;
}

static void give_page(unsigned long addr)
{
	struct page *page = virt_to_page((void *)addr);

	set_page_count(page, 1);
	__free_page(page);
}

/**
 * modbounds_arena_give_back - let the kernel have the free pages of an arena
 * @arena: one that nothing will be allocated from any more
 *
 * A single object that is never freed would keep all of it.
 *
 * Context: may sleep; one at a time.
 */
void modbounds_arena_give_back(struct modbounds_arena *arena)
{
	unsigned long addr;

	if (!arena->size)
		return;
	if (!arena->given)
		/* Read by whoever frees a page. */
		smp_store_release(&arena->given, kvcalloc(BITS_TO_LONGS(arena->size >> PAGE_SHIFT),
							  sizeof(long), GFP_KERNEL));
	if (!arena->given)
		return;
	while ((addr = gen_pool_alloc(arena->pool, PAGE_SIZE))) {
		set_bit(arena_page(arena, addr), arena->given);
		give_page(addr);
		cond_resched();
	}
}

/* @addr: a page; Return: whether it was given back, so that it is no longer the arena's. */
static bool was_given(const struct modbounds_arena *arena, unsigned long addr)
{
	/* pairs with modbounds_arena_give_back() */
	const unsigned long *given = smp_load_acquire(&arena->given);

	return unlikely(given) && test_bit(arena_page(arena, addr), given);
}

/**
 * modbounds_arena_destroy - give the memory of an arena back
 * @arena: one that has no pages in use
 *
 * Context: may sleep.
 */
void modbounds_arena_destroy(struct modbounds_arena *arena)
{
	unsigned long addr;

	if (arena->size) {
		release_blocks(arena);
		if (arena->given)
			synchronize_rcu();
		for (addr = arena->base; addr < arena->base + arena->size; addr += PAGE_SIZE)
			if (!was_given(arena, addr))
				give_page(addr);
	}
	/* All of it must be free there. */
	if (arena->given)
		for (addr = arena->base; addr < arena->base + arena->size; addr += PAGE_SIZE)
			if (was_given(arena, addr))
				gen_pool_free(arena->pool, addr, PAGE_SIZE);
	if (arena->pool) {
		free_guards(arena);
		gen_pool_destroy(arena->pool);
	}
	kvfree(arena->given);
	vfree(arena->slots);
	memset(arena, 0, sizeof(*arena));
}

/* See modbounds_alloc_pages().  Context: any but NMI. */
struct page *__modbounds_alloc_pages(gfp_t gfp, unsigned int order)
{
	struct modbounds_domain *d = modbounds_alloc_domain();
	unsigned long addr;

	/* What may be moved or mapped high is not for drivers. */
	if (gfp & (__GFP_HIGHMEM | __GFP_MOVABLE | __GFP_DMA))
		return NULL;
	addr = gen_pool_alloc(d->arena.pool, PAGE_SIZE << order);
	if (!addr) {
		modbounds_count(d, arena_full);
		return NULL;
	}
	atomic_long_add(1 << order, &d->arena.pages_used);
	modbounds_slots_of_pages(&d->arena, addr, order);
	if (READ_ONCE(d->mode) == MODBOUNDS_PRECISE)
		modbounds_expect_frees(d, addr, PAGE_SIZE << order);
	return virt_to_page((void *)addr);
}

/* See modbounds_pages_freed().  Context: any but NMI. */
bool __modbounds_pages_freed(struct page *page, unsigned int order)
{
	unsigned long pfn = page_to_pfn(page), i;
	struct modbounds_arena *arena;
	bool ret = false;

	for (i = 0; i < 1UL << order; i++)
		if (unlikely(modbounds_grantees[pfn + i]))
			modbounds_forget_page(pfn + i, (unsigned long)page_address(page + i));
	rcu_read_lock();	/* a page that was given back does not keep the arena */
	arena = modbounds_arena_of_pfn(pfn);
	if (unlikely(arena) && !was_given(arena, (unsigned long)page_address(page))) {
		gen_pool_free(arena->pool, (unsigned long)page_address(page), PAGE_SIZE << order);
		atomic_long_sub(1 << order, &arena->pages_used);
		ret = true;
	}
	rcu_read_unlock();
	return ret;
}

/* See modbounds_vfree(). */
bool __modbounds_vfree(const void *p)
{
	if (likely(is_vmalloc_addr(p)) || !virt_addr_valid(p) ||
	    !modbounds_arena_of((unsigned long)p))
		return false;
	kfree(p);
	return true;
}

/* See modbounds_cache(). */
static_assert(offsetof(struct modbounds_domain, buckets) == 0);

/* Bytes behind each object that precise mode keeps free: what is too long meets nothing there. */
#define PRECISE_GAP	16

/**
 * modbounds_set_gap - whether objects that a domain allocates from here on have a gap behind them
 * @d: the domain
 * @gap: whether they do
 *
 * Context: any.
 */
void modbounds_set_gap(struct modbounds_domain *d, bool gap)
{
	WRITE_ONCE(d->buckets.gap, gap ? PRECISE_GAP : 0);
}

/* See modbounds_cache(): of the largest objects there is nothing larger.  Context: any. */
struct kmem_cache *modbounds_bucket_with_gap(const struct modbounds_buckets *buckets,
					     unsigned int index, size_t size)
{
	struct kmem_cache *s = buckets->cache[index];

	if (size + READ_ONCE(buckets->gap) <= s->object_size)
		return s;
	index = ilog2(s->object_size) + 1;
	return index < ARRAY_SIZE(buckets->cache) && buckets->cache[index] ?
	       buckets->cache[index] : s;
}

/**
 * modbounds_serve_cache - let allocations for a domain come from its arena
 * @s: a cache with no constructor
 *
 * For what the kernel allocates on a driver's behalf and the driver touches
 * much.  Who frees it need not know: kmem_cache_free() looks at the object.
 */
void modbounds_serve_cache(struct kmem_cache *s)
{
	s->modbounds_bucket = __kmalloc_index(s->object_size, false);
}

/* kmalloc()'s own, but for those that devices with few address bits need. */
void __init modbounds_arena_init(void)
{
	int type, i;

	for (type = 0; type < NR_KMALLOC_TYPES; type++)
		for (i = 1; i <= KMALLOC_SHIFT_HIGH; i++)
			if (kmalloc_caches[type][i] &&
			    !(kmalloc_caches[type][i]->flags & SLAB_CACHE_DMA))
				modbounds_serve_cache(kmalloc_caches[type][i]);
}

/**
 * modbounds_cache_adopt - let the slabs of a module's own cache come from its arena
 * @d: the domain
 * @s: a cache that is not merged with others, and has no slabs yet
 */
void modbounds_cache_adopt(struct modbounds_domain *d, struct kmem_cache *s)
{
	unsigned int order = s->oo.x >> 16;	/* oo_order(), of mm/slub.c */

	/*
	 * Slabs are aligned as their pages are, and objects whose size is a power of two to that.
	 * Of others C has to look up where they begin.
	 */
	s->modbounds_same = ~((PAGE_SIZE << order) - 1);
	s->modbounds_slot = ~0UL;
	if (is_power_of_2(s->size) && !s->red_left_pad) {
		s->modbounds_same |= s->size - 1;
		s->modbounds_slot = ~(s->size - 1UL);
	}
	s->modbounds = d;
}

/**
 * modbounds_caches_create - make a domain's own buckets of kmalloc
 * @d: the domain
 *
 * Context: may sleep; caller holds modbounds_mutex.
 * Return: 0 or -ENOMEM.
 */
int modbounds_caches_create(struct modbounds_domain *d)
{
	static unsigned int last_id;
	unsigned int id = ++last_id;
	int i;

	/* A module may be back before the last of its former life is freed. */
	for (i = 0; i < ARRAY_SIZE(d->buckets.cache); i++) {
		struct kmem_cache *s = kmalloc_caches[KMALLOC_NORMAL][i];
		char name[MODULE_NAME_LEN + 32];

		if (!s || !is_power_of_2(s->object_size))
			continue;
		snprintf(name, sizeof(name), "modbounds-%s.%u-%u", d->name, id, s->object_size);
		d->buckets.cache[i] = kmem_cache_create_usercopy(name, s->object_size,
								 s->object_size,
								 modbounds_cache_flags(), 0,
								 s->object_size, NULL);
		if (!d->buckets.cache[i])
			return -ENOMEM;
		modbounds_cache_adopt(d, d->buckets.cache[i]);
	}
	/* Slots are powers of two: see extent.c. */
	for (i = 1; i < ARRAY_SIZE(d->buckets.cache); i++) {
		struct kmem_cache *s = kmalloc_caches[KMALLOC_NORMAL][i];

		if (s && !d->buckets.cache[i])
			d->buckets.cache[i] = d->buckets.cache[order_base_2(s->object_size)];
	}
	return 0;
}

/* See modbounds_count_slab().  Context: any. */
void __modbounds_count_slab(struct modbounds_domain *d, int n)
{
	atomic_long_add(n, &d->slabs);
}

/**
 * modbounds_caches_destroy - let a domain's buckets go, if nothing is left in them
 * @d: the domain
 *
 * What the module has allocated may outlive it in the hands of the kernel.
 *
 * Context: may sleep.
 * Return: false if objects are left.
 */
bool modbounds_caches_destroy(struct modbounds_domain *d)
{
	int i;

	modbounds_packets_drain(d);
	for (i = 0; i < ARRAY_SIZE(d->buckets.cache); i++)
		if (d->buckets.cache[i])
			kmem_cache_shrink(d->buckets.cache[i]);
	if (atomic_long_read(&d->slabs))
		return false;
	for (i = 0; i < ARRAY_SIZE(d->buckets.cache); i++) {
		/* Some stand in more than one place. */
		if (d->buckets.cache[i] && d->buckets.cache[i]->object_size == 1UL << i)
			kmem_cache_destroy(d->buckets.cache[i]);
		d->buckets.cache[i] = NULL;
	}
	return true;
}
