// SPDX-License-Identifier: GPL-2.0
/* Where a module's own allocations come from. */
#include <linux/etherdevice.h>
#include <linux/mm.h>
#include <linux/netdevice.h>
#include <linux/percpu.h>
#include <linux/sched/mm.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <net/dst.h>
#include <net/net_namespace.h>

#include "modbounds_test.h"

static void arena_serves(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	struct modbounds_alloc prev;
	char *small, *large, *page, *other;
	long slab;

	KUNIT_ASSERT_GT(test, d->arena.size, 0);
	prev = modbounds_alloc_begin(d);
	small = kmalloc(100, GFP_KERNEL);
	large = kmalloc(3 * PAGE_SIZE, GFP_KERNEL);
	page = (char *)__get_free_page(GFP_KERNEL | __GFP_ZERO);
	modbounds_alloc_end(prev);
	other = kmalloc(100, GFP_KERNEL);
	KUNIT_EXPECT_TRUE(test, modbounds_arena_owns(&d->arena, (unsigned long)small));
	KUNIT_EXPECT_TRUE(test, modbounds_arena_owns(&d->arena, (unsigned long)large));
	KUNIT_EXPECT_TRUE(test, modbounds_arena_owns(&d->arena, (unsigned long)page));
	KUNIT_EXPECT_FALSE(test, modbounds_arena_owns(&d->arena, (unsigned long)other));
	KUNIT_EXPECT_NULL(test, memchr_inv(page, 0, PAGE_SIZE));
	kfree(other);
	kfree(large);
	free_page((unsigned long)page);
	slab = folio_nr_pages(virt_to_folio(small));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&d->arena.pages_used), slab);
	kfree(small);
	KUNIT_EXPECT_TRUE(test, modbounds_caches_destroy(d));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&d->arena.pages_used), 0);
}

/* vfree() of what stands for a vmalloc area, and of a real one, by anybody */
static void arena_vfree(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	struct modbounds_alloc prev = modbounds_alloc_begin(d);
	char *p = kmalloc(3 * PAGE_SIZE, GFP_KERNEL), *q;

	modbounds_alloc_end(prev);
	q = vmalloc(PAGE_SIZE);
	KUNIT_ASSERT_TRUE(test, modbounds_arena_owns(&d->arena, (unsigned long)p));
	vfree(p);
	vfree(q);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&d->arena.pages_used), 0);
}

/* What the per-CPU allocator takes for itself, it shares with others. */
static void arena_not_for_percpu(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	void __percpu *p[8];
	struct modbounds_alloc prev;
	int i;

	prev = modbounds_alloc_begin(d);
	for (i = 0; i < ARRAY_SIZE(p); i++)
		p[i] = __alloc_percpu(16384, 8);
	modbounds_alloc_end(prev);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&d->arena.pages_used), 0);
	for (i = 0; i < ARRAY_SIZE(p); i++)
		free_percpu(p[i]);
}

/* Who must find memory first works for all: what it allocates meanwhile is no module's. */
static void arena_not_for_reclaim(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	struct modbounds_alloc prev = modbounds_alloc_begin(d);
	unsigned int flags = memalloc_noreclaim_save();
	char *small = kmalloc(100, GFP_KERNEL);
	char *page = (char *)__get_free_page(GFP_KERNEL);

	memalloc_noreclaim_restore(flags);
	modbounds_alloc_end(prev);
	KUNIT_EXPECT_FALSE(test, modbounds_arena_owns(&d->arena, (unsigned long)small));
	KUNIT_EXPECT_FALSE(test, modbounds_arena_owns(&d->arena, (unsigned long)page));
	free_page((unsigned long)page);
	kfree(small);
}

static void arena_exhausted(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	unsigned long *list = NULL, *p, n = 0;
	struct modbounds_alloc prev = modbounds_alloc_begin(d);

	do {
		p = (unsigned long *)__get_free_page(GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, p);
		*p = (unsigned long)list;
		list = p;
		n++;
	} while (modbounds_arena_owns(&d->arena, (unsigned long)p));
	modbounds_alloc_end(prev);
	/* all but the guards */
	KUNIT_EXPECT_EQ(test, n - 1, modbounds_arena_room(&d->arena) / PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, STAT(d, arena_full), 1);
	while ((p = list)) {
		list = (unsigned long *)*p;
		free_page((unsigned long)p);
	}
	KUNIT_EXPECT_EQ(test, atomic_long_read(&d->arena.pages_used), 0);
}

