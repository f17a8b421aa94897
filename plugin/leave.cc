// SPDX-License-Identifier: GPL-2.0
/*
 * Where may a violation leave the module at once?  Where nothing is held that was taken
 * since the kernel came in: no lock, no interrupts or preemption switched off, no section of
 * RCU's begun.  The runtime then returns to the gate from there, instead of letting the
 * module run on with zeros.
 *
 * What is taken and given back is counted along all paths, by the names of the functions
 * that do it, each kind of thing for itself.  That is done when checks are made, in the code
 * as it is then.  Two things cannot be seen there any more, and are looked for before
 * anything is inlined:
 *
 * - What is held when a function is called.
 * - Where something is held that is taken by functions of which nothing is left once
 *   they are inlined.  Statements are known again by their locations, which stay with them
 *   into whatever function they go.
 */
#include "modbounds.h"

/* Held for good, or nobody knows how deep. */
#define MB_TOP	8

/*
 * What can be held: parts of the names of functions that take it, and that give it back.
 * A part is one or more whole words, as underscores divide them; ^ says that the name begins
 * with it.  The first kind that fits is the one.
 */
struct mb_pair {
	bool inlined;		/* no call is left of who takes it */
	const char *takes[6], *gives[6];
};

static const struct mb_pair mb_pairs[] = {
	{ true, { "bit_lock", "bit_spin_lock", "bit_spin_trylock" }, { "bit_unlock", "bit_spin_unlock" } },
	{ false, { "lock", "trylock", "seqlock" }, { "unlock", "sequnlock", "release_sock" } },
	{ false, { "^down", "percpu_down" }, { "^up", "percpu_up" } },
	{ true, { "irq_disable", "irq_save" }, { "irq_enable", "irq_restore" } },
	{ true, { "bh_disable" }, { "bh_enable" } },
	{ true, { "preempt_disable", "preempt_count_add", "preempt_count_inc", "get_cpu" },
		{ "preempt_enable", "preempt_count_sub", "preempt_count_dec", "put_cpu" } },
	{ true, { "pagefault_disable" }, { "pagefault_enable" } },
	{ true, { "kmap" }, { "kunmap" } },
	{ true, { "begin" }, { "update_end", "seqcount_end", "fetch_retry" } },
	{ false, { "disable_irq" }, { "enable_irq" } },
	{ false, { "migrate_disable" }, { "migrate_enable" } },
	{ false, { "freeze" }, { "unfreeze" } },
	{ false, { "quiesce" }, { "unquiesce" } },
	{ false, { "napi_disable" }, { "napi_enable" } },
	{ false, { "tx_acquire" }, { "tx_release" } },
	{ false, { "acquire", "tx_disable" }, { } },
};

#define MB_KINDS	ARRAY_SIZE(mb_pairs)
#define MB_LOCKS	1

/* Names that only look as if. */
static const char * const mb_neither[] = {
	"lock_init", "lock_is", "lock_destroy", "lock_class", "might_lock",
};

static bool mb_names(const char *name, const char * const *parts, size_t n)
{
	const char *start = name + strspn(name, "_");
	size_t i;

	for (i = 0; i < n && parts[i]; i++) {
		bool first = *parts[i] == '^';
		const char *part = parts[i] + first, *at = start;
		size_t len = strlen(part);

		for (; (at = strstr(at, part)); at++)
			if ((at == start || (!first && at[-1] == '_')) &&
			    (!at[len] || at[len] == '_' || at[len] == '.'))
				return true;
	}
	return false;
}

/* How much of one kind is held, at least and at most; less than nothing: of the caller's. */
struct mb_count {
	signed char min, max;
};

struct mb_held {
	struct mb_count of[MB_KINDS];
};

/* What is held where a function is called: nothing, something, or something unseen later on. */
enum mb_when_called { MB_FREE, MB_HOLDING, MB_HOLDING_UNSEEN };

static bool mb_is_nothing(const struct mb_held *held, bool inlined_only = false)
{
	size_t i;

	for (i = 0; i < MB_KINDS; i++)
		if ((held->of[i].min || held->of[i].max) && (!inlined_only || mb_pairs[i].inlined))
			return false;
	return true;
}

static struct mb_held mb_effect_of_name(const char *name)
{
	struct mb_held effect = { };
	size_t i;

	if (mb_names(name, mb_neither, ARRAY_SIZE(mb_neither)))
		return effect;
	for (i = 0; i < MB_KINDS; i++) {
		if (mb_names(name, mb_pairs[i].gives, ARRAY_SIZE(mb_pairs[i].gives)))
			effect.of[i] = { -1, -1 };
		else if (mb_names(name, mb_pairs[i].takes, ARRAY_SIZE(mb_pairs[i].takes)))
			effect.of[i] = { 1, 1 };
		else
			continue;
		break;
	}
	return effect;
}

/*
 * For functions of this unit, by number, which copies have in common: what each has taken,
 * or given back, when it returns; and what is held where it is called.
 */
