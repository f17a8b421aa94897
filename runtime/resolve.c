// SPDX-License-Identifier: GPL-2.0
/*
 * The rule: may this domain make this access?
 *
 * Reached on what the two levels before did not pass.  Either a grant is
 * remembered, so that the next access to the object passes at level 2, or the
 * access is a violation.
 */
#include <linux/err.h>
#include <linux/hardirq.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/uaccess.h>

#include "internal.h"
#include "slab.h"

/* Out of bounds, as the report says it. */
static enum modbounds_verdict outside(const struct modbounds_access *a)
{
	return a->flags & MODBOUNDS_RANGE && !(a->flags & MODBOUNDS_ESCAPE) ?
		MODBOUNDS_BAD_RANGE : MODBOUNDS_OUT_OF_BOUNDS;
}

static bool inside(unsigned long addr, unsigned long len, unsigned long start,
		   unsigned long end)
{
	return addr >= start && addr < end && len <= end - addr;
}

/* An object whose extent nobody recorded reaches as far as the pointer's type says. */
static void extent_by_type(struct modbounds_object *o, const struct modbounds_access *a)
{
	unsigned long size = a->type_size;

	/*
	 * container_of() leaves a base inside of the outer object, at a place that is not
	 * known here: what lies before the base is as much of it as is accessed.
	 */
	o->start = min(a->addr, a->base);
	o->end = a->addr < a->base ? max(a->addr + a->len, a->base) : a->base + size;
}

/*
 * Known without asking anybody; and of interrupt and exception stacks nobody
 * else knows.
 */
static __always_inline bool on_stack(unsigned long addr, unsigned long sp)
{
	return (addr ^ sp) < THREAD_SIZE;
}

/* An array in a frame, at a variable distance: nobody says how long it is, but the stack ends. */
static __always_inline bool same_stack(unsigned long base, unsigned long addr, unsigned long len)
{
	return on_stack(addr, base) && on_stack(addr + len - 1, base);
}

/*
 * Another frame of a stack, or another task's: it is gone sooner than any hook
 * could tell, so the right to it is looked at each time and never remembered.
 */
static enum modbounds_verdict resolve_stack(const struct modbounds_access *a,
					    struct modbounds_object *o)
{
	if (!a->type_size)
		return same_stack(a->base, a->addr, a->len) ? MODBOUNDS_PASS : outside(a);
	extent_by_type(o, a);
	return inside(a->addr, a->len, o->start, o->end) ? MODBOUNDS_PASS : outside(a);
}

/*
 * Nor does anybody say how long an array is whose extent nobody recorded (per-CPU
 * areas, memory of early boot): what is accessed must be of that kind, too.
 */
static bool same_kind(const struct modbounds_object *o, unsigned long addr)
{
	struct modbounds_object at;

	modbounds_find_object(addr, &at);
	return at.class == o->class && at.start == at.end;
}

static bool find_extent(struct modbounds_object *o, const struct modbounds_access *a)
{
	if (a->type_size) {
		extent_by_type(o, a);
		return true;
	}
	if (!same_kind(o, a->addr) || !same_kind(o, a->addr + a->len - 1))
		return false;
	o->start = a->addr;
	o->end = a->addr + a->len;
	return true;
}

/* Pointers carry other things than addresses: errors, small numbers, addresses of users. */
static bool no_address(const struct modbounds_access *a)
{
	if (IS_ERR_VALUE(a->addr) || a->addr < PAGE_SIZE)
		return true;
	/* On user-mode Linux users have the same addresses as the kernel. */
	return !IS_ENABLED(CONFIG_UML) && __access_ok((void __user *)a->addr, a->len);
}

/*
 * May an integer lead to the object, by what is known without a grant?  To struct pages,
 * as virt_to_page() is arithmetic; to what lies in the module's own arena, which in
 * precise mode gets here; and to pages that it has allocated, which are marked even
 * where there was no memory to remember the grant.
 */
static bool integer_may(struct modbounds_domain *d, const struct modbounds_access *a,
			const struct modbounds_object *o)
{
	if (o->class == MODBOUNDS_STRUCT_PAGE || modbounds_arena_owns(&d->arena, a->base))
		return true;
	return o->class == MODBOUNDS_PAGES && d->number != MODBOUNDS_MANY &&
	       modbounds_grantee((void *)a->base) == d->number;
}

/*
 * A pointer at a variable distance from its base, which goes on: what it leads to is looked
 * at when it is used.  Here it is asked only whether it has left a live object.  It may point
 * behind that; and to the beginning of the page that its base lies in, as who asks for a page
 * rounds it down.
 */
