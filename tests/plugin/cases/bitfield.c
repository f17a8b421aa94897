// SPDX-License-Identifier: GPL-2.0
/*
 * Bit-fields: the bytes that the compiler touches, found with any index.
 *
 * expect: violations=0 sum=9
 * expect[O1,O2,O3,Os]: checks=4
 * log[O1,O2,O3,Os]: ^ok st\d+ param dist=8 type=16
 * log[O1,O2,O3,Os]: ^ok ld\d+ param dist=24 type=0
 * log[O1,O2,O3,Os]: ^ok st\d+ param dist=40 type=0
 *
 * And where header and field together are as long as an element, so that GCC
 * finds the field in the next one.
 *
 * log[O1,O2,O3,Os]: ^ok st\d+ param dist=32 type=0
 */
#include "../rt.h"

struct b { long x; unsigned a:3, b:7, c:5; };

noipa static void set(struct b *p)
{
	p->a = 5;
	p->b = 9;
}

noipa static int get(struct b *p, long i)
{
	return p[i].b;
}

struct arr { struct b v[4]; };

noipa static void seti(struct arr *p, long i)
{
	p->v[i].c = 3;
}

struct headed {
	long n[2];
	struct { long x[2]; unsigned a:3, b:7; long y; } v[];
};

noipa static void seth(struct headed *p, long i)
{
	p->v[i].a = 1;
}

void test(void)
{
	struct b *p = rt_own(64);

	set(p);
	rt_move((char *)p + 24, (char *)p + 8);
	rt_note("sum", get(p, 1 + rt_zero()));
	seti((struct arr *)p, 2 + rt_zero());
	seth((struct headed *)p, rt_zero());
}
