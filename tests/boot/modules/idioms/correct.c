// SPDX-License-Identifier: GPL-2.0
/*
 * What correct drivers do with pointers, each in a function of its own that says
 * whether it came out right: none may be reported.  Objects are lent by a module
 * without checks, so that the first touch is the one that counts.
 *
 * With the parameter "fill" the arena is used up before.
 */
#include <linux/bvec.h>
#include <linux/interrupt.h>
#include <linux/llist.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "buffer.h"
#include "lender.h"

#define IDIOM static noinline bool

static bool fill;
module_param(fill, bool, 0444);
MODULE_PARM_DESC(fill, "use up the arena first");

/* A cookie of the driver's own, as descriptors and completion queues have. */
struct descriptor {
	u64 cookie;
	union {
		void *pointer;
		unsigned long word;
	} tagged;
	struct loan *current_loan;
	atomic_long_t counter;
};

static struct descriptor *desc;
static unsigned long kept;

/* Not inlined: whoever makes a pointer of the word knows nothing of where it came from. */
static noinline unsigned long number_of(u64 word)
{
	return ((struct loan *)(unsigned long)word)->number;
}

IDIOM cookie_in_descriptor(void)
{
	struct loan *loan = lend(1);
	bool right;

	desc->cookie = (unsigned long)loan;
	barrier();
	right = number_of(desc->cookie) == 1;
	give_back(loan);
	return right;
}

IDIOM cookie_in_variable(void)
{
	struct loan *loan = lend(2);
	bool right;

	kept = (unsigned long)loan;
	barrier();
	right = number_of(kept) == 2;
	give_back(loan);
	return right;
}

static bool tasklet_right;

static void tasklet_function(unsigned long data)
{
	tasklet_right = ((struct loan *)data)->number == 3;
}

IDIOM tasklet_argument(void)
{
	struct loan *loan = lend(3);
	struct tasklet_struct tasklet;

	tasklet_right = false;
	tasklet_init(&tasklet, tasklet_function, (unsigned long)loan);
	tasklet_schedule(&tasklet);
	tasklet_kill(&tasklet);
	give_back(loan);
	return tasklet_right;
}

/* An error, or a handle that is a pointer to somebody else. */
static noinline unsigned long get_handle(unsigned long number)
{
	struct loan *loan;

	if (number > 100)
		return (unsigned long)-EINVAL;
	loan = lend(number);
	if (!loan)
		return (unsigned long)-ENOMEM;
	return (unsigned long)loan;
}

IDIOM handle(void)
{
	unsigned long handle = get_handle(4);
	bool right;

	right = !IS_ERR_VALUE(handle) && number_of(handle) == 4;
	give_back((struct loan *)handle);
	return right && get_handle(101) == (unsigned long)-EINVAL;
}

/* A page's number, as zsmalloc and swap keep it, leads to memory of one's own. */
IDIOM page_number(void)
{
	struct page *page = alloc_page(GFP_HIGHUSER_MOVABLE);
	unsigned long *p;
	bool right;

	if (!page)
		return false;
	WRITE_ONCE(kept, page_to_pfn(page));
	p = page_address(pfn_to_page(READ_ONCE(kept)));
	p[7] = 5;
	right = p[7] == 5;
	__free_page(page);
	return right;
}

IDIOM list_taken_at_once(void)
{
	struct loan *a = lend(6), *b = lend(7), *loan, *next;
	unsigned long sum = 0;
	LLIST_HEAD(list);

	llist_add(&a->node, &list);
	llist_add(&b->node, &list);
	llist_for_each_entry_safe(loan, next, llist_del_all(&list), node) {
		sum += loan->number;
		give_back(loan);
	}
	return sum == 13;
}

IDIOM exchanged(void)
{
	struct loan *a = lend(8), *b = lend(9), *old, *tried;
	bool right;

	desc->current_loan = a;
	old = xchg(&desc->current_loan, b);
	tried = cmpxchg(&desc->current_loan, b, NULL);
	right = old->number == 8 && tried->number == 9;
	give_back(a);
	give_back(b);
	return right;
}

IDIOM in_a_counter(void)
{
	struct loan *loan = lend(10);
	bool right;

	atomic_long_set(&desc->counter, (unsigned long)loan | 1);
	right = ((struct loan *)(atomic_long_read(&desc->counter) & ~1UL))->number == 10;
	give_back(loan);
	return right;
}

IDIOM in_a_union(void)
{
	struct loan *loan = lend(11);
	bool right;

	desc->tagged.pointer = loan;
	barrier();
	desc->tagged.word |= 2;
	barrier();
	right = ((struct loan *)(desc->tagged.word & ~3UL))->number == 11;
	give_back(loan);
	return right;
}

IDIOM in_an_xarray(void)
{
	struct loan *loan = lend(12), *found;
	DEFINE_XARRAY(xa);
	bool right;

	if (xa_err(xa_store(&xa, 5, xa_tag_pointer(loan, 1), GFP_KERNEL)))
		return false;
	found = xa_untag_pointer(xa_load(&xa, 5));
	right = found->number == 12;
	xa_destroy(&xa);
	give_back(loan);
	return right;
}

static noinline unsigned int look_at_folio(struct folio *folio)
{
	return folio_order(folio) * 1000 + folio_nr_pages(folio);
}

IDIOM large_folio(void)
{
	struct page *page = lend_pages(GFP_KERNEL | __GFP_COMP, 3);
	unsigned int got = look_at_folio(page_folio(page + 5));

	give_back_pages(page, 3);
	return got == 3008;
}

/* The struct pages of one allocation, from its first. */
IDIOM page_array(void)
{
	struct page *page = lend_pages(GFP_KERNEL, 3);
	unsigned long sum = 0;
	int i;

	for (i = 0; i < 8; i++) {
		page[i].private = i;
		sum += page[i].private;
	}
	for (i = 0; i < 8; i++)
		page[i].private = 0;
	give_back_pages(page, 3);
	return sum == 28;
}

