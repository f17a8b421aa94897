// SPDX-License-Identifier: GPL-2.0
/*
 * What the gates of a quarantined module do in its place where an error code
 * alone would leave the kernel waiting, and what they do when they are traced.
 * The gates themselves are in thunks.S.
 */
#include <linux/blk-mq.h>
#include <linux/export.h>
#include <linux/interrupt.h>
#include <linux/netdevice.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>
#include <linux/skbuff.h>
#include <linux/writeback.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_host.h>

#include <trace/events/modbounds.h>

#include "internal.h"
#include "refuse.h"

/* Called by the gates while modbounds:enter and modbounds:exit are traced. */
asmlinkage void modbounds_trace_enter(struct modbounds_domain *d)
{
	trace_enter(d->name, d->refuse);
}

asmlinkage void modbounds_trace_exit(struct modbounds_domain *d)
{
	trace_exit(d->name, d->refuse);
}

/*
 * What stands for an operation of a module that is refused, with the operation's own
 * prototype: plugin/ops.cc says which.  They run in the module's domain.
 */

/* A device that cannot be silenced may say so this often before its line is left alone. */
#define PATIENCE	10000

/*
 * Nobody asks the device what it wants, so a line that is level triggered stays as it
 * is, and the processor would do nothing else.  Until the device is silent the line is
 * masked; others that share it wait for as long.  Afterwards what still comes is
 * theirs, or, if it never ends, for the kernel to see that nobody cares.
 */
irqreturn_t __modbounds_refuse_irq(int irq, void *dev_id)
{
	struct modbounds_domain *d = modbounds_running_domain();
	unsigned int i;

	if (smp_load_acquire(&d->silent))	/* pairs with modbounds_unmask_lines() */
		return atomic_inc_return(&d->refused_irqs) > PATIENCE ? IRQ_NONE : IRQ_HANDLED;
	for (i = 0; i < ARRAY_SIZE(d->lines); i++) {
		int known = cmpxchg(&d->lines[i], 0, irq);

		if (!known)
			disable_irq_nosync(irq);
		if (!known || known == irq)
			break;
	}
	return IRQ_HANDLED;
}
EXPORT_SYMBOL_GPL(__modbounds_refuse_irq);

/**
 * modbounds_unmask_lines - the devices of a quarantined module are silent
 * @d: its domain
 *
 * Context: may sleep.
 */
void modbounds_unmask_lines(struct modbounds_domain *d)
{
	unsigned int i;

	smp_store_release(&d->silent, true);	/* what comes now is not the device's */
	/* Handlers that found it was not have masked their line when this returns. */
	synchronize_rcu();
	for (i = 0; i < ARRAY_SIZE(d->lines); i++) {
		int irq = xchg(&d->lines[i], 0);

		if (irq)
			enable_irq(irq);
	}
}

/**
 * modbounds_expect_interrupts - the devices of a module are about to speak again
 * @d: its domain
 *
 * Context: any.
 */
void modbounds_expect_interrupts(struct modbounds_domain *d)
{
	atomic_set(&d->refused_irqs, 0);
	smp_store_release(&d->silent, false);	/* pairs with __modbounds_refuse_irq() */
}

#ifdef CONFIG_NET
netdev_tx_t __modbounds_refuse_xmit(struct sk_buff *skb, struct net_device *dev)
{
	dev_kfree_skb_any(skb);
	return NETDEV_TX_OK;
}
EXPORT_SYMBOL_GPL(__modbounds_refuse_xmit);

/* No work, and none to come: it would be polled for ever were it not completed. */
int __modbounds_refuse_napi(struct napi_struct *napi, int budget)
{
	napi_complete_done(napi, 0);
	return 0;
}
EXPORT_SYMBOL_GPL(__modbounds_refuse_napi);

int __modbounds_refuse_packet(struct sk_buff *skb, struct net_device *dev,
			      struct packet_type *type, struct net_device *orig)
{
	kfree_skb(skb);
	return NET_RX_DROP;
}
EXPORT_SYMBOL_GPL(__modbounds_refuse_packet);

