// SPDX-License-Identifier: GPL-2.0
/*
 * A pointer that a loop moves along belongs to the object that it started in,
 * however far it has come: else it would carry its right from one object into
 * the next.
 *
 * levels: O1 O2 O3 Os
 * expect: violations=1
 * log: ^ok st8 param dist=16
 * log: ^BAD st8 param dist=32
 */
#include "../rt.h"

noipa static void sweep(volatile long *p, volatile long *end)
{
	while (p < end)
		*p++ = 1;
}

void test(void)
{
	long *p = rt_own(4 * sizeof(*p));

	sweep(p, p + 5);
}
