// SPDX-License-Identifier: GPL-2.0
/*
 * Where may a violation leave the module at once?  Where nothing is held that was taken
 * since the kernel came in: no lock, no interrupts or preemption switched off, no section of
 * RCU's begun.  The runtime then returns to the gate from there, instead of letting the
 * module run on with zeros.
 *
 * What is taken and given back is counted along all paths, by the names of the functions
 * that do it.  What is taken by a name that has no counterpart below is held for good.
 */
#include "modbounds.h"

/* Attributes that stay on all copies that GCC makes; no identifiers of C. */
#define MB_TAKES	"modbounds takes"	/* something may still be held when it returns */
#define MB_GIVES	"modbounds gives"	/* what its caller had taken may be given back */
#define MB_HOLDING	"modbounds holding"	/* something may be held when it is called */

/* Held for good, or nobody knows how deep. */
#define MB_TOP	8

/* Parts of the names of functions that take something. */
static const char * const mb_taking[] = {
	"lock", "down_", "preempt_disable", "bh_disable", "irq_disable", "irq_save", "disable_irq",
	"get_cpu", "kmap", "rcu_read", "freeze", "quiesce", "_begin", "acquire", "napi_disable",
	"tx_disable", "migrate_disable", "pagefault_disable", "wait_on_bit",
};

/* Of those that give back; or whose name only looks as if. */
static const char * const mb_giving[] = {
	"unlock", "preempt_enable", "bh_enable", "irq_enable", "irq_restore", "enable_irq",
};

static const char * const mb_neither[] = { "block", "clock" };

/* Is @name one of @parts, at or around @at?  NULL: anywhere. */
static bool mb_named(const char *name, const char *at, const char * const *parts, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		const char *found = name;

		while ((found = strstr(found, parts[i]))) {
			if (!at || (found <= at && at < found + strlen(parts[i])))
				return true;
			found++;
		}
	}
	return false;
}

/* 1: takes something, -1: gives it back, 0: neither. */
static int mb_effect_by_name(const char *name)
{
	const char *at;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mb_taking); i++)
		for (at = name; (at = strstr(at, mb_taking[i])); at++)
			if (!mb_named(name, at, mb_giving, ARRAY_SIZE(mb_giving)) &&
			    !mb_named(name, at, mb_neither, ARRAY_SIZE(mb_neither)))
				return 1;
	return mb_named(name, NULL, mb_giving, ARRAY_SIZE(mb_giving)) ? -1 : 0;
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

/* Does @ref belong to the counter of preemption? */
static bool mb_is_preempt_count(tree ref)
{
	tree base = get_base_address(ref);

	return base && DECL_P(base) && DECL_NAME(base) &&
	       (!strcmp(IDENTIFIER_POINTER(DECL_NAME(base)), "pcpu_hot") ||
		!strcmp(IDENTIFIER_POINTER(DECL_NAME(base)), "__preempt_count"));
}

/* The flag that interrupts hang on, and the counter; the way back may be conditional. */
static int mb_asm_effect(gasm *stmt)
{
	const char *text = gimple_asm_string(stmt);
	unsigned int i;

	if (strstr(text, "cli") && !strstr(text, "clflush"))
		return 1;
	if (strstr(text, "sti"))
		return -1;
	for (i = 0; i < gimple_asm_noutputs(stmt); i++)
		if (mb_is_preempt_count(TREE_VALUE(gimple_asm_output_op(stmt, i))))
			return strstr(text, "dec") || strstr(text, "sub") ? -1 : 1;
	return 0;
}

/* The field that a function pointer was read from tells what it is for. */
static int mb_indirect_effect(tree fn)
{
	gimple *def = fn && TREE_CODE(fn) == SSA_NAME ? SSA_NAME_DEF_STMT(fn) : NULL;
	tree ref = def && gimple_assign_single_p(def) ? gimple_assign_rhs1(def) : NULL_TREE;

	if (!ref || TREE_CODE(ref) != COMPONENT_REF || !DECL_NAME(TREE_OPERAND(ref, 1)))
		return 0;
	return mb_effect_by_name(IDENTIFIER_POINTER(DECL_NAME(TREE_OPERAND(ref, 1))));
}

/* How much is held, at least and at most; less than nothing: what the caller had taken. */
struct mb_held {
	signed char min, max;
};

static struct mb_held mb_effect(gimple *stmt)
{
	tree fndecl;
	int n = 0;

	if (gasm *a = dyn_cast<gasm *>(stmt)) {
		n = mb_asm_effect(a);
	} else if (is_gimple_call(stmt) && !gimple_call_internal_p(stmt)) {
		fndecl = gimple_call_fndecl(stmt);
		n = fndecl ? mb_effect_by_name(mb_function_name(fndecl)) :
			     mb_indirect_effect(gimple_call_fn(stmt));
		/* Of others of this unit their bodies told. */
		if (!n && fndecl && !DECL_EXTERNAL(fndecl))
			return { (signed char)(mb_has(fndecl, MB_GIVES) ? -MB_TOP : 0),
				 (signed char)(mb_has(fndecl, MB_TAKES) ? MB_TOP : 0) };
	}
	return { (signed char)n, (signed char)n };
}

