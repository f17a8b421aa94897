/* SPDX-License-Identifier: GPL-2.0 */
/* What a module without checks owns, and one with checks tries to change. */
#ifndef _OWNER_H
#define _OWNER_H

#include <linux/types.h>

struct file;

/**
 * struct owned - an object of somebody else's
 * @word: contents
 *
 * Objects lie side by side in a cache of their own.
 */
struct owned {
	unsigned long word[8];
};

struct owned *owner_lend(unsigned long *behind);
unsigned long owner_object(void);
unsigned long owner_page(void);
void *owner_stack(void);
struct file *owner_file(size_t offset);
void owner_watch(unsigned long addr, size_t len);
void owner_set_printer(void (*print)(const char *fmt, ...));

#endif
