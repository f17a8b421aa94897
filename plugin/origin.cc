// SPDX-License-Identifier: GPL-2.0
/*
 * Where a base pointer came from.
 *
 * A pointer that the kernel handed to the module, one way or another, carries
 * a right; one that the module made up from integers does not.  README.md
 * states the rules.
 */
#include "modbounds.h"

#define MB_DEPTH	48

/*
 * Kernel functions that return an address as an unsigned long.
 */
static const char * const mb_address_functions[] = {
	"get_free_pages_noprof", "__get_free_pages", "get_zeroed_page_noprof",
	"get_zeroed_page",
};

/*
 * The kernel's variables that say where memory and its struct pages are mapped.
 */
static const char * const mb_map_bases[] = {
	"page_offset_base", "vmemmap_base", "uml_physmem", "mem_map",
};

struct mb_search {
	hash_set<tree> seen;
	/* Within a sum with one of these: a shift makes a page's number an address. */
	bool pages;
};

static unsigned int mb_origin_of(tree t, struct mb_search *search, unsigned int depth);

/* A word that may hold an address? */
static bool mb_word_type(tree type)
{
	return INTEGRAL_TYPE_P(type) && TYPE_PRECISION(type) == POINTER_SIZE;
}

static bool mb_is_header(location_t loc)
{
	const char *file;

	if (loc == UNKNOWN_LOCATION)
		return false;
	if (in_system_header_at(loc))
		return true;
	file = expand_location(loc).file;
	return file && (strstr(file, "/include/") || !strncmp(file, "include/", 8));
}

/*
 * The kernel keeps tagged pointers in words: page->compound_head,
 * skb->_skb_refdst, hlist_bl.  So a word read through a structure that a
 * kernel header declares counts as a pointer; a word that is a variable of
 * its own (a module parameter) does not.
 */
static bool mb_kernel_field(tree ref)
{
	for (; handled_component_p(ref); ref = TREE_OPERAND(ref, 0)) {
		tree type;

		if (TREE_CODE(ref) != COMPONENT_REF)
			continue;
		type = TYPE_MAIN_VARIANT(DECL_CONTEXT(TREE_OPERAND(ref, 1)));
		if (mb_is_header(DECL_SOURCE_LOCATION(TREE_OPERAND(ref, 1))) ||
		    (TYPE_STUB_DECL(type) &&
		     mb_is_header(DECL_SOURCE_LOCATION(TYPE_STUB_DECL(type)))))
			return true;
	}
	return false;
}

static unsigned int mb_origin_of_load(tree lhs, tree ref)
{
	if (POINTER_TYPE_P(TREE_TYPE(lhs)))
		return MODBOUNDS_ORIGIN_LOADED;
	if (mb_word_type(TREE_TYPE(lhs)) && mb_kernel_field(ref))
		return MODBOUNDS_ORIGIN_LOADED;
	return MODBOUNDS_ORIGIN_INT;
}

static unsigned int mb_origin_of_call(gcall *stmt)
{
	tree lhs = gimple_call_lhs(stmt), fndecl = gimple_call_fndecl(stmt);
	const char *name;
	size_t i;

	if (fndecl && fndecl_built_in_p(fndecl, BUILT_IN_NORMAL)) {
		switch (DECL_FUNCTION_CODE(fndecl)) {
		CASE_BUILT_IN_ALLOCA:
		case BUILT_IN_FRAME_ADDRESS:
			return MODBOUNDS_ORIGIN_OBJECT;
		default:
			break;
		}
	}
	if (POINTER_TYPE_P(TREE_TYPE(lhs)))
		return MODBOUNDS_ORIGIN_CALL;
	if (fndecl) {
		name = mb_function_name(fndecl);
		for (i = 0; i < ARRAY_SIZE(mb_address_functions); i++)
			if (!strcmp(name, mb_address_functions[i]))
				return MODBOUNDS_ORIGIN_CALL;
	}
	return MODBOUNDS_ORIGIN_INT;
}

