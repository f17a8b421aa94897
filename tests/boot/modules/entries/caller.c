// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's side: uses each way into a module when "call" is written to, and
 * says what came of it.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "entries.h"

static const struct entries *entries;
static unsigned long *object;
static unsigned long victim;
module_param(victim, ulong, 0444);
MODULE_PARM_DESC(victim, "address that no module has any business with");

static RAW_NOTIFIER_HEAD(chain);
static int heard;
static int freed;
static struct rcu_head rcu;
static struct net_device *dev;
static struct napi_struct napi;

#define say(fmt, ...) pr_info("caller: " fmt "\n", ##__VA_ARGS__)

/* Further down the chain than the module, which must not cut it off. */
static int hear(struct notifier_block *nb, unsigned long event, void *data)
{
	heard++;
	return NOTIFY_OK;
}

static struct notifier_block last = { .notifier_call = hear };

static int not_there(struct napi_struct *n, int budget)
{
	napi_complete_done(n, 0);
	return 0;
}

/**
 * caller_set - the ways into a module
 * @e: these, or NULL when it goes
 */
void caller_set(const struct entries *e)
{
	napi_disable(&napi);
	if (entries)
		raw_notifier_chain_unregister(&chain, entries->notifier);
	if (e)
		raw_notifier_chain_register(&chain, e->notifier);
	napi.poll = e ? e->poll : not_there;
	entries = e;
	napi_enable(&napi);
}
EXPORT_SYMBOL_GPL(caller_set);

static void count_free(struct sk_buff *skb)
{
	freed++;
}

static void call_functions(void)
{
	struct file *file = (struct file *)object;
	struct net_device_stats *stats;
	struct vm_fault vmf = { };
	struct sk_buff *skb;
	netdev_tx_t tx;

	say("open %d", entries->file->open(NULL, file));
	say("read %zd", entries->file->read(file, NULL, 0, NULL));
	say("poll %x", (__force unsigned int)entries->file->poll(file, NULL));
	say("release %d", entries->file->release(NULL, file));
	say("fault %x", (__force unsigned int)entries->vm->fault(&vmf));
	say("mtu %d", entries->net->ndo_change_mtu(dev, 0));
	stats = entries->net->ndo_get_stats(dev);
	say("stats %s", !stats ? "none" : stats == &dev->stats ? "of the device" : "other");
	say("stop %d", entries->net->ndo_stop(dev));
	say("status %d", (__force int)entries->mq->queue_rq((struct blk_mq_hw_ctx *)object, NULL));
	say("yes %d", entries->other->yes(object));
	say("pointer %s", entries->other->pointer(object) == object ? "object" : "other");
	say("irq %d", entries->irq(1, object));
	skb = alloc_skb(64, GFP_KERNEL);
	if (!skb)
		return;
	skb->destructor = count_free;
	freed = 0;
	tx = entries->net->ndo_start_xmit(skb, dev);
	say("xmit 0x%x freed %d", tx, freed);
	if (!freed)
		kfree_skb(skb);
}

static void call_callbacks(void)
{
	struct task_struct *t;
	int ret;

	mod_timer(entries->timer, jiffies + 1);
	hrtimer_start(entries->hrtimer, ms_to_ktime(1), HRTIMER_MODE_REL);
	schedule_work(entries->work);
	call_rcu(&rcu, entries->rcu);
	heard = 0;
	ret = raw_notifier_call_chain(&chain, 0, object);
	say("notifier %d heard %d", ret, heard);
	local_bh_disable();
	napi_schedule(&napi);
	local_bh_enable();
	t = kthread_create(entries->thread, object, "entries");
	if (!IS_ERR(t)) {
		get_task_struct(t);
		wake_up_process(t);
		msleep(50);
		say("thread %d", kthread_stop(t));
		put_task_struct(t);
	}
	flush_work(entries->work);
	rcu_barrier();
	msleep(50);
	/* Waits for ever for a poll that was not completed. */
	napi_disable(&napi);
	napi_enable(&napi);
	say("ran %lu %lu %lu %lu %lu %lu %lu", entries->ran[ENTRY_TIMER],
	    entries->ran[ENTRY_HRTIMER], entries->ran[ENTRY_WORK], entries->ran[ENTRY_NOTIFIER],
	    entries->ran[ENTRY_RCU], entries->ran[ENTRY_POLL], entries->ran[ENTRY_THREAD]);
	say("touched %lu", *object);
}

static int call_set(const char *val, const struct kernel_param *kp)
{
	if (!entries)
		return -ENODEV;
	call_functions();
	call_callbacks();
	return 0;
}

static const struct kernel_param_ops call_ops = { .set = call_set };
module_param_cb(call, &call_ops, NULL, 0200);
MODULE_PARM_DESC(call, "use each way into the module");

static int vary_set(const char *val, const struct kernel_param *kp)
{
	unsigned long *p = (unsigned long *)victim, was = *p, sum;

	if (!entries)
		return -ENODEV;
	sum = entries->other->vary(2, victim, victim);
	say("vary %s, victim %s", sum ? "reads" : "reads nothing",
	    *p == was ? "intact" : "changed");
	return 0;
}

static const struct kernel_param_ops vary_ops = { .set = vary_set };
module_param_cb(vary, &vary_ops, NULL, 0200);
MODULE_PARM_DESC(vary, "use the way in that has no gate");

static int __init caller_init(void)
{
	object = kzalloc(64, GFP_KERNEL);
	dev = alloc_netdev_dummy(0);
	if (!object || !dev) {
		kfree(object);
		return -ENOMEM;
	}
	victim = (unsigned long)dev;
	netif_napi_add(dev, &napi, not_there);
	napi_enable(&napi);
	raw_notifier_chain_register(&chain, &last);
	return 0;
}
module_init(caller_init);

static void __exit caller_exit(void)
{
	napi_disable(&napi);
	netif_napi_del(&napi);
	free_netdev(dev);
	kfree(object);
}
module_exit(caller_exit);

MODULE_DESCRIPTION("modbounds: the kernel's side of the module with every way in");
MODULE_LICENSE("GPL");
