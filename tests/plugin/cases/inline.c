// SPDX-License-Identifier: GPL-2.0
/*
 * What lies within the bounds registers makes no call at all.
 *
 * expect: checks=1 violations=1 sum=45
 * expect[O0]: checks=1
 * log: ^BAD st8 (param|loaded) dist=0
 */
#include "../rt.h"

int rt_inline = 1;

noipa static long work(long *p, int n)
{
	long sum = 0;
	int i;

	for (i = 0; i < n; i++)
		p[i] = i;
	for (i = 0; i < n; i++)
		sum += p[i];
	return sum;
}

noipa static void wild(long *p)
{
	*p = 1;
}

void test(void)
{
	rt_note("sum", work(rt_own(80), 10));
	wild(rt_foreign(8));
}
