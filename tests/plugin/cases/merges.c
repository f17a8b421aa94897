// SPDX-License-Identifier: GPL-2.0
/*
 * A pointer that was made from an integer and comes together with a good one is checked on
 * its way there, and only there.  A word that is read as if it was a pointer is none.
 *
 * levels: O1 O2 O3 Os
 * expect: violations=2 own=1 foreign=0
 * log: ^BAD ld1 int .* flags=16 merges.c:@int$
 * log: ^BAD st1 int .* merges.c:@word$
 * nolog: ^BAD .* merges.c:@use$
 */
#include "../rt.h"
#include <string.h>

struct holder { unsigned long word; };

noipa static void mix(char *p, unsigned long wild, int c)
{
	char *q;

	if (c)
		q = p;
	else
		q = (char *)wild;				/* @int */
	rt_nothing(0);
	*q = 1;							/* @use */
}

noipa static void read_word(struct holder *h)
{
	char *q;

	memcpy(&q, &h->word, sizeof(q));
	*q = 1;							/* @word */
}

void test(void)
{
	char *own = rt_own(8), *foreign = rt_foreign(64);
	struct holder *h = rt_own(8);

	mix(own, 0, 1);
	mix(own, (unsigned long)foreign, 0);
	h->word = (unsigned long)foreign;
	rt_nothing(h);
	read_word(h);
	rt_note("own", own[0]);
	rt_note("foreign", rt_peek(foreign));
}
