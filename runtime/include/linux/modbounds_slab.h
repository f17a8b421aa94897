/* SPDX-License-Identifier: GPL-2.0 */
/* What allocators need; apart, for it needs struct task_struct. */
#ifndef _LINUX_MODBOUNDS_SLAB_H
#define _LINUX_MODBOUNDS_SLAB_H

#include <linux/bitops.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/modbounds.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/slab.h>

struct dst_entry;
struct net_device;

#ifdef CONFIG_MODBOUNDS

DECLARE_PER_CPU(struct modbounds_running, modbounds_running);

/* Of the task that runs, on whatever CPU it is; never NULL.  Context: any. */
static __always_inline struct modbounds_domain *modbounds_running_domain(void)
{
	return this_cpu_read(modbounds_running.domain);
}

static __always_inline unsigned long modbounds_running_limit(void)
{
	return this_cpu_read(modbounds_running.limit);
}

bool __modbounds_skb_put(void *skb);
struct modbounds_domain *__modbounds_owner(const void *p);
struct modbounds_domain *__modbounds_get_sender(const struct net_device *dev);
struct modbounds_domain *__modbounds_get_route_sender(const struct dst_entry *dst);
void __modbounds_put_sender(struct modbounds_domain *d);
void modbounds_serve_cache(struct kmem_cache *s);
void __modbounds_count_slab(struct modbounds_domain *d, int n);
extern u8 *modbounds_grantees;

/* Does an address lie in the linear mapping?  There may be no memory at it. */
static __always_inline bool modbounds_is_linear(unsigned long addr)
{
	return addr - PAGE_OFFSET < PFN_PHYS(max_pfn);
}

/*
 * @p: in the linear mapping; Return: the number of the domain that something of its
 * page was granted to, or MODBOUNDS_MANY; 0: to nobody.
 */
static __always_inline unsigned int modbounds_grantee(const void *p)
{
	/* __pa() without the case of the kernel image */
	return READ_ONCE(modbounds_grantees[PFN_DOWN((unsigned long)p - PAGE_OFFSET)]);
}

/**
 * modbounds_object_freed - a slab object is freed: all grants to it end
 * @p: the object
 * @s: its cache
 * @after_rcu: SLAB_TYPESAFE_BY_RCU means nothing to this free any more
 *
 * A macro, so that nothing is read of the cache before the jump.
 */
#define modbounds_object_freed(p, s, after_rcu) do {				\
	const void *p_ = (p);							\
	struct kmem_cache *s_ = (s);						\
	unsigned long grantee_;							\
										\
	if (static_branch_unlikely(&modbounds_active)) {			\
		grantee_ = modbounds_grantee(p_);				\
		if (grantee_ && ((after_rcu) || !(s_->flags & SLAB_TYPESAFE_BY_RCU))) \
			__modbounds_object_freed(p_, s_, grantee_);		\
	}									\
} while (0)

/**
 * modbounds_object_aside - an object is free, but is put aside instead of freed
 * @p: the object
 * @s: its cache
 *
 * Who takes it up again says modbounds_object_again().
 */
static __always_inline void modbounds_object_aside(const void *p, struct kmem_cache *s)
{
	if (static_branch_unlikely(&modbounds_active) && modbounds_grantee(p))
		__modbounds_object_freed(p, s, modbounds_grantee(p));
}

/**
 * modbounds_object_allocated - a slab object begins a new life
 * @p: the object, or NULL
 * @s: its cache
 * @size: bytes that were asked for
 *
 * A macro, so that nothing is read of the cache before the jump.
 */
#define modbounds_object_allocated(p, s, size) do {				\
	const void *p_ = (p);							\
	struct kmem_cache *s_ = (s);						\
										\
	if (static_branch_unlikely(&modbounds_active) && p_) {			\
		if (modbounds_grantee(p_))					\
			MODBOUNDS_LEAF1(__modbounds_object_allocated, p_);	\
		if (s_->modbounds)						\
			MODBOUNDS_LEAF3(__modbounds_object_extent, p_, s_, size); \
	}									\
} while (0)

/**
 * modbounds_object_again - an object that was put aside begins a new life
 * @p: the object
 * @s: its cache
 */
