/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of the plugin share.  The life of a check:
 *
 *	access.cc, asm.cc, calls.cc	find the accesses of each statement
 *	insn.cc, insn_effects.cc	take inline assembly apart
 *	functions.cc			say what functions of the kernel do
 *	arguments.cc			hold calls to what their arguments point to
 *	escape.cc			and the pointers that it hands on
 *	place.cc			say where each goes: base + index + constant
 *	effects.cc			say what may free what was checked
 *	prove.cc			drop those that cannot go wrong
 *	merge.cc			let one check stand for many accesses
 *	base.cc				find the pointer that each was computed from
 *	origin.cc			find out where the bases came from
 *	leave.cc			say where a violation may leave the module
 *	path.cc				say which are worth to be made inline
 *	window.cc			keep them out of where nothing may be called
 *	emit.cc, index.cc, range.cc	emit the checks
 *	rewrite.cc			redirect the accesses
 *	boolean.cc			trust no flag that was read
 *
 * Around functions stand gates (gate.cc); ops.cc says which may be refused.
 */
#ifndef _MODBOUNDS_H
#define _MODBOUNDS_H

#include "gcc.h"
#include <linux/modbounds_abi.h>

/* Merge accesses as long as one check covers no more than this. */
#define MB_MERGE_MAX	256
/* Longer ranges of constant length are looked at as if only run time knew it. */
#define MB_RANGE_MAX	MODBOUNDS_GUARD

/* With the flags of a site, which have 8 bits: an address of user memory, and no other. */
#define MB_USER_ONLY	0x100
/* And a range whose length is not in bytes yet. */
#define MB_COUNTED	0x200

enum mb_inlining { MB_INLINE_DATA, MB_INLINE_ALL, MB_INLINE_NONE };

/*
 * What is held to the object of its base: all that is at a variable distance from it, of that only
 * what is stored to, ranges alone, nothing.
 */
enum mb_index { MB_INDEX_STORES, MB_INDEX_ALL, MB_INDEX_RANGES, MB_INDEX_NONE };

struct mb_options {
	bool loads;
	bool handover;
	enum mb_index index;
	enum mb_inlining inlining;
	const char *report;
};

/*
 * An address, split: @base is an SSA name, a declared object or some other
 * invariant; @index the variable part in bytes, or NULL; @off the constant part.
 */
struct mb_place {
	tree base;
	tree index;
	HOST_WIDE_INT off;
	/* Constant distance of the dereferenced pointer from @base. */
	HOST_WIDE_INT deref;
	/* The type that the pointer was dereferenced as, and where that starts. */
	tree type;
	HOST_WIDE_INT type_off;
};

struct mb_check;

enum mb_kind {
	MB_REF,		/* *slot is a memory reference */
	MB_PTR,		/* *slot is a pointer that somebody else dereferences */
	MB_BIT,		/* *slot is the start of a bitmap, the place a word of it */
};

struct mb_access {
	gimple *stmt;
	tree *slot;
	enum mb_kind kind;
	struct mb_place at;
	HOST_WIDE_INT len;
	HOST_WIDE_INT skip;	/* MB_PTR: what is accessed begins so far behind the pointer */
	unsigned int flags;	/* MODBOUNDS_STORE ... */
	struct mb_check *by;
	tree exposed;		/* a pointer that goes on as an integer: @slot points here */
};

struct mb_check {
	tree base, index;
	HOST_WIDE_INT lo, hi;	/* bytes covered, from base + index */
	HOST_WIDE_INT type_size;
	unsigned int type;	/* of the structure that the base points to, see struct modbounds_site */
	bool aligned;		/* base is known to be a multiple of 8 */
	bool natural;		/* a scalar that is aligned to its size */
	unsigned int flags;
	unsigned int count;	/* accesses that it stands for */
	gimple *stmt;		/* the first of them */
	unsigned int id;
	bool in_line;		/* comparison and all, not one call */
	struct mb_check *by;	/* a wider one that is in force here */
	tree result;		/* base + index + shift, checked */
	HOST_WIDE_INT shift;
};

