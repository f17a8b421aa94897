// SPDX-License-Identifier: GPL-2.0
/*
 * Other address spaces have no linear addresses; nor has what assembly
 * addresses by %gs.  The task that runs is known to be there, as far as its type goes.
 *
 * expect: checks=0
 * report: variable loads=0 checked=0 proved=0
 * report: member loads=0 checked=0 proved=0
 * report: operand asm=0 checked=0 proved=0
 * report: task loads=2 checked=0 proved=2
 * report: other_task loads=1 checked=1 proved=0
 * report: beyond loads=1 checked=1 proved=0
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

struct task_struct { long pid, flags; };

/* As the kernel declares it. */
extern const struct {
	union { struct { struct task_struct *current_task; struct task_struct *idle; }; char pad[64]; };
} __seg_gs const_pcpu_hot;

__attribute__((noinline,noclone)) static long task(void)
{
	return const_pcpu_hot.current_task->pid + const_pcpu_hot.current_task->flags;
}

__attribute__((noinline,noclone)) static long other_task(void)
{
	return const_pcpu_hot.idle->pid;
}

__attribute__((noinline,noclone)) static long beyond(void)
{
	return const_pcpu_hot.current_task[1].pid;
}

asm(".set const_pcpu_hot, 0");

struct s __seg_gs per_cpu;

void test(void)
{
	if (rt_zero()) {
		rt_note("variable", variable());
		rt_note("member", member(&per_cpu, 1));
		rt_note("operand", operand((int *)8));
		rt_note("task", task() + other_task() + beyond());
	}
}