static __always_inline void modbounds_object_again(const void *p, struct kmem_cache *s)
{
	if (static_branch_unlikely(&modbounds_active) && modbounds_grantee(p))
		__modbounds_object_again(p, s);
}

/**
 * modbounds_object_resized - what kmalloc() returned is longer, or shorter, from here on
 * @p: the object, or what stands for none
 * @size: bytes that were asked for now
 */
static inline void modbounds_object_resized(const void *p, size_t size)
{
	if (static_branch_unlikely(&modbounds_active) && !ZERO_OR_NULL_PTR(p))
		__modbounds_object_resized(p, size);
}

/* What runs: a task, or which of the interrupts that may have stopped it. */
static __always_inline unsigned int modbounds_level(void)
{
	return preempt_count() & (NMI_MASK | HARDIRQ_MASK | SOFTIRQ_OFFSET);
}

/**
 * modbounds_alloc_domain - the domain that allocations are made for just now
 *
 * Context: any.
 * Return: the domain, or NULL.
 */
static __always_inline struct modbounds_domain *modbounds_alloc_domain(void)
{
	struct modbounds_task *t = &current->modbounds;

	if (likely(!t->alloc) || t->alloc_level != modbounds_level())
		return NULL;
	/* Who has to find memory first works for all. */
	return unlikely(current->flags & PF_MEMALLOC) ? NULL : t->alloc;
}

/**
 * struct modbounds_alloc - what modbounds_alloc_begin() replaced
 * @alloc: the domain, or NULL
 * @level: modbounds_level() where it was set
 */
struct modbounds_alloc {
	struct modbounds_domain *alloc;
	unsigned int level;
};

/**
 * modbounds_alloc_begin - from here on allocations are made for a domain
 * @d: the domain; NULL: for the kernel itself
 *
 * Context: any; nests.
 * Return: what to hand to modbounds_alloc_end().
 */
static __always_inline struct modbounds_alloc modbounds_alloc_begin(struct modbounds_domain *d)
{
	struct modbounds_alloc prev = { };

	if (static_branch_unlikely(&modbounds_active)) {
		struct modbounds_task *t = &current->modbounds;

		prev.alloc = t->alloc;
		prev.level = t->alloc_level;
		t->alloc_level = modbounds_level();
		t->alloc = d;
	}
	return prev;
}

/**
 * modbounds_alloc_end - undo modbounds_alloc_begin()
 * @prev: what that returned
 */
static __always_inline void modbounds_alloc_end(struct modbounds_alloc prev)
{
	if (static_branch_unlikely(&modbounds_active)) {
		struct modbounds_task *t = &current->modbounds;

		t->alloc = prev.alloc;
		t->alloc_level = prev.level;
	}
}

/**
 * modbounds_alloc_begin_running - from here on allocations are made for the running domain
 *
 * Context: any; nests.
 * Return: what to hand to modbounds_alloc_end().
 */
static __always_inline struct modbounds_alloc modbounds_alloc_begin_running(void)
{
	struct modbounds_domain *d = modbounds_running_domain();

	return modbounds_alloc_begin(d == &modbounds_nobody ? NULL : d);
}

/**
 * modbounds_alloc_begin_owner - from here on allocations are made for the module of an object
 * @p: static data of a module that cannot go meanwhile, or of the kernel
 *
 * Context: any; nests.
 * Return: what to hand to modbounds_alloc_end().
 */
static __always_inline struct modbounds_alloc modbounds_alloc_begin_owner(const void *p)
{
	struct modbounds_alloc prev = { };

	if (static_branch_unlikely(&modbounds_active))
		prev = modbounds_alloc_begin(__modbounds_owner(p));
	return prev;
}

/**
 * modbounds_alloc_begin_device - from here on allocations are made for who sends packets
 * @dev: what they go to
 *
 * Context: any; nests.  The caller holds @dev.
 * Return: what to hand to modbounds_alloc_end_sender().
 */
static __always_inline struct modbounds_alloc
modbounds_alloc_begin_device(const struct net_device *dev)
{
	struct modbounds_alloc prev = { };

	if (static_branch_unlikely(&modbounds_active))
		prev = modbounds_alloc_begin(__modbounds_get_sender(dev));
	return prev;
}

