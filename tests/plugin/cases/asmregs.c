// SPDX-License-Identifier: GPL-2.0
/*
 * Assembly that reaches memory by a pointer in a register: named in the template, by the
 * register's own name, as operand of a string instruction without rep, or as both memory
 * operand and register.  What only tells GCC of a dependency is no access.
 *
 * levels: O1 O2 Os
 * expect: violations=12 foreign=5 own=12 sum=6 copied=7 dependency=1
 * log: ^BAD st1 (param|loaded) .* flags=1 asmregs.c:@named$
 * log: ^BAD st8 (param|loaded) .* flags=1 asmregs.c:@distant$
 * log: ^BAD st4 (param|loaded) .* flags=1 asmregs.c:@register$
 * log: ^BAD ld20 (param|loaded) .* flags=0 asmregs.c:@sum$
 * log: ^ok ld20 (param|loaded) .* flags=0 asmregs.c:@sum$
 * log: ^BAD st8 (param|loaded) .* flags=9 asmregs.c:@move$
 * log: ^BAD ld8 (param|loaded) .* flags=8 asmregs.c:@move$
 * log: ^BAD st64 (param|loaded) .* flags=1 asmregs.c:@line$
 * log: ^BAD ld64 (param|loaded) .* flags=0 asmregs.c:@line$
 * log: ^BAD ld4 (param|loaded) .* flags=0 asmregs.c:@compared$
 * log: ^BAD st1 (param|loaded) .* flags=9 asmregs.c:@store$
 * log: ^BAD st576 (param|loaded) .* flags=1 asmregs.c:@state$
 * log: ^BAD st10 (param|loaded) .* flags=1 asmregs.c:@table$
 * nolog: asmregs.c:@order$
 * nolog: asmregs.c:@flush$
 * nolog: asmregs.c:@port$
 */
#include "../rt.h"

noipa static void named(char *p) { asm volatile("movb $1,(%0)" : : "r" (p) : "memory"); }	/* @named */

noipa static void distant(char *p)
{
	asm volatile("/* at the end */ movq $1, 24(%[p])" : : [p] "r" (p) : "memory");	/* @distant */
}

noipa static void in_register(int *p)
{
	asm volatile("# one\n\tmovl $5, %%ecx; movl %%ecx,(%%rdi)" : : "D" (p) : "rcx", "memory");	/* @register */
}

/* as ip_fast_csum(): the pointer moves, and is an output, too */
noipa static unsigned int sum(const void *p, unsigned int n)
{
	unsigned int r;

	asm("movl (%1), %0\n\tsubl $4, %2\n\tjbe 2f\n\taddl 4(%1), %0\n\tadcl 16(%1), %0\n"	/* @sum */
	    "1: lea 4(%1), %1\n\tdecl %2\n\tjne 1b\n2:"
	    : "=r" (r), "=r" (p), "=r" (n) : "1" (p), "2" (n) : "memory");
	return r;
}

noipa static void move(void *d, void *s)
{
	asm volatile("movsq" : "+D" (d), "+S" (s) : : "memory");	/* @move */
}

noipa static void store(void *d)
{
	asm volatile("stosb" : "+D" (d) : "a" (0) : "memory");	/* @store */
}

struct line { char c[64]; };

/* as movdir64b() */
noipa static void line(void *to, const void *from)
{
	const struct line *s = from;
	struct line *d = to;

	asm volatile(".byte 0x48,0x8b,0x0a,0x48,0x89,0x08"	/* mov (%rdx),%rcx; mov %rcx,(%rax) */	/* @line */
		     : "+m" (*d) : "m" (*s), "a" (d), "d" (s) : "rcx");
}

/* as clwb() */
noipa static void flush(void *p)
{
	struct line *l = p;

	asm volatile(".byte 0x3e; clflush (%[r])" : [p] "+m" (*l) : [r] "a" (l));	/* @flush */
}

/* as the reads of control registers */
noipa static long order(void)
{
	long r;

	asm volatile("mov $1,%0" : "=r" (r) : "m" (*(unsigned int *)0x1000UL));	/* @order */
	return r;
}

noipa static void compared(int *p)
{
	asm volatile("cmpl $1,%0" : : "m" (*p) : "cc");	/* @compared */
}

noipa static void state(char *p)
{
	if (rt_zero())
		return;
	asm volatile("jmp 1f; xsave %0; 1:" : : "m" (*p) : "memory");	/* @state */
}

noipa static void table(char *p)
{
	asm volatile("jmp 1f; sgdt %0; 1:" : "=m" (*p));	/* @table */
}

noipa static void port(unsigned short n)
{
	asm volatile("jmp 1f; outb %b0, %w1; 1:" : : "a" (0), "Nd" (n));	/* @port */
	asm volatile("jmp 1f; outb %%al, (%%dx); 1:" : : "a" (0), "d" (n));	/* @port */
}

void test(void)
{
	int *f = rt_foreign(1024), *own = rt_own(32), i;
	long *l = rt_own(64);

	for (i = 0; i < 8; i++)
		own[i] = 1;
	named((char *)f);
	distant((char *)f);
	in_register(f);
	rt_note("sum", sum(own, 5) + 3);
	sum(f, 5);
	move(f, l);
	move(l, f);
	store(f);
	l[0] = 7;
	line(f, l);
	line(l, l);
	rt_note("copied", l[0]);
	l[0] = 0;
	line(l, f);
	flush(f);
	rt_note("dependency", order());
	compared(f);
	state((char *)f);
	table((char *)f);
	port(0x80);
	rt_note("own", own[0] + 11);
	rt_note("foreign", rt_peek(f) + 5);
}
