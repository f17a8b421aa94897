// SPDX-License-Identifier: GPL-2.0
/*
 * Calls of other units' functions that are given pointers to structures: not made
 * unless all are live, and the result says that they have failed.  The other unit
 * counts the calls that were made.
 *
 * unit: kernelside.c
 * expect: around=12
 * expect: int=-22 unsigned=0 pointer=0 indirect=-22 memory=-22 kernel=0
 * expect: good=5 sum=10 same=1 null=7 made=6 needed=5 needs=-22 violations=11
 * log: ^BAD argument of kernel_int dist=0 flags=32 line @int$
 * log: ^BAD argument of kernel_unsigned dist=0 flags=32 line @second$
 * log: ^BAD argument of kernel_void dist=8 flags=32 line @member$
 * log: ^BAD argument of a function pointer dist=0 flags=32 line @indirect$
 * log: ^ok argument of kernel_int dist=0 flags=32 line @int$
 * log: ^BAD argument of virtqueue_get dist=0 flags=33 line @need$
 * log: ^ok argument of virtqueue_get dist=0 flags=32 line @need$
 * log: argument of put_device dist=0 flags=36 line @put$
 * log: ^BAD argument of rtnl_kfree_skbs dist=0 flags=32 line @list$
 * nolog: line @bytes$
 * nolog: line @declared$
 */
#include "../rt.h"
#include "include/kernelside.h"

struct holder { int value; };

noipa static int call_int(struct thing *t)
{
	return kernel_int(t);			/* @int */
}

noipa static unsigned int call_unsigned(struct thing *t, struct thing *u)
{
	return kernel_unsigned(t, u);		/* @second */
}

noipa static struct thing *call_pointer(struct thing *t)
{
	return kernel_pointer(t);
}

noipa static void call_void(struct thing *t)
{
	kernel_void(&t->in);			/* @member */
}

noipa static int call_indirect(struct ops *ops, struct thing *t)
{
	return ops->call(t);			/* @indirect */
}

noipa static void into_memory(struct holder *h, struct thing *t)
{
	h->value = kernel_int(t);
}

/* The stores before and after the call happen, in order, whether it is made or not. */
noipa static int around(struct holder *h, struct thing *t)
{
	int i, sum = 0;

	for (i = 0; i < 2; i++) {
		h->value = i;
		if (kernel_int(t) < 0)
			sum += h->value + 1;
		h->value = 9;
	}
	return sum + h->value;
}

noipa static void put(struct thing *t)
{
	put_device(t);				/* @put */
}

noipa static int need(struct thing *t, struct thing *u)
{
	return virtqueue_get(t, u);		/* @need */
}

noipa static void bytes(void *p)
{
	kernel_bytes(p, p);			/* @bytes */
}

/* Of a list that is empty, nobody looks at the last one. */
noipa static void list(struct thing *first, struct thing *last)
{
	rtnl_kfree_skbs(first, last);		/* @list */
}

static struct thing declared = { .a = 3 };

noipa static int of_declared(void)
{
	return kernel_int(&declared);		/* @declared */
}

void test(void)
{
	struct thing *bad = rt_foreign(sizeof(*bad)), *t = rt_own(sizeof(*t));
	struct holder *h = rt_own(sizeof(*h));

	t->a = 5;
	rt_note("int", call_int(bad));
	rt_note("unsigned", call_unsigned(t, bad));
	rt_note("pointer", call_pointer(bad) != NULL);
	call_void(NULL);
	rt_note("indirect", call_indirect(&kernel_ops, bad));
	into_memory(h, bad);
	rt_note("memory", h->value);
	put(bad);
	rt_note("around", around(h, bad));
	rt_note("kernel", kernel_calls);

	rt_note("good", call_int(t));
	rt_note("sum", call_unsigned(t, t));
	rt_note("same", call_pointer(t) == t);
	call_void(t);
	rt_note("null", call_int(NULL));
	put(t);
	rt_note("made", kernel_calls);
	rt_note("needed", need(t, NULL));
	rt_note("needs", need(NULL, t));
	bytes(bad);
	of_declared();
	list(NULL, bad);
	list(bad, NULL);
}
