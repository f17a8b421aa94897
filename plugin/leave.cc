// SPDX-License-Identifier: GPL-2.0
/*
 * Where may a violation leave the module at once?  Where nothing has been taken since the
 * kernel came in that would have to be given back: no lock, no interrupts or preemption
 * switched off, no section of RCU's begun.  The runtime then returns to the gate from
 * there, instead of letting the module run on with zeros.
 *
 * What counts is whether it may have been taken on some path.  That it was given back
 * is not looked at: behind the first lock of a function nobody leaves.
 */
#include "modbounds.h"

/* Attributes that stay on all copies that GCC makes; no identifiers of C. */
#define MB_TAKES	"modbounds takes"	/* a call of it may take something */
#define MB_HOLDING	"modbounds holding"	/* it may be entered with something taken */

/* Parts of the names of functions that take something. */
static const char * const mb_taking[] = {
	"lock", "down_", "mutex", "preempt_disable", "bh_disable", "irq_disable", "irq_save",
	"disable_irq", "get_cpu", "kmap", "rcu_read", "freeze", "quiesce", "_begin", "acquire",
	"napi_disable", "tx_disable", "migrate_disable", "pagefault_disable", "wait_on_bit",
};

/* What "lock" is a part of, and takes none. */
static const char * const mb_not_taking[] = { "unlock", "block", "clock", "alloc" };

static bool mb_takes_by_name(const char *name)
{
	const char *at;
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(mb_taking); i++)
		for (at = name; (at = strstr(at, mb_taking[i])); at++) {
			for (j = 0; j < ARRAY_SIZE(mb_not_taking); j++) {
				const char *other = strstr(mb_not_taking[j], mb_taking[i]);
				size_t before = other ? other - mb_not_taking[j] : 0;

				if (other && (size_t)(at - name) >= before &&
				    !strncmp(at - before, mb_not_taking[j], strlen(mb_not_taking[j])))
					break;
			}
			if (j == ARRAY_SIZE(mb_not_taking))
				return true;
		}
	return false;
}

static bool mb_has(tree fndecl, const char *attribute)
{
	return lookup_attribute(attribute, DECL_ATTRIBUTES(fndecl));
}

static void mb_give(tree fndecl, const char *attribute)
{
	DECL_ATTRIBUTES(fndecl) = tree_cons(get_identifier(attribute), NULL_TREE,
					    DECL_ATTRIBUTES(fndecl));
}

/* Flags that interrupts hang on, and the count that preemption does. */
static bool mb_asm_takes(gasm *stmt)
{
	const char *text = gimple_asm_string(stmt);
	unsigned int i;

	if (strstr(text, "cli") || strstr(text, "popf"))
		return true;
	for (i = 0; i < gimple_asm_noutputs(stmt); i++) {
		tree to = TREE_VALUE(gimple_asm_output_op(stmt, i));

		/* A field of a per-CPU variable that belongs to the scheduler. */
		to = get_base_address(to);
		if (to && DECL_P(to) && DECL_NAME(to) &&
		    (!strcmp(IDENTIFIER_POINTER(DECL_NAME(to)), "pcpu_hot") ||
		     !strcmp(IDENTIFIER_POINTER(DECL_NAME(to)), "__preempt_count")))
			return true;
	}
	return false;
}

static bool mb_takes(gimple *stmt)
{
	tree fndecl;

	if (gasm *a = dyn_cast<gasm *>(stmt))
		return mb_asm_takes(a);
	if (!is_gimple_call(stmt) || gimple_call_internal_p(stmt))
		return false;
	fndecl = gimple_call_fndecl(stmt);
	/* Through a pointer: who knows. */
	if (!fndecl)
		return true;
	return mb_has(fndecl, MB_TAKES) || mb_takes_by_name(mb_function_name(fndecl));
}

