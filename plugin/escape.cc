// SPDX-License-Identifier: GPL-2.0
/*
 * Pointers that leave the function (arguments of calls, what is stored and returned) or come
 * together with others.  One that was made from integers has no right of its own, and whoever
 * gets it takes it for a good one: it is checked before, as a load of its first
 * byte.  So is one at a variable distance from the pointer that it was computed from
 * (MODBOUNDS_RANGE), for who gets it cannot know that one any more; it may point behind
 * the object's end, as C allows.
 *
 * The other way round, drivers keep pointers in integers: a tasklet's argument,
 * a cookie in a descriptor, a handle.  Where a pointer leaves the function as an
 * integer it is exposed: the object that it leads to is granted, if the pointer has
 * a right to it, so that who makes a pointer of the integer again may use it as
 * long as the object lives.  (C's provenance model PNVI-ae has the word and the
 * rule.)  Such a check never fails.
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

static void mb_add_escape(struct mb_function *fn, gimple *stmt, tree *slot, bool held)
{
	tree type = TREE_TYPE(*slot);

	/* Of constants, those in use are no addresses: ERR_PTR(-EIO), (void *)1. */
	if (TREE_CODE(*slot) != SSA_NAME || !POINTER_TYPE_P(type) ||
	    !ADDR_SPACE_GENERIC_P(TYPE_ADDR_SPACE(TREE_TYPE(type))))
		return;
	if (mb_origin(*slot) == MODBOUNDS_ORIGIN_INT)
		mb_add_ptr(fn, stmt, slot, 1, MODBOUNDS_ESCAPE);
	else if (!held && mb_is_moved(*slot))
		mb_add_ptr(fn, stmt, slot, 1, MODBOUNDS_ESCAPE | MODBOUNDS_RANGE);
}

/*
 * The pointer that the integer @t is a form of, tagged perhaps, or NULL.  Where
 * that depends on the way that was taken (an error, or a handle), the integer.
 */
static tree mb_pointer_in(tree t, unsigned int depth)
{
	unsigned int steps, i;

	for (steps = 0; steps < 8; steps++) {
		gassign *def;
		gphi *phi;

		if (TREE_CODE(t) != SSA_NAME)
			return NULL_TREE;
		if (POINTER_TYPE_P(TREE_TYPE(t)))
			return t;
		if (TYPE_PRECISION(TREE_TYPE(t)) != POINTER_SIZE)
			return NULL_TREE;
		phi = dyn_cast<gphi *>(SSA_NAME_DEF_STMT(t));
		if (phi) {
			for (i = 0; depth && i < gimple_phi_num_args(phi); i++)
				if (mb_pointer_in(gimple_phi_arg_def(phi, i), depth - 1))
					return t;
			return NULL_TREE;
		}
		def = dyn_cast<gassign *>(SSA_NAME_DEF_STMT(t));
		if (!def)
			return NULL_TREE;
		switch (gimple_assign_rhs_code(def)) {
		case BIT_AND_EXPR:
			/* Without its high bits it leads nowhere: offset_in_page(). */
			if (!cst_and_fits_in_hwi(gimple_assign_rhs2(def)) ||
			    int_cst_value(gimple_assign_rhs2(def)) >= 0)
				return NULL_TREE;
			break;
		case PLUS_EXPR:
		case BIT_IOR_EXPR:
			if (TREE_CODE(gimple_assign_rhs2(def)) != INTEGER_CST)
				return NULL_TREE;
			break;
		case SSA_NAME:
		CASE_CONVERT:
			break;
		default:
			return NULL_TREE;
		}
		t = gimple_assign_rhs1(def);
	}
	return NULL_TREE;
}

static void mb_add_integer(struct mb_function *fn, gimple *stmt, tree t)
{
	tree pointer;

	if (TREE_CODE(t) != SSA_NAME || !INTEGRAL_TYPE_P(TREE_TYPE(t)))
		return;
	pointer = mb_pointer_in(t, 3);
	if (!pointer || SSA_NAME_OCCURS_IN_ABNORMAL_PHI(pointer) ||
	    mb_origin(pointer) == MODBOUNDS_ORIGIN_INT)
		return;
	if (POINTER_TYPE_P(TREE_TYPE(pointer)) &&
	    !ADDR_SPACE_GENERIC_P(TYPE_ADDR_SPACE(TREE_TYPE(TREE_TYPE(pointer)))))
		return;
	mb_add_exposed(fn, stmt, pointer);
}

