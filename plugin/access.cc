// SPDX-License-Identifier: GPL-2.0
/*
 * Find all memory accesses of a statement.
 */
#include "modbounds.h"

/* Is @t a memory reference, as opposed to a register, a constant or an address? */
bool mb_is_memory(tree t)
{
	tree base;

	if (!t || is_gimple_reg(t) || is_gimple_min_invariant(t) ||
	    TREE_CODE(t) == CONSTRUCTOR || TREE_CODE(t) == SSA_NAME || TYPE_P(t))
		return false;
	if (!REFERENCE_CLASS_P(t) && !handled_component_p(t) && !DECL_P(t) &&
	    TREE_CODE(t) != STRING_CST)
		return false;
	base = get_base_address(t);
	if (!base || TREE_CODE(base) == SSA_NAME || TREE_CODE(base) == LABEL_DECL ||
	    TREE_CODE(base) == FUNCTION_DECL)
		return false;
	if (VAR_P(base) && DECL_HARD_REGISTER(base))
		return false;
	return true;
}

static struct mb_access *mb_new_access(struct mb_function *fn, gimple *stmt, tree *slot,
				       unsigned int flags)
{
	struct mb_access *access;

	if (flags & MODBOUNDS_ESCAPE)
		fn->counts.escapes++;
	else if (gimple_code(stmt) == GIMPLE_ASM)
		fn->counts.in_asm++;
	else if (flags & MODBOUNDS_RANGE)
		fn->counts.ranges++;
	else if (flags & MODBOUNDS_STORE)
		fn->counts.stores++;
	else
		fn->counts.loads++;

	access = new mb_access();
	access->stmt = stmt;
	access->slot = slot;
	access->flags = flags;
	return access;
}

static bool mb_wanted(unsigned int flags)
{
	return mb_options.loads || (flags & MODBOUNDS_STORE);
}

void mb_add_ref(struct mb_function *fn, gimple *stmt, tree *slot, unsigned int flags)
{
	struct mb_access *access;
	struct mb_place at;
	HOST_WIDE_INT len;

	if (!mb_wanted(flags) || !mb_is_memory(*slot) || !mb_place_ref(*slot, &at, &len) || !len)
		return;

	access = mb_new_access(fn, stmt, slot, flags);
	access->kind = MB_REF;
	access->at = at;
	access->len = len;
	fn->accesses.safe_push(access);
}

/* @slot holds a pointer to @len bytes that the statement will access. */
void mb_add_ptr(struct mb_function *fn, gimple *stmt, tree *slot, HOST_WIDE_INT len,
		unsigned int flags)
{
	struct mb_access *access;
	struct mb_place at;

	if (!mb_wanted(flags) || !len || !mb_place_ptr(*slot, &at))
		return;

	access = mb_new_access(fn, stmt, slot, flags);
	access->kind = MB_PTR;
	access->at = at;
	access->len = len;
	fn->accesses.safe_push(access);
}

/*
 * @slot holds what shall be an address of user memory, or is what it points to: an address
 * of the kernel is refused, whosever it is.  Only where these are told apart by the half of the
 * address space that they lie in, see mb_kernel_half().
 */
void mb_add_user(struct mb_function *fn, gimple *stmt, tree *slot)
{
	const unsigned int flags = MODBOUNDS_STORE | MODBOUNDS_USER | MB_USER_ONLY;
	unsigned int count = fn->accesses.length();

	if (mb_is_memory(*slot))
		mb_add_ref(fn, stmt, slot, flags);
	else
		mb_add_ptr(fn, stmt, slot, 1, flags);
	if (fn->accesses.length() > count)
		fn->accesses.last()->len = 1;
}

/* @stmt hands @pointer on as an integer: nothing of it is to be rewritten. */
void mb_add_exposed(struct mb_function *fn, gimple *stmt, tree pointer)
{
	unsigned int count = fn->accesses.length();
	struct mb_access *access;

	mb_add_ptr(fn, stmt, &pointer, 1, MODBOUNDS_ESCAPE);
	if (fn->accesses.length() == count)
		return;
	access = fn->accesses.last();
	access->exposed = pointer;
	access->slot = &access->exposed;
}

/* The same with a length that only run time knows.  Returns it, for more to be said of it, or NULL. */
struct mb_range *mb_add_range(struct mb_function *fn, gimple *stmt, tree *slot, tree len,
			      unsigned int flags)
{
	struct mb_range range;

	if (!mb_wanted(flags))
		return NULL;
	if (!(flags & MB_COUNTED) && tree_fits_shwi_p(len) && tree_to_shwi(len) >= 0 &&
	    tree_to_shwi(len) <= MB_RANGE_MAX && POINTER_TYPE_P(TREE_TYPE(*slot))) {
		mb_add_ptr(fn, stmt, slot, tree_to_shwi(len), flags);
		return NULL;
	}
	memset(&range, 0, sizeof(range));
	range.stmt = stmt;
	range.slot = slot;
	range.len = len;
	range.unit = 1;
	range.flags = flags & ~MB_COUNTED;
	fn->counts.ranges++;
	fn->ranges.safe_push(range);
	return &fn->ranges.last();
}

void mb_find_accesses(struct mb_function *fn, gimple *stmt)
{
	mb_find_escapes(fn, stmt);
	switch (gimple_code(stmt)) {
	case GIMPLE_ASSIGN:
		if (gimple_clobber_p(stmt))
			return;
		/* Read first, then written: a merged check is placed at the first. */
		if (gimple_assign_single_p(stmt))
			mb_add_ref(fn, stmt, gimple_assign_rhs1_ptr(stmt), 0);
		mb_add_ref(fn, stmt, gimple_assign_lhs_ptr(stmt), MODBOUNDS_STORE);
		break;
	case GIMPLE_CALL:
		mb_find_call(fn, as_a<gcall *>(stmt));
		break;
	case GIMPLE_ASM:
		mb_find_asm(fn, as_a<gasm *>(stmt));
		break;
	case GIMPLE_RETURN: {
		greturn *ret = as_a<greturn *>(stmt);

		if (gimple_return_retval(ret))
			mb_add_ref(fn, stmt, gimple_return_retval_ptr(ret), 0);
		break;
	}
	default:
		/* Conditions, switches and PHIs work on registers. */
		break;
	}
}
