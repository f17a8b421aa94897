// SPDX-License-Identifier: GPL-2.0
/*
 * Pointers at a variable distance from their base that are passed on, stored or returned: who gets
 * them takes them for their own base.  They may not have left the object that the base points to,
 * but point behind its end.  What has no object, nobody asks.
 *
 * expect: violations=8 behind=1 user=1 fields=1
 * log: ^BAD ld1 param dist=-?\d+ .* flags=24 .*:@pass$
 * log: ^BAD ld1 param dist=-8 .* flags=24 .*:@pass$
 * log: ^BAD ld1 param dist=-?\d+ .* flags=24 .*:@give$
 * log: ^BAD ld1 param dist=-?\d+ .* flags=24 .*:@keep$
 * log: ^BAD ld1 loaded dist=-?\d+ .* flags=24 .*:@element$
 * log: ^BAD ld1 param dist=-?\d+ .* flags=24 .*:@loop$
 * log: ^BAD ld1 \w+ dist=17 .* flags=24 .*:@maybe$
 * nolog: :@field$
 */
#include "../rt.h"

struct element { long a, b; };
struct table { struct element *elements; long n; };

static char *kept;

noipa static void callee(char *p) { rt_nothing(p); }
noipa static void taker(struct element *p) { rt_nothing(p); }
noipa static void pass(char *p, long i) { callee(p + i); }				/* @pass */
noipa static char *give(char *p, long i) { return p + i; }				/* @give */
noipa static void keep(char *p, long i) { kept = p + i; }				/* @keep */
noipa static void element(struct table *t, long i) { taker(&t->elements[i]); }		/* @element */
noipa static void field(struct element *p) { callee((char *)&p[1].b); }		/* @field */

noipa static void loop(char *p, long n)
{
	while (n--)
		p += 2;
	callee(p);									/* @loop */
}

/* On one way there is no pointer, so that what it was made of is not there either. */
noipa static void maybe(int yes, long i)
{
	char *p = NULL;

	if (yes)
		p = rt_own(16) + i;
	rt_nothing(0);
	callee(p);									/* @maybe */
}

void test(void)
{
	char *own = rt_own(16), *far = rt_foreign(64);
	struct table *t = rt_own(sizeof(*t));
	long d = far - own;

	pass(own, 0);
	pass(own, 15);
	rt_note("behind", (pass(own, 16), give(own, 16)) == own + 16);
	pass(own, d);
	pass(own, -8);
	give(own, d);
	keep(own, 8);
	keep(own, d);
	rt_nothing(kept);
	t->elements = (struct element *)own;
	element(t, 0);
	element(t, 3);
	loop(own, 8);
	loop(own, 9);
	/* Each is refused, whatever lies there. */
	rt_note("user", give((char *)64, 4) == (char *)68);
	field((struct element *)own);
	rt_note("fields", 1);
	pass(own, 17);
	maybe(0, 3);
	maybe(1, 3);
	maybe(1, 17);
}
