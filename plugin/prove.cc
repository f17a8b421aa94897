// SPDX-License-Identifier: GPL-2.0
/*
 * Accesses that cannot go wrong: inside a declared object, whatever the index, or
 * inside the task that runs.
 */
#include "modbounds.h"

/*
 * Is @t computed from values that are set?  GCC takes it that one which is not has whatever
 * value suits, another one each time.  Local variables are set to 0 (see main.cc), but
 * GCC 11 cannot do that.
 */
static bool mb_is_set(tree t, hash_set<tree> *seen)
{
	gimple *def;
	unsigned int i;

	if (TREE_CODE(t) != SSA_NAME || seen->add(t))
		return true;
	if (SSA_NAME_IS_DEFAULT_DEF(t))
		return SSA_NAME_VAR(t) && TREE_CODE(SSA_NAME_VAR(t)) == PARM_DECL;
	def = SSA_NAME_DEF_STMT(t);
	if (gimple_code(def) == GIMPLE_PHI) {
		for (i = 0; i < gimple_phi_num_args(def); i++)
			if (!mb_is_set(gimple_phi_arg_def(def, i), seen))
				return false;
	} else if (is_gimple_assign(def) && !gimple_assign_load_p(def)) {
		for (i = 1; i < gimple_num_ops(def); i++)
			if (!mb_is_set(gimple_op(def, i), seen))
				return false;
	}
	return true;
}

/* The values that integer @t can have at @stmt; false: any. */
bool mb_find_range(struct mb_function *fn, tree t, gimple *stmt, widest_int *min,
			  widest_int *max)
{
	hash_set<tree> seen;
	int_range_max r;
	signop sign;

	if (!INTEGRAL_TYPE_P(TREE_TYPE(t)))
		return false;
	if (TREE_CODE(t) == INTEGER_CST) {
		*min = *max = wi::to_widest(t);
		return true;
	}
	if (TREE_CODE(t) != SSA_NAME || !mb_is_set(t, &seen) ||
	    !fn->ranger->range_of_expr(r, t, stmt) || r.undefined_p())
		return false;
	sign = TYPE_SIGN(TREE_TYPE(t));
	*min = widest_int::from(r.lower_bound(), sign);
	*max = widest_int::from(r.upper_bound(), sign);
	return true;
}

/* Are all values of @t at @stmt in [@lo, @hi]? */
static bool mb_in_range(struct mb_function *fn, tree t, gimple *stmt, HOST_WIDE_INT lo,
			HOST_WIDE_INT hi)
{
	widest_int min, max;

	return mb_find_range(fn, t, stmt, &min, &max) && min >= lo && max <= hi;
}

/* Adds @n, a constant in bytes, to both ends. */
static bool mb_add_constant(tree n, widest_int *lo, widest_int *hi)
{
	if (!n || TREE_CODE(n) != INTEGER_CST)
		return false;
	*lo += wi::to_widest(n);
	*hi += wi::to_widest(n);
	return true;
}

/* Where a component of @ref begins, by the values that an array's index can have. */
static bool mb_add_element(struct mb_function *fn, tree ref, gimple *stmt, widest_int *lo,
			   widest_int *hi)
{
	tree size = array_ref_element_size(ref), low = array_ref_low_bound(ref);
	widest_int min, max, bytes;

	if (!size || TREE_CODE(size) != INTEGER_CST || !low || TREE_CODE(low) != INTEGER_CST ||
	    !mb_find_range(fn, TREE_OPERAND(ref, 1), stmt, &min, &max))
		return false;
	bytes = wi::to_widest(size);
	*lo += (min - wi::to_widest(low)) * bytes;
	*hi += (max - wi::to_widest(low)) * bytes;
	return true;
}

/*
 * How far from the start of @decl the first byte of @ref lies, at least and at most.  Each index
 * counts by itself: that it stays inside the array that its type declares says nothing,
 * for the object may be another one, and shorter, that is seen as that type.
 */
static bool mb_offset_range(struct mb_function *fn, tree ref, tree decl, gimple *stmt,
			    widest_int *lo, widest_int *hi)
{
	for (;; ref = TREE_OPERAND(ref, 0)) {
		switch (TREE_CODE(ref)) {
		case COMPONENT_REF:
			if (TREE_OPERAND(ref, 2) ||
			    !mb_add_constant(byte_position(TREE_OPERAND(ref, 1)), lo, hi))
				return false;
			break;
		case ARRAY_REF:
			if (!mb_add_element(fn, ref, stmt, lo, hi))
				return false;
			break;
		case VIEW_CONVERT_EXPR:
		case REALPART_EXPR:
			break;
		case IMAGPART_EXPR:
			if (!mb_add_constant(TYPE_SIZE_UNIT(TREE_TYPE(ref)), lo, hi))
				return false;
			break;
		case MEM_REF:
			if (TREE_CODE(TREE_OPERAND(ref, 0)) != ADDR_EXPR)
				return false;
			*lo += widest_int::from(mem_ref_offset(ref).force_shwi().to_constant(), SIGNED);
			*hi += widest_int::from(mem_ref_offset(ref).force_shwi().to_constant(), SIGNED);
			ref = TREE_OPERAND(ref, 0);	/* and, by the loop, what it is the address of */
			break;
		default:
			return ref == decl;
		}
	}
}

