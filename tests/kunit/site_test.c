// SPDX-License-Identifier: GPL-2.0
/* Checks that are one call: bounds, map and site are found from the call alone. */
#include <linux/sched/task_stack.h>
#include <linux/slab.h>

#include "modbounds_test.h"

extern struct modbounds_site test_sites[];

/* The plugin's form; the section is writable, as a module's is when its domain is made. */
#define COMPACT(thunk, words, len, origin, flags, p) ({				\
	void *__p = (p);							\
	asm volatile("call __modbounds_" thunk "_rax\n"				\
		     "76:\n\t" words ".pushsection .data..read_mostly, \"aw\"\n\t"	\
		     ".long 78f - ., " __stringify(__LINE__) ", " #len ", 0, " #len "\n\t" \
		     ".byte 0, 0, " __stringify(origin) ", " __stringify(flags) "\n\t"	\
		     ".long 76b - 1 - ., 0\n\t.popsection\n\t"			\
		     ".pushsection .rodata\n"					\
		     "78:\t.string \"site_test.c\"\n\t.popsection"		\
		     : "+a" (__p), ASM_CALL_CONSTRAINT : : "cc");		\
	__p; })

#define MASK_OF_24	".byte 0xa9\n\t.long 7\n\t"

asm(".pushsection .data..read_mostly, \"aw\"\n\t.balign 4\ntest_sites:\n\t.popsection");

static noinline void *load4(void *p)
{
	return COMPACT("cpld4", "", 4, MODBOUNDS_ORIGIN_LOADED, 0, p);
}

static noinline void *store8_int(void *p)
{
	return COMPACT("cst8", "", 8, MODBOUNDS_ORIGIN_INT, MODBOUNDS_STORE, p);
}

static noinline void *store24(void *p)
{
	return COMPACT("cpstn", MASK_OF_24, 24, MODBOUNDS_ORIGIN_LOADED, MODBOUNDS_STORE, p);
}

static noinline void *load24_int(void *p)
{
	return COMPACT("cldn", MASK_OF_24, 24, MODBOUNDS_ORIGIN_INT, 0, p);
}

#define SITES	4

static struct modbounds_domain *domain_with_sites(struct kunit *test)
{
	return use_sites(test, test_sites, SITES);
}

static void sites_found(struct kunit *test)
{
	struct modbounds_domain *d = domain_with_sites(test);
	unsigned int i;

	for (i = 0; i < SITES; i++) {
		const struct modbounds_site *site = &test_sites[i];
		unsigned long ip = (unsigned long)&site->ip + site->ip;

		KUNIT_EXPECT_PTR_EQ(test, modbounds_site_at(d, ip + 1), site);
		KUNIT_EXPECT_NULL(test, modbounds_site_at(d, ip));
		KUNIT_EXPECT_NULL(test, modbounds_site_at(d, ip + 2));
	}
}

static void compact_passes(struct kunit *test)
{
	struct modbounds_domain *d = domain_with_sites(test);
	struct modbounds_activation a;
	unsigned long misses, grants;
	char *p = kzalloc(64, GFP_KERNEL), *own, frame[8];
	void *first, *again, *odd, *range, *inside, *stack, *user;
	struct modbounds_alloc prev;

	KUNIT_ASSERT_NOT_NULL(test, p);
	prev = modbounds_alloc_begin(d);
	own = kmalloc(64, GFP_KERNEL);
	modbounds_alloc_end(prev);
	KUNIT_ASSERT_NOT_NULL(test, own);

	enter(d, &a);
	misses = STAT(d, misses);
	grants = STAT(d, grants);
	inside = store8_int(own);
	KUNIT_EXPECT_EQ(test, STAT(d, misses), misses);
	first = load4(p);
	KUNIT_EXPECT_EQ(test, STAT(d, misses), misses + 1);
	KUNIT_EXPECT_EQ(test, STAT(d, grants), grants + 1);
	again = load4(p + 60);
	user = store8_int(p);
	KUNIT_EXPECT_EQ(test, STAT(d, misses), misses + 1);
	odd = load4(p + 2);
	range = store24(p + 8);
	stack = load4(frame);
	leave(&a);
	KUNIT_EXPECT_PTR_EQ(test, inside, (void *)own);
	KUNIT_EXPECT_PTR_EQ(test, first, (void *)p);
	KUNIT_EXPECT_PTR_EQ(test, again, (void *)(p + 60));
	KUNIT_EXPECT_PTR_EQ(test, user, (void *)p);
	KUNIT_EXPECT_PTR_EQ(test, odd, (void *)(p + 2));
	KUNIT_EXPECT_PTR_EQ(test, range, (void *)(p + 8));
	KUNIT_EXPECT_PTR_EQ(test, stack, (void *)frame);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&d->violations), 0);
	kfree(own);
	kfree(p);
}

