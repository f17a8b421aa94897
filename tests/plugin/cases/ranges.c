// SPDX-License-Identifier: GPL-2.0
/*
 * Ranges whose length only run time knows, of memory functions and of others that the table
 * knows: they are held to the object that the pointer was computed from, or that was declared;
 * a call with one that is refused is not made, and returns an error, or its argument as
 * memcpy() would.  Strings and user copies have their first byte looked at, with its base.
 * Behind NULL there is no range, but for memory functions.  What a range's length is counted in
 * is the prototype's type, not that of what is handed.
 *
 * expect: violations=15 local=5 same=1 error=-22 none=0 empty=1 null=9 array=1 scan=1
 * log: ^BAD st64 range param dist=32 flags=9 of memset line @set$
 * log: ^BAD st8 range param dist=16 flags=9 of memmove line @move$
 * log: ^BAD fail9 range object dist=0 flags=9 of memset line @local$
 * log: ^BAD fail8 range object dist=1 flags=9 of memcpy line @offset$
 * log: ^BAD st10 range (param|loaded) dist=0 flags=9 of get_random_bytes line @random$
 * log: ^BAD st8 range param dist=48 flags=9 of get_random_bytes line @random_at$
 * log: ^BAD st40 range (param|loaded) dist=0 flags=9 of ioread32_rep line @words$
 * log: ^BAD st1 param dist=0 .* ranges.c:@string$
 * log: ^BAD st1 range param dist=32 flags=9 line @print$
 * log: ^BAD st1 range param dist=32 flags=9 line @user$
 * log: ^BAD st(\d{17,}) range (param|loaded) dist=0 flags=9 of memset line @negative$
 * log: ^BAD st4 range (param|loaded) dist=0 flags=9 of regmap_read line @value$
 * log: ^BAD ld8 .* ranges.c:@null$
 * log: ^BAD st1 .*@scan$
 * nolog: line @proved$
 * nolog: ^BAD .*@elements$
 * levels: O1 O2 Os
 */
#include "../rt.h"
#include <string.h>
#include <stdio.h>

unsigned long _copy_from_user(void *to, const void *from, unsigned long n);
void get_random_bytes(void *, size_t);
void ioread32_rep(const void *, void *, unsigned long);
int hex2bin(unsigned char *, const char *, size_t);
int xenbus_scanf(int transaction, const char *, const char *, const char *, ...);
int regmap_read(void *map, unsigned int reg, unsigned int *value);

struct element { long word[4]; };
struct holder { struct element elements[2]; };
void sg_init_table(struct element *, unsigned int);

noipa static void set(char *p, long i, size_t n) { memset(p + i, 1, n); }		/* @set */
noipa static void *move(char *p, long i, const char *s, size_t n) { return memmove(p + i, s, n); }	/* @move */

noipa static int local(size_t n)
{
	char a[8] = { 5 };

	memset(a, 1, n);								/* @local */
	rt_nothing(a);
	return a[0];
}

static char buffer[8];

noipa static void offset(const char *s, size_t n)
{
	memcpy(buffer + 1, s, n);							/* @offset */
	rt_nothing(buffer);
}

noipa static void proved(const char *s, size_t n)
{
	if (n < 8)
		memset(buffer + 1, 0, n);						/* @proved */
	rt_nothing(buffer);
}

noipa static void random(void *p, size_t n) { get_random_bytes(p, n); }			/* @random */
noipa static void random_at(char *p, long i, size_t n) { get_random_bytes(p + i, n); }	/* @random_at */
noipa static void words(void *p, unsigned long n) { ioread32_rep(0, p, n); }		/* @words */
noipa static int hex(unsigned char *p, const char *s, size_t n) { return hex2bin(p, s, n); }
noipa static char *string(char *p, const char *s) { return strcpy(p + rt_zero(), s); }	/* @string */
noipa static int print(char *p, long i, size_t n) { return snprintf(p + i, n, "%s", "x"); }	/* @print */
noipa static long user(char *p, long i, void *u, size_t n) { return _copy_from_user(p + i, u, n); }	/* @user */
noipa static void negative(char *p, int n) { memset(p, 0, n); }				/* @negative */
noipa static int value(unsigned int *p) { return regmap_read(0, 9, p); }		/* @value */
noipa static void null(char *p, const char *from) { memcpy(p, from, 8); }		/* @null */
noipa static void elements(struct holder *p) { sg_init_table(p->elements, 2); }		/* @elements */

noipa static int scan(int *p) { return xenbus_scanf(0, "a", "b", "%d", p); }		/* @scan */

void test(void)
{
	char *own = rt_own(16), *far = rt_foreign(64);
	char *s = rt_own(64);

	(void)far;
	memset(s, 7, 64);
	set(own, 0, 16);
	set(own, 32, 64);
	rt_note("same", move(own, 16, s, 8 + rt_zero()) == own + 16);
	local(8);
	rt_note("local", local(9));
	offset(s, 7);
	offset(s, 8);
	proved(s, 7);
	random(own, 16);
	random(far, 10);
	random_at(own, 48, 8);
	words(far, 10);
	rt_note("error", hex((unsigned char *)far, s, 3));
	string(far, "abc");
	print(own, 32, 4);
	rt_note("none", print(own, 16, 0) & 0);
	set(own, 16, 0);
	rt_note("empty", user(own, 16, rt_user(8), 0) == 0);
	user(own, 32, rt_user(8), 8);
	negative(own, -1);
	rt_note("null", value(NULL));
	value((unsigned int *)far);
	null(own, NULL);
	elements((struct holder *)s);
	rt_note("array", *s == 2);
	rt_note("scan", scan((int *)own));
	scan((int *)far);
}
