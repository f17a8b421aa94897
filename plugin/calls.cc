// SPDX-License-Identifier: GPL-2.0
/*
 * Calls that access memory on the module's behalf: memory and string
 * functions, copies from and to user space, and GCC's atomics.
 *
 * functions.tbl says which they are.  A short constant length is checked in place.
 * Everything else goes to the runtime's __modbounds_<name>, of the same type, which
 * checks and then calls the original.
 */
#include "modbounds.h"

/* Declarations of functions of the runtime: a list that the collector knows. */
static tree mb_declared;

static const struct ggc_root_tab mb_roots[] = {
	{ &mb_declared, 1, sizeof(tree), &gt_ggc_mx_tree_node, &gt_pch_nx_tree_node },
	LAST_GGC_ROOT_TAB
};

tree mb_extern_function(const char *name, tree type)
{
	tree id = get_identifier(name), t, decl;

	for (t = mb_declared; t; t = TREE_CHAIN(t))
		if (TREE_PURPOSE(t) == id)
			return TREE_VALUE(t);
	decl = build_fn_decl(name, type);
	mb_declared = tree_cons(id, decl, mb_declared);
	return decl;
}

const char *mb_function_name(tree fndecl)
{
	const char *name;

	if (!fndecl)
		return "";
	if (HAS_DECL_ASSEMBLER_NAME_P(fndecl))
		name = IDENTIFIER_POINTER(DECL_ASSEMBLER_NAME(fndecl));
	else
		name = DECL_NAME(fndecl) ? IDENTIFIER_POINTER(DECL_NAME(fndecl)) : "";
	return *name == '*' ? name + 1 : name;
}

/* What the table says of a function that is to be checked, else NULL. */
static const struct mb_kernel_function *mb_checked(const struct mb_kernel_function *f)
{
	return f && f->checked ? f : NULL;
}

/* The function that @stmt calls, if it is to be checked and this unit does not define it. */
static const struct mb_kernel_function *mb_memory_function(gcall *stmt)
{
	return mb_checked(mb_kernel_function_of(gimple_call_fndecl(stmt)));
}

/*
 * A module may have a function of its own by the name of one of the table.  Its
 * other units cannot know: what they call in its place is to be that function.
 */
static auto_vec<const struct mb_kernel_function *> mb_own_functions;

void mb_find_own_functions(void)
{
	const struct mb_kernel_function *f;
	cgraph_node *node;

	FOR_EACH_DEFINED_FUNCTION(node) {
		if (!TREE_PUBLIC(node->decl) || DECL_EXTERNAL(node->decl))
			continue;
		f = mb_checked(mb_kernel_function(mb_function_name(node->decl)));
		if (f)
			mb_own_functions.safe_push(f);
	}
}

void mb_emit_own_functions(void)
{
	const struct mb_kernel_function *f;
	unsigned int i;

	FOR_EACH_VEC_ELT(mb_own_functions, i, f)
		fprintf(asm_out_file, "\t.globl __modbounds_%s\n"
			"\t.set __modbounds_%s, %s\n",
			f->checked, f->checked, f->name);
}

bool mb_is_memory_function(gcall *stmt)
{
	return mb_memory_function(stmt) != NULL;
}

/* Does the table say all that it touches?  Strings end where run time says. */
static bool mb_is_exact(const struct mb_kernel_function *f)
{
	unsigned int i;

	for (i = 0; i < f->nranges; i++)
		if (f->ranges[i].string || f->ranges[i].at_most)
			return false;
	return f->nranges;
}

static void mb_add_arg(struct mb_function *fn, gcall *stmt, int arg, HOST_WIDE_INT len,
		       unsigned int flags)
{
	if (arg >= 0 && (unsigned int)arg < gimple_call_num_args(stmt) &&
	    POINTER_TYPE_P(TREE_TYPE(gimple_call_arg(stmt, arg))))
		mb_add_ptr(fn, stmt, gimple_call_arg_ptr(stmt, arg), len, flags);
}

