// SPDX-License-Identifier: GPL-2.0
/*
 * A pointer that leaves a function as an integer is looked at there, with the
 * right that it has, and never refused.  One that was used before in the
 * function needs no more; numbers that were computed from it are none.
 *
 * levels: O1 O2 O3 Os
 * expect: violations=0
 * log: ^ok ld1 param dist=0 .* flags=16 exposed.c:@stored$
 * log: ^ok ld1 param dist=0 .* flags=16 exposed.c:@passed$
 * log: ^ok ld1 loaded dist=0 .* flags=16 exposed.c:@returned$
 * log: ^ok ld1 param dist=0 .* flags=16 exposed.c:@tagged$
 * log: ^ok ld1 call dist=0 .* flags=16 exposed.c:@handle$
 * nolog: flags=16 exposed.c:@used$
 * nolog: flags=16 exposed.c:@number$
 * nolog: flags=16 exposed.c:@integer$
 * nolog: flags=16 exposed.c:@kernels$
 */
#include "../rt.h"
#include "include/kernel.h"

struct descriptor { unsigned long long cookie; long *pointer; };

noipa static void take(unsigned long word)
{
	(void)word;
}

noipa static void store(struct descriptor *d, void *p)
{
	d->cookie = (unsigned long)p;	/* @stored */
}

noipa static void pass(void *p)
{
	take((unsigned long)p);	/* @passed */
}

noipa static unsigned long give(struct descriptor *d)
{
	return (unsigned long)d->pointer;	/* @returned */
}

noipa static void tag(struct descriptor *d, void *p)
{
	d->cookie = (unsigned long)p | 1;	/* @tagged */
}

noipa void *allocate(long n);

/* As zs_malloc(): an error or a handle. */
noipa static unsigned long handle(long n)	/* @handle */
{
	void *p;

	if (n < 0)
		return (unsigned long)-22;
	p = allocate(n);
	if (!p)
		return (unsigned long)-12;
	return (unsigned long)p;
}

void *allocate(long n)
{
	return n > 100 ? NULL : rt_foreign(n);
}

noipa static void use(struct descriptor *d, long *p)
{
	*p = 1;
	d->cookie = (unsigned long)p;	/* @used */
}

noipa static void number(struct descriptor *d, char *p, char *q)
{
	d->cookie = p - q;	/* @number */
	take((unsigned long)p >> 12);	/* @number */
	take(p > q);	/* @number */
	take((unsigned long)p & 4095);	/* @number */
}

/* What is read from there is a pointer anyway. */
noipa static void store_in_kernels(struct kernel_tagged *t, void *p)
{
	t->tagged = (unsigned long)p;	/* @kernels */
}

noipa static void integer(struct descriptor *d, unsigned long n)
{
	d->cookie = n;	/* @integer */
}

void test(void)
{
	struct descriptor *d = rt_own(sizeof(*d));
	void *foreign = rt_foreign(8);

	store(d, foreign);
	pass(foreign);
	d->pointer = foreign;
	give(d);
	tag(d, foreign);
	handle(8 + rt_zero());
	use(d, rt_own(8));
	number(d, foreign, rt_own(8));
	integer(d, (unsigned long)foreign);
	store_in_kernels(rt_own(sizeof(struct kernel_tagged)), foreign);
}
