// SPDX-License-Identifier: GPL-2.0
/*
 * Gates: what stands between the kernel and each function that it can call.
 *
 * The body moves to a local function; the symbol that the kernel knows becomes
 * a wrapper that enters the domain, calls the body and leaves again.  Direct
 * calls inside the unit go to the body.
 */
#include "modbounds.h"

/* Wrappers get no checks: they run outside of the domain. */
static hash_set<tree> *mb_gates;
static tree mb_activation_type;

static const struct ggc_root_tab mb_roots[] = {
	{ &mb_activation_type, 1, sizeof(tree), &gt_ggc_mx_tree_node, &gt_pch_nx_tree_node },
	LAST_GGC_ROOT_TAB
};

bool mb_is_gate(tree fndecl)
{
	return mb_gates && mb_gates->contains(fndecl);
}

/* Code that runs where nothing may be called. */
bool mb_is_noinstr(tree fndecl)
{
	const char *section = DECL_SECTION_NAME(fndecl);

	return lookup_attribute("naked", DECL_ATTRIBUTES(fndecl)) ||
	       (section && (!strcmp(section, ".noinstr.text") || !strcmp(section, ".entry.text")));
}

const char *mb_type_name(tree type)
{
	tree name = type ? TYPE_NAME(type) : NULL_TREE;

	if (name && TREE_CODE(name) == TYPE_DECL)
		name = DECL_NAME(name);
	return name ? IDENTIFIER_POINTER(name) : "";
}

static tree mb_make_activation_type(void)
{
	tree types[] = { ptr_type_node, long_unsigned_type_node, ptr_type_node }, field, fields;
	const char *names[] = { "domain", "limit", "argument" };
	size_t i;

	if (mb_activation_type)
		return mb_activation_type;
	mb_activation_type = make_node(RECORD_TYPE);
	fields = NULL_TREE;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		field = build_decl(UNKNOWN_LOCATION, FIELD_DECL, get_identifier(names[i]), types[i]);
		DECL_CHAIN(field) = fields;
		fields = field;
	}
	/* takes them last to first */
	finish_builtin_struct(mb_activation_type, "modbounds_activation", fields, NULL_TREE);
	gcc_assert(tree_to_uhwi(TYPE_SIZE_UNIT(mb_activation_type)) ==
		   sizeof(struct modbounds_activation));
	return mb_activation_type;
}

/* Arguments and results of the body stay in their registers. */
static gasm *mb_build_asm(const char *text, tree refused, tree activation, tree domain)
{
	static const char * const names[] = { "r10", "r11", "memory" };
	vec<tree, va_gc> *inputs = NULL, *outputs = NULL, *clobbers = NULL;
	gasm *stmt;
	size_t i;

	if (refused)
		vec_safe_push(outputs, mb_asm_operand("=@ccne", refused));
	vec_safe_push(inputs, mb_asm_operand("b", activation));
	if (domain)
		vec_safe_push(inputs, mb_asm_operand("a", domain));
	for (i = 0; i < ARRAY_SIZE(names); i++)
		vec_safe_push(clobbers, build_tree_list(NULL_TREE,
					build_string(strlen(names[i]), names[i])));
	stmt = gimple_build_asm_vec(text, inputs, outputs, clobbers, NULL);
	gimple_asm_set_volatile(stmt, true);
	if (refused)
		SSA_NAME_DEF_STMT(refused) = stmt;
	return stmt;
}

static tree mb_argument(tree parm, gimple_stmt_iterator *gsi)
{
	tree name;

	TREE_ADDRESSABLE(parm) = 0;
	DECL_NOT_GIMPLE_REG_P(parm) = 0;
	if (is_gimple_reg(parm))
		return get_or_create_ssa_default_def(cfun, parm);
	if (!is_gimple_reg_type(TREE_TYPE(parm)))
		return parm;
	name = make_ssa_name(TYPE_MAIN_VARIANT(TREE_TYPE(parm)));
	gsi_insert_after(gsi, gimple_build_assign(name, parm), GSI_NEW_STMT);
	return name;
}

