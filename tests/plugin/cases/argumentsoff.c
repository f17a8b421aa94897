// SPDX-License-Identifier: GPL-2.0
/*
 * Without checks of calls the other unit gets what this one has, and is held to account itself.
 *
 * plugin: handover=none
 * unit: kernelside.c
 * expect: arguments=0 violations=1 got=0
 */
#include "../rt.h"
#include "include/kernelside.h"

noipa static int call_int(struct thing *t)
{
	return kernel_int(t);
}

void test(void)
{
	rt_note("got", call_int(rt_foreign(sizeof(struct thing))));
}
