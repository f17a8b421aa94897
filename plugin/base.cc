// SPDX-License-Identifier: GPL-2.0
/*
 * The pointer that an address was computed from: the object that is meant is the one that
 * this points to.  Without it an index that is out of bounds would take its right from whatever
 * object it happens to reach.
 *
 * Followed back are variable distances, also of integers, masks, PHIs and loops that
 * move a pointer along, under conditions or not.  All ways may lead to one pointer: that is it.
 * If they lead to several, the function is made to keep that one of them beside the address
 * whose way was taken: a PHI of the bases where there is a PHI of the addresses.
 */
#include "modbounds.h"
#include "insn.h"

#define MB_MAX_TAG	15

struct mb_roots {
	hash_set<tree> seen;
	auto_vec<tree> found;	/* what the ways lead to, each once */
	bool moved = false;	/* by a variable distance, or by a constant for each round of a loop */
	bool chosen = false;	/* by more than PHIs: which way was taken cannot be kept */
	bool numbers = false;	/* on one way it is none: what was found need not dominate */
};

/* Shadows that were made in this function: of a PHI of addresses, the PHI of their bases. */
static hash_map<tree, tree> *mb_shadows;

void mb_forget_bases(void)
{
	delete mb_shadows;
	mb_shadows = NULL;
}

static bool mb_word(tree t)
{
	tree type = TREE_TYPE(t);

	return POINTER_TYPE_P(type) ||
	       (INTEGRAL_TYPE_P(type) && TYPE_PRECISION(type) == POINTER_SIZE);
}

/* Is @t a constant, such as NULL or an error, which leads to no object? */
static bool mb_is_number(tree t)
{
	return CONSTANT_CLASS_P(t) && TREE_CODE(t) != STRING_CST;
}

/*
 * Is @t what is added to a per-CPU pointer for the address of this, or another, processor's
 * variable?  That is read from an array, or from this processor's own area.
 */
static bool mb_is_cpu_offset(tree t)
{
	unsigned int steps;
	gimple *def;
	tree ref;

	for (steps = 0; steps < 4 && TREE_CODE(t) == SSA_NAME; steps++) {
		def = SSA_NAME_DEF_STMT(t);
		if (gimple_code(def) == GIMPLE_ASM)
			return mb_asm_reads_segment(as_a<gasm *>(def));
		if (!is_gimple_assign(def) || (!gimple_assign_load_p(def) && !gimple_assign_cast_p(def)))
			return false;
		t = gimple_assign_rhs1(def);
		if (!gimple_assign_load_p(def))
			continue;
		if (!ADDR_SPACE_GENERIC_P(TYPE_ADDR_SPACE(TREE_TYPE(t))))
			return true;
		ref = get_base_address(t);
		return ref && VAR_P(ref) && DECL_EXTERNAL(ref) &&
		       !strcmp(IDENTIFIER_POINTER(DECL_NAME(ref)), "__per_cpu_offset");
	}
	return false;
}

/*
 * Of a sum or a mask of integers the operand that is a pointer, if only one is.  Not of a
 * sum that makes the address of a page from its number, or a processor's from a per-CPU pointer:
 * these are other objects than the operand leads to.
 */
static tree mb_pointer_of(gassign *def)
{
	tree a = gimple_assign_rhs1(def), b = gimple_assign_rhs2(def);
	bool from_a, from_b;

	if (mb_map_base(a) || mb_map_base(b) || mb_is_cpu_offset(a) || mb_is_cpu_offset(b))
		return NULL_TREE;
	from_a = TREE_CODE(a) == SSA_NAME && mb_origin(a) != MODBOUNDS_ORIGIN_INT;
	from_b = TREE_CODE(b) == SSA_NAME && mb_origin(b) != MODBOUNDS_ORIGIN_INT;
	if (gimple_assign_rhs_code(def) == MINUS_EXPR)
		return from_a && !from_b ? a : NULL_TREE;
	return from_a == from_b ? NULL_TREE : from_a ? a : b;
}

