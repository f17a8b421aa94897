// SPDX-License-Identifier: GPL-2.0
/* What a module may do. */
#include <linux/blk-mq.h>
#include <linux/cred.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "modbounds_test.h"

static int static_word = 1;
static const int const_word = 2;

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

/* A page where something was granted before: the same rule, in fewer steps. */
static void rule_marked_page(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	struct kmem_cache *s = kmem_cache_create("modbounds-test", 200, 8, SLAB_NO_MERGE, NULL);
	char *other, *p;

	KUNIT_ASSERT_NOT_NULL(test, s);
	other = kmem_cache_alloc(s, GFP_KERNEL);
	p = kmem_cache_alloc(s, GFP_KERNEL);
	KUNIT_ASSERT_TRUE(test, other && p);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, other, 0, 8), MODBOUNDS_PASS);
	KUNIT_ASSERT_TRUE(test, modbounds_grantee(p));
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, p, 200, 8), MODBOUNDS_OUT_OF_BOUNDS);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, p, 196, 8), MODBOUNDS_OUT_OF_BOUNDS);
	KUNIT_EXPECT_EQ(test, ask(d, p, 0, 8, 0, MODBOUNDS_ORIGIN_INT), MODBOUNDS_WILD);
	KUNIT_EXPECT_EQ(test, STAT(d, grants), 1);
	/* the base may be an inner pointer */
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, p + 100, -96, 8), MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, STAT(d, grants), 2);
	KUNIT_EXPECT_TRUE(test, modbounds_map_all(&d->map, (unsigned long)p,
						  (unsigned long)p + 200, MODBOUNDS_WRITE));
	kmem_cache_free(s, p);
	KUNIT_EXPECT_EQ(test, STAT(d, revokes), 1);
	KUNIT_EXPECT_FALSE(test, modbounds_map_any(&d->map, (unsigned long)p,
						   (unsigned long)p + 200, MODBOUNDS_READ));
	KUNIT_EXPECT_EQ(test, ASK_LOAD(d, p, 0, 8), MODBOUNDS_USE_AFTER_FREE);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, other, 0, 200), MODBOUNDS_PASS);
	kmem_cache_free(s, other);
	kmem_cache_destroy(s);
}

/* What two domains were granted ends for both; what one was that is gone is known to be free. */
static void rule_many_domains(struct kunit *test)
{
	struct modbounds_domain *d = test->priv, *other = modbounds_domain_create("kunit2", NULL);
	struct kmem_cache *s = kmem_cache_create("modbounds-test", 200, 8, SLAB_NO_MERGE, NULL);
	char *p, *q;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, other);
	KUNIT_ASSERT_NOT_NULL(test, s);
	KUNIT_EXPECT_NE(test, d->number, other->number);
	p = kmem_cache_alloc(s, GFP_KERNEL);
	q = kmem_cache_alloc(s, GFP_KERNEL);
	KUNIT_ASSERT_TRUE(test, p && q);
	KUNIT_EXPECT_EQ(test, ASK_STORE(other, q, 0, 8), MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, modbounds_grantee(q), other->number);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, p, 0, 8), MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, modbounds_grantee(p), MODBOUNDS_MANY);
	KUNIT_EXPECT_EQ(test, ASK_STORE(other, p, 0, 8), MODBOUNDS_PASS);
	kmem_cache_free(s, p);
	KUNIT_EXPECT_EQ(test, STAT(d, revokes), 1);
	KUNIT_EXPECT_EQ(test, STAT(other, revokes), 1);
	KUNIT_EXPECT_EQ(test, ASK_LOAD(d, p, 0, 8), MODBOUNDS_USE_AFTER_FREE);
	KUNIT_EXPECT_EQ(test, ASK_LOAD(other, p, 0, 8), MODBOUNDS_USE_AFTER_FREE);
	modbounds_domain_destroy(other);
	kmem_cache_free(s, q);
	KUNIT_EXPECT_EQ(test, ASK_LOAD(d, q, 0, 8), MODBOUNDS_USE_AFTER_FREE);
	kmem_cache_destroy(s);
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

/*
 * Where there was no memory to remember a grant, nobody can tell whether an integer
 * leads to what was exposed; of pages one knows whose they are.
 */