static bool may_point(const struct modbounds_access *a, const struct modbounds_object *o)
{
	return o->class == MODBOUNDS_NONE || o->class == MODBOUNDS_FORBIDDEN || o->freed ||
	       (a->addr == o->end && o->start != o->end) || a->addr == (a->base & PAGE_MASK);
}

static bool is_moved(const struct modbounds_access *a)
{
	return a->flags & MODBOUNDS_ESCAPE && a->flags & MODBOUNDS_RANGE;
}

/*
 * Is the access held to the object of its base, whatever else the module may touch?  A range is,
 * and what lies at a variable distance from its base; a constant distance seldom leads out of a
 * well-typed object.
 */
static bool is_held(const struct modbounds_access *a)
{
	return a->flags & MODBOUNDS_RANGE || (a->site && a->site->base_reg != a->site->addr_reg);
}

/* May the module touch that memory, by what needs no object to be looked up? */
static bool is_known(struct modbounds_domain *d, const struct modbounds_access *a,
		     unsigned int plane)
{
	unsigned long end = a->addr + a->len;

	if (d->mode == MODBOUNDS_TRUSTED)
		return true;
	if (inside(a->addr, a->len, a->sp, modbounds_running_limit()))
		return !is_held(a) || on_stack(a->base, a->sp);
	/* The thunks do not look at all of a long range; and another CPU may have been quicker. */
	if (modbounds_map_test(&d->map, a->addr, plane) &&
	    modbounds_map_all(&d->map, a->addr, end, plane))
		return !is_held(a) || modbounds_one_object(d, a->base, a->addr, end - 1);
	return !is_held(a) && modbounds_owns(d, a->addr, a->len);
}

static noinline enum modbounds_verdict look_closer(struct modbounds_domain *d,
						   const struct modbounds_access *a)
{
	bool write = a->flags & MODBOUNDS_STORE;
	unsigned int plane = write ? MODBOUNDS_WRITE : MODBOUNDS_READ;
	unsigned long end = a->addr + a->len;
	struct modbounds_object o;

	if (a->flags & MODBOUNDS_ESCAPE && no_address(a))
		return MODBOUNDS_PASS;
	if (end < a->addr)
		return a->flags & MODBOUNDS_RANGE ? MODBOUNDS_BAD_RANGE : MODBOUNDS_WILD;
	if (is_known(d, a, plane))
		return MODBOUNDS_PASS;
	if (a->flags & MODBOUNDS_USER && __access_ok((void __user *)a->addr, a->len))
		return MODBOUNDS_PASS;

	modbounds_expect_free(d, a->base);
	if (on_stack(a->base, a->sp))
		o = (struct modbounds_object){ .class = MODBOUNDS_STACK };
	else if (!modbounds_find_struct_pages(a->base, a->addr, a->len, &o))
		modbounds_find_object(a->base, &o);
	if (IS_ENABLED(CONFIG_UML) && a->flags & MODBOUNDS_ESCAPE && o.class == MODBOUNDS_NONE)
		return MODBOUNDS_PASS;

	if (a->origin == MODBOUNDS_ORIGIN_INT && !integer_may(d, a, &o)) {
		if (!READ_ONCE(d->forgetful) || (o.class != MODBOUNDS_SLAB &&
						 o.class != MODBOUNDS_PAGES))
			return MODBOUNDS_WILD;
		modbounds_count(d, undecided);
		return MODBOUNDS_PASS;
	}

	if (is_moved(a) && may_point(a, &o))
		return MODBOUNDS_PASS;
	switch (o.class) {
	case MODBOUNDS_NONE:
		return MODBOUNDS_WILD;
	case MODBOUNDS_FORBIDDEN:
		return MODBOUNDS_ACCESS_FORBIDDEN;
	case MODBOUNDS_BUSY:
		modbounds_count(d, undecided);
		return MODBOUNDS_PASS;
	case MODBOUNDS_STACK:
		return resolve_stack(a, &o);
	default:
		break;
	}
	if (o.freed)
		return MODBOUNDS_USE_AFTER_FREE;
	if (a->type && o.type && a->type != o.type && a->base == o.start)
		return MODBOUNDS_BAD_TYPE;
	if (o.start == o.end && !find_extent(&o, a))
		return outside(a);
	if (o.class == MODBOUNDS_PAGES && a->addr >= o.start && end > o.end)
		modbounds_extend_pages(&o, end);
	if (!inside(a->addr, a->len, o.start, o.end))
		return outside(a);
	if (write && o.readonly)
		return MODBOUNDS_ACCESS_FORBIDDEN;
	if (o.guard) {
		if (write)
			return modbounds_may_store(d, &o, a) ? MODBOUNDS_PASS :
							       MODBOUNDS_ACCESS_FORBIDDEN;
		o.readonly = true;
	}

	/* What its extent says of an object in the module's arena need not be remembered. */
	if (o.exact && modbounds_arena_owns(&d->arena, o.start))
		return MODBOUNDS_PASS;
	if (o.exact)
		o.end = ALIGN_DOWN(o.end, MODBOUNDS_GRANULE);
	if (o.start == o.end)
		return MODBOUNDS_PASS;
	/* Of something huge, as much as half a leaf of the map holds: bounded work. */
	if (o.end - o.start > MODBOUNDS_RUN_SIZE) {
		o.start = max(o.start, ALIGN_DOWN(a->addr, MODBOUNDS_RUN_SIZE));
		o.end = min(o.end, ALIGN_DOWN(a->addr, MODBOUNDS_RUN_SIZE) + MODBOUNDS_RUN_SIZE);
	}
	return modbounds_grant(d, o.start, o.end, !o.readonly) == -ESTALE ?
		MODBOUNDS_USE_AFTER_FREE : MODBOUNDS_PASS;
}

