// SPDX-License-Identifier: GPL-2.0
/*
 * Emit checks, and write what each object file needs to say once.
 */
#include "modbounds.h"
#include "emit.h"

/* Lives as long as the unit: __modbounds_self. */
static tree mb_self;

static const struct ggc_root_tab mb_roots[] = {
	{ &mb_self, 1, sizeof(tree), &gt_ggc_mx_tree_node, &gt_pch_nx_tree_node },
	LAST_GGC_ROOT_TAB
};

static auto_vec<char *> mb_files;
static bool mb_sites;

/*
 * struct modbounds_self as GCC sees it: constant, so that it may be kept in
 * registers, but without an initialiser that could be folded.
 */
static tree mb_self_decl(void)
{
	static const char * const names[] = { "base", "size", "domain", "slots", "last_slot" };
	tree type, fields = NULL_TREE, field;
	size_t i;

	if (mb_self)
		return mb_self;

	type = make_node(RECORD_TYPE);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		field = build_decl(UNKNOWN_LOCATION, FIELD_DECL, get_identifier(names[i]),
				   *names[i] == 'd' ? ptr_type_node : long_unsigned_type_node);
		DECL_CHAIN(field) = fields;
		fields = field;
	}
	/* takes them last to first */
	finish_builtin_struct(type, "modbounds_self", fields, NULL_TREE);

	mb_self = build_decl(UNKNOWN_LOCATION, VAR_DECL, get_identifier("__modbounds_self"),
			     build_qualified_type(type, TYPE_QUAL_CONST));
	DECL_ARTIFICIAL(mb_self) = 1;
	DECL_IGNORED_P(mb_self) = 1;
	DECL_EXTERNAL(mb_self) = 1;
	TREE_PUBLIC(mb_self) = 1;
	TREE_STATIC(mb_self) = 0;
	TREE_READONLY(mb_self) = 1;
	TREE_USED(mb_self) = 1;
	TREE_ADDRESSABLE(mb_self) = 1;
	DECL_VISIBILITY(mb_self) = VISIBILITY_HIDDEN;
	DECL_VISIBILITY_SPECIFIED(mb_self) = 1;
	SET_DECL_ASSEMBLER_NAME(mb_self, DECL_NAME(mb_self));
	return mb_self;
}

/* __modbounds_self.@name */
tree mb_self_field(const char *name)
{
	tree self = mb_self_decl(), field;

	for (field = TYPE_FIELDS(TREE_TYPE(self)); field; field = DECL_CHAIN(field))
		if (DECL_NAME(field) == get_identifier(name))
			break;
	return build3(COMPONENT_REF, TREE_TYPE(field), self, field, NULL_TREE);
}

/* The local label of a file's name. */
static unsigned int mb_file_number(const char *file)
{
	unsigned int i;

	for (i = 0; i < mb_files.length(); i++)
		if (!strcmp(mb_files[i], file))
			return i;
	mb_files.safe_push(xstrdup(file));
	return i;
}

/*
 * One granule is all there is to look at.  Fields that were merged may have the size of
 * a scalar together, and lie in two.
 */
static bool mb_scalar(const struct mb_check *check)
{
	HOST_WIDE_INT len = check->hi - check->lo;

	return (len == 1 || len == 2 || len == 4 || len == 8) && (check->lo & 7) + len <= 8;
}

