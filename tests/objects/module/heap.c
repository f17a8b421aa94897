// SPDX-License-Identifier: GPL-2.0
/* Objects of kmalloc() and of caches: missed on either side, or used when they are free. */
#include <linux/delay.h>
#include <linux/mempool.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "objects.h"

#define SIZE	(128 - 8 - 5)

/* A field of a structure that is too large, behind what was asked for. */
static void right_field(void)
{
	struct large *p = kmalloc(100, GFP_KERNEL);

	p->word[13] = 1;
	kfree(p);
}

static void right_field_load(void)
{
	struct large *p = kmalloc(SIZE, GFP_KERNEL);

	LOAD((u8 *)p + SIZE);
	kfree(p);
}

static void right_in_last_granule(void)
{
	u8 *p = kmalloc(SIZE, GFP_KERNEL);

	STORE(p + SIZE);
	kfree(p);
}

static void right_of_full_slot(void)
{
	u8 *p = kmalloc(128, GFP_KERNEL);

	STORE(p + 128);
	kfree(p);
}

static void right_far(void)
{
	struct large *p = kmalloc(64, GFP_KERNEL);

	p->last = 1;
	kfree(p);
}

static void right_index(void)
{
	u8 *p = kmalloc(SIZE, GFP_KERNEL);

	STORE(p + hidden(SIZE + 20));
	kfree(p);
}

static void right_index_load(void)
{
	u8 *p = kmalloc(SIZE, GFP_KERNEL);

	LOAD(p + hidden(200));
	kfree(p);
}

static void right_index_word(void)
{
	u64 *p = kmalloc_array(16, sizeof(*p), GFP_KERNEL);

	WRITE_ONCE(p[hidden(16)], 1);
	kfree(p);
}

static void right_loop(void)
{
	u32 *p = kcalloc(16, sizeof(*p), GFP_KERNEL), i;

	for (i = 0; i <= hidden(16u); i++)
		WRITE_ONCE(p[i], i);
	kfree(p);
}

static void right_pointer_loop(void)
{
	u8 *p = kzalloc(64, GFP_KERNEL), *end = p + hidden(64), *q;

	for (q = p; q <= end; q++)
		STORE(q);
	kfree(p);
}

static void left_field(void)
{
	u8 *p = kmalloc(64, GFP_KERNEL);

	STORE(p - 1);
	kfree(p);
}

static void left_index(void)
{
	u8 *p = kmalloc(64, GFP_KERNEL);

	STORE(p - hidden(1));
	kfree(p);
}

static void left_index_word(void)
{
	u32 *p = kmalloc(64, GFP_KERNEL);

	WRITE_ONCE(p[hidden(-1L)], 1);
	kfree(p);
}

static void node_right(void)
{
	u8 *p = kmalloc_node(4096, GFP_KERNEL, 0);

	STORE(p + 4096);
	kfree(p);
}

static void node_right_index(void)
{
	u8 *p = kmalloc_node(4096, GFP_KERNEL, 0);

	STORE(p + hidden(4096));
	kfree(p);
}

static void big_right(void)
{
	size_t size = KMALLOC_MAX_CACHE_SIZE - 256;
	u8 *p = kmalloc(size, GFP_KERNEL);

	STORE(p + size);
	kfree(p);
}

static void large_right(void)
{
	size_t size = KMALLOC_MAX_CACHE_SIZE + 10;
	u8 *p = kmalloc(size, GFP_KERNEL);

	STORE(p + size);
	kfree(p);
}

static void large_right_index(void)
{
	size_t size = KMALLOC_MAX_CACHE_SIZE + 10;
	u8 *p = kmalloc(size, GFP_KERNEL);

	STORE(p + hidden(size));
	kfree(p);
}

static void large_free(void)
{
	u8 *p = kmalloc(KMALLOC_MAX_CACHE_SIZE + 10, GFP_KERNEL);

	kfree(hidden(p));
	STORE(p);
}

static void large_free_twice(void)
{
	u8 *p = kmalloc(KMALLOC_MAX_CACHE_SIZE + 10, GFP_KERNEL);

	kfree(hidden(p));
	kfree(hidden(p));
}

static void large_free_shifted(void)
{
	u8 *p = kmalloc(KMALLOC_MAX_CACHE_SIZE + 10, GFP_KERNEL);

	kfree(hidden(p) + 1);
	kfree(p);
}

static void krealloc_larger(void)
{
	u8 *p = kmalloc(201, GFP_KERNEL), *q = krealloc(p, 235, GFP_KERNEL);

	STORE(q + 235);
	kfree(q);
}

static void krealloc_larger_index(void)
{
	u8 *p = kmalloc(201, GFP_KERNEL), *q = krealloc(p, 250, GFP_KERNEL);

	STORE(q + hidden(256));
	kfree(q);
}

