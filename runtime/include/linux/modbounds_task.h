/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_MODBOUNDS_TASK_H
#define _LINUX_MODBOUNDS_TASK_H

struct modbounds_domain;

#ifdef CONFIG_MODBOUNDS
/**
 * struct modbounds_running - which module runs
 * @domain: its domain; modbounds_nobody outside of instrumented modules, so
 *	that the thunks need no test for NULL
 * @limit: upper end of its stack window
 *
 * Each CPU has one, that of the task that it runs: the thunks find it in one
 * step.  Interrupts nest inside of the task that they interrupt: the gates save
 * and restore it.
 */
struct modbounds_running {
	struct modbounds_domain *domain;
	unsigned long limit;
};

/**
 * struct modbounds_task - what modbounds knows of a task
 * @running: which module it runs; while it is not on a CPU
 * @alloc: domain whose arena allocations come from just now, or NULL
 * @alloc_level: modbounds_level() at which @alloc was set: what
 *	interrupts the task does not allocate for it
 * @stuck_in: limit of the activation that its last violation was in
 * @stuck: how many in a row that were in there
 */
struct modbounds_task {
	struct modbounds_running running;
	struct modbounds_domain *alloc;
	unsigned int alloc_level;
	unsigned int stuck;
	unsigned long stuck_in;
};

extern struct modbounds_domain modbounds_nobody;

#define MODBOUNDS_TASK_INIT	{ .running.domain = &modbounds_nobody }
#endif

#endif /* _LINUX_MODBOUNDS_TASK_H */
