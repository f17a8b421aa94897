// SPDX-License-Identifier: GPL-2.0
/*
 * Inside a declared object nothing is checked: constant offsets, and indices
 * whose range is known.
 *
 * levels: O1 O2 O3 Os
 * expect: checks=0 violations=0
 * report: known checked=0
 */
#include "../rt.h"

static struct { int a; long b[8]; } object;
static unsigned char table[256];
static int masked[16];

noipa static long known(unsigned char c, unsigned int i)
{
	char local[16];
	int k;

	object.a = 1;
	object.b[7] = 2;
	for (k = 0; k < 8; k++)
		object.b[k] = c;
	table[c] = 1;
	masked[i & 15] = 2;
	for (k = 0; k < 16; k++)
		local[k] = c;
	rt_nothing(local);
	rt_nothing(object.b);
	rt_nothing(table);
	rt_nothing(masked);
	if (i < 8)
		return object.b[i];
	return local[3];
}

void test(void)
{
	known(200 + rt_zero(), 7 + rt_zero());
}
