// SPDX-License-Identifier: GPL-2.0
/*
 * Make the accesses use what their checks return.
 */
#include "modbounds.h"

/* The part of a reference that starts at a byte: without bit-fields and the like. */
static tree *mb_byte_part(tree *slot)
{
	for (;;) {
		switch (TREE_CODE(*slot)) {
		case BIT_FIELD_REF:
		case VIEW_CONVERT_EXPR:
		case REALPART_EXPR:
		case IMAGPART_EXPR:
			break;
		case COMPONENT_REF:
			if (DECL_BIT_FIELD_TYPE(TREE_OPERAND(*slot, 1)))
				break;
			return slot;
		default:
			return slot;
		}
		slot = &TREE_OPERAND(*slot, 0);
	}
}

/* @root lies @shift behind the base that the check had. */
static void mb_rewrite_ref(struct mb_access *access, tree root, HOST_WIDE_INT shift)
{
	tree *slot = access->slot, inner, type, mem;
	struct mb_place at;
	HOST_WIDE_INT len;
	unsigned int align;

	if (TREE_CODE(access->at.base) == SSA_NAME &&
	    (!access->at.index || access->kind == MB_BIT)) {
		while (handled_component_p(*slot))
			slot = &TREE_OPERAND(*slot, 0);
		mem = copy_node(*slot);
		TREE_OPERAND(mem, 0) = root;
		TREE_OPERAND(mem, 1) =
			wide_int_to_tree(TREE_TYPE(TREE_OPERAND(mem, 1)),
					 wi::to_wide(TREE_OPERAND(mem, 1)) +
					 (access->at.deref - shift));
		/* It must not run ahead of its check. */
		TREE_THIS_NOTRAP(mem) = 0;
		*slot = mem;
		return;
	}

	/* Variable parts are in the checked pointer: nothing of them remains. */
	slot = mb_byte_part(slot);
	inner = *slot;
	if (!mb_place_ref(inner, &at, &len))
		gcc_unreachable();
	gcc_assert(mb_same_place(at.base, at.index, access->at.base, access->at.index) ||
		   access->kind == MB_BIT);
	align = get_object_alignment(inner);
	type = TREE_TYPE(inner);
	if (align < TYPE_ALIGN(type))
		type = build_aligned_type(type, align);
	mem = build2(MEM_REF, type, root,
		     build_int_cst(reference_alias_ptr_type(*access->slot), at.off - shift));
	TREE_THIS_VOLATILE(mem) = TREE_THIS_VOLATILE(inner);
	TREE_SIDE_EFFECTS(mem) = TREE_SIDE_EFFECTS(inner);
	REF_REVERSE_STORAGE_ORDER(mem) = reverse_storage_order_for_component_p(inner);
	*slot = mem;
}

/* Let @access go through the result of the check that covers it. */
void mb_rewrite(struct mb_access *access)
{
	gimple_stmt_iterator gsi = gsi_for_stmt(access->stmt);
	struct mb_check *check = access->by;
	tree root, t;

	if (access->exposed)
		return;
	while (check->by)
		check = check->by;
	root = check->result;

	switch (access->kind) {
	case MB_PTR:
		t = mb_shift(&gsi, root, access->at.off - access->skip - check->shift);
		*access->slot = force_gimple_operand_gsi(&gsi,
						fold_convert(TREE_TYPE(*access->slot), t), true,
						NULL_TREE, true, GSI_SAME_STMT);
		break;
	case MB_BIT:
		/* The instruction adds the index itself. */
		if (access->at.index) {
			t = fold_build1(NEGATE_EXPR, sizetype,
					fold_convert(sizetype, unshare_expr(access->at.index)));
			t = fold_build2(POINTER_PLUS_EXPR, TREE_TYPE(root), root, t);
			root = force_gimple_operand_gsi(&gsi, t, true, NULL_TREE, true,
							GSI_SAME_STMT);
		}
		mb_rewrite_ref(access, root, check->shift);
		break;
	case MB_REF:
		mb_rewrite_ref(access, root, check->shift);
		break;
	}
	update_stmt(access->stmt);
}
