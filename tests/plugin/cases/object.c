// SPDX-License-Identifier: GPL-2.0
/*
 * A variable index into a declared object is checked against that object.
 *
 * expect: checks=5 fails=5 violations=5 got=0 first=7
 * log: ^BAD fail4 object dist=64 type=64 flags=1
 * log: ^BAD fail4 object dist=-4 type=64 flags=1
 * log: ^BAD fail4 object dist=64 type=64 flags=0
 * log: ^BAD fail1 object dist=\d+ type=8 flags=1
 * log: ^BAD fail4 object dist=68 type=64 flags=1
 * flags: -Wno-array-bounds
 */
#include "../rt.h"

static int table[16];
static int neighbour = 5;

noipa static void put(long i)
{
	table[i] = 9;
}

noipa static int get(long i)
{
	return table[i];
}

noipa static int local(long i)
{
	char buf[8] = "";

	buf[i] = 1;
	rt_nothing(buf);
	return buf[3];
}

noipa static void beyond(void)
{
	table[17] = 1;
}

/* What went through a pointer is seen by what does not. */
noipa static int both(long i)
{
	int a[4];

	a[0] = 1;
	a[i] = 7;
	return a[0];
}

void test(void)
{
	rt_nothing(&neighbour);
	rt_nothing(table);
	put(15 + rt_zero());
	put(16 + rt_zero());
	put(-1 + rt_zero());
	rt_note("got", get(16 + rt_zero()));
	local(7 + rt_zero());
	local(9 + rt_zero());
	beyond();
	rt_note("first", both(rt_zero()));
}
