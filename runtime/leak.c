// SPDX-License-Identifier: GPL-2.0
/*
 * What is left in a domain's arena when its module is gone: never freed by the
 * module, or held by the kernel for which it was allocated.
 *
 * Always by size.  With modbounds.track=1 by allocation site too: the slab
 * allocator then records who allocates and who frees in the domain's caches,
 * and reports of violations show it.  That takes a slow path and a walk of the
 * stack for each allocation, so it is not on by default; for all of the
 * kernel's caches slab_debug=U does the same.
 */
#include <linux/kallsyms.h>
#include <linux/kasan.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/poison.h>
#include <linux/slab.h>

#include "internal.h"
#include "../../mm/slab.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX	"modbounds."

static bool track;
module_param(track, bool, 0644);
MODULE_PARM_DESC(track, "record who allocates and frees, in modules loaded from now on; slow");

/* More call sites than this are counted together. */
#define MAX_SITES	32

/**
 * struct modbounds_leaks - allocation sites of what a module has not freed
 * @n: how many there are
 * @site: each of them; the name is looked up while the module has names
 */
struct modbounds_leaks {
	unsigned int n;
	struct {
		void *ip;
		char name[KSYM_SYMBOL_LEN];
		unsigned long objects, bytes;
	} site[MAX_SITES + 1];
};

/**
 * modbounds_cache_flags - of the caches of a domain
 *
 * Return: flags for kmem_cache_create(): not to be merged with others, and what
 * tracking takes.  A red zone says of each object whether it is in use.
 */
slab_flags_t modbounds_cache_flags(void)
{
	return SLAB_NO_MERGE | (READ_ONCE(track) ? SLAB_STORE_USER | SLAB_RED_ZONE : 0);
}

typedef void slab_fn(struct modbounds_domain *d, struct slab *slab, void *data);

/* Calls @fn for each slab in the arena. */
static void walk_slabs(struct modbounds_domain *d, slab_fn *fn, void *data)
{
	unsigned long addr = modbounds_arena_first(&d->arena), step;
	unsigned long end = addr + modbounds_arena_room(&d->arena);

	for (; addr < end; addr += step) {
		struct folio *folio = virt_to_folio((void *)addr);

		step = PAGE_SIZE;
		if (!folio_test_slab(folio))
			continue;
		step = folio_size(folio);
		fn(d, folio_slab(folio), data);
	}
}

/* The first caller that is no part of the kernel, if the stack was recorded. */
static void *allocation_site(void *p, struct slab *slab)
{
	struct kmem_obj_info info = { };
	int i;

	__kmem_obj_info(&info, p, slab);
	for (i = 0; i < ARRAY_SIZE(info.kp_stack) && info.kp_stack[i]; i++)
		if (!core_kernel_text((unsigned long)info.kp_stack[i]))
			return info.kp_stack[i];
	return info.kp_ret;
}

static void count_site(struct modbounds_leaks *leaks, void *ip, unsigned int size)
{
	unsigned int i;

	for (i = 0; i < leaks->n && i < MAX_SITES; i++)
		if (leaks->site[i].ip == ip)
			break;
	if (i == leaks->n && i < MAX_SITES) {
		leaks->site[i].ip = ip;
		snprintf(leaks->site[i].name, sizeof(leaks->site[i].name), "%pS", ip);
		leaks->n++;
	}
	leaks->site[i].objects++;
	leaks->site[i].bytes += size;
}

static void count_sites(struct modbounds_domain *d, struct slab *slab, void *data)
{
	struct kmem_cache *s = slab->slab_cache;
	unsigned int i;

	if ((s->flags & (SLAB_RED_ZONE | SLAB_STORE_USER)) != (SLAB_RED_ZONE | SLAB_STORE_USER))
		return;
	for (i = 0; i < slab->objects; i++) {
		u8 *p = slab_address(slab) + i * s->size + s->red_left_pad;

		kasan_disable_current();	/* the red zone is nobody's to read */
		if (READ_ONCE(p[s->object_size]) == SLUB_RED_ACTIVE)
			count_site(data, allocation_site(p, slab), s->object_size);
		kasan_enable_current();
	}
}

/**
 * modbounds_leaks_remember - look up names of allocation sites, for later
 * @d: a domain whose module has cleaned up, and has names still
 *
 * Context: may sleep.
 */
void modbounds_leaks_remember(struct modbounds_domain *d)
{
	if (!READ_ONCE(track) || d->leaks)
		return;
	d->leaks = modbounds_table_alloc(sizeof(*d->leaks));
	if (d->leaks)
		walk_slabs(d, count_sites, d->leaks);
}

static void report_sites(struct modbounds_domain *d)
{
	struct modbounds_leaks *leaks = d->leaks;
	unsigned int i;

	if (!leaks)
		return;
	for (i = 0; i <= MAX_SITES; i++) {
		leaks->site[i].objects = 0;
		leaks->site[i].bytes = 0;
	}
	walk_slabs(d, count_sites, leaks);
	for (i = 0; i <= MAX_SITES; i++)
		if (leaks->site[i].objects)
			pr_warn("%s: of these %lu objects, %lu bytes, allocated at %s\n", d->name,
				leaks->site[i].objects, leaks->site[i].bytes,
				i < MAX_SITES ? leaks->site[i].name : "other sites");
}

/* By bucket; what is left of the sums is pages, and slabs outside of the arena. */
struct count {
	unsigned long objects[KMALLOC_SHIFT_HIGH + 1];
	long pages, slabs;
};

static void count_objects(struct modbounds_domain *d, struct slab *slab, void *data)
{
	struct folio *folio = slab_folio(slab);
	struct count *count = data;
	int i;

	count->pages -= folio_nr_pages(folio);
	count->slabs--;
	i = ilog2(slab->slab_cache->object_size);
	if (i < ARRAY_SIZE(d->buckets.cache) && d->buckets.cache[i] == slab->slab_cache)
		count->objects[i] += slab->inuse;
}

/**
 * modbounds_report_leaks - say what of a module's memory is still in use
 * @d: its domain
 *
 * Context: may sleep; the module is gone.
 * Return: bytes.
 */
unsigned long modbounds_report_leaks(struct modbounds_domain *d)
{
	struct count count = { };
	unsigned long total = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(d->buckets.cache); i++)
		if (d->buckets.cache[i])
			kmem_cache_shrink(d->buckets.cache[i]);
	count.pages = atomic_long_read(&d->arena.pages_used);
	count.slabs = atomic_long_read(&d->slabs);
	walk_slabs(d, count_objects, &count);
	for (i = 0; i < ARRAY_SIZE(d->buckets.cache); i++) {
		if (!count.objects[i])
			continue;
		total += count.objects[i] * d->buckets.cache[i]->object_size;
		pr_warn("%s: still in use after unload: %lu objects of %u bytes\n", d->name,
			count.objects[i], d->buckets.cache[i]->object_size);
	}
	report_sites(d);
	if (count.pages > 0)
		pr_warn("%s: still in use after unload: %ld pages\n", d->name, count.pages);
	if (count.slabs > 0)
		pr_warn("%s: still in use after unload: objects in %ld slabs outside of the arena\n",
			d->name, count.slabs);
	if (atomic_read(&d->own_caches))
		pr_warn("%s: %d caches of its own never destroyed\n", d->name,
			atomic_read(&d->own_caches));
	return total + count.pages * PAGE_SIZE;
}
