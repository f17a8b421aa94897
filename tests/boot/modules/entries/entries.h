/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ENTRIES_H
#define _ENTRIES_H

#include <linux/blk-mq.h>
#include <linux/fs.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/mm.h>
#include <linux/netdevice.h>
#include <linux/notifier.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

/**
 * struct entries - the ways into a module
 * @file, @vm, @net, @mq: work: a function for each type of result; and @file->release
 * @other: no work: functions that nobody knows what they are for; @vary has no gate
 * @irq, @poll, @thread: what is told by its type, or not at all
 * @timer: and what follows: one of each kind of callback
 * @ran: one count for each of these, in the order of enum entry
 */
struct entries {
	const struct file_operations *file;
	const struct vm_operations_struct *vm;
	const struct net_device_ops *net;
	const struct blk_mq_ops *mq;
	const struct others {
		bool (*yes)(void *object);
		void *(*pointer)(void *object);
		unsigned long (*vary)(int n, ...);
	} *other;

	irqreturn_t (*irq)(int irq, void *object);
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
