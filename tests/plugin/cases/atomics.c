// SPDX-License-Identifier: GPL-2.0
/*
 * Atomics are accesses of the size in their name.
 *
 * expect: violations=1 value=4
 * log: ^BAD st8 (param|loaded) .*:@cmpxchg$
 * log: ^ok st4 (param|loaded) .*:@add$
 * log: ^ok st8 (param|loaded) .*:@swap$
 * log: ^ok ld2 (param|loaded) .*:@load$
 * log: ^ok st2 (param|loaded) .*:@store$
 * log: ^ok st8 (param|loaded) .*:@cmpxchg$
 * log: ^ok st1 (param|loaded) .*:@flag$
 */
#include "../rt.h"

noipa static void add(int *p)
{
	__sync_fetch_and_add(p, 4);	/* @add */
}

noipa static long swap(long *p)
{
	return __atomic_exchange_n(p, 1, __ATOMIC_SEQ_CST);	/* @swap */
}

noipa static short load(short *p)
{
	return __atomic_load_n(p, __ATOMIC_ACQUIRE);	/* @load */
}

noipa static void store(short *p)
{
	__atomic_store_n(p, 7, __ATOMIC_RELEASE);	/* @store */
}

noipa static int cmpxchg(long *p, long *old)
{
	return __atomic_compare_exchange_n(p, old, 3, 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);	/* @cmpxchg */
}

noipa static int flag(char *p)
{
	return __atomic_test_and_set(p, __ATOMIC_SEQ_CST);	/* @flag */
}

void test(void)
{
	int *p = rt_own(64);
	long *old = rt_foreign(8);

	add(p);
	rt_note("value", *(volatile int *)p);
	swap((long *)p + 1);
	load((short *)p + 8);
	store((short *)p + 8);
	cmpxchg((long *)p + 1, old);
	flag((char *)p + 40);
}
