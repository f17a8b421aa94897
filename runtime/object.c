// SPDX-License-Identifier: GPL-2.0
/*
 * Which live object holds an address, and how far does it reach?
 *
 * Called in any context but NMI, so everything here only looks: no sleeping, no
 * lock that what this CPU interrupted may hold (trylocks at most).
 */
#include <linux/kallsyms.h>
#include <linux/magic.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched/task_stack.h>
#include <linux/vmalloc.h>
#include <asm/sections.h>

#include "internal.h"
#include "slab.h"

const char *const modbounds_class_names[] = {
	[MODBOUNDS_NONE]	= "no live object",
	[MODBOUNDS_BUSY]	= "an object whose allocator is busy",
	[MODBOUNDS_SLAB]	= "slab object",
	[MODBOUNDS_PAGES]	= "pages",
	[MODBOUNDS_VMALLOC]	= "vmalloc area",
	[MODBOUNDS_PERCPU]	= "per-CPU area",
	[MODBOUNDS_STATIC]	= "static object",
	[MODBOUNDS_STACK]	= "stack",
	[MODBOUNDS_STRUCT_PAGE]	= "struct page",
	[MODBOUNDS_FORBIDDEN]	= "memory that no module may touch",
};

/*
 * One bit for each page: it belongs to the same allocation as the page before
 * it.  Only for high-order allocations that are not compound pages, for these
 * leave no other trace.
 */
static unsigned long *joined;

/* See modbounds_pages_allocated().  Context: any. */
void __modbounds_join_pages(struct page *page, unsigned int order, bool join)
{
	unsigned long pfn = page_to_pfn(page), i;
	unsigned long *map = READ_ONCE(joined);

	if (!map)
		return;
	for (i = 1; i < 1UL << order; i++) {
		if (join)
			set_bit(pfn + i, map);
		else
			clear_bit(pfn + i, map);
	}
}

/* See modbounds_part_pages().  Context: any. */
void __modbounds_part_pages(struct page *page, unsigned long from, unsigned long to)
{
	unsigned long *map = READ_ONCE(joined);

	for (; map && from < to; from++)
		clear_bit(page_to_pfn(page) + from, map);
}

int __init modbounds_object_init(void)
{
	joined = modbounds_table_alloc(BITS_TO_LONGS(max_pfn + 1) * sizeof(long));
	return joined ? 0 : -ENOMEM;
}

static void set_extent(struct modbounds_object *o, enum modbounds_class class,
		       unsigned long start, unsigned long end)
{
	o->class = class;
	o->start = start;
	o->end = end;
}

/* Are these pages a task's stack?  Only where stacks are not in areas of their own. */
static bool is_stack(unsigned long start, unsigned long size)
{
#if defined(CONFIG_VMAP_STACK)
	return false;
#elif defined(CONFIG_THREAD_INFO_IN_TASK)
	return size == THREAD_SIZE && READ_ONCE(*(unsigned long *)start) == STACK_END_MAGIC;
#else
	/*
	 * It begins with struct thread_info, which names a task that names the
	 * stack; one that has gone names none.  So do two nodes of a list, so
	 * the task must be an object of its size.
	 */
	unsigned long task, first, end;
	struct folio *folio;

	if (size != THREAD_SIZE)
		return false;
	task = (unsigned long)READ_ONCE(((struct thread_info *)start)->task);
	if (!modbounds_is_linear(task))
		return false;
	folio = page_folio(pfn_to_page(PFN_DOWN(task - PAGE_OFFSET)));
	return folio_test_slab(folio) &&
	       modbounds_slab_object(folio_slab(folio), task, &first, &end) && first == task &&
	       end - first == sizeof(struct task_struct) &&
	       (unsigned long)READ_ONCE(((struct task_struct *)task)->stack) == start;
#endif
}

static void find_symbol(unsigned long addr, struct modbounds_object *o, bool readonly)
{
	unsigned long size, offset;

	set_extent(o, MODBOUNDS_STATIC, addr, addr);
	o->readonly = readonly;
	/* Symbols reach to the next one, padding included; none at all is possible in modules. */
	if (kallsyms_lookup_size_offset(addr, &size, &offset) && offset < size) {
		o->start = addr - offset;
		o->end = o->start + size;
	}
}

static bool in_section(unsigned long addr, const void *start, const void *end)
{
	return addr >= (unsigned long)start && addr < (unsigned long)end;
}

static bool find_kernel_image(unsigned long addr, struct modbounds_object *o)
{
	if (!in_section(addr, _stext, _end))
		return false;
	if (system_state > SYSTEM_BOOTING && in_section(addr, __init_begin, __init_end))
		return true;	/* freed: none */
	if (in_section(addr, _stext, _etext))
		set_extent(o, MODBOUNDS_FORBIDDEN, addr, addr);
	else
		find_symbol(addr, o, in_section(addr, __start_rodata, __end_rodata));
	return true;
}

