/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _BUFFER_H
#define _BUFFER_H

/**
 * struct item - what a buffer holds
 * @number: contents
 *
 * As file systems do, a pointer to one holds its distance from the beginning of the buffer.
 */
struct item {
	unsigned long number, more;
};

unsigned long buffer_number(const char *buffer, const struct item *at);

#endif
