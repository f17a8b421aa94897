/* SPDX-License-Identifier: GPL-2.0 */
/* Functions of the kernel that checks survive, and others that they do not. */
struct thing { int a, b; };

/* They keep checks. */
void _raw_spin_lock(int *lock);
int dma_map_page_attrs(int n);
/* They do not. */
void _raw_spin_unlock(int *lock);
void _raw_spin_unlock_irqrestore(int *lock, unsigned long flags);
int queue_work_on(int cpu);
int queue_delayed_work_on(int cpu);
int mod_timer(int *timer);
int hrtimer_start_range_ns(int *timer);
void netif_tx_wake_queue(int *queue);
void netif_schedule_queue(int *queue);
void __netif_schedule(int *queue);
void __napi_schedule(int *napi);
void __napi_schedule_irqoff(int *napi);
void blk_mq_start_request(int *rq);
int _printk(const char *format, ...);
/* No table has it. */
void unheard_of(int n);

/* Nor do these, which the module calls by another name: that of the runtime. */
unsigned long _copy_to_user(void *to, const void *from, unsigned long n);
char *kstrdup(const char *s, unsigned int gfp);

/* What stars cover. */
int napi_made_up(struct thing *t);
int skb_made_up(struct thing *t);
int skb_flow_made_up(struct thing *t);
int skb_tx_error(struct thing *t);
int napi_consume_skb(struct thing *t);
int nap(struct thing *t);