/**
 * modbounds_alloc_begin_route - the same, for packets that take a route
 * @dst: the route, or NULL
 *
 * Context: any; nests.  The caller holds @dst.
 * Return: what to hand to modbounds_alloc_end_sender().
 */
static __always_inline struct modbounds_alloc
modbounds_alloc_begin_route(const struct dst_entry *dst)
{
	struct modbounds_alloc prev = { };

	if (static_branch_unlikely(&modbounds_active))
		prev = modbounds_alloc_begin(__modbounds_get_route_sender(dst));
	return prev;
}

/**
 * modbounds_alloc_end_sender - undo modbounds_alloc_begin_device(), or that of a route
 * @prev: what that returned
 */
static __always_inline void modbounds_alloc_end_sender(struct modbounds_alloc prev)
{
	if (static_branch_unlikely(&modbounds_active)) {
		if (current->modbounds.alloc)
			__modbounds_put_sender(current->modbounds.alloc);
		modbounds_alloc_end(prev);
	}
}

/**
 * modbounds_alloc_pages - pages from the arena of the domain being served
 * @gfp: flags of the allocation
 * @order: as usual
 *
 * Context: any.
 * Return: pages as the buddy allocator's free lists hold them, or NULL: not
 * for a domain, or its arena is exhausted.
 */
static __always_inline struct page *modbounds_alloc_pages(gfp_t gfp, unsigned int order)
{
	if (static_branch_unlikely(&modbounds_active) && modbounds_alloc_domain())
		return (struct page *)MODBOUNDS_HOOK2(__modbounds_alloc_pages,
						      (__force unsigned int)gfp, order);
	return NULL;
}

/**
 * struct modbounds_buckets - what a domain begins with: its own buckets of kmalloc
 * @cache: by kmalloc index; [0]: none
 * @gap: bytes behind each object that are to be nobody's
 */
struct modbounds_buckets {
	struct kmem_cache *cache[KMALLOC_SHIFT_HIGH + 1];
	unsigned int gap;
};

struct kmem_cache *modbounds_bucket_with_gap(const struct modbounds_buckets *buckets,
					     unsigned int index, size_t size);

/**
 * modbounds_cache - the cache to allocate from in place of another
 * @s: a cache
 * @size: bytes that were asked for
 *
 * Return: a bucket of the domain's own where modbounds_serve_cache() has named
 * @s, as it has all of kmalloc's, and the allocation is made for a
 * domain; else @s.
 */
#define modbounds_cache(s, size) ({						\
	struct kmem_cache *s_ = (s);						\
	struct modbounds_buckets *buckets_;					\
										\
	if (static_branch_unlikely(&modbounds_active)) {			\
		buckets_ = (struct modbounds_buckets *)modbounds_alloc_domain(); \
		if (buckets_ && buckets_->cache[s_->modbounds_bucket])		\
			s_ = buckets_->gap ?					\
				modbounds_bucket_with_gap(buckets_, s_->modbounds_bucket, size) : \
				buckets_->cache[s_->modbounds_bucket];		\
	}									\
	s_; })

/* KASAN's records lie where the cache says: it must hear of the one that served. */
#define modbounds_kasan_cache(s, size) ({					\
	struct kmem_cache *k_ = (s);						\
										\
	if (IS_ENABLED(CONFIG_KASAN))						\
		k_ = modbounds_cache(k_, size);					\
	k_; })

/* @s: a cache; Return: whether what is freed to it may be of another, see modbounds_cache(). */
#define modbounds_cache_served(s) \
	(static_branch_unlikely(&modbounds_active) && (s)->modbounds_bucket)

/**
 * modbounds_skb_put - put a packet's head aside for the domain that it came from
 * @skb: one that is free
 *
 * Context: bottom halves off.
 * Return: false if it does not lie in an arena.
 */
static __always_inline bool modbounds_skb_put(void *skb)
{
	return static_branch_unlikely(&modbounds_active) && __modbounds_skb_put(skb);
}

