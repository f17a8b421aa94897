// SPDX-License-Identifier: GPL-2.0
/* Trace events. */
#include <linux/slab.h>
#include <trace/events/modbounds.h>

#include "modbounds_test.h"

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
	asm volatile("movl $0x5a5a, %%edx\n\tcall __modbounds_exit\n\tmovq %%rdx, %0"
		     : "=r" (kept), ASM_CALL_CONSTRAINT
		     : "b" (&a) : "rdx", "r10", "r11", "memory");
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

static struct kunit_case trace_cases[] = {
#ifdef CONFIG_TRACEPOINTS
	KUNIT_CASE(trace_events),
#endif
	{ }
};

MODBOUNDS_TEST_SUITE(trace, trace_cases);