/* What a caller has on its stack is never remembered, so it is looked at each time anew. */
static __always_inline bool stack_touch(const struct modbounds_access *a)
{
	struct modbounds_object o;

	return on_stack(a->base, a->sp) && a->origin != MODBOUNDS_ORIGIN_INT &&
	       resolve_stack(a, &o) == MODBOUNDS_PASS;
}

static __always_inline enum modbounds_verdict resolve(struct modbounds_domain *d,
						      const struct modbounds_access *a)
{
	enum modbounds_verdict verdict;

	if (!a->len || stack_touch(a) ||
	    (a->origin != MODBOUNDS_ORIGIN_INT &&
	     modbounds_touch(d, a->base, a->addr, a->len, a->type)))
		return MODBOUNDS_PASS;
	verdict = look_closer(d, a);
	/* A pointer that goes on as an integer: its object is granted, if there is one. */
	if (a->flags & MODBOUNDS_ESCAPE && !is_moved(a) && a->origin != MODBOUNDS_ORIGIN_INT)
		return MODBOUNDS_PASS;
	return verdict;
}

/**
 * modbounds_resolve - decide on one access
 * @d: the running domain
 * @a: the access
 *
 * Context: any but NMI.  Takes no lock, sleeps never.
 * Return: MODBOUNDS_PASS, or what is wrong.
 */
enum modbounds_verdict modbounds_resolve(struct modbounds_domain *d,
					 const struct modbounds_access *a)
{
	return resolve(d, a);
}

/**
 * modbounds_failed - what is wrong with an access that the module itself has found so
 * @a: the access
 *
 * Return: the verdict.
 */
enum modbounds_verdict modbounds_failed(const struct modbounds_access *a)
{
	return a->flags & MODBOUNDS_USER ? MODBOUNDS_BAD_USER : outside(a);
}

static __always_inline void check_site(struct modbounds_domain *d, struct modbounds_regs *regs,
				       const struct modbounds_site *site, unsigned int call)
{
	struct modbounds_access a = modbounds_site_access(regs, site);
	enum modbounds_verdict verdict;

	modbounds_count(d, misses);
	verdict = call == MODBOUNDS_MISS_FAILED ? modbounds_failed(&a) : resolve(d, &a);
	if (likely(verdict == MODBOUNDS_PASS) || modbounds_violation(d, &a, verdict))
		return;
	if (site->flags & MODBOUNDS_LEAVE)
		modbounds_leave(d, regs);
	regs->reg[site->addr_reg] = (unsigned long)d->sink;
}

/**
 * modbounds_miss - what the thunks call when levels 1 and 2 do not pass
 * @regs: the module's registers; the address to use goes there
 * @call: MODBOUNDS_MISS and so on: what was called
 *
 * Context: any, as the module; interrupts as they are.
 */
asmlinkage void modbounds_miss(struct modbounds_regs *regs, unsigned int call)
{
	struct modbounds_domain *d = modbounds_acting_domain(regs->ip);
	const s32 *link = (const s32 *)(regs->ip + 1);
	const struct modbounds_site *site;

	/* No allocator may be called here. */
	if (in_nmi())
		return;
	if (call == MODBOUNDS_MISS_COMPACT)
		site = modbounds_site_of(&d, regs->ip);
	else
		site = (void *)link + *link;
	if (!WARN_ON_ONCE(!site))
		check_site(d, regs, site, call);
}
