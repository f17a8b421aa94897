// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's side of the growth curves: owns objects, hands them to modules,
 * and says how many time stamp ticks it took.  Under QEMU's -icount shift=0 a
 * tick is an instruction.
 *
 * Writing "OBJECTS SIZE" to the parameter run measures one point of a curve:
 * that many objects of that size, all handed to each module that is there.
 */
#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmstat.h>
#include <asm/msr.h>

#include "growth.h"

/* Operations that one figure is the mean of, with all objects alive. */
#define PROBES	1024UL

static LIST_HEAD(modules);

void growth_add(struct growth_module *module)
{
	list_add_tail(&module->list, &modules);
}
EXPORT_SYMBOL_GPL(growth_add);

void growth_remove(struct growth_module *module)
{
	list_del(&module->list);
}
EXPORT_SYMBOL_GPL(growth_remove);

/* With interrupts on, as a million first touches take a while. */
static unsigned long touch_all(unsigned long **objects, unsigned long count)
{
	struct growth_module *m;
	unsigned long start = rdtsc_ordered();

	list_for_each_entry(m, &modules, list)
		m->touch(objects, count);
	return rdtsc_ordered() - start;
}

static unsigned long free_bytes(void)
{
	return global_zone_page_state(NR_FREE_PAGES) * PAGE_SIZE;
}

static int measure(unsigned long count, unsigned long size)
{
	unsigned long first, again, start, release = 0, alloc = 0, used, i;
	unsigned long probes = min(count, PROBES), stride = count / probes;
	unsigned long **objects = kvcalloc(count, sizeof(*objects), GFP_KERNEL);
	int err = -ENOMEM;

	if (!objects)
		return err;
	for (i = 0; i < count; i++) {
		objects[i] = kzalloc(size, GFP_KERNEL);
		if (!objects[i])
			goto out;
	}
	used = free_bytes();
	first = touch_all(objects, count);
	used -= free_bytes();
	again = touch_all(objects, count);

	/* Objects here and there come and go, while all others are alive. */
	for (i = 0; i < probes; i++) {
		unsigned long **object = &objects[i * stride];

		local_irq_disable();
		start = rdtsc_ordered();
		kfree(*object);
		release += rdtsc_ordered() - start;
		start = rdtsc_ordered();
		*object = kzalloc(size, GFP_ATOMIC);
		alloc += rdtsc_ordered() - start;
		local_irq_enable();
		if (!*object)
			goto out;
		touch_all(object, 1);
	}
	pr_info("growth: insns_first_touch %lu %lu\n", first, count);
	pr_info("growth: insns_touch_again %lu %lu\n", again, count);
	pr_info("growth: insns_free %lu %lu\n", release, probes);
	pr_info("growth: insns_alloc %lu %lu\n", alloc, probes);
	pr_info("growth: bytes_per_object %ld %lu\n", (long)used, count);
	err = 0;
out:
	for (i = 0; i < count; i++)
		kfree(objects[i]);
	kvfree(objects);
	return err;
}

static int run_set(const char *value, const struct kernel_param *kp)
{
	unsigned long count, size;

	if (sscanf(value, "%lu %lu", &count, &size) != 2 || !count || size < sizeof(long))
		return -EINVAL;
	return measure(count, size);
}

static const struct kernel_param_ops run_ops = { .set = run_set };
module_param_cb(run, &run_ops, NULL, 0200);
MODULE_PARM_DESC(run, "measure: number of objects, their size");

MODULE_DESCRIPTION("modbounds: the kernel's side of the growth curves");
MODULE_LICENSE("GPL");
