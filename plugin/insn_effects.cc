// SPDX-License-Identifier: GPL-2.0
/*
 * What an instruction of inline assembly does to its operands: which it reads, which it
 * writes, and how many bytes of them.
 *
 * Instructions that stand in no table here are taken to read all operands and to write the
 * last one, as nearly all do.
 */
#include "modbounds.h"
#include "insn.h"

/* Names to which a suffix may be added that says the size: b, w, l, q. */
static const char * const mb_suffixed[] = {
	"mov", "add", "sub", "and", "or", "xor", "adc", "sbb", "inc", "dec", "neg", "not", "cmp",
	"test", "xchg", "xadd", "cmpxchg", "bt", "bts", "btr", "btc", "shl", "shr", "sal", "sar",
	"rol", "ror", "rcl", "rcr", "shld", "shrd", "mul", "imul", "div", "idiv", "push", "pop",
	"lea", "movnti", "movbe", "bsf", "bsr", "popcnt", "lzcnt", "tzcnt", "crc32", "nop",
	"movs", "stos", "lods", "cmps", "scas", "ins", "outs", "in", "out", "call", "jmp", "pushf",
	"popf", "wruss", "wrss", "cmov", "fild", "fist", "fistp", "cvtsi2sd", "cvtsi2ss", "adcx",
	"adox", "andn", "bextr", "verw", "ltr", "str",
};

/* Is @insn @base, perhaps with a suffix? */
bool mb_insn_is(const struct mb_insn *insn, const char *base)
{
	size_t n = strlen(base), i;

	if (strncmp(insn->name, base, n))
		return false;
	if (!insn->name[n])
		return true;
	if (insn->name[n + 1] || !strchr("bwlq", insn->name[n]))
		return false;
	for (i = 0; i < ARRAY_SIZE(mb_suffixed); i++)
		if (!strcmp(base, mb_suffixed[i]))
			return true;
	return false;
}

static bool mb_insn_in(const struct mb_insn *insn, const char * const *names, size_t n)
{
	size_t i, len;

	for (i = 0; i < n; i++) {
		len = strlen(names[i]);
		if (names[i][len - 1] == '*' ? !strncmp(insn->name, names[i], len - 1) :
					       mb_insn_is(insn, names[i]))
			return true;
	}
	return false;
}

#define mb_is_one(insn, names)	mb_insn_in(insn, names, ARRAY_SIZE(names))

/* Operands are addresses to these, and no more; or only the cache is told. */
bool mb_insn_only_addresses(const struct mb_insn *insn)
{
	static const char * const names[] = {
		"lea", "prefetch*", "invlpg*", "nop", "clflush*", "clwb", "cldemote", "bndmk",
	};

	return mb_is_one(insn, names);
}

/* Does it write operand @nr, which is memory? */
bool mb_insn_writes(const struct mb_insn *insn, unsigned int nr)
{
	static const char * const all[] = { "xchg" };
	static const char * const none[] = {
		"cmp", "test", "bt", "push", "jmp*", "j*", "call", "mul", "div", "idiv", "imul",
		"fld*", "fild", "fxrstor*", "xrstor*", "frstor", "ldmxcsr", "lgdt", "lidt", "lldt",
		"ltr", "lmsw", "verw", "verr", "comis*", "ucomis*", "out", "vptest", "ptest",
		"enqcmd*", "pclmul*", "crc32", "monitor*", "umonitor", "fadd*", "fmul*", "fsub*",
		"fdiv*", "fcom*",
	};

	if (mb_is_one(insn, all))
		return true;
	return nr + 1 == insn->count && !mb_is_one(insn, none);
}

/* Of instructions whose operand has a size of its own. */
static const struct {
	const char *name;
	unsigned int bytes;
} mb_sizes[] = {
	{ "fxsave*", 512 }, { "fxrstor*", 512 }, { "xsave*", 576 }, { "xrstor*", 576 },
	{ "fnsave", 108 }, { "fsave", 108 }, { "frstor", 108 }, { "fnstenv", 28 }, { "fldenv", 28 },
	{ "fnstcw", 2 }, { "fldcw", 2 }, { "fnstsw", 2 }, { "stmxcsr", 4 }, { "ldmxcsr", 4 },
	{ "sgdt*", 10 }, { "sidt*", 10 }, { "lgdt*", 10 }, { "lidt*", 10 }, { "sldt", 2 },
	{ "cmpxchg16b", 16 }, { "cmpxchg8b", 8 }, { "movdir64b", 64 }, { "enqcmd*", 64 },
	{ "movzb*", 1 }, { "movsb*", 1 }, { "movzw*", 2 }, { "movsw*", 2 }, { "movsl*", 4 },
	{ "movabs*", 8 }, { "set*", 1 }, { "movd", 4 }, { "movss", 4 }, { "movsd", 8 },
	{ "movlps", 8 }, { "movhps", 8 }, { "movdqa", 16 }, { "movdqu", 16 }, { "movaps", 16 },
	{ "movups", 16 }, { "movntdq", 16 }, { "movntps", 16 }, { "movntdqa", 16 },
	{ "invpcid", 16 }, { "invept", 16 }, { "invvpid", 16 },
};

