/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of the module share. */
#ifndef _OBJECTS_H
#define _OBJECTS_H

#include <linux/compiler.h>
#include <linux/types.h>

/**
 * struct bug - one way to miss an object of one's own
 * @name: what to write to /sys/module/objects/parameters/run
 * @run: make the mistake
 */
struct bug {
	const char *name;
	void (*run)(void);
};

/*
 * Of what kind of memory or function it is, and whether it goes by a variable distance or a
 * length, or by a constant distance or none: tests/objects/list.sh reads that here.
 */
#define BUG_BY_INDEX(kind, fn)	{ #fn, fn }
#define BUG_BY_FIELD(kind, fn)	{ #fn, fn }

extern const struct bug heap_bugs[], page_bugs[], string_bugs[], bit_bugs[];

/* What GCC does not know. */
#define hidden(x) ({			\
	typeof(x) x_ = (x);		\
	OPTIMIZER_HIDE_VAR(x_);		\
	x_; })

/* A result that is wanted. */
#define SINK(x)		asm volatile("" : : "r" (x))

#define STORE(p)	WRITE_ONCE(*(u8 *)(p), 'x')
#define LOAD(p)		((void)READ_ONCE(*(u8 *)(p)))

/* A structure that is larger than what is allocated for it. */
struct large {
	u64 word[16];
	u8 byte[64];
	u32 last;
};

#endif
