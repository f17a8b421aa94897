// SPDX-License-Identifier: GPL-2.0
/*
 * Packets: a driver's net_device with its private area, and what it receives
 * into.  Most of what a network driver touches for each packet, so it comes
 * from the driver's arena.
 *
 * The kernel keeps free page fragments and packet heads for each CPU, and hands
 * them to all; a domain has its own, used in the same way.  What the stack has
 * done with goes back to where it came from.
 */
#include <linux/etherdevice.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <net/busy_poll.h>
#include <net/dst.h>
#include <net/gro.h>
#include <net/hotdata.h>
#include <net/sock.h>

#include "internal.h"

#define WRAPPED MODBOUNDS_WRAP
#define ENTRY MODBOUNDS_ENTRY

#define HEADS_BULK	16
#define HEAD_BUCKET	__kmalloc_index(sizeof(struct sk_buff), false)

static bool in_irq_section(void)
{
	return in_hardirq() || irqs_disabled();
}

static void *get_head(struct modbounds_domain *d)
{
	struct modbounds_packets *packets = this_cpu_ptr(d->packets);
	void *skb;

	/* Slabs come from the arena, whoever asks: see alloc_slab_page(). */
	if (unlikely(!packets->count)) {
		packets->count = kmem_cache_alloc_bulk(d->buckets.cache[HEAD_BUCKET],
						       GFP_ATOMIC | __GFP_NOWARN,
						       HEADS_BULK, packets->head);
		if (!packets->count)
			return NULL;
	}
	skb = packets->head[--packets->count];
	modbounds_object_again(skb, d->buckets.cache[HEAD_BUCKET]);
	kasan_mempool_unpoison_object(skb, sizeof(struct sk_buff));
	return skb;
}

/* See modbounds_skb_put(). */
bool __modbounds_skb_put(void *skb)
{
	struct modbounds_packets *packets;
	struct modbounds_arena *arena;
	struct modbounds_domain *d;

	rcu_read_lock();	/* see modbounds_arena_of_pfn() */
	arena = modbounds_arena_of((unsigned long)skb);
	if (!arena) {
		rcu_read_unlock();
		return false;
	}
	d = container_of(arena, struct modbounds_domain, arena);
	packets = this_cpu_ptr(d->packets);
	/* No module: somebody drains what is put aside, see modbounds_packets_drain(). */
	if (unlikely(packets->count == ARRAY_SIZE(packets->head) || !READ_ONCE(d->mod))) {
		kmem_cache_free(net_hotdata.skbuff_cache, skb);
	} else if (kasan_mempool_poison_object(skb)) {
		modbounds_object_aside(skb, d->buckets.cache[HEAD_BUCKET]);
		packets->head[packets->count++] = skb;
	}
	rcu_read_unlock();
	return true;
}

/**
 * modbounds_packets_drain - free what was put aside for a domain
 * @d: one whose module is gone, for long enough that everybody knows
 *
 * Context: may sleep.
 */
void modbounds_packets_drain(struct modbounds_domain *d)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct modbounds_packets *packets = per_cpu_ptr(d->packets, cpu);

		page_frag_cache_drain(&packets->bh);
		page_frag_cache_drain(&packets->irq);
		while (packets->count) {
			void *skb = packets->head[--packets->count];

			kasan_mempool_unpoison_object(skb, sizeof(struct sk_buff));
			kmem_cache_free(net_hotdata.skbuff_cache, skb);
		}
	}
}

/*
 * Whose arena is a packet to be in that goes to a device?  The driver's that sends
 * it: a net_device lies in the arena of the driver that made it.  A quarter of the
 * arena is left for what the driver allocates itself.  Held until
 * __modbounds_put_sender(), for whoever allocates may sleep meanwhile, and the
 * driver go.
 *
 * RCU keeps the device, and so the arena; modbounds_domain_destroy() waits for
 * those who have seen a module.
 */
static struct modbounds_domain *get_sender(const struct net_device *dev)
{
	unsigned long addr = (unsigned long)dev;
	struct modbounds_arena *arena;
	struct modbounds_domain *d;

	if (!modbounds_is_linear(addr))
		return NULL;
	arena = modbounds_arena_of(addr);
	if (!arena || atomic_long_read(&arena->pages_used) > arena->size / PAGE_SIZE / 4 * 3)
		return NULL;
	d = container_of(arena, struct modbounds_domain, arena);
	if (unlikely(!READ_ONCE(d->mod)))
		return NULL;
	modbounds_count(d, senders);
	return d;
}

/* See modbounds_alloc_begin_device(). */
struct modbounds_domain *__modbounds_get_sender(const struct net_device *dev)
{
	struct modbounds_domain *d;

	rcu_read_lock();
	d = get_sender(dev);
	rcu_read_unlock();
	return d;
}
EXPORT_SYMBOL_GPL(__modbounds_get_sender);

/* See modbounds_alloc_begin_route(). */
struct modbounds_domain *__modbounds_get_route_sender(const struct dst_entry *dst)
{
	struct modbounds_domain *d = NULL;

