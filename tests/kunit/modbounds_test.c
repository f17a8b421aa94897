// SPDX-License-Identifier: GPL-2.0
/*
 * What the KUnit tests of the runtime share.  Each test has a domain of its own
 * and plays the module: it enters the gate, makes accesses through the thunks
 * or asks the resolver, and leaves.
 */
#include "modbounds_test.h"

struct module modbounds_test_module;
struct modbounds_self modbounds_test_self[2];

int modbounds_test_init(struct kunit *test)
{
	struct modbounds_domain *d;

	memset(&fake_module, 0, sizeof(fake_module));
	memset(fake_self, 0, sizeof(fake_self));
	INIT_LIST_HEAD(&fake_module.source_list);	/* nobody uses it */
	fake_module.modbounds_self = fake_self;
	fake_module.num_modbounds_self = ARRAY_SIZE(fake_self);
	d = modbounds_domain_create("kunit", &fake_module);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, d);
	test->priv = d;
	return 0;
}

void modbounds_test_exit(struct kunit *test)
{
	if (!IS_ERR_OR_NULL(test->priv))
		modbounds_domain_destroy(test->priv);
}

enum modbounds_verdict modbounds_test_ask(struct modbounds_domain *d, const void *base,
					  long offset, size_t len, u8 flags, u8 origin)
{
	struct modbounds_access a = {
		.addr = (unsigned long)base + offset, .len = len, .base = (unsigned long)base,
		.type_size = flags & MODBOUNDS_TEST_ARRAY ? 0 : len, .origin = origin,
		.flags = flags & ~MODBOUNDS_TEST_ARRAY,
		.sp = (unsigned long)__builtin_frame_address(0),
	};

	return modbounds_resolve(d, &a);
}

unsigned long modbounds_test_sum(struct modbounds_domain *d, size_t offset)
{
	unsigned long n = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		n += *(unsigned long *)((void *)per_cpu_ptr(d->stats, cpu) + offset);
	return n;
}
