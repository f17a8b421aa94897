// SPDX-License-Identifier: GPL-2.0
/*
 * Objects that are longer than their declaration says: a flexible array that
 * another unit fills, an array of one element that stands for what the linker
 * or another unit puts there.  What is declared here and now has its own size.
 *
 * levels: O0 O1 O2 O3 Os
 * unit: longer_data.c
 * expect: violations=1 flexible=30 constant=20 one=7 last=9 own=2
 * log: ^BAD fail4 object .*:@beyond$
 */
#include "../rt.h"

struct flexible { int n, a[]; };

extern struct flexible flexible;
extern int one[1], last[];

static struct flexible own = { 3, { 0, 1, 2 } };

noipa static int get(int i) { return flexible.a[i]; }
noipa static int get_constant(void) { return flexible.a[1]; }
noipa static int get_one(int i) { return one[i]; }
noipa static int get_last(int i) { return last[i]; }
noipa static int get_own(int i)
{
	return own.a[i];	/* @beyond */
}

void test(void)
{
	rt_note("flexible", get(2));
	rt_note("constant", get_constant());
	rt_note("one", get_one(3));
	rt_note("last", get_last(3));
	rt_note("own", get_own(2));
	get_own(3);
}
