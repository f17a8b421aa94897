// SPDX-License-Identifier: GPL-2.0
/*
 * Inline assembly is taken apart here, and nowhere else: into instructions with their
 * operands, without comments, labels and directives.
 *
 * What stands in sections of data (exception tables, lists of alternatives) says nothing of
 * what is done.  The replacements of alternatives are instructions as all others are: one of
 * them may be what runs.  The syntax is AT&T's, in which the operand that is written stands last.
 */
#include "modbounds.h"
#include "insn.h"

/* Operand @nr of the statement, outputs first, as the template counts them; or NULL. */
tree *mb_asm_operand_of(gasm *stmt, unsigned int nr)
{
	unsigned int nout = gimple_asm_noutputs(stmt);

	if (nr >= nout + gimple_asm_ninputs(stmt))
		return NULL;
	return &TREE_VALUE(nr < nout ? gimple_asm_output_op(stmt, nr) :
				       gimple_asm_input_op(stmt, nr - nout));
}

static const char *mb_skip_space(const char *p)
{
	while (*p == ' ' || *p == '\t')
		p++;
	return p;
}

static bool mb_name_char(char c)
{
	return ISALNUM(c) || c == '_' || c == '.' || c == '$';
}

struct mb_register_name {
	const char *name;
	char letter;
	unsigned int size;
};

static const struct mb_register_name mb_register_names[] = {
	{ "rax", 'a', 8 }, { "eax", 'a', 4 }, { "ax", 'a', 2 }, { "al", 'a', 1 }, { "ah", 'a', 1 },
	{ "rbx", 'b', 8 }, { "ebx", 'b', 4 }, { "bx", 'b', 2 }, { "bl", 'b', 1 }, { "bh", 'b', 1 },
	{ "rcx", 'c', 8 }, { "ecx", 'c', 4 }, { "cx", 'c', 2 }, { "cl", 'c', 1 }, { "ch", 'c', 1 },
	{ "rdx", 'd', 8 }, { "edx", 'd', 4 }, { "dx", 'd', 2 }, { "dl", 'd', 1 }, { "dh", 'd', 1 },
	{ "rsi", 'S', 8 }, { "esi", 'S', 4 }, { "si", 'S', 2 }, { "sil", 'S', 1 },
	{ "rdi", 'D', 8 }, { "edi", 'D', 4 }, { "di", 'D', 2 }, { "dil", 'D', 1 },
};

static void mb_read_register(const char *name, struct mb_insn_operand *op)
{
	size_t i;

	op->kind = MB_REGISTER;
	for (i = 0; i < ARRAY_SIZE(mb_register_names); i++)
		if (!strcmp(name, mb_register_names[i].name)) {
			op->reg = mb_register_names[i].letter;
			op->size = mb_register_names[i].size;
			return;
		}
	if (*name && name[1] == 'm' && name[2] == 'm' && strchr("xyz", *name))
		op->vector = *name;
	else if (*name == 'r' && ISDIGIT(name[1]))
		op->size = strchr(name, 'd') ? 4 : strchr(name, 'w') ? 2 : strchr(name, 'b') ? 1 : 8;
}

/*
 * What stands behind a %: %rax, or a number with a letter in front that says in which form it
 * is to be printed.  Returns what follows it.
 */
static const char *mb_read_percent(const char *p, struct mb_insn_operand *op, char *letter)
{
	char name[16];
	size_t n = 0;

	*letter = 0;
	if (*p == '%')
		p++;
	if (ISDIGIT(*p) || (ISALPHA(*p) && ISDIGIT(p[1]) && *p != 'r')) {
		if (ISALPHA(*p))
			*letter = *p++;
		op->kind = MB_OPERAND;
		op->number = strtol(p, const_cast<char **>(&p), 10);
		switch (*letter) {
		case 'b': case 'h': op->size = 1; break;
		case 'w': op->size = 2; break;
		case 'k': op->size = 4; break;
		case 'q': op->size = 8; break;
		case 'x': case 't': case 'g': op->vector = *letter == 't' ? 'y' : *letter == 'g' ? 'z' : 'x';
		}
		return p;
	}
	while (mb_name_char(*p) && n < sizeof(name) - 1)
		name[n++] = *p++;
	name[n] = 0;
	mb_read_register(name, op);
	return p;
}

/* The address between parentheses: (base, index, scale).  @p stands behind the opening one. */
static void mb_read_address(const char *p, struct mb_insn_operand *op)
{
	struct mb_insn_operand inner = { MB_NONE, -1, 0, -1, false, 0, false, 0, 0 };
	char letter;

	p = mb_skip_space(p);
	op->kind = MB_MEMORY;
	op->base = -1;
	op->reg = 0;
	if (*p == '%') {
		p = mb_skip_space(mb_read_percent(p + 1, &inner, &letter));
		if (inner.kind == MB_OPERAND)
			op->base = inner.number;
		op->reg = inner.reg;
	}
	if (*p == ',')
		op->indexed = true;
}

