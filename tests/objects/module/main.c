// SPDX-License-Identifier: GPL-2.0
/*
 * Ways to miss one's own objects, of the kinds that allocators' sanitizers are tested with.
 * "NAME" written to /sys/module/objects/parameters/run goes one of them; reading it
 * lists all.
 */
#include <linux/module.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "objects.h"

static const struct bug * const all_bugs[] = { heap_bugs, page_bugs, string_bugs, bit_bugs };

static int run(const char *name, const struct kernel_param *kp)
{
	const struct bug *bug;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all_bugs); i++)
		for (bug = all_bugs[i]; bug->name; bug++)
			if (sysfs_streq(name, bug->name)) {
				bug->run();
				return 0;
			}
	return -EINVAL;
}

static const struct kernel_param_ops run_ops = { .set = run };
module_param_cb(run, &run_ops, NULL, 0200);
MODULE_PARM_DESC(run, "a way to go");

MODULE_DESCRIPTION("ways to miss one's own objects");
MODULE_LICENSE("GPL");
