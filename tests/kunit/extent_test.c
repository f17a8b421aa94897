// SPDX-License-Identifier: GPL-2.0
/* Objects of an arena: how long they are, and which addresses lie in the same one. */
#include <linux/slab.h>
#include <linux/string.h>

#include "modbounds_test.h"

static void *allocate(struct modbounds_domain *d, size_t size)
{
	struct modbounds_alloc prev = modbounds_alloc_begin(d);
	void *p = kmalloc(size, GFP_KERNEL);

	modbounds_alloc_end(prev);
	return p;
}

/* What the resolver says of @len bytes at @addr, at a variable distance from @base. */
static enum modbounds_verdict held(struct modbounds_domain *d, const void *base, const void *addr,
				   unsigned long len)
{
	return ask(d, base, addr - base, len,
		   MODBOUNDS_TEST_ARRAY | MODBOUNDS_RANGE | MODBOUNDS_STORE,
		   MODBOUNDS_ORIGIN_LOADED);
}

/* Of each size, in both modes: to the byte. */
static void extent_to_the_byte(struct kunit *test)
{
	static const size_t sizes[] = { 1, 5, 8, 13, 24, 64, 65, 96, 100, 128, 200, 512, 1000, 4096,
					4100, 8192, 8193, 20000, 65536, 262144 };
	struct modbounds_domain *d = test->priv;
	enum modbounds_mode mode;
	size_t i;

	for (mode = MODBOUNDS_BOUNDED; mode <= MODBOUNDS_PRECISE; mode++) {
		modbounds_set_mode(d, mode);
		for (i = 0; i < ARRAY_SIZE(sizes); i++) {
			size_t size = sizes[i];
			char *p = allocate(d, size);

			KUNIT_ASSERT_TRUE(test, modbounds_arena_owns(&d->arena, (unsigned long)p));
			if (size > KMALLOC_MAX_CACHE_SIZE)
				modbounds_exact_pages(d, p, size);
			/* As kmalloc() promises of all powers of two. */
			if (is_power_of_2(size))
				KUNIT_EXPECT_EQ(test, (unsigned long)p % size, 0);
			KUNIT_EXPECT_EQ_MSG(test, held(d, p, p, size), MODBOUNDS_PASS, "%zu", size);
			KUNIT_EXPECT_EQ_MSG(test, held(d, p, p + size - 1, 1), MODBOUNDS_PASS,
					    "%zu", size);
			KUNIT_EXPECT_EQ_MSG(test, held(d, p, p + size, 1), MODBOUNDS_BAD_RANGE,
					    "%zu", size);
			KUNIT_EXPECT_EQ_MSG(test, held(d, p, p, size + 1), MODBOUNDS_BAD_RANGE,
					    "%zu", size);
			KUNIT_EXPECT_EQ_MSG(test, held(d, p, p - 1, 1), MODBOUNDS_BAD_RANGE,
					    "%zu", size);
			kfree(p);
		}
	}
}

/* Though the module may touch both: what begins in one does not end in the other. */
static void extent_of_neighbours(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	char *a[16], *low, *high;
	int i;

	for (i = 0; i < ARRAY_SIZE(a); i++)
		a[i] = allocate(d, 64);
	low = min(a[0], a[1]);
	high = max(a[0], a[1]);
	KUNIT_EXPECT_EQ(test, held(d, low, low, 64), MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, held(d, high, high, 64), MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, held(d, low, high, 8), MODBOUNDS_BAD_RANGE);
	KUNIT_EXPECT_EQ(test, held(d, high, low, 8), MODBOUNDS_BAD_RANGE);
	KUNIT_EXPECT_FALSE(test, modbounds_one_object(d, (unsigned long)low, (unsigned long)high,
						      (unsigned long)high + 7));
	KUNIT_EXPECT_TRUE(test, modbounds_one_object(d, (unsigned long)low, (unsigned long)low + 8,
						     (unsigned long)low + 63));
	for (i = 0; i < ARRAY_SIZE(a); i++)
		kfree(a[i]);
}

/* What is asked for again may be longer, or shorter, in the same slot. */
static void extent_resized(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	struct modbounds_alloc prev = modbounds_alloc_begin(d);
	char *p = kmalloc(70, GFP_KERNEL), *q = krealloc(p, 110, GFP_KERNEL);

	KUNIT_EXPECT_PTR_EQ(test, p, q);
	KUNIT_EXPECT_EQ(test, held(d, q, q + 109, 1), MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, held(d, q, q + 110, 1), MODBOUNDS_BAD_RANGE);
	p = krealloc(q, 80, GFP_KERNEL | __GFP_ZERO);
	KUNIT_EXPECT_EQ(test, held(d, p, p + 79, 1), MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, held(d, p, p + 80, 1), MODBOUNDS_BAD_RANGE);
	kfree(p);
	modbounds_alloc_end(prev);
}

/* A page that held objects of one size holds objects of another one. */
static void extent_of_other_slots(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	char *p = allocate(d, 100), *pages;
	unsigned long page = ALIGN_DOWN((unsigned long)p, PAGE_SIZE), i;

	kfree(p);
	kmem_cache_shrink(d->buckets.cache[7]);
	for (i = 0; i < 64; i++) {
		struct modbounds_alloc prev = modbounds_alloc_begin(d);

		pages = (char *)__get_free_page(GFP_KERNEL);
		modbounds_alloc_end(prev);
		if ((unsigned long)pages == page)
			break;
		free_page((unsigned long)pages);
		p = allocate(d, 2000);
		if (ALIGN_DOWN((unsigned long)p, PAGE_SIZE) == page) {
			KUNIT_EXPECT_EQ(test, held(d, p, p, 2000), MODBOUNDS_PASS);
			KUNIT_EXPECT_EQ(test, held(d, p, p + 2000, 1), MODBOUNDS_BAD_RANGE);
		}
		kfree(p);
		pages = NULL;
	}
	if (!pages)
		return;
	KUNIT_EXPECT_EQ(test, held(d, pages, pages, PAGE_SIZE), MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, held(d, pages, pages, PAGE_SIZE + 1), MODBOUNDS_BAD_RANGE);
	free_page((unsigned long)pages);
}

/* In precise mode nothing lies right behind an object, and what was freed is nobody's. */
static void extent_has_a_gap(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	char *p;

	modbounds_set_mode(d, MODBOUNDS_PRECISE);
	p = allocate(d, 128);
	KUNIT_EXPECT_TRUE(test, modbounds_map_test(&d->map, (unsigned long)p + 120,
						   MODBOUNDS_WRITE));
	KUNIT_EXPECT_FALSE(test, modbounds_map_test(&d->map, (unsigned long)p + 128,
						    MODBOUNDS_READ));
	KUNIT_EXPECT_FALSE(test, modbounds_map_test(&d->map, (unsigned long)p + 136,
						    MODBOUNDS_READ));
	kfree(p);
	KUNIT_EXPECT_EQ(test, held(d, p, p, 1), MODBOUNDS_USE_AFTER_FREE);
	KUNIT_EXPECT_FALSE(test, modbounds_map_test(&d->map, (unsigned long)p, MODBOUNDS_READ));
}

static struct kunit_case extent_cases[] = {
	KUNIT_CASE(extent_to_the_byte),
	KUNIT_CASE(extent_of_neighbours),
	KUNIT_CASE(extent_resized),
	KUNIT_CASE(extent_of_other_slots),
	KUNIT_CASE(extent_has_a_gap),
	{ }
};

MODBOUNDS_TEST_SUITE(extent, extent_cases);
