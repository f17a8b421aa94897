// SPDX-License-Identifier: GPL-2.0
/*
 * Where bases come from.
 *
 * levels: O1 O2 O3 Os
 * expect: violations=0
 * log: ^ok ld8 param .*:@param$
 * log: ^ok ld8 call .*:@call$
 * log: ^ok ld8 loaded .*:@memory$
 * log: ^ok ld8 int .*:@integer$
 * log: ^ok ld8 int .*:@global$
 * log: ^ok ld8 int .*:@number$
 * log: ^ok ld8 param .*:@masked$
 * log: ^ok ld8 loaded .*:@tagged$
 * log: ^ok ld8 loaded .*:@word$
 * log: ^ok ld8 int .*:@scaled$
 * log: ^ok ld8 int .*:@difference$
 * log: ^ok ld8 int .*:@minus$
 * log: ^ok ld1 object .*:@object$
 * log: ^ok ld8 call .*:@phi$
 * log: ^ok ld8 param .*:@hidden$
 * log: ^ok ld8 param dist=-8 type=24 .*:@container$
 * log: ^ok ld8 loaded .*:@percpu$
 * log: ^ok ld8 int .*:@asmword$
 */
#include "../rt.h"
#include "include/kernel.h"

#define CHECKED noipa static

static unsigned long module_parameter;
static long **holder;

noipa long *make(unsigned long x);
noipa unsigned long number(unsigned long x);

CHECKED long from_param(long *p)
{
	return *p;	/* @param */
}

CHECKED long from_call(unsigned long x)
{
	return *make(x);	/* @call */
}

CHECKED long from_memory(void)
{
	return *(long *)holder[rt_zero()];	/* @memory */
}

CHECKED long from_integer(unsigned long x)
{
	return *(long *)x;	/* @integer */
}

CHECKED long from_global(void)
{
	return *(long *)module_parameter;	/* @global */
}

CHECKED long from_number(unsigned long x)
{
	return *(long *)number(x);	/* @number */
}

CHECKED long from_masked(long *p)
{
	return *(long *)((unsigned long)p & ~7ul);	/* @masked */
}

CHECKED long from_tagged(struct kernel_tagged *t)
{
	return *(long *)(t->tagged & ~3ul);	/* @tagged */
}

CHECKED long from_word(struct kernel_tagged *t)
{
	return *(long *)t->tagged;	/* @word */
}

CHECKED long from_scaled(long *p, unsigned long x)
{
	return *(long *)((unsigned long)p * x);	/* @scaled */
}

CHECKED long from_difference(long *p, char *q)
{
	return *(long *)((char *)p - q);	/* @difference */
}

CHECKED long from_minus(long *p, char *q)
{
	return *(long *)((unsigned long)p - (unsigned long)q);	/* @minus */
}

CHECKED long from_object(int n)
{
	static char text[32] = "text";
	char *p;

	rt_nothing(text);
	for (p = text; n-- && *p; p++)	/* @object */
		;
	return p - text;
}

CHECKED long from_phi(long x)
{
	long *p = x ? make(x) : NULL;
	return *p;	/* @phi */
}

CHECKED long from_hidden(long *p, long x)
{
	unsigned long hidden;

	asm("" : "=r" (hidden) : "0" (p));
	hidden += x;

	return *(long *)hidden;	/* @hidden */
}

/* As current is read where there are no named address spaces; here %gs is at 0. */
static unsigned long percpu;

CHECKED long from_percpu(void)
{
	unsigned long word;

	asm("movq %%gs:%1, %0" : "=r" (word) : "m" (percpu));
	return *(long *)word;	/* @percpu */
}

CHECKED long from_asm_word(unsigned long x)
{
	unsigned long word;

	asm("movq %1, %0" : "=r" (word) : "r" (x));
	return *(long *)word;	/* @asmword */
}

struct container { long a, member, c; };

CHECKED long from_container(long *member)
{
	return ((struct container *)((char *)member - 8))->a;	/* @container */
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
	from_scaled(p, 1 + rt_zero());
	from_difference((long *)(2 * n - n), 0);
	from_minus(p, 0);
	from_object(4);
	from_phi(n);
	from_hidden(p, 0);
	from_container(p + 1);
	percpu = n;
	from_percpu();
	from_asm_word(n);
}