static void compact_contains(struct kunit *test)
{
	struct modbounds_domain *d = domain_with_sites(test);
	struct modbounds_activation a;
	char *p = kzalloc(64, GFP_KERNEL);
	void *wild, *tail, *precise;
	struct modbounds_alloc prev;
	char *own;

	KUNIT_ASSERT_NOT_NULL(test, p);
	prev = modbounds_alloc_begin(d);
	own = kmalloc(64, GFP_KERNEL);
	modbounds_alloc_end(prev);
	KUNIT_ASSERT_NOT_NULL(test, own);
	enter(d, &a);
	wild = store8_int(p);
	tail = store24(p + 48);
	modbounds_set_mode(d, MODBOUNDS_PRECISE);
	precise = store24(own + 48);
	leave(&a);
	KUNIT_EXPECT_PTR_EQ(test, wild, d->sink);
	KUNIT_EXPECT_PTR_EQ(test, tail, d->sink);
	KUNIT_EXPECT_PTR_EQ(test, precise, d->sink);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&d->violations), 3);
	kfree(own);
	kfree(p);
}

/* What does not need C does not get there. */
static void compact_counts(struct kunit *test)
{
	struct modbounds_domain *d = domain_with_sites(test);
	void *above = task_stack_page(current) + THREAD_SIZE - 64;
	char *p = kzalloc(64, GFP_KERNEL), frame[40];
	struct modbounds_activation a;
	unsigned long misses;

	KUNIT_ASSERT_NOT_NULL(test, p);
	enter(d, &a);
	load4(p);
	misses = STAT(d, misses);
	load4(p + 6);			/* in two granules */
	load24_int(p + 8);
	load24_int(p + 12);		/* in four */
	store24(p + 40);
	load4(frame);
	store24(frame);
	load4(above);
	store24(above);
	KUNIT_EXPECT_EQ(test, STAT(d, misses), misses);
	leave(&a);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&d->violations), 0);
	kfree(p);
}

/* Integers give no right to what callers have on the stack, nor a grant to what lies behind it. */
static void compact_refuses(struct kunit *test)
{
	struct modbounds_domain *d = domain_with_sites(test);
	void *above = task_stack_page(current) + THREAD_SIZE - 64;
	char *p = kzalloc(64, GFP_KERNEL);
	struct modbounds_activation a;
	void *scalar, *range, *tail, *behind;

	KUNIT_ASSERT_NOT_NULL(test, p);
	enter(d, &a);
	scalar = store8_int(above);
	range = load24_int(above);
	load4(p);
	tail = load4(p + 62);
	behind = load24_int(p + 44);
	leave(&a);
	KUNIT_EXPECT_PTR_EQ(test, scalar, d->sink);
	KUNIT_EXPECT_PTR_EQ(test, range, d->sink);
	KUNIT_EXPECT_PTR_EQ(test, tail, d->sink);
	KUNIT_EXPECT_PTR_EQ(test, behind, d->sink);
	kfree(p);
}

static struct kunit_case site_cases[] = {
	KUNIT_CASE(sites_found),
	KUNIT_CASE(compact_passes),
	KUNIT_CASE(compact_contains),
	KUNIT_CASE(compact_counts),
	KUNIT_CASE(compact_refuses),
	{ }
};

MODBOUNDS_TEST_SUITE(site, site_cases);
