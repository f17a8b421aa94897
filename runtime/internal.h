/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MODBOUNDS_INTERNAL_H
#define _MODBOUNDS_INTERNAL_H

#include <linux/cache.h>
#include <linux/genalloc.h>
#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/modbounds.h>
#include <linux/modbounds_slab.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "extent.h"
#include "map.h"
#include "recover.h"

#undef pr_fmt
#define pr_fmt(fmt) "modbounds: " fmt

enum modbounds_mode {
	MODBOUNDS_TRUSTED,
	MODBOUNDS_BOUNDED,
	MODBOUNDS_PRECISE,
	MODBOUNDS_MODES
};

enum modbounds_policy {
	MODBOUNDS_REPORT,
	MODBOUNDS_CONTAIN,
	MODBOUNDS_RESTART,
	MODBOUNDS_REBOOT,
	MODBOUNDS_PANIC,
	MODBOUNDS_POLICIES
};

extern const char *const modbounds_mode_names[MODBOUNDS_MODES];
extern const char *const modbounds_policy_names[MODBOUNDS_POLICIES];
extern const char *const modbounds_state_names[MODBOUNDS_STATES];

/* Counters, one set for each CPU. */
struct modbounds_stats {
	unsigned long entries;		/* through a gate */
	unsigned long misses;		/* checks that reached the resolver */
	unsigned long grants;		/* objects granted */
	unsigned long revokes;		/* grants ended by a free */
	unsigned long undecided;	/* passed: the object's allocator was busy */
	unsigned long arena_full;	/* allocations that found no room there */
	unsigned long left;		/* violations that returned to the gate at once */
	unsigned long suppressed;	/* violations whose site has had its report */
	unsigned long senders;		/* who allocates packets for it to send, just now */
};

/* arena.c */

/**
 * struct modbounds_arena - where a domain's own allocations come from
 * @base: first byte, in the linear mapping
 * @size: bytes; of these the first and the last MODBOUNDS_GUARD are never handed out
 * @pool: its free pages
 * @pages_used: pages handed out
 * @given: one bit for each page that was given back to the kernel, see
 *	modbounds_arena_give_back(); NULL: none
 * @slots: for each page which bits are the same in all addresses of one slot, see extent.c; and
 *	one entry more
 */
struct modbounds_arena {
	unsigned long base;
	unsigned long size;
	struct gen_pool *pool;
	atomic_long_t pages_used;
	unsigned long *given;
	unsigned long *slots;
};

/* The part of an arena that is handed out. */
static inline unsigned long modbounds_arena_first(const struct modbounds_arena *arena)
{
	return arena->base + MODBOUNDS_GUARD;
}

static inline unsigned long modbounds_arena_room(const struct modbounds_arena *arena)
{
	return arena->size ? arena->size - 2 * MODBOUNDS_GUARD : 0;
}

void modbounds_arena_init(void);
int modbounds_arena_create(struct modbounds_arena *arena);

/* Arenas are aligned to their size, so one pointer for each 2 MiB of memory says whose it is. */
#define MODBOUNDS_BLOCK_SHIFT	21
extern struct modbounds_arena **modbounds_blocks;
extern unsigned long modbounds_nr_blocks;

/**
 * modbounds_arena_of_pfn - whose arena does a page frame belong to?
 * @pfn: any page frame
 *
 * Context: any.
 * Return: the arena, or NULL.  Also for a page that was given back: the caller
 * is under RCU then, for that does not keep the arena.
 */
static __always_inline struct modbounds_arena *modbounds_arena_of_pfn(unsigned long pfn)
{
	unsigned long block = pfn >> (MODBOUNDS_BLOCK_SHIFT - PAGE_SHIFT);

	/* pairs with modbounds_arena_create() */
	if (block >= smp_load_acquire(&modbounds_nr_blocks))
		return NULL;
	return READ_ONCE(modbounds_blocks[block]);
}

/**
 * modbounds_arena_of - whose arena does a linear address belong to?
 * @addr: an address for which modbounds_is_linear() holds
 *
 * As modbounds_arena_of_pfn().
 */
static __always_inline struct modbounds_arena *modbounds_arena_of(unsigned long addr)
{
	return modbounds_arena_of_pfn(PFN_DOWN(addr - PAGE_OFFSET));
}

/**
 * modbounds_arena_owns - does an address lie in an arena?
 * @arena: the arena
 * @addr: the address
 *
 * Context: any.
 */
