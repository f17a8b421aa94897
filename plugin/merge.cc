// SPDX-License-Identifier: GPL-2.0
/*
 * Let one check stand for many accesses.
 *
 * Within a block all accesses from one base up to the next call become one
 * check of their union: they are certain to run.  Across blocks a check that
 * is in force on all paths, and is wide enough, needs no repeat; if it is not,
 * but the later one is certain to run, it is made wide enough.  A call ends all
 * that, as it may free the object.
 */
#include "modbounds.h"

/* Does it lie in one granule, as a scalar that is aligned does? */
static bool mb_natural(const struct mb_access *access)
{
	return access->kind == MB_REF && pow2p_hwi(access->len) && access->len <= 8 &&
	       get_object_alignment(*access->slot) >= access->len * BITS_PER_UNIT;
}

static void mb_fill_check(struct mb_check *check, struct mb_access *access)
{
	check->base = access->at.base;
	check->index = access->at.index;
	check->lo = access->at.off;
	check->hi = access->at.off + access->len;
	check->flags = access->flags;
	if (access->flags & MODBOUNDS_STORE && mb_in_header(gimple_location(access->stmt)))
		check->flags |= MODBOUNDS_HEADER;
	check->type_size = mb_type_size(access);
	/* container_of() and elements begin elsewhere. */
	check->type = access->at.index || access->at.type_off ? 0 : mb_type_number(access->at.type);
	check->aligned = mb_place_aligned(access);
	check->natural = mb_natural(access);
	check->stmt = access->stmt;
	check->count = 1;
}

/* Legal with an exception table means legal for this access alone. */
static const unsigned int mb_kind_flags = MODBOUNDS_USER | MODBOUNDS_RANGE | MODBOUNDS_ESCAPE |
					  MB_USER_ONLY;

/* Of stores that one check stands for all must stand in headers, for that to be said of it. */
static unsigned int mb_merged_flags(unsigned int a, unsigned int b)
{
	if (!(b & MODBOUNDS_STORE))
		return a;
	if (!(a & MODBOUNDS_STORE))
		return a | (b & (MODBOUNDS_STORE | MODBOUNDS_HEADER));
	return a & (b | ~MODBOUNDS_HEADER);
}

/*
 * Of a task the runtime allows stores to some fields only: each has to be asked for by
 * itself.
 */
static bool mb_is_task(tree base)
{
	return TREE_CODE(base) == SSA_NAME && POINTER_TYPE_P(TREE_TYPE(base)) &&
	       !strcmp(mb_type_name(TYPE_MAIN_VARIANT(TREE_TYPE(TREE_TYPE(base)))), "task_struct");
}

/* Let @check stand for @other, too, if they are of one kind and not too far apart. */
static bool mb_widen(struct mb_check *check, const struct mb_check *other)
{
	HOST_WIDE_INT lo, hi;

	if (!mb_same_place(check->base, check->index, other->base, other->index) ||
	    (check->flags & mb_kind_flags) != (other->flags & mb_kind_flags) ||
	    ((check->flags | other->flags) & MODBOUNDS_STORE && mb_is_task(check->base)))
		return false;
	lo = MIN(check->lo, other->lo);
	hi = MAX(check->hi, other->hi);
	if (hi - lo > MB_MERGE_MAX && (lo != check->lo || hi != check->hi))
		return false;
	check->natural &= lo == check->lo && hi == check->hi;
	check->lo = lo;
	check->hi = hi;
	check->flags = mb_merged_flags(check->flags, other->flags);
	check->type_size = check->type_size && other->type_size ?
			   MAX(check->type_size, other->type_size) : 0;
	if (check->type != other->type)
		check->type = 0;
	check->aligned |= other->aligned;
	check->count += other->count;
	return true;
}

/* Is @check of no use while @wide is in force? */
static bool mb_covers(const struct mb_check *wide, const struct mb_check *check)
{
	return mb_same_place(wide->base, wide->index, check->base, check->index) &&
	       wide->lo <= check->lo && wide->hi >= check->hi &&
	       !((wide->flags ^ check->flags) & (MODBOUNDS_USER | MB_USER_ONLY)) &&
	       !(wide->flags & ~check->flags & MODBOUNDS_ESCAPE) &&
	       (!(check->flags & MODBOUNDS_STORE) ||
		(wide->flags & MODBOUNDS_STORE && !(wide->flags & ~check->flags & MODBOUNDS_HEADER)));
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
				struct mb_check *check = new mb_check();
				unsigned int i;

				mb_fill_check(check, access);
				for (i = open; i < fn->checks.length(); i++)
					if (mb_widen(fn->checks[i], check))
						break;
				if (i < fn->checks.length()) {
					access->by = fn->checks[i];
					delete check;
					continue;
				}
				check->id = i;
				access->by = check;
				fn->checks.safe_push(check);
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

/* One that is in force at the start of @bb and can stand for @check. */
static struct mb_check *mb_standing(struct mb_function *fn, sbitmap in,
				    struct mb_check *check, basic_block bb, bool first)
{
	sbitmap_iterator iter;
	unsigned int k;

	EXECUTE_IF_SET_IN_BITMAP(in, 0, k, iter)
		if (k != check->id && mb_covers(fn->checks[k], check))
			return fn->checks[k];
	if (!first)
		return NULL;
	/* Nothing ended checks since: what is certain to run may run earlier. */
	EXECUTE_IF_SET_IN_BITMAP(in, 0, k, iter) {
		struct mb_check *wide = fn->checks[k];

		if (k != check->id && !wide->by && gimple_bb(wide->stmt) != bb &&
		    dominated_by_p(CDI_POST_DOMINATORS, gimple_bb(wide->stmt), bb) &&
		    mb_widen(wide, check))
			return wide;
	}
	return NULL;
}

/* Walk each block once more and drop the checks that another can stand for. */
static void mb_drop_covered(struct mb_function *fn, struct mb_block *blocks)
{
	gimple_stmt_iterator gsi;
	basic_block bb;

	FOR_EACH_BB_FN(bb, cfun) {
		struct mb_block *block = &blocks[bb->index];
		unsigned int next = block->first, end = block->first + block->count;
		bool first = true;

		if (next == end)
			continue;
		for (gsi = gsi_start_bb(bb); !gsi_end_p(gsi); gsi_next(&gsi)) {
			for (; next < end && fn->checks[next]->stmt == gsi_stmt(gsi); next++) {
				struct mb_check *check = fn->checks[next];

				check->by = mb_standing(fn, block->in, check, bb, first);
				if (!check->by)
					bitmap_set_bit(block->in, next);
			}
			if (mb_ends_checks(gsi_stmt(gsi))) {
				bitmap_clear(block->in);
				first = false;
			}
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
	/* Where a path ends in a call that does not return, what follows is not certain. */
	connect_infinite_loops_to_exit();
	add_noreturn_fake_exit_edges();
	calculate_dominance_info(CDI_POST_DOMINATORS);
	mb_drop_covered(fn, blocks);
	free_dominance_info(CDI_POST_DOMINATORS);
	remove_fake_exit_edges();
	FOR_EACH_BB_FN(bb, cfun) {
		sbitmap_free(blocks[bb->index].in);
		sbitmap_free(blocks[bb->index].out);
	}
	free(blocks);
}