/*
 * What a refused call does instead of the body: see ops.cc.  Returns the value for
 * functions that return one.
 */
static tree mb_build_refusal(gimple_stmt_iterator *gsi, tree fndecl,
			     const struct mb_refusal *refusal)
{
	tree type = TREE_TYPE(fndecl), parm, value = NULL_TREE;
	vec<tree> args = vNULL;
	gcall *call;

	if (!refusal->helper)
		return refusal->value;
	for (parm = DECL_ARGUMENTS(fndecl); parm; parm = DECL_CHAIN(parm))
		args.safe_push(mb_argument(parm, gsi));
	call = gimple_build_call_vec(mb_extern_function(refusal->helper, type), args);
	args.release();
	/* Its prototype is the operation's. */
	gimple_call_set_fntype(call, type);
	if (!VOID_TYPE_P(TREE_TYPE(type))) {
		value = make_ssa_name(TYPE_MAIN_VARIANT(TREE_TYPE(type)));
		gimple_call_set_lhs(call, value);
	}
	gsi_insert_after(gsi, call, GSI_NEW_STMT);
	return value;
}

/* Off the data path a gate need not be aligned, nor in two parts. */
static void mb_for_size(tree fndecl)
{
	struct gcc_options options = global_options, set = global_options_set;

	if (!optimize)
		return;
	options.x_optimize_size = 1;
	DECL_FUNCTION_SPECIFIC_OPTIMIZATION(fndecl) = build_optimization_node(&options, &set);
}

static basic_block mb_new_block(basic_block after, profile_count count)
{
	basic_block bb = create_empty_bb(after);

	bb->count = count;
	add_bb_to_loop(bb, ENTRY_BLOCK_PTR_FOR_FN(cfun)->loop_father);
	return bb;
}

/* Gates that may be left from within, and what they return then. */
struct mb_leaving {
	tree fndecl;
	int value;
	unsigned int kind;
};

/* What takes an operation's place where it is left; it is given the first argument. */
static const struct {
	const char *helper;
	unsigned int kind;
	int value;
} mb_leaving_kinds[] = {
	{ "__modbounds_refuse_queue_rq", MODBOUNDS_GATE_QUEUE_RQ, 0 },
	{ "__modbounds_refuse_napi", MODBOUNDS_GATE_NAPI, 0 },
	{ "__modbounds_refuse_complete", MODBOUNDS_GATE_COMPLETE, 0 },
	{ "__modbounds_refuse_irq", 0, 1 },	/* IRQ_HANDLED */
	{ "__modbounds_refuse_xmit", 0, 0 },	/* NETDEV_TX_OK */
};

static auto_vec<struct mb_leaving> mb_leavings;

static void mb_note_leaving(tree fndecl)
{
	struct mb_leaving leaving = { fndecl, 0, 0 };
	struct mb_refusal refusal;

	bool work = mb_find_refusal(fndecl, &refusal);
	size_t i;

	/* Others have something to do that must be done, if with zeros. */
	if (!work && !refusal.runs)
		return;
	if (refusal.helper) {
		for (i = 0; i < ARRAY_SIZE(mb_leaving_kinds); i++)
			if (!strcmp(refusal.helper, mb_leaving_kinds[i].helper))
				break;
		if (i == ARRAY_SIZE(mb_leaving_kinds))
			return;
		leaving.kind = mb_leaving_kinds[i].kind;
		leaving.value = mb_leaving_kinds[i].value;
	} else if (refusal.value) {
		leaving.value = tree_to_shwi(refusal.value);
	}
	mb_leavings.safe_push(leaving);
}

static const struct mb_leaving *mb_find_leaving_gate(tree fndecl)
{
	struct mb_leaving *leaving;
	unsigned int i;

	FOR_EACH_VEC_ELT(mb_leavings, i, leaving)
		if (leaving->fndecl == fndecl)
			return leaving;
	return NULL;
}