/* The call and, out of the way, the description of its site. */
tree mb_call_string(const struct mb_site *site)
{
	expanded_location at = expand_location(site->loc);
	/* On a stack an access is held to its type: only within that look there first. */
	bool typed = !site->with_base && site->offset >= 0 &&
		     site->offset + site->len <= site->type_size;
	const char *form = site->compact ?
			   site->origin != MODBOUNDS_ORIGIN_INT && typed ? "cp" : "c" :
			   site->origin == MODBOUNDS_ORIGIN_PARAM && typed ? "p" : "";
	const char *kind = site->flags & MODBOUNDS_STORE ? "st" : "ld";
	/* What is looked at is an operand of its own where a flag is the result. */
	int addr = site->called ? 1 : 0;
	char registers[64];
	char thunk[32], words[96] = "", type_size[48];
	char *text;
	tree string;

	snprintf(registers, sizeof(registers), ".Lmodbounds_%%V%d, .Lmodbounds_%%V%d", addr,
		 site->with_base ? 2 : addr);
	if (site->range)
		snprintf(registers, sizeof(registers), "%d, %d", MODBOUNDS_RDI, MODBOUNDS_RDX);

	if (site->range)
		snprintf(thunk, sizeof(thunk), "%sr", site->fail ? "fail" : kind);
	else if (site->fail)
		strcpy(thunk, "fail");
	else if (site->called)
		snprintf(thunk, sizeof(thunk), "%sarg%s", site->inlined ? "" : "c",
			 site->flags & MODBOUNDS_NO_NULL ? "n" : "");
	else if (site->scalar)
		snprintf(thunk, sizeof(thunk), "%s%s%d", form, kind, (int)site->len);
	else
		snprintf(thunk, sizeof(thunk), "%s%sn", form, kind);
	if (site->range || (site->compact && site->scalar))
		strcpy(words, "1976:\n");
	else if (site->compact)
		snprintf(words, sizeof(words), "1976:\t.byte 0xa9\n\t.long 0x%lx\n",
			 (unsigned long)site->mask);
	else if (site->fail || site->scalar)
		strcpy(words, "\t.byte 0xa9\n\t.long 1977f - .\n");
	else
		snprintf(words, sizeof(words), "\t.byte 0xa9\n\t.long 1977f - .\n"
			 "\t.byte 0xa9\n\t.long 0x%lx\n", (unsigned long)site->mask);

	if (site->called)
		snprintf(type_size, sizeof(type_size), ".Lmodbounds_file%u - .",
			 mb_file_number(site->called));
	else
		snprintf(type_size, sizeof(type_size), "%ld", (long)site->type_size);
	if (!site->range)
		snprintf(thunk + strlen(thunk), sizeof(thunk) - strlen(thunk), "_%%V%d", addr);
	text = xasprintf("call __modbounds_%s\n"
			 "%s"
			 "\t.pushsection .modbounds.sites,\"a\",@progbits\n"
			 "\t.balign 4\n"
			 "1977:\t.long .Lmodbounds_file%u - .\n"
			 "\t.long %u, %ld, %ld\n"
			 "\t.long %s\n"
			 "\t.byte %s, %u, %u\n"
			 "\t.long %s, %u\n"
			 "\t.popsection",
			 thunk, words, mb_file_number(at.file ? at.file : "?"), (unsigned int)at.line,
			 (long)site->len, (long)site->offset, type_size, registers,
			 site->origin, site->flags, site->compact ? "1976b - 1 - ." : "0",
			 site->type);
	mb_sites = true;
	string = build_string(strlen(text), text);
	free(text);
	return string;
}

/* An operand of inline assembly. */
tree mb_asm_operand(const char *constraint, tree value)
{
	return build_tree_list(build_tree_list(NULL_TREE,
					       build_string(strlen(constraint), constraint)),
			       value);
}

/* "call ..." : @to (out) : @from (in), "r" (base) */
static gasm *mb_build_thunk(const struct mb_site *site, const char *to, tree out, const char *from,
			    tree in, tree base)
{
	vec<tree, va_gc> *inputs = NULL, *outputs = NULL;
	tree string = mb_call_string(site);
	gasm *stmt;

	vec_safe_push(outputs, mb_asm_operand(to, out));
	vec_safe_push(inputs, mb_asm_operand(from, in));
	if (base)
		vec_safe_push(inputs, mb_asm_operand("r", base));
	stmt = gimple_build_asm_vec(TREE_STRING_POINTER(string), inputs, outputs, NULL, NULL);
	/*
	 * No "memory": the fast side keeps what it has in registers, and the
	 * slow side changes nothing that the function can see.
	 */
	gimple_asm_set_volatile(stmt, true);
	gimple_asm_set_inline(stmt, true);
	gimple_set_location(stmt, site->loc);
	SSA_NAME_DEF_STMT(out) = stmt;
	return stmt;
}

/* The address goes in, and what is to be used for it comes out. */
static gasm *mb_build_call(const struct mb_site *site, tree out, tree in, tree base)
{
	return mb_build_thunk(site, "=r", out, "0", in, base);
}

/* What the result of @check is to point to, as a distance from base + index. */
HOST_WIDE_INT mb_root_distance(const struct mb_check *check)
{
	return check->index ? check->lo : 0;
}

