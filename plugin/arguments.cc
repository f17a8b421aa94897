// SPDX-License-Identifier: GPL-2.0
/*
 * Calls of the kernel that are given pointers to structures.
 *
 * After a contained load a module runs on with zeros or rubbish, and hands them to the
 * kernel, which dies of them.  So such a call is made only if the runtime says that its
 * arguments are live objects.  Else the runtime leaves the module at once, where that is
 * possible (leave.cc); if not, the module gets what tells it most likely that the call has
 * failed: -EINVAL for a signed result, 0 and NULL for all others.
 *
 * Nor is one made through a pointer that leads to no code: the zero of a contained load, or a
 * freed object's poison.
 *
 * As a call that is not made takes nothing, one that would give it back is not
 * missed: both were to get the same object.
 */
#include "modbounds.h"

#define MB_REFUSED	(-22)	/* -EINVAL */

/* @nr: which of its arguments, from 0 */
static unsigned int mb_argument_flags(tree fndecl, unsigned int nr)
{
	const struct mb_kernel_function *f = mb_kernel_function_of(fndecl);

	if (f && f->flags & MB_NULL)
		return MODBOUNDS_ARGUMENT | MODBOUNDS_TAKES_NULL;
	if (!nr && f && f->flags & MB_OBJECT)
		return MODBOUNDS_ARGUMENT | MODBOUNDS_NO_NULL;
	return MODBOUNDS_ARGUMENT;
}

/* Is a parameter of @type a pointer to something that GCC knows the fields of? */
static bool mb_points_to_object(tree type)
{
	if (!POINTER_TYPE_P(type))
		return false;
	type = TREE_TYPE(type);
	return RECORD_OR_UNION_TYPE_P(type) && COMPLETE_TYPE_P(type) &&
	       ADDR_SPACE_GENERIC_P(TYPE_ADDR_SPACE(type));
}

/*
 * Can the call be gone around?  What does not return, or returns twice, ends its block;
 * aggregates are returned through memory that the caller has.
 */
static bool mb_can_skip(gcall *stmt)
{
	tree lhs = gimple_call_lhs(stmt);

	return !gimple_call_internal_p(stmt) && !stmt_ends_bb_p(stmt) &&
	       !gimple_call_noreturn_p(stmt) && (!lhs || is_gimple_reg_type(TREE_TYPE(lhs)));
}

/* Another unit's function, or whatever a pointer leads to. */
static bool mb_leaves_module(gcall *stmt)
{
	tree fndecl = gimple_call_fndecl(stmt);

	if (!fndecl)
		return true;
	return DECL_EXTERNAL(fndecl) && !fndecl_built_in_p(fndecl) &&
	       !mb_is_memory_function(stmt) && !mb_is_noinstr(fndecl);
}

/* After mb_find_accesses() of the same statement, which finds the ranges that it is handed. */
void mb_find_arguments(struct mb_function *fn, gimple *stmt)
{
	gcall *call = dyn_cast<gcall *>(stmt);
	struct mb_call found = { call, false, false, false, false, false };
	unsigned int i;

	if (!call || !mb_can_skip(call))
		return;
	found.objects = mb_options.handover && mb_leaves_module(call);
	found.pointer = mb_options.handover && mb_kernel_half() && !gimple_call_fndecl(call) &&
			TREE_CODE(gimple_call_fn(call)) == SSA_NAME;
	for (i = fn->ranges.length(); i-- && fn->ranges[i].stmt == stmt;)
		found.ranges |= fn->ranges[i].skips = !mb_is_redirected(call);
	if (found.objects || found.ranges || found.pointer)
		fn->calls.safe_push(found);
}

/* A declared object lives as long as its name is known: what is left is what was computed. */
static bool mb_describe_argument(struct mb_check *check, tree pointer)
{
	struct mb_place at;

	if (TREE_CODE(pointer) != SSA_NAME || !mb_place_ptr(pointer, &at) ||
	    TREE_CODE(at.base) != SSA_NAME || at.index)
		return false;
	check->base = at.base;
	check->lo = at.off;
	check->hi = at.off + 1;
	return true;
}