static bool find_module_image(unsigned long addr, struct modbounds_object *o)
{
	struct module *mod;
	bool found = false;

	preempt_disable();
	mod = __module_address(addr);
	if (mod) {
		found = true;
		if (addr - (unsigned long)mod < sizeof(*mod)) {
			/* The loader's record of it, which lies in its data. */
			set_extent(o, MODBOUNDS_STATIC, (unsigned long)mod,
				   (unsigned long)(mod + 1));
			o->readonly = true;
		} else if (within_module_mem_type(addr, mod, MOD_DATA) ||
			   within_module_mem_type(addr, mod, MOD_INIT_DATA)) {
			find_symbol(addr, o, false);
		} else if (within_module_mem_type(addr, mod, MOD_TEXT) ||
			   within_module_mem_type(addr, mod, MOD_INIT_TEXT)) {
			set_extent(o, MODBOUNDS_FORBIDDEN, addr, addr);
		} else {
			find_symbol(addr, o, true);
		}
	}
	preempt_enable();
	return found;
}

static void find_vmalloc(unsigned long addr, struct modbounds_object *o)
{
	unsigned long start, size, flags;

	switch (vmalloc_extent(addr, &start, &size, &flags)) {
	case 0:
		if (flags & VM_MODBOUNDS_TABLE)
			set_extent(o, MODBOUNDS_FORBIDDEN, addr, addr);
		else if (flags & VM_MODBOUNDS_PERCPU)
			set_extent(o, MODBOUNDS_PERCPU, addr, addr);
		else if (flags & VM_MODBOUNDS_STACK)
			set_extent(o, MODBOUNDS_STACK, addr, addr);
		else if (!(flags & VM_MODBOUNDS_BLOCK))
			set_extent(o, MODBOUNDS_VMALLOC, start, start + size);
		else if (vmalloc_to_page((void *)addr))
			set_extent(o, MODBOUNDS_VMALLOC, addr, addr);
		break;
	case -EBUSY:
		set_extent(o, MODBOUNDS_BUSY, addr, addr);
		break;
	default:
		break;
	}
}

static void find_pages(unsigned long addr, struct modbounds_object *o)
{
	unsigned long pfn = PFN_DOWN(addr - PAGE_OFFSET), first = pfn, last = pfn + 1;
	struct folio *folio;

	/* Where something was granted there is memory. */
	if (!modbounds_grantee((void *)addr) && !pfn_valid(pfn))
		return;
	folio = page_folio(pfn_to_page(pfn));
	if (folio_test_slab(folio)) {
		if (modbounds_slab_object(folio_slab(folio), addr, &o->start, &o->end)) {
			o->class = MODBOUNDS_SLAB;
			o->guard = READ_ONCE(folio_slab(folio)->slab_cache)->modbounds_guard;
			o->type = READ_ONCE(folio_slab(folio)->slab_cache)->modbounds_type;
			o->exact = modbounds_end_of_extent(o->start, o->end - o->start, &o->end);
		}
		return;
	}
	if (folio_test_pgtable(folio)) {
		set_extent(o, MODBOUNDS_FORBIDDEN, addr, addr);
		return;
	}
	if (modbounds_is_secluded(pfn)) {
		set_extent(o, MODBOUNDS_FORBIDDEN, addr, addr);
		return;
	}
	/* Memory of early boot: the allocator has kept no record of it. */
	if (folio_test_reserved(folio)) {
		set_extent(o, MODBOUNDS_STATIC, addr, addr);
		return;
	}
	if (!folio_ref_count(folio) && !folio_test_large(folio)) {
		/* Tail pages of a plain high-order allocation have no count of their own. */
		while (first && test_bit(first, joined))
			first--;
		if (first == pfn || !page_ref_count(pfn_to_page(first)))
			return;
	}
	if (folio_test_large(folio)) {
		first = folio_pfn(folio);
		last = first + folio_nr_pages(folio);
	} else {
		while (test_bit(first, joined))
			first--;
		while (last < max_pfn && test_bit(last, joined))
			last++;
	}
	set_extent(o, MODBOUNDS_PAGES, (unsigned long)__va(PFN_PHYS(first)),
		   (unsigned long)__va(PFN_PHYS(first)) + ((last - first) << PAGE_SHIFT));
	o->exact = modbounds_end_of_extent(o->start, o->end - o->start, &o->end);
	if (is_stack(o->start, o->end - o->start))
		set_extent(o, MODBOUNDS_STACK, addr, addr);
}

/*
 * Is a page in use: as a page of its own, as part of a compound page, or behind the
 * first page of a plain high-order allocation, which alone has a count?
 */
static bool page_in_use(unsigned long pfn)
{
	struct page *page;

	if (!pfn_valid(pfn))
		return false;
	page = pfn_to_page(pfn);
	if (PageReserved(page) || PageSlab(page) || PageTable(page) ||
	    page_ref_count(compound_head(page)))
		return true;
	if (!test_bit(pfn, joined))
		return false;
	while (pfn && test_bit(pfn, joined))
		pfn--;
	return page_ref_count(pfn_to_page(pfn));
}

