// SPDX-License-Identifier: GPL-2.0
/*
 * A variable index into a declared object is checked against that object.
 *
 * expect: checks=4 fails=4 violations=4 got=0
 * log: ^BAD fail4 object dist=64 type=64 flags=1
 * log: ^BAD fail4 object dist=-4 type=64 flags=1
 * log: ^BAD fail4 object dist=64 type=64 flags=0
 * log: ^BAD fail1 object dist=\d+ type=8 flags=1
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
}
