// SPDX-License-Identifier: GPL-2.0
/* How the right to an object ends, and what nobody has a right to. */
#include <linux/bio.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "modbounds_test.h"

static DEFINE_PER_CPU(int, percpu_word);

static void end_pages(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	unsigned long p = __get_free_pages(GFP_KERNEL, 2), end = p + 4 * PAGE_SIZE;

	KUNIT_EXPECT_EQ(test, ASK_STORE(d, (void *)p, 3 * PAGE_SIZE, 8), MODBOUNDS_PASS);
	KUNIT_EXPECT_TRUE(test, modbounds_map_all(&d->map, p, end, MODBOUNDS_WRITE));
	free_pages(p, 2);
	KUNIT_EXPECT_FALSE(test, modbounds_map_any(&d->map, p, end, MODBOUNDS_WRITE));
}

static void end_vmalloc(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	char *p = vmalloc(3 * PAGE_SIZE);
	unsigned long start = (unsigned long)p;

	KUNIT_EXPECT_EQ(test, ASK_STORE(d, p, 0, 8), MODBOUNDS_PASS);
	vfree(p);
	KUNIT_EXPECT_FALSE(test, modbounds_map_any(&d->map, start, start + 3 * PAGE_SIZE,
						   MODBOUNDS_READ));
	KUNIT_EXPECT_EQ(test, ASK_LOAD(d, p, 0, 8), MODBOUNDS_WILD);
}

static void end_percpu(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	u64 __percpu *pcpu = alloc_percpu(u64);
	u64 *p = per_cpu_ptr(pcpu, 0);

	KUNIT_EXPECT_EQ(test, ASK_STORE(d, p, 0, 8), MODBOUNDS_PASS);
	KUNIT_EXPECT_TRUE(test, modbounds_map_all(&d->map, (unsigned long)p,
						  (unsigned long)(p + 1), MODBOUNDS_WRITE));
	free_percpu(pcpu);
	KUNIT_EXPECT_FALSE(test, modbounds_map_any(&d->map, (unsigned long)p,
						   (unsigned long)(p + 1), MODBOUNDS_WRITE));
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, per_cpu_ptr(&percpu_word, 0), 0, 4), MODBOUNDS_PASS);
}

/* What was freed in the time of one module may be in use by the time of the next. */
static void between_modules(struct kunit *test)
{
	struct kmem_cache *cache = kmem_cache_create("kunit", 128, 0, SLAB_NO_MERGE, NULL);
	void *p[32], *old;
	int i, n;

	KUNIT_ASSERT_NOT_NULL(test, cache);
	old = kmem_cache_alloc(cache, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, ASK_LOAD(test->priv, old, 0, 8), MODBOUNDS_PASS);
	kmem_cache_free(cache, old);
	KUNIT_EXPECT_EQ(test, ASK_LOAD(test->priv, old, 0, 8), MODBOUNDS_USE_AFTER_FREE);

	modbounds_test_exit(test);
	test->priv = NULL;
	KUNIT_ASSERT_FALSE(test, static_key_enabled(&modbounds_active));
	/* It is among these, whatever CPU we are on. */
	for (n = 0; n < ARRAY_SIZE(p); n++)
		p[n] = kmem_cache_alloc(cache, GFP_KERNEL);
	KUNIT_ASSERT_EQ(test, modbounds_test_init(test), 0);
	for (i = 0; i < n; i++)
		KUNIT_EXPECT_EQ(test, ASK_LOAD(test->priv, p[i], 0, 8), MODBOUNDS_PASS);
	for (i = 0; i < n; i++)
		kmem_cache_free(cache, p[i]);
	kmem_cache_destroy(cache);
}

/* What is freed here may be read, and its count taken, until its page is freed. */
static void end_typesafe(struct kunit *test)
{
	struct kmem_cache *s = kmem_cache_create("kunit-typesafe", 128, 0,
						 SLAB_NO_MERGE | SLAB_TYPESAFE_BY_RCU, NULL);
	struct modbounds_domain *d = test->priv;
	char *p, *other;

	KUNIT_ASSERT_NOT_NULL(test, s);
	p = kmem_cache_alloc(s, GFP_KERNEL);
	other = kmem_cache_alloc(s, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, p, 0, 8), MODBOUNDS_PASS);
	kmem_cache_free(s, p);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, p, 0, 8), MODBOUNDS_PASS);
	kmem_cache_free(s, other);
	kmem_cache_destroy(s);
	rcu_barrier();
	KUNIT_EXPECT_FALSE(test, modbounds_map_test(&d->map, (unsigned long)p, MODBOUNDS_READ));
}

#ifdef CONFIG_NET
/* The head of a packet that is put aside for the next one. */
static void end_packet(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	struct sk_buff *skb = alloc_skb(64, GFP_KERNEL), *again;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, skb, 0, 8), MODBOUNDS_PASS);
	local_bh_disable();
	napi_consume_skb(skb, 1);
	KUNIT_EXPECT_EQ(test, ASK_LOAD(d, skb, 0, 8), MODBOUNDS_USE_AFTER_FREE);
	again = napi_build_skb(napi_alloc_frag(1024), 1024);
	if (again == skb)
		KUNIT_EXPECT_EQ(test, ASK_STORE(d, skb, 0, 8), MODBOUNDS_PASS);
	else
		kunit_mark_skipped(test, "another head was next");
	kfree_skb(again);
	local_bh_enable();
}
#endif

