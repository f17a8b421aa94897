// SPDX-License-Identifier: GPL-2.0
/*
 * A function of the unit that calls nothing ends no checks, one that calls
 * something does, be it through another; those that call each other do not.
 *
 * levels: O1 O2 O3 Os
 * expect: violations=0
 * report: quiet checked=1 merged=1
 * report: loud checked=2 merged=0
 * report: through checked=2 merged=0
 * report: circle checked=1 merged=1
 * report: pointer checked=2 merged=0
 */
#include "../rt.h"

#define APART __attribute__((noinline,noclone))

static volatile int count;

APART static void leaf(void) { count++; }
APART static void calls(void) { rt_nothing((void *)&count); }
APART static void calls_too(void) { count++; calls(); }
APART static void odd(int n);
APART static void even(int n) { count++; if (n > 0) odd(n - 1); }
APART static void odd(int n) { count--; if (n > 0) even(n - 1); }
static void (*volatile unknown)(void) = leaf;

#define TWICE(name, between)						\
APART static int name(volatile int *p)					\
{									\
	int r = *p;							\
									\
	between;							\
	return r + *p;							\
}

TWICE(quiet, leaf())
TWICE(loud, calls())
TWICE(through, calls_too())
TWICE(circle, even(3))
TWICE(pointer, unknown())

void test(void)
{
	int *p = rt_own(4);

	quiet(p);
	loud(p);
	through(p);
	circle(p);
	pointer(p);
}
