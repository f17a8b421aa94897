// SPDX-License-Identifier: GPL-2.0
/*
 * Inline, the start of a range is enough, up to the guard; longer ones are
 * looked at at both ends.
 *
 * levels: O1 O2 O3 Os
 * expect: checks=2 violations=2
 * log: ^BAD ld5000
 * log: ^BAD st5000
 */
#include "../rt.h"

int rt_inline = 1;

struct small { char c[3000]; };
struct big { char c[5000]; };

noipa static void small(struct small *p, struct small *q)
{
	*p = *q;
}

noipa static void big(struct big *p, struct big *q)
{
	*p = *q;
}

void test(void)
{
	char *p = rt_own(248 << 10);

	small((void *)(p + 100000), (void *)p);
	big((void *)(p + 100000), (void *)p);
	/* starts inside, ends outside */
	big((void *)(p + (252 << 10) - 2000), (void *)(p + (252 << 10) - 4000));
}
