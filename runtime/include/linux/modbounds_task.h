/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_MODBOUNDS_TASK_H
#define _LINUX_MODBOUNDS_TASK_H

struct modbounds_domain;

#ifdef CONFIG_MODBOUNDS
/**
 * struct modbounds_task - the part of a task that says which module it runs
 * @domain: the running domain; modbounds_nobody outside of instrumented
 *	modules, so that the thunks need no test for NULL
 * @limit: upper end of the running domain's stack window
 * @alloc: domain whose arena allocations come from just now, or NULL
 * @alloc_level: modbounds_level() at which @alloc was set: what
 *	interrupts the task does not allocate for it
 *
 * Interrupts nest inside of the task that they interrupt: the gates save and
 * restore the first two.
 */
struct modbounds_task {
	struct modbounds_domain *domain;
	unsigned long limit;
	struct modbounds_domain *alloc;
	unsigned int alloc_level;
};

extern struct modbounds_domain modbounds_nobody;

#define MODBOUNDS_TASK_INIT	{ .domain = &modbounds_nobody }
#endif

#endif /* _LINUX_MODBOUNDS_TASK_H */