static void rule_forgetful(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	char *p = kmalloc(64, GFP_KERNEL), *page = (char *)__get_free_page(GFP_KERNEL);

	KUNIT_ASSERT_TRUE(test, p && page);
	KUNIT_EXPECT_EQ(test, ask(d, page, 8, 8, 0, MODBOUNDS_ORIGIN_INT), MODBOUNDS_WILD);
	modbounds_mark_page((unsigned long)page, d->number);
	KUNIT_EXPECT_EQ(test, ask(d, page, 8, 8, 0, MODBOUNDS_ORIGIN_INT), MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, ask(d, p, 0, 8, 0, MODBOUNDS_ORIGIN_INT), MODBOUNDS_WILD);
	WRITE_ONCE(d->forgetful, true);
	KUNIT_EXPECT_EQ(test, STAT(d, undecided), 0);
	KUNIT_EXPECT_EQ(test, ask(d, p, 0, 8, 0, MODBOUNDS_ORIGIN_INT), MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, STAT(d, undecided), 1);
	KUNIT_EXPECT_EQ(test, ask(d, (void *)0x6b6b6b6b6b6b6b6bUL, 0, 8, 0,
				  MODBOUNDS_ORIGIN_INT), MODBOUNDS_WILD);
	kfree(p);
	free_page((unsigned long)page);
}

/* page_address() is arithmetic: what the module owns needs no origin, but is held to its object. */
static void rule_own(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	struct modbounds_alloc prev;
	char *own, *other = (char *)__get_free_page(GFP_KERNEL);

	modbounds_set_mode(d, MODBOUNDS_PRECISE);
	prev = modbounds_alloc_begin(d);
	own = (char *)__get_free_page(GFP_KERNEL);
	modbounds_alloc_end(prev);
	KUNIT_ASSERT_TRUE(test, modbounds_arena_owns(&d->arena, (unsigned long)own));
	KUNIT_EXPECT_EQ(test, ask(d, own, PAGE_SIZE, 8, 0, MODBOUNDS_ORIGIN_INT),
			MODBOUNDS_OUT_OF_BOUNDS);
	KUNIT_EXPECT_EQ(test, ask(d, own, 0, 8, 0, MODBOUNDS_ORIGIN_INT), MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, ask(d, other, 0, 8, 0, MODBOUNDS_ORIGIN_INT), MODBOUNDS_WILD);
	free_page((unsigned long)own);
	KUNIT_EXPECT_EQ(test, ask(d, own, 0, 8, 0, MODBOUNDS_ORIGIN_INT), MODBOUNDS_WILD);
	free_page((unsigned long)other);
}

static void rule_escape(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	void *none[] = { NULL, (void *)0x600, ERR_PTR(-EIO), (void *)-1L };
	char *p = kmalloc(64, GFP_KERNEL);
	size_t i;

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, ask(d, p, 0, 1, MODBOUNDS_ESCAPE, MODBOUNDS_ORIGIN_INT),
			MODBOUNDS_WILD);
	KUNIT_EXPECT_EQ(test, ask(d, virt_to_page(p), 0, 1, MODBOUNDS_ESCAPE,
				  MODBOUNDS_ORIGIN_INT), MODBOUNDS_PASS);
	for (i = 0; i < ARRAY_SIZE(none); i++)
		KUNIT_EXPECT_EQ(test, ask(d, none[i], 0, 1, MODBOUNDS_ESCAPE,
					  MODBOUNDS_ORIGIN_INT), MODBOUNDS_PASS);
	/* covered by a grant now */
	KUNIT_EXPECT_EQ(test, ASK_LOAD(d, p, 0, 8), MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, ask(d, p, 0, 1, MODBOUNDS_ESCAPE, MODBOUNDS_ORIGIN_INT),
			MODBOUNDS_PASS);
	kfree(p);
}

