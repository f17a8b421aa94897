// SPDX-License-Identifier: GPL-2.0
/*
 * A line of the table with a star stands for what begins so; a longer one wins, and a whole
 * name wins over all: what is said of NULL tells which line it was.
 *
 * levels: O0 O2
 * unit: keeping.c
 * expect: violations=6 kernel=0
 * log: ^BAD argument of napi_made_up dist=0 flags=33 line @star$
 * log: ^BAD argument of skb_made_up dist=0 flags=33 line @shorter$
 * log: ^BAD argument of skb_flow_made_up dist=0 flags=32 line @longer$
 * log: ^BAD argument of skb_tx_error dist=0 flags=32 line @whole$
 * log: ^BAD argument of napi_consume_skb dist=0 flags=36 line @null$
 * log: ^BAD argument of nap dist=0 flags=32 line @none$
 */
#include "../rt.h"
#include "include/keeping.h"

noipa static int calls(struct thing *t)
{
	int sum = 0;

	sum += napi_made_up(t) != -22;		/* @star */
	sum += skb_made_up(t) != -22;		/* @shorter */
	sum += skb_flow_made_up(t) != -22;	/* @longer */
	sum += skb_tx_error(t) != -22;		/* @whole */
	sum += napi_consume_skb(t) != -22;	/* @null */
	sum += nap(t) != -22;			/* @none */
	return sum;
}

void test(void)
{
	rt_note("kernel", calls(rt_foreign(sizeof(struct thing))));
}