/* One operand of an instruction, without the blanks around it. */
static void mb_read_operand(const char *text, struct mb_insn_operand *op)
{
	const char *p = text, *open;
	HOST_WIDE_INT sign = 1;
	char letter;

	memset(op, 0, sizeof(*op));
	op->number = op->base = -1;
	if (*p == '*')
		p = mb_skip_space(p + 1);
	if (*p == '$')
		return;
	while (*p) {
		if (*p == '(') {
			mb_read_address(p + 1, op);
			return;
		}
		if (*p == '%') {
			open = p;
			p = mb_read_percent(p + 1, op, &letter);
			if (*p == ':') {
				op->segment = open[1] == 'g' || open[1] == 'f' ||
					      (open[1] == '%' && (open[2] == 'g' || open[2] == 'f'));
				op->kind = MB_NONE;
				p++;
			} else if (op->kind == MB_OPERAND && strchr("acpPn", letter) && letter) {
				/* Printed as a constant, or as an address. */
				if (letter == 'a') {
					op->base = op->number;
					op->kind = MB_MEMORY;
				} else {
					op->kind = MB_NONE;
				}
				if (letter != 'P')
					op->number = -1;
			}
			continue;
		}
		if (*p == '-' || *p == '+') {
			sign = *p++ == '-' ? -1 : 1;
			continue;
		}
		if (ISDIGIT(*p)) {
			op->disp += sign * strtol(p, const_cast<char **>(&p), 0);
			continue;
		}
		p++;
	}
}

/* The end of the statement of the assembler that begins at @p. */
static const char *mb_statement_end(const char *p)
{
	bool quoted = false;

	for (; *p && *p != '\n'; p++) {
		if (*p == '\\' && p[1])
			p++;
		else if (*p == '"')
			quoted = !quoted;
		else if (!quoted && (*p == ';' || *p == '#'))
			break;
	}
	return p;
}