static __always_inline bool modbounds_arena_owns(const struct modbounds_arena *arena,
						 unsigned long addr)
{
	return addr - arena->base < arena->size;
}

void modbounds_arena_give_back(struct modbounds_arena *arena);
void modbounds_arena_destroy(struct modbounds_arena *arena);
void modbounds_set_gap(struct modbounds_domain *d, bool gap);
int modbounds_caches_create(struct modbounds_domain *d);
bool modbounds_caches_destroy(struct modbounds_domain *d);
void modbounds_cache_adopt(struct modbounds_domain *d, struct kmem_cache *s);

/**
 * struct modbounds_packets - what a domain keeps to receive into, of one CPU
 * @bh: page fragments, used with bottom halves off
 * @irq: page fragments, used with interrupts off
 * @count: of @head
 * @head: free packet heads, used with bottom halves off
 */
struct modbounds_packets {
	struct page_frag_cache bh, irq;
	unsigned int count;
	void *head[64];
};

/* leak.c */

struct modbounds_leaks;

slab_flags_t modbounds_cache_flags(void);
void modbounds_leaks_remember(struct modbounds_domain *d);
unsigned long modbounds_report_leaks(struct modbounds_domain *d);

/* domain.c */

/**
 * struct modbounds_domain - the protection domain of one instrumented module
 * @buckets: the kernel's allocators look there, see modbounds_cache()
 * @base, @size, @slots, @last_slot: as the module has them in its struct modbounds_self
 * @refuse: its gates refuse to run the module; read by the thunks
 * @stats: counters; @entries is counted by the thunks
 * @arena: see there
 * @packets: its own page fragments and packet heads, of each CPU
 * @slabs: slabs of these, and of @own_caches
 * @own_caches: caches that the module itself has made and not yet destroyed
 * @freed: what the module has freed, and is not yet
 * @name: the module's; the domain outlives the module until its arena is empty
 * @mod: the module, NULL once it is unloaded
 * @mode: what the bounds registers hold
 * @policy: what happens on a violation
 * @state: where it stands in its life
 * @violations: seen
 * @recovery: how it comes back
 * @reported: one bit for each site: it has had its report
 * @sites: hash table of the checks that are mere calls: numbers of sites, from 1 on; 0: none
 * @site_bits: log2 of its size
 * @own_calls: two bits for each site of a call: it is known whether the module calls itself
 *	there, and it does
 * @reported_calls: the same for calls, by return address
 * @sink: where contained accesses go: the middle of 2 * MODBOUNDS_SINK_SIZE bytes
 * @lines: interrupts that are masked until its devices are silent; 0: none
 * @silent: its devices have been silenced
 * @refused_irqs: interrupts that came all the same
 * @kobj: /sys/kernel/modbounds/<module>
 * @list: in modbounds_domains
 * @number: in modbounds_numbered; or MODBOUNDS_MANY
 * @forgetful: a grant could not be remembered for want of memory: what was exposed
 *	or allocated may be unknown
 * @mapped_pools: an IOMMU stands before a device that one of its pools is for
 * @reap: frees what remains once the module is gone
 * @reaped: how often that has been tried
 * @leaks: allocation sites of what the module has not freed, if tracked
 * @map: what it has been granted; here, and not behind a pointer, to save the thunks a load
 */
struct modbounds_domain {
	struct modbounds_buckets buckets;

	unsigned long base;
	unsigned long size;
	const unsigned long *slots;
	unsigned long last_slot;
	int refuse;
	struct modbounds_stats __percpu *stats;

	struct modbounds_arena arena;
	struct modbounds_packets __percpu *packets;
	atomic_long_t slabs;
	atomic_t own_caches;
	struct modbounds_freed freed;

	char name[MODULE_NAME_LEN];
	struct module *mod;
	enum modbounds_mode mode;
	enum modbounds_policy policy;
	enum modbounds_state state;
	atomic_long_t violations;
	struct modbounds_recovery recovery;
	unsigned long *reported;
	unsigned long *own_calls;
	u32 *sites;
	unsigned int site_bits;
	unsigned long reported_calls[32];
	void *sink;

	int lines[8];
	bool silent;
	atomic_t refused_irqs;

	struct kobject kobj;
	struct list_head list;
	u8 number;
	bool forgetful;
	bool mapped_pools;
	struct delayed_work reap;
	unsigned int reaped;
	struct modbounds_leaks *leaks;

