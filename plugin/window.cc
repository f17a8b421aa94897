// SPDX-License-Identifier: GPL-2.0
/*
 * Windows for user access: between stac and clac the kernel may touch user
 * memory, and nothing may be called.  So no check, which is a call at least where
 * it fails, may stand there.
 *
 * One that belongs there is made before the window opens, and what computes its
 * address is moved along.  Where that cannot be (the window was opened in
 * another block, the address is read from memory meanwhile) the window is closed
 * for the call: by copies of the very statements that close and open it.
 */
#include "modbounds.h"
#include "insn.h"

/* Statements in a window, with what opened it where that is in the same block, or NULL. */
static hash_map<gimple *, gimple *> *mb_inside;
static gimple *mb_opener, *mb_closer;

static bool mb_opens(gimple *stmt)
{
	return mb_asm_runs(stmt, "stac");
}

static bool mb_closes(gimple *stmt)
{
	return mb_asm_runs(stmt, "clac");
}

/* Is a window open behind @bb, if one was open (or not) in front of it? */
static bool mb_open_behind(basic_block bb, bool open)
{
	gimple_stmt_iterator gsi;

	for (gsi = gsi_start_bb(bb); !gsi_end_p(gsi); gsi_next(&gsi)) {
		if (mb_opens(gsi_stmt(gsi)))
			open = true;
		else if (mb_closes(gsi_stmt(gsi)))
			open = false;
	}
	return open;
}

/* Before any check is made: find the windows of the function. */
void mb_find_windows(void)
{
	gimple_stmt_iterator gsi;
	edge_iterator ei;
	basic_block bb;
	bool changed;
	edge e;

	mb_opener = mb_closer = NULL;
	FOR_EACH_BB_FN(bb, cfun)
		for (gsi = gsi_start_bb(bb); !gsi_end_p(gsi); gsi_next(&gsi)) {
			if (mb_opens(gsi_stmt(gsi)))
				mb_opener = gsi_stmt(gsi);
			else if (mb_closes(gsi_stmt(gsi)))
				mb_closer = gsi_stmt(gsi);
		}
	if (!mb_opener)
		return;

	/* Blocks in front of which one may be open. */
	auto_bitmap open;
	do {
		changed = false;
		FOR_EACH_BB_FN(bb, cfun)
			FOR_EACH_EDGE(e, ei, bb->preds)
				if (e->src != ENTRY_BLOCK_PTR_FOR_FN(cfun) &&
				    mb_open_behind(e->src, bitmap_bit_p(open, e->src->index)))
					changed |= bitmap_set_bit(open, bb->index);
	} while (changed);

	mb_inside = new hash_map<gimple *, gimple *>;
	FOR_EACH_BB_FN(bb, cfun) {
		bool inside = bitmap_bit_p(open, bb->index);
		gimple *opener = NULL;

		for (gsi = gsi_start_bb(bb); !gsi_end_p(gsi); gsi_next(&gsi)) {
			gimple *stmt = gsi_stmt(gsi);

			if (mb_closes(stmt)) {
				inside = false;
				opener = NULL;
			} else if (mb_opens(stmt)) {
				/* Of two that follow each other the first one counts. */
				if (!inside)
					opener = stmt;
				inside = true;
			} else if (inside) {
				mb_inside->put(stmt, opener);
			}
		}
	}
}

void mb_forget_windows(void)
{
	delete mb_inside;
	mb_inside = NULL;
}

static bool mb_can_move(tree expr, gimple *opener, vec<gimple *> *moved);

static tree mb_find_fixed(tree *t, int *, void *data)
{
	void **d = (void **)data;

	return TREE_CODE(*t) == SSA_NAME &&
	       !mb_can_move(*t, (gimple *)d[0], (vec<gimple *> *)d[1]) ? *t : NULL_TREE;
}

/*
 * Can @expr be computed in front of @opener?  What has to be moved there is added to
 * @moved, in order.
 */
static bool mb_can_move(tree expr, gimple *opener, vec<gimple *> *moved)
{
	void *data[] = { opener, moved };
	gimple **found, *def;
	unsigned int i;

	if (!expr)
		return true;
	if (TREE_CODE(expr) != SSA_NAME)
		return !walk_tree_without_duplicates(&expr, mb_find_fixed, data);
	if (SSA_NAME_IS_DEFAULT_DEF(expr))
		return true;
	def = SSA_NAME_DEF_STMT(expr);
	found = mb_inside->get(def);
	if (!found || *found != opener)
		return true;
	if (moved->contains(def))
		return true;
	if (!is_gimple_assign(def) || gimple_vuse(def) || gimple_could_trap_p(def) ||
	    moved->length() > 16)
		return false;
	for (i = 1; i < gimple_num_ops(def); i++)
		if (gimple_op(def, i) && !mb_can_move(gimple_op(def, i), opener, moved))
			return false;
	moved->safe_push(def);
	return true;
}

/*
 * Where a check before @stmt is to stand, whose address is computed from @a and @b.
 * @close: the window is to be closed for it.
 */
gimple *mb_check_point(gimple *stmt, tree a, tree b, bool *close)
{
	auto_vec<gimple *> moved;
	gimple **opener, *def;
	unsigned int i;

	*close = false;
	opener = mb_inside ? mb_inside->get(stmt) : NULL;
	if (!opener)
		return stmt;
	if (!*opener || !mb_can_move(a, *opener, &moved) || !mb_can_move(b, *opener, &moved)) {
		*close = mb_closer != NULL;
		return stmt;
	}
	FOR_EACH_VEC_ELT(moved, i, def) {
		gimple_stmt_iterator from = gsi_for_stmt(def), to = gsi_for_stmt(*opener);

		gsi_move_before(&from, &to);
		mb_inside->remove(def);
	}
	return *opener;
}

static gimple *mb_again(gimple *stmt)
{
	gimple *copy = gimple_copy(stmt);

	gimple_set_vuse(copy, NULL_TREE);
	gimple_set_vdef(copy, NULL_TREE);
	return copy;
}

/* The call @stmt; in a window that is closed meanwhile, if @close. */
gimple_seq mb_outside_window(gimple *stmt, bool close)
{
	gimple_seq seq = NULL;

	if (close)
		gimple_seq_add_stmt(&seq, mb_again(mb_closer));
	gimple_seq_add_stmt(&seq, stmt);
	if (close)
		gimple_seq_add_stmt(&seq, mb_again(mb_opener));
	return seq;
}
