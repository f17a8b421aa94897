// SPDX-License-Identifier: GPL-2.0
/*
 * Accesses at a variable distance from their base: they are held to the object that this points to,
 * wherever else the module may go.  Most overflows are such: an index, a loop, a length.
 *
 * The runtime hands a module's objects out in slots whose sizes are powers of two, and says for each
 * page which bits are the same in all addresses of one slot.
 */
#include "modbounds.h"
#include "emit.h"
#include "insn.h"

/* @address as an integer; if @check is for a pointer that goes on, 0 for what is no kernel address. */
static tree mb_address(gimple_stmt_iterator *gsi, const struct mb_check *check, tree address)
{
	tree word = mb_insert(gsi, NOP_EXPR, long_unsigned_type_node, address, NULL_TREE), sign;

	if (!(check->flags & MODBOUNDS_ESCAPE) || !mb_kernel_half())
		return word;
	sign = mb_insert(gsi, NOP_EXPR, long_integer_type_node, address, NULL_TREE);
	sign = mb_insert(gsi, RSHIFT_EXPR, long_integer_type_node, sign,
			 build_int_cst(integer_type_node, POINTER_SIZE - 1));
	sign = mb_insert(gsi, NOP_EXPR, long_unsigned_type_node, sign, NULL_TREE);
	return mb_insert(gsi, BIT_AND_EXPR, long_unsigned_type_node, word, sign);
}

/*
 * Which bits differ of those that are the same in all addresses of the slot that @base lies in?
 * @distance: of @base from the module's first slot.
 *
 * Both ends of the access are looked at, but of a scalar that is aligned: that lies in one slot.
 */
static tree mb_differs(gimple_stmt_iterator *gsi, const struct mb_check *check, tree first,
		       tree base, tree distance)
{
	tree type = long_unsigned_type_node, slot, differs, last = first;
	HOST_WIDE_INT len = check->hi - check->lo;

	slot = mb_insert(gsi, RSHIFT_EXPR, type, distance,
			 build_int_cst(integer_type_node, ceil_log2(MODBOUNDS_SLOT_PAGE)));
	slot = mb_insert(gsi, BIT_AND_EXPR, type, slot, mb_load_self(gsi, "last_slot"));
	slot = mb_insert(gsi, LSHIFT_EXPR, type, slot, build_int_cst(integer_type_node, 3));
	slot = mb_insert(gsi, PLUS_EXPR, type, slot, mb_load_self(gsi, "slots"));
	slot = build2(MEM_REF, type, mb_insert(gsi, NOP_EXPR, build_pointer_type(type), slot,
					       NULL_TREE),
		      build_zero_cst(build_pointer_type(type)));
	TREE_THIS_NOTRAP(slot) = 1;
	slot = mb_insert(gsi, MEM_REF, type, slot, NULL_TREE);
	if (len > 1)
		last = mb_insert(gsi, PLUS_EXPR, type, first, build_int_cst(type, len - 1));
	differs = mb_insert(gsi, BIT_XOR_EXPR, type, last, base);
	if (len > 1 && !check->natural)
		differs = mb_insert(gsi, BIT_IOR_EXPR, type, differs,
				    mb_insert(gsi, BIT_XOR_EXPR, type, first, base));
	return mb_insert(gsi, BIT_AND_EXPR, type, differs, slot);
}

/*
 * An access at a variable distance from @base is held to the object that this points to: inline it
 * is looked up whether both lie in one slot of the module's memory, the call does the rest.
 * @point: what the check is emitted before.
 */
