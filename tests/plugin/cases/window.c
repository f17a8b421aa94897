// SPDX-License-Identifier: GPL-2.0
/*
 * No check between stac and clac: before, or the window is closed for it.  The
 * instructions themselves are jumped over, as users may not execute them.
 *
 * levels: O1 O2 O3 Os
 * flags: -fno-strict-aliasing
 * expect: violations=1 window=0 cleared=0 got=5 loop=8 chased=9
 * log: ^BAD st8 .* window.c:@kernel$
 */
#include "../rt.h"

#define stac() asm volatile("jmp 1f\n.byte 0x0f,0x01,0xcb\n1: movl $1, %0" : "=m" (rt_window) : : "memory")
#define clac() asm volatile("jmp 1f\n.byte 0x0f,0x01,0xca\n1: movl $0, %0" : "=m" (rt_window) : : "memory")

struct user { int a[16]; };

/* As an inlined clear_user(): the address is computed inside. */
noipa static void clear(struct user *u, int i, unsigned long n)
{
	void *p;

	stac();
	p = &u->a[i];
	asm volatile("rep stosb\n.pushsection __ex_table,\"a\"\n\t.popsection" : "+c" (n), "+D" (p) : "a" (0) : "memory");
	clac();
}

/* As unsafe_get_user() after user_access_begin() in another block. */
noipa static int get(struct user *u, int n)
{
	int i, x, sum = 0;

	if (!n)
		return 0;
	stac();
	for (i = 0; i < n; i++) {
		asm volatile("movl %1, %0\n.pushsection __ex_table,\"a\"\n\t.popsection" : "=r" (x) : "m" (u->a[i]));
		sum += x;
	}
	clac();
	return sum;
}

/* The address of the second is read in the window. */
noipa static int chase(struct user **u)
{
	struct user *p;
	int x;

	stac();
	asm volatile("movq %1, %0\n.pushsection __ex_table,\"a\"\n\t.popsection" : "=r" (p) : "m" (*u));
	asm volatile("movl %1, %0\n.pushsection __ex_table,\"a\"\n\t.popsection" : "=r" (x) : "m" (p->a[3]));
	clac();
	return x;
}

/* The kernel's own memory in a window. */
noipa static void keep(long *to, struct user *u)
{
	long x;

	stac();
	asm volatile("movq %1, %0\n.pushsection __ex_table,\"a\"\n\t.popsection" : "=r" (x) : "m" (*(long *)u->a));
	*to = x;	/* @kernel */
	clac();
}

void test(void)
{
	struct user *u = rt_own(sizeof(*u)), **pp = rt_own(sizeof(*pp));
	int i;

	for (i = 0; i < 16; i++)
		u->a[i] = 3;
	clear(u, 4, 8);
	rt_note("cleared", u->a[4] + u->a[5]);
	u->a[0] = 5;
	rt_note("got", get(u, 1));
	rt_note("loop", get(u, 2));
	u->a[3] = 9;
	*pp = u;
	rt_note("chased", chase(pp));
	keep(rt_foreign(8), u);
	rt_note("window", rt_window);
}