/*
 * The pointer of @check.  With a variable distance that is the first byte that is
 * accessed, not base + index: which may lie before the object, as in
 *
 *	p = &a[2]; p[i - 2] = 1;
 *
 * if GCC has put the constant aside.  Of a pointer GCC believes that it points into an
 * object, so that nothing at *(p + 16) could be at the object's beginning.
 */
static tree mb_root(gimple_stmt_iterator *gsi, struct mb_check *check)
{
	tree base = check->base, type = ptr_type_node, expr, distance;

	if (TREE_CODE(base) == SSA_NAME) {
		type = TREE_TYPE(base);
		expr = base;
		if (!check->index && POINTER_TYPE_P(type))
			return base;
	} else if (DECL_P(base) || TREE_CODE(base) == STRING_CST) {
		/* From here on it is reached by pointer: aliasing must know. */
		if (DECL_P(base))
			TREE_ADDRESSABLE(base) = 1;
		expr = build1(ADDR_EXPR, build_pointer_type(TREE_TYPE(base)), base);
	} else {
		expr = base;
	}
	if (!POINTER_TYPE_P(type))
		type = ptr_type_node;
	expr = fold_convert(type, unshare_expr(expr));
	if (check->index) {
		distance = fold_convert(sizetype, unshare_expr(check->index));
		distance = fold_build2(PLUS_EXPR, sizetype, distance,
				       size_int(mb_root_distance(check)));
		expr = fold_build2(POINTER_PLUS_EXPR, type, expr, distance);
	}
	expr = force_gimple_operand_gsi(gsi, expr, true, NULL_TREE, true, GSI_SAME_STMT);
	if (TREE_CODE(expr) != SSA_NAME) {
		tree name = make_ssa_name(type);

		gsi_insert_before(gsi, gimple_build_assign(name, expr), GSI_SAME_STMT);
		expr = name;
	}
	return expr;
}

tree mb_insert(gimple_stmt_iterator *gsi, tree_code code, tree type, tree a, tree b)
{
	tree name = make_ssa_name(type);

	gsi_insert_before(gsi, gimple_build_assign(name, code, a, b), GSI_SAME_STMT);
	return name;
}

/* Level 1: address + lo - self.base >= self.size, or an index beyond its object. */
static gcond *mb_condition(gimple_stmt_iterator *gsi, struct mb_check *check, tree root,
			   HOST_WIDE_INT object_size)
{
	tree type = long_unsigned_type_node, t, limit;

	if (check->flags & MB_USER_ONLY) {
		/* The kernel's addresses are negative. */
		t = make_ssa_name(long_integer_type_node);
		gsi_insert_before(gsi, gimple_build_assign(t, NOP_EXPR, root), GSI_SAME_STMT);
		return gimple_build_cond(LT_EXPR, t, build_zero_cst(long_integer_type_node),
					 NULL_TREE, NULL_TREE);
	}
	if (object_size >= 0) {
		HOST_WIDE_INT room = object_size - (check->hi - check->lo);

		t = check->index ? fold_convert(type, unshare_expr(check->index)) :
				   build_zero_cst(type);
		t = fold_build2(PLUS_EXPR, type, t, build_int_cst(type, check->lo));
		t = force_gimple_operand_gsi(gsi, t, true, NULL_TREE, true, GSI_SAME_STMT);
		if (room < 0)
			return gimple_build_cond(EQ_EXPR, t, t, NULL_TREE, NULL_TREE);
		return gimple_build_cond(GT_EXPR, t, build_int_cst(type, room),
					 NULL_TREE, NULL_TREE);
	}

	/*
	 * The base stands for all that lies near to it: fields of one object
	 * share the comparison, and GCC removes it where it was made before.
	 */
	t = make_ssa_name(type);
	gsi_insert_before(gsi, gimple_build_assign(t, NOP_EXPR, root), GSI_SAME_STMT);
	if (!check->index && (check->lo < -MODBOUNDS_GUARD || check->hi > MODBOUNDS_GUARD))
		t = mb_insert(gsi, PLUS_EXPR, type, t, build_int_cst(type, check->lo));
	limit = make_ssa_name(type);
	gsi_insert_before(gsi, gimple_build_assign(limit, mb_self_field("base")), GSI_SAME_STMT);
	t = mb_insert(gsi, MINUS_EXPR, type, t, limit);
	if (check->flags & MODBOUNDS_ESCAPE && mb_kernel_half()) {
		/* What is no kernel address passes: t & (root >> 63) */
		tree sign = make_ssa_name(long_integer_type_node);

		gsi_insert_before(gsi, gimple_build_assign(sign, NOP_EXPR, root), GSI_SAME_STMT);
		sign = mb_insert(gsi, RSHIFT_EXPR, long_integer_type_node, sign,
				 build_int_cst(integer_type_node, POINTER_SIZE - 1));
		limit = make_ssa_name(type);
		gsi_insert_before(gsi, gimple_build_assign(limit, NOP_EXPR, sign), GSI_SAME_STMT);
		t = mb_insert(gsi, BIT_AND_EXPR, type, t, limit);
	}
	if (check->hi - check->lo > MODBOUNDS_GUARD) {
		/* Its end may lie beyond what stands behind the bounds. */
		tree last = mb_insert(gsi, PLUS_EXPR, type, t,
				      build_int_cst(type, check->hi - check->lo - 1));

		t = mb_insert(gsi, MAX_EXPR, type, t, last);
	}
	limit = make_ssa_name(type);
	gsi_insert_before(gsi, gimple_build_assign(limit, mb_self_field("size")), GSI_SAME_STMT);
	return gimple_build_cond(GE_EXPR, t, limit, NULL_TREE, NULL_TREE);
}

