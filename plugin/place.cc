// SPDX-License-Identifier: GPL-2.0
/*
 * Where an access goes: split its address into base, index and constant.
 *
 * Casts and constant distances are walked back to the pointer that they
 * started from, so that all fields of one structure have the same base:
 * that is what makes them one check.
 */
#include "modbounds.h"

/* Does the walk go on from @name?  Not where its lifetime must not grow. */
static gassign *mb_definition(tree name)
{
	gimple *def = SSA_NAME_DEF_STMT(name);

	if (SSA_NAME_OCCURS_IN_ABNORMAL_PHI(name))
		return NULL;
	return dyn_cast<gassign *>(def);
}

static bool mb_add_off(struct mb_place *at, HOST_WIDE_INT n)
{
	/* Whatever is that far away is not the same object. */
	if (n > 0x3fffffff || n < -0x3fffffff ||
	    at->off + n > 0x3fffffff || at->off + n < -0x3fffffff)
		return false;
	at->off += n;
	at->deref += n;
	return true;
}

/* May it be used at another place than where it stands?  Not where its lifetime must not grow. */
bool mb_usable(tree t)
{
	return TREE_CODE(t) != SSA_NAME || !SSA_NAME_OCCURS_IN_ABNORMAL_PHI(t);
}

/*
 * Take constants out of the variable part of an address, where GCC leaves the
 * offsets of fields: what remains is the same for all fields of an element.
 */
static tree mb_strip_constant(tree t, HOST_WIDE_INT *off)
{
	HOST_WIDE_INT inner = 0;
	tree a, b;

	if (TREE_CODE(t) == INTEGER_CST && cst_and_fits_in_hwi(t)) {
		*off += int_cst_value(t);
		return NULL_TREE;
	}
	if (CONVERT_EXPR_P(t) && INTEGRAL_TYPE_P(TREE_TYPE(TREE_OPERAND(t, 0))) &&
	    TYPE_PRECISION(TREE_TYPE(TREE_OPERAND(t, 0))) == TYPE_PRECISION(TREE_TYPE(t))) {
		a = mb_strip_constant(TREE_OPERAND(t, 0), off);
		return a ? fold_convert(TREE_TYPE(t), a) : NULL_TREE;
	}
	if (TYPE_PRECISION(TREE_TYPE(t)) != POINTER_SIZE)
		return t;
	/* i * 160 + 160 is (i + 1) * 160 to GCC. */
	if (TREE_CODE(t) == MULT_EXPR && cst_and_fits_in_hwi(TREE_OPERAND(t, 1))) {
		a = mb_strip_constant(TREE_OPERAND(t, 0), &inner);
		*off += inner * int_cst_value(TREE_OPERAND(t, 1));
		return a ? fold_build2(MULT_EXPR, TREE_TYPE(t), a, TREE_OPERAND(t, 1)) : NULL_TREE;
	}
	if (TREE_CODE(t) != PLUS_EXPR)
		return t;
	a = mb_strip_constant(TREE_OPERAND(t, 0), off);
	b = mb_strip_constant(TREE_OPERAND(t, 1), off);
	if (!a || !b)
		return a ? a : b;
	return fold_build2(PLUS_EXPR, TREE_TYPE(t), a, b);
}

/* get_inner_reference() in bits and bytes, its variable part without constants. */
static tree mb_inner(tree ref, HOST_WIDE_INT *bitsize, HOST_WIDE_INT *bitpos, tree *index)
{
	poly_int64 size, pos;
	machine_mode mode;
	int unsignedp, reversep, volatilep;
	HOST_WIDE_INT off = 0;
	tree base;

	base = get_inner_reference(ref, &size, &pos, index, &mode, &unsignedp, &reversep,
				   &volatilep);
	if (!pos.is_constant(bitpos))
		return NULL_TREE;
	/* Of an object of variable size the first byte is checked. */
	if (!size.is_constant(bitsize) || *bitsize < 0)
		*bitsize = BITS_PER_UNIT;
	if (*index) {
		*index = mb_strip_constant(*index, &off);
		*bitpos += off * BITS_PER_UNIT;
	}
	return base;
}

/*
 * &decl[i], &p->a.b and the like.  Fails without a change to @at where the
 * variable part would have to be computed again for a mere pointer.
 */
static bool mb_walk_addr(tree ref, struct mb_place *at)
{
	HOST_WIDE_INT bitsize, bitpos, off = 0;
	tree base, index;
	poly_int64 pos;

	base = mb_inner(ref, &bitsize, &bitpos, &index);
	if (!base || bitpos % BITS_PER_UNIT)
		return false;
	if (TREE_CODE(base) == MEM_REF) {
		if (!mem_ref_offset(base).to_shwi(&pos) || !pos.is_constant(&off) || index)
			return false;
		base = TREE_OPERAND(base, 0);
		if (TREE_CODE(base) != SSA_NAME || !mb_usable(base))
			return false;
	} else if (!DECL_P(base) && TREE_CODE(base) != STRING_CST) {
		return false;
	}
	if (index && at->index)
		return false;
	if (!mb_add_off(at, off + bitpos / BITS_PER_UNIT))
		return false;
	at->base = base;
	if (index)
		at->index = index;
	return true;
}

