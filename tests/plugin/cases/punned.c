// SPDX-License-Identifier: GPL-2.0
/*
 * Only what the index of an access can be, against the declared object, proves that it stays
 * inside: not the type that the object is seen as, whose array may be longer; not a flag,
 * which may be neither 0 nor 1; not a variable that is not set on all ways.
 *
 * levels: O1 O2 O3 Os
 * flags: -Wno-array-bounds -Wno-maybe-uninitialized -Wno-uninitialized
 * expect: violations=10 victim=0 victim2=65 victim3=0 arithmetic=3 taken=1
 * log: ^BAD fail.* punned.c:@static$
 * log: ^BAD fail.* punned.c:@local$
 * log: ^BAD fail.* punned.c:@index$
 * nolog: punned.c:@inside$
 * log: ^BAD fail.* punned.c:@beyond$
 * nolog: punned.c:@rows$
 */
#include "../rt.h"

struct cmd { unsigned char op, len; unsigned short data[16]; };

static struct { char buf[8], victim[64]; } st __attribute__((aligned(64)));
static char buf[8] __attribute__((aligned(64)));
static char victim[64] __attribute__((aligned(64)));

noipa static void fill(void)
{
	struct cmd *c = (struct cmd *)buf;

	for (int i = 0; i < 4; i++) {
		c->data[i] = 0x4141;		/* @static */
		rt_nothing(c);
	}
}

noipa static void fill_member(void)
{
	struct cmd *c = (struct cmd *)&st.buf;

	for (int i = 0; i < 40; i++) {
		c->data[i] = 0x4141;		/* @member */
		rt_nothing(c);
	}
}

noipa static void fill_local(void)
{
	char b[8];
	struct cmd *c = (struct cmd *)b;

	for (int i = 0; i < 5; i++) {
		c->data[i] = 0x4141;		/* @local */
		rt_nothing(c);
	}
}

noipa static void set(unsigned int n)
{
	struct cmd *c = (struct cmd *)buf;

	if (n < 16)
		c->data[n] = 0x4242;		/* @index */
	rt_nothing(c);
}

noipa static void set_inside(unsigned int n)
{
	struct cmd *c = (struct cmd *)buf;

	if (n < 3)
		c->data[n] = 0x4242;		/* @inside */
	rt_nothing(c);
}

static short rows[4][3];

noipa static void set_row(unsigned int i, unsigned int j)
{
	if (i < 4 && j < 3)
		rows[i][j] = 1;			/* @rows */
}

noipa static void set_beyond_row(unsigned int i, unsigned int j)
{
	if (i < 4 && j < 4)
		rows[i][j] = 1;			/* @beyond */
}

static union { unsigned char byte; _Bool flag; } both;
static int pair[4];

noipa static void by_flag(void)
{
	pair[both.flag] = 1;			/* @flag */
}

noipa static int choose(_Bool *p)
{
	return *p ? 3 : 1;
}

noipa static void unset(int way)
{
	int i;

	if (way)
		i = 3;
	pair[i] = 1;
}

void test(void)
{
	fill();
	set(15);
	set_inside(2);
	fill_local();
	fill_member();
	set_row(3, 2);
	rt_note("arithmetic", choose((both.byte = 5, &both.flag)));
	by_flag();
	rt_note("taken", pair[1]);
	unset(1);
	unset(0);
	rt_note("victim", victim[0] | victim[8]);
	set_beyond_row(3, 3);
	rt_nothing(rows);
	rt_note("victim2", st.victim[63]);
	rt_note("victim3", rt_peek(victim + 24));
}
