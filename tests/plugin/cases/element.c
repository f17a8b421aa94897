// SPDX-License-Identifier: GPL-2.0
/*
 * Fields of one element of a declared array, bit-fields included: one check,
 * and each access still finds its field.
 *
 * expect: violations=0 sum=31
 * expect[O1,O2,O3,Os]: checks=0
 * report[O1,O2,O3,Os]: sum checked=1
 */
#include "../rt.h"

struct inner { unsigned a; unsigned b:8; long c; int d:21; unsigned e; };
struct outer { struct inner i; unsigned char f; };

static volatile struct outer objects[3] = {
	{ { 1, 2, 3, -4, 5 }, 6 }, { { 11, 12, 13, -14, 15 }, -6 },
};

noipa static int sum(long i)
{
	return objects[i].i.d + objects[i].i.e + objects[i].i.b + objects[i].i.c + objects[i].f - 245;
}

void test(void)
{
	rt_note("sum", sum(1 + rt_zero()));
}
