// SPDX-License-Identifier: GPL-2.0
/*
 * Memory functions: short constant lengths are checked in place, others by a range, and
 * strings are left to the runtime; also with -fno-builtin.
 *
 * expect: violations=5
 * log: ^ok st(?:20|24) (param|loaded) dist=0 .* flags=9 memory.c:@set$
 * log: ^BAD st48 (param|loaded) dist=0 .* flags=9 memory.c:@copy$
 * log: ^ok ld48 (param|loaded) dist=0 .* flags=8 memory.c:@copy$
 * log: ^ok st13 range (param|loaded) dist=0 flags=9 of memset line @set_n$
 * log: ^BAD st13 range (param|loaded) dist=0 flags=9 of memcpy line @copy_n$
 * log: ^ok ld13 range (param|loaded) dist=0 flags=8 of memcpy line @copy_n$
 * log: ^ok ld1 __modbounds_strlen
 * log: ^BAD st32 __modbounds_snprintf
 * log: ^BAD st7 __modbounds__copy_from_user
 * log: ^BAD ld9 __modbounds__copy_to_user
 * flags: -fno-builtin -Wno-unused-result -fno-tree-loop-distribute-patterns
 */
#include "../rt.h"

void *memcpy(void *, const void *, size_t);
void *memset(void *, int, size_t);
size_t strlen(const char *);
int snprintf(char *, size_t, const char *, ...);
unsigned long _copy_from_user(void *to, const void *from, unsigned long n);
unsigned long _copy_to_user(void *to, const void *from, unsigned long n);

struct s { long a[3]; char b[40]; };

noipa static void set(void *p)
{
	memset(p, 1, 20);	/* @set */
}

noipa static void copy(void *p, const void *q)
{
	memcpy(p, q, 48);	/* @copy */
}

noipa static void set_n(void *p, size_t n)
{
	memset(p, 1, n);	/* @set_n */
}

noipa static void copy_n(void *p, const void *q, size_t n)
{
	memcpy(p, q, n);	/* @copy_n */
}

noipa static size_t length(const char *s)
{
	return strlen(s);
}

void test(void)
{
	char *own = rt_own(64), *foreign = rt_foreign(64);

	set(own);
	copy(foreign, own);
	set_n(own, 13 + rt_zero());
	copy_n(foreign, own, 13 + rt_zero());
	length(rt_const(4));
	snprintf(foreign, 32, "%d", 1);
	_copy_from_user(foreign, own, 7);
	_copy_to_user(rt_user(16), foreign, 9);
}