/*
 * Split the block behind @cond and hang a block that never runs on its true
 * side.  Returns that block.
 */
basic_block mb_cold_block(gcond *cond, edge *hot, edge *back)
{
	basic_block bb = gimple_bb(cond), cold, join;
	edge e = split_block(bb, cond);

	join = e->dest;
	cold = create_empty_bb(bb);
	if (current_loops)
		add_bb_to_loop(cold, bb->loop_father);
	cold->count = profile_count::zero();

	e->flags = (e->flags & ~EDGE_FALLTHRU) | EDGE_FALSE_VALUE;
	e->probability = profile_probability::always();
	*hot = e;
	e = make_edge(bb, cold, EDGE_TRUE_VALUE);
	e->probability = profile_probability::never();
	*back = make_single_succ_edge(cold, join, EDGE_FALLTHRU);
	return cold;
}

/* One bit for each 8 bytes; the runtime adds one where the start is not aligned. */
static unsigned HOST_WIDE_INT mb_mask(const struct mb_check *check)
{
	HOST_WIDE_INT len = check->hi - check->lo;

	return len > 256 ? 0 : (HOST_WIDE_INT_1U << ((len + 7) / 8)) - 1;
}

static void mb_describe(struct mb_site *site, struct mb_check *check, HOST_WIDE_INT object_size)
{
	memset(site, 0, sizeof(*site));
	site->loc = gimple_location(check->stmt);
	if (site->loc == UNKNOWN_LOCATION)
		site->loc = DECL_SOURCE_LOCATION(current_function_decl);
	site->len = check->hi - check->lo;
	site->flags = check->flags & 0xff;
	site->mask = mb_mask(check);
	site->scalar = mb_scalar(check);
	site->origin = mb_origin(check->base);
	if (object_size >= 0 || check->flags & MB_USER_ONLY) {
		site->fail = true;
		site->type_size = MAX(object_size, 0);
	} else if (site->origin != MODBOUNDS_ORIGIN_OBJECT) {
		site->type_size = check->type_size;
	}
	if (site->type_size > 0xffffffffL)
		site->type_size = 0;
	site->type = check->type;
}

tree mb_load_self(gimple_stmt_iterator *gsi, const char *name)
{
	tree t = make_ssa_name(long_unsigned_type_node);

	gsi_insert_before(gsi, gimple_build_assign(t, mb_self_field(name)), GSI_SAME_STMT);
	return t;
}

/* @name + @n */
tree mb_shift(gimple_stmt_iterator *gsi, tree name, HOST_WIDE_INT n)
{
	return n ? mb_insert(gsi, POINTER_PLUS_EXPR, TREE_TYPE(name), name,
			     build_int_cst(sizetype, n)) : name;
}

/* A sink aliases nothing; but nobody promised its alignment. */
void mb_copy_ptr_info(tree to, tree from)
{
	if (!SSA_NAME_PTR_INFO(from))
		return;
	duplicate_ssa_name_ptr_info(to, SSA_NAME_PTR_INFO(from));
	mark_ptr_info_alignment_unknown(SSA_NAME_PTR_INFO(to));
}