/* One object that stays keeps no more than its page; that comes home in the end. */
static void arena_given_back(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	struct modbounds_arena *arena = &d->arena;
	struct modbounds_alloc prev = modbounds_alloc_begin(d);
	unsigned long kept = __get_free_page(GFP_KERNEL), spare = __get_free_page(GFP_KERNEL);

	modbounds_alloc_end(prev);
	KUNIT_ASSERT_TRUE(test, modbounds_arena_owns(arena, kept));
	KUNIT_ASSERT_TRUE(test, modbounds_arena_owns(arena, spare));
	free_page(spare);
	modbounds_arena_give_back(arena);
	KUNIT_ASSERT_NOT_NULL(test, arena->given);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(arena->pool), 0);
	KUNIT_EXPECT_TRUE(test, test_bit((spare - arena->base) / PAGE_SIZE, arena->given));
	KUNIT_EXPECT_FALSE(test, test_bit((kept - arena->base) / PAGE_SIZE, arena->given));
	/* Not the arena's, whoever has it by now and frees it. */
	KUNIT_EXPECT_FALSE(test, __modbounds_pages_freed(virt_to_page((void *)spare), 0));
	free_page(kept);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(arena->pool), PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&arena->pages_used), 0);
}

/* Where an arena was, of which something is still in use, there may be another one already. */
static void arena_nested(struct kunit *test)
{
	struct modbounds_arena outer = { }, inner = { };
	struct modbounds_arena **block;
	unsigned long *given;

	KUNIT_ASSERT_EQ(test, modbounds_arena_create(&outer), 0);
	KUNIT_ASSERT_GT(test, outer.size, 0);
	block = &modbounds_blocks[page_to_pfn(virt_to_page((void *)outer.base)) >>
				  (MODBOUNDS_BLOCK_SHIFT - PAGE_SHIFT)];
	KUNIT_EXPECT_PTR_EQ(test, *block, &outer);
	/* An arena that leaves pages to the kernel that come free here. */
	given = kvmalloc(outer.size / PAGE_SIZE / BITS_PER_BYTE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, given);
	memset(given, 0xff, outer.size / PAGE_SIZE / BITS_PER_BYTE);
	inner.base = outer.base;
	inner.given = given;
	WRITE_ONCE(*block, &inner);
	modbounds_arena_destroy(&outer);
	KUNIT_EXPECT_PTR_EQ(test, *block, &inner);
	KUNIT_EXPECT_NULL(test, block[1]);
	WRITE_ONCE(*block, NULL);
	synchronize_rcu();
	kvfree(given);
}

static void arena_leaks(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	struct modbounds_alloc prev = modbounds_alloc_begin(d);
	char *p[3], *page;
	int i;

	for (i = 0; i < ARRAY_SIZE(p); i++)
		p[i] = kmalloc(100, GFP_KERNEL);
	kfree(kmalloc(1000, GFP_KERNEL));
	page = (char *)__get_free_page(GFP_KERNEL);
	modbounds_alloc_end(prev);
	KUNIT_EXPECT_EQ(test, modbounds_report_leaks(d), 3 * 128 + PAGE_SIZE);
	free_page((unsigned long)page);
	for (i = 0; i < ARRAY_SIZE(p); i++)
		kfree(p[i]);
	KUNIT_EXPECT_EQ(test, modbounds_report_leaks(d), 0);
}

#ifdef CONFIG_NET
static void *net_wrapper(const char *name)
{
	const struct modbounds_wrapper *w = modbounds_net_wrappers;

	while (w->name && strcmp(w->name, name))
		w++;
	return w->fn;
}

