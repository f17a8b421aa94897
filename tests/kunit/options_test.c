// SPDX-License-Identifier: GPL-2.0
/* How modules are to run: the command line, and what is refused. */
#include <linux/slab.h>

#include "modbounds_test.h"

static void abi_mismatch(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, modbounds_check_modinfo("m", NULL), 0);
	KUNIT_EXPECT_EQ(test, modbounds_check_modinfo("m", __stringify(MODBOUNDS_ABI)), 0);
	KUNIT_EXPECT_EQ(test, modbounds_check_modinfo("m", "0"), -ENOEXEC);
}

static void require_instrumented(struct kunit *test)
{
	bool was = modbounds_require;

	modbounds_require = true;
	KUNIT_EXPECT_EQ(test, modbounds_check_modinfo("m", NULL), -EPERM);
	KUNIT_EXPECT_EQ(test, modbounds_check_modinfo("m", __stringify(MODBOUNDS_ABI)), 0);
	modbounds_require = was;
}

static void options(struct kunit *test)
{
	static const struct {
		const char *cmdline;
		int err;
		enum modbounds_mode mode;
		enum modbounds_policy policy;
	} cases[] = {
		{ "", 0, MODBOUNDS_BOUNDED, MODBOUNDS_CONTAIN },
		{ "quiet modbounds.my_mod=precise,report ro", 0,
		  MODBOUNDS_PRECISE, MODBOUNDS_REPORT },
		{ "modbounds.my-mod=panic", 0, MODBOUNDS_BOUNDED, MODBOUNDS_PANIC },
		{ "modbounds.my_mod=trusted", 0, MODBOUNDS_TRUSTED, MODBOUNDS_CONTAIN },
		{ "modbounds.my_mod=report,precise", 0, MODBOUNDS_PRECISE, MODBOUNDS_REPORT },
		{ "modbounds.my_mod=trusted modbounds.my_mod=precise", 0,
		  MODBOUNDS_PRECISE, MODBOUNDS_CONTAIN },
		{ "modbounds.my_module=precise my_mod=precise modbounds.my=precise", 0,
		  MODBOUNDS_BOUNDED, MODBOUNDS_CONTAIN },
		{ "modbounds.my_mod modbounds.my_mode=", 0, MODBOUNDS_BOUNDED, MODBOUNDS_CONTAIN },
		{ "x=\"modbounds.my_mod=trusted\" y", 0, MODBOUNDS_BOUNDED, MODBOUNDS_CONTAIN },
		{ "-- modbounds.my_mod=trusted", 0, MODBOUNDS_BOUNDED, MODBOUNDS_CONTAIN },
		{ "modbounds.my_mod=precice,report", -EINVAL, MODBOUNDS_BOUNDED, MODBOUNDS_REPORT },
		{ "modbounds.my_mod=", -EINVAL, MODBOUNDS_BOUNDED, MODBOUNDS_CONTAIN },
		{ "modbounds.my_mod=precise,,", -EINVAL, MODBOUNDS_PRECISE, MODBOUNDS_CONTAIN },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct modbounds_options o = { MODBOUNDS_BOUNDED, MODBOUNDS_CONTAIN };
		char *cmdline = kunit_kstrdup(test, cases[i].cmdline, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, cmdline);
		KUNIT_EXPECT_EQ_MSG(test, modbounds_parse_options(cmdline, "my_mod", &o),
				    cases[i].err, "%s", cases[i].cmdline);
		KUNIT_EXPECT_EQ_MSG(test, o.mode, cases[i].mode, "%s", cases[i].cmdline);
		KUNIT_EXPECT_EQ_MSG(test, o.policy, cases[i].policy, "%s", cases[i].cmdline);
	}
}

static void options_words(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, modbounds_choose_mode("m", "precise\n"), MODBOUNDS_PRECISE);
	KUNIT_EXPECT_EQ(test, modbounds_choose_mode("m", "precis"), -EINVAL);
	KUNIT_EXPECT_EQ(test, modbounds_choose_mode("m", ""), -EINVAL);
	KUNIT_EXPECT_EQ(test, modbounds_choose_policy("m", "panic"), MODBOUNDS_PANIC);
	KUNIT_EXPECT_EQ(test, modbounds_choose_policy("m", "precise"), -EINVAL);
}

static struct kunit_case options_cases[] = {
	KUNIT_CASE(abi_mismatch),
	KUNIT_CASE(require_instrumented),
	KUNIT_CASE(options),
	KUNIT_CASE(options_words),
	{ }
};

MODBOUNDS_TEST_SUITE(options, options_cases);