/* A pointer that goes on as an integer: its object is granted, and nothing refused. */
static void rule_exposed(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	char *p = kmalloc(64, GFP_KERNEL), *q = kmalloc(64, GFP_KERNEL);

	KUNIT_ASSERT_TRUE(test, p && q);
	KUNIT_EXPECT_EQ(test, ask(d, p, 0, 1, MODBOUNDS_ESCAPE, MODBOUNDS_ORIGIN_PARAM),
			MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, ask(d, p, 8, 8, 0, MODBOUNDS_ORIGIN_INT), MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, ask(d, q, 0, 8, 0, MODBOUNDS_ORIGIN_INT), MODBOUNDS_WILD);
	KUNIT_EXPECT_EQ(test, ask(d, ERR_PTR(-EIO), 0, 1, MODBOUNDS_ESCAPE,
				  MODBOUNDS_ORIGIN_CALL), MODBOUNDS_PASS);
	kfree(p);
	KUNIT_EXPECT_EQ(test, ask(d, p, 8, 8, 0, MODBOUNDS_ORIGIN_INT), MODBOUNDS_WILD);
	KUNIT_EXPECT_EQ(test, ask(d, p, 0, 1, MODBOUNDS_ESCAPE, MODBOUNDS_ORIGIN_PARAM),
			MODBOUNDS_PASS);
	KUNIT_EXPECT_FALSE(test, modbounds_map_test(&d->map, (unsigned long)p, MODBOUNDS_READ));
	kfree(q);
}

/* Struct pages are one array; only those of pages in use may be touched. */
static void rule_struct_page(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	struct page *page = alloc_pages(GFP_KERNEL, 2), *other = alloc_page(GFP_KERNEL);
	long far = (char *)other - (char *)page;
	char *p = kmalloc(64, GFP_KERNEL);

	KUNIT_ASSERT_TRUE(test, page && other && p);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, page, 0, 8), MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, page, 3 * sizeof(*page) + 8, 8), MODBOUNDS_PASS);
	/* over the border of two, as the fields of a folio in one check */
	KUNIT_EXPECT_EQ(test, ASK_LOAD(d, page, sizeof(*page) - 8, 16), MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, ASK_ELEMENT(d, page, far, 8), MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, ASK_ELEMENT(d, page, p - (char *)page, 8),
			MODBOUNDS_OUT_OF_BOUNDS);
	KUNIT_EXPECT_EQ(test, ASK_ELEMENT(d, p, (char *)(page + 2) - p, 8),
			MODBOUNDS_OUT_OF_BOUNDS);
	__free_page(other);
	modbounds_map_clear(&d->map, (unsigned long)other, (unsigned long)(other + 1),
			    MODBOUNDS_BOTH);
	KUNIT_EXPECT_EQ(test, ASK_ELEMENT(d, page, far, 8), MODBOUNDS_OUT_OF_BOUNDS);
	__free_pages(page, 2);
	kfree(p);
}

/* What the kernel keeps to itself may be read, and stored to by its own inline functions only. */
static void rule_guarded(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	struct cred *cred = prepare_creds();
	struct task_struct *task = current;
	struct kmem_cache *s;
	char *inode;
	unsigned long start = (unsigned long)cred, end = start + sizeof(*cred);
	char *p = kmalloc(64, GFP_KERNEL);

	KUNIT_ASSERT_TRUE(test, cred && p);
	/* What nobody goes by yet is changed by who prepares it; a reference ends that. */
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, cred, 8, 8), MODBOUNDS_PASS);
	get_cred(cred);
	KUNIT_EXPECT_EQ(test, ASK_LOAD(d, cred, 8, 8), MODBOUNDS_PASS);
	KUNIT_EXPECT_TRUE(test, modbounds_map_all(&d->map, start, end, MODBOUNDS_READ));
	KUNIT_EXPECT_FALSE(test, modbounds_map_any(&d->map, start, end, MODBOUNDS_WRITE));
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, cred, 8, 8), MODBOUNDS_ACCESS_FORBIDDEN);
	KUNIT_EXPECT_EQ(test, ask(d, cred, 8, 8, MODBOUNDS_STORE | MODBOUNDS_HEADER,
				  MODBOUNDS_ORIGIN_LOADED), MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, cred, 8, 8), MODBOUNDS_ACCESS_FORBIDDEN);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, task, offsetof(struct task_struct, journal_info), 8),
			MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, task, offsetof(struct task_struct, task_frag.offset), 4),
			MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, task, offsetof(struct task_struct, cred), 8),
			MODBOUNDS_ACCESS_FORBIDDEN);
	/* File systems of the kernel have caches of their own. */
	s = kmem_cache_create("ovl_inode", 64, 0, 0, NULL);
	KUNIT_ASSERT_NOT_NULL(test, s);
	inode = kmem_cache_alloc(s, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, ASK_STORE(d, inode, 8, 8), MODBOUNDS_ACCESS_FORBIDDEN);
	kmem_cache_free(s, inode);
	kmem_cache_destroy(s);
	/* Of all else reading is as good as storing. */
	KUNIT_EXPECT_EQ(test, ASK_LOAD(d, p, 0, 8), MODBOUNDS_PASS);
	KUNIT_EXPECT_TRUE(test, modbounds_map_test(&d->map, (unsigned long)p, MODBOUNDS_WRITE));
	kfree(p);
	put_cred(cred);
	abort_creds(cred);
}