static void krealloc_smaller(void)
{
	u8 *p = kmalloc(235, GFP_KERNEL), *q = krealloc(p, 201, GFP_KERNEL);

	STORE(q + 201);
	kfree(q);
}

static void krealloc_smaller_far(void)
{
	u8 *p = kmalloc(235, GFP_KERNEL), *q = krealloc(p, 201, GFP_KERNEL);

	STORE(q + 234);
	kfree(q);
}

static void krealloc_large_smaller(void)
{
	u8 *p = kmalloc(KMALLOC_MAX_CACHE_SIZE + 235, GFP_KERNEL);
	u8 *q = krealloc(p, KMALLOC_MAX_CACHE_SIZE + 201, GFP_KERNEL);

	STORE(q + KMALLOC_MAX_CACHE_SIZE + 201);
	kfree(q);
}

static void krealloc_freed(void)
{
	u8 *p = kmalloc(201, GFP_KERNEL);

	kfree(hidden(p));
	if (krealloc(hidden(p), 235, GFP_KERNEL))
		pr_debug("it was\n");
}

static void word_in_13_bytes(void)
{
	struct { u64 a, b; } *from = kmalloc(16, GFP_KERNEL), *to = kmalloc(16 - 3, GFP_KERNEL);

	to->a = READ_ONCE(from->a);
	WRITE_ONCE(to->b, READ_ONCE(from->b));
	kfree(from);
	kfree(to);
}

static void word_free(void)
{
	u64 *p = kmalloc(16, GFP_KERNEL);

	kfree(hidden(p));
	WRITE_ONCE(p[1], 1);
}

static void memset_right(void)
{
	u8 *p = kzalloc(SIZE, GFP_KERNEL);

	memset(p, 0, hidden(SIZE + 5));
	kfree(p);
}

static void memset_right_of_slot(void)
{
	u8 *p = kzalloc(128, GFP_KERNEL);

	memset(p, 0, hidden(129));
	kfree(p);
}

static void memset_of_2(void)
{
	u8 *p = kzalloc(SIZE, GFP_KERNEL);

	memset(p + hidden(SIZE - 1), 0, hidden(2));
	kfree(p);
}

static void memset_of_4(void)
{
	u8 *p = kzalloc(SIZE, GFP_KERNEL);

	memset(p + hidden(SIZE - 3), 0, hidden(4));
	kfree(p);
}

static void memset_of_8(void)
{
	u8 *p = kzalloc(SIZE, GFP_KERNEL);

	memset(p + hidden(SIZE - 7), 0, hidden(8));
	kfree(p);
}

static void memset_of_16(void)
{
	u8 *p = kzalloc(SIZE, GFP_KERNEL);

	memset(p + hidden(SIZE - 15), 0, hidden(16));
	kfree(p);
}

static void memset_constant(void)
{
	u8 *p = kzalloc(24, GFP_KERNEL);

	memset(p, 0, 32);
	kfree(hidden(p));
}

static void memset_free(void)
{
	u8 *p = kmalloc(33, GFP_KERNEL);

	kfree(hidden(p));
	memset(p, 0, hidden(33));
}

static void memmove_negative(void)
{
	u8 *p = kzalloc(64, GFP_KERNEL);

	memmove(p, p + 4, hidden((size_t)-2));
	kfree(p);
}

static void memmove_too_long(void)
{
	u8 *p = kzalloc(64, GFP_KERNEL);

	memmove(p, p + 4, hidden(64));
	kfree(p);
}

static void memcpy_too_long(void)
{
	u8 *p = kzalloc(64, GFP_KERNEL), *q = kzalloc(128, GFP_KERNEL);

	memcpy(p, q, hidden(80));
	kfree(p);
	kfree(q);
}

static void memcpy_from_too_short(void)
{
	u8 *p = kzalloc(64, GFP_KERNEL), *q = kzalloc(128, GFP_KERNEL);

	memcpy(q, p, hidden(80));
	kfree(p);
	kfree(q);
}

static void free_field(void)
{
	struct large *p = kmalloc(sizeof(*p), GFP_KERNEL);

	kfree(hidden(p));
	p->word[8] = 1;
}

static void free_index(void)
{
	u8 *p = kmalloc(10, GFP_KERNEL);

	kfree(hidden(p));
	STORE(p + hidden(8));
}

static void free_and_another(void)
{
	u8 *p = kmalloc(43, GFP_KERNEL), *q;

	kfree(hidden(p));
	q = kmalloc(43, GFP_KERNEL);
	STORE(p + 40);
	kfree(q);
}

