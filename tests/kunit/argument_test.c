// SPDX-License-Identifier: GPL-2.0
/* What a module may hand to kernel functions that want an object. */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "modbounds_test.h"

extern struct modbounds_site argument_sites[];

/* The plugin's form: the flag says whether the call is refused.  The type's place is the name's. */
#define ARGUMENT(thunk, flags, p) ({						\
	void *__p = (p);							\
	bool __refused;								\
	asm volatile("call __modbounds_" thunk "_rdi\n"			\
		     "76:\n\t.pushsection .data..ro_after_init, \"aw\"\n\t"	\
		     ".long 78f - ., " __stringify(__LINE__) ", 1, 0, 79f - .\n\t"	\
		     ".byte 7, 7, " __stringify(MODBOUNDS_ORIGIN_LOADED) ", "	\
		     __stringify(flags) "\n\t"					\
		     ".long 76b - 1 - ., 0\n\t.popsection\n\t"			\
		     ".pushsection .rodata\n"					\
		     "78:\t.string \"argument_test.c\"\n"			\
		     "79:\t.string \"some_function\"\n\t.popsection"		\
		     : "=@ccnc" (__refused), ASM_CALL_CONSTRAINT : "D" (__p));	\
	__refused; })

asm(".pushsection .data..ro_after_init, \"aw\"\n\t.balign 4\nargument_sites:\n\t.popsection");

/* Leaves without locals: on user-mode Linux GCC may put those below the stack pointer. */
static noinline bool give(void *p)
{
	return ARGUMENT("carg", MODBOUNDS_ARGUMENT, p);
}

/* To a function that takes NULL. */
static noinline bool give_back(void *p)
{
	return ARGUMENT("arg", MODBOUNDS_ARGUMENT | MODBOUNDS_TAKES_NULL, p);
}

/* To one that dies of it. */
static noinline bool give_needed(void *p)
{
	return ARGUMENT("cargn", MODBOUNDS_ARGUMENT | MODBOUNDS_NO_NULL, p);
}

static bool ask_by(bool (*fn)(void *p), struct modbounds_domain *d, void *p)
{
	struct modbounds_activation a;
	bool ret;

	enter(d, &a);
	ret = fn(p);
	leave(&a);
	return ret;
}

#define refused(d, p)		ask_by(give, d, p)
#define put_refused(d, p)	ask_by(give_back, d, p)
#define needed_refused(d, p)	ask_by(give_needed, d, p)

#define SITES	3

static struct modbounds_domain *domain_with_sites(struct kunit *test)
{
	return use_sites(test, argument_sites, SITES);
}

static int static_word = 1;
static const int const_word = 2;

static void argument_live(struct kunit *test)
{
	struct modbounds_domain *d = domain_with_sites(test);
	char *p = kzalloc(64, GFP_KERNEL), frame[8];
	unsigned long misses;

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_FALSE(test, refused(d, p));
	KUNIT_EXPECT_FALSE(test, refused(d, &static_word));
	KUNIT_EXPECT_FALSE(test, refused(d, (void *)&const_word));
	KUNIT_EXPECT_FALSE(test, refused(d, virt_to_page(p)));
	KUNIT_EXPECT_FALSE(test, refused(d, current));
	KUNIT_EXPECT_FALSE(test, refused(d, ERR_PTR(-ENOMEM)));
	/* neither the object that was granted nor the stack nor NULL needs C again */
	misses = STAT(d, misses);
	KUNIT_EXPECT_FALSE(test, refused(d, p + 40));
	KUNIT_EXPECT_FALSE(test, refused(d, frame));
	KUNIT_EXPECT_FALSE(test, refused(d, NULL));
	KUNIT_EXPECT_EQ(test, STAT(d, misses), misses);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&d->violations), 0);
	kfree(p);
}

static void argument_freed(struct kunit *test)
{
	struct modbounds_domain *d = domain_with_sites(test);
	char *p = kzalloc(64, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_FALSE(test, refused(d, p));
	kfree(p);
	KUNIT_EXPECT_TRUE(test, refused(d, p));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&d->violations), 1);
}

static void argument_rubbish(struct kunit *test)
{
	struct modbounds_domain *d = domain_with_sites(test);

	KUNIT_EXPECT_TRUE(test, refused(d, (void *)0xdead4ead00000000));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&d->violations), 1);
	KUNIT_EXPECT_EQ(test, d->state, MODBOUNDS_QUARANTINED);
}

/* NULL is right until something went wrong; with a member's offset it never is. */
static void argument_null(struct kunit *test)
{
	struct modbounds_domain *d = domain_with_sites(test);

	KUNIT_EXPECT_FALSE(test, refused(d, NULL));
	KUNIT_EXPECT_TRUE(test, refused(d, (void *)0x48));
	KUNIT_EXPECT_TRUE(test, refused(d, NULL));
	KUNIT_EXPECT_TRUE(test, refused(d, d->sink));
	KUNIT_EXPECT_FALSE(test, put_refused(d, NULL));
	KUNIT_EXPECT_TRUE(test, put_refused(d, (void *)0x48));
}

static void argument_needed(struct kunit *test)
{
	struct modbounds_domain *d = domain_with_sites(test);
	char *p = kzalloc(64, GFP_KERNEL), frame[8];

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_FALSE(test, needed_refused(d, p));
	KUNIT_EXPECT_FALSE(test, needed_refused(d, frame));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&d->violations), 0);
	KUNIT_EXPECT_TRUE(test, needed_refused(d, NULL));
	KUNIT_EXPECT_TRUE(test, needed_refused(d, ERR_PTR(-ENOMEM)));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&d->violations), 2);
	kfree(p);
}

/* Nothing is contained, so NULL is nothing that containment has made. */
static void argument_reported(struct kunit *test)
{
	struct modbounds_domain *d = domain_with_sites(test);

	WRITE_ONCE(d->policy, MODBOUNDS_REPORT);
	KUNIT_EXPECT_FALSE(test, refused(d, (void *)0x48));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&d->violations), 1);
	KUNIT_EXPECT_FALSE(test, refused(d, NULL));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&d->violations), 1);
}

static struct kunit_case argument_cases[] = {
	KUNIT_CASE(argument_live),
	KUNIT_CASE(argument_freed),
	KUNIT_CASE(argument_rubbish),
	KUNIT_CASE(argument_null),
	KUNIT_CASE(argument_needed),
	KUNIT_CASE(argument_reported),
	{ }
};

MODBOUNDS_TEST_SUITE(argument, argument_cases);
