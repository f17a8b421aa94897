// SPDX-License-Identifier: GPL-2.0
/*
 * A loop over a declared array is not held to stay inside it because the
 * language says so; only where its own condition keeps it inside, it needs no
 * check.
 *
 * levels: O1 O2 O3 Os
 * expect: violations=1 inside=28
 * log: ^BAD fail8 .*loops.c:@beyond$
 * nolog: :@inside$
 */
#include "../rt.h"

noipa static long sum(long n)
{
	long a[8] = { 0 }, s = 0;

	rt_nothing(a);
	for (long i = 0; i < n; i++)
		s += a[i];			/* @beyond */
	return s;
}

noipa static long inside(void)
{
	long a[8], s = 0;

	for (long i = 0; i < 8; i++)
		a[i] = i;			/* @inside */
	rt_nothing(a);
	for (long i = 0; i < 8; i++)
		s += a[i];			/* @inside */
	return s;
}

void test(void)
{
	sum(8);
	sum(9 + rt_zero());
	rt_note("inside", inside());
}
