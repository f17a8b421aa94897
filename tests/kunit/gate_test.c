// SPDX-License-Identifier: GPL-2.0
/* Gates, thunks, modes and policies. */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/slab.h>

#include "modbounds_test.h"

void *__modbounds_memset(void *p, int c, size_t n);

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

/* Nor do arrays of callers need it: they end where the stack does, and begin there, too. */
static void thunks_stack_array(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	unsigned long above[4] = { }, end = (unsigned long)above | (THREAD_SIZE - 1);
	struct modbounds_activation a;
	void *within, *behind, *elsewhere, *integer;
	unsigned long misses;

	d->policy = MODBOUNDS_REPORT;
	enter(d, &a);
	within = ELEMENT8(above, MODBOUNDS_ORIGIN_LOADED, &above[2]);
	misses = STAT(d, misses);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&d->violations), 0);
	behind = ELEMENT8(above, MODBOUNDS_ORIGIN_LOADED, (void *)(end - 3));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&d->violations), 1);
	elsewhere = ELEMENT8(d, MODBOUNDS_ORIGIN_LOADED, &above[2]);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&d->violations), 2);
	integer = ELEMENT8(above, MODBOUNDS_ORIGIN_INT, &above[2]);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&d->violations), 3);
	leave(&a);
	KUNIT_EXPECT_EQ(test, misses, 0);
	KUNIT_EXPECT_PTR_EQ(test, within, (void *)&above[2]);
	KUNIT_EXPECT_PTR_EQ(test, behind, (void *)(end - 3));
	KUNIT_EXPECT_PTR_EQ(test, elsewhere, (void *)&above[2]);
	KUNIT_EXPECT_PTR_EQ(test, integer, (void *)&above[2]);
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

/* What violates in its clean-up may still have its interrupts and its work done. */
static void violates_going(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	struct modbounds_activation a, b;
	char *p = kzalloc(64, GFP_KERNEL);
	void *bad;

	fake_module.modbounds = d;
	modbounds_module_going(&fake_module);
	enter(d, &a);
	bad = STORE8_INT(p);
	leave(&a);
	KUNIT_EXPECT_PTR_EQ(test, bad, d->sink);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&d->violations), 1);
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

/* A site is reported once, by its place or by the caller's; the others are counted. */
static void reports_suppressed(struct kunit *test)
{
	struct modbounds_access access = { .addr = 16, .base = 16, .len = 8, .ip = 0x1000 };
	struct modbounds_domain *d = test->priv;
	int i;

	d->policy = MODBOUNDS_REPORT;
	for (i = 0; i < 3; i++)
		modbounds_violation(d, &access, MODBOUNDS_WILD);
	KUNIT_EXPECT_EQ(test, STAT(d, suppressed), 2);
	access.ip = 0x2000;
	modbounds_violation(d, &access, MODBOUNDS_WILD);
	KUNIT_EXPECT_EQ(test, STAT(d, suppressed), 2);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&d->violations), 4);
	/* No more of them than can be told apart. */
	for (i = 2; i < ARRAY_SIZE(d->reported_calls); i++)
		d->reported_calls[i] = i;
	access.ip = 0x3000;
	modbounds_violation(d, &access, MODBOUNDS_WILD);
	KUNIT_EXPECT_EQ(test, STAT(d, suppressed), 3);
}

/* In trusted mode nothing that is done on the module's behalf is looked at. */
static void mode_trusted(struct kunit *test)
{
	void *(*module_memset)(void *p, int c, size_t n) = __modbounds_memset;
	struct modbounds_domain *d = test->priv;
	char *p = kzalloc(64, GFP_KERNEL);
	struct modbounds_activation a;

	KUNIT_ASSERT_NOT_NULL(test, p);
	modbounds_set_mode(d, MODBOUNDS_TRUSTED);
	enter(d, &a);
	module_memset(p, 1, 8);
	leave(&a);
	KUNIT_EXPECT_EQ(test, p[0], 1);
	KUNIT_EXPECT_EQ(test, STAT(d, grants), 0);
	/* live: from here on it is */
	modbounds_set_mode(d, MODBOUNDS_BOUNDED);
	enter(d, &a);
	module_memset(p, 2, 65);
	leave(&a);
	KUNIT_EXPECT_EQ(test, p[0], 1);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&d->violations), 1);
	KUNIT_EXPECT_EQ(test, d->state, MODBOUNDS_QUARANTINED);
	kfree(p);
}

static void gates_nest(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	struct modbounds_domain *other = modbounds_domain_create("kunit2", NULL);
	struct modbounds_activation a, b;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, other);
	KUNIT_EXPECT_PTR_EQ(test, modbounds_running_domain(), &modbounds_nobody);
	enter(d, &a);
	KUNIT_EXPECT_PTR_EQ(test, modbounds_running_domain(), d);
	KUNIT_EXPECT_EQ(test, modbounds_running_limit(), (unsigned long)&a);
	enter(other, &b);
	KUNIT_EXPECT_PTR_EQ(test, modbounds_running_domain(), other);
	KUNIT_EXPECT_EQ(test, modbounds_running_limit(), (unsigned long)&b);
	leave(&b);
	KUNIT_EXPECT_PTR_EQ(test, modbounds_running_domain(), d);
	KUNIT_EXPECT_EQ(test, modbounds_running_limit(), (unsigned long)&a);
	leave(&a);
	KUNIT_EXPECT_PTR_EQ(test, modbounds_running_domain(), &modbounds_nobody);
	modbounds_domain_destroy(other);
}

struct other_task {
	struct completion done;
	struct modbounds_domain *domain;
};

static int run_other_task(void *data)
{
	struct other_task *other = data;

	other->domain = modbounds_running_domain();
	complete(&other->done);
	return 0;
}

/* What runs goes with the task: not to the one that runs while it sleeps. */
static void gates_follow_tasks(struct kunit *test)
{
	struct modbounds_domain *d = test->priv, *after;
	struct other_task other = { };
	struct modbounds_activation a;
	struct task_struct *task;
	unsigned long limit;

	init_completion(&other.done);
	task = kthread_create(run_other_task, &other, "modbounds-test");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	kthread_bind(task, raw_smp_processor_id());
	enter(d, &a);
	wake_up_process(task);
	wait_for_completion(&other.done);
	after = modbounds_running_domain();
	limit = modbounds_running_limit();
	leave(&a);
	KUNIT_EXPECT_PTR_EQ(test, other.domain, &modbounds_nobody);
	KUNIT_EXPECT_PTR_EQ(test, after, d);
	KUNIT_EXPECT_EQ(test, limit, (unsigned long)&a);
}

static struct kunit_case gate_cases[] = {
	KUNIT_CASE(modes),
	KUNIT_CASE(mode_precise),
	KUNIT_CASE(thunks_pass),
	KUNIT_CASE(thunks_stack_window),
	KUNIT_CASE(thunks_stack_array),
	KUNIT_CASE(policy_contain),
	KUNIT_CASE(violates_going),
	KUNIT_CASE(policy_report),
	KUNIT_CASE(reports_suppressed),
	KUNIT_CASE(mode_trusted),
	KUNIT_CASE(gates_nest),
	KUNIT_CASE(gates_follow_tasks),
	{ }
};

MODBOUNDS_TEST_SUITE(gate, gate_cases);