typedef hash_map<int_hash<unsigned int, 0>, struct mb_held> mb_nets;
typedef hash_map<int_hash<unsigned int, 0>, enum mb_when_called> mb_calls;
static mb_nets *mb_net;
static mb_calls *mb_called;

/* Statements where something is held of which nothing is left. */
static hash_set<location_t, false, location_hash> *mb_held_at;

static unsigned int mb_uid(tree fndecl)
{
	return DECL_UID(DECL_ORIGIN(fndecl));
}

/* The field that a function pointer was read from tells what it is for. */
static const char *mb_pointer_name(tree fn)
{
	gimple *def = fn && TREE_CODE(fn) == SSA_NAME ? SSA_NAME_DEF_STMT(fn) : NULL;
	tree ref = def && gimple_assign_single_p(def) ? gimple_assign_rhs1(def) : NULL_TREE;

	if (!ref || TREE_CODE(ref) != COMPONENT_REF || !DECL_NAME(TREE_OPERAND(ref, 1)))
		return "";
	return IDENTIFIER_POINTER(DECL_NAME(TREE_OPERAND(ref, 1)));
}

/*
 * spin_unlock(), inlined: a byte is set to 0, and by smp_store_release().  No more can be
 * known of it.  Were it another byte, what is held would be held for less than nothing.
 */
static bool mb_is_inlined_unlock(gimple *stmt)
{
	gimple_stmt_iterator gsi = gsi_for_stmt(stmt);
	tree lhs;

	if (!gimple_assign_single_p(stmt))
		return false;
	lhs = gimple_assign_lhs(stmt);
	if (!TREE_THIS_VOLATILE(lhs) || !integer_zerop(gimple_assign_rhs1(stmt)) ||
	    !tree_int_cst_equal(TYPE_SIZE(TREE_TYPE(lhs)), bitsize_int(BITS_PER_UNIT)))
		return false;
	for (gsi_prev(&gsi); !gsi_end_p(gsi); gsi_prev(&gsi))
		if (gimple_vdef(gsi_stmt(gsi)) || gimple_vuse(gsi_stmt(gsi)))
			return gimple_code(gsi_stmt(gsi)) == GIMPLE_ASM &&
			       !*gimple_asm_string(as_a<gasm *>(gsi_stmt(gsi)));
	return false;
}

static struct mb_held mb_effect(gimple *stmt)
{
	struct mb_held effect = { }, *net;
	tree fndecl;

	if (!is_gimple_call(stmt)) {
		if (mb_is_inlined_unlock(stmt))
			effect.of[MB_LOCKS] = { -1, -1 };
		return effect;
	}
	if (gimple_call_internal_p(stmt))
		return effect;
	fndecl = gimple_call_fndecl(stmt);
	net = fndecl ? mb_net->get(mb_uid(fndecl)) : NULL;
	/* What a driver calls its own functions says nothing of locks; their bodies do. */
	if (fndecl && !DECL_EXTERNAL(fndecl) && !mb_in_header(DECL_SOURCE_LOCATION(fndecl)))
		return net ? *net : effect;
	effect = mb_effect_of_name(fndecl ? mb_function_name(fndecl) :
					    mb_pointer_name(gimple_call_fn(stmt)));
	/* So do those of headers, but for what is lowest. */
	return mb_is_nothing(&effect) && net ? *net : effect;
}

static void mb_pass(struct mb_held *held, gimple *stmt)
{
	struct mb_held effect = mb_effect(stmt);
	size_t i;

	for (i = 0; i < MB_KINDS; i++) {
		struct mb_count *c = &held->of[i];

		if (c->min != -MB_TOP)
			c->min = MIN(MAX(c->min + effect.of[i].min, -MB_TOP), MB_TOP);
		if (c->max != MB_TOP)
			c->max = MIN(MAX(c->max + effect.of[i].max, -MB_TOP), MB_TOP);
	}
}

static bool mb_join(struct mb_held *to, const struct mb_held *from)
{
	bool changed = false;
	size_t i;

	for (i = 0; i < MB_KINDS; i++) {
		struct mb_count *t = &to->of[i];
		struct mb_count f = from->of[i];

		changed |= f.min < t->min || f.max > t->max;
		*t = { MIN(t->min, f.min), MAX(t->max, f.max) };
	}
	return changed;
}

/* What is held where each block begins, by index.  Of one that is not reached: nothing. */
static void mb_find_held(struct function *fn, auto_vec<struct mb_held> *held)
{
	auto_bitmap reached;
	auto_vec<basic_block> work;
	gimple_stmt_iterator gsi;
	edge_iterator ei;
	edge e;

	held->safe_grow_cleared(last_basic_block_for_fn(fn));
	work.safe_push(ENTRY_BLOCK_PTR_FOR_FN(fn));
	while (!work.is_empty()) {
		basic_block bb = work.pop();
		struct mb_held now = (*held)[bb->index];

		for (gsi = gsi_start_bb(bb); !gsi_end_p(gsi); gsi_next(&gsi))
			mb_pass(&now, gsi_stmt(gsi));
		FOR_EACH_EDGE(e, ei, bb->succs) {
			struct mb_held *next = &(*held)[e->dest->index];

			if (bitmap_set_bit(reached, e->dest->index))
				*next = now;
			else if (!mb_join(next, &now))
				continue;
			work.safe_push(e->dest);
		}
	}
}