/* @held: something else holds it to its object, wherever it points to. */
static void mb_add_leaving(struct mb_function *fn, gimple *stmt, tree *slot, bool held)
{
	mb_add_escape(fn, stmt, slot, held);
	/* A word of the kernel's own structures is taken for a pointer when it is read. */
	if (gimple_code(stmt) != GIMPLE_ASSIGN || !mb_kernel_field(gimple_assign_lhs(stmt)))
		mb_add_integer(fn, stmt, *slot);
}

/* Copies that were put on edges, for what they copy to be checked there. */
static hash_set<gimple *> *mb_merged;

/* Is @arg made from integers, where @phi may be a good pointer as well? */
static bool mb_merges(gphi *phi, tree arg, edge e)
{
	return TREE_CODE(arg) == SSA_NAME && !(e->flags & (EDGE_ABNORMAL | EDGE_EH)) &&
	       mb_origin(arg) == MODBOUNDS_ORIGIN_INT &&
	       mb_origin(gimple_phi_result(phi)) != MODBOUNDS_ORIGIN_INT;
}

/*
 * Where a pointer that was made from integers and a good one come together the result is
 * taken for a good one.  So the former is checked on its way there, as if it left.
 */
void mb_find_merges(void)
{
	bool inserted = false;
	basic_block bb;
	gphi_iterator gpi;
	unsigned int i;

	mb_merged = new hash_set<gimple *>;
	FOR_EACH_BB_FN(bb, cfun)
		for (gpi = gsi_start_phis(bb); !gsi_end_p(gpi); gsi_next(&gpi)) {
			gphi *phi = gpi.phi();

			if (!POINTER_TYPE_P(TREE_TYPE(gimple_phi_result(phi))) ||
			    SSA_NAME_OCCURS_IN_ABNORMAL_PHI(gimple_phi_result(phi)))
				continue;
			for (i = 0; i < gimple_phi_num_args(phi); i++) {
				tree arg = gimple_phi_arg_def(phi, i), copy;
				edge e = gimple_phi_arg_edge(phi, i);
				gassign *stmt;

				if (!mb_merges(phi, arg, e))
					continue;
				copy = make_ssa_name(TREE_TYPE(arg));
				stmt = gimple_build_assign(copy, arg);
				gimple_set_location(stmt, gimple_phi_arg_location(phi, i));
				SET_PHI_ARG_DEF(phi, i, copy);
				gsi_insert_on_edge(e, stmt);
				mb_merged->add(stmt);
				inserted = true;
			}
		}
	if (inserted)
		gsi_commit_edge_inserts();
}

void mb_forget_merges(void)
{
	delete mb_merged;
	mb_merged = NULL;
}

/* Is what argument @arg of the call @stmt points to a range that the table knows? */
static bool mb_has_range(gimple *stmt, unsigned int arg)
{
	const struct mb_kernel_function *f = mb_kernel_function_of(gimple_call_fndecl(stmt));
	unsigned int i;

	for (i = 0; f && i < f->nranges; i++)
		if (f->ranges[i].ptr == (int)arg)
			return true;
	return false;
}

void mb_find_escapes(struct mb_function *fn, gimple *stmt)
{
	unsigned int i;

	switch (gimple_code(stmt)) {
	case GIMPLE_ASSIGN:
		if (gimple_assign_single_p(stmt) && mb_is_memory(gimple_assign_lhs(stmt)))
			mb_add_leaving(fn, stmt, gimple_assign_rhs1_ptr(stmt), false);
		else if (mb_merged->contains(stmt))
			mb_add_escape(fn, stmt, gimple_assign_rhs1_ptr(stmt), true);
		break;
	case GIMPLE_CALL:
		/* Builtins and memory functions keep no pointer; calls.cc knows what they access. */
		if (gimple_call_internal_p(stmt) || mb_is_memory_function(as_a<gcall *>(stmt)) ||
		    (gimple_call_fndecl(stmt) && fndecl_built_in_p(gimple_call_fndecl(stmt))))
			break;
		for (i = 0; i < gimple_call_num_args(stmt); i++)
			mb_add_leaving(fn, stmt, gimple_call_arg_ptr(stmt, i),
				       mb_has_range(stmt, i));
		break;
	case GIMPLE_RETURN: {
		greturn *ret = as_a<greturn *>(stmt);

		if (gimple_return_retval(ret))
			mb_add_leaving(fn, stmt, gimple_return_retval_ptr(ret), false);
		break;
	}
	default:
		break;
	}
}
