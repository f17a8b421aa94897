// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the runtime.  Each test has a domain of its own and plays the
 * module: it enters the gate, makes accesses through the thunks or asks the
 * resolver, and leaves.
 */
#include <kunit/test.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <trace/events/modbounds.h>

#include "internal.h"

static int static_word = 1;
static const int const_word = 2;
static DEFINE_PER_CPU(int, percpu_word);

static struct module fake_module;
static struct modbounds_self fake_self[2];

static int test_init(struct kunit *test)
{
	struct modbounds_domain *d;

	memset(&fake_module, 0, sizeof(fake_module));
	memset(fake_self, 0, sizeof(fake_self));
	fake_module.modbounds_self = fake_self;
	fake_module.num_modbounds_self = ARRAY_SIZE(fake_self);
	d = modbounds_domain_create("kunit", &fake_module);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, d);
	test->priv = d;
	return 0;
}

static void test_exit(struct kunit *test)
{
	if (!IS_ERR_OR_NULL(test->priv))
		modbounds_domain_destroy(test->priv);
}

/* The gate, as the plugin emits it. */
static int enter(struct modbounds_domain *d, struct modbounds_activation *a)
{
	int refused;

	asm volatile("call __modbounds_enter"
		     : "=a" (refused), ASM_CALL_CONSTRAINT
		     : "D" (a), "S" (d) : "rcx", "rdx", "cc", "memory");
	return refused;
}

static void leave(struct modbounds_activation *a)
{
	asm volatile("call __modbounds_exit"
		     : ASM_CALL_CONSTRAINT
		     : "D" (a) : "rax", "rcx", "rdx", "cc", "memory");
}

/* One check, as the plugin emits it, of an address that has missed level 1. */
#define SITE(len, type, origin, flags)						\
	".pushsection .rodata\n\t.balign 4\n"					\
	"77:\t.long 78f - ., " __stringify(__LINE__) ", " #len ", 0, " #type "\n\t"	\
	".byte 0, 0, " __stringify(origin) ", " __stringify(flags) "\n"		\
	"78:\t.string \"modbounds_test.c\"\n\t.popsection"

#define CHECK(thunk, len, mask, type, origin, flags, p) ({			\
	void *__p = (p);							\
	asm volatile("call __modbounds_" thunk "_rax\n\t"			\
		     ".byte 0xa9\n\t.long 77f - .\n\t"				\
		     ".byte 0xa9\n\t.long " #mask "\n\t"			\
		     SITE(len, type, origin, flags)				\
		     : "+a" (__p), ASM_CALL_CONSTRAINT : : "cc");		\
	__p; })

#define LOAD8(p)  CHECK("ld8", 8, 0, 8, MODBOUNDS_ORIGIN_LOADED, 0, p)
#define STORE8(p) CHECK("st8", 8, 0, 8, MODBOUNDS_ORIGIN_LOADED, MODBOUNDS_STORE, p)
#define STORE8_INT(p) CHECK("st8", 8, 0, 8, MODBOUNDS_ORIGIN_INT, MODBOUNDS_STORE, p)
#define STORE_32(p) CHECK("stn", 32, 0xf, 32, MODBOUNDS_ORIGIN_LOADED, MODBOUNDS_STORE, p)
#define FAIL(p)	  CHECK("fail", 8, 0, 8, MODBOUNDS_ORIGIN_OBJECT, MODBOUNDS_STORE, p)

static enum modbounds_verdict ask(struct modbounds_domain *d, const void *base, long offset,
				  size_t len, u8 flags, u8 origin)
{
	struct modbounds_access a = {
		.addr = (unsigned long)base + offset, .len = len, .base = (unsigned long)base,
		.type_size = len, .origin = origin, .flags = flags,
		.sp = (unsigned long)__builtin_frame_address(0),
	};

	return modbounds_resolve(d, &a);
}

#define ASK_LOAD(d, base, off, len)	ask(d, base, off, len, 0, MODBOUNDS_ORIGIN_LOADED)
#define ASK_STORE(d, base, off, len)	ask(d, base, off, len, MODBOUNDS_STORE, MODBOUNDS_ORIGIN_LOADED)

