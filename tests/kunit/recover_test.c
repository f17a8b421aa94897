// SPDX-License-Identifier: GPL-2.0
/* What becomes of a module after a violation: states, limits, who may restart it. */
#include <linux/delay.h>

#include "modbounds_test.h"

#define STATE(name)	MODBOUNDS_##name

/* Into each state, by the shortest way. */
static void reach(struct kunit *test, struct modbounds_domain *d, enum modbounds_state state)
{
	static const enum modbounds_state before[] = {
		[STATE(QUARANTINED)] = STATE(RUNNING),
		[STATE(RESTARTING)] = STATE(QUARANTINED),
		[STATE(DRAINING)] = STATE(QUARANTINED),
		[STATE(DOWN)] = STATE(QUARANTINED),
		[STATE(FAILED)] = STATE(RESTARTING),
	};

	if (state == STATE(RUNNING))
		return;
	reach(test, d, before[state]);
	KUNIT_ASSERT_TRUE(test, modbounds_set_state(d, state));
}

static void transitions(struct kunit *test)
{
	/* From each, in the order of the enum: what may follow, and whether gates refuse. */
	static const struct {
		const char *to;
		bool refuse;
	} expected[MODBOUNDS_STATES] = {
		[STATE(RUNNING)] = { "-q-d--", false },
		[STATE(QUARANTINED)] = { "--rdD-", true },
		[STATE(RESTARTING)] = { "R---DF", false },
		[STATE(DRAINING)] = { "------", false },
		[STATE(DOWN)] = { "--rd--", true },
		[STATE(FAILED)] = { "---d--", true },
	};
	int from, to;

	for (from = 0; from < MODBOUNDS_STATES; from++)
		for (to = 0; to < MODBOUNDS_STATES; to++) {
			struct modbounds_domain *d = modbounds_domain_create("states", NULL);
			bool may = expected[from].to[to] != '-';

			KUNIT_ASSERT_NOT_ERR_OR_NULL(test, d);
			reach(test, d, from);
			KUNIT_EXPECT_EQ_MSG(test, modbounds_set_state(d, to), may, "%d to %d",
					    from, to);
			KUNIT_EXPECT_EQ(test, d->state, may ? to : from);
			KUNIT_EXPECT_EQ(test, d->refuse, expected[may ? to : from].refuse);
			modbounds_domain_destroy(d);
		}
}

static void violates_again(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;

	reach(test, d, STATE(RESTARTING));
	modbounds_quarantine(d);
	KUNIT_EXPECT_EQ(test, d->state, STATE(RESTARTING));
	KUNIT_EXPECT_FALSE(test, modbounds_set_state(d, STATE(RUNNING)));
	KUNIT_EXPECT_TRUE(test, modbounds_set_state(d, STATE(DOWN)));
}

#define SECOND	((u64)NSEC_PER_SEC)

static void limits(struct kunit *test)
{
	struct modbounds_recovery r = { };
	u64 now = 10000 * SECOND;
	int i;

	KUNIT_EXPECT_EQ(test, modbounds_backoff(&r, now), 0);
	for (i = 0; i < 5; i++) {
		KUNIT_EXPECT_TRUE(test, modbounds_may_restart(&r, now));
		r.started[r.restarts++] = now;
		KUNIT_EXPECT_EQ(test, modbounds_backoff(&r, now), (HZ / 10) << i);
		now += SECOND;
	}
	KUNIT_EXPECT_FALSE(test, modbounds_may_restart(&r, now));
	/* the first is forgotten after half an hour */
	now = r.started[0] + 1800 * SECOND;
	KUNIT_EXPECT_FALSE(test, modbounds_may_restart(&r, now - 1));
	KUNIT_EXPECT_TRUE(test, modbounds_may_restart(&r, now));
	/* it does not wait for ever */
	for (i = 0; i < MODBOUNDS_MAX_RESTARTS; i++)
		r.started[i] = now;
	r.restarts = MODBOUNDS_MAX_RESTARTS;
	KUNIT_EXPECT_EQ(test, modbounds_backoff(&r, now), 10 * HZ);
}

