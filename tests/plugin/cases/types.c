// SPDX-License-Identifier: GPL-2.0
/*
 * Each type that GCC stores and loads as one: one check for each access, of
 * its size and at its place.  (test() itself has 13.)
 *
 * levels: O1 O2 O3 Os
 * expect: checks=28 violations=0 ranges=0 calls=0 sum=120
 * log: ^ok st1 param dist=0 .* flags=1 types.c:@char$
 * log: ^ok st2 param dist=0 .* flags=1 types.c:@short$
 * log: ^ok st4 param dist=0 .* flags=1 types.c:@int$
 * log: ^ok st8 param dist=0 .* flags=1 types.c:@long$
 * log: ^ok st16 param dist=0 .* flags=1 types.c:@int128$
 * log: ^ok st4 param dist=0 .* flags=1 types.c:@float$
 * log: ^ok st8 param dist=0 .* flags=1 types.c:@double$
 * log: ^ok st16 param dist=0 .* flags=1 types.c:@extended$
 * log: ^ok st8 param dist=0 .* types.c:@cfloat$
 * log: ^ok st16 param dist=0 .* types.c:@cdouble$
 * log: ^ok ld8 param dist=8 .* flags=0 types.c:@imaginary$
 * log: ^ok st16 param dist=0 .* flags=1 types.c:@vector$
 * log: ^ok ld4 param dist=4 .* flags=0 types.c:@lane$
 * log: ^ok st4 param dist=1 .* flags=1 types.c:@packed$
 * log: ^ok st2 param dist=50 type=0 flags=1 types.c:@chain$
 */
#include "../rt.h"

typedef int v4si __attribute__((vector_size(16)));
struct packed { char c; int i; long l; } __attribute__((packed));
struct chain { long n; struct { int a; struct { short x, y; } b[3]; } e[4]; };

noipa static void st_char(char *p) { *p = 1; }				/* @char */
noipa static void st_short(short *p) { *p = 2; }			/* @short */
noipa static void st_int(int *p) { *p = 3; }				/* @int */
noipa static void st_long(long *p) { *p = 4; }				/* @long */
noipa static void st_int128(__int128 *p, __int128 v) { *p = v; }	/* @int128 */
noipa static void st_float(float *p) { *p = 6; }			/* @float */
noipa static void st_double(double *p) { *p = 7; }			/* @double */
noipa static void st_extended(long double *p) { *p = 8; }		/* @extended */
noipa static void st_cfloat(_Complex float *p, _Complex float v) { *p = v; }	/* @cfloat */
noipa static void st_cdouble(_Complex double *p, _Complex double v) { *p = v; }	/* @cdouble */
noipa static double imaginary(_Complex double *p) { return __imag__ *p; }	/* @imaginary */
noipa static void st_vector(v4si *p, v4si v) { *p = v; }		/* @vector */
noipa static int lane(v4si *p) { return (*p)[1]; }			/* @lane */
noipa static void st_packed(struct packed *p) { p->i = 14; }		/* @packed */
noipa static void st_chain(struct chain *p, long i, long j) { p->e[i].b[j].y = 15; }	/* @chain */

void test(void)
{
	void *p = rt_own(128);
	struct packed *packed;
	struct chain *chain;
	long sum = 0;

	st_char(p), sum += *(volatile char *)p;
	st_short(p), sum += *(volatile short *)p;
	st_int(p), sum += *(volatile int *)p;
	st_long(p), sum += *(volatile long *)p;
	st_int128(p, 5), sum += *(volatile __int128 *)p;
	st_float(p), sum += *(volatile float *)p;
	st_double(p), sum += *(volatile double *)p;
	st_extended(p), sum += *(volatile long double *)p;
	st_cfloat(p, 9), sum += *(volatile float *)p;
	st_cdouble(p, 10 + 11i), sum += *(volatile double *)p;
	sum += imaginary(p);
	st_vector(p, (v4si){ 12, 13, 0, 0 }), sum += *(volatile int *)p;
	sum += lane(p);
	packed = p;
	st_packed(packed), sum += packed->i;
	chain = p;
	st_chain(chain, 2, 1 + rt_zero()), sum += ((volatile short *)p)[25];
	rt_note("sum", sum);
}