/* Packets to receive into are the domain's; no other driver is handed what it has freed. */
static void arena_packets(struct kunit *test)
{
	typeof(__netdev_alloc_frag_align) *alloc_frag = net_wrapper("__netdev_alloc_frag_align");
	typeof(napi_build_skb) *build = net_wrapper("napi_build_skb");
	typeof(__netdev_alloc_skb) *alloc = net_wrapper("__netdev_alloc_skb");
	struct modbounds_domain *d = test->priv;
	struct modbounds_activation a;
	struct sk_buff *skb[4], *other[64];
	void *data;
	int i;

	KUNIT_ASSERT_TRUE(test, alloc_frag && build && alloc);
	local_bh_disable();
	enter(d, &a);
	data = alloc_frag(2048, ~0u);
	skb[0] = build(data, 2048);
	skb[1] = alloc(NULL, 64, GFP_ATOMIC);
	skb[2] = alloc(NULL, 1500, GFP_ATOMIC);
	skb[3] = alloc(NULL, 500, GFP_ATOMIC);
	leave(&a);
	for (i = 0; i < ARRAY_SIZE(skb); i++) {
		KUNIT_ASSERT_NOT_NULL(test, skb[i]);
		KUNIT_EXPECT_TRUE(test, modbounds_arena_owns(&d->arena, (unsigned long)skb[i]));
		KUNIT_EXPECT_TRUE(test, modbounds_arena_owns(&d->arena,
							     (unsigned long)skb[i]->head));
	}
	napi_consume_skb(skb[0], 1);
	kfree_skb(skb[1]);
	__napi_kfree_skb(skb[2], SKB_CONSUMED);
	kfree_skb(skb[3]);
	for (i = 0; i < ARRAY_SIZE(other); i++) {
		other[i] = napi_build_skb(netdev_alloc_frag(512), 512);
		KUNIT_ASSERT_NOT_NULL(test, other[i]);
		KUNIT_EXPECT_FALSE(test, modbounds_arena_owns(&d->arena,
							      (unsigned long)other[i]));
		KUNIT_EXPECT_FALSE(test, modbounds_arena_owns(&d->arena,
							      (unsigned long)other[i]->head));
	}
	for (i = 0; i < ARRAY_SIZE(other); i++)
		napi_consume_skb(other[i], 1);
	/* As good as new: what was put aside is used again. */
	enter(d, &a);
	skb[0] = build(alloc_frag(2048, ~0u), 2048);
	leave(&a);
	KUNIT_ASSERT_NOT_NULL(test, skb[0]);
	napi_consume_skb(skb[0], 1);
	local_bh_enable();
	KUNIT_EXPECT_TRUE(test, modbounds_caches_destroy(d));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&d->arena.pages_used), 0);
}

/* What a packet has no room for: nothing happens to it. */
static void arena_packet_room(struct kunit *test)
{
	typeof(skb_put) *put = net_wrapper("skb_put");
	typeof(skb_push) *push = net_wrapper("skb_push");
	typeof(skb_pull) *pull = net_wrapper("skb_pull");
	struct sk_buff *skb = alloc_skb(100, GFP_KERNEL);
	struct modbounds_domain *d = test->priv;
	struct modbounds_activation a;
	void *much, *many, *none;
	long right, wrong;

	KUNIT_ASSERT_TRUE(test, put && push && pull);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, 10);
	enter(d, &a);
	put(skb, 60);
	push(skb, 10);
	pull(skb, 10);
	none = pull(skb, 61);		/* the stack refuses that itself */
	right = atomic_long_read(&d->violations);
	much = put(skb, 1 << 20);
	many = push(skb, 11);
	wrong = atomic_long_read(&d->violations);
	leave(&a);
	KUNIT_EXPECT_NULL(test, none);
	KUNIT_EXPECT_EQ(test, right, 0);
	KUNIT_EXPECT_EQ(test, wrong, 2);
	KUNIT_EXPECT_PTR_EQ(test, much, d->sink);
	KUNIT_EXPECT_PTR_EQ(test, many, d->sink);
	KUNIT_EXPECT_EQ(test, skb->len, 60);
	kfree_skb(skb);
}

static bool in_arena(struct modbounds_domain *d, const struct sk_buff *skb)
{
	return modbounds_arena_owns(&d->arena, (unsigned long)skb) &&
	       modbounds_arena_owns(&d->arena, (unsigned long)skb->head);
}

/*
 * Buffers that wait in a ring do not keep the memory of those that were beside them, once
 * half of the arena is in use; before, they are fragments.
 */
static void arena_ring(struct kunit *test)
{
	typeof(__netdev_alloc_skb) *alloc = net_wrapper("__netdev_alloc_skb");
	struct modbounds_domain *d = test->priv;
	const long half = d->arena.size / PAGE_SIZE / 2 + 1;
	struct sk_buff *ring[64] = { }, *skb;
	struct modbounds_activation a;
	unsigned long flags;
	int i, slot;

	KUNIT_ASSERT_NOT_NULL(test, alloc);
	enter(d, &a);
	skb = alloc(NULL, 1500, GFP_ATOMIC);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_TRUE(test, skb->head_frag);
	kfree_skb(skb);

	atomic_long_add(half, &d->arena.pages_used);
	/* Each time round, every other slot: in any context. */
	for (i = 0; i < 40 * ARRAY_SIZE(ring); i += 2) {
		slot = (i + i / ARRAY_SIZE(ring)) % ARRAY_SIZE(ring);
		kfree_skb(ring[slot]);
		if (i % 3 == 0)
			local_bh_disable();
		else if (i % 3 == 1)
			local_irq_save(flags);
		ring[slot] = alloc(NULL, 1500, GFP_ATOMIC);
		if (i % 3 == 0)
			local_bh_enable();
		else if (i % 3 == 1)
			local_irq_restore(flags);
		KUNIT_ASSERT_NOT_NULL(test, ring[slot]);
		KUNIT_EXPECT_TRUE(test, in_arena(d, ring[slot]));
		KUNIT_EXPECT_FALSE(test, ring[slot]->head_frag);
		memset(skb_put(ring[slot], 1500), 0x5a, 1500);
	}
	skb = alloc(NULL, 500, GFP_ATOMIC);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_TRUE(test, skb->head_frag);
	kfree_skb(skb);
	leave(&a);
	atomic_long_sub(half, &d->arena.pages_used);
	/* 2 KiB each, their heads, and what is put aside. */
	KUNIT_EXPECT_LT(test, atomic_long_read(&d->arena.pages_used), ARRAY_SIZE(ring));
	for (i = 0; i < ARRAY_SIZE(ring); i++)
		kfree_skb(ring[i]);
	KUNIT_EXPECT_TRUE(test, modbounds_caches_destroy(d));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&d->arena.pages_used), 0);
}

