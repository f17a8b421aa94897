// SPDX-License-Identifier: GPL-2.0
/* Functions that are handed a string or a length, and find no end, or a wrong one. */
#include <linux/hex.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "objects.h"

/* 24 bytes without an end. */
static char *endless(void)
{
	char *p = kmalloc(24, GFP_KERNEL);

	memset(p, 'a', 24);
	return hidden(p);
}

/* A string that is free. */
static char *freed(void)
{
	char *p = kstrdup("abc", GFP_KERNEL);

	kfree(hidden(p));
	return hidden(p);
}

/* @body uses the string @p. */
#define STRING_BUG(fn, how, free, body)			\
static void fn(void)					\
{							\
	char *p = how();				\
							\
	body;						\
	free;						\
}

#define KEPT kfree(p)
#define GONE do { } while (0)

STRING_BUG(strlen_endless, endless, KEPT, SINK(strlen(p)))
STRING_BUG(strlen_free, freed, GONE, SINK(strlen(p)))
STRING_BUG(strnlen_too_long, endless, KEPT, SINK(strnlen(p, hidden(100))))
STRING_BUG(strnlen_free, freed, GONE, SINK(strnlen(p, hidden(3))))
STRING_BUG(strchr_endless, endless, KEPT, SINK(strchr(p, hidden('b'))))
STRING_BUG(strchr_free, freed, GONE, SINK(strchr(p, hidden('b'))))
STRING_BUG(strrchr_endless, endless, KEPT, SINK(strrchr(p, hidden('b'))))
STRING_BUG(strrchr_free, freed, GONE, SINK(strrchr(p, hidden('b'))))
STRING_BUG(strcmp_free, freed, GONE, SINK(strcmp(p, "abc")))
STRING_BUG(strncmp_free, freed, GONE, SINK(strncmp(p, "abc", hidden(2))))
STRING_BUG(strstr_endless, endless, KEPT, SINK(strstr(p, "ab")))
STRING_BUG(memchr_too_long, endless, KEPT, SINK(memchr(p, hidden('b'), hidden(25))))
STRING_BUG(memchr_free, freed, GONE, SINK(memchr(p, hidden('z'), hidden(4))))
STRING_BUG(memcmp_too_long, endless, KEPT, SINK(memcmp(p, hidden(p), hidden(25))))
STRING_BUG(memcmp_free, freed, GONE, SINK(memcmp(p, "abcdefghi", hidden(4))))
STRING_BUG(strscpy_too_long, endless, KEPT, SINK(strscpy(p, "0123456789012345678901234567890", hidden(32))))
STRING_BUG(strcpy_too_long, endless, KEPT, strcpy(p, hidden((const char *)"0123456789012345678901234567890")))
STRING_BUG(strncpy_too_long, endless, KEPT, strncpy(p, hidden((const char *)"0"), hidden(32)))
STRING_BUG(strcat_too_long, endless, KEPT, (p[23] = 0, strcat(p, hidden((const char *)"0123456789"))))
STRING_BUG(sprintf_too_long, endless, KEPT, sprintf(p, "%s", hidden((const char *)"0123456789012345678901234567890")))
STRING_BUG(snprintf_too_long, endless, KEPT, snprintf(p, hidden(32), "%d", hidden(7)))
STRING_BUG(kmemdup_too_long, endless, KEPT, kfree(kmemdup(p, hidden(32), GFP_KERNEL)))
STRING_BUG(kstrdup_endless, endless, KEPT, kfree(kstrdup(p, GFP_KERNEL)))
STRING_BUG(random_too_long, endless, KEPT, get_random_bytes(p, hidden(32)))
STRING_BUG(hex2bin_too_long, endless, KEPT, SINK(hex2bin((u8 *)p, "0011223344556677889900112233445566778899001122334455", hidden(26))))
STRING_BUG(memcpy_free, freed, GONE, memcpy(p, "abcdefgh", hidden(4)))
STRING_BUG(sscanf_free, freed, GONE, SINK(sscanf("7", "%d", (int *)p)))

static void copy_from_user_too_long(void)
{
	char *p = endless();

	if (copy_from_user(p, (void __user *)hidden(0x10000UL), hidden(32)))
		pr_debug("refused\n");
	kfree(p);
}

static void copy_to_user_too_long(void)
{
	char *p = endless();

	if (copy_to_user((void __user *)hidden(0x10000UL), p, hidden(32)))
		pr_debug("refused\n");
	kfree(p);
}

static void sg_copy_too_long(void)
{
	char *p = endless(), *q = kzalloc(64, GFP_KERNEL);
	struct scatterlist sg;

	sg_init_one(&sg, q, 64);
	sg_copy_to_buffer(&sg, 1, p, hidden(32));
	kfree(p);
	kfree(q);
}

const struct bug string_bugs[] = {
	BUG_BY_INDEX("string", strlen_endless),
	BUG_BY_INDEX("string", strlen_free),
	BUG_BY_INDEX("string", strnlen_too_long),
	BUG_BY_INDEX("string", strnlen_free),
	BUG_BY_INDEX("string", strchr_endless),
	BUG_BY_INDEX("string", strchr_free),
	BUG_BY_INDEX("string", strrchr_endless),
	BUG_BY_INDEX("string", strrchr_free),
	BUG_BY_INDEX("string", strcmp_free),
	BUG_BY_INDEX("string", strncmp_free),
	BUG_BY_INDEX("string", strstr_endless),
	BUG_BY_INDEX("string", memchr_too_long),
	BUG_BY_INDEX("string", memchr_free),
	BUG_BY_INDEX("string", memcmp_too_long),
	BUG_BY_INDEX("string", memcmp_free),
	BUG_BY_INDEX("string", strscpy_too_long),
	BUG_BY_INDEX("string", strcpy_too_long),
	BUG_BY_INDEX("string", strncpy_too_long),
	BUG_BY_INDEX("string", strcat_too_long),
	BUG_BY_INDEX("string", sprintf_too_long),
	BUG_BY_INDEX("string", snprintf_too_long),
	BUG_BY_INDEX("string", kmemdup_too_long),
	BUG_BY_INDEX("string", kstrdup_endless),
	BUG_BY_INDEX("string", random_too_long),
	BUG_BY_INDEX("string", hex2bin_too_long),
	BUG_BY_INDEX("string", memcpy_free),
	BUG_BY_FIELD("string", sscanf_free),
	BUG_BY_INDEX("string", copy_from_user_too_long),
	BUG_BY_INDEX("string", copy_to_user_too_long),
	BUG_BY_INDEX("string", sg_copy_too_long),
	{ }
};