static bool mb_keeps_argument(tree fndecl)
{
	const struct mb_leaving *leaving = mb_find_leaving_gate(fndecl);

	return leaving && (leaving->kind == MODBOUNDS_GATE_NAPI ||
			   leaving->kind == MODBOUNDS_GATE_COMPLETE);
}

static bool mb_is_body(tree fndecl)
{
	return strstr(IDENTIFIER_POINTER(DECL_ASSEMBLER_NAME(fndecl)), ".body.");
}

/*
 * How a violation may leave @fndecl: by returning what says that it has failed, if its result
 * is an error and nothing else, and its caller goes on; or by its gate alone, if it is
 * the body of one that has something to end then.
 */
static bool mb_leaves_function(tree fndecl, struct mb_leaving *how)
{
	const struct mb_leaving *gate;
	tree failure;

	if (mb_is_gate(fndecl))
		return false;
	*how = { fndecl, 0, MODBOUNDS_GATE_BODY };
	if (mb_is_body(fndecl)) {
		gate = mb_find_leaving_gate(DECL_ORIGIN(fndecl));
		return gate && gate->kind;
	}
	failure = mb_own_error(TREE_TYPE(TREE_TYPE(fndecl)));
	if (!failure)
		return false;
	how->value = tree_to_shwi(failure);
	how->kind = MODBOUNDS_GATE_FAILS;
	return true;
}

/* A struct modbounds_gate; @place: an assembler's expression. */
static void mb_emit_gate(FILE *file, const char *place, int value, unsigned int kind)
{
	fputs("\t.pushsection .modbounds.gates,\"a\",@progbits\n\t.balign 4\n\t.long ", file);
	if (ISDIGIT(*place))
		fputs(place, file);
	else
		assemble_name(file, place);
	fprintf(file, " - .\n\t.long %d, %u\n\t.popsection\n", value, kind);
}

/* Of those that there still are. */
void mb_emit_gates(void)
{
	const struct mb_leaving *leaving;
	struct mb_leaving how;
	cgraph_node *node;

	FOR_EACH_DEFINED_FUNCTION(node) {
		const char *name = IDENTIFIER_POINTER(DECL_ASSEMBLER_NAME(node->decl));

		if (!TREE_ASM_WRITTEN(node->decl))
			continue;
		leaving = mb_find_leaving_gate(node->decl);
		if (leaving)
			mb_emit_gate(asm_out_file, name, leaving->value, leaving->kind);
		else if (mb_leaves_function(node->decl, &how))
			mb_emit_gate(asm_out_file, name, how.value, how.kind);
	}
}

/* An instruction has been written: the first one of a function's part in .text.unlikely? */
void mb_emit_cold_part(FILE *file)
{
	static tree last;
	struct mb_leaving how;

	if (!in_cold_section_p || last == current_function_decl)
		return;
	last = current_function_decl;
	if (!mb_leaves_function(last, &how))
		return;
	fputs("7702:\n", file);
	mb_emit_gate(file, "7702b", how.value, how.kind);
}

