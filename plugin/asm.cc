// SPDX-License-Identifier: GPL-2.0
/*
 * Memory accesses of inline assembly: its memory operands, what it reaches through pointers
 * in registers, and the string and bit instructions, whose memory is not (only) what
 * the operands say.
 *
 * A memory operand that no instruction names tells GCC of a dependency, and no more; unless
 * the template does what cannot be read, or goes through registers.  Then the operand is
 * what it goes to, and a register with the same address goes there, too.
 *
 * Not seen: sums of two registers, and pointers that a template computes or loads by itself.
 */
#include "modbounds.h"
#include "insn.h"

/* What a template does with one of the statement's operands. */
struct mb_use {
	bool named, read, written;
	HOST_WIDE_INT end;	/* behind the last byte that instructions touch */
	int bit_nr;		/* the operand that is the number of a bit of it, or -1 */
	unsigned int bit_unit;
	/* of a register: memory that it points to */
	bool points, stores, loads;
	HOST_WIDE_INT from, to;
};

static const char *mb_constraint(tree link)
{
	return TREE_STRING_POINTER(TREE_VALUE(TREE_PURPOSE(link)));
}

/* The output that input @i shares its place with, or -1. */
static int mb_tied_to(gasm *stmt, unsigned int i)
{
	const char *s = mb_constraint(gimple_asm_input_op(stmt, i));
	unsigned int out = ISDIGIT(*s) ? atoi(s) : gimple_asm_noutputs(stmt);

	return out < gimple_asm_noutputs(stmt) ? (int)out : -1;
}

/* The input that comes in by register @reg, a letter as in constraints, or NULL. */
static tree *mb_input_in(gasm *stmt, char reg)
{
	unsigned int i;
	int tied;

	for (i = 0; i < gimple_asm_ninputs(stmt); i++) {
		tree link = gimple_asm_input_op(stmt, i);

		tied = mb_tied_to(stmt, i);
		if (strchr(mb_constraint(tied < 0 ? link : gimple_asm_output_op(stmt, tied)), reg))
			return &TREE_VALUE(link);
	}
	return NULL;
}

/* The input by which operand @nr has its value: itself, or what is tied to it. */
static int mb_input_of(gasm *stmt, unsigned int nr)
{
	unsigned int nout = gimple_asm_noutputs(stmt), i;

	if (nr >= nout)
		return nr;
	for (i = 0; i < gimple_asm_ninputs(stmt); i++)
		if (mb_tied_to(stmt, i) == (int)nr)
			return nout + i;
	return -1;
}

static int mb_number_of(gasm *stmt, const tree *slot)
{
	unsigned int i;

	for (i = 0; i < gimple_asm_ninputs(stmt); i++)
		if (slot == &TREE_VALUE(gimple_asm_input_op(stmt, i)))
			return gimple_asm_noutputs(stmt) + i;
	return -1;
}

/* String instructions walk memory by rdi and rsi. */
static const struct mb_string_insn {
	const char *name;
	bool stores_di, loads_di, loads_si;
} mb_string_insns[] = {
	{ "movs", true, false, true },
	{ "stos", true, false, false },
	{ "scas", false, true, false },
	{ "cmps", false, true, true },
	{ "lods", false, false, true },
	{ "ins", true, false, false },
	{ "outs", false, false, true },
};

/* Inline functions of the kernel whose assembly goes to a user's memory by one register. */
static const struct {
	const char *name;
	char reg;
} mb_user_functions[] = {
	{ "raw_copy_to_user", 'D' },
	{ "raw_copy_from_user", 'S' },
	{ "__clear_user", 'D' },
};

/* Has @stmt been inlined from a function that is called @name? */
static bool mb_inlined_from(gimple *stmt, const char *name)
{
	tree block;

	for (block = gimple_block(stmt); block && TREE_CODE(block) == BLOCK;
	     block = BLOCK_SUPERCONTEXT(block)) {
		tree origin = block_ultimate_origin(block);

		if (origin && TREE_CODE(origin) == FUNCTION_DECL && DECL_NAME(origin) &&
		    !strcmp(IDENTIFIER_POINTER(DECL_NAME(origin)), name))
			return true;
	}
	return !strcmp(mb_function_name(current_function_decl), name);
}

/* The register by which @stmt goes to user memory and nothing else, or 0. */
static char mb_user_register(gimple *stmt)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mb_user_functions); i++)
		if (mb_inlined_from(stmt, mb_user_functions[i].name))
			return mb_user_functions[i].reg;
	return 0;
}