static unsigned long sum(struct modbounds_domain *d, size_t offset)
{
	unsigned long n = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		n += *(unsigned long *)((void *)per_cpu_ptr(d->stats, cpu) + offset);
	return n;
}

#define STAT(d, counter) sum(d, offsetof(struct modbounds_stats, counter))

/* ---- map ---- */

static void map_ranges(struct kunit *test)
{
	struct modbounds_map *map = modbounds_map_create();
	const unsigned long leaf_end = 0xffff888000000000UL + MODBOUNDS_LEAF_SIZE;
	const unsigned long starts[] = { 0x60000000UL, 0xffff888012345678UL & ~7UL,
					 leaf_end - 64, 0xffffea0000000000UL };
	const unsigned long sizes[] = { 8, 16, 504, 512, 4096, MODBOUNDS_LEAF_SIZE + 8 };
	int i, j;

	KUNIT_ASSERT_NOT_NULL(test, map);
	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		for (j = 0; j < ARRAY_SIZE(sizes); j++) {
			unsigned long s = starts[i], e = s + sizes[j];

			KUNIT_EXPECT_FALSE(test, modbounds_map_any(map, s, e, MODBOUNDS_READ));
			KUNIT_ASSERT_TRUE(test, modbounds_map_set(map, s, e, MODBOUNDS_READ));
			KUNIT_EXPECT_TRUE(test, modbounds_map_all(map, s, e, MODBOUNDS_READ));
			KUNIT_EXPECT_FALSE(test, modbounds_map_any(map, s, e, MODBOUNDS_WRITE));
			KUNIT_EXPECT_FALSE(test, modbounds_map_any(map, s - 8, s, MODBOUNDS_READ));
			KUNIT_EXPECT_FALSE(test, modbounds_map_any(map, e, e + 8, MODBOUNDS_READ));
			KUNIT_EXPECT_FALSE(test, modbounds_map_all(map, s, e + 1, MODBOUNDS_READ));
			modbounds_map_clear(map, s, e, MODBOUNDS_READ);
			KUNIT_EXPECT_FALSE(test, modbounds_map_any(map, s - 8, e + 8, MODBOUNDS_READ));
		}
	}
	modbounds_map_destroy(map);
}

/* A user address whose low bits are those of a granted kernel address is not granted. */
static void map_halves(struct kunit *test)
{
	struct modbounds_map *map = modbounds_map_create();

	KUNIT_ASSERT_NOT_NULL(test, map);
	modbounds_map_set(map, 0xffff888000001000UL, 0xffff888000002000UL, MODBOUNDS_READ);
	KUNIT_EXPECT_FALSE(test, modbounds_map_any(map, 0x0000088000001000UL,
						   0x0000088000002000UL, MODBOUNDS_READ));
	modbounds_map_destroy(map);
}

/* ---- objects ---- */

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

static void object_struct_page(struct kunit *test)
{
	struct page *page = alloc_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	expect_object(test, &page->private, MODBOUNDS_STRUCT_PAGE, page, sizeof(*page));
	__free_page(page);
}

static void object_none(struct kunit *test)
{
	expect_object(test, NULL, MODBOUNDS_NONE, NULL, 0);
	expect_object(test, (void *)24, MODBOUNDS_NONE, NULL, 0);
	expect_object(test, ERR_PTR(-ENOMEM), MODBOUNDS_NONE, NULL, 0);
	expect_object(test, (void *)0x6b6b6b6b6b6b6b6bUL, MODBOUNDS_NONE, NULL, 0);
}

/* ---- the rule ---- */

static void rule_bounds(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	char *p = kmalloc(64, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, p, 64, 8), MODBOUNDS_OUT_OF_BOUNDS);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, p, 60, 8), MODBOUNDS_OUT_OF_BOUNDS);
	KUNIT_EXPECT_EQ(test, ASK_LOAD(d, p, -8, 8), MODBOUNDS_OUT_OF_BOUNDS);
	KUNIT_EXPECT_EQ(test, STAT(d, grants), 0);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, p, 56, 8), MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, STAT(d, grants), 1);
	/* the whole object is granted, and nothing beside it */
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, p, 0, 64), MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, STAT(d, grants), 1);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, p, 64, 1), MODBOUNDS_OUT_OF_BOUNDS);
	kfree(p);
}