/* Does it read this CPU's variables?  Kernels without named address spaces do so for current. */
static bool mb_reads_percpu(gasm *stmt)
{
	return strstr(gimple_asm_string(stmt), "%gs:");
}

/*
 * A result that shares its register with an input is a form of that input
 * (RELOC_HIDE, this_cpu_ptr, OPTIMIZER_HIDE_VAR); any other was read.
 */
static unsigned int mb_origin_of_asm(gasm *stmt, tree lhs, struct mb_search *search,
				     unsigned int depth)
{
	unsigned int i, out;

	for (out = 0; out < gimple_asm_noutputs(stmt); out++)
		if (TREE_VALUE(gimple_asm_output_op(stmt, out)) == lhs)
			break;
	for (i = 0; i < gimple_asm_ninputs(stmt); i++) {
		tree link = gimple_asm_input_op(stmt, i);
		const char *s = TREE_STRING_POINTER(TREE_VALUE(TREE_PURPOSE(link)));

		if (ISDIGIT(*s) && (unsigned int)atoi(s) == out)
			return mb_origin_of(TREE_VALUE(link), search, depth);
	}
	if (POINTER_TYPE_P(TREE_TYPE(lhs)) ||
	    (mb_word_type(TREE_TYPE(lhs)) && mb_reads_percpu(stmt)))
		return MODBOUNDS_ORIGIN_LOADED;
	return MODBOUNDS_ORIGIN_INT;
}

static unsigned int mb_either(tree a, tree b, struct mb_search *search, unsigned int depth)
{
	unsigned int origin = mb_origin_of(a, search, depth);

	return origin != MODBOUNDS_ORIGIN_INT ? origin : mb_origin_of(b, search, depth);
}

static bool mb_map_base(tree t)
{
	unsigned int steps, i;

	for (steps = 0; steps < 4 && TREE_CODE(t) == SSA_NAME; steps++) {
		gassign *def = dyn_cast<gassign *>(SSA_NAME_DEF_STMT(t));

		if (!def || (!gimple_assign_load_p(def) && !gimple_assign_cast_p(def)))
			return false;
		t = gimple_assign_rhs1(def);
	}
	if (!VAR_P(t) || !DECL_EXTERNAL(t))
		return false;
	for (i = 0; i < ARRAY_SIZE(mb_map_bases); i++)
		if (!strcmp(IDENTIFIER_POINTER(DECL_NAME(t)), mb_map_bases[i]))
			return true;
	return false;
}

static unsigned int mb_origin_of_assign(gassign *stmt, struct mb_search *search, unsigned int depth)
{
	tree rhs1 = gimple_assign_rhs1(stmt), rhs2, lhs = gimple_assign_lhs(stmt);
	unsigned int a, b;
	bool pages;

	if (gimple_assign_load_p(stmt))
		return mb_origin_of_load(lhs, rhs1);

	switch (gimple_assign_rhs_code(stmt)) {
	case SSA_NAME:
	case ADDR_EXPR:
	case INTEGER_CST:
	case PAREN_EXPR:
		return mb_origin_of(rhs1, search, depth);
	CASE_CONVERT:
	case VIEW_CONVERT_EXPR:
		if (TREE_CODE(rhs1) == VIEW_CONVERT_EXPR)
			rhs1 = TREE_OPERAND(rhs1, 0);
		/* What passed through a shorter integer is no longer an address. */
		if (!POINTER_TYPE_P(TREE_TYPE(rhs1)) && !mb_word_type(TREE_TYPE(rhs1)))
			return MODBOUNDS_ORIGIN_INT;
		return mb_origin_of(rhs1, search, depth);
	case POINTER_PLUS_EXPR:
	case PLUS_EXPR:
		rhs2 = gimple_assign_rhs2(stmt);
		pages = search->pages;
		search->pages |= mb_map_base(rhs1) || mb_map_base(rhs2);
		a = mb_either(rhs1, rhs2, search, depth);
		search->pages = pages;
		return a;
	case BIT_AND_EXPR:
	case BIT_IOR_EXPR:
	case BIT_XOR_EXPR:
	case MIN_EXPR:
	case MAX_EXPR:
		return mb_either(rhs1, gimple_assign_rhs2(stmt), search, depth);
	case LSHIFT_EXPR:
	case RSHIFT_EXPR:
	case MULT_EXPR:
	case EXACT_DIV_EXPR:
		/* A page's address and its struct page are forms of each other. */
		return search->pages ? mb_origin_of(rhs1, search, depth) :
				       (unsigned int)MODBOUNDS_ORIGIN_INT;
	case POINTER_DIFF_EXPR:
		return search->pages && mb_map_base(gimple_assign_rhs2(stmt)) ?
		       mb_origin_of(rhs1, search, depth) : (unsigned int)MODBOUNDS_ORIGIN_INT;
	case MINUS_EXPR:
		/* The difference of two pointers is a number. */
		rhs2 = gimple_assign_rhs2(stmt);
		a = mb_origin_of(rhs1, search, depth);
		if (search->pages && mb_map_base(rhs2))
			return a;
		b = mb_origin_of(rhs2, search, depth);
		return b == MODBOUNDS_ORIGIN_INT ? a : (unsigned int)MODBOUNDS_ORIGIN_INT;
	case COND_EXPR:
		return mb_either(gimple_assign_rhs2(stmt), gimple_assign_rhs3(stmt), search, depth);
	default:
		/* Divided, negated, compared: a number. */
		return MODBOUNDS_ORIGIN_INT;
	}
}