static void free_and_another_index(void)
{
	u8 *p = kmalloc(43, GFP_KERNEL), *q;

	kfree(hidden(p));
	q = kmalloc(43, GFP_KERNEL);
	STORE(p + hidden(40));
	kfree(q);
}

static void free_twice(void)
{
	u8 *p = kmalloc(128, GFP_KERNEL);

	kfree(hidden(p));
	kfree(hidden(p));
}

static void free_sensitive_twice(void)
{
	u8 *p = kmalloc(16, GFP_KERNEL);

	kfree_sensitive(hidden(p));
	kfree_sensitive(hidden(p));
}

static void free_shifted(void)
{
	u8 *p = kmalloc(128, GFP_KERNEL);

	kfree(hidden(p) + 1);
	kfree(p);
}

static void ksize_of_freed(void)
{
	u8 *p = kmalloc(SIZE, GFP_KERNEL);

	kfree(hidden(p));
	SINK(ksize(hidden(p)));
}

static void ksize_and_right(void)
{
	u8 *p = kmalloc(SIZE, GFP_KERNEL);
	size_t real = ksize(p);

	LOAD(p + SIZE);
	LOAD(p + real - 1);
	kfree(p);
}

struct later {
	struct rcu_head rcu;
	struct work_struct work;
	int n;
};

static void later_rcu(struct rcu_head *rcu)
{
	struct later *l = container_of(rcu, struct later, rcu);

	kfree(hidden(l));
	WRITE_ONCE(l->n, 1);
}

static void free_in_rcu(void)
{
	struct later *l = kzalloc(sizeof(*l), GFP_KERNEL);

	call_rcu(&l->rcu, later_rcu);
	rcu_barrier();
}

static void later_work(struct work_struct *work)
{
	kfree(hidden(container_of(work, struct later, work)));
}

static void free_in_work(void)
{
	struct later *l = kzalloc(sizeof(*l), GFP_KERNEL);

	INIT_WORK(&l->work, later_work);
	queue_work(system_unbound_wq, &l->work);
	msleep(20);
	LOAD(&l->n);
}

static struct kmem_cache *cache(void)
{
	return kmem_cache_create("objects-test", 200, 0, 0, NULL);
}

static void cache_right(void)
{
	struct kmem_cache *s = cache();
	u8 *p = kmem_cache_alloc(s, GFP_KERNEL);

	LOAD(p + 200);
	kmem_cache_free(s, p);
	kmem_cache_destroy(s);
}

static void cache_right_index(void)
{
	struct kmem_cache *s = cache();
	u8 *p = kmem_cache_alloc(s, GFP_KERNEL);

	STORE(p + hidden(200));
	kmem_cache_free(s, p);
	kmem_cache_destroy(s);
}

static void cache_free(void)
{
	struct kmem_cache *s = cache();
	u8 *p = kmem_cache_alloc(s, GFP_KERNEL);

	kmem_cache_free(s, hidden(p));
	LOAD(p);
	kmem_cache_destroy(s);
}

static void cache_free_twice(void)
{
	struct kmem_cache *s = cache();
	u8 *p = kmem_cache_alloc(s, GFP_KERNEL);

	kmem_cache_free(s, hidden(p));
	kmem_cache_free(s, hidden(p));
	kmem_cache_destroy(s);
}

static void cache_free_shifted(void)
{
	struct kmem_cache *s = cache();
	u8 *p = kmem_cache_alloc(s, GFP_KERNEL);

	kmem_cache_free(s, hidden(p) + 1);
	kmem_cache_free(s, p);
	kmem_cache_destroy(s);
}

static void cache_destroy_twice(void)
{
	struct kmem_cache *s = cache();

	kmem_cache_destroy(hidden(s));
	kmem_cache_destroy(hidden(s));
}

static void cache_bulk_right(void)
{
	struct kmem_cache *s = cache();
	void *p[4];

	if (kmem_cache_alloc_bulk(s, GFP_KERNEL, 4, p)) {
		LOAD((u8 *)p[0] + 200);
		kmem_cache_free_bulk(s, 4, p);
	}
	kmem_cache_destroy(s);
}

static void pool_right(void)
{
	mempool_t *pool = mempool_create_kmalloc_pool(4, SIZE);
	u8 *p = mempool_alloc(pool, GFP_KERNEL);

	STORE(p + SIZE);
	mempool_free(p, pool);
	mempool_destroy(pool);
}

static void pool_right_index(void)
{
	mempool_t *pool = mempool_create_kmalloc_pool(4, SIZE);
	u8 *p = mempool_alloc(pool, GFP_KERNEL);

	STORE(p + hidden(140));
	mempool_free(p, pool);
	mempool_destroy(pool);
}