static void rule_origin(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	char *p = kmalloc(64, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, ask(d, p, 0, 8, 0, MODBOUNDS_ORIGIN_INT), MODBOUNDS_WILD);
	KUNIT_EXPECT_EQ(test, ASK_LOAD(d, p, 0, 8), MODBOUNDS_PASS);
	/* covered by a grant now */
	KUNIT_EXPECT_EQ(test, ask(d, p, 0, 8, 0, MODBOUNDS_ORIGIN_INT), MODBOUNDS_PASS);
	kfree(p);
}

static void rule_wild(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;

	KUNIT_EXPECT_EQ(test, ASK_LOAD(d, NULL, 8, 8), MODBOUNDS_WILD);
	KUNIT_EXPECT_EQ(test, ASK_LOAD(d, ERR_PTR(-EIO), 0, 8), MODBOUNDS_WILD);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, (void *)0x6b6b6b6b6b6b6b6bUL, 0, 8), MODBOUNDS_WILD);
	/* round the end of the address space */
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, (void *)-4L, 0, 8), MODBOUNDS_WILD);
}

static void rule_forbidden(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;

	KUNIT_EXPECT_EQ(test, ASK_LOAD(d, rule_forbidden, 0, 8), MODBOUNDS_ACCESS_FORBIDDEN);
	KUNIT_EXPECT_EQ(test, ASK_LOAD(d, &const_word, 0, 4), MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, &const_word, 0, 4), MODBOUNDS_ACCESS_FORBIDDEN);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, &static_word, 0, 4), MODBOUNDS_PASS);
}

static void rule_use_after_free(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	struct kmem_cache *s = kmem_cache_create("modbounds-test", 64, 64, SLAB_NO_MERGE, NULL);
	char *p, *q;

	KUNIT_ASSERT_NOT_NULL(test, s);
	p = kmem_cache_alloc(s, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, p, 0, 8), MODBOUNDS_PASS);
	kmem_cache_free(s, p);
	KUNIT_EXPECT_EQ(test, STAT(d, revokes), 1);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, p, 0, 8), MODBOUNDS_USE_AFTER_FREE);
	/* a new life */
	q = kmem_cache_alloc(s, GFP_KERNEL);
	KUNIT_EXPECT_PTR_EQ(test, p, q);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, q, 0, 8), MODBOUNDS_PASS);
	kmem_cache_free(s, q);
	kmem_cache_destroy(s);
}

/* Functions that work on ranges have a kind of their own. */
static void rule_range(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	char *p = kmalloc(64, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, ask(d, p, 0, 65, MODBOUNDS_STORE | MODBOUNDS_RANGE,
				  MODBOUNDS_ORIGIN_LOADED), MODBOUNDS_BAD_RANGE);
	KUNIT_EXPECT_EQ(test, ask(d, p, 0, -8, MODBOUNDS_STORE | MODBOUNDS_RANGE,
				  MODBOUNDS_ORIGIN_LOADED), MODBOUNDS_BAD_RANGE);
	KUNIT_EXPECT_EQ(test, ask(d, p, 0, 64, MODBOUNDS_STORE | MODBOUNDS_RANGE,
				  MODBOUNDS_ORIGIN_LOADED), MODBOUNDS_PASS);
	kfree(p);
}

static void rule_free(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	typeof(kfree) *module_kfree =
		(void *)modbounds_symbol(&fake_module, "kfree", (unsigned long)kfree);
	struct modbounds_activation a;
	char *p = kmalloc(64, GFP_KERNEL), *large = kmalloc(5 * PAGE_SIZE, GFP_KERNEL);
	char *q = kmalloc(64, GFP_KERNEL), *area = vmalloc(PAGE_SIZE);
	long right, inner, other, twice;

	enter(d, &a);
	module_kfree(NULL);
	module_kfree(large);
	STORE8(p);
	right = atomic_long_read(&d->violations);
	module_kfree(q + 8);
	inner = atomic_long_read(&d->violations);
	module_kfree(area);
	other = atomic_long_read(&d->violations);
	module_kfree(p);
	module_kfree(p);
	twice = atomic_long_read(&d->violations);
	leave(&a);
	KUNIT_EXPECT_EQ(test, right, 0);
	KUNIT_EXPECT_EQ(test, inner, 1);
	KUNIT_EXPECT_EQ(test, other, 2);
	KUNIT_EXPECT_EQ(test, twice, 3);
	KUNIT_EXPECT_EQ(test, d->state, MODBOUNDS_QUARANTINED);
	kfree(q);
	vfree(area);
}

