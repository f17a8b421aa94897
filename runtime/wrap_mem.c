// SPDX-License-Identifier: GPL-2.0
/*
 * Functions that touch memory for a module, and that know more of the range than the plugin:
 * where a string ends.  The plugin calls these in their place: the ranges are checked as the
 * module's own accesses, then the real function does the work.  A call with a range
 * that is refused does nothing and returns what the real one would for an
 * empty range.
 *
 * Of memcpy() and kin the plugin looks at the ranges itself (range.c); here they are for
 * modules that call them through pointers.
 */
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "internal.h"
#include "range.h"

#define LOADS(p, n)	range_ok(p, n, 0, MODBOUNDS_ORIGIN_LOADED, _RET_IP_)
#define STORES(p, n)	range_ok(p, n, MODBOUNDS_STORE, MODBOUNDS_ORIGIN_LOADED, _RET_IP_)

/*
 * A string is looked at from its first byte: where that is allowed, its end
 * decides.  Inline, so that _RET_IP_ is the module's.
 */
static __always_inline bool string_ok(const char *s)
{
	return LOADS(s, 1) && LOADS(s, strlen(s) + 1);
}

static __always_inline bool string_n_ok(const char *s, size_t n)
{
	/* Where all that it may be is allowed, its end does not matter. */
	return !n || known_ok(modbounds_running_domain(), s, n, 0, MODBOUNDS_ORIGIN_LOADED) ||
	       (LOADS(s, 1) && LOADS(s, strnlen(s, n - 1) + 1));
}

