// SPDX-License-Identifier: GPL-2.0
/*
 * What functions of the kernel do: the lookup in the table that functions.pl makes
 * of functions.tbl.
 */
#include "modbounds.h"

/*
 * mb_functions[], sorted by name, and mb_stars[], whose names begin with what is said,
 * the longest first.
 */
#include "functions.inc"

/* What the table says of the function @name, or NULL. */
const struct mb_kernel_function *mb_kernel_function(const char *name)
{
	size_t low = 0, high = ARRAY_SIZE(mb_functions), i;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(name, mb_functions[middle].name);

		if (!order)
			return &mb_functions[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	for (i = 0; i < ARRAY_SIZE(mb_stars); i++)
		if (!strncmp(name, mb_stars[i].name, strlen(mb_stars[i].name)))
			return &mb_stars[i];
	return NULL;
}

/* The same for what is called: not what this unit defines by such a name. */
const struct mb_kernel_function *mb_kernel_function_of(tree fndecl)
{
	return fndecl && DECL_EXTERNAL(fndecl) ? mb_kernel_function(mb_function_name(fndecl)) :
						 NULL;
}
