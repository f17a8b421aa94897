// SPDX-License-Identifier: GPL-2.0
/*
 * A call through a pointer that leads to no code is not made.  Kernel addresses of code
 * are those above -2 GiB, so that here all functions look wrong: the call fails, or
 * returns nothing.
 *
 * flags: -mcmodel=kernel -fno-pie -no-pie
 * levels: O1 O2 O3 Os
 * expect: violations=4 called=0 number=-22 pointer=0
 * log: ^BAD fail1 range loaded dist=0 flags=0 of a function pointer line @number$
 * log: ^BAD fail1 range param dist=0 flags=0 of a function pointer line @pointer$
 * log: ^BAD fail1 range loaded dist=0 flags=0 of a function pointer line @nothing$
 */
#include "../rt.h"

struct ops { int (*number)(int); void (*nothing)(void); };
static int called;

noipa static int number(int i) { called++; return i; }
noipa static void nothing(void) { called++; }
noipa static void *pointer(void *p) { called++; return p; }

static struct ops *volatile ops;

noipa static int call_number(int i) { return ops->number(i) + 0 * i; }			/* @number */
noipa static void *call_pointer(void *(*f)(void *), void *p) { return f(p); }		/* @pointer */
noipa static void call_nothing(void) { ops->nothing(); rt_nothing(0); }			/* @nothing */

void test(void)
{
	struct ops *o = rt_own(sizeof(*o));

	o->number = number;
	o->nothing = nothing;
	ops = o;
	rt_note("number", call_number(5));
	rt_note("pointer", call_pointer(pointer, o) != NULL);
	call_nothing();
	o->nothing = NULL;
	call_nothing();
	rt_note("called", called);
}
