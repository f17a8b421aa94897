// SPDX-License-Identifier: GPL-2.0
/*
 * Fields of one structure are one check; what is in a register is none.
 *
 * expect: violations=0 st=1 ld=0
 * log: ^ok st24 param dist=0 type=24 flags=5 fields.c:
 */
#include "../rt.h"

struct s { int a; long b, c; };

noipa static long fill(struct s *p, long v)
{
	p->a = v;
	p->b = v + 1;
	p->c = v + 2;
	return p->b;
}

void test(void)
{
	fill(rt_own(sizeof(struct s)), rt_zero());
}