	rcu_read_lock();
	if (dst)
		d = get_sender(READ_ONCE(dst->dev));
	rcu_read_unlock();
	return d;
}
EXPORT_SYMBOL_GPL(__modbounds_get_route_sender);

/* See modbounds_alloc_end_sender(). */
void __modbounds_put_sender(struct modbounds_domain *d)
{
	this_cpu_dec(d->stats->senders);
}
EXPORT_SYMBOL_GPL(__modbounds_put_sender);

WRAPPED(struct net_device *, alloc_etherdev_mqs, (int size, unsigned int tx, unsigned int rx),
	(size, tx, rx))
WRAPPED(struct net_device *, alloc_netdev_mqs,
	(int size, const char *name, unsigned char type, void (*setup)(struct net_device *),
	 unsigned int tx, unsigned int rx), (size, name, type, setup, tx, rx))
WRAPPED(struct sk_buff *, __alloc_skb, (unsigned int size, gfp_t gfp, int flags, int node),
	(size, gfp, flags, node))
WRAPPED(struct sk_buff *, build_skb, (void *data, unsigned int size), (data, size))

static void *get_frag(struct modbounds_domain *d, struct page_frag_cache *frags,
		      unsigned int size, gfp_t gfp, unsigned int align_mask)
{
	struct modbounds_alloc prev;
	void *data;

	size = SKB_DATA_ALIGN(size);
	if (likely(frags->va && frags->offset >= size))
		return __page_frag_alloc_align(frags, size, gfp, align_mask);
	prev = modbounds_alloc_begin(d);
	data = __page_frag_alloc_align(frags, size, gfp, align_mask);
	modbounds_alloc_end(prev);
	return data;
}

/* What a packet to receive may use: that by which memory is freed, where that goes by a network. */
static gfp_t rx_gfp(void)
{
	return GFP_ATOMIC | __GFP_NOWARN | (sk_memalloc_socks() ? __GFP_MEMALLOC : 0);
}

/* Once for each packet: without WRAPPED's detour where nothing needs to be allocated. */
static struct sk_buff *build_head(struct modbounds_domain *d, void *data, unsigned int size)
{
	struct sk_buff *skb = get_head(d);

	if (unlikely(!skb))
		return NULL;
	memset(skb, 0, offsetof(struct sk_buff, tail));
	return build_skb_around(skb, data, size);
}

static struct sk_buff *wrap_napi_build_skb(void *data, unsigned int size)
{
	struct modbounds_domain *d = modbounds_running_domain();

	return d == &modbounds_nobody ? napi_build_skb(data, size) : build_head(d, data, size);
}

static struct sk_buff *wrap_napi_alloc_skb(struct napi_struct *napi, unsigned int len)
{
	struct modbounds_domain *d = modbounds_running_domain();
	const unsigned int room = NET_SKB_PAD + NET_IP_ALIGN;
	unsigned int size = SKB_HEAD_ALIGN(len + room);
	struct modbounds_alloc prev;
	struct sk_buff *skb;
	void *data;

	if (d == &modbounds_nobody || size > PAGE_SIZE) {
		prev = modbounds_alloc_begin_running();
		skb = napi_alloc_skb(napi, len);
		modbounds_alloc_end(prev);
		return skb;
	}
	data = get_frag(d, &this_cpu_ptr(d->packets)->bh, size, rx_gfp(), ~0u);
	if (unlikely(!data))
		return NULL;
	skb = build_head(d, data, size);
	if (unlikely(!skb)) {
		skb_free_frag(data);
		return NULL;
	}
	skb_reserve(skb, room);
	skb->dev = napi->dev;
	return skb;
}

static void *wrap___napi_alloc_frag_align(unsigned int size, unsigned int align_mask)
{
	struct modbounds_domain *d = modbounds_running_domain();

	if (d == &modbounds_nobody)
		return __napi_alloc_frag_align(size, align_mask);
	return get_frag(d, &this_cpu_ptr(d->packets)->bh, size, GFP_ATOMIC | __GFP_NOWARN,
			align_mask);
}

static void *get_netdev_frag(struct modbounds_domain *d, unsigned int size, gfp_t gfp,
			     unsigned int align_mask)
{
	void *data;

	if (in_irq_section())
		return get_frag(d, &this_cpu_ptr(d->packets)->irq, size, gfp, align_mask);
	/* NAPI polls: nobody comes in between as it is. */
	if (softirq_count())
		return get_frag(d, &this_cpu_ptr(d->packets)->bh, size, gfp, align_mask);
	local_bh_disable();
	data = get_frag(d, &this_cpu_ptr(d->packets)->bh, size, gfp, align_mask);
	local_bh_enable();
	return data;
}

static void *wrap___netdev_alloc_frag_align(unsigned int size, unsigned int align_mask)
{
	struct modbounds_domain *d = modbounds_running_domain();

	if (d == &modbounds_nobody)
		return __netdev_alloc_frag_align(size, align_mask);
	return get_netdev_frag(d, size, GFP_ATOMIC | __GFP_NOWARN, align_mask);
}