/*
 * Is @base `current`, as x86 keeps it for each CPU?  That task lives while it runs,
 * and the kernel hands it to everybody.  What a module may store to it the runtime says.
 */
static bool mb_is_current(tree base)
{
	tree ref, decl, field;
	poly_int64 off;
	gassign *def;

	def = dyn_cast<gassign *>(SSA_NAME_DEF_STMT(base));
	if (!def || !gimple_assign_load_p(def))
		return false;
	ref = gimple_assign_rhs1(def);
	if (ADDR_SPACE_GENERIC_P(TYPE_ADDR_SPACE(TREE_TYPE(ref))))
		return false;
	decl = get_addr_base_and_unit_offset(ref, &off);
	if (!decl || !VAR_P(decl) || TREE_CODE(TREE_TYPE(decl)) != RECORD_TYPE ||
	    strcmp(IDENTIFIER_POINTER(DECL_NAME(decl)), "const_pcpu_hot"))
		return false;
	/* Its first member, anonymous unions aside. */
	field = TYPE_FIELDS(TREE_TYPE(decl));
	while (field && TREE_CODE(field) == FIELD_DECL && !DECL_NAME(field))
		field = TYPE_FIELDS(TREE_TYPE(field));
	return field && known_eq(off, 0) &&
	       !strcmp(IDENTIFIER_POINTER(DECL_NAME(field)), "current_task");
}

static bool mb_proved(struct mb_function *fn, const struct mb_access *access)
{
	const struct mb_place *at = &access->at;
	HOST_WIDE_INT size = mb_object_size(at->base);
	widest_int lo = 0, hi = 0;

	if (access->flags & MB_USER_ONLY)
		return false;
	if (TREE_CODE(at->base) == SSA_NAME) {
		if (at->index || !mb_is_current(at->base) ||
		    (access->flags & MODBOUNDS_STORE &&
		     !mb_in_header(gimple_location(access->stmt))))
			return false;
		size = mb_sizeof(TREE_TYPE(TREE_TYPE(at->base)));
	}
	if (size < 0)
		return false;

	if (!at->index)
		return at->off >= 0 && at->off + access->len <= size;

	/* p = &object + index */
	if (TREE_CODE(at->index) == SSA_NAME &&
	    mb_in_range(fn, at->index, access->stmt, -at->off, size - access->len - at->off))
		return true;

	if (access->kind != MB_REF)
		return false;

	/* object.a[i].b; where bit-fields lie is a matter of their representatives. */
	if (contains_bitfld_component_ref_p(*access->slot) ||
	    !mb_offset_range(fn, *access->slot, at->base, access->stmt, &lo, &hi))
		return false;
	return lo >= 0 && hi + access->len <= size;
}

/* Is anything to be won by knowing how often loops run? */
static bool mb_wants_loops(struct mb_function *fn)
{
	struct mb_access *access;
	unsigned int i;

	if (!optimize || number_of_loops(cfun) < 2)
		return false;
	FOR_EACH_VEC_ELT(fn->accesses, i, access)
		if (access->at.index && mb_object_size(access->at.base) >= 0)
			return true;
	return false;
}

/* Drop what is proved.  Looks at the code as it is: before any change. */
void mb_prove(struct mb_function *fn)
{
	bool loops = mb_wants_loops(fn);
	struct mb_access *access;
	unsigned int i, kept = 0;

	if (loops) {
		loop_optimizer_init(LOOPS_NORMAL | LOOPS_HAVE_RECORDED_EXITS);
		scev_initialize();
	}
	{
		gimple_ranger ranger;

		fn->ranger = &ranger;
		FOR_EACH_VEC_ELT(fn->accesses, i, access) {
			if (!mb_proved(fn, access)) {
				fn->accesses[kept++] = access;
				continue;
			}
			fn->counts.proved++;
			delete access;
		}
		fn->accesses.truncate(kept);
		kept = 0;
		for (i = 0; i < fn->ranges.length(); i++) {
			if (mb_range_proved(fn, &fn->ranges[i]))
				fn->counts.proved++;
			else
				fn->ranges[kept++] = fn->ranges[i];
		}
		fn->ranges.truncate(kept);
		fn->ranger = NULL;
	}
	if (loops) {
		scev_finalize();
		loop_optimizer_finalize();
	}
}
