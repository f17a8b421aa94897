// SPDX-License-Identifier: GPL-2.0
/*
 * Where may a violation leave the module at once?  Where nothing is held that was taken
 * since the kernel came in: no lock, no interrupts or preemption switched off, no section of
 * RCU's begun.  The runtime then returns to the gate from there, instead of letting the
 * module run on with zeros.
 *
 * What is taken and given back is counted along all paths of a function, by the names of
 * the functions that do it, each kind of thing for itself, when checks are made, in the
 * code as it is then.  What is held when the function is called, the stack tells: calls at
 * which something is held are in a table by their return addresses (.modbounds.held).
 *
 * Some things are taken by functions of which nothing is left once they are inlined.  Where
 * these are held is looked for before; statements are known again by their
 * locations, which stay with them into whatever function they go.
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
 * What functions of this unit have taken, or given back, when they return.  By number, which
 * copies have in common.
 */
typedef hash_map<int_hash<unsigned int, 0>, struct mb_held> mb_nets;
static mb_nets *mb_net;

/* Statements where something is held of which nothing is left; calls where anything is. */
typedef hash_set<location_t, false, location_hash> mb_locations;
static mb_locations *mb_held_at, *mb_held_calls;

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

static void mb_pass(struct mb_held *held, gimple *stmt, bool back = false)
{
	struct mb_held effect = mb_effect(stmt);
	size_t i;

	for (i = 0; back && i < MB_KINDS; i++)
		effect.of[i] = { (signed char)-effect.of[i].max, (signed char)-effect.of[i].min };

	for (i = 0; i < MB_KINDS; i++) {
		struct mb_count *c = &held->of[i];

		if (c->min != -MB_TOP)
			c->min = MIN(MAX(c->min + effect.of[i].min, -MB_TOP), MB_TOP);
		if (c->max != MB_TOP)
			c->max = MIN(MAX(c->max + effect.of[i].max, -MB_TOP), MB_TOP);
	}
}

/*
 * Functions that may fail to take it say so by their result: 0 after a trylock, but for
 * down_trylock(); after all others that may fail it is 0 that stands for success.
 */
static bool mb_has_failed(const char *name, bool zero)
{
	static const char * const tries[] = { "trylock" };
	static const char * const others[] = { "interruptible", "killable", "timeout" };

	if (strcmp(name, "down_trylock") && mb_names(name, tries, ARRAY_SIZE(tries)))
		return zero;
	return !zero && (!strcmp(name, "down_trylock") ||
			 mb_names(name, others, ARRAY_SIZE(others)));
}

/* What is held less than counted where @e is taken because a lock was not. */
static gimple *mb_failed_on(edge e)
{
	gcond *cond = safe_dyn_cast<gcond *>(last_stmt(e->src));
	tree name, fndecl;
	gimple *def;

	if (!cond || (gimple_cond_code(cond) != EQ_EXPR && gimple_cond_code(cond) != NE_EXPR) ||
	    !integer_zerop(gimple_cond_rhs(cond)))
		return NULL;
	name = gimple_cond_lhs(cond);
	/* Converted, or said to be likely. */
	for (;;) {
		if (TREE_CODE(name) != SSA_NAME)
			return NULL;
		def = SSA_NAME_DEF_STMT(name);
		if (gimple_assign_cast_p(def) || (is_gimple_assign(def) &&
		    gimple_assign_rhs_code(def) == NE_EXPR &&
		    integer_zerop(gimple_assign_rhs2(def))))
			name = gimple_assign_rhs1(def);
		else if (gimple_call_builtin_p(def, BUILT_IN_EXPECT))
			name = gimple_call_arg(def, 0);
		else
			break;
	}
	if (!is_gimple_call(def) || gimple_call_internal_p(def))
		return NULL;
	fndecl = gimple_call_fndecl(def);
	return fndecl && mb_has_failed(mb_function_name(fndecl),
				       !!(e->flags & EDGE_TRUE_VALUE) ==
				       (gimple_cond_code(cond) == EQ_EXPR)) ? def : NULL;
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
			struct mb_held *next = &(*held)[e->dest->index], there = now;
			gimple *failed = mb_failed_on(e);

			if (failed)
				mb_pass(&there, failed, true);
			if (bitmap_set_bit(reached, e->dest->index))
				*next = there;
			else if (!mb_join(next, &there))
				continue;
			work.safe_push(e->dest);
		}
	}
}

