// SPDX-License-Identifier: GPL-2.0
/*
 * Where bases come from.
 *
 * levels: O1 O2 O3 Os
 * expect: violations=0
 * log: ^ok ld8 param .*:37$
 * log: ^ok ld8 call .*:42$
 * log: ^ok ld8 loaded .*:47$
 * log: ^ok ld8 int .*:52$
 * log: ^ok ld8 int .*:57$
 * log: ^ok ld8 int .*:62$
 * log: ^ok ld8 param .*:67$
 * log: ^ok ld8 loaded .*:72$
 * log: ^ok ld8 loaded .*:77$
 * log: ^ok ld8 int .*:82$
 * log: ^ok ld8 int .*:87$
 * log: ^ok ld1 object .*:96$
 * log: ^ok ld8 call .*:103$
 * log: ^ok ld8 param .*:113$
 * log: ^ok ld8 param .*:119$
 */
#include "../rt.h"
#include "include/kernel.h"

#define CHECKED __attribute__((noipa)) static

static unsigned long module_parameter;
static long **holder;

long *make(unsigned long x) __attribute__((noipa));
unsigned long number(unsigned long x) __attribute__((noipa));

CHECKED long from_param(long *p)
{
	return *p;
}

CHECKED long from_call(unsigned long x)
{
	return *make(x);
}

CHECKED long from_memory(void)
{
	return *(long *)holder[rt_zero()];
}

CHECKED long from_integer(unsigned long x)
{
	return *(long *)x;
}

CHECKED long from_global(void)
{
	return *(long *)module_parameter;
}

CHECKED long from_number(unsigned long x)
{
	return *(long *)number(x);
}

CHECKED long from_masked(long *p)
{
	return *(long *)((unsigned long)p & ~7ul);
}

CHECKED long from_tagged(struct kernel_tagged *t)
{
	return *(long *)(t->tagged & ~3ul);
}

CHECKED long from_word(struct kernel_tagged *t)
{
	return *(long *)t->tagged;
}

CHECKED long from_scaled(long *p, unsigned long x)
{
	return *(long *)((((unsigned long)p >> 6) << 6) + x);
}

CHECKED long from_difference(long *p, char *q)
{
	return *(long *)((char *)p - q);
}

CHECKED long from_object(int n)
{
	static char text[32] = "text";
	char *p;

	rt_nothing(text);
	for (p = text; n-- && *p; p++)
		;
	return p - text;
}

CHECKED long from_phi(long x)
{
	long *p = x ? make(x) : NULL;
	return *p;
}

CHECKED long from_hidden(long *p, long x)
{
	unsigned long hidden;

	asm("" : "=r" (hidden) : "0" (p));
	hidden += x;

	return *(long *)hidden;
}

CHECKED long from_container(long *member)
{
	return *(long *)
		((char *)member - 8);
}

long *make(unsigned long x)
{
	return (long *)x;
}

unsigned long number(unsigned long x)
{
	return x;
}

void test(void)
{
	long *p = rt_own(64), *q = rt_own(64);
	struct kernel_tagged t = { (unsigned long)p | 1 };
	struct kernel_tagged *tp = rt_own(sizeof(t));
	unsigned long n = (unsigned long)p;

	from_param(p);
	from_call(n);
	holder = (long **)q;
	q[0] = n;
	from_memory();
	from_integer(n);
	module_parameter = n;
	from_global();
	from_number(n);
	from_masked(p);
	*tp = t;
	from_tagged(tp);
	tp->tagged = n;
	from_word(tp);
	from_scaled(p, 0);
	from_difference((long *)(2 * n - n), 0);
	from_object(4);
	from_phi(n);
	from_hidden(p, 0);
	from_container(p + 1);
}
