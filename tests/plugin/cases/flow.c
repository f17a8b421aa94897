// SPDX-License-Identifier: GPL-2.0
/*
 * Control flow that is hard on rewriting: computed goto, asm goto, switch,
 * setjmp.
 *
 * expect: violations=0 computed=7 asmgoto=3 memory=1 switched=12 jumped=5
 * log: ^ok ld4 param dist=8 .* flow.c:@memory$
 */
#include "../rt.h"

typedef void *jmp[5];

noipa static int computed(int *p, int n)
{
	static void *const labels[] = { &&one, &&two, &&out };
	int i = 0;

	goto *labels[i];
one:
	p[0]++;
	goto *labels[1 + (n & 1)];
two:
	p[1] += 2;
	n++;
	goto *labels[(p[1] > 4) * 2];
out:
	return p[0] + p[1];
}

noipa static int asmgoto(int *p)
{
	p[0] = 3;
	asm goto("testl %0, %0; jz %l[away]" : : "r" (p[0]) : "cc" : away);
	return p[0];
away:
	return p[1];
}

noipa static int asmgoto_memory(int *p)
{
	asm goto("testl $2, %0; jnz %l[away]" : : "m" (p[2]) : "cc" : away);	/* @memory */
	return 0;
away:
	return 1;
}

noipa static int switched(int *p, int n)
{
	switch (n) {
	case 1: p[1] = 4; break;
	case 2: p[2] = 5; /* fall through */
	case 3: p[3] = 7; break;
	case 4: return p[4];
	case 5: return p[5];
	}
	return p[2] + p[3];
}

noipa static void jump(void **buf)
{
	__builtin_longjmp(buf, 1);
}

noipa static int jumped(int *p)
{
	jmp buf;

	p[0] = 2;
	if (__builtin_setjmp(buf))
		return p[0] + 3;
	p[0] = 2;
	jump(buf);
	return p[1];
}

void test(void)
{
	int *p = rt_own(64);

	rt_note("computed", computed(rt_own(8), 0) + 3);
	rt_note("asmgoto", asmgoto(p));
	p[2] = 2;
	rt_note("memory", asmgoto_memory(p));
	rt_note("switched", switched(p, 2));
	rt_note("jumped", jumped(p));
}
