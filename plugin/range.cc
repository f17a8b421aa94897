// SPDX-License-Identifier: GPL-2.0
/*
 * Ranges whose length only run time knows: what kernel functions are handed as pointer and
 * length, and what instructions walk.
 *
 * All of a range has to lie in the object that its pointer was computed from, at the size that
 * this was asked for with:
 *
 *	asm("call __modbounds_ldr" : "+D" (p), "=@ccnc" (refused) : "S" (len), "d" (base));
 *	if (refused)
 *		go around the call
 *
 * With index=none it is enough on the data path that it lies in the arena; that is compared
 * inline.  In a declared object, distance and length are compared with its size, and
 * __modbounds_failr is called if it is too short.
 */
#include "modbounds.h"
#include "emit.h"

/* The length in bytes as an unsigned long; a product that overflows becomes what no object has. */
static tree mb_length(gimple_stmt_iterator *gsi, const struct mb_range *range)
{
	tree type = long_unsigned_type_node, len = fold_convert(type, unshare_expr(range->len));

	if (range->times)
		len = fold_build2(MULT_EXPR, type, len,
				  fold_convert(type, unshare_expr(range->times)));
	if (range->bits) {
		len = fold_build2(PLUS_EXPR, type, len, build_int_cst(type, 63));
		len = fold_build2(RSHIFT_EXPR, type, len, build_int_cst(type, 6));
		len = fold_build2(LSHIFT_EXPR, type, len, build_int_cst(type, 3));
	}
	if (range->unit > 1)
		len = fold_build2(MULT_EXPR, type, len, build_int_cst(type, range->unit));
	if (range->at_most)
		len = fold_build2(MIN_EXPR, type, len, build_one_cst(type));
	if (range->null) {
		tree ptr = fold_convert(ptr_type_node, unshare_expr(*range->slot));

		len = force_gimple_operand_gsi(gsi, len, true, NULL_TREE, true, GSI_SAME_STMT);
		len = fold_build3(COND_EXPR, type,
				  fold_build2(EQ_EXPR, boolean_type_node, ptr, null_pointer_node),
				  build_zero_cst(type), len);
	}
	return force_gimple_operand_gsi(gsi, len, true, NULL_TREE, true, GSI_SAME_STMT);
}

/* Does the declared object that it lies in reach that far, whatever the length is? */
bool mb_range_proved(struct mb_function *fn, const struct mb_range *range)
{
	struct mb_place at;
	HOST_WIDE_INT size;
	widest_int min, max;

	if (!mb_place_ptr(*range->slot, &at) || at.index || range->times || range->bits ||
	    range->flags & MB_USER_ONLY)
		return false;
	size = mb_object_size(at.base);
	if (size < 0 || at.off < 0 || at.off > size)
		return false;
	if (range->at_most)
		return at.off < size;
	if (!mb_find_range(fn, range->len, range->stmt, &min, &max))
		return false;
	return min >= 0 && max * range->unit <= size - at.off;
}

/* Where the range begins, as a distance from the start of the declared object. */
static tree mb_distance(gimple_stmt_iterator *gsi, const struct mb_place *at)
{
	tree type = long_unsigned_type_node, t = build_int_cst(type, at->off);

	if (at->index)
		t = fold_build2(PLUS_EXPR, type, fold_convert(type, unshare_expr(at->index)), t);
	return force_gimple_operand_gsi(gsi, t, true, NULL_TREE, true, GSI_SAME_STMT);
}

/* (@t >= @size) | (@len > @size - @t); of a declared object @t may be @size, as there is no guard. */
static gcond *mb_beyond(gimple_stmt_iterator *gsi, tree t, tree len, tree size, tree_code outside)
{
	tree room = mb_insert(gsi, MINUS_EXPR, long_unsigned_type_node, size, t);
	tree a = mb_insert(gsi, outside, boolean_type_node, t, size);
	tree b = mb_insert(gsi, GT_EXPR, boolean_type_node, len, room);

	a = mb_insert(gsi, BIT_IOR_EXPR, boolean_type_node, a, b);
	return gimple_build_cond(NE_EXPR, a, boolean_false_node, NULL_TREE, NULL_TREE);
}

