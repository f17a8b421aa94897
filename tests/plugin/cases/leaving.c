// SPDX-License-Identifier: GPL-2.0
/*
 * Where a violation may leave the module: nothing is held there, whatever GCC inlines or
 * merges, for all that the function itself tells; of its callers the stack tells (see
 * tests/boot/aftermath.t).  Functions that take something are known by their names; nothing is left of some
 * of them once they are inlined.
 *
 * unit: kernelside.c
 * unit: locks.c
 * log: ^leaves line @free$
 * log: ^stays line @held$
 * log: ^leaves line @given$
 * log: ^stays line @one_path$
 * log[O0]: ^stays line @other_path$
 * log: ^leaves line @after_both$
 * log: ^stays line @unseen$
 * log: ^leaves line @unseen_given$
 * log: ^stays line @callee_unseen$
 * log: ^stays line @caller_of_taker$
 * log: ^leaves line @caller_of_giver$
 * log: ^leaves line @rcu$
 * log: ^leaves line @looks_as_if$
 * log: ^leaves line @own_name$
 * log: ^stays line @field$
 * log: ^leaves line @nested$
 * nolog: ^leaves line @merged$
 * log: ^stays line @release$
 * log: ^leaves line @released$
 * log: ^leaves line @after_correlated$
 * log: ^stays line @tried$
 * log: ^leaves line @after_tries$
 * log: ^leaves line @call$
 * log: ^stays line @call_held$
 */
#include "../rt.h"
#include "include/kernelside.h"
#include "include/locks.h"

struct locking { void (*lock)(void); void (*unlock)(void); };

static struct locking locking = { _raw_spin_lock, _raw_spin_unlock };
static int inatomic;

noipa static int held(int *p, int *q, int *r)
{
	int n = *p;			/* @free */

	_raw_spin_lock();
	n += *q;			/* @held */
	_raw_spin_unlock();
	return n + *r;			/* @given */
}

noipa static int paths(int *p, int *q, int both)
{
	int n = 0;

	if (both)
		_raw_spin_lock();
	n += *p;			/* @one_path */
	if (both)
		_raw_spin_unlock();
	n += *q;			/* @other_path */
	return n;
}

noipa static int both_paths(int *p, int which)
{
	if (which) {
		mutex_lock();
		mutex_unlock();
	} else {
		down_read();
		up_read();
	}
	return *p;			/* @after_both */
}

static inline int in_callee(int *p)
{
	return *p;			/* @callee_unseen */
}

/* As the kernel's pagefault_disable(): an increment is all that is left of it. */
noipa static int unseen(int *p, int *q, int *r)
{
	int n;

	pagefault_disable(&inatomic);
	n = *p;				/* @unseen */
	n += in_callee(q);
	pagefault_enable(&inatomic);
	return n + *r;			/* @unseen_given */
}

noipa static void take(void) { _raw_spin_lock(); }
noipa static void give(void) { _raw_spin_unlock(); }

noipa static int of_taker(int *p, int *q)
{
	int n;

	take();
	n = *p;				/* @caller_of_taker */
	give();
	return n + *q;			/* @caller_of_giver */
}

noipa static int rcu(int *p)
{
	__rcu_read_lock();
	rt_called();
	__rcu_read_unlock();
	return *p;			/* @rcu */
}

noipa static int looks_as_if(int *p)
{
	spinlock_check();
	power_down_phy();
	block_clock();
	return *p;			/* @looks_as_if */
}

noipa static void card_irq_disable(void) { rt_called(); }

noipa static int own_name(int *p)
{
	card_irq_disable();
	return *p;			/* @own_name */
}

noipa static int by_field(struct locking *ops, int *p)
{
	int n;

	ops->lock();
	n = *p;				/* @field */
	ops->unlock();
	return n;
}

noipa static int nested(int *p)
{
	_raw_spin_lock();
	mutex_lock();
	mutex_unlock();
	_raw_spin_unlock();
	return *p;			/* @nested */
}

/* GCC may make one store of two, of which one is under a lock. */
noipa static void merged(int *p, int which)
{
	if (which) {
		_raw_spin_lock();
		*p = 1;			/* @merged */
	} else {
		*p = 2;
	}
	if (which)
		_raw_spin_unlock();
}

/* As the kernel's spin_unlock() where it is inlined. */
noipa static int release(unsigned char *lock, int *p, int *q)
{
	int n;

	_raw_spin_lock();
	n = *p;				/* @release */
	asm volatile("" ::: "memory");
	*(volatile unsigned char *)lock = 0;
	return n + *q;			/* @released */
}

/* Under a condition that is looked at twice. */
noipa static void correlated(int take)
{
	if (take)
		_raw_spin_lock();
	rt_called();
	if (take)
		_raw_spin_unlock();
}

noipa static int tries(int *p, int *q, int *r)
{
	int n = 0;

	correlated(n);
	n = *p;				/* @after_correlated */
	if (__builtin_expect(!!_raw_spin_trylock(), 1)) {
		n += *q;		/* @tried */
		_raw_spin_unlock();
	}
	if (!mutex_lock_interruptible())
		mutex_unlock();
	return n + *r;			/* @after_tries */
}

noipa static void calls(struct thing *t)
{
	kernel_int(t);			/* @call */
	_raw_spin_lock();
	kernel_int(t);			/* @call_held */
	_raw_spin_unlock();
}

void test(void)
{
	int *p = rt_foreign(64), *q = rt_foreign(4), *r = rt_foreign(4);
	unsigned char *lock = rt_own(1);

	held(p, q, r);
	both_paths(p, 1);
	unseen(p, q, r);
	of_taker(p, q);
	rcu(p);
	looks_as_if(p);
	own_name(p);
	by_field(&locking, p);
	nested(p);
	release(lock, p, q);
	tries(p, q, r);
	calls((struct thing *)p);
	/* These may have taken more than they give back, for all that GCC is told. */
	paths(p, q, 1);
	merged(p, 1);
	merged(p, 0);
}
