// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that no module has business with under any address.
 *
 * A task's stack and the runtime's own tables lie in vmalloc areas, which say of
 * themselves what they are (VM_MODBOUNDS_*).  But their pages have an address in the linear
 * mapping as well, by which a stray pointer may reach them, and pages do not tell where else
 * they are mapped.  So there is one bit for each page of such an area.
 */
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "internal.h"

static unsigned long *secluded;

/* See modbounds_area_gone().  Context: any. */
void __modbounds_seclude(const struct vm_struct *area, bool on)
{
	unsigned long *map = READ_ONCE(secluded);
	unsigned int i;

	for (i = 0; map && i < area->nr_pages; i++)
		assign_bit(page_to_pfn(area->pages[i]), map, on);
}

static void seclude_pages(const void *p, size_t size, bool on)
{
	unsigned long pfn = page_to_pfn(virt_to_page(p)), end = pfn + PFN_UP(size);

	for (; pfn < end; pfn++)
		assign_bit(pfn, secluded, on);
}

/**
 * modbounds_is_secluded - does a page belong to what no module has business with?
 * @pfn: number of a page of memory
 *
 * Context: any.
 */
bool modbounds_is_secluded(unsigned long pfn)
{
	return test_bit(pfn, secluded);
}

/**
 * modbounds_mark_stack - remember that an area is a task's stack
 * @tsk: a task that is being made
 *
 * The mark at the end of a stack does not tell: memory that was a stack once keeps it.
 *
 * Context: may sleep.
 */
void modbounds_mark_stack(struct task_struct *tsk)
{
#ifdef CONFIG_VMAP_STACK
	if (!tsk->stack_vm_area)
		return;
	tsk->stack_vm_area->flags |= VM_MODBOUNDS_STACK;
	__modbounds_seclude(tsk->stack_vm_area, true);
#endif
}

/**
 * modbounds_table_part - memory for a part of a table that grows
 * @size: bytes, whole pages
 * @gfp: how to find it
 *
 * Context: as @gfp says.
 * Return: the part, zeroed, or NULL.
 */
void *modbounds_table_part(size_t size, gfp_t gfp)
{
	void *part = kzalloc(size, gfp);

	if (part)
		seclude_pages(part, size, true);
	return part;
}

/**
 * modbounds_table_part_free - free what modbounds_table_part() returned
 * @part: it, not NULL
 * @size: as it was asked for
 *
 * Context: any.
 */
void modbounds_table_part_free(void *part, size_t size)
{
	seclude_pages(part, size, false);
	kfree(part);
}

/**
 * modbounds_table_alloc - memory for a table of the runtime
 * @size: bytes
 *
 * Context: may sleep.
 * Return: the table, zeroed, which vfree() frees; or NULL.
 */
void *modbounds_table_alloc(size_t size)
{
	void *table = vmalloc_huge(size, GFP_KERNEL | __GFP_ZERO);
	struct vm_struct *area;

	if (!table)
		return NULL;
	area = find_vm_area(table);
	area->flags |= VM_MODBOUNDS_TABLE;
	__modbounds_seclude(area, true);
	return table;
}

/* What there was before there was a place to remember it. */
int __init modbounds_seclude_init(void)
{
	struct task_struct *p, *t;
	unsigned long *map;

	map = modbounds_table_alloc(BITS_TO_LONGS(max_pfn + 1) * sizeof(long));
	if (!map)
		return -ENOMEM;
	WRITE_ONCE(secluded, map);
	__modbounds_seclude(find_vm_area(map), true);
	rcu_read_lock();
	for_each_process_thread(p, t)
		modbounds_mark_stack(t);
	rcu_read_unlock();
	return 0;
}
