/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _GROWTH_H
#define _GROWTH_H

#include <linux/list.h>
#include <linux/module.h>

/**
 * struct growth_module - one of the modules that are handed objects
 * @touch: load once from each object
 * @list: used by the kernel's side
 */
struct growth_module {
	void (*touch)(unsigned long **objects, unsigned long count);
	struct list_head list;
};

void growth_add(struct growth_module *module);
void growth_remove(struct growth_module *module);

/* The whole of such a module. */
#define GROWTH_MODULE							\
static void touch(unsigned long **objects, unsigned long count)		\
{									\
	unsigned long i;						\
									\
	for (i = 0; i < count; i++)					\
		READ_ONCE(*READ_ONCE(objects[i]));			\
}									\
									\
static struct growth_module growth = { .touch = touch };		\
									\
static int __init growth_init(void)					\
{									\
	growth_add(&growth);						\
	return 0;							\
}									\
module_init(growth_init);						\
									\
static void __exit growth_exit(void)					\
{									\
	growth_remove(&growth);						\
}									\
module_exit(growth_exit);						\
									\
MODULE_DESCRIPTION("modbounds: one of many modules");			\
MODULE_LICENSE("GPL");

#endif