static void rule_user(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;

	KUNIT_EXPECT_EQ(test, ASK_LOAD(d, (void *)0x10000, 0, 8), MODBOUNDS_WILD);
	KUNIT_EXPECT_EQ(test, ask(d, (void *)0x10000, 0, 8, MODBOUNDS_USER,
				  MODBOUNDS_ORIGIN_INT), MODBOUNDS_PASS);
}

static void rule_stack(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	unsigned long above[4] = { };
	struct modbounds_activation a;

	/* A caller's variable is handed over by its type, and not remembered. */
	enter(d, &a);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, above, 0, 8), MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, above, 256, 8), MODBOUNDS_OUT_OF_BOUNDS);
	KUNIT_EXPECT_EQ(test, ask(d, &a, 0, 8, MODBOUNDS_STORE, MODBOUNDS_ORIGIN_INT),
			MODBOUNDS_WILD);
	leave(&a);
	KUNIT_EXPECT_EQ(test, STAT(d, grants), 0);
}

/* ---- grants end ---- */

static void revoke_pages(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	char *p = (char *)__get_free_pages(GFP_KERNEL, 2);

	KUNIT_EXPECT_EQ(test, ASK_STORE(d, p, 3 * PAGE_SIZE, 8), MODBOUNDS_PASS);
	KUNIT_EXPECT_TRUE(test, modbounds_map_all(d->map, (unsigned long)p,
						  (unsigned long)p + 4 * PAGE_SIZE, MODBOUNDS_WRITE));
	free_pages((unsigned long)p, 2);
	KUNIT_EXPECT_FALSE(test, modbounds_map_any(d->map, (unsigned long)p,
						   (unsigned long)p + 4 * PAGE_SIZE, MODBOUNDS_WRITE));
}

static void revoke_vmalloc(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	char *p = vmalloc(3 * PAGE_SIZE);

	KUNIT_EXPECT_EQ(test, ASK_STORE(d, p, 0, 8), MODBOUNDS_PASS);
	vfree(p);
	KUNIT_EXPECT_FALSE(test, modbounds_map_any(d->map, (unsigned long)p,
						   (unsigned long)p + 3 * PAGE_SIZE, MODBOUNDS_READ));
	KUNIT_EXPECT_EQ(test, ASK_LOAD(d, p, 0, 8), MODBOUNDS_WILD);
}

static void revoke_percpu(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	u64 __percpu *pcpu = alloc_percpu(u64);
	u64 *p = per_cpu_ptr(pcpu, 0);

	KUNIT_EXPECT_EQ(test, ASK_STORE(d, p, 0, 8), MODBOUNDS_PASS);
	KUNIT_EXPECT_TRUE(test, modbounds_map_all(d->map, (unsigned long)p,
						  (unsigned long)(p + 1), MODBOUNDS_WRITE));
	free_percpu(pcpu);
	KUNIT_EXPECT_FALSE(test, modbounds_map_any(d->map, (unsigned long)p,
						   (unsigned long)(p + 1), MODBOUNDS_WRITE));
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, per_cpu_ptr(&percpu_word, 0), 0, 4), MODBOUNDS_PASS);
}

/* ---- arena ---- */

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

/* ---- modes, policies, thunks, gates ---- */

