// SPDX-License-Identifier: GPL-2.0
/*
 * What ends checks: a statement that may free an object, or sleep while others
 * do.  Then what was checked must be checked again.
 */
#include "modbounds.h"
#include "insn.h"

/* No identifier of C, so nobody's: it stays on all copies that GCC makes. */
#define MB_FREES_NOTHING	"modbounds frees nothing"

/* Checks stay in force across calls that surely free nothing. */
static bool mb_call_frees_nothing(gcall *stmt)
{
	tree fndecl = gimple_call_fndecl(stmt);
	const struct mb_kernel_function *f;

	if (gimple_call_internal_p(stmt) || (gimple_call_flags(stmt) & (ECF_CONST | ECF_PURE)))
		return true;
	if (fndecl && fndecl_built_in_p(fndecl, BUILT_IN_NORMAL)) {
		switch (DECL_FUNCTION_CODE(fndecl)) {
		case BUILT_IN_FREE:
		case BUILT_IN_REALLOC:
			return false;
		default:
			return true;
		}
	}
	if (!fndecl)
		return false;
	if (fndecl_built_in_p(fndecl) ||
	    lookup_attribute(MB_FREES_NOTHING, DECL_ATTRIBUTES(fndecl)))
		return true;
	f = mb_kernel_function_of(fndecl);
	return f && f->flags & MB_KEEPS;
}

/*
 * Assembly that calls what may free, or lets interrupts in, which may: on this CPU they run
 * then and there.
 */
static bool mb_asm_ends_checks(gasm *stmt)
{
	struct mb_template t;
	struct mb_insn *insn;
	unsigned int i;

	mb_take_apart(stmt, &t);
	FOR_EACH_VEC_ELT(t.insns, i, insn) {
		if (mb_insn_is(insn, "call") &&
		    strncmp(mb_called_symbol(stmt, insn), "__sw_hweight", 12))
			return true;
		if (mb_insn_is(insn, "sti") || mb_insn_is(insn, "popf") ||
		    mb_insn_is(insn, "int") || mb_insn_is(insn, "hlt"))
			return true;
	}
	return false;
}

bool mb_ends_checks(gimple *stmt)
{
	if (is_gimple_call(stmt))
		return !mb_call_frees_nothing(as_a<gcall *>(stmt));
	return gimple_code(stmt) == GIMPLE_ASM && mb_asm_ends_checks(as_a<gasm *>(stmt));
}

static bool mb_body_ends_checks(cgraph_node *node)
{
	gimple_stmt_iterator gsi;
	basic_block bb;

	FOR_EACH_BB_FN(bb, DECL_STRUCT_FUNCTION(node->decl))
		for (gsi = gsi_start_bb(bb); !gsi_end_p(gsi); gsi_next(&gsi))
			if (mb_ends_checks(gsi_stmt(gsi)))
				return true;
	return false;
}

/*
 * Functions of the unit that call nothing that ends checks.  All are taken for
 * such at first, so that those which call each other can be.
 */
void mb_find_effects(void)
{
	auto_vec<cgraph_node *> nodes;
	cgraph_node *node;
	unsigned int i;
	bool changed;

	FOR_EACH_FUNCTION_WITH_GIMPLE_BODY(node) {
		if (node->get_availability() <= AVAIL_INTERPOSABLE)
			continue;
		nodes.safe_push(node);
		DECL_ATTRIBUTES(node->decl) = tree_cons(get_identifier(MB_FREES_NOTHING),
							NULL_TREE, DECL_ATTRIBUTES(node->decl));
	}
	do {
		changed = false;
		FOR_EACH_VEC_ELT(nodes, i, node) {
			if (!lookup_attribute(MB_FREES_NOTHING, DECL_ATTRIBUTES(node->decl)) ||
			    !mb_body_ends_checks(node))
				continue;
			DECL_ATTRIBUTES(node->decl) = remove_attribute(MB_FREES_NOTHING,
								DECL_ATTRIBUTES(node->decl));
			changed = true;
		}
	} while (changed);
}