/* Turn @node, whose body has moved to @body, into the wrapper. */
static void mb_build_gate(cgraph_node *node, cgraph_node *body)
{
	tree fndecl = node->decl, result = DECL_RESULT(fndecl);
	tree type = TREE_TYPE(TREE_TYPE(fndecl)), memory = NULL_TREE, value = NULL_TREE;
	tree activation, domain, refused = NULL_TREE, ret = NULL_TREE, parm, address;
	basic_block entry, call_bb, refuse_bb = NULL, leave_bb;
	struct mb_refusal refusal;
	bool may_refuse = mb_find_refusal(fndecl, &refusal);
	profile_count count = node->count;
	gimple_stmt_iterator gsi;
	vec<tree> args = vNULL;
	gcall *call;
	edge e;

	node->release_body(true);
	node->reset();
	DECL_RESULT(fndecl) = result;
	DECL_INITIAL(fndecl) = NULL_TREE;
	/* Inlined anywhere, its frame would hold what must lie below it. */
	DECL_UNINLINABLE(fndecl) = 1;
	DECL_DISREGARD_INLINE_LIMITS(fndecl) = 0;
	DECL_DECLARED_INLINE_P(fndecl) = 0;
	TREE_READONLY(fndecl) = 0;
	DECL_PURE_P(fndecl) = 0;
	/* The activation record is nothing that could overflow. */
	DECL_ATTRIBUTES(fndecl) = tree_cons(get_identifier("no_stack_protector"), NULL_TREE,
					    DECL_ATTRIBUTES(fndecl));

	if (!mb_on_data_path(fndecl))
		mb_for_size(fndecl);

	bitmap_obstack_initialize(NULL);
	if (!count.initialized_p())
		count = profile_count::from_gcov_type(BB_FREQ_MAX).guessed_local();
	entry = init_lowered_empty_function(fndecl, true, count);

	activation = create_tmp_var(mb_make_activation_type(), "activation");
	TREE_ADDRESSABLE(activation) = 1;
	address = build_fold_addr_expr(activation);

	gsi = gsi_start_bb(entry);
	if (mb_keeps_argument(fndecl)) {
		tree field = DECL_CHAIN(DECL_CHAIN(TYPE_FIELDS(TREE_TYPE(activation))));

		gsi_insert_after(&gsi, gimple_build_assign(build3(COMPONENT_REF, ptr_type_node,
								  activation, field, NULL_TREE),
							   mb_argument(DECL_ARGUMENTS(fndecl), &gsi)),
				 GSI_NEW_STMT);
	}
	domain = make_ssa_name(ptr_type_node);
	gsi_insert_after(&gsi, gimple_build_assign(domain, mb_self_field("domain")), GSI_NEW_STMT);
	if (may_refuse)
		refused = make_ssa_name(integer_type_node);
	gsi_insert_after(&gsi, mb_build_asm("call __modbounds_enter", refused, address, domain),
			 GSI_NEW_STMT);
	if (may_refuse)
		gsi_insert_after(&gsi, gimple_build_cond(NE_EXPR, refused, integer_zero_node,
							 NULL_TREE, NULL_TREE), GSI_NEW_STMT);

	remove_edge(single_succ_edge(entry));
	call_bb = mb_new_block(entry, count);
	e = make_edge(entry, call_bb, may_refuse ? EDGE_FALSE_VALUE : EDGE_FALLTHRU);
	e->probability = profile_probability::always();
	if (may_refuse) {
		refuse_bb = mb_new_block(call_bb, profile_count::zero());
		e = make_edge(entry, refuse_bb, EDGE_TRUE_VALUE);
		e->probability = profile_probability::never();
	}
	leave_bb = mb_new_block(may_refuse ? refuse_bb : call_bb, count);
	make_single_succ_edge(call_bb, leave_bb, EDGE_FALLTHRU);
	if (may_refuse)
		make_single_succ_edge(refuse_bb, leave_bb, EDGE_FALLTHRU);
	make_single_succ_edge(leave_bb, EXIT_BLOCK_PTR_FOR_FN(cfun), 0);

	/* call_bb */
	gsi = gsi_start_bb(call_bb);
	for (parm = DECL_ARGUMENTS(fndecl); parm; parm = DECL_CHAIN(parm))
		args.safe_push(mb_argument(parm, &gsi));
	call = gimple_build_call_vec(body->decl, args);
	args.release();
	gimple_call_set_from_thunk(call, true);
	if (!VOID_TYPE_P(type)) {
		if (is_gimple_reg_type(type)) {
			value = make_ssa_name(TYPE_MAIN_VARIANT(type));
			gimple_call_set_lhs(call, value);
		} else {
			if (aggregate_value_p(result, fndecl)) {
				memory = result;
				gimple_call_set_return_slot_opt(call, true);
			} else {
				memory = create_tmp_var(type, "retval");
			}
			gimple_call_set_lhs(call, memory);
		}
	}
	gsi_insert_after(&gsi, call, GSI_NEW_STMT);

	ret = value ? value : memory;
	if (may_refuse) {
		tree instead;

		gsi = gsi_start_bb(refuse_bb);
		instead = mb_build_refusal(&gsi, fndecl, &refusal);
		if (value) {
			gphi *phi;

			ret = make_ssa_name(TREE_TYPE(value));
			phi = create_phi_node(ret, leave_bb);
			add_phi_arg(phi, value, single_succ_edge(call_bb), UNKNOWN_LOCATION);
			add_phi_arg(phi, instead, single_succ_edge(refuse_bb), UNKNOWN_LOCATION);
		}
	}

	/* leave_bb */
	gsi = gsi_last_bb(leave_bb);
	gsi_insert_after(&gsi, mb_build_asm("call __modbounds_exit", NULL_TREE, address, NULL_TREE),
			 GSI_NEW_STMT);
	gsi_insert_after(&gsi, gimple_build_return(ret), GSI_NEW_STMT);

	cfun->gimple_df->in_ssa_p = true;
	update_max_bb_count();
	profile_status_for_fn(cfun) = PROFILE_GUESSED;
	TREE_ASM_WRITTEN(fndecl) = 0;
	update_ssa(TODO_update_ssa);
	free_dominance_info(CDI_DOMINATORS);
	free_dominance_info(CDI_POST_DOMINATORS);
	bitmap_obstack_release(NULL);

	node->definition = true;
	node->lowered = true;
	node->analyzed = true;
	cgraph_edge::rebuild_edges();
	set_cfun(NULL);
	current_function_decl = NULL_TREE;
}