static bool mb_contains_taking(struct function *fn)
{
	gimple_stmt_iterator gsi;
	basic_block bb;

	FOR_EACH_BB_FN(bb, fn)
		for (gsi = gsi_start_bb(bb); !gsi_end_p(gsi); gsi_next(&gsi))
			if (mb_takes(gsi_stmt(gsi)))
				return true;
	return false;
}

/*
 * Where something may have been taken: blocks that are entered so, by index; in others from
 * the first statement on that takes.
 */
static sbitmap mb_find_holding(struct function *fn, bool from_entry)
{
	sbitmap in = sbitmap_alloc(last_basic_block_for_fn(fn));
	auto_vec<basic_block> work;
	gimple_stmt_iterator gsi;
	basic_block bb;
	edge_iterator ei;
	edge e;

	bitmap_clear(in);
	if (from_entry) {
		bitmap_ones(in);
		return in;
	}
	FOR_EACH_BB_FN(bb, fn)
		for (gsi = gsi_start_bb(bb); !gsi_end_p(gsi); gsi_next(&gsi))
			if (mb_takes(gsi_stmt(gsi))) {
				work.safe_push(bb);
				break;
			}
	while (!work.is_empty()) {
		bb = work.pop();
		FOR_EACH_EDGE(e, ei, bb->succs)
			if (bitmap_set_bit(in, e->dest->index))
				work.safe_push(e->dest);
	}
	return in;
}

static bool mb_holds_at(sbitmap in, gimple *stmt)
{
	gimple_stmt_iterator gsi;

	if (bitmap_bit_p(in, gimple_bb(stmt)->index))
		return true;
	for (gsi = gsi_start_bb(gimple_bb(stmt)); gsi_stmt(gsi) != stmt; gsi_next(&gsi))
		if (mb_takes(gsi_stmt(gsi)))
			return true;
	return false;
}

/* Before gates are made: what functions of this unit take, and hold as they are called. */
void mb_find_taking(void)
{
	auto_vec<cgraph_node *> work;
	cgraph_node *node;
	cgraph_edge *e;

	FOR_EACH_FUNCTION_WITH_GIMPLE_BODY(node)
		if (!mb_has(node->decl, MB_TAKES) &&
		    mb_contains_taking(DECL_STRUCT_FUNCTION(node->decl))) {
			mb_give(node->decl, MB_TAKES);
			work.safe_push(node);
		}
	while (!work.is_empty())
		for (e = work.pop()->callers; e; e = e->next_caller)
			if (!mb_has(e->caller->decl, MB_TAKES)) {
				mb_give(e->caller->decl, MB_TAKES);
				work.safe_push(e->caller);
			}

	FOR_EACH_FUNCTION_WITH_GIMPLE_BODY(node)
		work.safe_push(node);
	while (!work.is_empty()) {
		sbitmap in;

		node = work.pop();
		in = mb_find_holding(DECL_STRUCT_FUNCTION(node->decl), mb_has(node->decl, MB_HOLDING));
		for (e = node->callees; e; e = e->next_callee) {
			cgraph_node *to = e->callee->ultimate_alias_target();

			if (!e->call_stmt || !to->has_gimple_body_p() ||
			    mb_has(to->decl, MB_HOLDING) || !mb_holds_at(in, e->call_stmt))
				continue;
			mb_give(to->decl, MB_HOLDING);
			work.safe_push(to);
		}
		sbitmap_free(in);
	}
}

/* Mark those of @fn's checks from which the runtime may leave.  Before they are emitted. */
void mb_find_leaving(struct mb_function *fn)
{
	cgraph_node *node = cgraph_node::get(current_function_decl);
	struct mb_check *check;
	unsigned int i;
	sbitmap in;

	/* What GCC has cut out of a function begins in its midst. */
	in = mb_find_holding(cfun, mb_has(current_function_decl, MB_HOLDING) || node->split_part);
	FOR_EACH_VEC_ELT(fn->checks, i, check)
		if (!(check->flags & MODBOUNDS_ESCAPE) && !mb_holds_at(in, check->stmt))
			check->flags |= MODBOUNDS_LEAVE;
	sbitmap_free(in);
}
