// SPDX-License-Identifier: GPL-2.0
/*
 * The string functions of the runtime that no case needs, but programs that are
 * compared do.  They check nothing: rt_everything() has been called.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/types.h>
#include "rt.h"

#define WRAP(type, name, params, args)						\
type __modbounds_##name params;							\
type __modbounds_##name params							\
{										\
	rt_called();								\
	return name args;							\
}

WRAP(void *, memchr, (const void *s, int c, size_t n), (s, c, n))
WRAP(size_t, strnlen, (const char *s, size_t n), (s, n))
WRAP(int, strcmp, (const char *a, const char *b), (a, b))
WRAP(int, strncmp, (const char *a, const char *b, size_t n), (a, b, n))
WRAP(int, strcasecmp, (const char *a, const char *b), (a, b))
WRAP(int, strncasecmp, (const char *a, const char *b, size_t n), (a, b, n))
WRAP(char *, strchr, (const char *s, int c), (s, c))
WRAP(char *, strchrnul, (const char *s, int c), (s, c))
WRAP(char *, strrchr, (const char *s, int c), (s, c))
WRAP(char *, strstr, (const char *a, const char *b), (a, b))
WRAP(size_t, strspn, (const char *a, const char *b), (a, b))
WRAP(size_t, strcspn, (const char *a, const char *b), (a, b))
WRAP(char *, strpbrk, (const char *a, const char *b), (a, b))
WRAP(char *, stpcpy, (char *d, const char *s), (d, s))
WRAP(char *, strncpy, (char *d, const char *s, size_t n), (d, s, n))
WRAP(char *, strcat, (char *d, const char *s), (d, s))
WRAP(char *, strncat, (char *d, const char *s, size_t n), (d, s, n))
WRAP(char *, strsep, (char **s, const char *d), (s, d))
WRAP(int, vsprintf, (char *d, const char *fmt, va_list args), (d, fmt, args))
WRAP(int, vsnprintf, (char *d, size_t n, const char *fmt, va_list args), (d, n, fmt, args))

int __modbounds_sprintf(char *d, const char *fmt, ...);
int __modbounds_sprintf(char *d, const char *fmt, ...)
{
	va_list args;
	int ret;

	rt_called();
	va_start(args, fmt);
	ret = vsprintf(d, fmt, args);
	va_end(args);
	return ret;
}

/* The kernel's, which C libraries do not have. */
ssize_t sized_strscpy(char *d, const char *s, size_t n);
ssize_t sized_strscpy(char *d, const char *s, size_t n)
{
	size_t len = strnlen(s, n);

	if (!n)
		return -7;
	if (len == n) {
		memcpy(d, s, n - 1);
		d[n - 1] = 0;
		return -7;
	}
	memcpy(d, s, len + 1);
	return len;
}

WRAP(ssize_t, sized_strscpy, (char *d, const char *s, size_t n), (d, s, n))