/* Prefixes that change nothing of what is accessed. */
static bool mb_is_prefix(const char *name)
{
	static const char * const names[] = {
		"lock", "notrack", "bnd", "data16", "cs", "ds", "es", "ss", "rex64", "rex.w",
		"xacquire", "xrelease", "{load}", "{store}",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

static bool mb_is_repeat(const char *name)
{
	return !strcmp(name, "rep") || !strcmp(name, "repe") || !strcmp(name, "repz") ||
	       !strcmp(name, "repne") || !strcmp(name, "repnz");
}

/* Instructions that the headers write as bytes, for assemblers that are too old. */
static const struct {
	const char *bytes, *name;
} mb_known_bytes[] = {
	{ "0x0f,0x01,0xca", "clac" },
	{ "0x0f,0x01,0xcb", "stac" },
	{ "0x0f,0x01,0xee", "rdpkru" },
	{ "0x0f,0x01,0xef", "wrpkru" },
	{ "0xf,0x1,0xe8", "serialize" },
	{ "0x3e", "ds" },		/* prefixes of an instruction that follows */
	{ "0x66", "data16" },
	{ "0xf3,0x90", "pause" },
};

struct mb_reader {
	gasm *stmt;
	struct mb_template *t;
	bool repeated;
	unsigned int depth, skip;	/* sections that were pushed; macros and conditions */
	bool data[8];			/* is the section at that depth one of data? */
};

static void mb_add_insn(struct mb_reader *r, struct mb_insn *insn)
{
	insn->repeated = r->repeated;
	r->repeated = false;
	r->t->insns.safe_push(*insn);
}

static void mb_read_bytes(struct mb_reader *r, const char *p, const char *end)
{
	char bytes[64];
	struct mb_insn insn;
	size_t n = 0, i;

	for (; p < end && n < sizeof(bytes) - 1; p++)
		if (!ISSPACE(*p))
			bytes[n++] = *p;
	bytes[n] = 0;
	memset(&insn, 0, sizeof(insn));
	insn.symbol_operand = -1;
	for (i = 0; i < ARRAY_SIZE(mb_known_bytes); i++)
		if (!strcmp(bytes, mb_known_bytes[i].bytes))
			strcpy(insn.name, mb_known_bytes[i].name);
	if (mb_is_prefix(insn.name))
		return;
	if (!*insn.name)
		r->t->opaque = true;
	mb_add_insn(r, &insn);
}

/* A directive: does it change to a section of data, or hide what follows? */
static void mb_read_directive(struct mb_reader *r, const char *name, const char *p, const char *end)
{
	static const char * const opens[] = { ".macro", ".irp", ".irpc", ".rept" };
	static const char * const closes[] = { ".endm", ".endr" };
	char args[128];
	size_t i, n = MIN((size_t)(end - p), sizeof(args) - 1);

	memcpy(args, p, n);
	args[n] = 0;
	for (i = 0; i < ARRAY_SIZE(opens); i++)
		if (!strcmp(name, opens[i]))
			r->skip++;
	for (i = 0; i < ARRAY_SIZE(closes); i++)
		if (!strcmp(name, closes[i]) && r->skip)
			r->skip--;
	if (r->skip)
		return;
	if (!strcmp(name, ".pushsection") || !strcmp(name, ".section")) {
		const char *flags = strchr(args, '"');
		bool code = !strncmp(args, ".text", 5) || !strncmp(args, ".noinstr", 8) ||
			    (flags && strcspn(flags + 1, "\"") > strcspn(flags + 1, "x"));

		if (name[1] == 'p' && r->depth < ARRAY_SIZE(r->data) - 1)
			r->depth++;
		r->data[r->depth] = !code;
		if (!strncmp(args, "__ex_table", 10) || !strncmp(args, "\"__ex_table", 11))
			r->t->faults = true;
	} else if (!strcmp(name, ".popsection") || !strcmp(name, ".previous")) {
		if (r->depth)
			r->depth--;
		else
			r->data[0] = false;
	} else if (!strcmp(name, ".text")) {
		r->data[r->depth] = false;
	} else if (!strcmp(name, ".byte") && !r->data[r->depth]) {
		mb_read_bytes(r, p, end);
	}
}

/* An instruction: its name has been read, operands stand from @p to @end. */
static void mb_read_insn(struct mb_reader *r, const char *name, const char *p, const char *end)
{
	struct mb_insn insn;
	char text[128];
	int nesting = 0;
	size_t n = 0;

	memset(&insn, 0, sizeof(insn));
	insn.symbol_operand = -1;
	snprintf(insn.name, sizeof(insn.name), "%.*s", (int)sizeof(insn.name) - 1, name);
	for (p = mb_skip_space(p); p <= end && insn.count < MB_INSN_OPERANDS; p++) {
		if (p < end && (*p != ',' || nesting)) {
			nesting += *p == '(' ? 1 : *p == ')' ? -1 : 0;
			if (n < sizeof(text) - 1)
				text[n++] = *p;
			continue;
		}
		while (n && ISSPACE(text[n - 1]))
			n--;
		text[n] = 0;
		if (n) {
			const char *start = mb_skip_space(text);

			mb_read_operand(start, &insn.op[insn.count++]);
			if (!strncmp(name, "call", 4) || *name == 'j') {
				char letter;
				struct mb_insn_operand op;

				memset(&op, 0, sizeof(op));
				op.number = -1;
				if (*start == '%')
					mb_read_percent(start + 1, &op, &letter);
				insn.symbol_operand = op.number;
				snprintf(insn.symbol, sizeof(insn.symbol), "%.*s",
					 (int)sizeof(insn.symbol) - 1, start);
			}
		}
		n = 0;
	}
	if (!strncmp(name, "call", 4))
		r->t->opaque = true;
	mb_add_insn(r, &insn);
}

static void mb_read_statement(struct mb_reader *r, const char *p, const char *end)
{
	char name[32];
	size_t n;

	for (;;) {
		p = mb_skip_space(p);
		if (p >= end)
			return;
		n = 0;
		/* %z1 is the suffix of an operand's size, which its type says. */
		while (p < end && (mb_name_char(*p) || *p == '{' || *p == '}')) {
			if (n < sizeof(name) - 1)
				name[n++] = TOLOWER(*p);
			p++;
		}
		name[n] = 0;
		if (p < end && *p == '%' && p[1] == 'z' && n) {
			p += 2;
			while (p < end && ISDIGIT(*p))
				p++;
		}
		if (!n)
			return;
		if (p < end && *p == ':') {	/* a label */
			p++;
			continue;
		}
		if (*name == '.' && !mb_is_prefix(name)) {
			mb_read_directive(r, name, mb_skip_space(p), end);
			return;
		}
		if (r->data[r->depth] || r->skip)
			return;
		if (mb_is_prefix(name))
			continue;
		if (mb_is_repeat(name)) {
			r->repeated = true;
			continue;
		}
		mb_read_insn(r, name, p, end);
		return;
	}
}

void mb_take_apart(gasm *stmt, struct mb_template *t)
{
	const char *p = gimple_asm_string(stmt), *end;
	struct mb_reader r;

	memset(&r, 0, sizeof(r));
	r.stmt = stmt;
	r.t = t;
	t->faults = t->opaque = false;
	while (*p) {
		if (*p == '#') {
			p += strcspn(p, "\n");
			continue;
		}
		if (*p == '/' && p[1] == '*') {
			end = strstr(p, "*/");
			p = end ? end + 2 : p + strlen(p);
			continue;
		}
		if (*p == ';' || ISSPACE(*p)) {
			p++;
			continue;
		}
		end = mb_statement_end(p);
		mb_read_statement(&r, p, end);
		p = end;
	}
}
