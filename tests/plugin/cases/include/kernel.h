/* SPDX-License-Identifier: GPL-2.0 */
/* Stands for a header of the kernel, which declares words that hold pointers. */
struct kernel_tagged {
	unsigned long tagged;
};
