// SPDX-License-Identifier: GPL-2.0
/*
 * A module's own function by the name of a memory function of the kernel, in
 * another unit: that is the one to call, whatever it does.
 *
 * levels: O0 O1 O2 O3 Os
 * unit: own_strsep.c
 * expect: violations=0 own=42
 */
#include "../rt.h"

char *strsep(char **s, const char *delimiters);

void test(void)
{
	char *s = "";

	rt_note("own", strsep(&s, "")[0]);
}
