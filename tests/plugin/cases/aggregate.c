// SPDX-License-Identifier: GPL-2.0
/*
 * Copies of structures, passed and returned ones included; those of more than
 * the guard behind the bounds.
 *
 * expect: violations=2 sum=7
 * log: ^ok ld40 (param|loaded) dist=0 type=40
 * log: ^BAD st40 (param|loaded) dist=0 type=40
 * log: ^ok ld\d+ .* aggregate.c:@pass
 * log: ^BAD st5000
 */
#include "../rt.h"

struct s { long v[5]; };
struct big { char c[5000]; };

noipa static void copy(struct s *to, const struct s *from)
{
	*to = *from;
}

noipa static long by_value(struct s s)
{
	return s.v[0] + s.v[4];
}

noipa static long pass(const struct s *p)
{
	return by_value(*p);	/* @pass */
}

noipa static struct s give(const struct s *p)
{
	return *p;
}

noipa static void big(struct big *p, const struct big *q)
{
	*p = *q;
}

void test(void)
{
	struct s *p = rt_own(sizeof(*p)), *q = rt_foreign(sizeof(*p)), s;

	p->v[0] = 3;
	p->v[4] = 4;
	copy(q, p);
	rt_note("sum", pass(p));
	s = give(p);
	rt_nothing(&s);
	big(rt_foreign(5000), rt_own(5000));
}
