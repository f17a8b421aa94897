/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MODBOUNDS_TEST_H
#define _MODBOUNDS_TEST_H

#include <kunit/test.h>

#include "internal.h"

/* The module that tests play. */
extern struct module modbounds_test_module;
extern struct modbounds_self modbounds_test_self[2];

int modbounds_test_init(struct kunit *test);
void modbounds_test_exit(struct kunit *test);
enum modbounds_verdict modbounds_test_ask(struct modbounds_domain *d, const void *base,
					  long offset, size_t len, u8 flags, u8 origin);
unsigned long modbounds_test_sum(struct modbounds_domain *d, size_t offset);

/* A flag for ask(): an element of an array, at a variable distance. */
#define MODBOUNDS_TEST_ARRAY	0x40

#define ask		modbounds_test_ask
#define fake_module	modbounds_test_module
#define fake_self	modbounds_test_self

#define ASK_LOAD(d, base, off, len)	ask(d, base, off, len, 0, MODBOUNDS_ORIGIN_LOADED)
#define ASK_STORE(d, base, off, len)	\
	ask(d, base, off, len, MODBOUNDS_STORE, MODBOUNDS_ORIGIN_LOADED)

#define STAT(d, counter) modbounds_test_sum(d, offsetof(struct modbounds_stats, counter))

#define ASK_ELEMENT(d, base, off, len)	\
	ask(d, base, off, len, MODBOUNDS_TEST_ARRAY, MODBOUNDS_ORIGIN_LOADED)

/* The gate, as the plugin emits it. */
static inline int enter(struct modbounds_domain *d, struct modbounds_activation *a)
{
	bool refused;

	asm volatile("call __modbounds_enter"
		     : "=@ccne" (refused), ASM_CALL_CONSTRAINT
		     : "b" (a), "a" (d) : "r10", "r11", "memory");
	return refused;
}

static inline void leave(struct modbounds_activation *a)
{
	asm volatile("call __modbounds_exit"
		     : ASM_CALL_CONSTRAINT
		     : "b" (a) : "r10", "r11", "memory");
}

/* The test's domain, with checks that are mere calls. */
static inline struct modbounds_domain *use_sites(struct kunit *test, struct modbounds_site *sites,
						 unsigned int n)
{
	struct modbounds_domain *d = test->priv;

	fake_module.modbounds_sites = sites;
	fake_module.num_modbounds_sites = n;
	KUNIT_ASSERT_EQ(test, modbounds_sites_init(d), 0);
	return d;
}

/* One check, as the plugin emits it, of an address that has missed level 1. */
#define SITE(len, type, base_reg, origin, flags)				\
	".pushsection .rodata\n\t.balign 4\n"					\
	"77:\t.long 78f - ., " __stringify(__LINE__) ", " #len ", 0, " #type "\n\t"	\
	".byte 0, " #base_reg ", " __stringify(origin) ", " __stringify(flags) "\n\t"	\
	".long 0, 0\n"								\
	"78:\t.string \"modbounds_test.c\"\n\t.popsection"

#define CHECK(thunk, len, mask, type, origin, flags, p) ({			\
	void *__p = (p);							\
	asm volatile("call __modbounds_" thunk "_rax\n\t"			\
		     ".byte 0xa9\n\t.long 77f - .\n\t"				\
		     ".byte 0xa9\n\t.long " #mask "\n\t"			\
		     SITE(len, type, 0, origin, flags)				\
		     : "+a" (__p), ASM_CALL_CONSTRAINT : : "cc");		\
	__p; })

/* The same of an array's element, at a variable distance from its base. */
#define ELEMENT8(base, origin, p) ({						\
	void *__p = (p);							\
	asm volatile("call __modbounds_st8_rax\n\t"				\
		     ".byte 0xa9\n\t.long 77f - .\n\t"				\
		     SITE(8, 0, 2, origin, MODBOUNDS_STORE)			\
		     : "+a" (__p), ASM_CALL_CONSTRAINT : "d" (base) : "cc");	\
	__p; })

#define LOAD8(p)  CHECK("ld8", 8, 0, 8, MODBOUNDS_ORIGIN_LOADED, 0, p)
#define STORE8(p) CHECK("st8", 8, 0, 8, MODBOUNDS_ORIGIN_LOADED, MODBOUNDS_STORE, p)
#define STORE8_INT(p) CHECK("st8", 8, 0, 8, MODBOUNDS_ORIGIN_INT, MODBOUNDS_STORE, p)
#define STORE_32(p) CHECK("stn", 32, 0xf, 32, MODBOUNDS_ORIGIN_LOADED, MODBOUNDS_STORE, p)
#define FAIL(p)	  CHECK("fail", 8, 0, 8, MODBOUNDS_ORIGIN_OBJECT, MODBOUNDS_STORE, p)

/* A suite: each of its cases has a domain of its own. */
#define MODBOUNDS_TEST_SUITE(what, cases)			\
static struct kunit_suite what##_suite = {			\
	.name = "modbounds-" #what,				\
	.init = modbounds_test_init,				\
	.exit = modbounds_test_exit,				\
	.test_cases = cases,					\
};								\
kunit_test_suite(what##_suite)

#endif
