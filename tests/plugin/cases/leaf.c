// SPDX-License-Identifier: GPL-2.0
/*
 * A leaf function keeps nothing below the stack pointer, where the call of a
 * check would overwrite it.
 *
 * expect: violations=0 sum=36
 */
#include "../rt.h"

noipa static long leaf(long *p, long i)
{
	volatile long keep[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };

	*p = 5;
	p[1] = i;
	return keep[0] + keep[1] + keep[2] + keep[3] + keep[4] + keep[5] + keep[6] + keep[7];
}

void test(void)
{
	rt_note("sum", leaf(rt_own(16), 1));
}
