// SPDX-License-Identifier: GPL-2.0
/*
 * A module with every way in: functions of each type of result, and each kind
 * of callback.  All of them touch an object that the kernel hands them.
 */
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "entries.h"

static unsigned long ran[NR_ENTRIES];
static unsigned long value = 42;

static void touch(void *object)
{
	(*(unsigned long *)object)++;
}

static int open(struct inode *inode, struct file *object)
{
	touch(object);
	return 1;
}

static ssize_t read(struct file *object, char __user *buf, size_t len, loff_t *pos)
{
	touch(object);
	return 2;
}

static __poll_t poll_file(struct file *object, struct poll_table_struct *table)
{
	touch(object);
	return EPOLLIN;
}

static int release(struct inode *inode, struct file *object)
{
	touch(object);
	return 3;
}

static const struct file_operations file = {
	.open = open, .read = read, .poll = poll_file, .release = release,
};

static vm_fault_t fault(struct vm_fault *vmf)
{
	vmf->pte = NULL;
	return VM_FAULT_NOPAGE;
}

static const struct vm_operations_struct vm = { .fault = fault };

static int change_mtu(struct net_device *dev, int mtu)
{
	return 4;
}

static struct net_device_stats stats;

static struct net_device_stats *get_stats(struct net_device *dev)
{
	return &stats;
}

static int stop(struct net_device *dev)
{
	return 5;
}

static netdev_tx_t xmit(struct sk_buff *skb, struct net_device *dev)
{
	skb->mark++;
	return NETDEV_TX_BUSY;
}

static const struct net_device_ops net = {
	.ndo_change_mtu = change_mtu, .ndo_get_stats = get_stats, .ndo_stop = stop,
	.ndo_start_xmit = xmit,
};

static blk_status_t queue_rq(struct blk_mq_hw_ctx *object, const struct blk_mq_queue_data *bd)
{
	touch(object);
	return BLK_STS_OK;
}

static const struct blk_mq_ops mq = { .queue_rq = queue_rq };

static bool yes(void *object)
{
	touch(object);
	return true;
}

static void *pointer(void *object)
{
	touch(object);
	return object;
}

/* Adds up what the numbers among its arguments point to, and counts there. */
static unsigned long vary(int n, ...)
{
	unsigned long sum = 0, *p;
	va_list args;

	va_start(args, n);
	while (n--) {
		p = (unsigned long *)va_arg(args, unsigned long);
		sum += *p;
		++*p;
	}
	va_end(args);
	return sum;
}

static const struct others other = { .yes = yes, .pointer = pointer, .vary = vary };

static irqreturn_t irq(int line, void *object)
{
	touch(object);
	return IRQ_HANDLED;
}

static int poll(struct napi_struct *napi, int budget)
{
	ran[ENTRY_POLL]++;
	napi_complete_done(napi, 0);
	return 0;
}

static int thread(void *object)
{
	touch(object);
	ran[ENTRY_THREAD]++;
	return 7;
}

static void timed(struct timer_list *t)
{
	ran[ENTRY_TIMER]++;
}

static enum hrtimer_restart timed_exactly(struct hrtimer *t)
{
	ran[ENTRY_HRTIMER]++;
	return HRTIMER_NORESTART;
}

static void do_work(struct work_struct *w)
{
	ran[ENTRY_WORK]++;
}

static int notified(struct notifier_block *nb, unsigned long event, void *object)
{
	touch(object);
	ran[ENTRY_NOTIFIER]++;
	return NOTIFY_OK;
}

static void reclaimed(struct rcu_head *rcu)
{
	ran[ENTRY_RCU]++;
}

static struct timer_list timer;
static struct hrtimer hrtimer;
static struct work_struct work;
static struct notifier_block notifier = { .notifier_call = notified, .priority = 1 };

static const struct entries entries = {
	.file = &file,
	.vm = &vm,
	.net = &net,
	.mq = &mq,
	.other = &other,
	.irq = irq,
	.poll = poll,
	.thread = thread,
	.timer = &timer,
	.hrtimer = &hrtimer,
	.work = &work,
	.notifier = &notifier,
	.rcu = reclaimed,
	.ran = ran,
};

static ssize_t value_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%lu\n", value);
}

/* An address: written to, as no module should. */
static ssize_t value_store(struct kobject *kobj, struct kobj_attribute *attr,
			   const char *buf, size_t len)
{
	unsigned long addr;

	if (kstrtoul(buf, 0, &addr))
		return -EINVAL;
	*(unsigned long *)addr = value;
	return len;
}

static struct kobj_attribute value_attr = __ATTR_RW(value);
static struct kobject *kobj;

static int __init entries_init(void)
{
	int err;

	timer_setup(&timer, timed, 0);
	hrtimer_init(&hrtimer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	hrtimer.function = timed_exactly;
	INIT_WORK(&work, do_work);
	kobj = kobject_create_and_add("entries", kernel_kobj);
	if (!kobj)
		return -ENOMEM;
	err = sysfs_create_file(kobj, &value_attr.attr);
	if (err)
		kobject_put(kobj);
	else
		caller_set(&entries);
	return err;
}
module_init(entries_init);

static void __exit entries_exit(void)
{
	caller_set(NULL);
	sysfs_remove_file(kobj, &value_attr.attr);
	kobject_put(kobj);
}
module_exit(entries_exit);

MODULE_DESCRIPTION("modbounds: a module with every way in");
MODULE_LICENSE("GPL");
