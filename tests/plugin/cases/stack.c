// SPDX-License-Identifier: GPL-2.0
/*
 * Variable-length arrays and alloca: objects of the stack.
 *
 * expect: violations=0 sum=10
 * log: ^ok st(1|4|8|16) (object|loaded)
 */
#include "../rt.h"

noipa static int vla(int n)
{
	int v[n], i, sum = 0;

	for (i = 0; i < n; i++)
		v[i] = i;
	rt_nothing(v);
	for (i = 0; i < n; i++)
		sum += v[i];
	return sum;
}

void test(void)
{
	rt_note("sum", vla(5));
}
