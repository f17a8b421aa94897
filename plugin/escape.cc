// SPDX-License-Identifier: GPL-2.0
/*
 * Pointers that leave the function: arguments of calls, what is stored and
 * returned.  One that was made from integers has no right of its own, and whoever
 * gets it takes it for a good one: it is checked before, as a load of its first
 * byte.
 */
#include "modbounds.h"

/*
 * Kernel addresses are negative: whatever else is kept in a pointer (user
 * addresses, small numbers, tagged integers) can be told without a branch.
 */
bool mb_kernel_half(void)
{
	return ix86_cmodel == CM_KERNEL;
}

static void mb_add_escape(struct mb_function *fn, gimple *stmt, tree *slot)
{
	tree type = TREE_TYPE(*slot);

	/* Of constants, those in use are no addresses: ERR_PTR(-EIO), (void *)1. */
	if (TREE_CODE(*slot) != SSA_NAME || !POINTER_TYPE_P(type) ||
	    !ADDR_SPACE_GENERIC_P(TYPE_ADDR_SPACE(TREE_TYPE(type))) ||
	    mb_origin(*slot) != MODBOUNDS_ORIGIN_INT)
		return;
	mb_add_ptr(fn, stmt, slot, 1, MODBOUNDS_ESCAPE);
}

void mb_find_escapes(struct mb_function *fn, gimple *stmt)
{
	unsigned int i;

	switch (gimple_code(stmt)) {
	case GIMPLE_ASSIGN:
		if (gimple_assign_single_p(stmt) && mb_is_memory(gimple_assign_lhs(stmt)))
			mb_add_escape(fn, stmt, gimple_assign_rhs1_ptr(stmt));
		break;
	case GIMPLE_CALL:
		/* Builtins and memory functions keep no pointer; calls.cc knows what they access. */
		if (gimple_call_internal_p(stmt) || mb_is_memory_function(as_a<gcall *>(stmt)) ||
		    (gimple_call_fndecl(stmt) && fndecl_built_in_p(gimple_call_fndecl(stmt))))
			break;
		for (i = 0; i < gimple_call_num_args(stmt); i++)
			mb_add_escape(fn, stmt, gimple_call_arg_ptr(stmt, i));
		break;
	case GIMPLE_RETURN: {
		greturn *ret = as_a<greturn *>(stmt);

		if (gimple_return_retval(ret))
			mb_add_escape(fn, stmt, gimple_return_retval_ptr(ret));
		break;
	}
	default:
		break;
	}
}
