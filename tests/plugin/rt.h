/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What test cases and the small runtime share.  A case defines test(); the
 * runtime's main() calls it and prints counters and one line for each check
 * that was made out of line.  As the bounds are empty unless a case says
 * otherwise, that is each check.
 */
#ifndef _RT_H
#define _RT_H

#include <stddef.h>

#define noipa __attribute__((noipa))

void test(void);

void *rt_own(size_t n);		/* memory that may be used */
void *rt_foreign(size_t n);	/* memory that may not */
void *rt_const(size_t n);	/* memory that may be read */
void *rt_user(size_t n);	/* "user" memory: legal with MODBOUNDS_USER only */
void rt_note(const char *text, long value);	/* a line of output: "text=value" */
void rt_nothing(void *p);	/* a call that GCC knows nothing of */
long rt_zero(void);		/* 0, but GCC does not know */

/* Nobody checks these: the int at p read and set, and one copied to another place. */
long rt_peek(const void *p);
void rt_poke(void *p, int value);
void rt_move(void *to, const void *from);

/* All memory may be used, and nothing is logged; if inlined, no check leaves the fast side. */
void rt_everything(int inlined);
long rt_checks(void);
long rt_calls(void);	/* of memory functions, and ranges looked at */
long rt_violations(void);
void rt_called(void);	/* a memory function that rt.c does not have */

/* Where a case defines this as 1, own memory passes inline. */
extern int rt_inline;

/* Stand for the kernel's variables. */
extern unsigned long page_offset_base, vmemmap_base, __per_cpu_offset[4];

extern int rt_refuse, rt_depth, rt_entries, rt_window;
extern unsigned long *rt_activation;

#endif /* _RT_H */
