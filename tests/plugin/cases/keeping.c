// SPDX-License-Identifier: GPL-2.0
/*
 * One check does for an object before and after a call that keeps it, and not
 * where the callee may let others free it.
 *
 * levels: O1 O2 O3 Os
 * unit: keeping.c
 * expect: violations=0 sum=54
 * report: after_raw_spin_lock checked=1 merged=1
 * report: after_dma_map_page_attrs checked=1 merged=1
 * report: after_raw_spin_unlock checked=2 merged=0
 * report: after_raw_spin_unlock_irqrestore checked=2 merged=0
 * report: after_queue_work_on checked=2 merged=0
 * report: after_queue_delayed_work_on checked=2 merged=0
 * report: after_mod_timer checked=2 merged=0
 * report: after_hrtimer_start_range_ns checked=2 merged=0
 * report: after_netif_tx_wake_queue checked=2 merged=0
 * report: after_netif_schedule_queue checked=2 merged=0
 * report: after_netif_schedule checked=2 merged=0
 * report: after_napi_schedule checked=2 merged=0
 * report: after_napi_schedule_irqoff checked=2 merged=0
 * report: after_blk_mq_start_request checked=2 merged=0
 * report: after_copy_to_user checked=2 merged=0
 * report: after_kstrdup checked=2 merged=0
 * report: after_printk checked=2 merged=0
 * report: after_unheard_of checked=2 merged=0
 */
#include "../rt.h"
#include "include/keeping.h"

static int lock;
static const char text[] = "text";
static char user[sizeof(text)];

#define AFTER(name, call)			\
noipa static int after_##name(struct thing *t)	\
{						\
	t->a = 1;				\
	call;					\
	t->b = 2;				\
	return 0;				\
}

AFTER(raw_spin_lock, _raw_spin_lock(&lock))
AFTER(dma_map_page_attrs, dma_map_page_attrs(1))
AFTER(raw_spin_unlock, _raw_spin_unlock(&lock))
AFTER(raw_spin_unlock_irqrestore, _raw_spin_unlock_irqrestore(&lock, 0))
AFTER(queue_work_on, queue_work_on(1))
AFTER(queue_delayed_work_on, queue_delayed_work_on(1))
AFTER(mod_timer, mod_timer(&lock))
AFTER(hrtimer_start_range_ns, hrtimer_start_range_ns(&lock))
AFTER(netif_tx_wake_queue, netif_tx_wake_queue(&lock))
AFTER(netif_schedule_queue, netif_schedule_queue(&lock))
AFTER(netif_schedule, __netif_schedule(&lock))
AFTER(napi_schedule, __napi_schedule(&lock))
AFTER(napi_schedule_irqoff, __napi_schedule_irqoff(&lock))
AFTER(blk_mq_start_request, blk_mq_start_request(&lock))
AFTER(copy_to_user, _copy_to_user(user, text, sizeof(user)))
AFTER(kstrdup, kstrdup(text, 0))
AFTER(printk, _printk(text))
AFTER(unheard_of, unheard_of(1))

void test(void)
{
	struct thing *t = rt_own(sizeof(*t));
	int (*const calls[])(struct thing *) = {
		after_raw_spin_lock,
		after_dma_map_page_attrs,
		after_raw_spin_unlock,
		after_raw_spin_unlock_irqrestore,
		after_queue_work_on,
		after_queue_delayed_work_on,
		after_mod_timer,
		after_hrtimer_start_range_ns,
		after_netif_tx_wake_queue,
		after_netif_schedule_queue,
		after_netif_schedule,
		after_napi_schedule,
		after_napi_schedule_irqoff,
		after_blk_mq_start_request,
		after_copy_to_user,
		after_kstrdup,
		after_printk,
		after_unheard_of,
	};
	unsigned int i;
	int sum = 0;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		t->a = t->b = 0;
		calls[i](t);
		sum += t->a + t->b;
	}
	rt_note("sum", sum);
}