static void rungs(struct kunit *test)
{
	struct modbounds_recovery r = { };
	u64 now = 10000 * SECOND;

	KUNIT_EXPECT_EQ(test, modbounds_first_rung(&r, now), MODBOUNDS_RUNG_RESET);
	r.rung = MODBOUNDS_RUNG_RESET;
	r.back = now;
	KUNIT_EXPECT_EQ(test, modbounds_first_rung(&r, now + SECOND), MODBOUNDS_RUNG_REBIND);
	KUNIT_EXPECT_EQ(test, modbounds_first_rung(&r, now + 10 * SECOND), MODBOUNDS_RUNG_RESET);
}

static void will_return(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;

	d->policy = MODBOUNDS_RESTART;
	KUNIT_EXPECT_FALSE(test, modbounds_will_return(d));
	reach(test, d, STATE(QUARANTINED));
	KUNIT_EXPECT_TRUE(test, modbounds_will_return(d));
	d->policy = MODBOUNDS_CONTAIN;
	KUNIT_EXPECT_FALSE(test, modbounds_will_return(d));
	modbounds_set_state(d, STATE(RESTARTING));
	KUNIT_EXPECT_TRUE(test, modbounds_will_return(d));
	modbounds_set_state(d, STATE(DOWN));
	KUNIT_EXPECT_FALSE(test, modbounds_will_return(d));
}

/* The worker's part, for a module that has no device: nothing helps it. */
static enum modbounds_state settle(struct modbounds_domain *d)
{
	int i;

	for (i = 0; i < 100 && d->state != STATE(DOWN); i++)
		msleep(20);
	return d->state;
}

static void goes_down(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;

	/* a module that is loaded, and that the worker can hold */
	atomic_set(&fake_module.refcnt, 1);
	d->policy = MODBOUNDS_RESTART;
	modbounds_quarantine(d);
	KUNIT_EXPECT_EQ(test, settle(d), STATE(DOWN));
	KUNIT_EXPECT_EQ(test, d->recovery.restarts, 1);
	/* quarantined, restarting, down */
	KUNIT_EXPECT_EQ(test, d->recovery.changes, 3);
	KUNIT_EXPECT_EQ(test, modbounds_restart(d), 0);
	flush_delayed_work(&d->recovery.work);
	KUNIT_EXPECT_EQ(test, d->state, STATE(DOWN));
	KUNIT_EXPECT_EQ(test, d->recovery.restarts, 2);
	KUNIT_EXPECT_FALSE(test, d->recovery.asked);
	KUNIT_EXPECT_EQ(test, atomic_read(&fake_module.refcnt), 1);
}

static void contain_waits_for_a_person(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;

	atomic_set(&fake_module.refcnt, 1);
	KUNIT_EXPECT_EQ(test, modbounds_restart(d), -EBUSY);
	modbounds_quarantine(d);
	irq_work_sync(&d->recovery.poke);
	flush_delayed_work(&d->recovery.work);
	KUNIT_EXPECT_EQ(test, d->state, STATE(QUARANTINED));
	KUNIT_EXPECT_EQ(test, modbounds_restart(d), 0);
	KUNIT_EXPECT_EQ(test, settle(d), STATE(DOWN));
}

static struct kunit_case recover_cases[] = {
	KUNIT_CASE(transitions),
	KUNIT_CASE(violates_again),
	KUNIT_CASE(limits),
	KUNIT_CASE(rungs),
	KUNIT_CASE(will_return),
	KUNIT_CASE(goes_down),
	KUNIT_CASE(contain_waits_for_a_person),
	{ }
};

MODBOUNDS_TEST_SUITE(recover, recover_cases);
