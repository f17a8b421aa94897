/* SPDX-License-Identifier: GPL-2.0 */
/* What csmith.pl writes a table of, and csmith.c runs. */
#ifndef _CSMITH_TABLE_H
#define _CSMITH_TABLE_H

enum { LEVELS = 4 };

extern const struct program {
	const char *name;
	int (*plain[LEVELS])(void), (*with[LEVELS])(void);
} programs[];
extern const char * const levels[LEVELS];

#endif /* _CSMITH_TABLE_H */
