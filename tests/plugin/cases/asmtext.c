// SPDX-License-Identifier: GPL-2.0
/*
 * Templates as the kernel's headers write them: alternatives with their sections, calls of
 * functions that have a convention of their own, comments, several instructions of which
 * only one accesses the operand, bit numbers above 31.
 *
 * flags: -fno-pie -no-pie
 * levels: O1 O2 Os
 * expect: violations=9 foreign=0 far=2 near=4
 * log: ^BAD st4096 (param|loaded) .* flags=9 asmtext.c:@page$
 * log: ^BAD st4 (param|loaded) .* flags=1 asmtext.c:@alternative$
 * log: ^BAD st4 (param|loaded) .* flags=[15] asmtext.c:@replaced$
 * log: ^BAD st4 (param|loaded) .* flags=1 asmtext.c:@comment$
 * log: ^BAD st4 (param|loaded) .* flags=[15] asmtext.c:@address$
 * log: ^BAD st4 (param|loaded) .* flags=[15] asmtext.c:@prefetch$
 * log: ^ok st8 (param|loaded) dist=8 .* flags=1 asmtext.c:@bit$
 * log: ^BAD st8 (param|loaded) dist=16384 .* flags=1 asmtext.c:@far$
 * log: ^BAD st2 (param|loaded) .* flags=[15] asmtext.c:@word$
 * log: ^BAD st8 (param|loaded) .* flags=[15] asmtext.c:@size$
 * nolog: asmtext.c:@lea$
 */
#include "../rt.h"

#define ALTERNATIVE(old, new)					\
	"# ALT: old\n771:\n\t" old "\n772:\n# ALT: padding\n"	\
	".pushsection .altinstructions,\"a\"\n"			\
	" .long 771b - .\n .byte 772b-771b\n .popsection\n"	\
	".pushsection .altinstr_replacement, \"ax\"\n"		\
	"# ALT: replacement\n774:\n\t" new "\n775:\n.popsection\n"
#define LOCK	".pushsection .smp_locks,\"a\"\n.balign 4\n.long 671f - .\n.popsection\n671:\n\tlock "

void clear_page_orig(void *page);
void clear_page_rep(void *page);
asm(".text\nclear_page_orig:\nclear_page_rep:\n\tmovl $0,(%rdi)\n\tret\n");

noipa static void clear_page(void *page)
{
	asm volatile(ALTERNATIVE("call %c[old]", "call %c[new]") : "=D" (page)	/* @page */
		     : [old] "i" (clear_page_orig), [new] "i" (clear_page_rep), "0" (page)
		     : "cc", "memory", "rax", "rcx");
}

noipa static void alternative_io(int *p, int v)
{
	asm volatile(ALTERNATIVE("movl %0, %1", "xchgl %0, %1") : "=r" (v), "=m" (*p)	/* @alternative */
		     : "i" (0), "0" (v), "m" (*p));
}

/* Only what replaces it accesses memory. */
noipa static void replaced(int *p)
{
	asm volatile(ALTERNATIVE("", LOCK "incl %0") : "+m" (*p));	/* @replaced */
}

noipa static void comment(int *p)
{
	asm volatile("# prefetch it\n\tmovl $5, %0" : "=m" (*p));	/* @comment */
}

noipa static void address(void **q, int *p)
{
	asm volatile("leaq %1, %%rax\n\tmovl $7, %1\n\tmovq %%rax, %0" : "=m" (*q), "=m" (*p)	/* @address */
		     : : "rax");
}

noipa static void *lea(int *p)
{
	void *r;

	asm volatile("leaq %1, %0" : "=r" (r) : "m" (*p));	/* @lea */
	return r;
}

noipa static void prefetch(int *p)
{
	asm volatile("prefetchw %0\n\tlock; incl %0" : "+m" (*p));	/* @prefetch */
}

noipa static void bit(long *p)
{
	asm volatile("btsq %1,%0" : : "m" (*(volatile long *)p), "Ir" (65UL) : "memory");	/* @bit */
}

noipa static void near_bit(long *p)
{
	asm volatile("btsq %1,%0" : : "m" (*(volatile long *)p), "Ir" (2UL) : "memory");
}

noipa static void far_bit(long *p)
{
	asm volatile("btsq %1,%0" : : "m" (*(volatile long *)p), "Ir" (64UL * 2048) : "memory");	/* @far */
}

noipa static void word_bit(short *p, short n)
{
	asm volatile("btsw %1,%0" : "+m" (*p) : "r" (n) : "memory");	/* @word */
}

/* The suffix says the size, whatever the operand's type is. */
noipa static void size(char *p)
{
	asm volatile("lock; incq %0" : "+m" (*p) : : "memory");	/* @size */
}

void test(void)
{
	int *f = rt_foreign(8192);
	long *own = rt_own(16);
	short *s = rt_own(8);
	void *q[1];

	clear_page(f);
	alternative_io(f, 3);
	replaced(f);
	comment(f);
	address(q, f);
	lea(f);
	prefetch(f);
	bit(own);
	near_bit(own);
	far_bit(own);
	word_bit(s, 16 * 1000);
	size((char *)f);
	rt_note("far", own[1]);
	rt_note("near", own[0]);
	rt_note("foreign", rt_peek(f));
}
