// SPDX-License-Identifier: GPL-2.0
/*
 * A _Bool that is read from memory is made 0 or 1.
 *
 * GCC relies on that: it computes 1 + 2 * flag for (flag ? 3 : 1), or takes a flag for an
 * index.  But a stray store, a union or a device may have left 5 there, and then what
 * was proved of the index is wrong.  So the byte is read as a byte and compared with 0, which
 * costs nothing where the flag decides a branch.
 */
#include "modbounds.h"

static bool mb_reads_boolean(gimple *stmt)
{
	tree lhs, ref, base;

	if (!gimple_assign_load_p(stmt))
		return false;
	lhs = gimple_assign_lhs(stmt);
	ref = gimple_assign_rhs1(stmt);
	if (TREE_CODE(lhs) != SSA_NAME || TREE_CODE(TREE_TYPE(ref)) != BOOLEAN_TYPE ||
	    !tree_int_cst_equal(TYPE_SIZE(TREE_TYPE(ref)), bitsize_int(BITS_PER_UNIT)) ||
	    TREE_CODE(ref) == BIT_FIELD_REF || contains_bitfld_component_ref_p(ref))
		return false;
	base = get_base_address(ref);
	/* What nobody has the address of is written as it is declared. */
	return !base || !VAR_P(base) || is_global_var(base) || TREE_ADDRESSABLE(base) ||
	       ref != base;
}

/* The last thing that is done to a function: the accesses are what they will be. */
void mb_normalize_booleans(void)
{
	gimple_stmt_iterator gsi;
	basic_block bb;

	FOR_EACH_BB_FN(bb, cfun)
		for (gsi = gsi_start_bb(bb); !gsi_end_p(gsi); gsi_next(&gsi)) {
			gimple *stmt = gsi_stmt(gsi), *compare;
			tree lhs, byte;

			if (!mb_reads_boolean(stmt) || stmt_ends_bb_p(stmt))
				continue;
			lhs = gimple_assign_lhs(stmt);
			byte = make_ssa_name(unsigned_char_type_node);
			compare = gimple_build_assign(lhs, NE_EXPR, byte,
						      build_zero_cst(unsigned_char_type_node));
			gimple_set_location(compare, gimple_location(stmt));
			gimple_assign_set_rhs1(stmt, build1(VIEW_CONVERT_EXPR, unsigned_char_type_node,
							    gimple_assign_rhs1(stmt)));
			gimple_assign_set_lhs(stmt, byte);
			SSA_NAME_DEF_STMT(lhs) = compare;
			update_stmt(stmt);
			gsi_insert_after(&gsi, compare, GSI_NEW_STMT);
		}
}
