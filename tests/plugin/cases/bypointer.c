// SPDX-License-Identifier: GPL-2.0
/*
 * Memory functions that are called through pointers, from a table, an argument or a choice:
 * what they are called is what the runtime has in their place.
 *
 * levels: O1 O2 Os
 * expect: violations=3 calls=4 foreign=0 own=7
 * log: ^BAD st8 __modbounds_memcpy
 * log: ^BAD st8 __modbounds_memmove
 * log: ^ok st8 __modbounds_memcpy
 */
#include "../rt.h"
#include <string.h>

typedef void *copy_fn(void *, const void *, size_t);
struct ops { int n; copy_fn *copy; };

static const struct ops table = { 1, memcpy };
static const struct ops *volatile ops = &table;

noipa static void by_table(void *d, void *s) { ops->copy(d, s, 8); }
noipa static void by_argument(copy_fn *f, void *d, void *s) { f(d, s, 8); }

noipa static copy_fn *choose(int c)
{
	return c ? memmove : memcpy;
}

void test(void)
{
	long *f = rt_foreign(64), *w = rt_own(64);

	w[0] = 7;
	by_table(f, w);
	by_table(w + 1, w);
	by_argument(memcpy, f, w);
	by_argument(choose(1 + rt_zero()), f, w);
	rt_note("own", w[1]);
	rt_note("foreign", rt_peek(f));
}
