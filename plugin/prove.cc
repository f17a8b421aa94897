// SPDX-License-Identifier: GPL-2.0
/*
 * Accesses that cannot go wrong: inside a declared object, whatever the index, or
 * inside the task that runs.
 */
#include "modbounds.h"

/* Are all values of @t at @stmt in [@lo, @hi]? */
static bool mb_in_range(struct mb_function *fn, tree t, gimple *stmt, HOST_WIDE_INT lo,
			HOST_WIDE_INT hi)
{
	int_range_max r;
	widest_int min, max;
	signop sign;

	if (!INTEGRAL_TYPE_P(TREE_TYPE(t)))
		return false;
	if (TREE_CODE(t) == INTEGER_CST)
		return wi::to_widest(t) >= lo && wi::to_widest(t) <= hi;
	if (TREE_CODE(t) != SSA_NAME || !fn->ranger->range_of_expr(r, t, stmt) || r.undefined_p())
		return false;
	sign = TYPE_SIGN(TREE_TYPE(t));
	min = widest_int::from(r.lower_bound(), sign);
	max = widest_int::from(r.upper_bound(), sign);
	return min >= lo && max <= hi;
}

/* Do all variable array indices of @ref stay inside their arrays' domains? */
static bool mb_indices_proved(struct mb_function *fn, tree ref, gimple *stmt)
{
	for (; handled_component_p(ref); ref = TREE_OPERAND(ref, 0)) {
		tree index, low, high;

		if (TREE_CODE(ref) == COMPONENT_REF && TREE_OPERAND(ref, 2))
			return false;
		if (TREE_CODE(ref) == ARRAY_RANGE_REF)
			return false;
		if (TREE_CODE(ref) != ARRAY_REF)
			continue;
		index = TREE_OPERAND(ref, 1);
		if (TREE_CODE(index) == INTEGER_CST)
			continue;
		low = array_ref_low_bound(ref);
		high = array_ref_up_bound(ref);
		if (!low || !high || !tree_fits_shwi_p(low) || !tree_fits_shwi_p(high) ||
		    !mb_in_range(fn, index, stmt, tree_to_shwi(low), tree_to_shwi(high)))
			return false;
	}
	return true;
}

/*
 * Is @base `current`, as x86 keeps it for each CPU?  That task lives while it runs,
 * and the kernel hands it to everybody.
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
	poly_int64 off, bits, max;
	HOST_WIDE_INT first, last;
	bool reverse;
	tree base;

	if (access->flags & MB_USER_ONLY)
		return false;
	if (TREE_CODE(at->base) == SSA_NAME) {
		if (at->index || !mb_is_current(at->base))
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

	/* object.a[i].b: the array's own domain, which lies inside the object. */
	base = get_ref_base_and_extent(*access->slot, &off, &bits, &max, &reverse);
	if (base != at->base || !off.is_constant(&first) || !max.is_constant(&last) || last < 0)
		return false;
	return first >= 0 && first + last <= size * BITS_PER_UNIT &&
	       mb_indices_proved(fn, *access->slot, access->stmt);
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
		fn->ranger = NULL;
	}
	if (loops) {
		scev_finalize();
		loop_optimizer_finalize();
	}
}