static unsigned int mb_origin_of_phi(gphi *phi, struct mb_search *search, unsigned int depth)
{
	unsigned int i, origin = MODBOUNDS_ORIGIN_INT;

	for (i = 0; i < gimple_phi_num_args(phi); i++) {
		origin = mb_origin_of(gimple_phi_arg_def(phi, i), search, depth);
		if (origin != MODBOUNDS_ORIGIN_INT)
			break;
	}
	return origin;
}

static unsigned int mb_origin_of(tree t, struct mb_search *search, unsigned int depth)
{
	gimple *def;

	if (TREE_CODE(t) == ADDR_EXPR) {
		t = get_base_address(TREE_OPERAND(t, 0));
		if (!t || TREE_CODE(t) != MEM_REF)
			return MODBOUNDS_ORIGIN_OBJECT;
		t = TREE_OPERAND(t, 0);
		if (TREE_CODE(t) == ADDR_EXPR)
			return MODBOUNDS_ORIGIN_OBJECT;
	}
	if (TREE_CODE(t) != SSA_NAME || !depth || search->seen.add(t))
		return MODBOUNDS_ORIGIN_INT;

	if (SSA_NAME_IS_DEFAULT_DEF(t)) {
		tree var = SSA_NAME_VAR(t);

		if (var && (TREE_CODE(var) == PARM_DECL || TREE_CODE(var) == RESULT_DECL) &&
		    POINTER_TYPE_P(TREE_TYPE(t)))
			return MODBOUNDS_ORIGIN_PARAM;
		return MODBOUNDS_ORIGIN_INT;
	}

	def = SSA_NAME_DEF_STMT(t);
	switch (gimple_code(def)) {
	case GIMPLE_PHI:
		return mb_origin_of_phi(as_a<gphi *>(def), search, depth - 1);
	case GIMPLE_CALL:
		return mb_origin_of_call(as_a<gcall *>(def));
	case GIMPLE_ASM:
		return mb_origin_of_asm(as_a<gasm *>(def), t, search, depth - 1);
	case GIMPLE_ASSIGN:
		return mb_origin_of_assign(as_a<gassign *>(def), search, depth - 1);
	default:
		return MODBOUNDS_ORIGIN_INT;
	}
}

unsigned int mb_origin(tree base)
{
	struct mb_search search;

	if (DECL_P(base) || TREE_CODE(base) == STRING_CST)
		return MODBOUNDS_ORIGIN_OBJECT;
	search.pages = false;
	return mb_origin_of(base, &search, MB_DEPTH);
}