/* One call does it all: no branch, no comparison. */
static void mb_emit_compact(gimple_stmt_iterator *gsi, struct mb_check *check,
			    const struct mb_site *site, tree root, tree base)
{
	tree in = mb_shift(gsi, root, check->lo - mb_root_distance(check));

	check->result = make_ssa_name(TREE_TYPE(root));
	check->shift = check->lo;
	gsi_insert_seq_before(gsi, mb_outside_window(mb_build_call(site, check->result, in, base),
						     site->close), GSI_SAME_STMT);
	mb_copy_ptr_info(check->result, root);
}

static void mb_emit_inline(gimple_stmt_iterator *gsi, struct mb_check *check,
			   const struct mb_site *site, tree root, tree base,
			   HOST_WIDE_INT object_size)
{
	gcond *cond = mb_condition(gsi, check, root, object_size);
	HOST_WIDE_INT lo = check->lo - mb_root_distance(check);
	gimple_stmt_iterator end;
	basic_block cold;
	edge hot, back;
	tree in, out;
	gphi *phi;

	gimple_set_location(cond, site->loc);
	gsi_insert_before(gsi, cond, GSI_SAME_STMT);
	cold = mb_cold_block(cond, &hot, &back);

	end = gsi_start_bb(cold);
	in = root;
	if (lo) {
		in = make_ssa_name(TREE_TYPE(root));
		gsi_insert_after(&end, gimple_build_assign(in, POINTER_PLUS_EXPR, root,
							   build_int_cst(sizetype, lo)),
				 GSI_NEW_STMT);
	}
	out = make_ssa_name(TREE_TYPE(root));
	gsi_insert_seq_after(&end, mb_outside_window(mb_build_call(site, out, in, base), site->close),
			     GSI_CONTINUE_LINKING);
	if (lo) {
		in = out;
		out = make_ssa_name(TREE_TYPE(root));
		gsi_insert_after(&end, gimple_build_assign(out, POINTER_PLUS_EXPR, in,
							   build_int_cst(sizetype, -lo)),
				 GSI_NEW_STMT);
	}

	check->result = make_ssa_name(TREE_TYPE(root));
	check->shift = mb_root_distance(check);
	phi = create_phi_node(check->result, hot->dest);
	add_phi_arg(phi, root, hot, site->loc);
	add_phi_arg(phi, out, back, site->loc);
	mb_copy_ptr_info(check->result, root);
}

void mb_emit_check(struct mb_check *check)
{
	bool close;
	gimple *point = mb_check_point(check->stmt, check->base, check->index, &close);
	gimple_stmt_iterator gsi = gsi_for_stmt(point);
	HOST_WIDE_INT object_size = mb_object_size(check->base);
	tree root, base = NULL_TREE;
	struct mb_site site;

	/* Whole words are what the runtime can check fast. */
	if (check->aligned && !mb_scalar(check) && object_size < 0)
		check->lo &= -8;

	mb_describe(&site, check, object_size);
	site.close = close;
	root = mb_root(&gsi, check);
	if (object_size >= 0 || check->index) {
		base = TREE_CODE(check->base) == SSA_NAME ? mb_origin_base(check->base) :
		       build1(ADDR_EXPR, build_pointer_type(TREE_TYPE(check->base)), check->base);
	} else if (mb_origin_base(root) != root) {
		base = mb_origin_base(root);
	}
	if (!base) {
		site.offset = check->lo;
	} else {
		site.with_base = true;
		/* An element of an array: nobody says how long that is. */
		if (object_size < 0)
			site.type_size = 0;
	}

	if (mb_is_indexed(check, &site, base)) {
		mb_emit_indexed(point, check, &site, root, base);
		return;
	}
	/* What is compared with a constant is short as it is. */
	site.compact = object_size < 0 && !site.fail && site.len <= MODBOUNDS_GUARD &&
		       !check->in_line;
	if (site.compact)
		mb_emit_compact(&gsi, check, &site, root, base);
	else
		mb_emit_inline(&gsi, check, &site, root, base, object_size);
}

/* @from ends in the question whether a call is refused: then it goes to @skip, else by @on. */
void mb_go_to_skip(basic_block from, edge on, basic_block skip)
{
	on->flags = (on->flags & ~EDGE_FALLTHRU) | EDGE_FALSE_VALUE;
	on->probability = profile_probability::always();
	make_edge(from, skip, EDGE_TRUE_VALUE)->probability = profile_probability::never();
}

