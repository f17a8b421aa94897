// SPDX-License-Identifier: GPL-2.0
/*
 * What is certain to run behind a branch is checked along with what ran before
 * it; not what a call, a branch, a loop that ends or a function that does not
 * return may keep from running.
 *
 * levels: O1 O2 O3 Os
 * expect: violations=0
 * report: join checked=1 merged=1
 * report: store checked=1 merged=1
 * report: call checked=2 merged=0
 * report: side checked=2 merged=0
 * report: gone checked=2 merged=0
 * report: again checked=2
 * report: far checked=2 merged=0
 * log: ^ok ld8 .*:@join$
 * log: ^ok st8 .*:@store$
 */
#include <stdlib.h>
#include "../rt.h"

struct s { int a, b, c, d; };
struct far { long a, rest[64], z; };

static volatile int sum;

__attribute__((noinline,noclone)) static int join(struct s *p, int x)
{
	int r = *(volatile int *)&p->a;	/* @join */

	if (x)
		sum += r;
	return r + *(volatile int *)&p->b;
}

__attribute__((noinline,noclone)) static void store(struct s *p, int x)
{
	int r = *(volatile int *)&p->a;	/* @store */

	if (x)
		sum += r;
	*(volatile int *)&p->b = 1;
}

__attribute__((noinline,noclone)) static int call(struct s *p, int x)
{
	int r = *(volatile int *)&p->a;

	if (x)
		rt_nothing(p);
	return r + *(volatile int *)&p->b;
}

__attribute__((noinline,noclone)) static int side(struct s *p, int x)
{
	int r = *(volatile int *)&p->a;

	if (x)
		return r;
	return r + *(volatile int *)&p->b;
}

__attribute__((noinline,noclone)) static int gone(struct s *p, int x)
{
	int r = *(volatile int *)&p->a;

	if (x)
		abort();
	return r + *(volatile int *)&p->b;
}

/* The call in the loop ends what was checked before it. */
__attribute__((noinline,noclone)) static int again(struct s *p, int n)
{
	int r = *(volatile int *)&p->a;

	do {
		r += *(volatile int *)&p->b;
		rt_nothing(p);
	} while (--n > 0);
	return r;
}

__attribute__((noinline,noclone)) static long far(struct far *p, int x)
{
	long r = *(volatile long *)&p->a;

	if (x)
		sum += r;
	return r + *(volatile long *)&p->z;
}

void test(void)
{
	struct s *p = rt_own(sizeof(*p));
	int z = rt_zero();

	join(p, z);
	store(p, z);
	call(p, z);
	side(p, z);
	gone(p, z);
	again(p, z + 2);
	far(rt_own(sizeof(struct far)), z);
}