/* The number of the page whose struct page holds @addr. */
static bool find_struct_page_pfn(unsigned long addr, unsigned long *pfn)
{
#if defined(CONFIG_SPARSEMEM_VMEMMAP)
	if (!in_section(addr, vmemmap, vmemmap + max_pfn))
		return false;
	*pfn = (addr - (unsigned long)vmemmap) / sizeof(struct page);
	return true;
#elif defined(CONFIG_FLATMEM)
	if (!in_section(addr, mem_map, mem_map + max_mapnr))
		return false;
	*pfn = ARCH_PFN_OFFSET + (addr - (unsigned long)mem_map) / sizeof(struct page);
	return true;
#else
	return false;
#endif
}

static unsigned long struct_page_address(unsigned long pfn)
{
#ifdef CONFIG_SPARSEMEM_VMEMMAP
	return (unsigned long)(vmemmap + pfn);
#else
	return (unsigned long)pfn_to_page(pfn);
#endif
}

static bool find_struct_page(unsigned long addr, struct modbounds_object *o)
{
	unsigned long pfn, start;

	if (!find_struct_page_pfn(addr, &pfn))
		return false;
	if (page_in_use(pfn)) {
		start = struct_page_address(pfn);
		set_extent(o, MODBOUNDS_STRUCT_PAGE, start, start + sizeof(struct page));
	}
	return true;
}

/**
 * modbounds_find_struct_pages - the struct pages that an access goes to
 * @base: the pointer that it was computed from
 * @addr: first byte
 * @len: bytes, not 0
 * @o: filled in: from the first to the last of them, if all are of pages in use
 *
 * The struct pages of all memory are one array, and are reached from each other:
 * those of an allocation, of a bio_vec of several pages, the second one of a folio.
 * So it is not the base that says which an access may go to.
 *
 * Context: any but NMI.
 * Return: false if it does not lie in that array, or did not start from there.
 */
bool modbounds_find_struct_pages(unsigned long base, unsigned long addr, unsigned long len,
				 struct modbounds_object *o)
{
	unsigned long first, last, pfn;

	if (!find_struct_page_pfn(base, &pfn) || !find_struct_page_pfn(addr, &first) ||
	    !find_struct_page_pfn(addr + len - 1, &last))
		return false;
	for (pfn = first; pfn <= last; pfn++)
		if (!page_in_use(pfn))
			return false;
	set_extent(o, MODBOUNDS_STRUCT_PAGE, struct_page_address(first),
		   struct_page_address(last) + sizeof(struct page));
	return true;
}

/*
 * The folio behind @folio in memory, where it is the next one in the same file or
 * mapping, too.
 */
static struct folio *next_folio(struct folio *folio)
{
	unsigned long pfn = folio_pfn(folio) + folio_nr_pages(folio);
	struct address_space *mapping = READ_ONCE(folio->mapping);
	struct folio *next;

	if (!mapping || !pfn_valid(pfn))
		return NULL;
	next = page_folio(pfn_to_page(pfn));
	if (folio_pfn(next) != pfn || folio_test_slab(next) || !folio_ref_count(next) ||
	    READ_ONCE(next->mapping) != mapping ||
	    next->index != folio->index + folio_nr_pages(folio))
		return NULL;
	return next;
}

/**
 * modbounds_extend_pages - pages that follow each other in memory and in a file
 * @o: an object of class MODBOUNDS_PAGES; its end moves on
 * @end: no further than needed to hold this
 *
 * The block layer hands drivers such pages as one segment, whatever allocations
 * they are.  That they lie side by side is not enough: then a range that is too
 * long would reach into what is somebody else's.
 *
 * Context: any but NMI.
 */
void modbounds_extend_pages(struct modbounds_object *o, unsigned long end)
{
	struct folio *folio = virt_to_folio((void *)o->start);

	while (o->end < end && o->end - o->start < MODBOUNDS_RUN_SIZE) {
		folio = next_folio(folio);
		if (!folio)
			return;
		o->end += folio_size(folio);
	}
}

/**
 * modbounds_find_object - the live object that holds an address
 * @addr: any value
 * @o: filled in; class MODBOUNDS_NONE if there is none
 *
 * Whether a slab object is free is known exactly for those that were granted
 * to some domain before, and not at all for others.
 *
 * Context: any but NMI.
 */
void modbounds_find_object(unsigned long addr, struct modbounds_object *o)
{
	*o = (struct modbounds_object){ .class = MODBOUNDS_NONE };

	if (addr < PAGE_SIZE || IS_ERR_VALUE(addr))
		return;
	/* Both of these may lie in the linear mapping. */
	if (find_kernel_image(addr, o) || find_struct_page(addr, o))
		return;
	if (modbounds_is_linear(addr))
		find_pages(addr, o);
	else if (!find_module_image(addr, o) && is_vmalloc_addr((void *)addr))
		find_vmalloc(addr, o);

	if (o->class == MODBOUNDS_SLAB)
		o->freed = modbounds_map_test(&modbounds_marks, o->start, MODBOUNDS_READ);
}
