// SPDX-License-Identifier: GPL-2.0
/*
 * A driver with two devices and one stray store, in whatever context "where" names: as it
 * is loaded, as it goes, or when that name is written to "go".  All that it has
 * registered it takes back by itself; what it holds there, it lets go afterwards.
 */
#include <linux/blk_types.h>
#include <linux/completion.h>
#include <linux/hrtimer.h>
#include <linux/irq_work.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/platform_device.h>
#include <linux/reboot.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

static char *where = "";
module_param(where, charp, 0444);
MODULE_PARM_DESC(where, "init, fail, remove, exit: the stray store comes there");

static unsigned long nowhere = 24;
static unsigned long done;
module_param(done, ulong, 0444);
MODULE_PARM_DESC(done, "how often what comes behind the stray store has run");

static DEFINE_SPINLOCK(lock);
static DEFINE_MUTEX(mutex);
static DEFINE_MUTEX(going);	/* held: a violation is contained, the module is not left */
static DECLARE_COMPLETION(ran);

/* What it would be the end of: a store to a page that is not there. */
static noinline void stray_store(void)
{
	*(unsigned long *)READ_ONCE(nowhere) = 0;
	done++;
}

static noinline unsigned long *stray_load(void)
{
	return *(unsigned long **)READ_ONCE(nowhere);
}

static int notified(struct notifier_block *nb, unsigned long event, void *data)
{
	stray_store();
	return NOTIFY_OK;
}

static struct notifier_block notifiers[2] = {
	{ .notifier_call = notified }, { .notifier_call = notified },
};

static RAW_NOTIFIER_HEAD(chain);

static void in_timer(struct timer_list *t)
{
	stray_store();
	complete(&ran);
}

static enum hrtimer_restart in_hrtimer(struct hrtimer *t)
{
	stray_store();
	complete(&ran);
	return HRTIMER_NORESTART;
}

static void in_work(struct work_struct *w)
{
	stray_store();
	complete(&ran);
}

static void in_irq_work(struct irq_work *w)
{
	stray_store();
	complete(&ran);
}

static void in_rcu(struct rcu_head *head)
{
	stray_store();
	complete(&ran);
}

static int in_thread(void *data)
{
	stray_store();
	complete(&ran);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ);
	return 0;
}

/* Waits for what never comes: zeros are all that it reads. */
static int in_circles(void *data)
{
	while (!READ_ONCE(*(unsigned long *)READ_ONCE(nowhere)))
		;
	return 0;
}

static DEFINE_TIMER(timer, in_timer);
static struct hrtimer hrtimer;
static DECLARE_WORK(work, in_work);
static struct irq_work irq_work = IRQ_WORK_INIT_HARD(in_irq_work);
static struct rcu_head rcu;

static void go_thread(int (*fn)(void *))
{
	struct task_struct *t = kthread_create(fn, NULL, "aftermath");

	if (IS_ERR(t))
		return;
	get_task_struct(t);
	wake_up_process(t);
	if (fn == in_thread)
		wait_for_completion(&ran);
	kthread_stop(t);
	put_task_struct(t);
}

static void go_locked(void)
{
	mutex_lock(&mutex);
	spin_lock_bh(&lock);
	rcu_read_lock();
	stray_store();
	rcu_read_unlock();
	spin_unlock_bh(&lock);
	mutex_unlock(&mutex);
}

static void go_irqs_off(void)
{
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	stray_store();
	spin_unlock_irqrestore(&lock, flags);
}

static void go_notifier(void)
{
	raw_notifier_chain_register(&chain, &notifiers[0]);
	raw_notifier_call_chain(&chain, 0, NULL);
	raw_notifier_chain_unregister(&chain, &notifiers[0]);
}

/* Nothing that a check sees: the kernel is handed an object of the module's with rubbish in it. */
static void go_oops(void)
{
	static struct notifier_block rubbish;

	rubbish.notifier_call = (notifier_fn_t)READ_ONCE(nowhere);
	raw_notifier_chain_register(&chain, &rubbish);
	raw_notifier_call_chain(&chain, 0, NULL);
}

/* Pointers that were read where nothing is to be read: they are not freed. */
static void go_free(void)
{
	unsigned long *sink = stray_load();
	struct page *page;

	kfree(sink + 1);
	free_pages((unsigned long)(sink + 512), 2);
	page = alloc_pages(GFP_KERNEL, 0);
	__free_pages(page, 0);
	__free_pages(page, 0);		/* once too often */
	kfree(page);
	done++;
}

