// SPDX-License-Identifier: GPL-2.0
/*
 * check=stores
 *
 * plugin: check=stores
 * expect: checks=1 ld=0 st=1 calls=0 ranges=1
 */
#include "../rt.h"

size_t strlen(const char *);
void *memset(void *, int, size_t);

noipa static void copy(long *p, long *q)
{
	*p = *q;
}

noipa static long length(const char *s, size_t n, char *t)
{
	memset(t, 0, n);
	return strlen(s);
}

void test(void)
{
	char *s = rt_own(16);

	copy(rt_own(8), rt_own(8));
	length(s, rt_zero() + 4, s);
}
