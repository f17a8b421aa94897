// SPDX-License-Identifier: GPL-2.0
/*
 * An access that is not allowed goes to the sink: memory stays as it was, and
 * loads read zero.
 *
 * expect: checks=2 violations=2 ld=1 st=1 untouched=1 read=0
 */
#include "../rt.h"

noipa static void put(long *p)
{
	p[3] = 77;
}

noipa static long get(const long *p)
{
	return p[5];
}

void test(void)
{
	long *p = rt_foreign(64);
	int untouched;

	*(long *volatile *)&p = p;
	rt_poke((char *)p + 24, 1);
	rt_poke((char *)p + 40, 9);
	put(p);
	untouched = rt_peek((char *)p + 24) == 1;
	rt_note("untouched", untouched);
	rt_note("read", get(p));
}