static unsigned int mb_string_unit(const struct mb_insn *insn)
{
	switch (insn->name[strlen(insn->name) - 1]) {
	case 'w': return 2;
	case 'l': case 'd': return 4;
	case 'q': return 8;
	default: return 1;
	}
}

/*
 * @user: it is user memory and nothing else.  What is on the other side keeps MODBOUNDS_USER: a refused
 * range that is too long for the sink goes where the instruction faults, as it may.
 */
static void mb_add_walked(struct mb_function *fn, gasm *stmt, tree *slot, tree len,
			  unsigned int flags, bool user)
{
	if (user && mb_kernel_half())
		mb_add_user(fn, stmt, slot);
	else
		mb_add_range(fn, stmt, slot, len, flags | MODBOUNDS_RANGE);
}

static void mb_find_string(struct mb_function *fn, gasm *stmt, const struct mb_insn *insn,
			   unsigned int flags)
{
	const struct mb_string_insn *string = NULL;
	tree *di, *si, *cx, len;
	char user = flags & MODBOUNDS_USER ? mb_user_register(stmt) : 0;
	unsigned int unit;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mb_string_insns); i++) {
		size_t n = strlen(mb_string_insns[i].name);

		if (!strncmp(insn->name, mb_string_insns[i].name, n) &&
		    (!insn->name[n] || !insn->name[n + 1]))
			string = &mb_string_insns[i];
	}
	/* With operands it is a move that extends, or one of a vector register. */
	if (!string || (insn->count && insn->op[0].kind != MB_MEMORY && strcmp(string->name, "stos") &&
			strcmp(string->name, "ins")))
		return;
	unit = mb_string_unit(insn);
	len = build_int_cst(long_unsigned_type_node, unit);
	if (insn->repeated) {
		cx = mb_input_in(stmt, 'c');
		if (!cx || !INTEGRAL_TYPE_P(TREE_TYPE(*cx)))
			return;
		len = fold_build2(MULT_EXPR, long_unsigned_type_node,
				  fold_convert(long_unsigned_type_node, *cx), len);
	}
	di = mb_input_in(stmt, 'D');
	si = mb_input_in(stmt, 'S');
	if (si && string->loads_si)
		mb_add_walked(fn, stmt, si, len, flags, user == 'S');
	if (di && (string->stores_di || string->loads_di))
		mb_add_walked(fn, stmt, di, len, flags | (string->stores_di ? MODBOUNDS_STORE : 0),
			      user == 'D');
}

/*
 * What assembly calls, by the address in a register.  Calls from assembly follow no calling
 * convention but their own.
 */
static const struct mb_asm_function {
	const char *name;	/* or how it begins, with a star */
	char reg;
	HOST_WIDE_INT bytes;	/* 0: an address of user memory */
	unsigned int flags;
} mb_asm_functions[] = {
	{ "clear_page*", 'D', 4096, MODBOUNDS_STORE },
	{ "__get_user_nocheck_*", 'a', 0, 0 },
	{ "__put_user_nocheck_*", 'c', 0, MODBOUNDS_STORE },
};

static void mb_find_called(struct mb_function *fn, gasm *stmt, const struct mb_insn *insn,
			   unsigned int flags)
{
	const char *name = mb_called_symbol(stmt, insn);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mb_asm_functions); i++) {
		const struct mb_asm_function *f = &mb_asm_functions[i];
		size_t n = strcspn(f->name, "*");
		tree *slot;

		if (strncmp(name, f->name, n) || (!f->name[n] && name[n]))
			continue;
		slot = mb_input_in(stmt, f->reg);
		if (!slot)
			continue;
		if (f->bytes)
			mb_add_range(fn, stmt, slot, build_int_cst(long_unsigned_type_node, f->bytes),
				     flags | f->flags | MODBOUNDS_RANGE);
		else if (mb_kernel_half())
			mb_add_user(fn, stmt, slot);
	}
}

/* (nr >> log2(bits)) * unit, signed as the CPU takes it: where the word with bit @nr is. */
static tree mb_bit_word(tree nr, unsigned int unit)
{
	tree type = unit == 8 ? long_integer_type_node :
		    unit == 4 ? integer_type_node : short_integer_type_node, word;

	word = fold_convert(ssizetype, fold_convert(type, nr));
	word = fold_build2(RSHIFT_EXPR, ssizetype, word,
			   build_int_cst(integer_type_node, unit == 8 ? 6 : unit == 4 ? 5 : 4));
	word = fold_build2(MULT_EXPR, ssizetype, word, build_int_cst(ssizetype, unit));
	return fold_convert(sizetype, word);
}