	struct modbounds_map map;
};

/* Is a range within the bounds in force, as level 1 asks it?  Context: any. */
static __always_inline bool modbounds_owns(const struct modbounds_domain *d,
					   unsigned long addr, unsigned long len)
{
	unsigned long offset = addr - READ_ONCE(d->base), size = READ_ONCE(d->size);

	return offset < size && len <= size - offset;
}

/*
 * A contained access may be as long as this; and as container_of() leads backwards,
 * there is as much in front.
 */
#define MODBOUNDS_SINK_SIZE	(16 * 1024)

extern struct list_head modbounds_domains;	/* RCU */

/* Domains by number, from 1 on; those that came too late for one are all MODBOUNDS_MANY. */
#define MODBOUNDS_MANY	255
extern struct modbounds_domain *modbounds_numbered[MODBOUNDS_MANY + 1];	/* RCU */
extern struct mutex modbounds_mutex;		/* changes to it, and modes */

void modbounds_set_mode(struct modbounds_domain *d, enum modbounds_mode mode);
struct modbounds_domain *modbounds_domain_create(const char *name, struct module *mod);
void modbounds_domain_destroy(struct modbounds_domain *d);

#define modbounds_count(d, counter) this_cpu_inc((d)->stats->counter)

/* options.c */

/**
 * struct modbounds_options - how a module is to run
 * @mode: what the bounds registers hold
 * @policy: what happens on a violation
 */
struct modbounds_options {
	enum modbounds_mode mode;
	enum modbounds_policy policy;
};

extern bool modbounds_require;

int modbounds_choose_mode(const char *who, const char *word);
int modbounds_choose_policy(const char *who, const char *word);
int modbounds_parse_options(char *cmdline, const char *module, struct modbounds_options *o);
struct modbounds_options modbounds_options(const char *module);

/* grant.c */

extern struct modbounds_map modbounds_marks;

int modbounds_grant_init(void);
void modbounds_forget_marks(void);
void modbounds_forget_page(unsigned long pfn, unsigned long start);
void modbounds_expect_free(struct modbounds_domain *d, unsigned long addr);
void modbounds_expect_frees(struct modbounds_domain *d, unsigned long start, unsigned long size);
int modbounds_grant(struct modbounds_domain *d, unsigned long start,
		    unsigned long end, bool write);
bool modbounds_touch(struct modbounds_domain *d, unsigned long base, unsigned long addr,
		     unsigned long len, u32 type);
bool MODBOUNDS_KEEPS_REGISTERS modbounds_first_touch(unsigned long addr, unsigned long ip);
void modbounds_mark_page(unsigned long addr, u8 number);

/* object.c */

enum modbounds_class {
	MODBOUNDS_NONE,		/* no live object */
	MODBOUNDS_BUSY,		/* its allocator's lock is held: cannot tell */
	MODBOUNDS_SLAB,
	MODBOUNDS_PAGES,
	MODBOUNDS_VMALLOC,	/* ioremap too */
	MODBOUNDS_PERCPU,
	MODBOUNDS_STATIC,
	MODBOUNDS_STACK,
	MODBOUNDS_STRUCT_PAGE,
	MODBOUNDS_FORBIDDEN,	/* kernel text, page tables, ... */
	MODBOUNDS_CLASSES
};

extern const char *const modbounds_class_names[MODBOUNDS_CLASSES];

/**
 * struct modbounds_object - a live allocation unit of the kernel
 * @start: its first byte
 * @end: behind its last byte; @start == @end: its extent is not recorded
 *	anywhere, the static type of the pointer has to do
 * @class: kind
 * @freed: it was granted, and has been freed since
 * @readonly: may be loaded from only
 * @exact: it lies in an arena, and is known to the byte
 * @guard: not 0: stores are looked at one by one, see kind.c
 * @type: not 0: the structure that it is, see kind.c
 */
struct modbounds_object {
	unsigned long start, end;
	enum modbounds_class class;
	bool freed;
	bool exact;
	bool readonly;
	u8 guard;
	u8 type;
};

/* seclude.c */
void modbounds_mark_stack(struct task_struct *tsk);
bool modbounds_is_secluded(unsigned long pfn);
void *modbounds_table_alloc(size_t size);
void *modbounds_table_part(size_t size, gfp_t gfp);
void modbounds_table_part_free(void *part, size_t size);
int modbounds_seclude_init(void);
void modbounds_find_object(unsigned long addr, struct modbounds_object *o);
void modbounds_extend_pages(struct modbounds_object *o, unsigned long end);
bool modbounds_find_struct_pages(unsigned long base, unsigned long addr, unsigned long len,
				 struct modbounds_object *o);