static void modes(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;

	KUNIT_EXPECT_EQ(test, d->mode, MODBOUNDS_BOUNDED);
	KUNIT_EXPECT_EQ(test, fake_self[1].base, d->arena.base + MODBOUNDS_GUARD);
	KUNIT_EXPECT_EQ(test, fake_self[1].size, d->arena.size - 2 * MODBOUNDS_GUARD);
	KUNIT_EXPECT_PTR_EQ(test, fake_self[1].domain, (void *)d);
	modbounds_set_mode(d, MODBOUNDS_TRUSTED);
	KUNIT_EXPECT_EQ(test, fake_self[0].base, 0);
	KUNIT_EXPECT_EQ(test, fake_self[0].size, ~0UL);
	modbounds_set_mode(d, MODBOUNDS_PRECISE);
	KUNIT_EXPECT_EQ(test, fake_self[0].size, 0);
}

/* In precise mode the module's own objects are held apart too. */
static void mode_precise(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	struct modbounds_alloc prev;
	char *p;

	prev = modbounds_alloc_begin(d);
	p = kmalloc(64, GFP_KERNEL);
	modbounds_alloc_end(prev);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, p, 64, 8), MODBOUNDS_PASS);
	modbounds_set_mode(d, MODBOUNDS_PRECISE);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, p, 64, 8), MODBOUNDS_OUT_OF_BOUNDS);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, p, 0, 8), MODBOUNDS_PASS);
	kfree(p);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, p, 0, 8), MODBOUNDS_USE_AFTER_FREE);
}

static void thunks_pass(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	struct modbounds_activation a;
	unsigned long misses;
	char *p = kzalloc(256, GFP_KERNEL);
	void *first, *again, *tail, *range, *offset, *param, *odd;

	KUNIT_ASSERT_NOT_NULL(test, p);
	enter(d, &a);
	first = STORE8(p);
	misses = STAT(d, misses);
	again = STORE8(p + 8);
	tail = STORE8(p + 248);
	range = STORE_32(p + 224);
	param = CHECK("pst8", 8, 0, 8, MODBOUNDS_ORIGIN_PARAM, MODBOUNDS_STORE, p + 16);
	odd = CHECK("st4", 4, 0, 4, MODBOUNDS_ORIGIN_LOADED, MODBOUNDS_STORE, p + 2);
	offset = STORE_32(p + 220);
	leave(&a);
	KUNIT_EXPECT_PTR_EQ(test, first, (void *)p);
	KUNIT_EXPECT_PTR_EQ(test, again, (void *)(p + 8));
	KUNIT_EXPECT_PTR_EQ(test, tail, (void *)(p + 248));
	KUNIT_EXPECT_PTR_EQ(test, range, (void *)(p + 224));
	KUNIT_EXPECT_PTR_EQ(test, offset, (void *)(p + 220));
	KUNIT_EXPECT_PTR_EQ(test, param, (void *)(p + 16));
	KUNIT_EXPECT_PTR_EQ(test, odd, (void *)(p + 2));
	/* one object, one visit to the resolver */
	KUNIT_EXPECT_EQ(test, misses, 1);
	KUNIT_EXPECT_EQ(test, STAT(d, misses), 1);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&d->violations), 0);
	KUNIT_EXPECT_EQ(test, STAT(d, entries), 1);
	kfree(p);
}

static noinline bool store_local(void)
{
	unsigned long local[2] = { };

	return STORE8(&local[1]) == &local[1];
}

/* So does what a caller has handed over in its frame, as far as its type goes. */
static noinline bool store_caller(unsigned long *p)
{
	void *q = CHECK("pst8", 8, 0, 8, MODBOUNDS_ORIGIN_PARAM,
			MODBOUNDS_STORE | MODBOUNDS_TYPED, p);

	return q == p;
}

/* The module's own frames pass without the resolver. */
static void thunks_stack_window(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	unsigned long above = 0;
	struct modbounds_activation a;
	bool passed;

	enter(d, &a);
	passed = store_local() && store_caller(&above);
	leave(&a);
	KUNIT_EXPECT_TRUE(test, passed);
	KUNIT_EXPECT_EQ(test, STAT(d, misses), 0);
}

