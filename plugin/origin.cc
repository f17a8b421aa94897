// SPDX-License-Identifier: GPL-2.0
/*
 * Where a base pointer came from.
 *
 * A pointer that the kernel handed to the module, one way or another, carries
 * a right; one that the module made up from integers does not.  README.md
 * states the rules.
 */
#include "modbounds.h"
#include "insn.h"

#define MB_DEPTH	48

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

/* Does the kernel provide what stands at @loc? */
bool mb_in_header(location_t loc)
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
bool mb_kernel_field(tree ref)
{
	for (; handled_component_p(ref); ref = TREE_OPERAND(ref, 0)) {
		tree type;

		if (TREE_CODE(ref) != COMPONENT_REF)
			continue;
		type = TYPE_MAIN_VARIANT(DECL_CONTEXT(TREE_OPERAND(ref, 1)));
		if (mb_in_header(DECL_SOURCE_LOCATION(TREE_OPERAND(ref, 1))) ||
		    (TYPE_STUB_DECL(type) &&
		     mb_in_header(DECL_SOURCE_LOCATION(TYPE_STUB_DECL(type)))))
			return true;
	}
	return false;
}

/* Is @ref a member of a union in whose place a pointer may stand? */
static bool mb_shares_place(tree ref)
{
	tree type, field;

	if (TREE_CODE(ref) != COMPONENT_REF)
		return false;
	type = DECL_CONTEXT(TREE_OPERAND(ref, 1));
	if (TREE_CODE(type) != UNION_TYPE)
		return false;
	for (field = TYPE_FIELDS(type); field; field = DECL_CHAIN(field))
		if (TREE_CODE(field) == FIELD_DECL && POINTER_TYPE_P(TREE_TYPE(field)))
			return true;
	return false;
}

/* Of a word that is read from @ref: as what type it is taken does not matter then. */
static bool mb_holds_pointer(tree ref)
{
	return POINTER_TYPE_P(TREE_TYPE(ref)) || mb_kernel_field(ref) || mb_shares_place(ref);
}

/* The memory that @t points to, as a reference, where the code says; else NULL. */
static tree mb_target_of(tree t)
{
	unsigned int steps;

	for (steps = 0; steps < 8; steps++) {
		gassign *def;

		if (TREE_CODE(t) == ADDR_EXPR)
			return TREE_OPERAND(t, 0);
		def = TREE_CODE(t) == SSA_NAME ? dyn_cast<gassign *>(SSA_NAME_DEF_STMT(t)) : NULL;
		if (!def || (!gimple_assign_cast_p(def) && !gimple_assign_single_p(def)) ||
		    gimple_assign_load_p(def))
			return NULL_TREE;
		t = gimple_assign_rhs1(def);
	}
	return NULL_TREE;
}

/*
 * The place that a reference of another type than its own goes to: of *(void **)&p->word, as
 * memcpy() of a word becomes, p->word.
 */
static tree mb_declared_place(tree ref)
{
	tree t;

	if (TREE_CODE(ref) != MEM_REF || !integer_zerop(TREE_OPERAND(ref, 1)))
		return ref;
	t = mb_target_of(TREE_OPERAND(ref, 0));
	return t && TREE_CODE(t) == COMPONENT_REF && mb_word_type(TREE_TYPE(t)) ? t : ref;
}

static unsigned int mb_origin_of_load(tree lhs, tree ref)
{
	ref = mb_declared_place(ref);
	if (POINTER_TYPE_P(TREE_TYPE(lhs)) ? !mb_word_type(TREE_TYPE(ref)) || mb_holds_pointer(ref) :
	    mb_word_type(TREE_TYPE(lhs)) && mb_holds_pointer(ref))
		return MODBOUNDS_ORIGIN_LOADED;
	return MODBOUNDS_ORIGIN_INT;
}

/* Does a pointer that is called @t point to pointers? */
static bool mb_points_to_pointers(tree t)
{
	unsigned int steps;

	for (steps = 0; steps < 8 && TREE_CODE(t) == SSA_NAME; steps++) {
		gassign *def;

		if (POINTER_TYPE_P(TREE_TYPE(t)) && POINTER_TYPE_P(TREE_TYPE(TREE_TYPE(t))))
			return true;
		def = dyn_cast<gassign *>(SSA_NAME_DEF_STMT(t));
		if (!def || !gimple_assign_cast_p(def))
			return false;
		t = gimple_assign_rhs1(def);
	}
	return false;
}