/* Has what @node has in the end changed? */
static bool mb_learn(cgraph_node *node)
{
	auto_vec<struct mb_held> held;
	bool known;

	mb_find_held(DECL_STRUCT_FUNCTION(node->decl), &held);
	struct mb_held &net = mb_net->get_or_insert(mb_uid(node->decl), &known);
	if (known)
		return mb_join(&net, &held[EXIT_BLOCK]);
	net = held[EXIT_BLOCK];
	return !mb_is_nothing(&net);
}

/* Note where in @node something is held, and whom it calls there. */
static void mb_note_held(cgraph_node *node, auto_vec<cgraph_node *> *work)
{
	struct function *fn = DECL_STRUCT_FUNCTION(node->decl);
	enum mb_when_called called = mb_called->get_or_insert(mb_uid(node->decl));
	auto_vec<struct mb_held> held;
	gimple_stmt_iterator gsi;
	basic_block bb;

	mb_find_held(fn, &held);
	FOR_EACH_BB_FN(bb, fn) {
		struct mb_held now = held[bb->index];

		for (gsi = gsi_start_bb(bb); !gsi_end_p(gsi); mb_pass(&now, gsi_stmt(gsi)), gsi_next(&gsi)) {
			gimple *stmt = gsi_stmt(gsi);
			tree fndecl = is_gimple_call(stmt) ? gimple_call_fndecl(stmt) : NULL_TREE;
			cgraph_node *to = fndecl ? cgraph_node::get(fndecl) : NULL;
			enum mb_when_called when = mb_is_nothing(&now) ? MB_FREE :
				mb_is_nothing(&now, true) ? MB_HOLDING : MB_HOLDING_UNSEEN;

			when = MAX(when, called);
			if (when == MB_HOLDING_UNSEEN && gimple_has_location(stmt))
				mb_held_at->add(LOCATION_LOCUS(gimple_location(stmt)));
			to = to ? to->ultimate_alias_target() : NULL;
			if (!to || !to->has_gimple_body_p())
				continue;
			enum mb_when_called &known = mb_called->get_or_insert(mb_uid(to->decl));
			if (known >= when)
				continue;
			known = when;
			work->safe_push(to);
		}
	}
}

/* Before anything is inlined: what each function takes, and what is held where it is called. */
void mb_find_taking(void)
{
	auto_vec<cgraph_node *> work;
	cgraph_node **order = XCNEWVEC(cgraph_node *, symtab->cgraph_count);
	int i, n = ipa_reverse_postorder(order);
	cgraph_node *node;
	bool changed;

	mb_net = new mb_nets;
	mb_called = new mb_calls;
	mb_held_at = new hash_set<location_t, false, location_hash>;
	/* From the last one on: callees first. */
	do {
		changed = false;
		for (i = n; i-- > 0;)
			if (order[i]->has_gimple_body_p())
				changed |= mb_learn(order[i]);
	} while (changed);
	free(order);

	FOR_EACH_FUNCTION_WITH_GIMPLE_BODY(node)
		work.safe_push(node);
	while (!work.is_empty())
		mb_note_held(work.pop(), &work);
}

static bool mb_leaves_at(const auto_vec<struct mb_held> &held, gimple *stmt)
{
	location_t loc = LOCATION_LOCUS(gimple_location(stmt));
	struct mb_held now = held[gimple_bb(stmt)->index];
	gimple_stmt_iterator gsi;

	if (loc != UNKNOWN_LOCATION && mb_held_at->contains(loc))
		return false;
	for (gsi = gsi_start_bb(gimple_bb(stmt)); gsi_stmt(gsi) != stmt; gsi_next(&gsi))
		mb_pass(&now, gsi_stmt(gsi));
	return mb_is_nothing(&now);
}

/* Mark those of @fn's checks and calls from which the runtime may leave, before they are emitted. */
void mb_find_leaving(struct mb_function *fn)
{
	enum mb_when_called *called = mb_called ? mb_called->get(mb_uid(current_function_decl)) : NULL;
	struct mb_check *check;
	auto_vec<struct mb_held> held;
	unsigned int i;

	/* What GCC has cut out of a function begins in its midst. */
	if (!called || *called != MB_FREE || cgraph_node::get(current_function_decl)->split_part)
		return;
	mb_find_held(cfun, &held);
	FOR_EACH_VEC_ELT(fn->checks, i, check)
		if (!(check->flags & MODBOUNDS_ESCAPE) && mb_leaves_at(held, check->stmt))
			check->flags |= MODBOUNDS_LEAVE;
	for (i = 0; i < fn->calls.length(); i++)
		fn->calls[i].leaves = mb_leaves_at(held, fn->calls[i].stmt);
}
