// SPDX-License-Identifier: GPL-2.0
/*
 * A struct page and its page's address are made of each other by shifts, and by
 * the bases of the kernel's two maps: whichever is made has the other's origin.
 * Of a number nobody says whose it is, whatever is added to it.
 *
 * levels: O1 O2 O3 Os
 * expect: violations=1
 * log: ^ok st8 param dist=0 type=\d+ flags=1 pages.c:@address$
 * log: ^ok st8 int dist=0 type=\d+ flags=1 pages.c:@number$
 * log: ^BAD ld1 int dist=0 type=\d+ flags=16 pages.c:@shifted$
 * log: ^ok st8 int dist=0 type=\d+ flags=1 pages.c:@either$
 * nolog: pages.c:@page$
 */
#include "../rt.h"

struct page { long flags[8]; };

noipa static void hand_over(void *p)
{
	rt_nothing((struct page *)vmemmap_base +
		   (((unsigned long)p - page_offset_base) >> 12));	/* @page */
}

noipa static void fill(struct page *page)
{
	unsigned long pfn = page - (struct page *)vmemmap_base;
	long *p = (void *)((pfn << 12) + page_offset_base);

	*p = 1;						/* @address */
}

noipa static void number(unsigned long pfn)
{
	*(long *)((pfn << 12) + page_offset_base) = 1;	/* @number */
}

noipa static void shift(void *p)
{
	rt_nothing((void *)((unsigned long)p << 1));	/* @shifted */
}

/* What is added to one value of a variable says nothing of the other. */
noipa static void either(unsigned long pfn, void *p, long n)
{
	unsigned long word = (pfn << 12) + page_offset_base;

	if (n) {
		rt_nothing(&n);
		word = (unsigned long)p << 1;
	}
	*(long *)word = 1;				/* @either */
}

void test(void)
{
	char *p = rt_own(8192);
	unsigned long frame = ((unsigned long)p + 4095) / 4096;

	/* The first page of memory is the one at p, and has its struct page there, too. */
	page_offset_base = frame * 4096;
	vmemmap_base = frame * 4096;
	hand_over((void *)(frame * 4096));
	fill((struct page *)(frame * 4096));
	page_offset_base = 0;
	number(frame);
	either(frame, p, rt_zero());
	shift(p);
}