static void policy_contain(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	struct modbounds_activation a, b;
	char *p = kzalloc(64, GFP_KERNEL);
	void *bad, *range, *failed;
	int first, second;

	first = enter(d, &a);
	bad = STORE8_INT(p);
	range = STORE_32(p + 48);
	failed = FAIL(p);
	leave(&a);
	second = enter(d, &b);
	leave(&b);
	KUNIT_EXPECT_EQ(test, first, 0);
	KUNIT_EXPECT_PTR_EQ(test, bad, d->sink);
	KUNIT_EXPECT_PTR_EQ(test, range, d->sink);
	KUNIT_EXPECT_PTR_EQ(test, failed, d->sink);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&d->violations), 3);
	KUNIT_EXPECT_EQ(test, d->state, MODBOUNDS_QUARANTINED);
	KUNIT_EXPECT_NE(test, second, 0);
	/* the way out is open */
	fake_module.modbounds = d;
	modbounds_module_going(&fake_module);
	KUNIT_EXPECT_EQ(test, d->state, MODBOUNDS_DRAINING);
	KUNIT_EXPECT_EQ(test, enter(d, &b), 0);
	leave(&b);
	kfree(p);
}

static void policy_report(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	struct modbounds_activation a;
	char *p = kzalloc(64, GFP_KERNEL);
	void *bad;

	d->policy = MODBOUNDS_REPORT;
	enter(d, &a);
	bad = STORE8_INT(p);
	leave(&a);
	KUNIT_EXPECT_PTR_EQ(test, bad, (void *)p);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&d->violations), 1);
	KUNIT_EXPECT_EQ(test, d->state, MODBOUNDS_RUNNING);
	kfree(p);
}

static void gates_nest(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	struct modbounds_domain *other = modbounds_domain_create("kunit2", NULL);
	struct modbounds_activation a, b;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, other);
	KUNIT_EXPECT_PTR_EQ(test, current->modbounds.domain, &modbounds_nobody);
	enter(d, &a);
	KUNIT_EXPECT_PTR_EQ(test, current->modbounds.domain, d);
	KUNIT_EXPECT_EQ(test, current->modbounds.limit, (unsigned long)&a);
	enter(other, &b);
	KUNIT_EXPECT_PTR_EQ(test, current->modbounds.domain, other);
	KUNIT_EXPECT_EQ(test, current->modbounds.limit, (unsigned long)&b);
	leave(&b);
	KUNIT_EXPECT_PTR_EQ(test, current->modbounds.domain, d);
	KUNIT_EXPECT_EQ(test, current->modbounds.limit, (unsigned long)&a);
	leave(&a);
	KUNIT_EXPECT_PTR_EQ(test, current->modbounds.domain, &modbounds_nobody);
	modbounds_domain_destroy(other);
}

/* ---- trace events ---- */

#ifdef CONFIG_TRACEPOINTS
struct seen {
	const char *module;
	int enter, exit, refused, grant, revoke, violation, state;
};

static void see_enter(void *data, const char *module, bool refused)
{
	struct seen *seen = data;

	seen->module = module;
	seen->enter++;
	seen->refused += refused;
}

static void see_exit(void *data, const char *module, bool refused)
{
	((struct seen *)data)->exit++;
}

static void see_grant(void *data, const char *module, unsigned long start, unsigned long end,
		      bool write)
{
	((struct seen *)data)->grant += end - start;
}

static void see_revoke(void *data, const char *module, unsigned long start, unsigned long end,
		       bool write)
{
	((struct seen *)data)->revoke += end - start;
}

static void see_violation(void *data, const char *module, const char *kind, const char *access,
			  unsigned long addr, unsigned long len, unsigned long ip)
{
	struct seen *seen = data;

	seen->violation += !strcmp(kind, "wild") && !strcmp(access, "store") && len == 8;
}

static void see_state(void *data, const char *module, const char *state)
{
	((struct seen *)data)->state += !strcmp(state, "quarantined");
}

