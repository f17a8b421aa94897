// SPDX-License-Identifier: GPL-2.0
/*
 * What gates do when the domain is quarantined.  Work does not happen: an error of the
 * type comes back, or the runtime does what its caller needs.  All else runs; so does
 * what is work in one table and is not in another.
 *
 * expect: open=-5 read=-5 poll=8 fault=2 map=4 open_later=-5 show=-5 features=0 void=0
 * expect: irq=1 tx=0 napi=0 stats=1 bio=0
 * expect: worked=0
 * expect: release=1 stop=1 start=1 unknown=1 both=1 notify=1 exported=1 timer=0 other=1 structure=2
 * expect: ran=11
 * log: ^refuse_irq 1 1
 * log: ^refuse_xmit 1 1
 * log: ^refuse_napi 1 64
 * log: ^refuse_get_stats 1
 * log: ^refuse_submit_bio 1
 * log: ^refuse_queue_rqs 1
 */
#include "../rt.h"

typedef unsigned char blk_status_t;
typedef unsigned int vm_fault_t;
typedef enum irqreturn { IRQ_NONE, IRQ_HANDLED } irqreturn_t;
typedef enum netdev_tx { NETDEV_TX_OK, NETDEV_TX_BUSY = 0x10 } netdev_tx_t;
struct sk_buff { int x; };
struct napi_struct { int x; };
struct notifier_block { int (*notifier_call)(struct notifier_block *nb, long event); };
struct big { long v[6]; };

struct file_operations {
	int (*open)(void *f);
	long (*read)(void *f);
	unsigned int (*poll)(void *f);
	int (*release)(void *f);
	int (*mmap)(void *f);
};

struct vm_operations_struct { vm_fault_t (*fault)(void *vmf); };
struct target_type { int (*map)(void *bio); };
struct block_device_operations { void (*submit_bio)(void *bio); };
struct blk_mq_ops { void (*queue_rqs)(void *list); };
struct device_attribute { struct { int mode; } attr; long (*show)(void *dev); };
struct virtqueue_info { const char *name; void (*callback)(void *vq); };
struct seq_operations { void *(*start)(void *m); int (*show)(void *m); };
struct private_operations { int (*f)(void *x); struct big (*structure)(void); };

struct net_device_ops {
	int (*ndo_stop)(void *dev);
	netdev_tx_t (*ndo_start_xmit)(struct sk_buff *skb, void *dev);
	void *(*ndo_get_stats)(void *dev);
	void (*ndo_set_rx_mode)(void *dev);
	unsigned int (*ndo_select_queue)(void *dev);
};

static int worked, ran;

static int f_open(void *f) { worked++; return 1; }
static long f_read(void *f) { worked++; return 1; }
static unsigned int f_poll(void *f) { worked++; return 1; }
static int f_release(void *f) { ran++; return 1; }
static vm_fault_t f_fault(void *vmf) { worked++; return 0; }
static int f_map(void *bio) { worked++; return 0; }
static void f_bio(void *bio) { worked++; }
static void f_queue_rqs(void *list) { worked++; }
static long f_show(void *dev) { worked++; return 1; }
static void *f_start(void *m) { ran++; return m; }
static int f_unknown(void *x) { ran++; return 1; }
static int f_both(void *x) { ran++; return 1; }
static int f_later(void *f) { worked++; return 1; }
static int f_stop(void *dev) { ran++; return 1; }
static netdev_tx_t f_tx(struct sk_buff *skb, void *dev) { worked++; return NETDEV_TX_BUSY; }
static void *f_stats(void *dev) { worked++; return 0; }
static void f_rx_mode(void *dev) { worked++; }
static unsigned int f_queue(void *dev) { worked++; return 1; }
static struct big f_structure(void) { struct big b = { { 1, 2, 3 } }; ran++; return b; }
static int f_notify(struct notifier_block *nb, long event) { ran++; return 1; }
irqreturn_t f_irq(int irq, void *data) { worked++; return IRQ_HANDLED; }
int f_napi(struct napi_struct *napi, int budget) { worked++; return budget; }
int f_exported(void) { ran++; return 1; }
/* Of the type of an operation, but none */
irqreturn_t f_other(void *data) { ran++; return IRQ_HANDLED; }
static void f_timer(void *t) { ran++; }
static void f_callback(void *vq) { ran++; }

