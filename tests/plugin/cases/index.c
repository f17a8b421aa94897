// SPDX-License-Identifier: GPL-2.0
/*
 * Elements of an array of structures behind a pointer: one check for the
 * fields of one element, and the base is passed along.
 *
 * levels: O1 O2 O3 Os
 * expect: checks=2 violations=1
 * log: ^ok st(12|16) param dist=(40|32) type=0 flags=1
 * log: ^BAD st(12|16) param dist=64\d\d
 */
#include "../rt.h"

struct element { long key; int a, b; };
struct table { long n; struct element e[8]; };

noipa static void put(struct table *t, long i)
{
	t->e[i].a = 1;
	t->e[i].b = 2;
	t->e[i].key = 3;
}

void test(void)
{
	struct table *t = rt_own(sizeof(*t));

	put((struct table *)((char *)t - 8 + 8), 2);
	put(t, 400);
}