/* Take the pointer that @ref dereferences as the base, not what it was computed from. */
static bool mb_from_pointer(tree ref, struct mb_place *at)
{
	if (TREE_CODE(ref) != MEM_REF || TREE_CODE(TREE_OPERAND(ref, 0)) != SSA_NAME)
		return false;
	at->base = TREE_OPERAND(ref, 0);
	at->off = int_cst_value(TREE_OPERAND(ref, 1));
	at->deref = 0;
	at->type_off = at->off;
	return true;
}

/* Is operand @nr certain to be a constant in the instruction, which bt masks? */
static bool mb_immediate(gasm *stmt, unsigned int nr)
{
	unsigned int nout = gimple_asm_noutputs(stmt);
	tree value = *mb_asm_operand_of(stmt, nr);
	const char *s;

	if (TREE_CODE(value) != INTEGER_CST || nr < nout)
		return false;
	s = mb_constraint(gimple_asm_input_op(stmt, nr - nout));
	if (!strpbrk(s, "rqQRabcdSDg"))
		return true;
	return strpbrk(s, "IJin") && tree_fits_uhwi_p(value) && tree_to_uhwi(value) < 32;
}

/* bt and kin reach the word that holds the bit, however far from the operand. */
static void mb_move_to_bit(gasm *stmt, const struct mb_use *use, struct mb_access *access)
{
	tree word;

	access->len = use->bit_unit;
	if (use->bit_nr < 0 || mb_immediate(stmt, use->bit_nr))
		return;
	word = mb_bit_word(*mb_asm_operand_of(stmt, use->bit_nr), use->bit_unit);
	if (access->at.index && !mb_from_pointer(*access->slot, &access->at))
		return;
	access->kind = MB_BIT;
	if (TREE_CODE(word) == INTEGER_CST)
		access->at.off += int_cst_value(word);
	else
		access->at.index = word;
}

/*
 * The kernel's __m() names a place in user memory by a structure that is far longer than what
 * is accessed there.
 */
static bool mb_is_placeholder(tree ref)
{
	return !strcmp(mb_type_name(TYPE_MAIN_VARIANT(TREE_TYPE(ref))), "__large_struct");
}

static bool mb_is_bit_insn(const struct mb_insn *insn)
{
	return mb_insn_is(insn, "bt") || mb_insn_is(insn, "bts") || mb_insn_is(insn, "btr") ||
	       mb_insn_is(insn, "btc");
}

/* Memory that @op of @insn names by a pointer in a register. */
static void mb_use_pointer(gasm *stmt, const struct mb_insn *insn, unsigned int nr,
			   struct mb_use *uses)
{
	const struct mb_insn_operand *op = &insn->op[nr];
	int input = op->base;
	struct mb_use *use;
	tree *slot;

	if (op->indexed || mb_insn_is(insn, "in") || mb_insn_is(insn, "out"))
		return;
	if (input >= 0) {
		input = mb_input_of(stmt, input);
	} else {
		slot = op->reg ? mb_input_in(stmt, op->reg) : NULL;
		input = slot ? mb_number_of(stmt, slot) : -1;
	}
	if (input < 0)
		return;
	use = &uses[input];
	if (!use->points)
		use->from = use->to = op->disp;
	use->points = true;
	use->from = MIN(use->from, op->disp);
	use->to = MAX(use->to, op->disp + (HOST_WIDE_INT)MAX(mb_insn_bytes(stmt, insn), 1));
	if (mb_insn_writes(insn, nr))
		use->stores = true;
	else
		use->loads = true;
}

static void mb_use_insn(gasm *stmt, const struct mb_insn *insn, struct mb_use *uses)
{
	bool addresses = mb_insn_only_addresses(insn);
	unsigned int i;

	for (i = 0; i < insn->count; i++) {
		const struct mb_insn_operand *op = &insn->op[i];
		struct mb_use *use;
		tree *slot;

		if (op->segment)
			continue;
		if (op->kind == MB_MEMORY && !addresses) {
			mb_use_pointer(stmt, insn, i, uses);
			continue;
		}
		slot = op->kind == MB_OPERAND ? mb_asm_operand_of(stmt, op->number) : NULL;
		if (!slot || !mb_is_memory(*slot))
			continue;
		use = &uses[op->number];
		use->named = true;
		if (addresses)
			continue;
		if (mb_insn_writes(insn, i))
			use->written = true;
		else
			use->read = true;
		use->end = MAX(use->end, op->disp + (HOST_WIDE_INT)mb_insn_bytes(stmt, insn));
		if (mb_is_bit_insn(insn) && i == 1) {
			use->bit_unit = mb_insn_bytes(stmt, insn);
			if (insn->op[0].kind == MB_OPERAND)
				use->bit_nr = insn->op[0].number;
		}
	}
}