static noinline unsigned long walk(const struct bio_vec *bv)
{
	struct bvec_iter iter = { .bi_size = bv->bv_len };
	unsigned long sum = 0;
	struct bio_vec part;

	for_each_bvec(part, bv, iter, iter)
		sum += page_to_pfn(part.bv_page) - page_to_pfn(bv->bv_page) +
		       page_ref_count(part.bv_page);
	return sum;
}

/* A segment of several pages, each an allocation of its own. */
IDIOM segment(void)
{
	struct page *page = lend_pages(GFP_KERNEL, 2);
	struct bio_vec bv = { .bv_page = page, .bv_len = 4 * PAGE_SIZE };
	unsigned long got;
	int i;

	split_page(page, 2);
	got = walk(&bv);
	for (i = 0; i < 4; i++)
		give_back_pages(page + i, 0);
	return got == 10;
}

/* Pages that were allocated by themselves, and happen to be neighbours. */
IDIOM contiguous_buffer(void)
{
	struct page *page = alloc_pages(GFP_HIGHUSER_MOVABLE & ~__GFP_COMP, 1);
	char *p, text[64];
	bool right;

	if (!page)
		return false;
	split_page(page, 1);
	p = page_address(page);
	memset(p + PAGE_SIZE - 32, 'x', 64);
	memcpy(text, p + PAGE_SIZE - 32, sizeof(text));
	right = text[0] == 'x' && text[63] == 'x';
	__free_page(page);
	__free_page(page + 1);
	return right;
}

/* What a list's head is not part of: container_of() leads before an object, and back. */
IDIOM before_an_object(void)
{
	struct loan *loan = lend(13), *entry;
	unsigned long sum = 0;
	struct llist_head {
		struct llist_node first;
	} *head = kzalloc(sizeof(*head), GFP_KERNEL);
	struct llist_node *node;

	if (!head)
		return false;
	head->first.next = &loan->node;
	loan->node.next = &head->first;
	for (node = head->first.next; node != &head->first; node = node->next) {
		entry = llist_entry(node, struct loan, node);
		sum += entry->number;
	}
	kfree(head);
	give_back(loan);
	return sum == 13;
}

static DEFINE_PER_CPU(unsigned long, here);

IDIOM of_each_processor(void)
{
	unsigned long __percpu *there = alloc_percpu(unsigned long);
	unsigned long sum = 0;
	int cpu;

	if (!there)
		return false;
	for_each_possible_cpu(cpu) {
		*per_cpu_ptr(there, cpu) = 1;
		per_cpu(here, cpu) = 2;
	}
	this_cpu_add(here, 1);
	for_each_possible_cpu(cpu)
		sum += *per_cpu_ptr(there, cpu) + per_cpu(here, cpu);
	free_percpu(there);
	return sum == 3 * num_possible_cpus() + 1;
}

/* An index that is negative, from the middle. */
static noinline long middle(long *p, long i)
{
	p[i] += 2;
	return p[i - 1];
}

IDIOM negative_index(void)
{
	long array[5] = { 1, 2, 3, 4, 5 };

	OPTIMIZER_HIDE_VAR(desc);
	return middle(array + 4, desc ? -2 : 0) == 2 && array[2] == 5;
}

/* A pointer that is the distance of an item from the beginning of its buffer. */
IDIOM distance_in_a_pointer(void)
{
	struct item *items = kcalloc(4, sizeof(*items), GFP_KERNEL), *at;
	unsigned long distance = 2 * sizeof(*items);
	bool right;

	if (!items)
		return false;
	items[2].number = 5;
	OPTIMIZER_HIDE_VAR(distance);
	at = (struct item *)distance;
	right = buffer_number((char *)items, at) == 5 && buffer_number((char *)items, at + 1) == 0;
	kfree(items);
	return right;
}

static const struct {
	const char *name;
	bool (*run)(void);
} idioms[] = {
#define ENTRY(function) { #function, function }
	ENTRY(cookie_in_descriptor), ENTRY(cookie_in_variable), ENTRY(tasklet_argument),
	ENTRY(handle), ENTRY(page_number), ENTRY(list_taken_at_once), ENTRY(exchanged),
	ENTRY(in_a_counter), ENTRY(in_a_union), ENTRY(in_an_xarray), ENTRY(large_folio),
	ENTRY(page_array), ENTRY(segment), ENTRY(contiguous_buffer), ENTRY(before_an_object),
	ENTRY(of_each_processor), ENTRY(negative_index), ENTRY(distance_in_a_pointer),
};

static int __init idioms_init(void)
{
	LIST_HEAD(filling);
	struct list_head *hole, *next;
	int i, err = -ENOMEM;

	/* Up to 64 MiB: more than an arena has. */
	for (i = 0; fill && i < 1024; i++) {
		hole = kmalloc(64 * 1024, GFP_KERNEL | __GFP_NOWARN);
		if (!hole)
			break;
		list_add(hole, &filling);
	}
	desc = kzalloc(sizeof(*desc), GFP_KERNEL);
	if (desc)
		err = 0;
	for (i = 0; desc && i < ARRAY_SIZE(idioms); i++)
		pr_info("idioms: %s %s\n", idioms[i].name, idioms[i].run() ? "right" : "wrong");
	kfree(desc);
	list_for_each_safe(hole, next, &filling)
		kfree(hole);
	return err;
}

static void __exit idioms_exit(void)
{
}

module_init(idioms_init);
module_exit(idioms_exit);
MODULE_DESCRIPTION("What correct drivers do with pointers");
MODULE_LICENSE("GPL");
