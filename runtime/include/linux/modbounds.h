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
#include <linux/vmalloc.h>

struct kmem_cache;
struct module;
struct page;
struct task_struct;

#ifdef CONFIG_MODBOUNDS

#include <asm/asm.h>

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
void __modbounds_switch(struct task_struct *prev, struct task_struct *next);

/*
 * MODBOUNDS_DIRECT: never called through a pointer, needs no landing pad.
 *
 * What a function of C is that keeps its caller's registers, and calls nothing: it saves
 * those that it uses.  User-mode Linux is compiled for processors with more registers,
 * which GCC would not save: there its callers save all.
 */
#ifdef CONFIG_UML
#define MODBOUNDS_DIRECT
#define MODBOUNDS_KEEPS_REGISTERS
#define MODBOUNDS_LEAF1(fn, a)	MODBOUNDS_HOOK1(fn, a)
#define MODBOUNDS_LEAF3(fn, a, b, c)	MODBOUNDS_HOOK3(fn, a, b, c)
#else
#define MODBOUNDS_DIRECT		__attribute__((nocf_check))
#define MODBOUNDS_KEEPS_REGISTERS	notrace __no_caller_saved_registers MODBOUNDS_DIRECT
#define MODBOUNDS_LEAF1(fn, a)							\
	asm volatile("call " #fn : ASM_CALL_CONSTRAINT : "D" (a) : "memory", "cc")
#define MODBOUNDS_LEAF3(fn, a, b, c)						\
	asm volatile("call " #fn : ASM_CALL_CONSTRAINT				\
		     : "D" (a), "S" (b), "d" (c) : "memory", "cc")
#endif

/*
 * Calls on the allocators' fast paths keep all registers (thunks.S), so that while
 * they are jumped over they do not cost these paths any.
 */
#define MODBOUNDS_HOOK1(fn, a) ({						\
	unsigned long ret_;							\
	asm volatile("call " #fn "_hook"					\
		     : "=a" (ret_), ASM_CALL_CONSTRAINT				\
		     : "D" (a) : "memory", "cc");				\
	ret_; })
#define MODBOUNDS_HOOK2(fn, a, b) ({						\
	unsigned long ret_;							\
	asm volatile("call " #fn "_hook"					\
		     : "=a" (ret_), ASM_CALL_CONSTRAINT				\
		     : "D" (a), "S" (b) : "memory", "cc");			\
	ret_; })

#define MODBOUNDS_HOOK3(fn, a, b, c) ({						\
	unsigned long ret_;							\
	asm volatile("call " #fn "_hook"					\
		     : "=a" (ret_), ASM_CALL_CONSTRAINT				\
		     : "D" (a), "S" (b), "d" (c) : "memory", "cc");		\
	ret_; })

/* allocators, out of line */
struct page *__modbounds_alloc_pages(gfp_t gfp, unsigned int order);
bool __modbounds_pages_freed(struct page *page, unsigned int order);
void __modbounds_join_pages(struct page *page, unsigned int order, bool join);
void __modbounds_part_pages(struct page *page, unsigned long from, unsigned long to);
void MODBOUNDS_DIRECT __modbounds_object_freed(const void *p, struct kmem_cache *s,
					       unsigned long grantee);
void MODBOUNDS_KEEPS_REGISTERS __modbounds_object_allocated(const void *p);
void MODBOUNDS_KEEPS_REGISTERS __modbounds_object_extent(const void *p, struct kmem_cache *s,
							 size_t size);
void __modbounds_object_again(const void *p, struct kmem_cache *s);
void __modbounds_object_resized(const void *p, size_t size);
void __modbounds_range_freed(const void *p, size_t size);
void __modbounds_percpu_freed(void __percpu *p, size_t size);

bool __modbounds_vfree(const void *p);

/**
 * modbounds_switch - another task is about to run here: so does its module
 * @prev: what runs
 * @next: what will
 *
 * Context: the scheduler, interrupts off.
 */
static __always_inline void modbounds_switch(struct task_struct *prev, struct task_struct *next)
{
	if (static_branch_unlikely(&modbounds_active))
		__modbounds_switch(prev, next);
}

/* the vmalloc allocator's answer to the resolver */
int vmalloc_extent(unsigned long addr, unsigned long *start,
		   unsigned long *size, unsigned long *flags);

/* Of a vm_struct's flags, two that nobody else uses. */
#define VM_MODBOUNDS_STACK	0x00080000	/* it is a task's stack */
#define VM_MODBOUNDS_TABLE	0x00100000	/* it holds a table of the runtime */
/* Not flags of a vm_struct, but what vmalloc_extent() says beside them. */
#define VM_MODBOUNDS_PERCPU	0x00200000	/* it is a chunk of the per-CPU allocator */
#define VM_MODBOUNDS_BLOCK	0x00400000	/* it is shared by callers of vm_map_ram() */

/**
 * modbounds_join_pages - note how far pages reach that are not compound
 * @page: first of them
 * @order: how many, more than one
 * @join: they are one object now; false: no more
 *
 * Such pages leave no trace of that elsewhere, so it is always noted, whether
 * there are modules to check or not.  They are rare.
 */
static inline void modbounds_join_pages(struct page *page, unsigned int order, bool join)
{
	__modbounds_join_pages(page, order, join);
}

/**
 * modbounds_part_pages - some of such pages are no part of that object any more
 * @page: the object's first page
 * @from: the first of them, counted from @page; not 0
 * @to: behind the last one
 */
static inline void modbounds_part_pages(struct page *page, unsigned long from, unsigned long to)
{
	__modbounds_part_pages(page, from, to);
}

/**
 * modbounds_pages_freed - pages end their life: all grants to them end
 * @page: first of them
 * @order: how many
 *
 * Return: true if they went back to an arena and are not the caller's any more.
 */
static __always_inline bool modbounds_pages_freed(struct page *page, unsigned int order)
{
	if (static_branch_unlikely(&modbounds_active))
		return (u8)MODBOUNDS_HOOK2(__modbounds_pages_freed, page, order);
	return false;
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

void __modbounds_seclude(const struct vm_struct *area, bool on);

/**
 * modbounds_area_gone - an area is unmapped: all grants to it end
 * @area: it; its pages may be anybody's from here on
 */
static inline void modbounds_area_gone(struct vm_struct *area)
{
	if (unlikely(area->flags & (VM_MODBOUNDS_STACK | VM_MODBOUNDS_TABLE)))
		__modbounds_seclude(area, false);
	modbounds_range_freed(area->addr, get_vm_area_size(area));
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
static inline void modbounds_switch(struct task_struct *prev, struct task_struct *next) { }

static inline void modbounds_join_pages(struct page *page, unsigned int order, bool join) { }
static inline void modbounds_part_pages(struct page *page, unsigned long from, unsigned long to) { }
static inline bool modbounds_pages_freed(struct page *page, unsigned int order) { return false; }
static inline void modbounds_range_freed(const void *p, size_t size) { }
static inline void modbounds_area_gone(struct vm_struct *area) { }
static inline bool modbounds_vfree(const void *p) { return false; }
static inline void modbounds_percpu_freed(void __percpu *p, size_t size) { }

#endif /* CONFIG_MODBOUNDS */
#endif /* _LINUX_MODBOUNDS_H */
