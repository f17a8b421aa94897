// SPDX-License-Identifier: GPL-2.0
/* Where a module's own allocations come from. */
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

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
	struct sk_buff *skb[3], *other[64];
	void *data;
	int i;

	KUNIT_ASSERT_TRUE(test, alloc_frag && build && alloc);
	local_bh_disable();
	enter(d, &a);
	data = alloc_frag(2048, ~0u);
	skb[0] = build(data, 2048);
	skb[1] = alloc(NULL, 64, GFP_ATOMIC);
	skb[2] = alloc(NULL, 1500, GFP_ATOMIC);
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
#endif

static struct kunit_case arena_cases[] = {
#ifdef CONFIG_NET
	KUNIT_CASE(arena_packets),
#endif
	KUNIT_CASE(arena_serves),
	KUNIT_CASE(arena_vfree),
	KUNIT_CASE(arena_not_for_percpu),
	KUNIT_CASE(arena_exhausted),
	KUNIT_CASE(arena_leaks),
	{ }
};

MODBOUNDS_TEST_SUITE(arena, arena_cases);