/* Can the kernel call @node? */
static bool mb_wants_gate(cgraph_node *node)
{
	tree fndecl = node->decl;

	/* An interrupt service routine is entered and left in its own way. */
	if (!node->definition || node->alias || node->thunk || node->inlined_to ||
	    lookup_attribute("interrupt", DECL_ATTRIBUTES(fndecl)) ||
	    !node->has_gimple_body_p() || DECL_EXTERNAL(fndecl) || mb_is_gate(fndecl) ||
	    mb_is_noinstr(fndecl) || DECL_STATIC_CHAIN(fndecl) ||
	    TREE_THIS_VOLATILE(fndecl) || stdarg_p(TREE_TYPE(fndecl)) ||
	    DECL_BY_REFERENCE(DECL_RESULT(fndecl)))
		return false;
	return TREE_PUBLIC(fndecl) || node->address_taken || DECL_PRESERVE_P(fndecl) ||
	       node->has_aliases_p();
}

static void mb_drop_attribute(tree fndecl, const char *name)
{
	if (lookup_attribute(name, DECL_ATTRIBUTES(fndecl)))
		DECL_ATTRIBUTES(fndecl) = remove_attribute(name,
						copy_list(DECL_ATTRIBUTES(fndecl)));
}

static void mb_direct_callers(cgraph_node *node, vec<cgraph_edge *> *callers)
{
	cgraph_edge *e;

	for (e = node->callers; e; e = e->next_caller)
		if (e->caller != node && !e->caller->thunk && e->call_stmt)
			callers->safe_push(e);
}

static void mb_redirect_recursion(cgraph_node *from, cgraph_node *node, cgraph_node *to)
{
	cgraph_edge *e, *next;

	push_cfun(DECL_STRUCT_FUNCTION(from->decl));
	for (e = from->callees; e; e = next) {
		next = e->next_callee;
		if (e->callee != node)
			continue;
		e->redirect_callee(to);
		gimple_call_set_fndecl(e->call_stmt, to->decl);
		update_stmt(e->call_stmt);
	}
	pop_cfun();
}

