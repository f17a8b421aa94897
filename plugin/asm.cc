// SPDX-License-Identifier: GPL-2.0
/*
 * Memory accesses of inline assembly: its memory operands, and the string
 * instructions, bit instructions and page clearing of the kernel's headers,
 * whose memory is not (only) what the operands say.
 */
#include "modbounds.h"

/* Room for what follows "rep": "rep; movsb", "rep stosq", ... */
struct mb_string_insn {
	const char *name;
	bool stores_di, loads_di, loads_si;
};

static const struct mb_string_insn mb_string_insns[] = {
	{ "movs", true, false, true },
	{ "stos", true, false, false },
	{ "scas", false, true, false },
	{ "cmps", false, true, true },
	{ "lods", false, false, true },
	{ "ins", true, false, false },
	{ "outs", false, false, true },
};

static const char *mb_constraint(tree link)
{
	return TREE_STRING_POINTER(TREE_VALUE(TREE_PURPOSE(link)));
}

/* Which of the registers D, S and c is input @i in, if any? */
static char mb_register(gasm *stmt, unsigned int i)
{
	const char *s = mb_constraint(gimple_asm_input_op(stmt, i));

	if (ISDIGIT(*s)) {
		unsigned int out = atoi(s);

		if (out >= gimple_asm_noutputs(stmt))
			return 0;
		s = mb_constraint(gimple_asm_output_op(stmt, out));
	}
	for (; *s; s++)
		if (*s == 'D' || *s == 'S' || *s == 'c')
			return *s;
	return 0;
}

static tree *mb_input_in(gasm *stmt, char reg)
{
	unsigned int i;

	for (i = 0; i < gimple_asm_ninputs(stmt); i++)
		if (mb_register(stmt, i) == reg)
			return &TREE_VALUE(gimple_asm_input_op(stmt, i));
	return NULL;
}

/* The string instruction that is repeated in @text, and its operand size. */
static const struct mb_string_insn *mb_repeated(const char *text, unsigned int *unit)
{
	const char *rep, *p;
	size_t i;

	*unit = 1;
	if (strstr(text, "rep_movs_alternative") || strstr(text, "copy_user_generic"))
		return &mb_string_insns[0];
	if (strstr(text, "rep_stos_alternative"))
		return &mb_string_insns[1];

	for (rep = text; (rep = strstr(rep, "rep")); rep += 3) {
		p = rep + 3;
		if (*p == 'z' || *p == 'e')
			p++;
		if (*p == 'n')
			p += p[1] == 'e' || p[1] == 'z' ? 2 : 1;
		while (ISSPACE(*p) || *p == ';' || *p == '\\')
			p++;
		for (i = 0; i < ARRAY_SIZE(mb_string_insns); i++) {
			size_t n = strlen(mb_string_insns[i].name);

			if (strncmp(p, mb_string_insns[i].name, n))
				continue;
			switch (p[n]) {
			case 'w': *unit = 2; break;
			case 'l': case 'd': *unit = 4; break;
			case 'q': *unit = 8; break;
			}
			return &mb_string_insns[i];
		}
	}
	return NULL;
}

static void mb_find_string(struct mb_function *fn, gasm *stmt, const char *text,
			   unsigned int flags)
{
	const struct mb_string_insn *insn;
	tree *di, *si, *cx, len;
	unsigned int unit;

	insn = mb_repeated(text, &unit);
	if (!insn)
		return;
	cx = mb_input_in(stmt, 'c');
	if (!cx || !INTEGRAL_TYPE_P(TREE_TYPE(*cx)))
		return;
	len = fold_convert(long_unsigned_type_node, *cx);
	if (unit > 1)
		len = fold_build2(MULT_EXPR, long_unsigned_type_node, len,
				  build_int_cst(long_unsigned_type_node, unit));
	flags |= MODBOUNDS_RANGE;
	di = mb_input_in(stmt, 'D');
	si = mb_input_in(stmt, 'S');
	if (si && insn->loads_si)
		mb_add_range(fn, stmt, si, len, flags);
	if (di && (insn->stores_di || insn->loads_di))
		mb_add_range(fn, stmt, di, len,
			     flags | (insn->stores_di ? MODBOUNDS_STORE : 0));
}

static bool mb_word(const char *text, const char *word)
{
	const char *p;
	size_t n = strlen(word);

	for (p = text; (p = strstr(p, word)); p += n)
		if ((p == text || !(ISALNUM(p[-1]) || p[-1] == '_')) && !ISALNUM(p[n]) &&
		    p[n] != '_')
			return true;
	return false;
}

/* Operand @i of all, outputs first. */
static tree *mb_operand(gasm *stmt, unsigned int i)
{
	unsigned int nout = gimple_asm_noutputs(stmt);

	return &TREE_VALUE(i < nout ? gimple_asm_output_op(stmt, i) :
				      gimple_asm_input_op(stmt, i - nout));
}

