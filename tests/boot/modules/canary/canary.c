// SPDX-License-Identifier: GPL-2.0
/*
 * The victim: owns memory that nobody else has any business with, and tells
 * where it is and whether it is intact (/sys/module/canary/parameters).
 */
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/panic_notifier.h>
#include <linux/slab.h>
#include <linux/string.h>

#define WORDS 16
#define SONG 0x70776565742121UL

static unsigned long heap, image;
module_param(heap, ulong, 0444);
MODULE_PARM_DESC(heap, "address of the canary that was allocated");
module_param(image, ulong, 0444);
MODULE_PARM_DESC(image, "address of the canary in the module's data");

static unsigned long image_canary[WORDS];
static unsigned long *heap_canary;

static bool sings(const unsigned long *canary)
{
	int i;

	for (i = 0; i < WORDS; i++)
		if (READ_ONCE(canary[i]) != SONG)
			return false;
	return true;
}

static const char *state(void)
{
	return sings(heap_canary) && sings(image_canary) ? "intact" : "destroyed";
}

static int state_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n", state());
}

/* The last word, where nobody can read a file any more. */
static int panicking(struct notifier_block *nb, unsigned long event, void *message)
{
	pr_emerg("canary: %s at panic\n", state());
	return NOTIFY_DONE;
}

static struct notifier_block panic_nb = { .notifier_call = panicking, .priority = INT_MAX };

static const struct kernel_param_ops state_ops = { .get = state_get };
module_param_cb(state, &state_ops, NULL, 0444);
MODULE_PARM_DESC(state, "intact or destroyed");

static int __init canary_init(void)
{
	int i;

	heap_canary = kmalloc_array(WORDS, sizeof(*heap_canary), GFP_KERNEL);
	if (!heap_canary)
		return -ENOMEM;
	for (i = 0; i < WORDS; i++) {
		heap_canary[i] = SONG;
		image_canary[i] = SONG;
	}
	heap = (unsigned long)heap_canary;
	image = (unsigned long)image_canary;
	return atomic_notifier_chain_register(&panic_notifier_list, &panic_nb);
}
module_init(canary_init);

static void __exit canary_exit(void)
{
	atomic_notifier_chain_unregister(&panic_notifier_list, &panic_nb);
	kfree(heap_canary);
}
module_exit(canary_exit);

MODULE_DESCRIPTION("modbounds: memory for others to destroy");
MODULE_LICENSE("GPL");