gasm *mb_build_range(const struct mb_site *site, tree out, tree refused, tree ptr, tree len,
		     tree base)
{
	vec<tree, va_gc> *inputs = NULL, *outputs = NULL;
	tree string = mb_call_string(site);
	gasm *stmt;

	vec_safe_push(outputs, mb_asm_operand("=D", out));
	vec_safe_push(outputs, mb_asm_operand("=@ccnc", refused));
	vec_safe_push(inputs, mb_asm_operand("0", ptr));
	vec_safe_push(inputs, mb_asm_operand("S", len));
	vec_safe_push(inputs, mb_asm_operand("d", base));
	stmt = gimple_build_asm_vec(TREE_STRING_POINTER(string), inputs, outputs, NULL, NULL);
	gimple_asm_set_volatile(stmt, true);
	gimple_asm_set_inline(stmt, true);
	gimple_set_location(stmt, site->loc);
	SSA_NAME_DEF_STMT(out) = stmt;
	SSA_NAME_DEF_STMT(refused) = stmt;
	return stmt;
}

static void mb_describe_range(struct mb_site *site, const struct mb_range *range,
			      const struct mb_place *at, bool skips)
{
	gcall *call = dyn_cast<gcall *>(range->stmt);

	memset(site, 0, sizeof(*site));
	site->loc = gimple_location(range->stmt);
	if (site->loc == UNKNOWN_LOCATION)
		site->loc = DECL_SOURCE_LOCATION(current_function_decl);
	site->range = site->compact = true;
	site->fail = mb_object_size(at->base) >= 0;
	site->origin = mb_origin(at->base);
	site->flags = (range->flags & 0xff) | MODBOUNDS_RANGE;
	if (range->leaves)
		site->flags |= MODBOUNDS_LEAVE;
	if (!skips)
		return;
	site->flags |= MODBOUNDS_ARGUMENT;
	site->called = mb_function_name(gimple_call_fndecl(call));
}

/* The pointer to whose object the range is held. */
static tree mb_range_base(gimple_stmt_iterator *gsi, const struct mb_place *at)
{
	tree base = at->base;

	if (TREE_CODE(base) == SSA_NAME)
		base = mb_origin_base(base);
	else if (DECL_P(base) || TREE_CODE(base) == STRING_CST) {
		if (DECL_P(base))
			TREE_ADDRESSABLE(base) = 1;
		base = build1(ADDR_EXPR, build_pointer_type(TREE_TYPE(base)), base);
	}
	return force_gimple_operand_gsi(gsi, fold_convert(ptr_type_node, unshare_expr(base)), true,
					NULL_TREE, true, GSI_SAME_STMT);
}

/*
 * Look at @range before its statement runs.  What is refused goes to @skip, around the call;
 * if that is NULL, the pointer that the statement uses is changed to one that does no harm.
 */