static void mb_walk(struct mb_place *at)
{
	struct mb_place inner;
	unsigned int steps;

	for (steps = 0; steps < 64; steps++) {
		tree rhs1, rhs2;
		gassign *def;

		if (TREE_CODE(at->base) == ADDR_EXPR) {
			if (!mb_walk_addr(TREE_OPERAND(at->base, 0), at))
				return;
			if (TREE_CODE(at->base) != SSA_NAME)
				return;
			continue;
		}
		if (TREE_CODE(at->base) != SSA_NAME)
			return;
		def = mb_definition(at->base);
		if (!def)
			return;
		rhs1 = gimple_assign_rhs1(def);
		switch (gimple_assign_rhs_code(def)) {
		case SSA_NAME:
		CASE_CONVERT:
			if (TREE_CODE(rhs1) != SSA_NAME || !mb_usable(rhs1) ||
			    !POINTER_TYPE_P(TREE_TYPE(rhs1)))
				return;
			at->base = rhs1;
			break;
		case ADDR_EXPR:
			if (!mb_walk_addr(TREE_OPERAND(rhs1, 0), at))
				return;
			if (TREE_CODE(at->base) != SSA_NAME)
				return;
			break;
		case POINTER_PLUS_EXPR:
			rhs2 = gimple_assign_rhs2(def);
			if (TREE_CODE(rhs2) == INTEGER_CST) {
				if (TREE_CODE(rhs1) == SSA_NAME && !mb_usable(rhs1))
					return;
				if (!cst_and_fits_in_hwi(rhs2) ||
				    !mb_add_off(at, int_cst_value(rhs2)))
					return;
				at->base = rhs1;
				break;
			}
			/* An index into a declared object can be checked inline. */
			if (at->index || TREE_CODE(rhs1) != ADDR_EXPR || !mb_usable(rhs2))
				return;
			inner = *at;
			if (!mb_walk_addr(TREE_OPERAND(rhs1, 0), &inner) || inner.index ||
			    TREE_CODE(inner.base) == SSA_NAME)
				return;
			*at = inner;
			at->index = rhs2;
			return;
		default:
			return;
		}
	}
}

/*
 * The bytes that GCC may touch for a bit-field: those of its representative.
 */
static tree mb_representative(tree ref)
{
	tree field, rep;

	if (TREE_CODE(ref) != COMPONENT_REF)
		return ref;
	field = TREE_OPERAND(ref, 1);
	if (!DECL_BIT_FIELD_TYPE(field))
		return ref;
	rep = DECL_BIT_FIELD_REPRESENTATIVE(field);
	if (!rep)
		return ref;
	return build3(COMPONENT_REF, TREE_TYPE(rep), TREE_OPERAND(ref, 0), rep, NULL_TREE);
}

/*
 * Fill in @at and @len for the memory reference @ref.  False: not memory that
 * has a linear address.
 */
bool mb_place_ref(tree ref, struct mb_place *at, HOST_WIDE_INT *len)
{
	HOST_WIDE_INT bitsize, bitpos, off, first, last;
	tree t, base, index;
	poly_int64 pos;

	for (t = ref; handled_component_p(t); t = TREE_OPERAND(t, 0))
		if (!ADDR_SPACE_GENERIC_P(TYPE_ADDR_SPACE(TREE_TYPE(t))))
			return false;
	if (!ADDR_SPACE_GENERIC_P(TYPE_ADDR_SPACE(TREE_TYPE(t))))
		return false;
	if (TREE_CODE(t) == MEM_REF &&
	    !ADDR_SPACE_GENERIC_P(TYPE_ADDR_SPACE(TREE_TYPE(TREE_TYPE(TREE_OPERAND(t, 0))))))
		return false;

	ref = mb_representative(ref);
	base = mb_inner(ref, &bitsize, &bitpos, &index);
	if (!base)
		return false;

	memset(at, 0, sizeof(*at));
	at->index = index;
	first = bitpos >> 3;
	last = (bitpos + bitsize + BITS_PER_UNIT - 1) >> 3;
	*len = last - first;
	at->off = first;
	at->type = TREE_TYPE(base);

	if (TREE_CODE(base) == MEM_REF) {
		struct mb_place walked;

		if (!mem_ref_offset(base).to_shwi(&pos) || !pos.is_constant(&off))
			return false;
		at->off += off;
		at->base = TREE_OPERAND(base, 0);
		if (TREE_CODE(at->base) == SSA_NAME || TREE_CODE(at->base) == ADDR_EXPR) {
			walked = *at;
			mb_walk(&walked);
			if (TREE_CODE(walked.base) == ADDR_EXPR) {
				/* could not be taken apart: an invariant */
				*at = walked;
			} else if (!index || walked.index == index) {
				*at = walked;
			}
		}
		at->type_off = at->deref + off;
	} else if (DECL_P(base) || TREE_CODE(base) == STRING_CST) {
		at->base = base;
	} else {
		return false;
	}
	return true;
}

