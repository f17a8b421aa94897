// SPDX-License-Identifier: GPL-2.0
/*
 * A weak function that another unit overrides, itself or by its alias: callers
 * in its own unit get the other one, too.
 *
 * levels: O0 O1 O2 O3 Os
 * unit: strong.c
 * expect: violations=0 called=2 aliased=20 kept=3 pointer=2
 */
#include "../rt.h"

__attribute__((weak)) int hook(void)
{
	return 1;
}

/* Nobody overrides this one. */
__attribute__((weak)) int kept_hook(void)
{
	return 3;
}

static int local(void)
{
	return 10;
}

int alias_hook(void) __attribute__((weak, alias("local")));

int (*pointer)(void) = hook;

void test(void)
{
	rt_note("called", hook());
	rt_note("aliased", alias_hook());
	rt_note("kept", kept_hook());
	rt_note("pointer", pointer());
}
