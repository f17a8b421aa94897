/* SPDX-License-Identifier: GPL-2.0 */
/* What gates call in place of an operation that is refused: see gate.c. */
#ifndef _MODBOUNDS_REFUSE_H
#define _MODBOUNDS_REFUSE_H

#include <linux/blk_types.h>
#include <linux/irqreturn.h>
#include <linux/netdevice.h>

struct Scsi_Host;
struct blk_mq_hw_ctx;
struct blk_mq_queue_data;
struct rq_list;
struct scsi_cmnd;
struct writeback_control;

irqreturn_t __modbounds_refuse_irq(int irq, void *dev_id);
netdev_tx_t __modbounds_refuse_xmit(struct sk_buff *skb, struct net_device *dev);
int __modbounds_refuse_napi(struct napi_struct *napi, int budget);
int __modbounds_refuse_packet(struct sk_buff *skb, struct net_device *dev,
			      struct packet_type *type, struct net_device *orig);
struct net_device_stats *__modbounds_refuse_get_stats(struct net_device *dev);
void __modbounds_refuse_submit_bio(struct bio *bio);
blk_status_t __modbounds_refuse_queue_rq(struct blk_mq_hw_ctx *hctx,
					 const struct blk_mq_queue_data *bd);
void __modbounds_refuse_queue_rqs(struct rq_list *rqlist);
int __modbounds_refuse_queuecommand(struct Scsi_Host *host, struct scsi_cmnd *cmd);
int __modbounds_refuse_read_folio(struct file *file, struct folio *folio);
int __modbounds_refuse_writepage(struct page *page, struct writeback_control *wbc);

#endif /* _MODBOUNDS_REFUSE_H */