/* Most drivers count there what they return. */
struct net_device_stats *__modbounds_refuse_get_stats(struct net_device *dev)
{
	return &dev->stats;
}
EXPORT_SYMBOL_GPL(__modbounds_refuse_get_stats);
#endif

/**
 * modbounds_refused_request - what becomes of a request that a module does not take
 * @d: its domain
 *
 * The request is kept, and comes again in some milliseconds, while there is hope.
 *
 * Context: any.
 * Return: a blk_status_t.
 */
unsigned int modbounds_refused_request(const struct modbounds_domain *d)
{
	return (__force unsigned int)(modbounds_will_return(d) ? BLK_STS_RESOURCE : BLK_STS_IOERR);
}

#ifdef CONFIG_BLOCK
void __modbounds_refuse_submit_bio(struct bio *bio)
{
	bio_io_error(bio);
}
EXPORT_SYMBOL_GPL(__modbounds_refuse_submit_bio);

blk_status_t __modbounds_refuse_queue_rq(struct blk_mq_hw_ctx *hctx,
					 const struct blk_mq_queue_data *bd)
{
	return (__force blk_status_t)modbounds_refused_request(modbounds_running_domain());
}
EXPORT_SYMBOL_GPL(__modbounds_refuse_queue_rq);

/*
 * What stays in the list is queued one by one.  That this has a function of its own keeps it
 * from being left: drivers take requests off the list and into one in their frame, and those
 * would be lost.
 */
void __modbounds_refuse_queue_rqs(struct rq_list *rqlist)
{
}
EXPORT_SYMBOL_GPL(__modbounds_refuse_queue_rqs);
#endif

#if IS_ENABLED(CONFIG_SCSI)
/* As scsi_done(), which may be a module's. */
int __modbounds_refuse_queuecommand(struct Scsi_Host *host, struct scsi_cmnd *cmd)
{
	if (modbounds_will_return(modbounds_running_domain()))
		return SCSI_MLQUEUE_HOST_BUSY;
	set_host_byte(cmd, DID_NO_CONNECT);
	if (!test_and_set_bit(SCMD_STATE_COMPLETE, &cmd->state))
		blk_mq_complete_request(scsi_cmd_to_rq(cmd));
	return 0;
}
EXPORT_SYMBOL_GPL(__modbounds_refuse_queuecommand);
#endif

/* Readers wait for the folio's lock. */
int __modbounds_refuse_read_folio(struct file *file, struct folio *folio)
{
	folio_unlock(folio);
	return -EIO;
}
EXPORT_SYMBOL_GPL(__modbounds_refuse_read_folio);

int __modbounds_refuse_writepage(struct page *page, struct writeback_control *wbc)
{
	redirty_page_for_writepage(wbc, page);
	unlock_page(page);
	return -EIO;
}
EXPORT_SYMBOL_GPL(__modbounds_refuse_writepage);

/**
 * modbounds_end_left - end what an operation had begun that was left from within
 * @kind: MODBOUNDS_GATE_*
 * @argument: its first argument
 *
 * Context: the operation's.
 */
void modbounds_end_left(unsigned int kind, void *argument)
{
#ifdef CONFIG_NET
	struct napi_struct *napi = argument;

	/* It may have done so itself. */
	if (kind == MODBOUNDS_GATE_NAPI && test_bit(NAPI_STATE_SCHED, &napi->state))
		napi_complete_done(napi, 0);
#endif
#ifdef CONFIG_BLOCK
	if (kind == MODBOUNDS_GATE_COMPLETE) {
		struct request *rq = argument;

		/*
		 * The device has done it, but how it went nobody knows: once more, for whom
		 * a read or a write done twice is as good as done once.  What the driver had
		 * mapped for it may be lost.
		 */
		if (!blk_rq_is_passthrough(rq) &&
		    modbounds_will_return(modbounds_running_domain()))
			blk_mq_requeue_request(rq, true);
		else
			blk_mq_end_request(rq, BLK_STS_IOERR);
	}
#endif
}
