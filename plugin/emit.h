/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What emit.cc, index.cc and range.cc share.
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
tree mb_load_self(gimple_stmt_iterator *gsi, const char *name);
HOST_WIDE_INT mb_root_distance(const struct mb_check *check);
void mb_copy_ptr_info(tree to, tree from);
void mb_go_to_skip(basic_block from, edge on, basic_block skip);

/* index.cc */
bool mb_is_indexed(const struct mb_check *check, const struct mb_site *site, tree base);
void mb_emit_indexed(gimple *point, struct mb_check *check, struct mb_site *site, tree root,
		     tree base);

/* range.cc */
gasm *mb_build_range(const struct mb_site *site, tree out, tree refused, tree ptr, tree len,
		     tree base);

#endif /* _MODBOUNDS_EMIT_H */