/*
 * What @node has taken or given back in the end; has that changed?  A function that
 * seems to do either has conditions that belong together: "if (a) lock(); if (a) unlock();".
 * It does neither.
 */
static bool mb_learn(cgraph_node *node)
{
	auto_vec<struct mb_held> held;
	bool known;
	size_t i;

	mb_find_held(DECL_STRUCT_FUNCTION(node->decl), &held);
	for (i = 0; i < MB_KINDS; i++) {
		struct mb_count *c = &held[EXIT_BLOCK].of[i];

		if (c->min < 0 && c->max > 0)
			*c = { 0, 0 };
	}
	struct mb_held &net = mb_net->get_or_insert(mb_uid(node->decl), &known);
	if (known)
		return mb_join(&net, &held[EXIT_BLOCK]);
	net = held[EXIT_BLOCK];
	return !mb_is_nothing(&net);
}

/*
 * Note where in @node something is held of which nothing is left, and in whom it calls there,
 * for those may be inlined.  @throughout: it is one of them.
 */
static void mb_note_held(cgraph_node *node, hash_set<cgraph_node *> *throughout,
			 auto_vec<cgraph_node *> *work)
{
	struct function *fn = DECL_STRUCT_FUNCTION(node->decl);
	bool all = throughout->contains(node);
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

			if (!all && mb_is_nothing(&now, true))
				continue;
			if (gimple_has_location(stmt))
				mb_held_at->add(LOCATION_LOCUS(gimple_location(stmt)));
			to = to ? to->ultimate_alias_target() : NULL;
			if (to && to->has_gimple_body_p() && !throughout->add(to))
				work->safe_push(to);
		}
	}
}

/* Before anything is inlined: what each function takes, and where what goes unseen later is held. */
void mb_find_taking(void)
{
	hash_set<cgraph_node *> throughout;
	auto_vec<cgraph_node *> work;
	cgraph_node **order = XCNEWVEC(cgraph_node *, symtab->cgraph_count);
	int i, n = ipa_reverse_postorder(order);
	cgraph_node *node;
	bool changed;

	mb_net = new mb_nets;
	mb_held_at = new mb_locations;
	mb_held_calls = new mb_locations;
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
		mb_note_held(work.pop(), &throughout, &work);
}

/* Might GCC jump to what @stmt calls? */
static bool mb_may_be_tail_call(gimple *stmt)
{
	gimple_stmt_iterator gsi = gsi_for_stmt(stmt);

	if (stmt_ends_bb_p(stmt))
		return false;
	for (gsi_next(&gsi); !gsi_end_p(gsi); gsi_next(&gsi))
		if (gimple_code(gsi_stmt(gsi)) != GIMPLE_RETURN && gimple_vuse(gsi_stmt(gsi)))
			return false;
	return single_succ_p(gimple_bb(stmt));
}

/* Something is held at this call of the module's own code: the table is to say so. */
static void mb_note_held_call(gimple *stmt)
{
	gimple_stmt_iterator gsi = gsi_for_stmt(stmt);
	gasm *nothing;

	if (!gimple_has_location(stmt))
		gimple_set_location(stmt, DECL_SOURCE_LOCATION(current_function_decl));
	mb_held_calls->add(LOCATION_LOCUS(gimple_location(stmt)));
	if (!mb_may_be_tail_call(stmt))
		return;
	/* The call has to come back here. */
	nothing = gimple_build_asm_vec("", NULL, NULL, NULL, NULL);
	gimple_asm_set_volatile(nothing, true);
	gsi_insert_after(&gsi, nothing, GSI_NEW_STMT);
}