/* Checked functions have the prototypes of the real ones. */
#define CHECKED(type, fn, params, allowed, args, refused)	\
type __modbounds_##fn params;					\
type __modbounds_##fn params					\
{								\
	return (allowed) ? fn args : (refused);			\
}								\
EXPORT_SYMBOL_GPL(__modbounds_##fn)

/* The same for those that allocate what they return. */
#define CHECKED_ALLOC(fn, params, allowed, args)		\
void *__modbounds_##fn params;					\
void *__modbounds_##fn params					\
{								\
	struct modbounds_alloc prev;				\
	void *ret = NULL;					\
								\
	if (allowed) {						\
		prev = modbounds_alloc_begin_running();		\
		ret = fn args;					\
		modbounds_alloc_end(prev);			\
	}							\
	return ret;						\
}								\
EXPORT_SYMBOL_GPL(__modbounds_##fn)

/* By its type it is aligned, so that it is copied in one instruction. */
struct words_of_page {
	unsigned long word[PAGE_SIZE / sizeof(long)];
};

/*
 * Whole pages as GCC copies and fills them in a driver: in line, as their
 * length is constant.
 */
static __always_inline void *copy(void *d, const void *s, size_t n)
{
	if (n != PAGE_SIZE)
		return memcpy(d, s, n);
	*(struct words_of_page *)d = *(const struct words_of_page *)s;
	return d;
}

static __always_inline void *fill(void *d, int c, size_t n)
{
	return n == PAGE_SIZE ? memset(d, c, PAGE_SIZE) : memset(d, c, n);
}

CHECKED(void *, memcpy, (void *d, const void *s, size_t n),
	STORES(d, n) && LOADS(s, n), (d, s, n), d);
CHECKED(void *, memset, (void *d, int c, size_t n), STORES(d, n), (d, c, n), d);
CHECKED(void *, memmove, (void *d, const void *s, size_t n),
	STORES(d, n) && LOADS(s, n), (d, s, n), d);
CHECKED(int, memcmp, (const void *a, const void *b, size_t n),
	LOADS(a, n) && LOADS(b, n), (a, b, n), 0);
CHECKED(void *, memchr, (const void *s, int c, size_t n), LOADS(s, n), (s, c, n), NULL);
CHECKED(size_t, strlen, (const char *s), string_ok(s), (s), 0);
CHECKED(size_t, strnlen, (const char *s, size_t n), string_n_ok(s, n), (s, n), 0);
CHECKED(char *, strcpy, (char *d, const char *s),
	string_ok(s) && STORES(d, strlen(s) + 1), (d, s), d);
CHECKED(char *, strncpy, (char *d, const char *s, size_t n),
	string_n_ok(s, n) && STORES(d, n), (d, s, n), d);
CHECKED(char *, strcat, (char *d, const char *s),
	string_ok(s) && string_ok(d) && STORES(d, strlen(d) + strlen(s) + 1), (d, s), d);
CHECKED(char *, strncat, (char *d, const char *s, size_t n),
	string_n_ok(s, n) && string_ok(d) && STORES(d, strlen(d) + strnlen(s, n) + 1),
	(d, s, n), d);
/* No header has it: it is there for calls that GCC makes. */
char *stpcpy(char *__restrict__ d, const char *__restrict__ s);
CHECKED(char *, stpcpy, (char *d, const char *s),
	string_ok(s) && STORES(d, strlen(s) + 1), (d, s), d);
CHECKED(size_t, strlcat, (char *d, const char *s, size_t n),
	string_ok(s) && string_n_ok(d, n) && STORES(d, min(n, strnlen(d, n) + strlen(s) + 1)),
	(d, s, n), 0);
CHECKED(int, strcmp, (const char *a, const char *b), string_ok(a) && string_ok(b), (a, b), 0);
CHECKED(int, strncmp, (const char *a, const char *b, size_t n),
	string_n_ok(a, n) && string_n_ok(b, n), (a, b, n), 0);
CHECKED(int, strcasecmp, (const char *a, const char *b), string_ok(a) && string_ok(b), (a, b), 0);
CHECKED(int, strncasecmp, (const char *a, const char *b, size_t n),
	string_n_ok(a, n) && string_n_ok(b, n), (a, b, n), 0);
CHECKED(void *, memchr_inv, (const void *s, int c, size_t n), LOADS(s, n), (s, c, n), NULL);
CHECKED(void *, memscan, (void *s, int c, size_t n), LOADS(s, n), (s, c, n), s + n);
CHECKED(char *, strchrnul, (const char *s, int c), string_ok(s), (s, c), (char *)s);
CHECKED(char *, strnchr, (const char *s, size_t n, int c), string_n_ok(s, n), (s, n, c), NULL);
CHECKED(char *, strnstr, (const char *a, const char *b, size_t n),
	string_n_ok(a, n) && string_ok(b), (a, b, n), NULL);
CHECKED(size_t, strspn, (const char *s, const char *set),
	string_ok(s) && string_ok(set), (s, set), 0);
CHECKED(size_t, strcspn, (const char *s, const char *set),
	string_ok(s) && string_ok(set), (s, set), 0);
CHECKED(char *, strpbrk, (const char *s, const char *set),
	string_ok(s) && string_ok(set), (s, set), NULL);
CHECKED(char *, strsep, (char **s, const char *set),
	STORES(s, sizeof(*s)) && string_ok(set) &&
	(!*s || (string_ok(*s) && STORES(*s, strlen(*s) + 1))),
	(s, set), NULL);
CHECKED(char *, strchr, (const char *s, int c), string_ok(s), (s, c), NULL);
CHECKED(char *, strrchr, (const char *s, int c), string_ok(s), (s, c), NULL);
CHECKED(char *, strstr, (const char *a, const char *b), string_ok(a) && string_ok(b), (a, b), NULL);
CHECKED(ssize_t, sized_strscpy, (char *d, const char *s, size_t n),
	string_n_ok(s, n) && STORES(d, min(n, strnlen(s, n) + 1)), (d, s, n), -E2BIG);
CHECKED(int, vsnprintf, (char *d, size_t n, const char *fmt, va_list args),
	string_ok(fmt) && STORES(d, n), (d, n, fmt, args), 0);
CHECKED(int, vscnprintf, (char *d, size_t n, const char *fmt, va_list args),
	string_ok(fmt) && STORES(d, n), (d, n, fmt, args), 0);
CHECKED(long, strncpy_from_user, (char *d, const char __user *s, long n),
	STORES(d, n), (d, s, n), -EFAULT);
#ifdef INLINE_COPY_FROM_USER
/* The header's inline part is compiled into the module, this is what it calls. */
CHECKED(unsigned long, raw_copy_from_user, (void *d, const void __user *s, unsigned long n),
	STORES(d, n), (d, s, n), n);
CHECKED(unsigned long, raw_copy_to_user, (void __user *d, const void *s, unsigned long n),
	LOADS(s, n), (d, s, n), n);
#else
CHECKED(unsigned long, _copy_from_user, (void *d, const void __user *s, unsigned long n),
	STORES(d, n), (d, s, n), n);
CHECKED(unsigned long, _copy_to_user, (void __user *d, const void *s, unsigned long n),
	LOADS(s, n), (d, s, n), n);
#endif

CHECKED_ALLOC(kstrdup, (const char *s, gfp_t gfp), !s || string_ok(s), (s, gfp));
CHECKED_ALLOC(kstrndup, (const char *s, size_t n, gfp_t gfp), !s || string_n_ok(s, n), (s, n, gfp));
CHECKED_ALLOC(kmemdup_noprof, (const void *p, size_t n, gfp_t gfp), LOADS(p, n), (p, n, gfp));
CHECKED_ALLOC(kmemdup_nul, (const char *s, size_t n, gfp_t gfp), !s || LOADS(s, n), (s, n, gfp));

static void *real_memcpy_fromio(void *d, const void *s, size_t n)
{
	memcpy_fromio(d, (const void __iomem *)s, n);
	return d;
}

static void *real_memcpy_toio(void *d, const void *s, size_t n)
{
	memcpy_toio((void __iomem *)d, s, n);
	return d;
}

static void *real_memset_io(void *d, int c, size_t n)
{
	memset_io((void __iomem *)d, c, n);
	return d;
}

#define CHECKED_IO(fn, params, allowed, args)			\
void *__modbounds_##fn params;					\
void *__modbounds_##fn params					\
{								\
	return (allowed) ? real_##fn args : NULL;		\
}								\
EXPORT_SYMBOL_GPL(__modbounds_##fn)

CHECKED_IO(memcpy_fromio, (void *d, const void *s, size_t n),
	   STORES(d, n) && LOADS(s, n), (d, s, n));
CHECKED_IO(memcpy_toio, (void *d, const void *s, size_t n),
	   STORES(d, n) && LOADS(s, n), (d, s, n));
CHECKED_IO(memset_io, (void *d, int c, size_t n), STORES(d, n), (d, c, n));

int __modbounds_snprintf(char *d, size_t n, const char *fmt, ...)
{
	va_list args;
	int len;

	if (!string_ok(fmt) || !STORES(d, n))
		return 0;
	va_start(args, fmt);
	len = vsnprintf(d, n, fmt, args);
	va_end(args);
	return len;
}
EXPORT_SYMBOL_GPL(__modbounds_snprintf);

int __modbounds_scnprintf(char *d, size_t n, const char *fmt, ...)
{
	va_list args;
	int len;

	if (!string_ok(fmt) || !STORES(d, n))
		return 0;
	va_start(args, fmt);
	len = vscnprintf(d, n, fmt, args);
	va_end(args);
	return len;
}
EXPORT_SYMBOL_GPL(__modbounds_scnprintf);

int __modbounds_vsprintf(char *d, const char *fmt, va_list args)
{
	va_list copy;
	int len;

	if (!string_ok(fmt))
		return 0;
	va_copy(copy, args);
	len = vsnprintf(NULL, 0, fmt, copy);
	va_end(copy);
	return STORES(d, len + 1) ? vsprintf(d, fmt, args) : 0;
}
EXPORT_SYMBOL_GPL(__modbounds_vsprintf);

/* How much it writes is known only once it is formatted: so do that twice. */
int __modbounds_sprintf(char *d, const char *fmt, ...)
{
	va_list args;
	int len;

	if (!string_ok(fmt))
		return 0;
	va_start(args, fmt);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (!STORES(d, len + 1))
		return 0;
	va_start(args, fmt);
	len = vsprintf(d, fmt, args);
	va_end(args);
	return len;
}
EXPORT_SYMBOL_GPL(__modbounds_sprintf);

/*
 * What modules call for memcpy() and memset() themselves, whose ranges the plugin has looked
 * at.  Without checks GCC copies whole pages in line, where it knows bounds of the length.
 */
static void *wrap_memcpy(void *d, const void *s, size_t n)
{
	return copy(d, s, n);
}

static void *wrap_memset(void *d, int c, size_t n)
{
	return fill(d, c, n);
}

/* What the loader looks symbols up in; ends with an empty entry. */
const struct modbounds_wrapper modbounds_mem_wrappers[] = {
	MODBOUNDS_ENTRY(memcpy),
	MODBOUNDS_ENTRY(memset),
	{ }
};
