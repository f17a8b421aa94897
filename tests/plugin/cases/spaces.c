// SPDX-License-Identifier: GPL-2.0
/*
 * Other address spaces have no linear addresses; nor has what assembly
 * addresses by %gs.
 *
 * expect: checks=0
 * report: variable loads=0 checked=0 proved=0
 * report: member loads=0 checked=0 proved=0
 * report: operand asm=0 checked=0 proved=0
 */
#include "../rt.h"

struct s { int a, b[4]; };

extern struct s __seg_gs per_cpu;

__attribute__((noinline,noclone)) static int variable(void)
{
	return per_cpu.a;
}

__attribute__((noinline,noclone)) static int member(struct s __seg_gs *p, int i)
{
	return p->b[i];
}

__attribute__((noinline,noclone)) static int operand(int *p)
{
	int r;

	asm volatile("movl %%gs:%1, %0" : "=r" (r) : "m" (*p));
	return r;
}

struct s __seg_gs per_cpu;

void test(void)
{
	if (rt_zero()) {
		rt_note("variable", variable());
		rt_note("member", member(&per_cpu, 1));
		rt_note("operand", operand((int *)8));
	}
}
