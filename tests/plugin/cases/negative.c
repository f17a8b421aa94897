// SPDX-License-Identifier: GPL-2.0
/*
 * An index that may be negative, from the middle of an object, with a constant
 * beside it: GCC must not take it that the access begins behind that constant.
 *
 * levels: O1 O2 O3 Os
 * flags: -fno-strict-aliasing
 * expect: violations=0 local=7 global=5 behind=6 bit=1 field=4 both=11
 */
#include "../rt.h"

static int array[8];
static struct { int a, b; } pairs[8];

noipa static long local(long i, long j)
{
	long a[4], *p = &a[2];

	a[0] = i + 9;
	a[1] = i + 10;
	a[2] = i;
	a[3] = i;
	p[j] += 1;
	return p[i];
}

noipa static int global(int *p, long i)
{
	array[0] = 1;
	p[i + 4] = 5;
	return array[0];
}

/* The store must not be dropped, nor the load be made before it. */
noipa static int behind(int *p, long i)
{
	int x;

	array[1] = 1;
	p[i + 3] = 6;
	x = array[1];
	array[1] = 2;
	return x;
}

noipa static int field(long i)
{
	pairs[0].b = 3;
	pairs[i + 7].b += 1;
	return pairs[0].b;
}

noipa static int both(long i)
{
	int a[8], *p = a + 6;

	a[0] = 1;
	a[1] = 2;
	p[i + 1] += 4;
	p[i + 2] += 4;
	return a[0] + a[1];
}

noipa static int bit(long nr)
{
	unsigned long map[4] = { 0, 0, 0, 0 };

	asm volatile("btsq %1,%0" : "+m" (map[2]) : "r" (nr) : "memory");
	return map[0] != 0;
}

void test(void)
{
	long none = rt_zero();

	rt_note("local", local(-2 + none, none));
	rt_note("global", global(array + 2, -6 + none));
	rt_note("behind", behind(array + 2, -4 + none));
	rt_note("field", field(-7 + none));
	rt_note("both", both(-7 + none));
	rt_note("bit", bit(-128 + none));
}
