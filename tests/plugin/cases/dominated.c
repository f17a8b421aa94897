// SPDX-License-Identifier: GPL-2.0
/*
 * A check that is in force is not repeated; a call ends it, a load does not
 * stand for a store, and one side of a branch not for both.
 *
 * levels: O1 O2 O3 Os
 * expect: violations=0
 * report: branch checked=1 merged=3
 * report: after_call checked=2
 * report: store_after_load checked=2
 * report: one_side checked=2
 * report: loop checked=1
 * report: narrow checked=2
 * report: far checked=2 merged=0
 * report: asm_call checked=2
 */
#include "../rt.h"

struct s { int a, b, c, d; };

__attribute__((noinline,noclone)) static int branch(struct s *p, int x)
{
	int r;

	p->a = p->c;
	if (x > 3) {
		r = p->b;
	} else {
		p->b = x;
		r = 1;
	}
	return r;
}

__attribute__((noinline,noclone)) static int after_call(struct s *p)
{
	p->a = 1;
	rt_nothing(p);
	return p->a;
}

__attribute__((noinline,noclone)) static int store_after_load(volatile struct s *p, int x)
{
	int r = p->a;

	if (x)
		p->a = 2;
	return r;
}

__attribute__((noinline,noclone)) static int one_side(volatile struct s *p, int x)
{
	if (x)
		p->a = 1;
	return p->a;
}

__attribute__((noinline,noclone)) static void loop(volatile struct s *p, int n)
{
	p->a = 0;
	while (n--)
		p->a = n;
}

__attribute__((noinline,noclone)) static int narrow(volatile struct s *p, int x)
{
	int r = p->a;

	if (x)
		r += p->b;
	return r;
}

struct far { long a, rest[64], z; };

__attribute__((noinline,noclone)) static long far(struct far *p)
{
	return p->a + p->z;
}

__attribute__((noinline,noclone)) static int asm_call(volatile struct s *p)
{
	int r = p->a;

	asm volatile("jmp 1f; call something; 1:\n\t.weak something" : : : "memory");
	return r + p->a;
}

void test(void)
{
	struct s *p = rt_own(sizeof(*p));
	int z = rt_zero();

	branch(p, z);
	after_call(p);
	store_after_load(p, z);
	one_side(p, z);
	loop(p, z + 3);
	narrow(p, z);
	rt_note("far", far(rt_own(sizeof(struct far))));
	asm_call(p);
}
