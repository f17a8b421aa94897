/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What emit.cc and range.cc share.
 */
#ifndef _MODBOUNDS_EMIT_H
#define _MODBOUNDS_EMIT_H

/* What a check says of itself to the runtime, and in which form it is made. */
struct mb_site {
	location_t loc;
	HOST_WIDE_INT len, offset, type_size;
	unsigned int type;	/* see struct modbounds_site */
	unsigned int origin, flags;
	unsigned HOST_WIDE_INT mask;
	bool scalar, fail, with_base, compact, inlined;
	bool range;		/* of a length that only run time knows */
	const char *called;	/* an argument of that function */
	bool close;		/* the window for user access that it stands in */
};

/* emit.cc */
tree mb_insert(gimple_stmt_iterator *gsi, tree_code code, tree type, tree a, tree b);
basic_block mb_cold_block(gcond *cond, edge *hot, edge *back);
tree mb_call_string(const struct mb_site *site);
void mb_go_to_skip(basic_block from, edge on, basic_block skip);

#endif /* _MODBOUNDS_EMIT_H */