/* Is a packet allocated from the arena, as TCP's data is, and as others are? */
static bool served_since(struct kunit *test, struct modbounds_alloc prev)
{
	struct modbounds_domain *d = test->priv;
	struct sk_buff *clone = alloc_skb_fclone(100, GFP_KERNEL);
	struct sk_buff *skb = alloc_skb(100, GFP_KERNEL);
	unsigned long senders = STAT(d, senders);
	bool ret;

	modbounds_alloc_end_sender(prev);
	KUNIT_ASSERT_TRUE(test, clone && skb);
	ret = in_arena(d, skb);
	KUNIT_EXPECT_EQ(test, in_arena(d, clone), ret);
	KUNIT_EXPECT_EQ(test, senders, ret);
	KUNIT_EXPECT_EQ(test, STAT(d, senders), 0);
	kfree_skb(skb);
	kfree_skb(clone);
	return ret;
}

/* One that goes to a device, and one that takes a route there? */
static bool served(struct kunit *test, struct net_device *dev)
{
	struct dst_entry dst = { .dev = dev };
	bool ret = served_since(test, modbounds_alloc_begin_device(dev));

	KUNIT_EXPECT_EQ(test, served_since(test, modbounds_alloc_begin_route(&dst)), ret);
	return ret;
}

/* Packets to send are in the arena of the driver whose device they go to, while there is room. */
static void arena_sender(struct kunit *test)
{
	typeof(alloc_etherdev_mqs) *alloc = net_wrapper("alloc_etherdev_mqs");
	struct modbounds_domain *d = test->priv;
	struct modbounds_activation a;
	struct net_device *dev;
	struct module *mod;

	KUNIT_ASSERT_NOT_NULL(test, alloc);
	enter(d, &a);
	dev = alloc(100, 1, 1);
	leave(&a);
	KUNIT_ASSERT_NOT_NULL(test, dev);
	KUNIT_EXPECT_TRUE(test, served(test, dev));
	KUNIT_EXPECT_FALSE(test, served(test, init_net.loopback_dev));
	KUNIT_EXPECT_FALSE(test, served_since(test, modbounds_alloc_begin_route(NULL)));

	atomic_long_add(d->arena.size / PAGE_SIZE / 4 * 3, &d->arena.pages_used);
	KUNIT_EXPECT_FALSE(test, served(test, dev));
	atomic_long_sub(d->arena.size / PAGE_SIZE / 4 * 3, &d->arena.pages_used);

	/* On its way out. */
	mod = d->mod;
	WRITE_ONCE(d->mod, NULL);
	KUNIT_EXPECT_FALSE(test, served(test, dev));
	WRITE_ONCE(d->mod, mod);
	free_netdev(dev);
}
#endif

static struct kunit_case arena_cases[] = {
#ifdef CONFIG_NET
	KUNIT_CASE(arena_packets),
	KUNIT_CASE(arena_packet_room),
	KUNIT_CASE(arena_ring),
	KUNIT_CASE(arena_sender),
#endif
	KUNIT_CASE(arena_serves),
	KUNIT_CASE(arena_vfree),
	KUNIT_CASE(arena_not_for_percpu),
	KUNIT_CASE(arena_not_for_reclaim),
	KUNIT_CASE(arena_exhausted),
	KUNIT_CASE(arena_given_back),
	KUNIT_CASE(arena_leaks),
	KUNIT_CASE(arena_nested),
	{ }
};

MODBOUNDS_TEST_SUITE(arena, arena_cases);