/*
 * Where more than half of the arena is in use, a buffer as large as a frame comes from a
 * bucket: it waits in a ring until it is used, and as a fragment would keep eight pages
 * meanwhile.  Not before: the stack merges fragments more cheaply.
 */
static void *get_buffer(struct modbounds_domain *d, unsigned int *size)
{
	struct kmem_cache *s = d->buckets.cache[__kmalloc_index(*size, false)];
	void *data;

	if (*size <= SZ_1K ||
	    atomic_long_read(&d->arena.pages_used) <= d->arena.size / PAGE_SIZE / 2)
		return NULL;
	data = kmem_cache_alloc(s, GFP_ATOMIC | __GFP_NOMEMALLOC | __GFP_NOWARN);
	if (likely(data))
		*size = kmem_cache_size(s);
	return data;
}

/*
 * The kernel's fragments are all drivers': what it would take from there, and
 * small packets too, is the domain's own; the rest is kmalloc()'s.
 */
static struct sk_buff *wrap___netdev_alloc_skb(struct net_device *dev, unsigned int len, gfp_t gfp)
{
	struct modbounds_alloc prev = modbounds_alloc_begin_running();
	unsigned int size = SKB_HEAD_ALIGN(len + NET_SKB_PAD);
	struct modbounds_domain *d = modbounds_running_domain();
	struct sk_buff *skb;
	void *data, *buffer;

	if (d == &modbounds_nobody || size > PAGE_SIZE || gfp & (__GFP_DIRECT_RECLAIM | GFP_DMA)) {
		skb = __netdev_alloc_skb(dev, len, gfp);
		goto out;
	}
	buffer = get_buffer(d, &size);
	data = buffer ?: get_netdev_frag(d, size, rx_gfp(), ~0u);
	if (unlikely(!data))
		skb = NULL;
	else if (softirq_count() && !in_irq_section())
		skb = build_head(d, data, size);	/* those put aside are the softirq's */
	else
		skb = build_skb(data, size);
	if (likely(skb)) {
		skb->head_frag = !buffer;
		skb_reserve(skb, NET_SKB_PAD);
		skb->dev = dev;
	} else if (data && !buffer) {
		skb_free_frag(data);
	} else {
		kfree(buffer);
	}
out:
	modbounds_alloc_end(prev);
	return skb;
}

static struct sk_buff *wrap_napi_get_frags(struct napi_struct *napi)
{
	if (!napi->skb) {
		napi->skb = wrap_napi_alloc_skb(napi, GRO_MAX_HEAD);
		if (napi->skb)
			skb_mark_napi_id(napi->skb, napi);
	}
	return napi->skb;
}

/* Fragments of the module's own; those of a task or a socket are shared. */
static bool wrap_skb_page_frag_refill(unsigned int size, struct page_frag *frag, gfp_t gfp)
{
	struct modbounds_domain *d = modbounds_running_domain();
	struct modbounds_alloc prev;
	bool ret;

	if (!modbounds_arena_owns(&d->arena, (unsigned long)frag))
		d = NULL;
	prev = modbounds_alloc_begin(d);
	ret = skb_page_frag_refill(size, frag, gfp);
	modbounds_alloc_end(prev);
	return ret;
}

/*
 * A length that a packet has no room for is a module's mistake (or that of its device, which
 * it has believed); the stack would stop the machine for it.
 */
static bool refuses(const void *at, unsigned long ip)
{
	return modbounds_refuses_call(at, MODBOUNDS_BAD_RANGE, ip);
}

static void *wrap_skb_put(struct sk_buff *skb, unsigned int len)
{
	if (unlikely(skb_is_nonlinear(skb) || len > skb_tailroom(skb)) &&
	    refuses(skb_tail_pointer(skb), _RET_IP_))
		return modbounds_acting_domain(_RET_IP_)->sink;
	return skb_put(skb, len);
}

static void *wrap_skb_push(struct sk_buff *skb, unsigned int len)
{
	if (unlikely(len > skb_headroom(skb)) && refuses(skb->data - len, _RET_IP_))
		return modbounds_acting_domain(_RET_IP_)->sink;
	return skb_push(skb, len);
}

static void *wrap_skb_pull(struct sk_buff *skb, unsigned int len)
{
	if (unlikely(len > skb_headlen(skb) && len <= skb->len) &&
	    refuses(skb->data, _RET_IP_))
		return NULL;
	return skb_pull(skb, len);
}

/* What the loader looks symbols up in; ends with an empty entry. */
const struct modbounds_wrapper modbounds_net_wrappers[] = {
	ENTRY(alloc_etherdev_mqs),
	ENTRY(alloc_netdev_mqs),
	ENTRY(__alloc_skb),
	ENTRY(__netdev_alloc_skb),
	ENTRY(napi_alloc_skb),
	ENTRY(napi_get_frags),
	ENTRY(build_skb),
	ENTRY(napi_build_skb),
	ENTRY(__netdev_alloc_frag_align),
	ENTRY(__napi_alloc_frag_align),
	ENTRY(skb_page_frag_refill),
	ENTRY(skb_put),
	ENTRY(skb_push),
	ENTRY(skb_pull),
	{ }
};