/* The same for a pointer value that something else will dereference. */
bool mb_place_ptr(tree ptr, struct mb_place *at)
{
	memset(at, 0, sizeof(*at));
	at->base = ptr;
	if (TREE_CODE(ptr) == SSA_NAME || TREE_CODE(ptr) == ADDR_EXPR)
		mb_walk(at);
	if (POINTER_TYPE_P(TREE_TYPE(ptr)))
		at->type = TREE_TYPE(TREE_TYPE(ptr));
	at->type_off = at->deref;
	return true;
}

bool mb_same_place(tree base1, tree index1, tree base2, tree index2)
{
	if (base1 != base2 &&
	    (TREE_CODE(base1) == SSA_NAME || TREE_CODE(base2) == SSA_NAME ||
	     !operand_equal_p(base1, base2, 0)))
		return false;
	if (index1 == index2)
		return true;
	return index1 && index2 && operand_equal_p(index1, index2, 0);
}

/*
 * Does @type end in an array that stands for as many elements as there are: one
 * without a length, of none or of one?
 */
static bool mb_open_ended(tree type)
{
	tree field, last = NULL_TREE, max;

	switch (TREE_CODE(type)) {
	case ARRAY_TYPE:
		max = TYPE_DOMAIN(type) ? TYPE_MAX_VALUE(TYPE_DOMAIN(type)) : NULL_TREE;
		return !max || TREE_CODE(max) != INTEGER_CST || integer_zerop(max) ||
		       integer_all_onesp(max);
	case RECORD_TYPE:
	case UNION_TYPE:
		for (field = TYPE_FIELDS(type); field; field = DECL_CHAIN(field)) {
			if (TREE_CODE(field) != FIELD_DECL)
				continue;
			if (TREE_CODE(type) == UNION_TYPE && mb_open_ended(TREE_TYPE(field)))
				return true;
			last = field;
		}
		return last && mb_open_ended(TREE_TYPE(last));
	default:
		return false;
	}
}

/*
 * Size of a declared object, -1 where the declaration does not say.  What
 * another unit may define can be longer than it is declared here.
 */
HOST_WIDE_INT mb_object_size(tree base)
{
	tree size;

	if (TREE_CODE(base) == STRING_CST)
		return TREE_STRING_LENGTH(base);
	if (!DECL_P(base) || TREE_CODE(base) == FUNCTION_DECL || TREE_CODE(base) == LABEL_DECL)
		return -1;
	if (VAR_P(base) && (DECL_EXTERNAL(base) || DECL_WEAK(base) || DECL_COMMON(base)) &&
	    mb_open_ended(TREE_TYPE(base)))
		return -1;
	size = DECL_SIZE_UNIT(base);
	if (!size || !tree_fits_shwi_p(size))
		return -1;
	return tree_to_shwi(size);
}

/* 0 where the type does not say. */
HOST_WIDE_INT mb_sizeof(tree type)
{
	tree size;

	if (!type || !COMPLETE_TYPE_P(type) || VOID_TYPE_P(type))
		return 0;
	size = TYPE_SIZE_UNIT(type);
	return size && tree_fits_shwi_p(size) ? tree_to_shwi(size) : 0;
}

/*
 * How far from the base the type reaches that declarations say is there.  For
 * container_of, where the base points to a member, that is the outer type's
 * size.  0: unknown, as for arrays of variable index.
 */
HOST_WIDE_INT mb_type_size(const struct mb_access *access)
{
	const struct mb_place *at = &access->at;
	HOST_WIDE_INT size, end;
	tree type;

	if (at->index || TREE_CODE(at->base) != SSA_NAME)
		return 0;
	size = mb_sizeof(at->type);
	if (at->off < 0 || at->type_off < 0)
		return MAX(size, at->off < 0 ? -at->off : at->off + access->len);
	end = at->off + access->len;
	if (size && at->type_off + size > end)
		end = at->type_off + size;
	type = TREE_TYPE(at->base);
	if (POINTER_TYPE_P(type)) {
		size = mb_sizeof(TREE_TYPE(type));
		if (size > end)
			end = size;
	}
	return end;
}

/* What a site says of the structure @type; 0: it is none, or has no name. */
unsigned int mb_type_number(tree type)
{
	const char *name;

	if (!type || TREE_CODE(type) != RECORD_TYPE)
		return 0;
	name = mb_type_name(TYPE_MAIN_VARIANT(type));
	return *name ? modbounds_type_hash(name) : 0;
}

/* Does the type of the access say that its base is a multiple of 8? */
bool mb_place_aligned(const struct mb_access *access)
{
	const struct mb_place *at = &access->at;

	return access->kind == MB_REF && !at->index && TREE_CODE(at->base) == SSA_NAME &&
	       at->type && TYPE_ALIGN(at->type) >= 64 && at->type_off % 8 == 0;
}