static void pool_free(void)
{
	mempool_t *pool = mempool_create_kmalloc_pool(4, SIZE);
	u8 *p = mempool_alloc(pool, GFP_KERNEL);

	mempool_free(hidden(p), pool);
	LOAD(p);
	mempool_destroy(pool);
}

static void pool_free_twice(void)
{
	mempool_t *pool = mempool_create_kmalloc_pool(4, SIZE);
	u8 *p = mempool_alloc(pool, GFP_KERNEL);

	mempool_free(hidden(p), pool);
	mempool_free(hidden(p), pool);
	mempool_destroy(pool);
}

static void pool_free_shifted(void)
{
	mempool_t *pool = mempool_create_kmalloc_pool(4, SIZE);
	u8 *p = mempool_alloc(pool, GFP_KERNEL);

	mempool_free(hidden(p) + 1, pool);
	mempool_free(p, pool);
	mempool_destroy(pool);
}

const struct bug heap_bugs[] = {
	BUG_BY_FIELD("heap", right_field),
	BUG_BY_FIELD("heap", right_field_load),
	BUG_BY_FIELD("heap", right_in_last_granule),
	BUG_BY_FIELD("heap", right_of_full_slot),
	BUG_BY_FIELD("heap", right_far),
	BUG_BY_INDEX("heap", right_index),
	BUG_BY_INDEX("heap", right_index_load),
	BUG_BY_INDEX("heap", right_index_word),
	BUG_BY_INDEX("heap", right_loop),
	BUG_BY_INDEX("heap", right_pointer_loop),
	BUG_BY_FIELD("heap", left_field),
	BUG_BY_INDEX("heap", left_index),
	BUG_BY_INDEX("heap", left_index_word),
	BUG_BY_FIELD("heap", node_right),
	BUG_BY_INDEX("heap", node_right_index),
	BUG_BY_FIELD("heap", big_right),
	BUG_BY_FIELD("heap", large_right),
	BUG_BY_INDEX("heap", large_right_index),
	BUG_BY_FIELD("heap", large_free),
	BUG_BY_FIELD("heap", large_free_twice),
	BUG_BY_FIELD("heap", large_free_shifted),
	BUG_BY_FIELD("heap", krealloc_larger),
	BUG_BY_INDEX("heap", krealloc_larger_index),
	BUG_BY_FIELD("heap", krealloc_smaller),
	BUG_BY_FIELD("heap", krealloc_smaller_far),
	BUG_BY_FIELD("heap", krealloc_large_smaller),
	BUG_BY_FIELD("heap", krealloc_freed),
	BUG_BY_FIELD("heap", word_in_13_bytes),
	BUG_BY_FIELD("heap", word_free),
	BUG_BY_INDEX("heap", memset_right),
	BUG_BY_INDEX("heap", memset_right_of_slot),
	BUG_BY_INDEX("heap", memset_of_2),
	BUG_BY_INDEX("heap", memset_of_4),
	BUG_BY_INDEX("heap", memset_of_8),
	BUG_BY_INDEX("heap", memset_of_16),
	BUG_BY_FIELD("heap", memset_constant),
	BUG_BY_INDEX("heap", memset_free),
	BUG_BY_INDEX("heap", memmove_negative),
	BUG_BY_INDEX("heap", memmove_too_long),
	BUG_BY_INDEX("heap", memcpy_too_long),
	BUG_BY_INDEX("heap", memcpy_from_too_short),
	BUG_BY_FIELD("heap", free_field),
	BUG_BY_INDEX("heap", free_index),
	BUG_BY_FIELD("heap", free_and_another),
	BUG_BY_INDEX("heap", free_and_another_index),
	BUG_BY_FIELD("heap", free_twice),
	BUG_BY_FIELD("heap", free_sensitive_twice),
	BUG_BY_FIELD("heap", free_shifted),
	BUG_BY_FIELD("heap", ksize_of_freed),
	BUG_BY_FIELD("heap", ksize_and_right),
	BUG_BY_FIELD("heap", free_in_rcu),
	BUG_BY_FIELD("heap", free_in_work),
	BUG_BY_FIELD("heap", cache_right),
	BUG_BY_INDEX("heap", cache_right_index),
	BUG_BY_FIELD("heap", cache_free),
	BUG_BY_FIELD("heap", cache_free_twice),
	BUG_BY_FIELD("heap", cache_free_shifted),
	BUG_BY_FIELD("heap", cache_destroy_twice),
	BUG_BY_FIELD("heap", cache_bulk_right),
	BUG_BY_FIELD("heap", pool_right),
	BUG_BY_INDEX("heap", pool_right_index),
	BUG_BY_FIELD("heap", pool_free),
	BUG_BY_FIELD("heap", pool_free_twice),
	BUG_BY_FIELD("heap", pool_free_shifted),
	{ }
};
