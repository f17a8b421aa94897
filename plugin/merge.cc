// SPDX-License-Identifier: GPL-2.0
/*
 * Let one check stand for many accesses.
 *
 * Within a block all accesses from one base up to the next call become one
 * check of their union: they are certain to run.  Across blocks a check that
 * is in force on all paths, and is wide enough, needs no repeat.  A call ends
 * both, as it may free the object.
 */
#include "modbounds.h"

/* May @stmt free an object, so that what was checked must be checked again? */
static bool mb_ends_checks(gimple *stmt)
{
	if (is_gimple_call(stmt))
		return !mb_call_frees_nothing(as_a<gcall *>(stmt));
	if (gimple_code(stmt) == GIMPLE_ASM)
		return strstr(gimple_asm_string(as_a<gasm *>(stmt)), "call") != NULL;
	return false;
}

static struct mb_check *mb_new_check(struct mb_function *fn, struct mb_access *access)
{
	struct mb_check *check = new mb_check();

	check->base = access->at.base;
	check->index = access->at.index;
	check->lo = access->at.off;
	check->hi = access->at.off + access->len;
	check->flags = access->flags;
	check->type_size = mb_type_size(access);
	check->aligned = mb_place_aligned(access);
	check->stmt = access->stmt;
	check->count = 1;
	check->id = fn->checks.length();
	fn->checks.safe_push(check);
	return check;
}

/* Legal with an exception table means legal for this access alone. */
static const unsigned int mb_kind_flags = MODBOUNDS_USER | MODBOUNDS_RANGE;

static bool mb_join(struct mb_check *check, struct mb_access *access)
{
	HOST_WIDE_INT lo, hi;

	if (!mb_same_place(check->base, check->index, access->at.base, access->at.index) ||
	    (check->flags & mb_kind_flags) != (access->flags & mb_kind_flags))
		return false;
	lo = MIN(check->lo, access->at.off);
	hi = MAX(check->hi, access->at.off + access->len);
	if (hi - lo > MB_MERGE_MAX && (lo != check->lo || hi != check->hi))
		return false;
	if (lo != check->lo || hi != check->hi || access->at.off != lo ||
	    access->at.off + access->len != hi || access->stmt != check->stmt)
		check->flags |= MODBOUNDS_MERGED;
	check->lo = lo;
	check->hi = hi;
	check->flags |= access->flags & MODBOUNDS_STORE;
	check->type_size = check->type_size && mb_type_size(access) ?
			   MAX(check->type_size, mb_type_size(access)) : 0;
	check->aligned |= mb_place_aligned(access);
	check->count++;
	return true;
}

/* Is @check of no use while @wide is in force? */
static bool mb_covers(const struct mb_check *wide, const struct mb_check *check)
{
	return mb_same_place(wide->base, wide->index, check->base, check->index) &&
	       wide->lo <= check->lo && wide->hi >= check->hi &&
	       !((wide->flags ^ check->flags) & MODBOUNDS_USER) &&
	       ((wide->flags & MODBOUNDS_STORE) || !(check->flags & MODBOUNDS_STORE));
}

struct mb_block {
	/* Index of the first check in fn->checks, and how many are its own. */
	unsigned int first, count;
	/* The first of those behind the last statement that ends checks. */
	unsigned int alive;
	bool ends;
	sbitmap in, out;
};

/*
 * Accesses are in order of blocks and statements.  A group stays open until a
 * statement ends it or the block is over.
 */
static void mb_group(struct mb_function *fn, struct mb_block *blocks)
{
	gimple_stmt_iterator gsi;
	unsigned int next = 0;
	basic_block bb;

	FOR_EACH_BB_FN(bb, cfun) {
		struct mb_block *block = &blocks[bb->index];
		unsigned int open = fn->checks.length();

		block->first = open;
		for (gsi = gsi_start_bb(bb); !gsi_end_p(gsi); gsi_next(&gsi)) {
			gimple *stmt = gsi_stmt(gsi);

			for (; next < fn->accesses.length() &&
			       fn->accesses[next]->stmt == stmt; next++) {
				struct mb_access *access = fn->accesses[next];
				unsigned int i;

				for (i = open; i < fn->checks.length(); i++)
					if (mb_join(fn->checks[i], access))
						break;
				access->by = i < fn->checks.length() ? fn->checks[i] :
					     mb_new_check(fn, access);
			}
			if (mb_ends_checks(stmt)) {
				open = fn->checks.length();
				block->ends = true;
			}
		}
		block->alive = open;
		block->count = fn->checks.length() - block->first;
	}
}

