/* SPDX-License-Identifier: GPL-2.0 */
/* What batch.pm writes a table of, and batch.c runs. */
#ifndef _BATCH_H
#define _BATCH_H

enum { LEVELS = 4 };

/* Each is a main(); most have fewer parameters. */
typedef int program_fn(int argc, char **argv);

extern const struct program {
	const char *name;
	program_fn *plain[LEVELS], *with[LEVELS];
} programs[];
extern const char * const levels[LEVELS];
extern const int plain_same;	/* without the plugin, all levels must agree */
extern const int plain_ms;	/* processor time that a program may take without the plugin */

#endif /* _BATCH_H */