/* A pointer at a variable distance that is passed on: it may not have left its object. */
static void rule_moved(struct kunit *test)
{
	const u8 flags = MODBOUNDS_ESCAPE | MODBOUNDS_RANGE | MODBOUNDS_TEST_ARRAY;
	struct kmem_cache *s = kmem_cache_create("kunit", 128, 128, SLAB_NO_MERGE, NULL);
	struct modbounds_domain *d = test->priv;
	char *p, *other;

	KUNIT_ASSERT_NOT_NULL(test, s);
	p = kmem_cache_alloc(s, GFP_KERNEL);
	other = kmem_cache_alloc(s, GFP_KERNEL);
	KUNIT_ASSERT_TRUE(test, p && other);
	/* Not the one at the beginning of the page. */
	if (!offset_in_page(p))
		swap(p, other);
	KUNIT_EXPECT_EQ(test, ask(d, p, 128, 1, flags, MODBOUNDS_ORIGIN_LOADED), MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, ask(d, p, 129, 1, flags, MODBOUNDS_ORIGIN_LOADED),
			MODBOUNDS_OUT_OF_BOUNDS);
	KUNIT_EXPECT_EQ(test, ask(d, p, -1, 1, flags, MODBOUNDS_ORIGIN_LOADED),
			MODBOUNDS_OUT_OF_BOUNDS);
	KUNIT_EXPECT_EQ(test, ask(d, p, -(long)offset_in_page(p), 1, flags,
				  MODBOUNDS_ORIGIN_LOADED), MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, STAT(d, grants), 0);
	KUNIT_EXPECT_EQ(test, ask(d, p, 127, 1, flags, MODBOUNDS_ORIGIN_LOADED), MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, STAT(d, grants), 1);
	kmem_cache_free(s, p);
	KUNIT_EXPECT_EQ(test, ask(d, p, 500, 1, flags, MODBOUNDS_ORIGIN_LOADED), MODBOUNDS_PASS);
	kmem_cache_free(s, other);
	kmem_cache_destroy(s);
}

static enum modbounds_verdict ask_as(struct modbounds_domain *d, const char *type, void *p,
				     size_t offset)
{
	struct modbounds_access a = {
		.base = (unsigned long)p,
		.addr = (unsigned long)p + offset,
		.len = 4,
		.type = modbounds_type_of(modbounds_type_hash(type)),
		.origin = MODBOUNDS_ORIGIN_LOADED,
		.flags = MODBOUNDS_STORE,
	};

	return modbounds_resolve(d, &a);
}

/* One structure that is taken for another, where both come from caches of their own. */
static void rule_type(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	struct kmem_cache *s = kmem_cache_create("anon_vma", 128, 0, 0, NULL);
	char *p, *other;

	KUNIT_ASSERT_NOT_NULL(test, s);
	p = kmem_cache_alloc(s, GFP_KERNEL);
	other = kmem_cache_alloc(s, GFP_KERNEL);
	KUNIT_ASSERT_TRUE(test, p && other);
	KUNIT_EXPECT_EQ(test, ask_as(d, "file", p, 8), MODBOUNDS_BAD_TYPE);
	KUNIT_EXPECT_EQ(test, STAT(d, grants), 0);
	/* Nobody knows where these are from; and inside of it lie others. */
	KUNIT_EXPECT_EQ(test, ask_as(d, "list_head", p, 8), MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, ask_as(d, "file", p + 8, 0), MODBOUNDS_PASS);
	/* Where something of the page was granted the same is asked in fewer steps. */
	KUNIT_EXPECT_EQ(test, ask_as(d, "file", other, 8), MODBOUNDS_BAD_TYPE);
	KUNIT_EXPECT_EQ(test, ask_as(d, "anon_vma", other, 8), MODBOUNDS_PASS);
	kmem_cache_free(s, p);
	kmem_cache_free(s, other);
	kmem_cache_destroy(s);
}

