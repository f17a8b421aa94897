// SPDX-License-Identifier: GPL-2.0
/*
 * An operand of 800 bytes that stands for one of a few: the length is what the
 * instruction moves.  And an access whose bytes stand in the other order.
 *
 * expect: violations=0 got=77 put=78 reverse=258
 * log: ^ok ld4 (param|loaded) dist=0 .* flags=2 placeholder.c:@get$
 * log: ^ok st2 (param|loaded) dist=0 .* flags=3 placeholder.c:@put$
 */
#include "../rt.h"

struct __large_struct { unsigned long buf[100]; };
#define __m(x) (*(struct __large_struct *)(x))

noipa static int get(int *p)
{
	int x;

	asm volatile("1:	movl %1,%0\n.pushsection __ex_table,\"a\"\n\t.popsection" : "=r" (x) : "m" (__m(p)));	/* @get */
	return x;
}

noipa static void put(short *p, short x)
{
	asm volatile("1:	movw %1,%0\n.pushsection __ex_table,\"a\"\n\t.popsection" : "=m" (__m(p)) : "r" (x));	/* @put */
}

struct __attribute__((scalar_storage_order("big-endian"))) big { short a[4]; };

noipa static int reverse(int i)
{
	static struct big big;

	big.a[i] = 0x0102;
	return big.a[i];
}

void test(void)
{
	int *p = rt_own(sizeof(int));
	short *q = rt_own(sizeof(short));

	*p = 77;
	rt_note("got", get(p));
	put(q, 78);
	rt_note("put", *q);
	rt_note("reverse", reverse(2 + rt_zero()));
}
