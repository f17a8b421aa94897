/* SPDX-License-Identifier: GPL-2.0 */
/* What a module without checks lends to the one with checks. */
#ifndef _LENDER_H
#define _LENDER_H

#include <linux/llist.h>
#include <linux/types.h>

/**
 * struct loan - an object of somebody else's
 * @number: which one it is
 * @node: in a list of the borrower's
 * @next: another one
 */
struct loan {
	unsigned long number;
	struct llist_node node;
	struct loan *next;
};

struct loan *lend(unsigned long number);
void give_back(struct loan *loan);
struct page *lend_pages(gfp_t gfp, unsigned int order);
void give_back_pages(struct page *page, unsigned int order);

#endif
