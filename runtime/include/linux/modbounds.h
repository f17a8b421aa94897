/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the rest of the kernel calls.  Each hook is a jump over nothing while
 * no instrumented module is loaded.
 */
#ifndef _LINUX_MODBOUNDS_H
#define _LINUX_MODBOUNDS_H

#include <linux/gfp_types.h>
#include <linux/jump_label.h>
#include <linux/modbounds_abi.h>
#include <linux/types.h>

struct kmem_cache;
struct module;
struct page;
struct task_struct;

#ifdef CONFIG_MODBOUNDS

DECLARE_STATIC_KEY_FALSE(modbounds_active);

/* module loader */
int modbounds_check_modinfo(const char *name, const char *abi);
int modbounds_module_load(struct module *mod);
void modbounds_module_going(struct module *mod);
void modbounds_module_unload(struct module *mod);
unsigned long modbounds_symbol(struct module *mod, const char *name,
			       unsigned long value);

/* tasks */
void modbounds_task_init(struct task_struct *tsk);

/* allocators, out of line */
struct page *__modbounds_alloc_pages(gfp_t gfp, unsigned int order);
bool __modbounds_pages_freed(struct page *page, unsigned int order);
void __modbounds_join_pages(struct page *page, unsigned int order, bool join);
void __modbounds_object_freed(const void *p, size_t size);
void __modbounds_object_allocated(const void *p);
void __modbounds_range_freed(const void *p, size_t size);
void __modbounds_percpu_freed(void __percpu *p, size_t size);

bool __modbounds_vfree(const void *p);

/* the vmalloc allocator's answer to the resolver */
int vmalloc_extent(unsigned long addr, unsigned long *start,
		   unsigned long *size, bool *percpu);

/**
 * modbounds_alloc_pages - pages from the arena of the domain being served
 * @gfp: flags of the allocation
 * @order: as usual
 *
 * Context: any.
 * Return: pages as the buddy allocator's free lists hold them, or NULL: not
 * for a domain, or its arena is exhausted.
 */
static __always_inline struct page *modbounds_alloc_pages(gfp_t gfp, unsigned int order)
{
	if (static_branch_unlikely(&modbounds_active))
		return __modbounds_alloc_pages(gfp, order);
	return NULL;
}

/**
 * modbounds_pages_allocated - pages begin a new life
 * @page: first of them, or NULL
 * @order: how many
 * @gfp: flags of the allocation
 *
 * High-order pages that are not compound leave no trace of how far they
 * reach, so that is always noted; they are rare.
 */
static __always_inline void modbounds_pages_allocated(struct page *page,
						      unsigned int order, gfp_t gfp)
{
	if (order && !(gfp & __GFP_COMP) && page)
		__modbounds_join_pages(page, order, true);
}

/**
 * modbounds_pages_freed - pages end their life: all grants to them end
 * @page: first of them
 * @order: how many
 * @compound: they were a compound page
 *
 * Return: true if they went back to an arena and are not the caller's any more.
 */
static __always_inline bool modbounds_pages_freed(struct page *page,
						  unsigned int order, bool compound)
{
	if (order && !compound)
		__modbounds_join_pages(page, order, false);
	if (static_branch_unlikely(&modbounds_active))
		return __modbounds_pages_freed(page, order);
	return false;
}

/**
 * modbounds_pages_split - from now on each of the pages is an object of its own
 * @page: first of them
 * @order: how many
 */
static inline void modbounds_pages_split(struct page *page, unsigned int order)
{
	__modbounds_join_pages(page, order, false);
}

/**
 * modbounds_range_freed - a vmalloc area is unmapped: all grants to it end
 * @p: its first byte
 * @size: its size
 */
static inline void modbounds_range_freed(const void *p, size_t size)
{
	if (static_branch_unlikely(&modbounds_active))
		__modbounds_range_freed(p, size);
}

/**
 * modbounds_vfree - free what stands for a vmalloc area
 * @p: what vfree() was given, by the module or by the kernel
 *
 * Context: as vfree().
 * Return: false if it is a vmalloc area.
 */
static inline bool modbounds_vfree(const void *p)
{
	if (static_branch_unlikely(&modbounds_active))
		return __modbounds_vfree(p);
	return false;
}

/**
 * modbounds_percpu_freed - a per-CPU area is freed: all grants to it end
 * @p: as the per-CPU allocator returned it
 * @size: bytes for each CPU
 */
static inline void modbounds_percpu_freed(void __percpu *p, size_t size)
{
	if (static_branch_unlikely(&modbounds_active))
		__modbounds_percpu_freed(p, size);
}

#else /* !CONFIG_MODBOUNDS */

static inline int modbounds_check_modinfo(const char *name, const char *abi) { return 0; }
static inline int modbounds_module_load(struct module *mod) { return 0; }
static inline void modbounds_module_going(struct module *mod) { }
static inline void modbounds_module_unload(struct module *mod) { }
static inline unsigned long modbounds_symbol(struct module *mod, const char *name,
					     unsigned long value)
{
	return value;
}

static inline void modbounds_task_init(struct task_struct *tsk) { }

static inline struct page *modbounds_alloc_pages(gfp_t gfp, unsigned int order)
{
	return NULL;
}

static inline void modbounds_pages_allocated(struct page *page, unsigned int order,
					     gfp_t gfp) { }
static inline bool modbounds_pages_freed(struct page *page, unsigned int order,
					 bool compound)
{
	return false;
}

static inline void modbounds_pages_split(struct page *page, unsigned int order) { }
static inline void modbounds_range_freed(const void *p, size_t size) { }
static inline bool modbounds_vfree(const void *p) { return false; }
static inline void modbounds_percpu_freed(void __percpu *p, size_t size) { }

#endif /* CONFIG_MODBOUNDS */
#endif /* _LINUX_MODBOUNDS_H */
