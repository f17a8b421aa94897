// SPDX-License-Identifier: GPL-2.0
/*
 * Volatile accesses stay as many as they were.
 *
 * levels: O1 O2 O3 Os
 * expect: checks=1 violations=0 sum=9
 */
#include "../rt.h"

noipa static int three(volatile int *p)
{
	int a = *p, b = *p, c = *p;

	return a + b + c;
}

void test(void)
{
	int *p = rt_own(4);

	rt_poke(p, 3);
	rt_note("sum", three(p));
}
