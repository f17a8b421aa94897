// SPDX-License-Identifier: GPL-2.0
/*
 * Owns objects, lends some, and tells whether what it watches is as it was
 * (/sys/module/owner/parameters/state).  Built without checks.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "owner.h"

#define OBJECTS 64

static struct kmem_cache *cache;
static struct owned *objects[OBJECTS];
static unsigned long page;
static struct file *file;
static const void *watched;
static size_t watched_len;
static char copy[64];

/* An object to use, and the address of the one right behind it, which is not lent. */
struct owned *owner_lend(unsigned long *behind)
{
	int i, j;

	for (i = 0; i < OBJECTS; i++)
		for (j = 0; j < OBJECTS; j++)
			if (objects[j] == objects[i] + 1) {
				*behind = (unsigned long)objects[j];
				return objects[i];
			}
	return NULL;
}
EXPORT_SYMBOL_GPL(owner_lend);

/* The address of an object that is nobody else's, as a number. */
unsigned long owner_object(void)
{
	return (unsigned long)objects[OBJECTS - 1];
}
EXPORT_SYMBOL_GPL(owner_object);

unsigned long owner_page(void)
{
	return page;
}
EXPORT_SYMBOL_GPL(owner_page);

/* Near the end of the running task's stack, where nothing is yet, in the linear mapping. */
void *owner_stack(void)
{
	return page_address(vmalloc_to_page(task_stack_page(current))) + 1024;
}
EXPORT_SYMBOL_GPL(owner_stack);

/* Is what lies there now still there when somebody reads the state? */
void owner_watch(unsigned long addr, size_t len)
{
	watched = (const void *)addr;
	watched_len = min(len, sizeof(copy));
	memcpy(copy, watched, watched_len);
}
EXPORT_SYMBOL_GPL(owner_watch);

/* An open file; the word at an offset of it is watched. */
struct file *owner_file(size_t offset)
{
	if (IS_ERR_OR_NULL(file))
		file = filp_open("/", O_RDONLY, 0);
	owner_watch((unsigned long)file + offset, sizeof(int));
	return file;
}
EXPORT_SYMBOL_GPL(owner_file);

static int state_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n", !watched ? "nothing" :
			  memcmp(copy, watched, watched_len) ? "changed" : "intact");
}

static const struct kernel_param_ops state_ops = { .get = state_get };
module_param_cb(state, &state_ops, NULL, 0444);

static void (*printer)(const char *fmt, ...);

void owner_set_printer(void (*print)(const char *fmt, ...))
{
	printer = print;
}
EXPORT_SYMBOL_GPL(owner_set_printer);

/* A callback of the other module's with arguments that nobody can count. */
static int print_set(const char *val, const struct kernel_param *kp)
{
	owner_watch(owner_object(), sizeof(long));
	printer("%lx", owner_object());
	return 0;
}

static const struct kernel_param_ops print_ops = { .set = print_set };
module_param_cb(print, &print_ops, NULL, 0200);

static void owner_exit(void)
{
	int i;

	for (i = 0; i < OBJECTS; i++)
		kmem_cache_free(cache, objects[i]);
	kmem_cache_destroy(cache);
	free_page(page);
	if (!IS_ERR_OR_NULL(file))
		filp_close(file, NULL);
}
module_exit(owner_exit);

static int __init owner_init(void)
{
	int i;

	cache = kmem_cache_create("owner", sizeof(struct owned), sizeof(struct owned),
				  SLAB_NO_MERGE | SLAB_PANIC, NULL);
	page = get_zeroed_page(GFP_KERNEL | __GFP_NOFAIL);
	for (i = 0; i < OBJECTS; i++) {
		objects[i] = kmem_cache_alloc(cache, GFP_KERNEL | __GFP_NOFAIL);
		memset(objects[i], 'a' + i % 16, sizeof(struct owned));
	}
	*(unsigned long *)page = 1;
	return 0;
}
module_init(owner_init);

MODULE_DESCRIPTION("Owns what a module with checks tries to change");
MODULE_LICENSE("GPL");