/*
 * Look at @pointer, which @check describes, before @call is made; go to @skip if it is
 * refused.  Only the comparison stands on the way that passes, if that is inline at all.
 */
void mb_emit_argument(gcall *call, tree pointer, struct mb_check *check, basic_block skip)
{
	gimple_stmt_iterator gsi = gsi_for_stmt(call);
	tree refused = make_ssa_name(integer_type_node), root, base = NULL_TREE;
	basic_block from;
	edge hot, back;
	struct mb_site site;
	gimple *look;
	gcond *cond;

	mb_describe(&site, check, -1);
	site.called = mb_function_name(gimple_call_fndecl(call));
	if (!*site.called)
		site.called = "a function pointer";
	site.compact = true;
	site.inlined = check->in_line;
	root = mb_root(&gsi, check);
	if (mb_origin_base(root) != root) {
		base = mb_origin_base(root);
		site.with_base = true;
	} else {
		site.offset = check->lo;
	}
	/* The flag says whether the call is refused. */
	look = mb_build_thunk(&site, "=@ccnc", refused, "r", pointer, base);
	cond = gimple_build_cond(NE_EXPR, refused, build_zero_cst(integer_type_node), NULL_TREE,
				 NULL_TREE);
	if (check->in_line) {
		gcond *outside = mb_condition(&gsi, check, root, -1);

		gimple_set_location(outside, site.loc);
		gsi_insert_before(&gsi, outside, GSI_SAME_STMT);
		from = mb_cold_block(outside, &hot, &back);
		gsi = gsi_last_bb(from);
		gsi_insert_after(&gsi, look, GSI_NEW_STMT);
		gsi_insert_after(&gsi, cond, GSI_NEW_STMT);
	} else {
		gsi_insert_before(&gsi, look, GSI_SAME_STMT);
		gsi_insert_before(&gsi, cond, GSI_SAME_STMT);
		from = gimple_bb(cond);
		back = split_block(from, cond);
	}
	mb_go_to_skip(from, back, skip);
}

void mb_emit_init(const char *plugin_name)
{
	register_callback(plugin_name, PLUGIN_REGISTER_GGC_ROOTS, NULL,
			  const_cast<ggc_root_tab *>(mb_roots));
}

static void mb_emit_string(const char *s)
{
	for (; *s; s++)
		if (*s == '"' || *s == '\\')
			fprintf(asm_out_file, "\\%c", *s);
		else
			fputc(*s, asm_out_file);
}

/* What the object file says once: names, __modbounds_self, the ABI. */
void mb_emit_finish_unit(void)
{
	static const char * const regs[] = {
		"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
		"r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
	};
	unsigned int i;

	if (!asm_out_file || flag_syntax_only)
		return;

	fprintf(asm_out_file, "\t.pushsection .modinfo,\"a\",@progbits\n"
		"\t.asciz \"modbounds=%d\"\n"
		"\t.popsection\n", MODBOUNDS_ABI);
	if (mb_sites) {
		for (i = 0; i < ARRAY_SIZE(regs); i++)
			fprintf(asm_out_file, "\t.set .Lmodbounds_%s, %u\n", regs[i], i);
		fprintf(asm_out_file, "\t.pushsection .rodata.modbounds,\"a\",@progbits\n");
		for (i = 0; i < mb_files.length(); i++) {
			fprintf(asm_out_file, ".Lmodbounds_file%u:\t.string \"", i);
			mb_emit_string(mb_files[i]);
			fprintf(asm_out_file, "\"\n");
		}
		fprintf(asm_out_file, "\t.popsection\n");
	}
	mb_emit_own_functions();
	mb_emit_gates();
	/* Each unit defines it; the linker keeps one for the module. */
	if (mb_self)
		fprintf(asm_out_file, "\t.pushsection .modbounds.self,\"aw\",@progbits\n"
			"\t.balign 8\n"
			"\t.weak __modbounds_self\n"
			"\t.hidden __modbounds_self\n"
			"\t.type __modbounds_self, @object\n"
			"\t.size __modbounds_self, %d\n"
			"__modbounds_self:\n"
			"\t.zero %d\n"
			"\t.popsection\n",
			(int)sizeof(struct modbounds_self), (int)sizeof(struct modbounds_self));
}
