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
	int untouched = 1;

	*(long *volatile *)&p = p;
	asm volatile("movq $1, 24(%0)\n\tmovq $9, 40(%0)" : : "r" (p) : "memory");
	put(p);
	asm volatile("cmpq $1, 24(%1)\n\tje 1f\n\tmovl $0, %0\n1:" : "+r" (untouched) : "r" (p) : "memory");
	rt_note("untouched", untouched);
	rt_note("read", get(p));
}
