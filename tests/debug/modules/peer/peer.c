// SPDX-License-Identifier: GPL-2.0
/*
 * One of two modules that call each other through the kernel, from all
 * contexts, and pass objects to each other that are freed while others are
 * made.  Built as peer_a, which owns the notifier chain that both are on, and
 * as peer_b, which comes and goes.
 */
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

#define DEPTH	3
#define SLOTS	64
#define WORDS	6
/* Far longer than one visit takes an emulated processor under a debug kernel. */
#define TICK_MS	20

/* What is passed around.  Whoever gets one adds to each word. */
struct parcel {
	unsigned long words[WORDS];
	struct rcu_head rcu;
	unsigned int size;
};

#ifdef PEER_A
ATOMIC_NOTIFIER_HEAD(peer_chain);
EXPORT_SYMBOL_GPL(peer_chain);
#else
extern struct atomic_notifier_head peer_chain;
#endif

static unsigned long errors;
module_param(errors, ulong, 0444);
MODULE_PARM_DESC(errors, "parcels that came back other than they should");

static unsigned long calls;
module_param(calls, ulong, 0444);
MODULE_PARM_DESC(calls, "times that a peer was called");

static void *slots[SLOTS];
static struct task_struct *threads[NR_CPUS];
static struct hrtimer ticker;
static struct timer_list soft;
static struct work_struct work;
static struct kmem_cache *cache;

static struct parcel *pack(gfp_t gfp)
{
	unsigned int extra = get_random_u32_below(512);
	struct parcel *p = kzalloc(sizeof(*p) + extra, gfp);

	if (p)
		p->size = extra;
	return p;
}

/* Called by the kernel, on behalf of either peer; passes the parcel on. */
static int receive(struct notifier_block *nb, unsigned long depth, void *data)
{
	struct parcel *p = data;
	int i;

	WRITE_ONCE(calls, calls + 1);
	for (i = 0; i < WORDS; i++)
		p->words[i]++;
	if (depth)
		atomic_notifier_call_chain(&peer_chain, depth - 1, p);
	return NOTIFY_OK;
}

static struct notifier_block receiver = { .notifier_call = receive };

static void unpack(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct parcel, rcu));
}

/* Each word has seen the same visits, at least one, whoever was there. */
static void send(gfp_t gfp, bool rcu)
{
	struct parcel *p = pack(gfp);
	int i;

	if (!p)
		return;
	atomic_notifier_call_chain(&peer_chain, DEPTH - 1, p);
	for (i = 0; i < WORDS; i++)
		if (p->words[i] != p->words[0] || !p->words[0])
			WRITE_ONCE(errors, errors + 1);
	if (rcu)
		call_rcu(&p->rcu, unpack);
	else
		kfree(p);
}

/* What one CPU has allocated, another frees. */
static void storm(void)
{
	unsigned int n = get_random_u32_below(SLOTS);
	size_t size = 8 << get_random_u32_below(11);
	unsigned long *p, *q;

	p = kmalloc(size, GFP_KERNEL);
	if (p) {
		p[0] = size;
		p[size / sizeof(*p) - 1] = size;
	}
	q = xchg(&slots[n], p);
	if (q && q[q[0] / sizeof(*q) - 1] != q[0])
		WRITE_ONCE(errors, errors + 1);
	kfree(q);
	p = kmem_cache_alloc(cache, GFP_KERNEL);
	if (p)
		memset(p, 0x55, 96);
	kmem_cache_free(cache, p);
}

static int thread(void *unused)
{
	while (!kthread_should_stop()) {
		int i;

		for (i = 0; i < 8; i++) {
			send(GFP_KERNEL, i & 1);
			storm();
		}
		schedule_work(&work);
		usleep_range(5000, 20000);
	}
	return 0;
}

static enum hrtimer_restart tick(struct hrtimer *timer)
{
	send(GFP_ATOMIC, true);
	hrtimer_forward_now(timer, ms_to_ktime(TICK_MS));
	return HRTIMER_RESTART;
}

static void soft_tick(struct timer_list *timer)
{
	send(GFP_ATOMIC, false);
	mod_timer(timer, jiffies + msecs_to_jiffies(TICK_MS));
}

static void do_work(struct work_struct *w)
{
	send(GFP_NOIO, true);
}

static void stop(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(threads); i++)
		if (threads[i])
			kthread_stop(threads[i]);
	hrtimer_cancel(&ticker);
	timer_shutdown_sync(&soft);
	cancel_work_sync(&work);
	atomic_notifier_chain_unregister(&peer_chain, &receiver);
	rcu_barrier();
	for (i = 0; i < SLOTS; i++)
		kfree(slots[i]);
	kmem_cache_destroy(cache);
}

static int __init peer_init(void)
{
	int cpu;

	cache = kmem_cache_create(KBUILD_MODNAME, 96, 0, 0, NULL);
	if (!cache)
		return -ENOMEM;
	INIT_WORK(&work, do_work);
	timer_setup(&soft, soft_tick, 0);
	hrtimer_init(&ticker, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	ticker.function = tick;
	atomic_notifier_chain_register(&peer_chain, &receiver);
	hrtimer_start(&ticker, ms_to_ktime(TICK_MS), HRTIMER_MODE_REL_HARD);
	mod_timer(&soft, jiffies + msecs_to_jiffies(TICK_MS));
	for_each_online_cpu(cpu) {
		struct task_struct *t = kthread_create_on_cpu(thread, NULL, cpu, "peer/%u");

		if (IS_ERR(t)) {
			stop();
			return PTR_ERR(t);
		}
		threads[cpu] = t;
		wake_up_process(t);
	}
	return 0;
}
module_init(peer_init);

static void __exit peer_exit(void)
{
	stop();
}
module_exit(peer_exit);

MODULE_DESCRIPTION("modbounds: modules that call each other");
MODULE_LICENSE("GPL");
