// SPDX-License-Identifier: GPL-2.0
/* Which live object holds an address? */
#include <linux/gfp.h>
#include <linux/hrtimer.h>
#include <linux/magic.h>
#include <linux/mm.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "modbounds_test.h"

static int static_word = 1;
static const int const_word = 2;

static void expect_object(struct kunit *test, const void *p, enum modbounds_class class,
			  const void *start, size_t size)
{
	struct modbounds_object o;

	modbounds_find_object((unsigned long)p, &o);
	KUNIT_EXPECT_STREQ(test, modbounds_class_names[o.class], modbounds_class_names[class]);
	if (start) {
		KUNIT_EXPECT_PTR_EQ(test, (const void *)o.start, start);
		KUNIT_EXPECT_EQ(test, o.end - o.start, size);
	}
}

static void object_slab(struct kunit *test)
{
	struct kmem_cache *s = kmem_cache_create("modbounds-test", 40, 64, SLAB_NO_MERGE, NULL);
	char *p;

	KUNIT_ASSERT_NOT_NULL(test, s);
	p = kmem_cache_alloc(s, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, p);
	expect_object(test, p, MODBOUNDS_SLAB, p, 40);
	expect_object(test, p + 39, MODBOUNDS_SLAB, p, 40);
	/* the padding behind it is no object */
	expect_object(test, p + 48, MODBOUNDS_NONE, NULL, 0);
	kmem_cache_free(s, p);
	kmem_cache_destroy(s);
}

static void object_pages(struct kunit *test)
{
	char *one = (char *)__get_free_page(GFP_KERNEL);
	char *folio = (char *)__get_free_pages(GFP_KERNEL | __GFP_COMP, 2);
	char *plain = (char *)__get_free_pages(GFP_KERNEL, 2);
	char *split = (char *)__get_free_pages(GFP_KERNEL, 1);
	char *large = kmalloc(5 * PAGE_SIZE, GFP_KERNEL);

	expect_object(test, one + 100, MODBOUNDS_PAGES, one, PAGE_SIZE);
	expect_object(test, folio + 3 * PAGE_SIZE, MODBOUNDS_PAGES, folio, 4 * PAGE_SIZE);
	expect_object(test, plain, MODBOUNDS_PAGES, plain, 4 * PAGE_SIZE);
	expect_object(test, plain + 3 * PAGE_SIZE + 5, MODBOUNDS_PAGES, plain, 4 * PAGE_SIZE);
	expect_object(test, large + 5 * PAGE_SIZE - 1, MODBOUNDS_PAGES, large, 8 * PAGE_SIZE);
	split_page(virt_to_page(split), 1);
	expect_object(test, split, MODBOUNDS_PAGES, split, PAGE_SIZE);
	expect_object(test, split + PAGE_SIZE, MODBOUNDS_PAGES, split + PAGE_SIZE, PAGE_SIZE);
	free_page((unsigned long)one);
	free_pages((unsigned long)folio, 2);
	free_pages((unsigned long)plain, 2);
	free_page((unsigned long)split);
	free_page((unsigned long)split + PAGE_SIZE);
	kfree(large);
}

/* Pages of alloc_pages_exact() are one object, and what it gave back is not of that. */
static void object_exact(struct kunit *test)
{
	char *p = alloc_pages_exact(5 * PAGE_SIZE, GFP_KERNEL), *other[16];
	unsigned long again = 0;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, p);
	expect_object(test, p + 4 * PAGE_SIZE, MODBOUNDS_PAGES, p, 5 * PAGE_SIZE);
	free_pages_exact(p, 5 * PAGE_SIZE);
	for (i = 0; i < ARRAY_SIZE(other); i++) {
		other[i] = (char *)__get_free_page(GFP_KERNEL);
		if (other[i] > p && other[i] < p + 8 * PAGE_SIZE)
			again++;
		expect_object(test, other[i], MODBOUNDS_PAGES, other[i], PAGE_SIZE);
	}
	kunit_info(test, "%lu of the pages came again", again);
	for (i = 0; i < ARRAY_SIZE(other); i++)
		free_page((unsigned long)other[i]);
}

static void object_vmalloc(struct kunit *test)
{
	char *p = vmalloc(3 * PAGE_SIZE);

	KUNIT_ASSERT_NOT_NULL(test, p);
	expect_object(test, p, MODBOUNDS_VMALLOC, p, 3 * PAGE_SIZE);
	expect_object(test, p + 3 * PAGE_SIZE - 1, MODBOUNDS_VMALLOC, p, 3 * PAGE_SIZE);
	/* the guard page */
	expect_object(test, p + 3 * PAGE_SIZE, MODBOUNDS_NONE, NULL, 0);
	vfree(p);
	expect_object(test, p, MODBOUNDS_NONE, NULL, 0);
}

struct watch {
	struct hrtimer timer;
	const void *area;
	int found, busy;
};

static enum hrtimer_restart look(struct hrtimer *timer)
{
	struct watch *watch = container_of(timer, struct watch, timer);
	struct modbounds_object o;