/* A per-CPU object behind another one: container_of() is no way to it. */
static void rule_container(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	struct outer { u64 first[4]; u64 member; u64 last[3]; };
	struct outer __percpu *pcpu = alloc_percpu(struct outer);
	struct outer *p = per_cpu_ptr(pcpu, 0);
	unsigned long start = (unsigned long)p;

	KUNIT_EXPECT_EQ(test, ASK_STORE(d, &p->member, -32, 8), MODBOUNDS_PASS);
	KUNIT_EXPECT_TRUE(test, modbounds_map_all(&d->map, start, start + 32, MODBOUNDS_WRITE));
	KUNIT_EXPECT_FALSE(test, modbounds_map_any(&d->map, start - 32, start, MODBOUNDS_WRITE));
	KUNIT_EXPECT_FALSE(test, modbounds_map_any(&d->map, start + 40, start + 128,
						   MODBOUNDS_WRITE));
	free_percpu(pcpu);
}

/* A segment of a file's pages, which are allocations of their own. */
static void rule_neighbours(struct kunit *test)
{
	struct page *page = alloc_pages(GFP_KERNEL, 2);
	struct modbounds_domain *d = test->priv;
	struct address_space mapping;
	char *p = page_address(page);
	int i;

	split_page(page, 2);
	for (i = 0; i < 4; i++) {
		page[i].mapping = i < 3 ? &mapping : NULL;
		page[i].index = 7 + i;
	}
	KUNIT_EXPECT_EQ(test, ask(d, p, 100, 2 * PAGE_SIZE, MODBOUNDS_RANGE,
				  MODBOUNDS_ORIGIN_LOADED), MODBOUNDS_PASS);
	/* the fourth is not the file's */
	KUNIT_EXPECT_EQ(test, ask(d, p, 100, 3 * PAGE_SIZE, MODBOUNDS_RANGE,
				  MODBOUNDS_ORIGIN_LOADED), MODBOUNDS_BAD_RANGE);
	KUNIT_EXPECT_EQ(test, ask(d, p, 3 * PAGE_SIZE, 8, 0, MODBOUNDS_ORIGIN_LOADED),
			MODBOUNDS_OUT_OF_BOUNDS);
	for (i = 0; i < 4; i++) {
		page[i].mapping = NULL;
		__free_page(page + i);
	}
	KUNIT_EXPECT_FALSE(test, modbounds_map_any(&d->map, (unsigned long)p,
						   (unsigned long)p + 4 * PAGE_SIZE,
						   MODBOUNDS_READ));
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
	unsigned long pages = __get_free_pages(GFP_KERNEL, 1);
	long right, inner, other, not_kmalloced, twice;

	enter(d, &a);
	module_kfree(NULL);
	module_kfree(large);
	STORE8(p);
	right = atomic_long_read(&d->violations);
	module_kfree(q + 8);
	inner = atomic_long_read(&d->violations);
	module_kfree(area);
	other = atomic_long_read(&d->violations);
	module_kfree((void *)pages);
	not_kmalloced = atomic_long_read(&d->violations);
	module_kfree(p);
	module_kfree(p);
	twice = atomic_long_read(&d->violations);
	leave(&a);
	KUNIT_EXPECT_EQ(test, right, 0);
	KUNIT_EXPECT_EQ(test, inner, 1);
	KUNIT_EXPECT_EQ(test, other, 2);
	KUNIT_EXPECT_EQ(test, not_kmalloced, 3);
	KUNIT_EXPECT_EQ(test, twice, 4);
	KUNIT_EXPECT_EQ(test, d->state, MODBOUNDS_QUARANTINED);
	kfree(q);
	vfree(area);
	free_pages(pages, 1);
}