/*
 * Checks in force at the start of each block, on all paths.  As each bit has
 * but one place where it is set, being in force implies being dominated.
 */
static void mb_flow(struct mb_function *fn, struct mb_block *blocks)
{
	unsigned int n = fn->checks.length(), i;
	int *rpo = XNEWVEC(int, n_basic_blocks_for_fn(cfun));
	int count = pre_and_rev_post_order_compute(NULL, rpo, false);
	bool changed;
	basic_block bb;
	auto_sbitmap out(n);

	FOR_EACH_BB_FN(bb, cfun) {
		blocks[bb->index].in = sbitmap_alloc(n);
		blocks[bb->index].out = sbitmap_alloc(n);
		bitmap_clear(blocks[bb->index].in);
		bitmap_ones(blocks[bb->index].out);
	}
	do {
		changed = false;
		for (i = 0; i < (unsigned int)count; i++) {
			struct mb_block *block;
			unsigned int k;
			edge_iterator ei;
			edge e;

			bb = BASIC_BLOCK_FOR_FN(cfun, rpo[i]);
			block = &blocks[bb->index];
			bitmap_ones(block->in);
			FOR_EACH_EDGE(e, ei, bb->preds) {
				if (e->src == ENTRY_BLOCK_PTR_FOR_FN(cfun))
					bitmap_clear(block->in);
				else
					bitmap_and(block->in, block->in,
						   blocks[e->src->index].out);
			}
			bitmap_copy(out, block->in);
			if (block->ends)
				bitmap_clear(out);
			for (k = block->alive; k < block->first + block->count; k++)
				bitmap_set_bit(out, k);
			if (!bitmap_equal_p(out, block->out)) {
				bitmap_copy(block->out, out);
				changed = true;
			}
		}
	} while (changed);
	free(rpo);
}

/* Walk each block once more and drop the checks that a wider one covers. */
static void mb_drop_covered(struct mb_function *fn, struct mb_block *blocks)
{
	gimple_stmt_iterator gsi;
	basic_block bb;

	FOR_EACH_BB_FN(bb, cfun) {
		struct mb_block *block = &blocks[bb->index];
		unsigned int next = block->first, end = block->first + block->count;

		if (next == end)
			continue;
		for (gsi = gsi_start_bb(bb); !gsi_end_p(gsi); gsi_next(&gsi)) {
			for (; next < end && fn->checks[next]->stmt == gsi_stmt(gsi); next++) {
				struct mb_check *check = fn->checks[next];
				sbitmap_iterator iter;
				unsigned int k;

				EXECUTE_IF_SET_IN_BITMAP(block->in, 0, k, iter) {
					if (k == next || !mb_covers(fn->checks[k], check))
						continue;
					check->by = fn->checks[k];
					break;
				}
				if (!check->by)
					bitmap_set_bit(block->in, next);
			}
			if (mb_ends_checks(gsi_stmt(gsi)))
				bitmap_clear(block->in);
		}
	}
}

void mb_merge(struct mb_function *fn)
{
	struct mb_block *blocks;
	basic_block bb;

	if (fn->accesses.is_empty())
		return;
	blocks = XCNEWVEC(struct mb_block, last_basic_block_for_fn(cfun));
	mb_group(fn, blocks);
	mb_flow(fn, blocks);
	mb_drop_covered(fn, blocks);
	FOR_EACH_BB_FN(bb, cfun) {
		sbitmap_free(blocks[bb->index].in);
		sbitmap_free(blocks[bb->index].out);
	}
	free(blocks);
}