#ifdef CONFIG_BLOCK
/* A bio that is put aside for the next one. */
static void end_bio(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	struct bio *bio, *again;
	struct bio_set bs = { };

	KUNIT_ASSERT_EQ(test, bioset_init(&bs, 2, 16, BIOSET_PERCPU_CACHE), 0);
	bio = bio_alloc_bioset(NULL, 0, REQ_OP_READ | REQ_ALLOC_CACHE, GFP_KERNEL, &bs);
	KUNIT_ASSERT_NOT_NULL(test, bio);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, bio, 0, 8), MODBOUNDS_PASS);
	migrate_disable();
	bio_put(bio);
	KUNIT_EXPECT_EQ(test, ASK_LOAD(d, bio, 0, 8), MODBOUNDS_USE_AFTER_FREE);
	again = bio_alloc_bioset(NULL, 0, REQ_OP_READ | REQ_ALLOC_CACHE, GFP_KERNEL, &bs);
	migrate_enable();
	KUNIT_EXPECT_PTR_EQ(test, again, bio);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, bio, 0, 8), MODBOUNDS_PASS);
	bio_put(again);
	bioset_exit(&bs);
}
#endif

/* Pages that share an area with those of others. */
static void end_map_ram(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	struct page *pages[2] = { alloc_page(GFP_KERNEL), alloc_page(GFP_KERNEL) };
	char *p, *other;

	KUNIT_ASSERT_TRUE(test, pages[0] && pages[1]);
	p = vm_map_ram(pages, 2, NUMA_NO_NODE);
	other = vm_map_ram(pages, 1, NUMA_NO_NODE);
	KUNIT_ASSERT_TRUE(test, p && other);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, p, 0, 8), MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, ASK_ELEMENT(d, p, PAGE_SIZE + 8, 8), MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, other, 0, 8), MODBOUNDS_PASS);
	vm_unmap_ram(p, 2);
	KUNIT_EXPECT_EQ(test, ASK_LOAD(d, p, 0, 8), MODBOUNDS_WILD);
	KUNIT_EXPECT_EQ(test, ASK_LOAD(d, p, PAGE_SIZE, 8), MODBOUNDS_WILD);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, other, 0, 8), MODBOUNDS_PASS);
	vm_unmap_ram(other, 1);
	__free_page(pages[0]);
	__free_page(pages[1]);
}

/* An object that somebody frees between being found and being granted. */
static void end_meanwhile(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	char *p = kmalloc(64, GFP_KERNEL);
	unsigned long start = (unsigned long)p;
	struct modbounds_object o;

	KUNIT_ASSERT_NOT_NULL(test, p);
	modbounds_expect_free(d, start);
	modbounds_find_object(start, &o);
	KUNIT_EXPECT_EQ(test, o.class, MODBOUNDS_SLAB);
	kfree(p);
	KUNIT_EXPECT_EQ(test, modbounds_grant(d, o.start, o.end, true), -ESTALE);
	KUNIT_EXPECT_FALSE(test, modbounds_map_test(&d->map, start, MODBOUNDS_READ));
	KUNIT_EXPECT_EQ(test, ASK_LOAD(d, p, 0, 8), MODBOUNDS_USE_AFTER_FREE);
}

/* A stack, and a table of the runtime, by their addresses in the linear mapping. */
static void other_address(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	char *table = modbounds_table_alloc(100), *plain = vmalloc(100);
	struct page *page = vmalloc_to_page(table), *other = vmalloc_to_page(plain);
	struct modbounds_leaf *leaf;

	KUNIT_ASSERT_TRUE(test, table && plain);
	KUNIT_EXPECT_EQ(test, ASK_LOAD(d, table, 0, 8), MODBOUNDS_ACCESS_FORBIDDEN);
	KUNIT_EXPECT_EQ(test, ASK_LOAD(d, page_address(page), 0, 8), MODBOUNDS_ACCESS_FORBIDDEN);
	KUNIT_EXPECT_EQ(test, ASK_LOAD(d, d, 0, 8), MODBOUNDS_ACCESS_FORBIDDEN);
	/* Of other areas drivers do use both. */
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, plain, 0, 8), MODBOUNDS_PASS);
	/* Which is remembered in one more table. */
	leaf = modbounds_find_leaf(&d->map, (unsigned long)plain);
	KUNIT_ASSERT_PTR_NE(test, leaf, &modbounds_empty_leaf);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, leaf, 0, 8), MODBOUNDS_ACCESS_FORBIDDEN);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, page_address(other), 0, 8), MODBOUNDS_PASS);
	vfree(plain);
	get_page(page);
	vfree(table);
	/* What it was does not cling to the page. */
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, page_address(page), 0, 8), MODBOUNDS_PASS);
	put_page(page);
#ifdef CONFIG_VMAP_STACK
	page = current->stack_vm_area->pages[1];
	KUNIT_EXPECT_EQ(test, ASK_LOAD(d, page_address(page), 0, 8), MODBOUNDS_ACCESS_FORBIDDEN);
#endif
}

static struct kunit_case life_cases[] = {
	KUNIT_CASE(end_pages),
	KUNIT_CASE(end_vmalloc),
	KUNIT_CASE(end_percpu),
	KUNIT_CASE(end_typesafe),
#ifdef CONFIG_NET
	KUNIT_CASE(end_packet),
#endif
#ifdef CONFIG_BLOCK
	KUNIT_CASE(end_bio),
#endif
	KUNIT_CASE(end_map_ram),
	KUNIT_CASE(end_meanwhile),
	KUNIT_CASE(between_modules),
	KUNIT_CASE(other_address),
	{ }
};

MODBOUNDS_TEST_SUITE(life, life_cases);