/* As a module calls them. */
#define MODULE_FN(fn) \
	((typeof(fn) *)modbounds_symbol(&fake_module, #fn, (unsigned long)(fn)))

/* What a module has allocated is its own, also outside of its arena. */
static void rule_own_outside(struct kunit *test)
{
	typeof(alloc_pages_noprof) *module_alloc_pages = MODULE_FN(alloc_pages_noprof);
	typeof(alloc_pages_bulk_noprof) *module_bulk = MODULE_FN(alloc_pages_bulk_noprof);
	struct page *page, *pages[2] = { };
	struct modbounds_domain *d = test->priv;
	struct modbounds_activation a;
	unsigned long got;
	char *p;

	enter(d, &a);
	page = module_alloc_pages(GFP_HIGHUSER_MOVABLE, 0);
	got = module_bulk(GFP_KERNEL, numa_mem_id(), NULL, 2, NULL, pages);
	leave(&a);
	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_ASSERT_EQ(test, got, 2);
	p = page_address(page);
	KUNIT_EXPECT_FALSE(test, modbounds_arena_owns(&d->arena, (unsigned long)p));
	KUNIT_EXPECT_EQ(test, ask(d, p, 0, 8, 0, MODBOUNDS_ORIGIN_INT), MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, ask(d, page_address(pages[0]), 8, 8, 0, MODBOUNDS_ORIGIN_INT),
			MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, ask(d, page_address(pages[1]), 8, 8, 0, MODBOUNDS_ORIGIN_INT),
			MODBOUNDS_PASS);
	__free_page(page);
	__free_page(pages[0]);
	__free_page(pages[1]);
	KUNIT_EXPECT_EQ(test, ask(d, p, 0, 8, 0, MODBOUNDS_ORIGIN_INT), MODBOUNDS_WILD);
}

/* Objects that were never granted: the module's own, and one of the kernel's. */
static void rule_free_twice(struct kunit *test)
{
	typeof(kfree) *module_kfree = MODULE_FN(kfree);
	struct modbounds_domain *d = test->priv;
	struct modbounds_activation a;
	struct modbounds_alloc prev = modbounds_alloc_begin(d);
	char *own = kmalloc(64, GFP_KERNEL), *other, *again[4];
	long once, twice, reused;
	int i, j;

	modbounds_alloc_end(prev);
	other = kmalloc(64, GFP_KERNEL);
	KUNIT_ASSERT_TRUE(test, modbounds_arena_owns(&d->arena, (unsigned long)own));
	enter(d, &a);
	module_kfree(own);
	module_kfree(other);
	once = atomic_long_read(&d->violations);
	module_kfree(own);
	module_kfree(other);
	twice = atomic_long_read(&d->violations);
	/* Nothing is on a free list twice, and what is allocated may be freed. */
	prev = modbounds_alloc_begin(d);
	for (i = 0; i < ARRAY_SIZE(again); i++)
		again[i] = kmalloc(64, GFP_KERNEL);
	modbounds_alloc_end(prev);
	for (i = 0; i < ARRAY_SIZE(again); i++)
		module_kfree(again[i]);
	reused = atomic_long_read(&d->violations);
	leave(&a);
	KUNIT_EXPECT_EQ(test, once, 0);
	KUNIT_EXPECT_EQ(test, twice, 2);
	KUNIT_EXPECT_EQ(test, reused, 2);
	for (i = 0; i < ARRAY_SIZE(again); i++)
		for (j = 0; j < i; j++)
			KUNIT_EXPECT_PTR_NE(test, again[i], again[j]);
}

#ifdef CONFIG_BLOCK
/* A request that is not under way: completed already, or never begun. */
static void rule_complete(struct kunit *test)
{
	typeof(blk_mq_complete_request) *complete_it = MODULE_FN(blk_mq_complete_request);
	typeof(blk_mq_complete_request_remote) *remote = MODULE_FN(blk_mq_complete_request_remote);
	struct request *rq = kunit_kzalloc(test, sizeof(*rq), GFP_KERNEL);
	struct modbounds_domain *d = test->priv;
	struct modbounds_activation a;
	bool done;

	KUNIT_ASSERT_NOT_NULL(test, rq);
	enter(d, &a);
	complete_it(rq);
	WRITE_ONCE(rq->state, MQ_RQ_COMPLETE);
	done = remote(rq);
	leave(&a);
	KUNIT_EXPECT_TRUE(test, done);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&d->violations), 2);
	KUNIT_EXPECT_EQ(test, READ_ONCE(rq->state), MQ_RQ_COMPLETE);
}
#endif

