/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ENTRIES_H
#define _ENTRIES_H

#include <linux/blk_types.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/mm_types.h>
#include <linux/netdevice.h>
#include <linux/notifier.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

/**
 * struct entries - the ways into a module
 * @number: and what follows: one function of each type of result
 * @timer: and what follows: one of each kind of callback
 * @ran: one count for each of these, in the order of enum entry
 */
struct entries {
	int (*number)(void *object);
	ssize_t (*size)(void *object);
	unsigned int (*count)(void *object);
	bool (*yes)(void *object);
	void *(*pointer)(void *object);
	blk_status_t (*status)(void *object);
	irqreturn_t (*irq)(int irq, void *object);
	netdev_tx_t (*xmit)(struct sk_buff *skb, struct net_device *dev);
	vm_fault_t (*fault)(struct vm_fault *vmf);
	int (*poll)(struct napi_struct *napi, int budget);
	int (*thread)(void *object);

	struct timer_list *timer;
	struct hrtimer *hrtimer;
	struct work_struct *work;
	struct notifier_block *notifier;
	rcu_callback_t rcu;
	unsigned long *ran;
};

enum entry {
	ENTRY_TIMER, ENTRY_HRTIMER, ENTRY_WORK, ENTRY_NOTIFIER, ENTRY_RCU, ENTRY_POLL,
	ENTRY_THREAD, NR_ENTRIES
};

void caller_set(const struct entries *entries);

#endif