static void trace_events(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	struct modbounds_activation a;
	struct seen seen = { };
	char *p = kzalloc(64, GFP_KERNEL);
	unsigned long kept;
	void *good;

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_ASSERT_EQ(test, register_trace_enter(see_enter, &seen), 0);
	KUNIT_ASSERT_EQ(test, register_trace_exit(see_exit, &seen), 0);
	KUNIT_ASSERT_EQ(test, register_trace_grant(see_grant, &seen), 0);
	KUNIT_ASSERT_EQ(test, register_trace_revoke(see_revoke, &seen), 0);
	KUNIT_ASSERT_EQ(test, register_trace_violation(see_violation, &seen), 0);
	KUNIT_ASSERT_EQ(test, register_trace_state(see_state, &seen), 0);
	enter(d, &a);
	good = STORE8(p);
	STORE8_INT((void *)16);
	/* the gates keep what C may change */
	asm volatile("movl $0x5a5a, %%r11d\n\tcall __modbounds_exit\n\tmovq %%r11, %0"
		     : "=r" (kept), ASM_CALL_CONSTRAINT
		     : "D" (&a) : "rax", "rcx", "rdx", "r11", "cc", "memory");
	enter(d, &a);
	leave(&a);
	kfree(p);
	unregister_trace_state(see_state, &seen);
	unregister_trace_violation(see_violation, &seen);
	unregister_trace_revoke(see_revoke, &seen);
	unregister_trace_grant(see_grant, &seen);
	unregister_trace_exit(see_exit, &seen);
	unregister_trace_enter(see_enter, &seen);
	tracepoint_synchronize_unregister();
	enter(d, &a);
	leave(&a);
	KUNIT_EXPECT_PTR_EQ(test, good, (void *)p);
	KUNIT_EXPECT_STREQ(test, seen.module, d->name);
	KUNIT_EXPECT_EQ(test, kept, 0x5a5a);
	KUNIT_EXPECT_EQ(test, seen.enter, 2);
	KUNIT_EXPECT_EQ(test, seen.exit, 2);
	KUNIT_EXPECT_EQ(test, seen.refused, 1);
	KUNIT_EXPECT_EQ(test, seen.grant, 64);
	KUNIT_EXPECT_EQ(test, seen.revoke, 64);
	KUNIT_EXPECT_EQ(test, seen.violation, 1);
	KUNIT_EXPECT_EQ(test, seen.state, 1);
}
#endif

static void abi_mismatch(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, modbounds_check_modinfo("m", NULL), 0);
	KUNIT_EXPECT_EQ(test, modbounds_check_modinfo("m", __stringify(MODBOUNDS_ABI)), 0);
	KUNIT_EXPECT_EQ(test, modbounds_check_modinfo("m", "0"), -ENOEXEC);
}

static void require_instrumented(struct kunit *test)
{
	bool was = modbounds_require;

	modbounds_require = true;
	KUNIT_EXPECT_EQ(test, modbounds_check_modinfo("m", NULL), -EPERM);
	KUNIT_EXPECT_EQ(test, modbounds_check_modinfo("m", __stringify(MODBOUNDS_ABI)), 0);
	modbounds_require = was;
}

/* ---- the command line ---- */

static void options(struct kunit *test)
{
	static const struct {
		const char *cmdline;
		int err;
		enum modbounds_mode mode;
		enum modbounds_policy policy;
	} cases[] = {
		{ "", 0, MODBOUNDS_BOUNDED, MODBOUNDS_CONTAIN },
		{ "quiet modbounds.my_mod=precise,report ro", 0, MODBOUNDS_PRECISE, MODBOUNDS_REPORT },
		{ "modbounds.my-mod=panic", 0, MODBOUNDS_BOUNDED, MODBOUNDS_PANIC },
		{ "modbounds.my_mod=trusted", 0, MODBOUNDS_TRUSTED, MODBOUNDS_CONTAIN },
		{ "modbounds.my_mod=report,precise", 0, MODBOUNDS_PRECISE, MODBOUNDS_REPORT },
		{ "modbounds.my_mod=trusted modbounds.my_mod=precise", 0,
		  MODBOUNDS_PRECISE, MODBOUNDS_CONTAIN },
		{ "modbounds.my_module=precise my_mod=precise modbounds.my=precise", 0,
		  MODBOUNDS_BOUNDED, MODBOUNDS_CONTAIN },
		{ "modbounds.my_mod modbounds.my_mode=", 0, MODBOUNDS_BOUNDED, MODBOUNDS_CONTAIN },
		{ "x=\"modbounds.my_mod=trusted\" y", 0, MODBOUNDS_BOUNDED, MODBOUNDS_CONTAIN },
		{ "-- modbounds.my_mod=trusted", 0, MODBOUNDS_BOUNDED, MODBOUNDS_CONTAIN },
		{ "modbounds.my_mod=precice,report", -EINVAL, MODBOUNDS_BOUNDED, MODBOUNDS_REPORT },
		{ "modbounds.my_mod=", -EINVAL, MODBOUNDS_BOUNDED, MODBOUNDS_CONTAIN },
		{ "modbounds.my_mod=precise,,", -EINVAL, MODBOUNDS_PRECISE, MODBOUNDS_CONTAIN },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct modbounds_options o = { MODBOUNDS_BOUNDED, MODBOUNDS_CONTAIN };
		char *cmdline = kunit_kstrdup(test, cases[i].cmdline, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, cmdline);
		KUNIT_EXPECT_EQ_MSG(test, modbounds_parse_options(cmdline, "my_mod", &o),
				    cases[i].err, "%s", cases[i].cmdline);
		KUNIT_EXPECT_EQ_MSG(test, o.mode, cases[i].mode, "%s", cases[i].cmdline);
		KUNIT_EXPECT_EQ_MSG(test, o.policy, cases[i].policy, "%s", cases[i].cmdline);
	}
}