/* A pointer-and-length operand whose length is known at run time only. */
struct mb_range {
	gimple *stmt;
	tree *slot;
	tree len;		/* of any integer type, which says how it is extended */
	HOST_WIDE_INT unit;	/* bytes that it counts */
	tree times;		/* another factor, or NULL */
	bool bits;		/* it counts bits, kept in whole longs */
	bool at_most;		/* one byte is certain, if it is not 0 */
	bool null;		/* behind NULL there is none */
	unsigned int flags;
	bool in_line;
	bool leaves;		/* the runtime may leave from here, see leave.cc */
	bool skips;		/* its call is not made if it is refused, see arguments.cc */
};

/* A call that is not made if one of its arguments is refused. */
struct mb_call {
	gcall *stmt;
	bool objects;		/* arguments that point to structures are looked at */
	bool ranges;		/* it has some of the function's ranges */
	bool pointer;		/* it goes through a pointer, which is to lead to code */
	bool in_line;
	bool leaves;		/* the runtime may leave from here, see leave.cc */
};

struct mb_counts {
	unsigned int loads, stores, in_asm, ranges, escapes;
	unsigned int proved, checked, merged, arguments;
};

/* One function at work. */
struct mb_function {
	auto_vec<struct mb_access *> accesses;
	auto_vec<struct mb_check *> checks;
	auto_vec<struct mb_range> ranges;
	auto_vec<struct mb_call> calls;
	struct mb_counts counts;
	gimple_ranger *ranger;
};

extern struct mb_options mb_options;

/* functions.cc */

/* The properties that functions.tbl explains. */
enum {
	MB_KEEPS	= 1 << 0,
	MB_ADDRESS	= 1 << 1,
	MB_NULL		= 1 << 2,
	MB_OBJECT	= 1 << 3,
	MB_STORES	= 1 << 4,
	MB_SCAN		= 1 << 5,
	MB_FIRST	= 1 << 6,
};

/* Memory that a function touches through argument @ptr. */
struct mb_kernel_range {
	signed char ptr;
	signed char len, len2;	/* the arguments whose product is the length; -1: none */
	bool store, load;
	bool string;		/* up to and with a NUL */
	bool bits;		/* the length counts bits, kept in whole longs */
	bool at_most;		/* a byte is certain, if the length is not 0 */
	unsigned int unit;	/* bytes that the length counts, 0: as many as @ptr points to */
	unsigned int bytes;	/* the length where no argument says it, 0: one unit */
};

struct mb_kernel_function {
	const char *name;
	const char *checked;	/* __modbounds_<checked> is called in its place, or NULL */
	unsigned int flags;
	unsigned char nranges;
	struct mb_kernel_range ranges[4];
};

const struct mb_kernel_function *mb_kernel_function(const char *name);
const struct mb_kernel_function *mb_kernel_function_of(tree fndecl);

/* place.cc */
bool mb_place_ref(tree ref, struct mb_place *at, HOST_WIDE_INT *len);
bool mb_place_ptr(tree ptr, struct mb_place *at);
bool mb_same_place(tree base1, tree index1, tree base2, tree index2);
HOST_WIDE_INT mb_object_size(tree base);
HOST_WIDE_INT mb_sizeof(tree type);
HOST_WIDE_INT mb_type_size(const struct mb_access *access);
unsigned int mb_type_number(tree type);
bool mb_place_aligned(const struct mb_access *access);
bool mb_usable(tree t);

/* base.cc */
tree mb_origin_base(tree pointer);
bool mb_has_other_base(tree pointer);
bool mb_is_moved(tree pointer);
void mb_forget_bases(void);

/* access.cc */
void mb_add_ref(struct mb_function *fn, gimple *stmt, tree *slot,
		unsigned int flags);
void mb_add_ptr(struct mb_function *fn, gimple *stmt, tree *slot,
		HOST_WIDE_INT len, unsigned int flags);