/* The distance of &a[i], or &p->a[i], is variable, that of &p->a.b is not. */
static bool mb_variable_distance(tree ref)
{
	for (; handled_component_p(ref); ref = TREE_OPERAND(ref, 0))
		if ((TREE_CODE(ref) == ARRAY_REF || TREE_CODE(ref) == ARRAY_RANGE_REF) &&
		    TREE_CODE(TREE_OPERAND(ref, 1)) != INTEGER_CST)
			return true;
	return false;
}

/* A mask that removes or adds tags leaves the pointer what it was. */
static bool mb_is_tag(tree mask)
{
	HOST_WIDE_INT bits;

	if (TREE_CODE(mask) != INTEGER_CST || !cst_and_fits_in_hwi(mask))
		return false;
	bits = int_cst_value(mask);
	return (bits < 0 ? ~bits : bits) <= MB_MAX_TAG;
}

/* What one step leads to, or NULL: @t is no form of another one.  *@moves: it is at a distance. */
static tree mb_step_back(gassign *def, bool behind_phi, bool *moves)
{
	tree t = gimple_assign_rhs1(def), from, mask;

	*moves = false;
	switch (gimple_assign_rhs_code(def)) {
	case SSA_NAME:
	case PAREN_EXPR:
	CASE_CONVERT:
		return mb_word(t) ? t : NULL_TREE;
	case POINTER_PLUS_EXPR:
		*moves = behind_phi || TREE_CODE(gimple_assign_rhs2(def)) != INTEGER_CST;
		return t;
	case PLUS_EXPR:
	case MINUS_EXPR:
		*moves = behind_phi || TREE_CODE(gimple_assign_rhs2(def)) != INTEGER_CST;
		return mb_pointer_of(def);
	case BIT_AND_EXPR:
	case BIT_IOR_EXPR:
		mask = gimple_assign_rhs2(def);
		*moves = behind_phi || !mb_is_tag(mask);
		return mb_pointer_of(def);
	case ADDR_EXPR:
		from = get_base_address(TREE_OPERAND(t, 0));
		*moves = behind_phi || mb_variable_distance(TREE_OPERAND(t, 0));
		if (from && TREE_CODE(from) == MEM_REF)
			return TREE_OPERAND(from, 0);
		return NULL_TREE;
	default:
		return NULL_TREE;
	}
}

static void mb_add_root(struct mb_roots *roots, tree t)
{
	unsigned int i;
	tree other;

	FOR_EACH_VEC_ELT(roots->found, i, other)
		if (other == t || (TREE_CODE(t) == ADDR_EXPR && operand_equal_p(other, t, 0)))
			return;
	roots->found.safe_push(t);
}

/* All that @t may be a form of. */
static void mb_find_roots(tree t, bool behind_phi, struct mb_roots *roots, unsigned int depth)
{
	bool moves = false;
	tree from = NULL_TREE;
	gimple *def;
	unsigned int i;

	if (mb_is_number(t))
		return;
	if (TREE_CODE(t) != SSA_NAME || SSA_NAME_IS_DEFAULT_DEF(t) || !mb_usable(t) || !depth) {
		mb_add_root(roots, t);
		return;
	}
	if (roots->seen.add(t))
		return;
	def = SSA_NAME_DEF_STMT(t);
	if (gimple_code(def) == GIMPLE_PHI) {
		for (i = 0; i < gimple_phi_num_args(def); i++) {
			roots->numbers |= mb_is_number(gimple_phi_arg_def(def, i));
			mb_find_roots(gimple_phi_arg_def(def, i), true, roots, depth - 1);
		}
		return;
	}
	if (gimple_code(def) == GIMPLE_ASSIGN) {
		gassign *assign = as_a<gassign *>(def);

		switch (gimple_assign_rhs_code(assign)) {
		case MIN_EXPR:
		case MAX_EXPR:
		case COND_EXPR:
			for (i = gimple_assign_rhs_code(assign) == COND_EXPR ? 2 : 1;
			     i < gimple_num_ops(assign); i++)
				mb_find_roots(gimple_op(assign, i), true, roots, depth - 1);
			roots->chosen = true;
			return;
		default:
			from = mb_step_back(assign, behind_phi, &moves);
		}
	}
	if (!from) {
		mb_add_root(roots, t);
		return;
	}
	roots->moved |= moves;
	mb_find_roots(from, behind_phi, roots, depth - 1);
}