/* Bytes of memory that @insn touches; 0: what it is given says. */
unsigned int mb_insn_bytes(gasm *stmt, const struct mb_insn *insn)
{
	unsigned int i, bytes = 0;
	size_t n = strlen(insn->name);
	char vector = 0;

	for (i = 0; i < insn->count; i++)
		if (insn->op[i].vector > vector)
			vector = insn->op[i].vector;
	if (vector == 'y' || vector == 'z')
		return vector == 'y' ? 32 : 64;
	for (i = 0; i < ARRAY_SIZE(mb_sizes); i++) {
		size_t len = strlen(mb_sizes[i].name);

		if (mb_sizes[i].name[len - 1] == '*' ?
		    !strncmp(insn->name, mb_sizes[i].name, len - 1) &&
		    /* A string instruction has no operands. */
		    (insn->count || insn->name[0] != 'm') :
		    !strcmp(insn->name, mb_sizes[i].name))
			return mb_sizes[i].bytes;
	}
	for (i = 0; i < ARRAY_SIZE(mb_suffixed); i++) {
		size_t len = strlen(mb_suffixed[i]);

		if (len + 1 != n || strncmp(insn->name, mb_suffixed[i], len))
			continue;
		switch (insn->name[len]) {
		case 'b': return 1;
		case 'w': return 2;
		case 'l': return 4;
		case 'q': return 8;
		}
	}
	if (vector == 'x')
		return 16;
	/* No suffix: a register says it, or the type of one of the statement's operands. */
	for (i = 0; i < insn->count; i++) {
		const struct mb_insn_operand *op = &insn->op[i];
		tree *t;

		if (op->kind == MB_REGISTER && op->size)
			bytes = MAX(bytes, op->size);
		if (op->kind != MB_OPERAND)
			continue;
		t = mb_asm_operand_of(stmt, op->number);
		if (op->size)
			bytes = MAX(bytes, op->size);
		else if (t && !mb_is_memory(*t))
			bytes = MAX(bytes, (unsigned int)mb_sizeof(TREE_TYPE(*t)));
	}
	return bytes;
}

/* The function that a call of the template goes to, or "". */
const char *mb_called_symbol(gasm *stmt, const struct mb_insn *insn)
{
	static char name[64];
	const char *p = insn->symbol;
	size_t n = 0;
	tree *operand, t;

	/* "call %c1", or "__get_user_%c1", whose end does not matter. */
	if (*p == '%') {
		while (*p && !ISDIGIT(*p))
			p++;
		operand = mb_asm_operand_of(stmt, atoi(p));
		if (!operand)
			return "";
		t = *operand;
		STRIP_NOPS(t);
		if (TREE_CODE(t) != ADDR_EXPR || TREE_CODE(TREE_OPERAND(t, 0)) != FUNCTION_DECL)
			return "";
		return mb_function_name(TREE_OPERAND(t, 0));
	}
	while ((ISALNUM(*p) || *p == '_' || *p == '.') && n < sizeof(name) - 1)
		name[n++] = *p++;
	name[n] = 0;
	return name;
}

/* Is there an instruction @name in @stmt, which may be any statement? */
bool mb_asm_runs(gimple *stmt, const char *name)
{
	struct mb_template t;
	struct mb_insn *insn;
	unsigned int i;

	if (gimple_code(stmt) != GIMPLE_ASM)
		return false;
	mb_take_apart(as_a<gasm *>(stmt), &t);
	FOR_EACH_VEC_ELT(t.insns, i, insn)
		if (mb_insn_is(insn, name))
			return true;
	return false;
}

/* Does it read this CPU's variables? */
bool mb_asm_reads_segment(gasm *stmt)
{
	struct mb_template t;
	struct mb_insn *insn;
	unsigned int i, k;

	mb_take_apart(stmt, &t);
	FOR_EACH_VEC_ELT(t.insns, i, insn)
		for (k = 0; k < insn->count; k++)
			if (insn->op[k].segment)
				return true;
	return false;
}
