// SPDX-License-Identifier: GPL-2.0
/*
 * Assembly that goes to user memory: an address of the kernel's half is refused, even one
 * that the module may use otherwise.
 *
 * flags: -mcmodel=kernel -fno-pie -no-pie
 * levels: O1 O2 Os
 * expect: violations=8 fails=8 got=0 taken=5 left=5
 * log: ^BAD fail.* flags=3 asmuser.c:@get$
 * log: ^BAD fail.* flags=3 asmuser.c:@put$
 * log: ^BAD fail.* flags=3 asmuser.c:@to$
 * log: ^BAD fail.* flags=3 asmuser.c:@from$
 * log: ^BAD fail.* flags=3 asmuser.c:@clear$
 * log: ^BAD fail.* flags=3 asmuser.c:@unsafe$
 */
#include "../rt.h"

struct __large_struct { unsigned long buf[100]; };
#define __m(x) (*(struct __large_struct *)(x))
#define FAULTS "\n.pushsection __ex_table,\"a\"\n.popsection\n"

asm(".text\n__get_user_nocheck_4: movl (%rax),%edx; xorl %eax,%eax; ret\n"
    "__put_user_nocheck_4: movl %eax,(%rcx); xorl %ecx,%ecx; ret\n");

noipa static int get(int *p)
{
	register int value asm("rdx");
	int ret;

	asm volatile("call __get_user_nocheck_%c3" : "=a" (ret), "=r" (value) : "0" (p), "i" (4));	/* @get */
	return ret ? ret : value;
}

noipa static void put(int *p)
{
	int ret;

	asm volatile("call __put_user_nocheck_%c3" : "=c" (ret) : "0" (p), "a" (5), "i" (4) : "memory");	/* @put */
}

static inline unsigned long raw_copy_to_user(void *to, const void *from, unsigned long n)
{
	asm volatile("rep movsb" FAULTS : "+c" (n), "+D" (to), "+S" (from) : : "memory");	/* @to */
	return n;
}

static inline unsigned long raw_copy_from_user(void *to, const void *from, unsigned long n)
{
	asm volatile("rep movsb" FAULTS : "+c" (n), "+D" (to), "+S" (from) : : "memory");	/* @from */
	return n;
}

static inline unsigned long __clear_user(void *to, unsigned long n)
{
	asm volatile("rep stosb" FAULTS : "+c" (n), "+D" (to) : "a" (0) : "memory");	/* @clear */
	return n;
}

noipa static void copy_to(void *user, void *own) { raw_copy_to_user(user, own, 4); }
noipa static void copy_from(void *user, void *own) { raw_copy_from_user(own, user, 4); }
noipa static void clear(void *user) { __clear_user(user, 4); }

noipa static int unsafe_get(int *p)
{
	int x;

	asm volatile("1: movl %1,%0" FAULTS : "=r" (x) : "m" (__m(p)));	/* @unsafe */
	return x;
}

/* As it comes from a user, in a structure of his. */
static volatile union { unsigned long word; char *pointer; } wild = { 0xffff888000000000UL };

void test(void)
{
	char *kernel = wild.pointer;
	int *u = rt_user(4), *own = rt_own(4);

	*own = 5;
	copy_to(u, own);
	copy_from(u, own);
	clear(u);
	put(u);
	get(u);
	unsafe_get(u);
	rt_note("taken", *own);
	copy_to(kernel, own);
	copy_from(kernel, own);
	clear(kernel);
	put((int *)kernel);
	put((int *)(kernel + 8));
	get((int *)(kernel + 16));
	rt_note("got", unsafe_get((int *)kernel) & 0);
	get((int *)(kernel - 8));
	rt_note("left", rt_peek(u));
}