int modbounds_object_init(void);

/* resolve.c */

enum modbounds_verdict {
	MODBOUNDS_PASS,
	MODBOUNDS_WILD,
	MODBOUNDS_OUT_OF_BOUNDS,
	MODBOUNDS_USE_AFTER_FREE,
	MODBOUNDS_ACCESS_FORBIDDEN,
	MODBOUNDS_BAD_RANGE,	/* out of bounds, by a function that works on a range */
	MODBOUNDS_BAD_FREE,	/* of what does not begin a live object */
	MODBOUNDS_BAD_ARGUMENT,	/* no live object, for a kernel function that wants one */
	MODBOUNDS_BAD_TYPE,	/* a structure of another kind than the pointer's */
	MODBOUNDS_BAD_USER,	/* an address of the kernel's, where one of a user's shall be */
	MODBOUNDS_VERDICTS
};

/**
 * struct modbounds_access - one access to decide on
 * @addr: first byte
 * @len: bytes
 * @base: the pointer it was computed from
 * @type_size: size of what @base is declared to point to; 0: unknown, an array
 * @origin: MODBOUNDS_ORIGIN_*
 * @flags: MODBOUNDS_STORE and so on
 * @type: the structure that @base is declared to point to, see modbounds_type_of(); or 0
 * @ip: where
 * @sp: the module's stack pointer
 * @site: source line and so on, or NULL
 * @regs: the module's registers, or NULL
 */
struct modbounds_access {
	unsigned long addr;
	unsigned long len;
	unsigned long base;
	unsigned long type_size;
	u8 origin;
	u8 flags;
	u32 type;
	unsigned long ip;
	unsigned long sp;
	const struct modbounds_site *site;
	const struct modbounds_regs *regs;
};

enum modbounds_verdict modbounds_resolve(struct modbounds_domain *d,
					 const struct modbounds_access *a);
enum modbounds_verdict modbounds_failed(const struct modbounds_access *a);

/* What the thunks leave on the stack: registers by number, then their caller. */
struct modbounds_regs {
	unsigned long reg[16];
	unsigned long ip;
};

/* What the site of a thunk's call says of the access, the module's registers being @regs. */
static __always_inline struct modbounds_access
modbounds_site_access(const struct modbounds_regs *regs, const struct modbounds_site *site)
{
	unsigned long addr = regs->reg[site->addr_reg];

	return (struct modbounds_access){
		.addr = addr,
		.len = site->len,
		.base = site->base_reg == site->addr_reg ? addr - site->offset :
							    regs->reg[site->base_reg],
		.type_size = site->type_size,
		.origin = site->origin,
		.flags = site->flags,
		.ip = regs->ip,
		.sp = (unsigned long)(regs + 1),
		.type = site->type,
		.site = site,
		.regs = regs,
	};
}

/* The name of the kernel function that a site with MODBOUNDS_ARGUMENT calls. */
static inline const char *modbounds_called(const struct modbounds_site *site)
{
	return (const char *)&site->type_size + (s32)site->type_size;
}

/* Which call of a module came here. */
#define MODBOUNDS_MISS		0	/* a check whose comparison is inline */
#define MODBOUNDS_MISS_COMPACT	1	/* a check that is one call */
#define MODBOUNDS_MISS_FAILED	2	/* the module has found itself that the check fails */

void modbounds_miss(struct modbounds_regs *regs, unsigned int call);

/* argument.c */
bool modbounds_argument(struct modbounds_regs *regs);
bool modbounds_refuses_call(const void *at, enum modbounds_verdict verdict, unsigned long ip);

/* site.c */
int modbounds_sites_init(struct modbounds_domain *d);
const struct modbounds_site *modbounds_site_at(struct modbounds_domain *d, unsigned long ip);
struct modbounds_domain *modbounds_domain_at(unsigned long ip);
const struct modbounds_site *modbounds_site_of(struct modbounds_domain **d, unsigned long ip);

/*
 * Who is to answer for what the code at @ip does?  The running domain; but functions without
 * a gate (variadic ones) are called with nobody's.
 */