/* Who is called may be of the module, and violate. */
static bool mb_calls_module(gimple *stmt)
{
	tree fndecl;

	if (!is_gimple_call(stmt) || gimple_call_internal_p(stmt))
		return false;
	fndecl = gimple_call_fndecl(stmt);
	return !fndecl || (!DECL_EXTERNAL(fndecl) && !fndecl_built_in_p(fndecl));
}

static bool mb_holds_nothing(const struct mb_held *now, gimple *stmt)
{
	return mb_is_nothing(now) && (!gimple_has_location(stmt) ||
		!mb_held_at->contains(LOCATION_LOCUS(gimple_location(stmt))));
}

static bool mb_leaves_at(const auto_vec<struct mb_held> &held, gimple *stmt)
{
	struct mb_held now = held[gimple_bb(stmt)->index];
	gimple_stmt_iterator gsi;

	for (gsi = gsi_start_bb(gimple_bb(stmt)); gsi_stmt(gsi) != stmt; gsi_next(&gsi))
		mb_pass(&now, gsi_stmt(gsi));
	return mb_holds_nothing(&now, stmt);
}

/* Mark those of @fn's checks and calls from which the runtime may leave, before they are emitted. */
void mb_find_leaving(struct mb_function *fn)
{
	auto_vec<struct mb_held> held;
	auto_vec<gimple *> calls;
	gimple_stmt_iterator gsi;
	struct mb_check *check;
	basic_block bb;
	unsigned int i;
	gimple *call;

	if (!mb_held_at)
		return;
	mb_find_held(cfun, &held);
	FOR_EACH_VEC_ELT(fn->checks, i, check)
		if (!(check->flags & MODBOUNDS_ESCAPE) && mb_leaves_at(held, check->stmt))
			check->flags |= MODBOUNDS_LEAVE;
	for (i = 0; i < fn->calls.length(); i++)
		fn->calls[i].leaves = mb_leaves_at(held, fn->calls[i].stmt);
	for (i = 0; i < fn->ranges.length(); i++)
		fn->ranges[i].leaves = mb_leaves_at(held, fn->ranges[i].stmt);

	FOR_EACH_BB_FN(bb, cfun) {
		struct mb_held now = held[bb->index];

		for (gsi = gsi_start_bb(bb); !gsi_end_p(gsi); mb_pass(&now, gsi_stmt(gsi)), gsi_next(&gsi))
			if (mb_calls_module(gsi_stmt(gsi)) && !mb_holds_nothing(&now, gsi_stmt(gsi)))
				calls.safe_push(gsi_stmt(gsi));
	}
	FOR_EACH_VEC_ELT(calls, i, call)
		mb_note_held_call(call);
}

/* Called as each instruction has been written. */
static void (*mb_next_postscan)(FILE *, rtx_insn *, rtx *, int);

static void mb_postscan(FILE *file, rtx_insn *insn, rtx *operands, int n)
{
	if (mb_next_postscan)
		mb_next_postscan(file, insn, operands, n);
	mb_emit_cold_part(file);
	if (mb_held_calls && CALL_P(insn) && !SIBLING_CALL_P(insn) &&
	    INSN_LOCATION(insn) != UNKNOWN_LOCATION &&
	    mb_held_calls->contains(LOCATION_LOCUS(INSN_LOCATION(insn))))
		fputs("7701:\n\t.pushsection .modbounds.held,\"a\",@progbits\n\t.balign 4\n"
		      "\t.long 7701b - .\n\t.popsection\n", file);
}

void mb_leave_init(void)
{
	mb_next_postscan = targetm.asm_out.final_postscan_insn;
	targetm.asm_out.final_postscan_insn = mb_postscan;
}