static void options_words(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, modbounds_choose_mode("m", "precise\n"), MODBOUNDS_PRECISE);
	KUNIT_EXPECT_EQ(test, modbounds_choose_mode("m", "precis"), -EINVAL);
	KUNIT_EXPECT_EQ(test, modbounds_choose_mode("m", ""), -EINVAL);
	KUNIT_EXPECT_EQ(test, modbounds_choose_policy("m", "panic"), MODBOUNDS_PANIC);
	KUNIT_EXPECT_EQ(test, modbounds_choose_policy("m", "precise"), -EINVAL);
}

static struct kunit_case modbounds_cases[] = {
	KUNIT_CASE(map_ranges),
	KUNIT_CASE(map_halves),
	KUNIT_CASE(object_slab),
	KUNIT_CASE(object_pages),
	KUNIT_CASE(object_vmalloc),
	KUNIT_CASE(object_static),
	KUNIT_CASE(object_stack),
	KUNIT_CASE(object_struct_page),
	KUNIT_CASE(object_none),
	KUNIT_CASE(rule_bounds),
	KUNIT_CASE(rule_origin),
	KUNIT_CASE(rule_wild),
	KUNIT_CASE(rule_forbidden),
	KUNIT_CASE(rule_use_after_free),
	KUNIT_CASE(rule_range),
	KUNIT_CASE(rule_free),
	KUNIT_CASE(rule_user),
	KUNIT_CASE(rule_stack),
	KUNIT_CASE(revoke_pages),
	KUNIT_CASE(revoke_vmalloc),
	KUNIT_CASE(revoke_percpu),
	KUNIT_CASE(arena_serves),
	KUNIT_CASE(arena_vfree),
	KUNIT_CASE(arena_not_for_percpu),
	KUNIT_CASE(arena_exhausted),
	KUNIT_CASE(arena_leaks),
	KUNIT_CASE(modes),
	KUNIT_CASE(mode_precise),
	KUNIT_CASE(thunks_pass),
	KUNIT_CASE(thunks_stack_window),
	KUNIT_CASE(policy_contain),
	KUNIT_CASE(policy_report),
	KUNIT_CASE(gates_nest),
#ifdef CONFIG_TRACEPOINTS
	KUNIT_CASE(trace_events),
#endif
	KUNIT_CASE(abi_mismatch),
	KUNIT_CASE(require_instrumented),
	KUNIT_CASE(options),
	KUNIT_CASE(options_words),
	{ }
};

static struct kunit_suite modbounds_suite = {
	.name = "modbounds",
	.init = test_init,
	.exit = test_exit,
	.test_cases = modbounds_cases,
};

kunit_test_suite(modbounds_suite);

MODULE_DESCRIPTION("KUnit tests of modbounds");
MODULE_LICENSE("GPL");
