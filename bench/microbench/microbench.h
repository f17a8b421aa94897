/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MICROBENCH_H
#define _MICROBENCH_H

#include <linux/types.h>

#define MICROBENCH_SLOTS	8

/**
 * struct microbench_driver - what the measured module does when it is asked to
 * @nothing: return; what remains is the gate
 * @load: load @count times from memory of its own, or from the first slot
 * @touch: load once from each slot
 * @slots: objects that the kernel has allocated
 */
struct microbench_driver {
	void (*nothing)(void);
	void (*load)(bool own, unsigned long count);
	void (*touch)(void);
	unsigned long **slots;
};

void microbench_run(const struct microbench_driver *driver);

#endif
