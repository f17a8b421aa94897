// SPDX-License-Identifier: GPL-2.0
/*
 * What a function is certain to read at once is not read by its gate instead,
 * which has no checks.
 *
 * levels: O1 O2 O3 Os
 * expect: checks=2 ld=2 violations=1 entries=3
 * log: ^ok ld4 param .*:@load$
 * log: ^BAD ld4 param .*:@load$
 */
#include "../rt.h"

int first(int *p)
{
	return *p;	/* @load */
}

void test(void)
{
	int (*volatile call)(int *) = first;

	call(rt_own(4));
	call(rt_foreign(4));
}
