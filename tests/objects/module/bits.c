// SPDX-License-Identifier: GPL-2.0
/* Bits and atomics behind an object's end. */
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "objects.h"

/* One long, which has 64 bits. */
#define BIT_BUG(fn, op)					\
static void fn##_right(void)				\
{							\
	unsigned long *p = kzalloc(sizeof(*p), GFP_KERNEL);	\
							\
	op(hidden(64 + 5), p);				\
	kfree(p);					\
}

#define BIT_BUG_RESULT(fn, op)				\
static void fn##_right(void)				\
{							\
	unsigned long *p = kzalloc(sizeof(*p), GFP_KERNEL);	\
							\
	SINK(op(hidden(64 + 5), p));			\
	kfree(p);					\
}

#define BITS(X, R)			\
	X(set_bit)			\
	X(clear_bit)			\
	X(change_bit)			\
	X(clear_bit_unlock)		\
	X(__set_bit)			\
	X(__clear_bit)			\
	X(__change_bit)			\
	X(__clear_bit_unlock)		\
	R(test_bit)			\
	R(test_and_set_bit)		\
	R(test_and_clear_bit)		\
	R(test_and_change_bit)		\
	R(test_and_set_bit_lock)	\
	R(__test_and_set_bit)		\
	R(__test_and_clear_bit)		\
	R(__test_and_change_bit)

#define DEFINE_BIT(op) BIT_BUG(op, op)
#define DEFINE_BIT_RESULT(op) BIT_BUG_RESULT(op, op)
BITS(DEFINE_BIT, DEFINE_BIT_RESULT)

static void xor_unlock_right(void)
{
	unsigned long *p = kzalloc(sizeof(*p), GFP_KERNEL);

	SINK(xor_unlock_is_negative_byte(1, p + hidden(1)));
	kfree(p);
}

/* A counter that lies behind 8 bytes of something else, where no more than that was asked for. */
struct counted {
	u64 something;
	atomic_t n;
	atomic64_t n64;
};

#define ATOMIC_BUG(fn, expr)				\
static void fn(void)					\
{							\
	struct counted *p = kzalloc(8, GFP_KERNEL);	\
	atomic_t *n = &hidden(p)->n;			\
							\
	expr;						\
	kfree(p);					\
}

ATOMIC_BUG(atomic_read_right, SINK(atomic_read(n)))
ATOMIC_BUG(atomic_set_right, atomic_set(n, 1))
ATOMIC_BUG(atomic_add_right, atomic_add(2, n))
ATOMIC_BUG(atomic_sub_right, atomic_sub(2, n))
ATOMIC_BUG(atomic_inc_right, atomic_inc(n))
ATOMIC_BUG(atomic_dec_right, atomic_dec(n))
ATOMIC_BUG(atomic_and_right, atomic_and(1, n))
ATOMIC_BUG(atomic_or_right, atomic_or(1, n))
ATOMIC_BUG(atomic_xor_right, atomic_xor(1, n))
ATOMIC_BUG(atomic_xchg_right, SINK(atomic_xchg(n, 1)))
ATOMIC_BUG(atomic_cmpxchg_right, SINK(atomic_cmpxchg(n, 0, 1)))
ATOMIC_BUG(atomic_add_return_right, SINK(atomic_add_return(1, n)))
ATOMIC_BUG(atomic_fetch_add_right, SINK(atomic_fetch_add(1, n)))
ATOMIC_BUG(atomic_dec_and_test_right, SINK(atomic_dec_and_test(n)))
ATOMIC_BUG(atomic_inc_not_zero_right, SINK(atomic_inc_not_zero(n)))
ATOMIC_BUG(atomic_add_negative_right, SINK(atomic_add_negative(1, n)))

#define ATOMIC64_BUG(fn, expr)				\
static void fn(void)					\
{							\
	atomic64_t *n = kzalloc(8 * 4, GFP_KERNEL), *all = n;	\
							\
	n += hidden(4);					\
	expr;						\
	kfree(all);					\
}

ATOMIC64_BUG(atomic64_read_index, SINK(atomic64_read(n)))
ATOMIC64_BUG(atomic64_set_index, atomic64_set(n, 1))
ATOMIC64_BUG(atomic64_add_index, atomic64_add(1, n))
ATOMIC64_BUG(atomic64_inc_index, atomic64_inc(n))
ATOMIC64_BUG(atomic64_xchg_index, SINK(atomic64_xchg(n, 1)))
ATOMIC64_BUG(atomic64_cmpxchg_index, SINK(atomic64_cmpxchg(n, 0, 1)))
ATOMIC64_BUG(atomic64_fetch_add_index, SINK(atomic64_fetch_add(1, n)))
ATOMIC64_BUG(atomic64_dec_and_test_index, SINK(atomic64_dec_and_test(n)))

#define ENTER_BIT(op) BUG_BY_INDEX("bit", op##_right),

const struct bug bit_bugs[] = {
	BITS(ENTER_BIT, ENTER_BIT)
	BUG_BY_INDEX("bit", xor_unlock_right),
	BUG_BY_FIELD("atomic", atomic_read_right),
	BUG_BY_FIELD("atomic", atomic_set_right),
	BUG_BY_FIELD("atomic", atomic_add_right),
	BUG_BY_FIELD("atomic", atomic_sub_right),
	BUG_BY_FIELD("atomic", atomic_inc_right),
	BUG_BY_FIELD("atomic", atomic_dec_right),
	BUG_BY_FIELD("atomic", atomic_and_right),
	BUG_BY_FIELD("atomic", atomic_or_right),
	BUG_BY_FIELD("atomic", atomic_xor_right),
	BUG_BY_FIELD("atomic", atomic_xchg_right),
	BUG_BY_FIELD("atomic", atomic_cmpxchg_right),
	BUG_BY_FIELD("atomic", atomic_add_return_right),
	BUG_BY_FIELD("atomic", atomic_fetch_add_right),
	BUG_BY_FIELD("atomic", atomic_dec_and_test_right),
	BUG_BY_FIELD("atomic", atomic_inc_not_zero_right),
	BUG_BY_FIELD("atomic", atomic_add_negative_right),
	BUG_BY_INDEX("atomic", atomic64_read_index),
	BUG_BY_INDEX("atomic", atomic64_set_index),
	BUG_BY_INDEX("atomic", atomic64_add_index),
	BUG_BY_INDEX("atomic", atomic64_inc_index),
	BUG_BY_INDEX("atomic", atomic64_xchg_index),
	BUG_BY_INDEX("atomic", atomic64_cmpxchg_index),
	BUG_BY_INDEX("atomic", atomic64_fetch_add_index),
	BUG_BY_INDEX("atomic", atomic64_dec_and_test_index),
	{ }
};