void mb_add_user(struct mb_function *fn, gimple *stmt, tree *slot);
void mb_add_exposed(struct mb_function *fn, gimple *stmt, tree pointer);
struct mb_range *mb_add_range(struct mb_function *fn, gimple *stmt, tree *slot, tree len,
			      unsigned int flags);
bool mb_is_memory(tree t);
void mb_find_accesses(struct mb_function *fn, gimple *stmt);

/* asm.cc */
void mb_find_asm(struct mb_function *fn, gasm *stmt);

/* escape.cc */
void mb_find_merges(void);
void mb_forget_merges(void);
void mb_find_escapes(struct mb_function *fn, gimple *stmt);
bool mb_kernel_half(void);

/* calls.cc */
void mb_find_call(struct mb_function *fn, gcall *stmt);
bool mb_is_memory_function(gcall *stmt);
bool mb_is_redirected(gcall *stmt);
bool mb_redirect_call(gcall *stmt);
void mb_redirect_addresses(gimple *stmt);
void mb_redirect_initializers(void);
const char *mb_function_name(tree fndecl);
tree mb_extern_function(const char *name, tree type);
void mb_find_own_functions(void);
void mb_emit_own_functions(void);
void mb_calls_init(const char *plugin_name);

/* arguments.cc */
void mb_find_arguments(struct mb_function *fn, gimple *stmt);
void mb_emit_arguments(struct mb_function *fn, const struct mb_call *call);

/* effects.cc */
void mb_find_effects(void);
bool mb_ends_checks(gimple *stmt);

/* origin.cc */
unsigned int mb_origin(tree base);
bool mb_map_base(tree t);
bool mb_in_header(location_t loc);
bool mb_kernel_field(tree ref);

/* prove.cc */
void mb_prove(struct mb_function *fn);
bool mb_find_range(struct mb_function *fn, tree t, gimple *stmt, widest_int *min, widest_int *max);

/* leave.cc */
void mb_leave_init(void);
void mb_find_taking(void);
void mb_find_leaving(struct mb_function *fn);

/* merge.cc */
void mb_merge(struct mb_function *fn);

/* path.cc */
void mb_find_data_path(void);
bool mb_on_data_path(tree fndecl);
bool mb_check_inline(basic_block bb);

/* window.cc */
void mb_find_windows(void);
void mb_forget_windows(void);
gimple *mb_check_point(gimple *stmt, tree a, tree b, bool *close);
gimple_seq mb_outside_window(gimple *stmt, bool close);

/* emit.cc */
tree mb_self_field(const char *name);
tree mb_asm_operand(const char *constraint, tree value);
void mb_emit_check(struct mb_check *check);
void mb_emit_argument(gcall *call, tree pointer, struct mb_check *check, basic_block skip);
void mb_emit_init(const char *plugin_name);
void mb_emit_finish_unit(void);
tree mb_shift(gimple_stmt_iterator *gsi, tree name, HOST_WIDE_INT n);

/* range.cc */
bool mb_range_proved(struct mb_function *fn, const struct mb_range *range);
void mb_emit_range(struct mb_range *range, basic_block skip);
void mb_emit_target(gcall *call, bool leaves, basic_block skip);

/* rewrite.cc */
void mb_rewrite(struct mb_access *access);

/* gate.cc */
void mb_register_gates(const char *plugin_name);
bool mb_is_gate(tree fndecl);
void mb_emit_gates(void);
void mb_emit_cold_part(FILE *file);
bool mb_is_noinstr(tree fndecl);
const char *mb_type_name(tree type);

/* ops.cc */

/* What a gate does in place of a function of a quarantined module. */
struct mb_refusal {
	const char *helper;	/* the runtime's function that stands for it, or NULL */
	tree value;		/* the result, where there is one and no helper */
	bool runs;		/* it is not refused, but may be left from within */
};

void mb_find_operations(void);
void mb_forget_operations(void);
bool mb_find_refusal(tree fndecl, struct mb_refusal *refusal);
tree mb_own_error(tree type);

/* boolean.cc */
void mb_normalize_booleans(void);

/* report.cc */
void mb_report(const struct mb_counts *counts);

#endif /* _MODBOUNDS_H */