static void mb_make_gate(cgraph_node *node)
{
	cgraph_node *body, *inlined = NULL;
	vec<cgraph_edge *> callers = vNULL;
	/* Whom a call of it reaches is for the linker to say: it must keep the symbol. */
	bool replaceable = node->get_availability() <= AVAIL_INTERPOSABLE;

	mb_drop_attribute(node->decl, "noclone");
	if (!replaceable)
		mb_direct_callers(node, &callers);

	/*
	 * The body must stay a function of its own.  Those who asked for
	 * inlining get a copy, which goes away when it was inlined everywhere.
	 */
	if (DECL_DECLARED_INLINE_P(node->decl) && !callers.is_empty()) {
		inlined = node->create_version_clone_with_body(callers, NULL, NULL, NULL, NULL,
							       "inline");
		if (inlined)
			DECL_PRESERVE_P(inlined->decl) = 0;
		callers.truncate(0);
	}
	/* Functions that cannot be copied (addresses of labels) stay without. */
	body = node->create_version_clone_with_body(callers, NULL, NULL, NULL, NULL, "body");
	callers.release();
	if (!body)
		return;
	mb_drop_attribute(body->decl, "always_inline");
	mb_drop_attribute(node->decl, "always_inline");
	mb_drop_attribute(body->decl, "used");
	DECL_PRESERVE_P(body->decl) = 0;
	DECL_UNINLINABLE(body->decl) = 1;
	/* GCC folds equal functions: not this one with the copy to be inlined. */
	DECL_ATTRIBUTES(body->decl) = tree_cons(get_identifier("no_icf"), NULL_TREE,
						DECL_ATTRIBUTES(body->decl));
	DECL_DISREGARD_INLINE_LIMITS(body->decl) = 0;
	DECL_DECLARED_INLINE_P(body->decl) = 0;
	if (!replaceable)
		mb_redirect_recursion(body, node, body);
	if (inlined)
		mb_redirect_recursion(inlined, node, inlined);

	if (!mb_gates)
		mb_gates = new hash_set<tree>;
	mb_gates->add(node->decl);
	mb_note_leaving(node->decl);
	mb_build_gate(node, body);
}

static unsigned int mb_make_gates(void)
{
	auto_vec<cgraph_node *> nodes;
	cgraph_node *node;
	unsigned int i;

	mb_find_data_path();
	mb_find_effects();
	mb_find_own_functions();
	mb_redirect_initializers();
	mb_find_operations();
	mb_find_taking();
	FOR_EACH_FUNCTION_WITH_GIMPLE_BODY(node)
		if (mb_wants_gate(node))
			nodes.safe_push(node);
	FOR_EACH_VEC_ELT(nodes, i, node)
		mb_make_gate(node);
	mb_forget_operations();
	return 0;
}

namespace {

const struct pass_data mb_gate_pass_data = {
	SIMPLE_IPA_PASS, "modbounds-gates", OPTGROUP_NONE, TV_NONE, 0, 0, 0, 0, 0,
};

class mb_gate_pass : public simple_ipa_opt_pass {
public:
	mb_gate_pass(gcc::context *ctxt) : simple_ipa_opt_pass(mb_gate_pass_data, ctxt) {}
	bool gate(function *) FINAL OVERRIDE { return !seen_error(); }
	unsigned int execute(function *) FINAL OVERRIDE { return mb_make_gates(); }
};

} /* namespace */

/* Bodies must be in SSA form, and nothing may have been inlined yet. */
void mb_register_gates(const char *plugin_name)
{
	struct register_pass_info pass;

	/* It would move accesses from the body into the gate, which gets no checks. */
	global_options.x_flag_ipa_sra = 0;
	global_options_set.x_flag_ipa_sra = 1;

	memset(&pass, 0, sizeof(pass));
	pass.pass = new mb_gate_pass(g);
	pass.reference_pass_name = "build_ssa_passes";
	pass.ref_pass_instance_number = 1;
	pass.pos_op = PASS_POS_INSERT_AFTER;
	register_callback(plugin_name, PLUGIN_PASS_MANAGER_SETUP, NULL, &pass);
	register_callback(plugin_name, PLUGIN_REGISTER_GGC_ROOTS, NULL,
			  const_cast<ggc_root_tab *>(mb_roots));
}
