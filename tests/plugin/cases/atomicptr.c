// SPDX-License-Identifier: GPL-2.0
/*
 * Pointers that are read from memory in one go with something else: exchanged,
 * compared and exchanged, through a union, by a builtin that knows words only.
 *
 * levels: O1 O2 O3 Os
 * expect: violations=0
 * log: ^ok ld8 loaded .*:@exchanged$
 * log: ^ok ld8 (loaded|param) .*:@compared$
 * log: ^ok ld8 loaded .*:@builtin$
 * log: ^ok ld8 loaded .*:@loaded$
 * log: ^ok ld8 loaded .*:@union$
 * log: ^ok ld8 int .*:@counter$
 */
#include "../rt.h"

struct list { long *first; unsigned long counter; };
union place { long *pointer; unsigned long word; };

/* As llist_del_all(). */
noipa static long exchange(struct list *l)
{
	long *p = NULL;

	asm volatile("xchgq %q0, %1" : "+r" (p), "+m" (l->first) : : "memory");
	return *p;	/* @exchanged */
}

noipa static long compare(struct list *l, long *old)
{
	long *p;

	asm volatile("lock; cmpxchgq %2,%1" : "=a" (p), "+m" (l->first)
		     : "r" (0L), "0" (old) : "memory");
	return *p;	/* @compared */
}

noipa static long builtin(struct list *l)
{
	return *__atomic_exchange_n(&l->first, NULL, __ATOMIC_SEQ_CST);	/* @builtin */
}

noipa static long load(long **p)
{
	return **__atomic_load_n(&p, __ATOMIC_ACQUIRE);	/* @loaded */
}

noipa static long from_union(union place *u)
{
	return *(long *)(u->word & ~1ul);	/* @union */
}

/* The number that a counter had is no pointer. */
noipa static long counter(struct list *l)
{
	return *(long *)__atomic_exchange_n(&l->counter, 0, __ATOMIC_SEQ_CST);	/* @counter */
}

void test(void)
{
	struct list *l = rt_own(sizeof(*l));
	union place *u = rt_own(sizeof(*u));
	long *p = rt_own(8), **pp = rt_own(8);

	l->first = p;
	exchange(l);
	l->first = p;
	compare(l, p);
	l->first = p;
	builtin(l);
	*pp = p;
	load(pp);
	u->pointer = p;
	from_union(u);
	l->counter = (unsigned long)p;
	counter(l);
}