/* The block that is gone through in place of @stmt, with what its result is then. */
static basic_block mb_go_around(gcall *stmt)
{
	basic_block bb = gimple_bb(stmt), skip, join = split_block(bb, stmt)->dest;
	tree lhs = gimple_call_lhs(stmt), result, type, none;
	gimple_stmt_iterator gsi;
	gphi *phi;
	edge e;

	skip = create_empty_bb(bb);
	if (current_loops)
		add_bb_to_loop(skip, bb->loop_father);
	skip->count = profile_count::zero();
	e = make_single_succ_edge(skip, join, EDGE_FALLTHRU);
	if (!lhs)
		return skip;

	type = TREE_TYPE(lhs);
	none = TREE_CODE(type) == INTEGER_TYPE && !TYPE_UNSIGNED(type) ?
	       build_int_cst(type, MB_REFUSED) : build_zero_cst(type);
	/* memcpy() and kin return what they are given. */
	if (gimple_call_return_flags(stmt) & ERF_RETURNS_ARG)
		none = gimple_call_arg(stmt, gimple_call_return_flags(stmt) & ERF_RETURN_ARG_MASK);
	result = make_ssa_name(type);
	gimple_call_set_lhs(stmt, result);
	SSA_NAME_DEF_STMT(result) = stmt;
	update_stmt(stmt);
	if (TREE_CODE(lhs) == SSA_NAME) {
		/* What GCC has found out of the result holds of the call only. */
		reset_flow_sensitive_info(lhs);
		phi = create_phi_node(lhs, join);
	} else {
		tree any = make_ssa_name(type);

		phi = create_phi_node(any, join);
		gsi = gsi_after_labels(join);
		gsi_insert_before(&gsi, gimple_build_assign(lhs, any), GSI_SAME_STMT);
	}
	add_phi_arg(phi, result, single_succ_edge(bb), gimple_location(stmt));
	add_phi_arg(phi, none, e, gimple_location(stmt));
	return skip;
}

/* The block to go through in place of @stmt, made when it is needed first. */
static basic_block mb_skip_block(gcall *stmt, basic_block *skip)
{
	if (!*skip)
		*skip = mb_go_around(stmt);
	return *skip;
}

static void mb_emit_objects(struct mb_function *fn, const struct mb_call *call, basic_block *skip)
{
	gcall *stmt = call->stmt;
	const struct mb_kernel_function *f = mb_kernel_function_of(gimple_call_fndecl(stmt));
	tree types = TYPE_ARG_TYPES(gimple_call_fntype(stmt));
	unsigned int i, nr = gimple_call_num_args(stmt);

	if (f && f->flags & MB_FIRST)
		nr = MIN(nr, 1);
	for (i = 0; i < nr && types && types != void_list_node; i++, types = TREE_CHAIN(types)) {
		tree pointer = gimple_call_arg(stmt, i);
		struct mb_check check;

		memset(&check, 0, sizeof(check));
		if (!mb_points_to_object(TREE_VALUE(types)) ||
		    !mb_describe_argument(&check, pointer))
			continue;
		check.stmt = stmt;
		check.flags = mb_argument_flags(gimple_call_fndecl(stmt), i);
		if (call->leaves)
			check.flags |= MODBOUNDS_LEAVE;
		check.type = mb_type_number(TREE_TYPE(TREE_VALUE(types)));
		check.in_line = call->in_line;
		mb_emit_argument(stmt, pointer, &check, mb_skip_block(stmt, skip));
		fn->counts.arguments++;
	}
}

void mb_emit_arguments(struct mb_function *fn, const struct mb_call *call)
{
	gcall *stmt = call->stmt;
	basic_block skip = NULL;
	bool close, window;
	unsigned int i;

	/* With user memory open little is called, and none of it takes objects. */
	window = mb_check_point(stmt, NULL_TREE, NULL_TREE, &close) != stmt || close;
	if (call->pointer && !window) {
		mb_emit_target(stmt, call->leaves, mb_skip_block(stmt, &skip));
		fn->counts.arguments++;
	}
	if (call->objects && !window)
		mb_emit_objects(fn, call, &skip);
	for (i = 0; call->ranges && i < fn->ranges.length(); i++)
		if (fn->ranges[i].stmt == stmt)
			mb_emit_range(&fn->ranges[i], window ? NULL : mb_skip_block(stmt, &skip));
	if (skip)
		mark_virtual_operands_for_renaming(cfun);
}