static void rule_free_cache(struct kunit *test)
{
	void (*module_free)(struct kmem_cache *s, void *p) = MODULE_FN(kmem_cache_free);
	struct kmem_cache *s = kmem_cache_create("modbounds-test", 64, 0, SLAB_NO_MERGE, NULL);
	struct kmem_cache *t = kmem_cache_create("modbounds-test2", 64, 0, SLAB_NO_MERGE, NULL);
	struct modbounds_domain *d = test->priv;
	struct modbounds_activation a;
	long wrong, right;
	void *p;

	KUNIT_ASSERT_NOT_NULL(test, s);
	KUNIT_ASSERT_NOT_NULL(test, t);
	p = kmem_cache_alloc(s, GFP_KERNEL);
	enter(d, &a);
	module_free(t, p);
	wrong = atomic_long_read(&d->violations);
	module_free(s, p);
	right = atomic_long_read(&d->violations);
	leave(&a);
	KUNIT_EXPECT_EQ(test, wrong, 1);
	KUNIT_EXPECT_EQ(test, right, 1);
	kmem_cache_destroy(t);
	kmem_cache_destroy(s);
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
	/* An array of unknown length stays within the stack. */
	KUNIT_EXPECT_EQ(test, ASK_ELEMENT(d, above, 16, 8), MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, ASK_ELEMENT(d, above, THREAD_SIZE, 8), MODBOUNDS_OUT_OF_BOUNDS);
	KUNIT_EXPECT_EQ(test, ASK_ELEMENT(d, above, (char *)d - (char *)above, 8),
			MODBOUNDS_OUT_OF_BOUNDS);
	leave(&a);
	KUNIT_EXPECT_EQ(test, STAT(d, grants), 0);
}

/* Nor does an array whose extent nobody recorded reach into other memory. */
static void rule_array(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	unsigned long __percpu *array = __alloc_percpu(256, 8);
	char *p = kzalloc(64, GFP_KERNEL), *element;

	KUNIT_ASSERT_NOT_NULL(test, array);
	KUNIT_ASSERT_NOT_NULL(test, p);
	element = (char *)per_cpu_ptr(array, 0);
	KUNIT_EXPECT_EQ(test, ASK_ELEMENT(d, element, 8, 8), MODBOUNDS_PASS);
	KUNIT_EXPECT_EQ(test, ASK_ELEMENT(d, element, p - element, 8), MODBOUNDS_OUT_OF_BOUNDS);
	kfree(p);
	free_percpu(array);
}

static struct kunit_case rule_cases[] = {
	KUNIT_CASE(rule_bounds),
	KUNIT_CASE(rule_marked_page),
	KUNIT_CASE(rule_many_domains),
	KUNIT_CASE(rule_origin),
	KUNIT_CASE(rule_forgetful),
	KUNIT_CASE(rule_own),
	KUNIT_CASE(rule_own_outside),
	KUNIT_CASE(rule_escape),
	KUNIT_CASE(rule_exposed),
	KUNIT_CASE(rule_struct_page),
	KUNIT_CASE(rule_guarded),
	KUNIT_CASE(rule_moved),
	KUNIT_CASE(rule_type),
	KUNIT_CASE(rule_container),
	KUNIT_CASE(rule_neighbours),
	KUNIT_CASE(rule_wild),
	KUNIT_CASE(rule_forbidden),
	KUNIT_CASE(rule_use_after_free),
	KUNIT_CASE(rule_range),
	KUNIT_CASE(rule_free),
	KUNIT_CASE(rule_free_twice),
	KUNIT_CASE(rule_free_cache),
#ifdef CONFIG_BLOCK
	KUNIT_CASE(rule_complete),
#endif
	KUNIT_CASE(rule_user),
	KUNIT_CASE(rule_stack),
	KUNIT_CASE(rule_array),
	{ }
};

MODBOUNDS_TEST_SUITE(rule, rule_cases);
