// SPDX-License-Identifier: GPL-2.0
/*
 * Fields of one structure are one check; what is in a register is none.  Two
 * fields of 4 bytes that lie in two granules are a range: of whole words, where
 * the structure is aligned.
 *
 * expect: violations=0 st=1 ld=1
 * log: ^ok st24 param dist=0 type=24 flags=1 fields.c:
 * log: ^ok ld12 param dist=0 type=16 flags=0 fields.c:
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

struct t { int a, b, c, d; } __attribute__((aligned(8)));

noipa static int middle(struct t *p)
{
	return p->b + p->c;
}

void test(void)
{
	fill(rt_own(sizeof(struct s)), rt_zero());
	middle(rt_own(sizeof(struct t)));
}
