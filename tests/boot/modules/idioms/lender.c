// SPDX-License-Identifier: GPL-2.0
/*
 * Lends objects and pages.  Built without checks: what it allocates is nobody's
 * arena's, and not granted to anybody.
 */
#include <linux/gfp.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "lender.h"

struct loan *lend(unsigned long number)
{
	struct loan *loan = kzalloc(sizeof(*loan), GFP_KERNEL);

	if (loan)
		loan->number = number;
	return loan;
}
EXPORT_SYMBOL_GPL(lend);

void give_back(struct loan *loan)
{
	kfree(loan);
}
EXPORT_SYMBOL_GPL(give_back);

struct page *lend_pages(gfp_t gfp, unsigned int order)
{
	return alloc_pages(gfp, order);
}
EXPORT_SYMBOL_GPL(lend_pages);

void give_back_pages(struct page *page, unsigned int order)
{
	__free_pages(page, order);
}
EXPORT_SYMBOL_GPL(give_back_pages);

MODULE_DESCRIPTION("Lends objects to a module with checks");
MODULE_LICENSE("GPL");