/*
 * __atomic_*(), __sync_*() know words only.  What they return was read from where their
 * first argument points, but for those that say how it went.
 */
static bool mb_atomic_pointer(gcall *stmt)
{
	const char *name = mb_function_name(gimple_call_fndecl(stmt));
	tree memory, target;

	if ((strncmp(name, "__atomic_", 9) && strncmp(name, "__sync_", 7)) ||
	    !gimple_call_num_args(stmt) || !mb_word_type(TREE_TYPE(gimple_call_lhs(stmt))))
		return false;
	memory = gimple_call_arg(stmt, 0);
	target = mb_target_of(memory);
	return (target && mb_holds_pointer(target)) || mb_points_to_pointers(memory);
}

static unsigned int mb_origin_of_call(gcall *stmt)
{
	tree lhs = gimple_call_lhs(stmt), fndecl = gimple_call_fndecl(stmt);
	const struct mb_kernel_function *f = mb_kernel_function_of(fndecl);

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
	if (fndecl && fndecl_built_in_p(fndecl, BUILT_IN_NORMAL) && mb_atomic_pointer(stmt))
		return MODBOUNDS_ORIGIN_LOADED;
	if (f && f->flags & MB_ADDRESS)
		return MODBOUNDS_ORIGIN_CALL;
	return MODBOUNDS_ORIGIN_INT;
}

/* Does it read memory that may hold a pointer? */
static bool mb_reads_pointer(gasm *stmt)
{
	unsigned int i;

	for (i = 0; i < gimple_asm_ninputs(stmt); i++) {
		tree t = TREE_VALUE(gimple_asm_input_op(stmt, i));

		if (mb_is_memory(t) && mb_holds_pointer(t))
			return true;
	}
	return false;
}

/*
 * A result that shares its register with an input is a form of that input
 * (RELOC_HIDE, this_cpu_ptr, OPTIMIZER_HIDE_VAR), or was exchanged for it
 * (xchg(), cmpxchg()); any other was read.
 */
static unsigned int mb_origin_of_asm(gasm *stmt, tree lhs, struct mb_search *search,
				     unsigned int depth)
{
	unsigned int i, out, origin = MODBOUNDS_ORIGIN_INT;

	for (out = 0; out < gimple_asm_noutputs(stmt); out++)
		if (TREE_VALUE(gimple_asm_output_op(stmt, out)) == lhs)
			break;
	for (i = 0; i < gimple_asm_ninputs(stmt); i++) {
		tree link = gimple_asm_input_op(stmt, i);
		const char *s = TREE_STRING_POINTER(TREE_VALUE(TREE_PURPOSE(link)));

		if (ISDIGIT(*s) && (unsigned int)atoi(s) == out) {
			origin = mb_origin_of(TREE_VALUE(link), search, depth);
			return origin == MODBOUNDS_ORIGIN_INT && mb_reads_pointer(stmt) ?
			       (unsigned int)MODBOUNDS_ORIGIN_LOADED : origin;
		}
	}
	/* Kernels without named address spaces read current by a segment. */
	if (POINTER_TYPE_P(TREE_TYPE(lhs)) ||
	    (mb_word_type(TREE_TYPE(lhs)) && (mb_asm_reads_segment(stmt) || mb_reads_pointer(stmt))))
		return MODBOUNDS_ORIGIN_LOADED;
	return origin;
}

static unsigned int mb_either(tree a, tree b, struct mb_search *search, unsigned int depth)
{
	unsigned int origin = mb_origin_of(a, search, depth);

	return origin != MODBOUNDS_ORIGIN_INT ? origin : mb_origin_of(b, search, depth);
}

/* Is @t one of these, or read from it? */
bool mb_map_base(tree t)
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
		/* Without its high bits it is a number: an offset in a page, a tag. */
		rhs2 = gimple_assign_rhs2(stmt);
		if (!search->pages && TREE_CODE(rhs2) == INTEGER_CST &&
		    !tree_int_cst_sign_bit(rhs2))
			return MODBOUNDS_ORIGIN_INT;
		return mb_either(rhs1, rhs2, search, depth);
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
