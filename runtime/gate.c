// SPDX-License-Identifier: GPL-2.0
/*
 * What the gates of a quarantined module do in its place where an error code
 * alone would leave the kernel waiting, and what they do when they are traced.
 * The gates themselves are in thunks.S.
 */
#include <linux/export.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>

#include <trace/events/modbounds.h>

#include "internal.h"

/* Called by the gates while modbounds:enter and modbounds:exit are traced. */
asmlinkage void modbounds_trace_enter(struct modbounds_domain *d)
{
	trace_enter(d->name, d->refuse);
}

asmlinkage void modbounds_trace_exit(struct modbounds_domain *d)
{
	trace_exit(d->name, d->refuse);
}

#ifdef CONFIG_NET
/**
 * __modbounds_drop_skb - a packet that a refused ndo_start_xmit() has taken over
 * @skb: the packet
 *
 * Context: any.
 */
void __modbounds_drop_skb(struct sk_buff *skb)
{
	dev_kfree_skb_any(skb);
}
EXPORT_SYMBOL_GPL(__modbounds_drop_skb);

/**
 * __modbounds_drop_napi - a refused poll: no work, and none to come
 * @napi: what was to be polled; polled for ever were it not completed
 *
 * Context: softirq.
 * Return: 0 packets.
 */
int __modbounds_drop_napi(struct napi_struct *napi)
{
	napi_complete_done(napi, 0);
	return 0;
}
EXPORT_SYMBOL_GPL(__modbounds_drop_napi);
#endif