/**
 * modbounds_free_object - the next free object of a slab
 * @s: its cache
 * @object: a free object
 * @next: what follows it by what it says, or NULL
 *
 * What a free object in an arena says may have been written over by a module: it is believed if
 * it could be an object of that slab.  Else the list ends here.  Another CPU may have taken
 * @object meanwhile, then @next is anything, and will not be used; so nothing is reported.
 *
 * Return: @next or NULL.
 */
#define modbounds_free_object(s, object, next) ({				\
	unsigned long next_ = (unsigned long)(next);				\
										\
	if (static_branch_unlikely(&modbounds_active) &&			\
	    ((next_ ^ (unsigned long)(object)) & (s)->modbounds_same))		\
		next_ = 0;							\
	(void *)next_; })

/* @s: a cache; Return: the domain whose arena holds its slabs, or NULL. */
#define modbounds_cache_domain(s)	((s)->modbounds)

/* kind.c */
bool modbounds_know_cache(const char *name, u8 *guard, u8 *type);

/* Is something known of the objects of a cache of that name? */
static inline bool modbounds_knows_cache(const char *name)
{
	u8 guard, type;

	return modbounds_know_cache(name, &guard, &type);
}

/* @s: a new cache: remember what modules may do with its objects */
#define modbounds_note_cache(s, name) do {					\
	struct kmem_cache *s_ = (s);						\
										\
	modbounds_know_cache(name, &s_->modbounds_guard, &s_->modbounds_type);	\
} while (0)

/* @s: a cache that has got, or lost, a slab: a domain's must be gone before it is. */
#define modbounds_count_slab(s, n) modbounds_count_domain_slab(modbounds_cache_domain(s), n)

static __always_inline void modbounds_count_domain_slab(struct modbounds_domain *d, int n)
{
	if (d)
		__modbounds_count_slab(d, n);
}

#else

static inline void modbounds_note_cache(struct kmem_cache *s, const char *name) { }

static inline bool modbounds_knows_cache(const char *name)
{
	return false;
}

struct modbounds_alloc { };
struct modbounds_domain;

static inline struct modbounds_domain *modbounds_cache_domain(struct kmem_cache *s)
{
	return NULL;
}

static inline struct modbounds_alloc modbounds_alloc_begin(struct modbounds_domain *d)
{
	return (struct modbounds_alloc) { };
}

static inline struct modbounds_alloc modbounds_alloc_begin_running(void)
{
	return (struct modbounds_alloc) { };
}

static inline struct modbounds_alloc modbounds_alloc_begin_owner(const void *p)
{
	return (struct modbounds_alloc) { };
}

static inline struct modbounds_alloc modbounds_alloc_begin_device(const struct net_device *dev)
{
	return (struct modbounds_alloc) { };
}

static inline struct modbounds_alloc modbounds_alloc_begin_route(const struct dst_entry *dst)
{
	return (struct modbounds_alloc) { };
}

static inline void modbounds_alloc_end_sender(struct modbounds_alloc prev) { }
static inline void modbounds_count_slab(struct kmem_cache *s, int n) { }
static inline void modbounds_alloc_end(struct modbounds_alloc prev) { }
static inline bool modbounds_cache_served(struct kmem_cache *s) { return false; }
static inline void modbounds_serve_cache(struct kmem_cache *s) { }
static inline bool modbounds_skb_put(void *skb) { return false; }

static inline struct kmem_cache *modbounds_cache(struct kmem_cache *s, size_t size)
{
	return s;
}

static inline struct kmem_cache *modbounds_kasan_cache(struct kmem_cache *s, size_t size)
{
	return s;
}

static inline struct page *modbounds_alloc_pages(gfp_t gfp, unsigned int order)
{
	return NULL;
}

static inline void modbounds_object_freed(const void *p, struct kmem_cache *s, bool after_rcu) { }
static inline void modbounds_object_aside(const void *p, struct kmem_cache *s) { }
static inline void modbounds_object_allocated(const void *p, struct kmem_cache *s, size_t size) { }
static inline void modbounds_object_again(const void *p, struct kmem_cache *s) { }

static inline void *modbounds_free_object(struct kmem_cache *s, const void *object, void *next)
{
	return next;
}

static inline void modbounds_object_resized(const void *p, size_t size) { }

#endif
#endif /* _LINUX_MODBOUNDS_SLAB_H */
