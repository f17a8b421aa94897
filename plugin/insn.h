/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Inline assembly, taken apart: what insn.cc makes of a template.
 */
#ifndef _MODBOUNDS_INSN_H
#define _MODBOUNDS_INSN_H

#define MB_INSN_OPERANDS	4

enum mb_operand_kind {
	MB_NONE,	/* a constant, a label, an address of the program's own */
	MB_REGISTER,	/* %%rax */
	MB_OPERAND,	/* %1: whatever the statement's operand 1 is */
	MB_MEMORY,	/* 8(%1,%%rax): memory that a register points to */
};

struct mb_insn_operand {
	enum mb_operand_kind kind;
	int number;		/* MB_OPERAND: of the statement's operands; -1 else */
	char reg;		/* the register's letter in constraints, as 'D'; 0: another one */
	int base;		/* MB_MEMORY: the operand that is the address, or -1: @reg is */
	bool indexed;		/* MB_MEMORY: another register is added */
	HOST_WIDE_INT disp;	/* added to the address */
	bool segment;		/* %%gs: or %%fs:, so no linear address */
	unsigned int size;	/* bytes of a register, 0: the operand's type says */
	char vector;		/* 'x', 'y', 'z': a vector register */
};

struct mb_insn {
	char name[24];		/* with its suffix; "" for bytes that say nothing */
	bool repeated;		/* rep and kin */
	unsigned int count;
	struct mb_insn_operand op[MB_INSN_OPERANDS];
	char symbol[64];	/* what is called or jumped to, where that is a name */
	int symbol_operand;	/* or the operand that is it; -1 */
};

struct mb_template {
	auto_vec<struct mb_insn> insns;
	bool faults;		/* it has exception table entries: user addresses are legal */
	bool opaque;		/* bytes, calls: some of what it does cannot be read */
};

/* insn.cc */
void mb_take_apart(gasm *stmt, struct mb_template *t);
bool mb_asm_runs(gimple *stmt, const char *name);
bool mb_asm_reads_segment(gasm *stmt);
const char *mb_called_symbol(gasm *stmt, const struct mb_insn *insn);
bool mb_insn_is(const struct mb_insn *insn, const char *base);
bool mb_insn_writes(const struct mb_insn *insn, unsigned int nr);
bool mb_insn_only_addresses(const struct mb_insn *insn);
unsigned int mb_insn_bytes(gasm *stmt, const struct mb_insn *insn);
tree *mb_asm_operand_of(gasm *stmt, unsigned int nr);

#endif /* _MODBOUNDS_INSN_H */