static struct file_operations file = {
	.open = f_open, .read = f_read, .poll = f_poll, .release = f_release, .mmap = f_both,
};
static const struct vm_operations_struct vm = { .fault = f_fault };
static struct target_type target = { .map = f_map };
static struct block_device_operations block = { .submit_bio = f_bio };
static struct blk_mq_ops queue = { .queue_rqs = f_queue_rqs };
static struct device_attribute attributes[] = { { { 0400 }, f_show } };
static struct seq_operations seq = { .start = f_start };
static struct private_operations private[] = { { f_unknown }, { f_both, f_structure } };
static struct notifier_block notifier = { f_notify };
static struct virtqueue_info input = { "input", f_callback };
static const struct net_device_ops net = {
	.ndo_stop = f_stop, .ndo_start_xmit = f_tx, .ndo_get_stats = f_stats,
	.ndo_set_rx_mode = f_rx_mode, .ndo_select_queue = f_queue,
};
static struct file_operations later;

irqreturn_t (*volatile p_irq)(int, void *) = f_irq;
int (*volatile p_napi)(struct napi_struct *, int) = f_napi;
int (*volatile p_exported)(void) = f_exported;
irqreturn_t (*volatile p_other)(void *) = f_other;
void (*volatile p_timer)(void *) = f_timer;

noipa static void set_up(struct file_operations *ops)
{
	ops->open = f_later;
}

/* Nothing here is to be known to GCC. */
#define OPS(p) ({ typeof(p) p_ = (p); asm("" : "+r" (p_)); p_; })

void test(void)
{
	struct big b;

	set_up(&later);
	rt_refuse = 1;
	rt_note("open", OPS(&file)->open(&ran));
	rt_note("read", OPS(&file)->read(&ran));
	rt_note("poll", OPS(&file)->poll(&ran));
	rt_note("fault", OPS(&vm)->fault(&ran));
	rt_note("map", OPS(&target)->map(&ran));
	rt_note("open_later", OPS(&later)->open(&ran));
	rt_note("show", OPS(&attributes[0])->show(&ran));
	rt_note("features", OPS(&net)->ndo_select_queue(&ran));
	OPS(&net)->ndo_set_rx_mode(&ran);
	rt_note("void", 0);
	rt_note("irq", p_irq(1, &ran));
	rt_note("tx", OPS(&net)->ndo_start_xmit((struct sk_buff *)&ran, &ran));
	rt_note("napi", p_napi((struct napi_struct *)&ran, 64));
	rt_note("stats", OPS(&net)->ndo_get_stats(&ran) == &ran);
	OPS(&block)->submit_bio(&ran);
	OPS(&queue)->queue_rqs(&ran);
	rt_note("bio", 0);
	rt_note("worked", worked);
	rt_note("release", OPS(&file)->release(&ran));
	rt_note("stop", OPS(&net)->ndo_stop(&ran));
	rt_note("start", OPS(&seq)->start(&ran) == &ran);
	rt_note("unknown", OPS(&private[0])->f(&ran));
	rt_note("both", OPS(&file)->mmap(&ran));
	rt_note("notify", OPS(&notifier)->notifier_call(&notifier, 1));
	rt_note("exported", p_exported());
	p_timer(&ran);
	OPS(&input)->callback(&ran);
	rt_note("timer", 0);
	rt_note("other", p_other(&ran));
	b = OPS(&private[1])->structure();
	rt_note("structure", b.v[1]);
	rt_note("ran", ran);
	rt_refuse = 0;
}
