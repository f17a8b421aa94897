// SPDX-License-Identifier: GPL-2.0
/* The ladder on a device: which it finds, and what becomes of a driver that it binds anew. */
#include <linux/delay.h>
#include <linux/platform_device.h>

#include "modbounds_test.h"

/* What the driver has been asked, and what it is to do. */
static struct {
	unsigned int probes, removes;
	unsigned int fail;		/* so many probes fail */
	struct modbounds_domain *violates;	/* in each probe, if set */
} seen;

static int probe(struct platform_device *pdev)
{
	seen.probes++;
	if (seen.violates)
		modbounds_quarantine(seen.violates);
	if (!seen.fail)
		return 0;
	seen.fail--;
	return -EIO;
}

static void remove(struct platform_device *pdev)
{
	seen.removes++;
}

static struct platform_driver driver = {
	.probe = probe,
	.remove = remove,
	.driver = { .name = "modbounds-ladder" },
};

static struct platform_device *device;

/* A device, and a driver of @owner: that is said late, or it had to have a place in sysfs. */
static void begin(struct kunit *test, struct module *owner)
{
	struct modbounds_domain *d = test->priv;

	atomic_set(&fake_module.refcnt, 1);
	d->policy = MODBOUNDS_RESTART;
	device = platform_device_register_simple("modbounds-ladder", PLATFORM_DEVID_NONE, NULL, 0);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, device);
	KUNIT_ASSERT_EQ(test, platform_driver_register(&driver), 0);
	driver.driver.owner = owner;
}

static enum modbounds_state settle(struct modbounds_domain *d)
{
	int i;

	for (i = 0; i < 100; i++) {
		if (d->recovery.restarts && (d->state == MODBOUNDS_RUNNING ||
					     d->state == MODBOUNDS_DOWN))
			break;
		msleep(20);
	}
	return d->state;
}

static void end(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;

	/* the worker has let go of the device */
	flush_delayed_work(&d->recovery.work);
	driver.driver.owner = NULL;
	platform_driver_unregister(&driver);
	platform_device_unregister(device);
	KUNIT_EXPECT_EQ(test, atomic_read(&fake_module.refcnt), 1);
	memset(&seen, 0, sizeof(seen));
}

static void bound_anew(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;

	begin(test, &fake_module);
	modbounds_quarantine(d);
	KUNIT_EXPECT_EQ(test, settle(d), MODBOUNDS_RUNNING);
	KUNIT_EXPECT_EQ(test, d->recovery.rung, MODBOUNDS_RUNG_REBIND);
	KUNIT_EXPECT_EQ(test, seen.probes, 2);
	KUNIT_EXPECT_EQ(test, seen.removes, 1);
	KUNIT_EXPECT_EQ(test, d->recovery.restarts, 1);
	end(test);
}

/* Nothing is bound, but the module's driver is made for this device. */
static void failed_probe(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;

	seen.fail = 1;
	begin(test, &fake_module);
	KUNIT_ASSERT_PTR_EQ(test, device->dev.driver, NULL);
	modbounds_quarantine(d);
	KUNIT_EXPECT_EQ(test, settle(d), MODBOUNDS_RUNNING);
	KUNIT_EXPECT_EQ(test, seen.probes, 2);
	KUNIT_EXPECT_EQ(test, seen.removes, 0);
	end(test);
}

/* The module drives nothing, but another that does uses it: as nvme does nvme-core. */
static void of_a_user(struct kunit *test)
{
	static struct module user;
	struct modbounds_domain *d = test->priv;
	struct module_use use = { .source = &user, .target = &fake_module };

	begin(test, &user);
	list_add(&use.source_list, &fake_module.source_list);
	modbounds_quarantine(d);
	KUNIT_EXPECT_EQ(test, settle(d), MODBOUNDS_RUNNING);
	KUNIT_EXPECT_EQ(test, seen.probes, 2);
	list_del(&use.source_list);
	end(test);
}

/* Of somebody else's driver nothing is touched. */
static void of_others(struct kunit *test)
{
	static struct module other;
	struct modbounds_domain *d = test->priv;

	begin(test, &other);
	modbounds_quarantine(d);
	KUNIT_EXPECT_EQ(test, settle(d), MODBOUNDS_DOWN);
	KUNIT_EXPECT_EQ(test, seen.probes, 1);
	KUNIT_EXPECT_EQ(test, seen.removes, 0);
	end(test);
}

static void violates_on_its_way(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;

	begin(test, &fake_module);
	seen.violates = d;
	modbounds_quarantine(d);
	KUNIT_EXPECT_EQ(test, settle(d), MODBOUNDS_DOWN);
	KUNIT_EXPECT_EQ(test, seen.probes, 2);
	/* the person has mended it */
	seen.violates = NULL;
	KUNIT_EXPECT_EQ(test, modbounds_restart(d), 0);
	flush_delayed_work(&d->recovery.work);
	KUNIT_EXPECT_EQ(test, settle(d), MODBOUNDS_RUNNING);
	KUNIT_EXPECT_EQ(test, seen.probes, 3);
	end(test);
}

/* After its last restart it goes down, and its driver is not asked once more. */
static void no_more(struct kunit *test)
{
	struct modbounds_domain *d = test->priv;
	int i;

	begin(test, &fake_module);
	for (i = 0; i < 5; i++)
		d->recovery.started[i] = ktime_get_boottime_ns();
	d->recovery.restarts = 5;
	modbounds_quarantine(d);
	KUNIT_EXPECT_EQ(test, settle(d), MODBOUNDS_DOWN);
	KUNIT_EXPECT_EQ(test, seen.probes, 1);
	KUNIT_EXPECT_EQ(test, d->recovery.restarts, 5);
	end(test);
}

static struct kunit_case ladder_cases[] = {
	KUNIT_CASE(bound_anew),
	KUNIT_CASE(failed_probe),
	KUNIT_CASE(of_a_user),
	KUNIT_CASE(of_others),
	KUNIT_CASE(violates_on_its_way),
	KUNIT_CASE(no_more),
	{ }
};

MODBOUNDS_TEST_SUITE(ladder, ladder_cases);
