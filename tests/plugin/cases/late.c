// SPDX-License-Identifier: GPL-2.0
/*
 * What GCC makes of accesses behind the plugin: a switch becomes a table, bytes
 * one word, a loop memset(). None is without a check then, and none goes where
 * a check refused it.
 *
 * levels: O1 O2 O3 Os
 * expect: violations=2 switched=36 word=1 zeroed=32 untouched=1 copied=4
 * log: ^ok st8 param dist=0 .* flags=1 late.c:@bytes$
 * log: ^BAD st8 param .* late.c:@zero$
 * log: ^BAD st8 param .* late.c:@copy$
 * nolog: late.c:@switch$
 * report[O2,O3]: table checked=0
 */
#include "../rt.h"

noipa static int table(int n)
{
	switch (n) {		/* @switch */
	case 0: return 7;
	case 1: return 11;
	case 2: return 5;
	case 3: return 13;
	}
	return 0;
}

noipa static void bytes(char *p)
{
	p[0] = 1;		/* @bytes */
	p[1] = 2;
	p[2] = 3;
	p[3] = 4;
	p[4] = 5;
	p[5] = 6;
	p[6] = 7;
	p[7] = 8;
}

noipa static void zero(long *p, long n)
{
	for (long i = 0; i < n; i++)
		p[i] = 0;	/* @zero */
}

noipa static void copy(long *restrict p, const long *restrict q, long n)
{
	for (long i = 0; i < n; i++)
		p[i] = q[i];	/* @copy */
}

void test(void)
{
	long *p = rt_own(32 * sizeof(*p)), *volatile hidden = p;
	int n = 0, untouched = 1;

	rt_note("switched", table(0) + table(1) + table(2) + table(3) + table(4));
	bytes((char *)p);
	rt_note("word", *hidden == 0x0807060504030201);
	asm volatile("movq $77, %0" : "=m" (*(long *volatile)(hidden + 3)));
	rt_poke((char *)p + 256, 99);
	zero(p, 33);
	for (int i = 0; i < 32; i++)
		n += !hidden[i];
	rt_note("zeroed", n);
	untouched = rt_peek((char *)p + 256) == 99;
	rt_note("untouched", untouched);
	for (int i = 0; i < 4; i++)
		hidden[i] = i;
	copy(p + 28, p, 5);
	n = 0;
	for (int i = 0; i < 4; i++)
		n += hidden[28 + i] == i;
	rt_note("copied", n);
}