/* Can each way's base be an argument of a PHI as it is? */
static bool mb_can_shadow(const struct mb_roots *roots)
{
	unsigned int i;
	tree t;

	if (roots->chosen)
		return false;
	FOR_EACH_VEC_ELT(roots->found, i, t)
		if (!POINTER_TYPE_P(TREE_TYPE(t)) || !mb_usable(t) ||
		    (TREE_CODE(t) != SSA_NAME && !is_gimple_min_invariant(t)) ||
		    !ADDR_SPACE_GENERIC_P(TYPE_ADDR_SPACE(TREE_TYPE(TREE_TYPE(t)))))
			return false;
	return true;
}

/* The base of @t, which may be a number; @t is known to have roots that can be shadowed. */
static tree mb_shadow(tree t)
{
	bool moves;
	tree name, from, *known;
	gimple *def;
	gphi *phi, *shadow;
	unsigned int i;

	if (mb_is_number(t))
		return build_zero_cst(ptr_type_node);
	if (TREE_CODE(t) != SSA_NAME || SSA_NAME_IS_DEFAULT_DEF(t))
		return t;
	def = SSA_NAME_DEF_STMT(t);
	if (gimple_code(def) == GIMPLE_ASSIGN) {
		from = mb_step_back(as_a<gassign *>(def), true, &moves);
		return from ? mb_shadow(from) : t;
	}
	if (gimple_code(def) != GIMPLE_PHI)
		return t;
	if (!mb_shadows)
		mb_shadows = new hash_map<tree, tree>;
	known = mb_shadows->get(t);
	if (known)
		return *known;
	phi = as_a<gphi *>(def);
	name = make_ssa_name(ptr_type_node);
	mb_shadows->put(t, name);
	shadow = create_phi_node(name, gimple_bb(phi));
	for (i = 0; i < gimple_phi_num_args(phi); i++)
		add_phi_arg(shadow, mb_shadow(gimple_phi_arg_def(phi, i)),
			    gimple_phi_arg_edge(phi, i), gimple_phi_arg_location(phi, i));
	return name;
}

/*
 * The pointer that @pointer was computed from at a distance that is not constant; @pointer
 * itself if there is none, or none that can be told.  PHIs may be made for it.
 */
tree mb_origin_base(tree pointer)
{
	struct mb_roots roots;

	if (TREE_CODE(pointer) != SSA_NAME)
		return pointer;
	mb_find_roots(pointer, false, &roots, 48);
	if (!roots.moved || roots.found.is_empty())
		return pointer;
	if (roots.found.length() == 1 && !roots.numbers)
		return mb_usable(roots.found[0]) ? roots.found[0] : pointer;
	return mb_can_shadow(&roots) ? mb_shadow(pointer) : pointer;
}

/* Is @pointer at any distance from another one, of a declared object, or made from integers? */
bool mb_has_other_base(tree pointer)
{
	struct mb_roots roots;
	struct mb_place at;

	if (!mb_place_ptr(pointer, &at) || at.index || at.off || TREE_CODE(at.base) != SSA_NAME ||
	    mb_origin(at.base) == MODBOUNDS_ORIGIN_INT)
		return true;
	mb_find_roots(at.base, false, &roots, 48);
	return roots.moved;
}

/* Is @pointer at a variable distance from a good one that is no declared object? */
bool mb_is_moved(tree pointer)
{
	struct mb_roots roots;
	struct mb_place at;

	if (!mb_place_ptr(pointer, &at) || TREE_CODE(at.base) != SSA_NAME ||
	    mb_origin(at.base) == MODBOUNDS_ORIGIN_INT)
		return false;
	mb_find_roots(at.base, false, &roots, 48);
	return at.index || roots.moved;
}