void mb_emit_indexed(gimple *point, struct mb_check *check, struct mb_site *site, tree root,
		     tree base)
{
	gimple_stmt_iterator gsi = gsi_for_stmt(point);
	HOST_WIDE_INT lo = check->lo - mb_root_distance(check);
	tree zero = build_zero_cst(long_unsigned_type_node), first, from, distance, in, out;
	tree type = TREE_TYPE(root), refused = make_ssa_name(integer_type_node);
	gcond *outside, *differs;
	basic_block cold;
	gimple_seq call;
	edge e, hot, back;
	gphi *phi;

	site->range = site->compact = true;
	in = mb_shift(&gsi, root, lo);
	if (!useless_type_conversion_p(ptr_type_node, TREE_TYPE(in)))
		in = mb_insert(&gsi, NOP_EXPR, ptr_type_node, in, NULL_TREE);
	out = make_ssa_name(ptr_type_node);
	base = force_gimple_operand_gsi(&gsi, fold_convert(ptr_type_node, unshare_expr(base)), true,
					NULL_TREE, true, GSI_SAME_STMT);
	call = mb_outside_window(mb_build_range(site, out, refused, in,
						build_int_cst(long_unsigned_type_node, site->len),
						base), site->close);
	check->result = make_ssa_name(type);
	mb_copy_ptr_info(check->result, root);
	if (!check->in_line) {
		gsi_insert_seq_before(&gsi, call, GSI_SAME_STMT);
		gsi_insert_before(&gsi, gimple_build_assign(check->result, NOP_EXPR, out),
				  GSI_SAME_STMT);
		check->shift = check->lo;
		return;
	}

	first = mb_address(&gsi, check, in);
	from = mb_address(&gsi, check, base);
	distance = mb_insert(&gsi, MINUS_EXPR, long_unsigned_type_node, from,
			     mb_load_self(&gsi, "base"));
	outside = gimple_build_cond(GE_EXPR, distance, mb_load_self(&gsi, "size"), NULL_TREE,
				    NULL_TREE);
	gimple_set_location(outside, site->loc);
	gsi_insert_before(&gsi, outside, GSI_SAME_STMT);
	e = split_block(gimple_bb(outside), outside);
	gsi = gsi_for_stmt(point);
	differs = gimple_build_cond(NE_EXPR, mb_differs(&gsi, check, first, from, distance), zero,
				    NULL_TREE, NULL_TREE);
	gimple_set_location(differs, site->loc);
	gsi_insert_before(&gsi, differs, GSI_SAME_STMT);
	cold = mb_cold_block(differs, &hot, &back);
	mb_go_to_skip(e->src, e, cold);

	gsi = gsi_start_bb(cold);
	gsi_insert_seq_after(&gsi, call, GSI_CONTINUE_LINKING);
	in = make_ssa_name(type);
	gsi_insert_after(&gsi, gimple_build_assign(in, NOP_EXPR, out), GSI_NEW_STMT);
	if (lo) {
		out = make_ssa_name(type);
		gsi_insert_after(&gsi, gimple_build_assign(out, POINTER_PLUS_EXPR, in,
							   build_int_cst(sizetype, -lo)),
				 GSI_NEW_STMT);
		in = out;
	}
	check->shift = mb_root_distance(check);
	phi = create_phi_node(check->result, hot->dest);
	add_phi_arg(phi, root, hot, site->loc);
	add_phi_arg(phi, in, back, site->loc);
}

/* A register of a device, as readl() and writel() reach it: by one move in assembly. */
static bool mb_is_register(gimple *stmt)
{
	struct mb_template t;

	if (gimple_code(stmt) != GIMPLE_ASM)
		return false;
	mb_take_apart(as_a<gasm *>(stmt), &t);
	return t.insns.length() == 1 && !strncmp(t.insns[0].name, "mov", 3);
}

/*
 * Is an access with that base to be held to the object of it?  Registers of devices are nobody's
 * objects: drivers compute where they lie.
 */
bool mb_is_indexed(const struct mb_check *check, const struct mb_site *site, tree base)
{
	if (mb_options.index != MB_INDEX_ALL &&
	    (mb_options.index != MB_INDEX_STORES || !(check->flags & MODBOUNDS_STORE)))
		return false;
	return site->with_base && !site->fail && !mb_is_register(check->stmt) &&
	       !(check->flags & MB_USER_ONLY) && site->origin != MODBOUNDS_ORIGIN_INT &&
	       site->origin != MODBOUNDS_ORIGIN_OBJECT && TREE_CODE(base) == SSA_NAME &&
	       TYPE_PRECISION(TREE_TYPE(base)) == POINTER_SIZE;
}