static __always_inline struct modbounds_domain *modbounds_acting_domain(unsigned long ip)
{
	struct modbounds_domain *d = modbounds_running_domain();

	return likely(d != &modbounds_nobody) ? d : modbounds_domain_at(ip);
}

/* report.c */
asmlinkage void modbounds_trace_enter(struct modbounds_domain *d);
asmlinkage void modbounds_trace_exit(struct modbounds_domain *d);
bool modbounds_violation(struct modbounds_domain *d, const struct modbounds_access *a,
			 enum modbounds_verdict verdict);

/* unwind.c */

/* What a gate finds when its body returns. */
struct modbounds_exit {
	unsigned long rbx, rbp, r12, r13, r14, r15, rsp, rip, rax;
};

void modbounds_leave(struct modbounds_domain *d, const struct modbounds_regs *regs);
asmlinkage void __noreturn modbounds_return_to_gate(const struct modbounds_exit *exit);

/* kind.c */
u32 modbounds_type_of(u32 hash);
bool modbounds_may_store(const struct modbounds_domain *d, const struct modbounds_object *o,
			 const struct modbounds_access *a);

/* range.c */
bool MODBOUNDS_KEEPS_REGISTERS modbounds_range_granted(unsigned long addr, unsigned long len,
						       unsigned long base, bool write);
asmlinkage bool modbounds_range(struct modbounds_regs *regs, unsigned int failed);

/* contain.c */
int modbounds_sink_create(struct modbounds_domain *d);
void modbounds_sink_destroy(struct modbounds_domain *d);
bool modbounds_has_violated(const struct modbounds_domain *d);
void modbounds_contain(struct modbounds_domain *d, const struct modbounds_access *a);
void *modbounds_contain_range(struct modbounds_domain *d, unsigned long len, bool user);

/* Does an address lie in the sink?  What is computed from a contained load does. */
static inline bool modbounds_in_sink(const struct modbounds_domain *d, const void *p)
{
	return d->sink && p >= d->sink - MODBOUNDS_SINK_SIZE && p < d->sink + MODBOUNDS_SINK_SIZE;
}

/* blame.c */
int modbounds_blame_init(void);

/* gate.c */
void modbounds_end_left(unsigned int kind, void *argument);
unsigned int modbounds_refused_request(const struct modbounds_domain *d);
void modbounds_unmask_lines(struct modbounds_domain *d);
void modbounds_expect_interrupts(struct modbounds_domain *d);

/* sysfs.c */
int modbounds_sysfs_add(struct modbounds_domain *d);
void modbounds_sysfs_remove(struct modbounds_domain *d);

/* wrap_alloc.c, wrap_mem.c */

/**
 * struct modbounds_wrapper - stands for a kernel function in modules
 * @name: the function
 * @fn: what instrumented modules call instead
 */
struct modbounds_wrapper {
	const char *name;
	void *fn;
};

void modbounds_own(const void *p, size_t size);
bool modbounds_may_free(const void *p, bool now, unsigned long ip);

extern const struct modbounds_wrapper modbounds_alloc_wrappers[], modbounds_free_wrappers[],
				      modbounds_pool_wrappers[],
				      modbounds_mem_wrappers[],
				      modbounds_net_wrappers[], modbounds_blk_wrappers[],
				      modbounds_virtio_wrappers[];

/*
 * What a wrapper is, whose function only has to allocate from the running
 * domain's arena.
 */
#define MODBOUNDS_WRAP(type, fn, params, args)			\
static type wrap_##fn params					\
{								\
	struct modbounds_alloc prev = modbounds_alloc_begin_running(); \
	type ret = fn args;					\
								\
	modbounds_alloc_end(prev);				\
	return ret;						\
}

#define MODBOUNDS_ENTRY(fn) { #fn, wrap_##fn }

/* wrap_net.c */
#ifdef CONFIG_NET
void modbounds_packets_drain(struct modbounds_domain *d);
#else
static inline void modbounds_packets_drain(struct modbounds_domain *d) { }
#endif

/* What the plugin makes modules call, where no header of the kernel has it. */
int __printf(3, 4) __modbounds_snprintf(char *d, size_t n, const char *fmt, ...);
int __printf(3, 4) __modbounds_scnprintf(char *d, size_t n, const char *fmt, ...);
int __modbounds_vsprintf(char *d, const char *fmt, va_list args);
int __printf(2, 3) __modbounds_sprintf(char *d, const char *fmt, ...);

#endif /* _MODBOUNDS_INTERNAL_H */