static bool mb_starts(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

/* __atomic_* and __sync_*: the size is in the name, or the first argument. */
static void mb_find_atomic(struct mb_function *fn, gcall *stmt, const char *name)
{
	unsigned int flags = MODBOUNDS_STORE;
	const char *suffix = strrchr(name, '_') + 1;
	bool generic = false;
	HOST_WIDE_INT len;
	int first = 0, i;

	if (ISDIGIT(*suffix)) {
		len = atoi(suffix);
	} else if (!strcmp(name, "__atomic_test_and_set") || !strcmp(name, "__atomic_clear")) {
		len = 1;
	} else if (!strcmp(name, "__atomic_load") || !strcmp(name, "__atomic_store") ||
		   !strcmp(name, "__atomic_exchange") ||
		   !strcmp(name, "__atomic_compare_exchange")) {
		if (!tree_fits_shwi_p(gimple_call_arg(stmt, 0)))
			return;
		len = tree_to_shwi(gimple_call_arg(stmt, 0));
		generic = true;
		first = 1;
	} else {
		return;		/* fences */
	}

	if (mb_starts(name, "__atomic_load"))
		flags = 0;
	mb_add_arg(fn, stmt, first, len, flags);
	if (mb_starts(name, "__atomic_compare_exchange"))
		mb_add_arg(fn, stmt, first + 1, len, MODBOUNDS_STORE);
	if (!generic)
		return;
	/* The generic forms pass values and results by address, too. */
	i = mb_starts(name, "__atomic_compare_exchange") ? first + 2 : first + 1;
	mb_add_arg(fn, stmt, i, len, mb_starts(name, "__atomic_load") ? MODBOUNDS_STORE : 0);
	if (!strcmp(name, "__atomic_exchange"))
		mb_add_arg(fn, stmt, first + 2, len, MODBOUNDS_STORE);
}

/* The type of what @stmt's argument @arg points to, as the function's prototype has it, or NULL. */
static tree mb_pointed_to(gcall *stmt, unsigned int arg)
{
	tree types = TYPE_ARG_TYPES(gimple_call_fntype(stmt));

	while (types && arg--)
		types = TREE_CHAIN(types);
	return types && POINTER_TYPE_P(TREE_VALUE(types)) ? TREE_TYPE(TREE_VALUE(types)) : NULL_TREE;
}

/* May @ptr be NULL, and still be what its function is meant to be handed? */
static bool mb_may_be_null(tree ptr)
{
	gimple *def;

	if (TREE_CODE(ptr) != SSA_NAME)
		return TREE_CODE(ptr) != ADDR_EXPR;
	def = SSA_NAME_DEF_STMT(ptr);
	return !is_gimple_assign(def) || (gimple_assign_rhs_code(def) != ADDR_EXPR &&
					  gimple_assign_rhs_code(def) != POINTER_PLUS_EXPR);
}

/*
 * What a kernel function touches behind one of its arguments.  Where the runtime stands for the
 * function (mb_redirect_call()), it looks at all of that, but takes each pointer for its
 * own base: so here only what has another one is looked at.
 */
static void mb_find_kernel_range(struct mb_function *fn, gcall *stmt,
				 const struct mb_kernel_function *f,
				 const struct mb_kernel_range *range)
{
	unsigned int flags = MODBOUNDS_RANGE | (range->store ? MODBOUNDS_STORE : 0);
	tree *slot, len = size_one_node, type = NULL_TREE;
	unsigned int nargs = gimple_call_num_args(stmt);
	HOST_WIDE_INT unit = range->unit;
	struct mb_range *added;
	bool null;

	if ((unsigned int)range->ptr >= nargs || range->len >= (int)nargs ||
	    range->len2 >= (int)nargs)
		return;
	slot = gimple_call_arg_ptr(stmt, range->ptr);
	if (!POINTER_TYPE_P(TREE_TYPE(*slot)) ||
	    (f->checked && !mb_is_exact(f) && !mb_has_other_base(*slot)))
		return;
	null = !f->checked && mb_may_be_null(*slot);
	if (null && integer_zerop(*slot))
		return;
	if (!unit && !range->string) {
		type = mb_pointed_to(stmt, range->ptr);
		unit = type ? MAX(mb_sizeof(type), 1) : 1;
	}
	if (range->string)
		unit = 1;
	else if (range->len >= 0)
		len = gimple_call_arg(stmt, range->len);
	else if (range->bytes)
		unit = range->bytes;
	if (range->len < 0 && !null) {
		mb_add_arg(fn, stmt, range->ptr, unit, flags);
		return;
	}
	if (!INTEGRAL_TYPE_P(TREE_TYPE(len)))
		return;
	if (unit != 1 || range->len2 >= 0 || range->bits || range->at_most || null)
		flags |= MB_COUNTED;
	added = mb_add_range(fn, stmt, slot, len, flags);
	if (!added)
		return;
	added->unit = unit;
	added->bits = range->bits;
	added->at_most = range->at_most;
	added->null = null;
	added->times = range->len2 >= 0 ? gimple_call_arg(stmt, range->len2) : NULL_TREE;
}

void mb_find_call(struct mb_function *fn, gcall *stmt)
{
	const struct mb_kernel_function *f;
	tree fndecl = gimple_call_fndecl(stmt);
	unsigned int i;

	/* Aggregates are passed and returned in memory. */
	for (i = 0; i < gimple_call_num_args(stmt); i++)
		mb_add_ref(fn, stmt, gimple_call_arg_ptr(stmt, i), 0);
	if (gimple_call_lhs(stmt))
		mb_add_ref(fn, stmt, gimple_call_lhs_ptr(stmt), MODBOUNDS_STORE);
	if (!fndecl)
		return;

	if (fndecl_built_in_p(fndecl, BUILT_IN_NORMAL)) {
		const char *name = mb_function_name(fndecl);

		if (mb_starts(name, "__atomic_") || mb_starts(name, "__sync_")) {
			mb_find_atomic(fn, stmt, name);
			return;
		}
	}

	f = mb_kernel_function_of(fndecl);
	for (i = 0; f && i < f->nranges; i++)
		mb_find_kernel_range(fn, stmt, f, &f->ranges[i]);
	/* How much is stored there the format says: a byte is certain.  It is the last string. */
	if (f && f->flags & MB_SCAN && f->nranges)
		for (i = f->ranges[f->nranges - 1].ptr + 1; i < gimple_call_num_args(stmt); i++)
			mb_add_arg(fn, stmt, i, 1, MODBOUNDS_RANGE | MODBOUNDS_STORE);
}

/* Does the runtime's __modbounds_<name> stand for what @stmt calls? */
bool mb_is_redirected(gcall *stmt)
{
	const struct mb_kernel_function *f = mb_memory_function(stmt);

	return f && !mb_is_exact(f) && (mb_options.loads || f->flags & MB_STORES);
}

/* Is there a range of @f that was not looked at as an access of constant length? */
static bool mb_varies(gcall *stmt, const struct mb_kernel_function *f)
{
	unsigned int i;
	tree len;

	for (i = 0; i < f->nranges; i++) {
		if (f->ranges[i].len < 0 || f->ranges[i].len >= (int)gimple_call_num_args(stmt))
			continue;
		len = gimple_call_arg(stmt, f->ranges[i].len);
		if (!tree_fits_shwi_p(len) || tree_to_shwi(len) < 0 ||
		    tree_to_shwi(len) > MB_RANGE_MAX)
			return true;
	}
	return false;
}

/*
 * Let the runtime do what it stands for.  What has been looked at as a range stays the
 * function that it is, but no builtin: GCC would put instructions in its place, of which
 * nobody can tell any more that they keep to the range.  Returns whether the runtime is called.
 */
bool mb_redirect_call(gcall *stmt)
{
	const struct mb_kernel_function *f = mb_memory_function(stmt);
	bool redirected = mb_is_redirected(stmt);
	tree fndecl, to;
	char *name;

	if (!redirected && (!f || !mb_is_exact(f) || !mb_varies(stmt, f)))
		return false;

	fndecl = gimple_call_fndecl(stmt);
	name = redirected ? xasprintf("__modbounds_%s", f->checked) :
			    xstrdup(mb_function_name(fndecl));
	to = mb_extern_function(name, TREE_TYPE(fndecl));
	free(name);
	/* strlen() of unchanged memory is worth computing, and checking, once. */
	DECL_PURE_P(to) = DECL_PURE_P(fndecl);
	/* How arguments are passed is what this call's own type says. */
	gimple_call_set_fndecl(stmt, to);
	/*
	 * The sets of variables that the call may use and change are those of the
	 * builtin, whose arguments GCC had followed no further than the builtin is
	 * known to.  Of a function of its own it would conclude from them that
	 * a store into what the call reads is dead, and that the frame is free.
	 */
	pt_solution_reset(gimple_call_use_set(stmt));
	pt_solution_reset(gimple_call_clobber_set(stmt));
	/* Nor does it warn of what a builtin may be handed: memory that is set in part. */
	mb_quiet(stmt);
	update_stmt(stmt);
	return redirected;
}

/* The address of a function that the runtime stands for: that of the runtime's; else NULL. */
static tree mb_address_to_take(tree t)
{
	const struct mb_kernel_function *f;
	tree fndecl, to;
	char *name;

	if (TREE_CODE(t) != ADDR_EXPR || TREE_CODE(TREE_OPERAND(t, 0)) != FUNCTION_DECL)
		return NULL_TREE;
	fndecl = TREE_OPERAND(t, 0);
	f = mb_checked(mb_kernel_function_of(fndecl));
	if (!f || (!mb_options.loads && !(f->flags & MB_STORES)))
		return NULL_TREE;
	name = xasprintf("__modbounds_%s", f->checked);
	to = mb_extern_function(name, TREE_TYPE(fndecl));
	free(name);
	return build1(ADDR_EXPR, TREE_TYPE(t), to);
}

static tree mb_redirect_initializer(tree *t, int *, void *)
{
	tree to = mb_address_to_take(*t);

	if (to)
		*t = to;
	return NULL_TREE;
}

/* A module that calls memcpy() through a pointer, from a table of its own. */
void mb_redirect_initializers(void)
{
	varpool_node *node;
	tree *init;

	FOR_EACH_VARIABLE(node) {
		init = &DECL_INITIAL(node->decl);
		if (*init && *init != error_mark_node)
			walk_tree_without_duplicates(init, mb_redirect_initializer, NULL);
	}
}

/* The same where @stmt takes the address. */
void mb_redirect_addresses(gimple *stmt)
{
	unsigned int i, first = is_gimple_call(stmt) ? 3 : gimple_has_lhs(stmt) ? 1 : 0;
	bool changed = false;
	tree *slot, to;

	if (gimple_code(stmt) == GIMPLE_ASM)
		return;
	if (gimple_code(stmt) == GIMPLE_PHI) {
		for (i = 0; i < gimple_phi_num_args(stmt); i++) {
			to = mb_address_to_take(gimple_phi_arg_def(stmt, i));
			if (to)
				SET_PHI_ARG_DEF(as_a<gphi *>(stmt), i, to);
		}
		return;
	}
	for (i = first; i < gimple_num_ops(stmt); i++) {
		slot = gimple_op_ptr(stmt, i);
		to = *slot ? mb_address_to_take(*slot) : NULL_TREE;
		if (!to)
			continue;
		*slot = to;
		changed = true;
	}
	if (changed)
		update_stmt(stmt);
}

void mb_calls_init(const char *plugin_name)
{
	register_callback(plugin_name, PLUGIN_REGISTER_GGC_ROOTS, NULL,
			  const_cast<ggc_root_tab *>(mb_roots));
}