/* @ref is memory that the template accesses. */
static void mb_add_operand(struct mb_function *fn, gasm *stmt, unsigned int nr,
			   const struct mb_use *use, unsigned int flags)
{
	unsigned int count = fn->accesses.length();
	tree *slot = mb_asm_operand_of(stmt, nr);
	struct mb_access *access;

	if (flags & MODBOUNDS_USER && mb_is_placeholder(*slot) && mb_kernel_half()) {
		mb_add_user(fn, stmt, slot);
		return;
	}
	mb_add_ref(fn, stmt, slot, flags);
	if (fn->accesses.length() == count)
		return;
	access = fn->accesses.last();
	if (mb_is_placeholder(*slot))
		access->len = MAX(use->end, 1);
	else if (use->bit_unit)
		mb_move_to_bit(stmt, use, access);
	else
		access->len = MAX(access->len, use->end);
}

/* What instructions access behind the pointer in @slot, in front of it or at it. */
static void mb_add_pointed(struct mb_function *fn, gasm *stmt, tree *slot,
			   const struct mb_use *use, unsigned int flags)
{
	unsigned int count = fn->accesses.length();
	struct mb_access *access;

	mb_add_ptr(fn, stmt, slot, use->to - use->from,
		   flags | (use->stores ? MODBOUNDS_STORE : 0));
	if (fn->accesses.length() == count)
		return;
	access = fn->accesses.last();
	access->skip = use->from;
	access->at.off += use->from;
}

/* Registers that hold the address of the memory operand @ref, which the template accesses. */
static void mb_add_registers(struct mb_function *fn, gasm *stmt, tree ref, unsigned int flags)
{
	struct mb_place at, pointer;
	HOST_WIDE_INT len;
	unsigned int i;

	if (!mb_place_ref(ref, &at, &len))
		return;
	for (i = 0; i < gimple_asm_ninputs(stmt); i++) {
		tree *slot = &TREE_VALUE(gimple_asm_input_op(stmt, i));

		if (mb_is_memory(*slot) || !POINTER_TYPE_P(TREE_TYPE(*slot)) ||
		    !mb_place_ptr(*slot, &pointer) || pointer.off != at.off ||
		    !mb_same_place(pointer.base, pointer.index, at.base, at.index))
			continue;
		mb_add_ptr(fn, stmt, slot, len, flags);
	}
}

void mb_find_asm(struct mb_function *fn, gasm *stmt)
{
	unsigned int nout = gimple_asm_noutputs(stmt), all = nout + gimple_asm_ninputs(stmt);
	unsigned int flags = 0, i;
	struct mb_template t;
	struct mb_insn *insn;
	struct mb_use *uses;
	bool reaches;

	mb_take_apart(stmt, &t);
	if (t.insns.is_empty())
		return;
	if (t.faults)
		flags |= MODBOUNDS_USER;
	reaches = t.opaque;
	uses = XCNEWVEC(struct mb_use, all + 1);
	for (i = 0; i < all; i++)
		uses[i].bit_nr = -1;
	FOR_EACH_VEC_ELT(t.insns, i, insn) {
		mb_find_string(fn, stmt, insn, flags);
		if (insn->repeated)
			reaches = true;
		if (mb_insn_is(insn, "call"))
			mb_find_called(fn, stmt, insn, flags);
		else
			mb_use_insn(stmt, insn, uses);
	}
	for (i = 0; i < all; i++) {
		int tied = i < nout ? -1 : mb_tied_to(stmt, i - nout);
		const struct mb_use *use = &uses[tied < 0 || uses[i].named ? i : (unsigned int)tied];
		unsigned int access = flags;
		tree *slot = mb_asm_operand_of(stmt, i);

		if (uses[i].points)
			mb_add_pointed(fn, stmt, slot, &uses[i], flags);
		if (!mb_is_memory(*slot) || (use->named ? !use->read && !use->written : !reaches))
			continue;
		if (i < nout || use->written)
			access |= MODBOUNDS_STORE;
		mb_add_operand(fn, stmt, i, use, access);
		if (!use->named)
			mb_add_registers(fn, stmt, *slot, access);
	}
	free(uses);
}
