// SPDX-License-Identifier: GPL-2.0
/* The grant map. */
#include "modbounds_test.h"

static struct modbounds_map *create(struct kunit *test)
{
	struct modbounds_map *map = kvzalloc(sizeof(*map), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, map);
	KUNIT_ASSERT_EQ(test, modbounds_map_init(map), 0);
	return map;
}

static void destroy(struct modbounds_map *map)
{
	modbounds_map_destroy(map);
	kvfree(map);
}

static void map_ranges(struct kunit *test)
{
	struct modbounds_map *map = create(test);
	const unsigned long leaf_end = 0xffff888000000000UL + MODBOUNDS_LEAF_SIZE;
	const unsigned long starts[] = { 0x60000000UL, 0xffff888012345678UL & ~7UL,
					 leaf_end - 64, leaf_end - MODBOUNDS_RUN_SIZE - 64,
					 0xffffea0000000000UL };
	const unsigned long sizes[] = { 8, 16, 504, 512, 4096, MODBOUNDS_LEAF_SIZE + 8 };
	int i, j;

	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		for (j = 0; j < ARRAY_SIZE(sizes); j++) {
			unsigned long s = starts[i], e = s + sizes[j];

			KUNIT_EXPECT_FALSE(test, modbounds_map_any(map, s, e, MODBOUNDS_READ));
			KUNIT_ASSERT_TRUE(test, modbounds_map_set(map, s, e, MODBOUNDS_READ));
			KUNIT_EXPECT_TRUE(test, modbounds_map_all(map, s, e, MODBOUNDS_READ));
			KUNIT_EXPECT_FALSE(test, modbounds_map_any(map, s, e, MODBOUNDS_WRITE));
			KUNIT_EXPECT_FALSE(test, modbounds_map_any(map, s - 8, s, MODBOUNDS_READ));
			KUNIT_EXPECT_FALSE(test, modbounds_map_any(map, e, e + 8, MODBOUNDS_READ));
			KUNIT_EXPECT_FALSE(test, modbounds_map_all(map, s, e + 1, MODBOUNDS_READ));
			KUNIT_EXPECT_EQ(test, PAGE_ALIGN(s) + PAGE_SIZE <= e,
					modbounds_map_page(map, PAGE_ALIGN(s), MODBOUNDS_READ));
			modbounds_map_clear(map, s, e, MODBOUNDS_READ);
			KUNIT_EXPECT_FALSE(test, modbounds_map_any(map, s - 8, e + 8,
								   MODBOUNDS_READ));
		}
	}
	destroy(map);
}

/* A user address whose low bits are those of a granted kernel address is not granted. */
static void map_halves(struct kunit *test)
{
	struct modbounds_map *map = create(test);

	modbounds_map_set(map, 0xffff888000001000UL, 0xffff888000002000UL, MODBOUNDS_READ);
	KUNIT_EXPECT_FALSE(test, modbounds_map_any(map, 0x0000088000001000UL,
						   0x0000088000002000UL, MODBOUNDS_READ));
	destroy(map);
}

static struct kunit_case map_cases[] = {
	KUNIT_CASE(map_ranges),
	KUNIT_CASE(map_halves),
	{ }
};

MODBOUNDS_TEST_SUITE(map, map_cases);