static struct mb_held mb_after(struct mb_held held, gimple *stmt)
{
	struct mb_held effect = mb_effect(stmt);

	if (held.min != -MB_TOP)
		held.min = MIN(MAX(held.min + effect.min, -MB_TOP), MB_TOP);
	if (held.max != MB_TOP)
		held.max = MIN(MAX(held.max + effect.max, -MB_TOP), MB_TOP);
	return held;
}

/* Blocks that are not reached. */
#define MB_NOWHERE	((struct mb_held){ MB_TOP + 1, -MB_TOP - 1 })

static bool mb_join(struct mb_held *to, struct mb_held from)
{
	struct mb_held old = *to;

	to->min = MIN(to->min, from.min);
	to->max = MAX(to->max, from.max);
	return to->min != old.min || to->max != old.max;
}

/* What is held where each block begins, by index; and where the function ends. */
static void mb_find_held(struct function *fn, auto_vec<struct mb_held> *held)
{
	auto_vec<basic_block> work;
	gimple_stmt_iterator gsi;
	edge_iterator ei;
	unsigned int i;
	edge e;

	for (i = 0; i < (unsigned int)last_basic_block_for_fn(fn); i++)
		held->safe_push(MB_NOWHERE);
	(*held)[ENTRY_BLOCK] = { 0, 0 };
	work.safe_push(ENTRY_BLOCK_PTR_FOR_FN(fn));
	while (!work.is_empty()) {
		basic_block bb = work.pop();
		struct mb_held now = (*held)[bb->index];

		for (gsi = gsi_start_bb(bb); !gsi_end_p(gsi); gsi_next(&gsi))
			now = mb_after(now, gsi_stmt(gsi));
		FOR_EACH_EDGE(e, ei, bb->succs)
			if (mb_join(&(*held)[e->dest->index], now))
				work.safe_push(e->dest);
	}
}

static bool mb_holds_nothing(const auto_vec<struct mb_held> &held, gimple *stmt)
{
	struct mb_held now = held[gimple_bb(stmt)->index];
	gimple_stmt_iterator gsi;

	for (gsi = gsi_start_bb(gimple_bb(stmt)); gsi_stmt(gsi) != stmt; gsi_next(&gsi))
		now = mb_after(now, gsi_stmt(gsi));
	return !now.min && !now.max;
}

static bool mb_learn(cgraph_node *node)
{
	auto_vec<struct mb_held> held;
	bool learnt = false;

	mb_find_held(DECL_STRUCT_FUNCTION(node->decl), &held);
	if (held[EXIT_BLOCK].max > 0 && !mb_has(node->decl, MB_TAKES)) {
		mb_give(node->decl, MB_TAKES);
		learnt = true;
	}
	if (held[EXIT_BLOCK].min < 0 && !mb_has(node->decl, MB_GIVES)) {
		mb_give(node->decl, MB_GIVES);
		learnt = true;
	}
	return learnt;
}

/* Before gates are made: what functions of this unit take, and what is held as they are called. */
void mb_find_taking(void)
{
	auto_vec<cgraph_node *> work;
	cgraph_node *node;
	cgraph_edge *e;

	FOR_EACH_FUNCTION_WITH_GIMPLE_BODY(node)
		work.safe_push(node);
	while (!work.is_empty()) {
		node = work.pop();
		if (!mb_learn(node))
			continue;
		for (e = node->callers; e; e = e->next_caller)
			if (e->caller->has_gimple_body_p())
				work.safe_push(e->caller);
	}

	FOR_EACH_FUNCTION_WITH_GIMPLE_BODY(node)
		work.safe_push(node);
	while (!work.is_empty()) {
		auto_vec<struct mb_held> held;

		node = work.pop();
		mb_find_held(DECL_STRUCT_FUNCTION(node->decl), &held);
		for (e = node->callees; e; e = e->next_callee) {
			cgraph_node *to = e->callee->ultimate_alias_target();

			if (!e->call_stmt || !to->has_gimple_body_p() || mb_has(to->decl, MB_HOLDING) ||
			    (!mb_has(node->decl, MB_HOLDING) && mb_holds_nothing(held, e->call_stmt)))
				continue;
			mb_give(to->decl, MB_HOLDING);
			work.safe_push(to);
		}
	}
}

/* Mark those of @fn's checks and calls from which the runtime may leave, before they are emitted. */
void mb_find_leaving(struct mb_function *fn)
{
	cgraph_node *node = cgraph_node::get(current_function_decl);
	struct mb_check *check;
	auto_vec<struct mb_held> held;
	unsigned int i;

	/* What GCC has cut out of a function begins in its midst. */
	if (mb_has(current_function_decl, MB_HOLDING) || node->split_part)
		return;
	mb_find_held(cfun, &held);
	FOR_EACH_VEC_ELT(fn->checks, i, check)
		if (!(check->flags & MODBOUNDS_ESCAPE) && mb_holds_nothing(held, check->stmt))
			check->flags |= MODBOUNDS_LEAVE;
	for (i = 0; i < fn->calls.length(); i++)
		fn->calls[i].leaves = mb_holds_nothing(held, fn->calls[i].stmt);
}