/* More than there is room for in a sink, into the void. */
static void go_copy(const char __user *buf)
{
	pagefault_disable();
	done += __copy_from_user_inatomic((void *)READ_ONCE(nowhere), buf, SZ_64K) == SZ_64K;
	pagefault_enable();
}

/* It has a result that is an error and nothing else: it fails, and its caller goes on. */
static noinline blk_status_t may_fail(void)
{
	*(unsigned long *)READ_ONCE(nowhere) = 0;
	done += 10;
	return BLK_STS_OK;
}

static void go_fails(void)
{
	if (may_fail() == BLK_STS_IOERR)
		done++;
}

/* Directly called by what is work, and nothing is held. */
static noinline void go_leave(void)
{
	unsigned long *p = stray_load();

	/* A zero is what it would have loaded. */
	WRITE_ONCE(*p, *p + 1);
	done++;
	wake_up((struct wait_queue_head *)p);
}

/* What no kernel function should be given; again nothing is held. */
static noinline void go_leave_call(void)
{
	wake_up((struct wait_queue_head *)READ_ONCE(nowhere));
	done++;
}

static int go(const char *val, const struct kernel_param *kp)
{
	static const struct { const char *name; void (*fn)(void); } direct[] = {
		{ "task", stray_store }, { "locked", go_locked }, { "irqs_off", go_irqs_off },
		{ "notifier", go_notifier }, { "free", go_free },
		{ "oops", go_oops }, { "fails", go_fails },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(direct); i++)
		if (sysfs_streq(val, direct[i].name)) {
			mutex_lock(&going);
			direct[i].fn();
			mutex_unlock(&going);
			return 0;
		}
	if (sysfs_streq(val, "leave")) {
		go_leave();
		return 0;
	}
	if (sysfs_streq(val, "leave_call")) {
		go_leave_call();
		return 0;
	}
	reinit_completion(&ran);
	if (sysfs_streq(val, "thread")) {
		go_thread(in_thread);
		return 0;
	}
	if (sysfs_streq(val, "circles")) {
		go_thread(in_circles);
		return 0;
	}
	if (sysfs_streq(val, "copy")) {
		go_copy((const char __user *)val);
		return 0;
	}
	if (sysfs_streq(val, "timer"))
		mod_timer(&timer, jiffies + 1);
	else if (sysfs_streq(val, "hrtimer"))
		hrtimer_start(&hrtimer, ms_to_ktime(1), HRTIMER_MODE_REL_HARD);
	else if (sysfs_streq(val, "work"))
		schedule_work(&work);
	else if (sysfs_streq(val, "hardirq"))
		irq_work_queue(&irq_work);
	else if (sysfs_streq(val, "rcu"))
		call_rcu(&rcu, in_rcu);
	else
		return -EINVAL;
	wait_for_completion(&ran);
	return 0;
}

static const struct kernel_param_ops go_ops = { .set = go };
module_param_cb(go, &go_ops, NULL, 0200);
MODULE_PARM_DESC(go, "where the stray store is to come, now");

static int probe(struct platform_device *pdev)
{
	return register_reboot_notifier(&notifiers[pdev->id]);
}

static void remove(struct platform_device *pdev)
{
	if (!strcmp(where, "remove") && pdev->id == 0)
		stray_store();
	unregister_reboot_notifier(&notifiers[pdev->id]);
}

static struct platform_driver driver = {
	.probe = probe, .remove = remove, .driver.name = "aftermath",
};

static struct platform_device *devices[2];

static void remove_all(void)
{
	int i;

	for (i = 0; i < 2; i++)
		platform_device_unregister(devices[i]);
	platform_driver_unregister(&driver);
}

static int __init aftermath_init(void)
{
	int i, err;

	hrtimer_init(&hrtimer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	hrtimer.function = in_hrtimer;
	err = platform_driver_register(&driver);
	if (err)
		return err;
	for (i = 0; i < 2; i++)
		devices[i] = platform_device_register_simple("aftermath", i, NULL, 0);
	if (!strcmp(where, "init") || !strcmp(where, "fail"))
		stray_store();
	if (strcmp(where, "fail"))
		return 0;
	/* What comes next does not work out. */
	remove_all();
	return -ENODEV;
}
module_init(aftermath_init);

static void __exit aftermath_exit(void)
{
	if (!strcmp(where, "exit"))
		stray_store();
	timer_delete_sync(&timer);
	hrtimer_cancel(&hrtimer);
	cancel_work_sync(&work);
	irq_work_sync(&irq_work);
	rcu_barrier();
	remove_all();
}
module_exit(aftermath_exit);

MODULE_DESCRIPTION("modbounds: a stray store in each context");
MODULE_LICENSE("GPL");
