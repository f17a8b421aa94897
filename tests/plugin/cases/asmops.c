// SPDX-License-Identifier: GPL-2.0
/*
 * Memory operands of inline assembly, bit instructions, prefetches, user
 * accesses and string instructions.
 *
 * expect: violations=4 ranges=4 bit=4 tested=0 untouched=1 far=1
 * log: ^ok st4 (param|loaded) dist=4 .* flags=[15] asmops.c:@inc$
 * log: ^ok ld8 (param|loaded) .*:@load$
 * log: ^ok st8 (param|loaded) .* flags=1 asmops.c:@store$
 * log: ^ok st8 (param|loaded) .* flags=1 asmops.c:@moved$
 * log: ^ok st8 (param|loaded) dist=16 .* flags=1 asmops.c:@bit$
 * log: ^BAD st8 (param|loaded) dist=-?\d{3,} .* flags=1 asmops.c:@bit$
 * log: ^BAD st8 (param|loaded) .* flags=[15] asmops.c:@test$
 * log: ^BAD st8 object dist=\d{9,} .* flags=1 asmops.c:@element$
 * nolog: :@prefetch$
 * log: ^ok st8 (param|loaded) .* flags=3 asmops.c:@user$
 * log: ^ok st48 range (param|loaded) dist=0 flags=9 line
 * log: ^ok ld48 range (param|loaded) dist=0 flags=8 line
 * log: ^BAD st16 range (param|loaded) dist=0 flags=11 line
 * log: ^ok ld16 range (param|loaded) dist=0 flags=10 line
 */
#include "../rt.h"

struct s { int a, b; };

noipa static void inc(struct s *p)
{
	asm volatile("lock; incl %0" : "+m" (p->b));	/* @inc */
}

/* as writel() */
noipa static void moved(long *p)
{
	asm volatile("movq %0,%1" : : "r" (1L), "m" (*p) : "memory");	/* @moved */
}

noipa static long load(long *p)
{
	long r; asm volatile("movq %1, %0" : "=r" (r) : "m" (*p)); return r;	/* @load */
}

noipa static void store(long *p)
{
	asm volatile("movq $1, %0" : "=m" (*p));	/* @store */
}

/* as arch_set_bit() */
noipa static void set_bit(long nr, long *p)
{
	asm volatile("lock; btsq %1,%0" : : "m" (*(volatile long *)p), "Ir" (nr) : "memory");	/* @bit */
}

/* as arch_test_and_set_bit(): the template names the output */
noipa static int test_and_set_bit(long *p)
{
	_Bool c;

	asm volatile("lock; btsq %2,%1" : "=@ccc" (c), "+m" (*p) : "Ir" (3L) : "memory");	/* @test */
	return c;
}

/* The bitmap is itself an element. */
static struct { long n, bits[3]; } table[4];

noipa static void set_bit_of(int i, long nr)
{
	long *p = table[i].bits;

	asm volatile("lock; btsq %1,%0" : : "m" (*(volatile long *)p), "Ir" (nr) : "memory");	/* @element */
}

noipa static void prefetch(long *p)
{

	/* only an address */
	asm volatile("prefetcht0 %0" : : "m" (*p));	/* @prefetch */
}

noipa static void user(long *p)
{
	/* an exception table entry in the kernel */
	asm volatile("movq $1, %0\n\t.pushsection __ex_table,\"a\"\n\t.popsection" : "=m" (*p));	/* @user */
}

noipa static void copy(void *to, const void *from, long n)
{
	asm volatile("rep ; movsq" : "+D" (to), "+S" (from), "+c" (n) : : "memory");
}

noipa static void copy_user(void *to, const void *from, long n)
{
	asm volatile("rep movsb\n\t.pushsection __ex_table,\"a\"\n\t.popsection" : "+D" (to), "+S" (from), "+c" (n) : : "memory");
}

void test(void)
{
	long *p = rt_own(64), *q;
	int untouched;

	inc((struct s *)p);
	load(p);
	store(p);
	moved(p);
	set_bit(130, p);
	rt_note("bit", p[2] & 4);
	set_bit(12800, p);
	q = rt_foreign(8);
	rt_note("tested", test_and_set_bit(q));
	untouched = !rt_peek(q);
	rt_note("untouched", untouched);
	set_bit_of(1 + rt_zero(), 130 + rt_zero());
	rt_note("far", table[1].bits[2] == 4);
	set_bit_of(1 + rt_zero(), 1L << 40);
	prefetch(rt_foreign(8));
	user(rt_user(8));
	copy(p, p + 1, 6);
	copy_user(rt_foreign(16), rt_user(16), 16);
}