void mb_emit_range(struct mb_range *range, basic_block skip)
{
	tree type = TREE_TYPE(*range->slot), ptr, len, base, out, refused, t;
	bool close, leaves_block;
	gimple_stmt_iterator gsi = gsi_for_stmt(mb_check_point(range->stmt, *range->slot,
							       range->len, &close));
	gcond *beyond = NULL, *cond;
	struct mb_place at;
	struct mb_site site;
	basic_block from, cold;
	edge hot, back;
	gasm *look;
	gphi *phi;

	mb_place_ptr(*range->slot, &at);
	mb_describe_range(&site, range, &at, skip != NULL);
	site.close = close;
	len = mb_length(&gsi, range);
	if (site.fail) {
		t = mb_distance(&gsi, &at);
		beyond = mb_beyond(&gsi, t, len,
				   build_int_cst(long_unsigned_type_node, mb_object_size(at.base)),
				   GT_EXPR);
	}
	ptr = force_gimple_operand_gsi(&gsi, fold_convert(ptr_type_node, *range->slot), true,
				       NULL_TREE, true, GSI_SAME_STMT);
	base = mb_range_base(&gsi, &at);
	if (!beyond && range->in_line && mb_options.index == MB_INDEX_NONE) {
		t = make_ssa_name(long_unsigned_type_node);
		gsi_insert_before(&gsi, gimple_build_assign(t, NOP_EXPR, ptr), GSI_SAME_STMT);
		t = mb_insert(&gsi, MINUS_EXPR, long_unsigned_type_node, t,
			      mb_load_self(&gsi, "base"));
		beyond = mb_beyond(&gsi, t, len, mb_load_self(&gsi, "size"), GE_EXPR);
	}
	out = make_ssa_name(ptr_type_node);
	refused = make_ssa_name(integer_type_node);
	look = mb_build_range(&site, out, refused, ptr, len, base);
	cond = gimple_build_cond(NE_EXPR, refused, build_zero_cst(integer_type_node), NULL_TREE,
				 NULL_TREE);

	leaves_block = beyond != NULL;
	if (leaves_block) {
		gimple_set_location(beyond, site.loc);
		gsi_insert_before(&gsi, beyond, GSI_SAME_STMT);
		cold = mb_cold_block(beyond, &hot, &back);
		gsi = gsi_last_bb(cold);
		gsi_insert_seq_after(&gsi, mb_outside_window(look, close), GSI_CONTINUE_LINKING);
		if (skip) {
			gsi_insert_after(&gsi, cond, GSI_NEW_STMT);
			mb_go_to_skip(cold, back, skip);
			return;
		}
		phi = create_phi_node(make_ssa_name(ptr_type_node), hot->dest);
		add_phi_arg(phi, ptr, hot, site.loc);
		add_phi_arg(phi, out, back, site.loc);
		out = gimple_phi_result(phi);
	} else {
		gsi_insert_seq_before(&gsi, mb_outside_window(look, close), GSI_SAME_STMT);
		if (skip) {
			gsi_insert_before(&gsi, cond, GSI_SAME_STMT);
			from = gimple_bb(cond);
			mb_go_to_skip(from, split_block(from, cond), skip);
			return;
		}
	}
	gsi = gsi_for_stmt(range->stmt);
	*range->slot = force_gimple_operand_gsi(&gsi, fold_convert(type, out), true, NULL_TREE,
						true, GSI_SAME_STMT);
	update_stmt(range->stmt);
}

/*
 * Look at the pointer that @call goes through.  All code of the kernel and of modules lies in the
 * last 2 GiB of addresses; nothing else that a stray pointer may hold does, but the kernel's own static
 * data.
 */
void mb_emit_target(gcall *call, bool leaves, basic_block skip)
{
	gimple_stmt_iterator gsi = gsi_for_stmt(call);
	tree pointer = gimple_call_fn(call), word, high, refused, out;
	struct mb_site site;
	gcond *outside, *cond;
	basic_block cold;
	edge hot, back;
	gasm *look;

	memset(&site, 0, sizeof(site));
	site.loc = gimple_location(call);
	if (site.loc == UNKNOWN_LOCATION)
		site.loc = DECL_SOURCE_LOCATION(current_function_decl);
	site.range = site.compact = site.fail = true;
	site.origin = mb_origin(pointer);
	site.flags = MODBOUNDS_ARGUMENT | (leaves ? MODBOUNDS_LEAVE : 0);
	site.called = "a function pointer";

	/* word >> 31 is -1 there */
	word = mb_insert(&gsi, NOP_EXPR, long_integer_type_node, pointer, NULL_TREE);
	high = mb_insert(&gsi, RSHIFT_EXPR, long_integer_type_node, word,
			 build_int_cst(integer_type_node, 31));
	outside = gimple_build_cond(NE_EXPR, high, build_minus_one_cst(long_integer_type_node),
				    NULL_TREE, NULL_TREE);
	gimple_set_location(outside, site.loc);
	gsi_insert_before(&gsi, outside, GSI_SAME_STMT);
	cold = mb_cold_block(outside, &hot, &back);
	gsi = gsi_last_bb(cold);
	out = make_ssa_name(ptr_type_node);
	refused = make_ssa_name(integer_type_node);
	word = make_ssa_name(ptr_type_node);
	gsi_insert_after(&gsi, gimple_build_assign(word, NOP_EXPR, pointer), GSI_NEW_STMT);
	look = mb_build_range(&site, out, refused, word, build_one_cst(long_unsigned_type_node), word);
	gsi_insert_after(&gsi, look, GSI_NEW_STMT);
	cond = gimple_build_cond(NE_EXPR, refused, build_zero_cst(integer_type_node), NULL_TREE,
				 NULL_TREE);
	gsi_insert_after(&gsi, cond, GSI_NEW_STMT);
	mb_go_to_skip(cold, back, skip);
}
