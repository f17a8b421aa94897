// SPDX-License-Identifier: GPL-2.0
/*
 * A module to start from: a parameter that reads back what was last written,
 * from memory of the module's own.
 */
#include <linux/module.h>
#include <linux/slab.h>

static char *text;

static int text_set(const char *val, const struct kernel_param *kp)
{
	char *new = kstrdup(val, GFP_KERNEL);

	if (!new)
		return -ENOMEM;
	kfree(text);
	text = new;
	return 0;
}

static int text_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s\n", text ?: "");
}

static const struct kernel_param_ops text_ops = {
	.set = text_set,
	.get = text_get,
};
module_param_cb(text, &text_ops, NULL, 0600);
MODULE_PARM_DESC(text, "Any text; reads back as it was written");

static int __init sample_init(void)
{
	return 0;
}
module_init(sample_init);

static void __exit sample_exit(void)
{
	kfree(text);
}
module_exit(sample_exit);

MODULE_DESCRIPTION("modbounds sample module");
MODULE_LICENSE("GPL");
