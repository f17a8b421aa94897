// SPDX-License-Identifier: GPL-2.0
/* They do nothing: what counts is their names. */
#include <stddef.h>
#include "keeping.h"

void _raw_spin_lock(int *lock) { (void)lock; }
int dma_map_page_attrs(int n) { return n; }
void _raw_spin_unlock(int *lock) { (void)lock; }
void _raw_spin_unlock_irqrestore(int *lock, unsigned long flags) { (void)lock; (void)flags; }
int queue_work_on(int cpu) { return cpu; }
int queue_delayed_work_on(int cpu) { return cpu; }
int mod_timer(int *timer) { return !timer; }
int hrtimer_start_range_ns(int *timer) { return !timer; }
void netif_tx_wake_queue(int *queue) { (void)queue; }
void netif_schedule_queue(int *queue) { (void)queue; }
void __netif_schedule(int *queue) { (void)queue; }
void __napi_schedule(int *napi) { (void)napi; }
void __napi_schedule_irqoff(int *napi) { (void)napi; }
void blk_mq_start_request(int *rq) { (void)rq; }
int _printk(const char *format, ...) { return !format; }
void unheard_of(int n) { (void)n; }

char *kstrdup(const char *s, unsigned int gfp)
{
	(void)s;
	(void)gfp;
	return NULL;
}

int napi_made_up(struct thing *t) { return t->a; }
int skb_made_up(struct thing *t) { return t->a; }
int skb_flow_made_up(struct thing *t) { return t->a; }
int skb_tx_error(struct thing *t) { return t->a; }
int napi_consume_skb(struct thing *t) { return t->a; }
int nap(struct thing *t) { return t->a; }
