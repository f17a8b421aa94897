// SPDX-License-Identifier: GPL-2.0
/*
 * The base of an address that is out of bounds is the pointer that it was computed from,
 * through PHIs, sums and masks of integers, and loops that move it under conditions: dist is
 * not 0.  Where two pointers come together the base is the one whose way was taken.
 *
 * levels: O1 O2 O3 Os
 * expect: kept=5
 * log: ^BAD st1 param dist=32 .* bases.c:@plain$
 * log: ^BAD st1 param dist=40 .* bases.c:@sum$
 * log: ^BAD st1 param dist=48 .* bases.c:@difference$
 * log: ^BAD st1 param dist=56 .* bases.c:@mask$
 * log: ^BAD st1 param dist=32 .* bases.c:@merged$
 * log: ^BAD st1 param dist=33 .* bases.c:@merged$
 * log: ^BAD st1 param dist=34 .* bases.c:@either$
 * log: ^BAD st1 param dist=36 .* bases.c:@either$
 * log: ^BAD st1 param dist=16 .* bases.c:@loop$
 * log: ^BAD st1 param dist=17 .* bases.c:@condition$
 * log: ^BAD st1 param dist=16 .* bases.c:@continued$
 * log: ^BAD st4 param dist=128 .* bases.c:@element$
 * log: ^ok st8 param dist=0 .* bases.c:@cpu$
 */
#include "../rt.h"

noipa static void plain(char *p, long i) { p[i] = 1; }		/* @plain */
noipa static void sum(char *p, unsigned int i) { *(char *)((unsigned long)p + i) = 1; }	/* @sum */
noipa static void difference(char *p, unsigned long i) { *(char *)((unsigned long)p - i) = 1; }	/* @difference */

noipa static void mask(char *p, long i)
{
	*(char *)(((unsigned long)p + i + 7) & ~7ul) = 1;	/* @mask */
}

noipa static void merged(char *p, long i, long j, int c)
{
	char *q;

	if (c) {
		rt_nothing(p);
		q = p + i;
	} else {
		q = p + j;
	}
	*q = 1;							/* @merged */
}

noipa static void either(char *a, char *b, long i, long j, int c)
{
	char *q;

	if (c) {
		rt_nothing(a);
		q = a + i;
	} else {
		rt_nothing(b);
		q = b + j;
	}
	rt_nothing(0);
	*q = 1;							/* @either */
}

noipa static void loop(char *p, int n)
{
	while (n--) {
		*p = 1;						/* @loop */
		p++;
		rt_nothing(0);
	}
}

noipa static void condition(char *p, const char *s, int n)
{
	for (int i = 0; i < n; i++) {
		rt_nothing(0);
		if (s[i] == 1) {
			rt_nothing(0);
			*p++ = '\\';
		}
		rt_nothing(0);
		*p++ = s[i];					/* @condition */
	}
}

noipa static void continued(char *p, const char *s, int n)
{
	for (; n--; p++) {
		rt_nothing(0);
		if (*s++) {
			p += 2;
			continue;
		}
		*p = 1;						/* @continued */
	}
}

struct element { int a[4]; };

noipa static void element(struct element *p, long i, int c)
{
	struct element *q = p;

	if (c) {
		rt_nothing(p);
		q = p + i;
	}
	rt_nothing(0);
	q->a[rt_zero()] = 1;					/* @element */
}

/* A tag is no distance: of its type the pointer keeps the size. */
noipa static long tagged(unsigned long *p)
{
	return *(long *)(*p & ~1ul);				/* @tagged */
}

/* A per-CPU pointer leads to nothing by itself. */
noipa static void of_cpu(long *p, int cpu)
{
	*(long *)((unsigned long)p + __per_cpu_offset[cpu]) = 1;	/* @cpu */
}

void test(void)
{
	char *o = rt_own(16), s[32] = { 0, 1, 0, 0, 1 };
	unsigned long *t = rt_own(8);

	o[0] = 5;
	plain(o, 32);
	sum(o, 40);
	difference(o, -48L);
	mask(o, 56);
	merged(o, 32, 33, 1);
	merged(o, 32, 33, 0);
	either(o, s, 34, 36, 1);
	either(s, o, 34, 36, 0);
	loop(o, 17);
	o[0] = 5;
	condition(o + 0, s, 17);
	o[0] = 5;
	continued(o, s + 6, 17);
	element((struct element *)o, 8, 1);
	*t = (unsigned long)t | 1;
	tagged(t);
	__per_cpu_offset[2] = (unsigned long)rt_own(8) - 4096;
	of_cpu((long *)4096, 2);
	o[0] = 5;
	rt_note("kept", o[0]);
}
