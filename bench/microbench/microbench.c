// SPDX-License-Identifier: GPL-2.0
/* The module that is measured, built plain and with checks. */
#include <linux/module.h>
#include <linux/slab.h>

#include "microbench.h"

static unsigned long *slots[MICROBENCH_SLOTS];
static unsigned long *own;
static unsigned long *pointer;

static void nothing(void)
{
}

/* The pointer is read anew each time: no check can be left out or shared. */
static void load(bool use_own, unsigned long count)
{
	WRITE_ONCE(pointer, use_own ? own : slots[0]);
	while (count--)
		READ_ONCE(*READ_ONCE(pointer));
}

static void touch(void)
{
	int i;

	for (i = 0; i < MICROBENCH_SLOTS; i++)
		READ_ONCE(*READ_ONCE(slots[i]));
}

static const struct microbench_driver driver = {
	.nothing = nothing,
	.load = load,
	.touch = touch,
	.slots = slots,
};

static int __init microbench_init(void)
{
	own = kzalloc(64, GFP_KERNEL);
	if (!own)
		return -ENOMEM;
	microbench_run(&driver);
	return 0;
}
module_init(microbench_init);

static void __exit microbench_exit(void)
{
	kfree(own);
}
module_exit(microbench_exit);

MODULE_DESCRIPTION("modbounds: what one check costs");
MODULE_LICENSE("GPL");