/* (nr >> log2(bits)) * unit, signed as the CPU takes it: where the word with bit @nr is. */
static tree mb_bit_word(tree nr, unsigned int unit)
{
	tree word = fold_convert(unit == 8 ? long_integer_type_node : integer_type_node, nr);

	word = fold_convert(ssizetype, word);
	word = fold_build2(RSHIFT_EXPR, ssizetype, word,
			   build_int_cst(integer_type_node, unit == 8 ? 6 : 5));
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

/*
 * bts and kin with a register as bit number access the word that holds the
 * bit, however far from the operand.  Some headers make the memory an input,
 * although it is written; others an output too ("+m"), and it is the output
 * that the template then names: all of them are to go where the check says.
 */
static bool mb_find_bit(struct mb_function *fn, gasm *stmt, const char *text, unsigned int flags)
{
	static const char * const names[] = { "bt", "bts", "btr", "btc" };
	unsigned int nout = gimple_asm_noutputs(stmt), all = nout + gimple_asm_ninputs(stmt);
	tree nr = NULL_TREE, word = NULL_TREE;
	unsigned int i, unit = 0;
	bool found = false;

	for (i = 0; i < ARRAY_SIZE(names) && !unit; i++) {
		char name[8];

		snprintf(name, sizeof(name), "%sq", names[i]);
		if (mb_word(text, name))
			unit = 8;
		snprintf(name, sizeof(name), "%sl", names[i]);
		if (mb_word(text, name))
			unit = 4;
		if (unit && i)
			flags |= MODBOUNDS_STORE;
	}
	if (!unit)
		return false;

	for (i = nout; i < all; i++)
		if (!mb_is_memory(*mb_operand(stmt, i)) &&
		    INTEGRAL_TYPE_P(TREE_TYPE(*mb_operand(stmt, i))))
			nr = *mb_operand(stmt, i);
	if (!nr)
		return false;
	if (TREE_CODE(nr) != INTEGER_CST)
		word = mb_bit_word(nr, unit);

	for (i = 0; i < all; i++) {
		unsigned int count = fn->accesses.length();
		struct mb_access *access;

		if (!mb_is_memory(*mb_operand(stmt, i)))
			continue;
		found = true;
		mb_add_ref(fn, stmt, mb_operand(stmt, i), flags);
		if (fn->accesses.length() == count)
			continue;
		access = fn->accesses.last();
		access->len = unit;
		if (!word || (access->at.index && !mb_from_pointer(*mb_operand(stmt, i), &access->at)))
			continue;
		access->at.index = word;
		access->kind = MB_BIT;
	}
	return found;
}

/* Operands of which only the address matters, or that are not linear addresses. */
static bool mb_no_access(const char *text)
{
	while (ISSPACE(*text))
		text++;
	return !*text || *text == '#' || strstr(text, "prefetch") || strstr(text, "%%gs:") ||
	       strstr(text, "%%fs:") || mb_word(text, "invlpg") || mb_word(text, "lea") ||
	       mb_word(text, "leaq") || mb_word(text, "leal");
}

/*
 * Operand @n is where "mov %0,%1" goes.  The kernel's writel() and kin say so
 * by their template only: the memory is an input.
 */
static bool mb_moved_to(const char *text, unsigned int n)
{
	char last[16];
	size_t len, all;

	while (ISSPACE(*text))
		text++;
	len = snprintf(last, sizeof(last), "%%%u", n);
	all = strlen(text);
	return !strncmp(text, "mov", 3) && !strpbrk(text, ";\n") && all > len &&
	       !strcmp(text + all - len, last) && strchr(", ", text[all - len - 1]);
}

/*
 * The kernel's __m() names a place by a structure that is far longer than what
 * is accessed there.
 */
static bool mb_is_placeholder(tree ref)
{
	return !strcmp(mb_type_name(TYPE_MAIN_VARIANT(TREE_TYPE(ref))), "__large_struct");
}

/* Bytes that the first mov of @text moves, by its suffix; 1 where it has none. */
static HOST_WIDE_INT mb_moved_bytes(const char *text)
{
	const char *p = strstr(text, "mov");

	switch (p ? p[3] : 0) {
	case 'w': return 2;
	case 'l': return 4;
	case 'q': return 8;
	default: return 1;
	}
}

static void mb_add_operand(struct mb_function *fn, gasm *stmt, tree *slot, unsigned int flags)
{
	unsigned int count = fn->accesses.length();

	mb_add_ref(fn, stmt, slot, flags);
	if (fn->accesses.length() > count && mb_is_placeholder(*slot))
		fn->accesses.last()->len = mb_moved_bytes(gimple_asm_string(stmt));
}

void mb_find_asm(struct mb_function *fn, gasm *stmt)
{
	const char *text = gimple_asm_string(stmt);
	unsigned int flags = 0, i;
	tree *page;

	if (mb_no_access(text))
		return;
	if (strstr(text, "__ex_table"))
		flags |= MODBOUNDS_USER;

	mb_find_string(fn, stmt, text, flags);
	if (strstr(text, "clear_page")) {
		page = mb_input_in(stmt, 'D');
		if (page)
			mb_add_range(fn, stmt, page, build_int_cst(long_unsigned_type_node, 4096),
				     flags | MODBOUNDS_STORE | MODBOUNDS_RANGE);
	}
	if (mb_find_bit(fn, stmt, text, flags))
		return;

	for (i = 0; i < gimple_asm_ninputs(stmt); i++)
		mb_add_operand(fn, stmt, &TREE_VALUE(gimple_asm_input_op(stmt, i)),
			       flags | (mb_moved_to(text, gimple_asm_noutputs(stmt) + i) ?
					MODBOUNDS_STORE : 0));
	for (i = 0; i < gimple_asm_noutputs(stmt); i++)
		mb_add_operand(fn, stmt, &TREE_VALUE(gimple_asm_output_op(stmt, i)),
			       flags | MODBOUNDS_STORE);
}