	modbounds_find_object((unsigned long)watch->area, &o);
	watch->found += o.class == MODBOUNDS_VMALLOC;
	watch->busy += o.class == MODBOUNDS_BUSY;
	hrtimer_forward_now(timer, ns_to_ktime(50 * NSEC_PER_USEC));
	return HRTIMER_RESTART;
}

/* An interrupt tells what an area is, whatever of the allocator it has interrupted. */
static void object_vmalloc_interrupt(struct kunit *test)
{
	struct watch *watch = kunit_kzalloc(test, sizeof(*watch), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, watch);
	watch->area = vmalloc(PAGE_SIZE);
	KUNIT_ASSERT_NOT_NULL(test, watch->area);
	hrtimer_init(&watch->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	watch->timer.function = look;
	hrtimer_start(&watch->timer, ns_to_ktime(50 * NSEC_PER_USEC), HRTIMER_MODE_REL_HARD);
	for (i = 0; i < 2000; i++) {
		vfree(vmalloc(PAGE_SIZE));
		cond_resched();
	}
	hrtimer_cancel(&watch->timer);
	KUNIT_EXPECT_GT(test, watch->found, 0);
	KUNIT_EXPECT_EQ(test, watch->busy, 0);
	vfree(watch->area);
}

static void object_static(struct kunit *test)
{
	struct modbounds_object o;

	expect_object(test, &static_word, MODBOUNDS_STATIC, NULL, 0);
	modbounds_find_object((unsigned long)&const_word, &o);
	KUNIT_EXPECT_EQ(test, o.class, MODBOUNDS_STATIC);
	KUNIT_EXPECT_TRUE(test, o.readonly);
	expect_object(test, object_static, MODBOUNDS_FORBIDDEN, NULL, 0);
}

static void object_stack(struct kunit *test)
{
	int local = 0;
	struct modbounds_object o;

	/* of a stack no extent is known */
	modbounds_find_object((unsigned long)&local, &o);
	KUNIT_EXPECT_EQ(test, o.class, MODBOUNDS_STACK);
	KUNIT_EXPECT_EQ(test, o.start, o.end);
}

/* Memory that was a task's stack once still has its mark. */
static void object_former_stack(struct kunit *test)
{
	unsigned long *pages = (unsigned long *)__get_free_pages(GFP_KERNEL | __GFP_ZERO,
								 get_order(THREAD_SIZE));
	unsigned long *area = vzalloc(THREAD_SIZE), *mark = end_of_stack(current);
	size_t i = mark - (unsigned long *)task_stack_page(current);

	KUNIT_ASSERT_TRUE(test, pages && area);
	KUNIT_ASSERT_EQ(test, *mark, STACK_END_MAGIC);
	memcpy(pages, task_stack_page(current), (i + 1) * sizeof(long));
	memcpy(area, task_stack_page(current), (i + 1) * sizeof(long));
	expect_object(test, pages, MODBOUNDS_PAGES, pages, THREAD_SIZE);
	expect_object(test, area, MODBOUNDS_VMALLOC, area, THREAD_SIZE);
	free_pages((unsigned long)pages, get_order(THREAD_SIZE));
	vfree(area);
}

static void object_struct_page(struct kunit *test)
{
	struct page *page = alloc_page(GFP_KERNEL);
	struct page *plain = alloc_pages(GFP_KERNEL, 2);
	struct page *folio = alloc_pages(GFP_KERNEL | __GFP_COMP, 2);

	KUNIT_ASSERT_TRUE(test, page && plain && folio);
	expect_object(test, &page->private, MODBOUNDS_STRUCT_PAGE, page, sizeof(*page));
	expect_object(test, plain + 3, MODBOUNDS_STRUCT_PAGE, plain + 3, sizeof(*page));
	expect_object(test, folio + 3, MODBOUNDS_STRUCT_PAGE, folio + 3, sizeof(*page));
	__free_page(page);
	__free_pages(plain, 2);
	__free_pages(folio, 2);
	expect_object(test, page, MODBOUNDS_NONE, NULL, 0);
	expect_object(test, plain + 3, MODBOUNDS_NONE, NULL, 0);
}

static void object_none(struct kunit *test)
{
	expect_object(test, NULL, MODBOUNDS_NONE, NULL, 0);
	expect_object(test, (void *)24, MODBOUNDS_NONE, NULL, 0);
	expect_object(test, ERR_PTR(-ENOMEM), MODBOUNDS_NONE, NULL, 0);
	expect_object(test, (void *)0x6b6b6b6b6b6b6b6bUL, MODBOUNDS_NONE, NULL, 0);
}

static struct kunit_case object_cases[] = {
	KUNIT_CASE(object_slab),
	KUNIT_CASE(object_pages),
	KUNIT_CASE(object_exact),
	KUNIT_CASE(object_vmalloc),
	KUNIT_CASE(object_vmalloc_interrupt),
	KUNIT_CASE(object_static),
	KUNIT_CASE(object_stack),
	KUNIT_CASE(object_former_stack),
	KUNIT_CASE(object_struct_page),
	KUNIT_CASE(object_none),
	{ }
};

MODBOUNDS_TEST_SUITE(object, object_cases);
