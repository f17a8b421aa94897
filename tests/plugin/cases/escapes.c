// SPDX-License-Identifier: GPL-2.0
/*
 * A pointer made from integers is checked where it is passed on, stored and
 * returned, even if nobody uses it.  Errors, NULL and small numbers are none;
 * neither are pointers that came from pointers.
 *
 * levels: O1 O2 O3 Os
 * expect: violations=3
 * log: ^BAD ld1 int dist=0 type=\d+ flags=16 escapes.c:@passed$
 * log: ^BAD ld1 int dist=0 type=\d+ flags=16 escapes.c:@stored$
 * log: ^BAD ld1 int dist=0 type=\d+ flags=16 escapes.c:@returned$
 * log: ^ok ld1 int dist=0 type=\d+ flags=16 escapes.c:@own$
 * log: ^ok ld1 int .* flags=16 escapes.c:@error$
 * nolog: escapes.c:@pointer$
 * nolog: escapes.c:@constant$
 */
#include "../rt.h"

void *kept;

noipa static void pass(unsigned long n)
{
	rt_nothing((void *)n);			/* @passed */
}

noipa static void store(unsigned long n)
{
	kept = (void *)n;			/* @stored */
}

noipa static void *make(unsigned long n)
{
	return (void *)n;			/* @returned */
}

noipa static void own(unsigned long n)
{
	rt_nothing((void *)n);			/* @own */
}

noipa static void *error(long n)
{
	return (void *)n;			/* @error */
}

noipa static void tagged(void *p)
{
	kept = (void *)((unsigned long)p | 1);	/* @pointer */
	rt_nothing((char *)p + 8);		/* @pointer */
}

noipa static void sentinel(void)
{
	kept = (void *)-5L;			/* @constant */
	rt_nothing((void *)1);			/* @constant */
}

void test(void)
{
	unsigned long foreign = (unsigned long)rt_foreign(8);

	pass(foreign);
	store(foreign);
	make(foreign);
	own((unsigned long)rt_own(8));
	error(-12 + rt_zero());
	error(rt_zero());
	tagged(rt_foreign(8));
	sentinel();
}
