// SPDX-License-Identifier: GPL-2.0
/*
 * Which code is on the data path: there a check is made inline, as it must be
 * fast; elsewhere it is one call, as there is much of it and it runs seldom.
 *
 * A function is on the data path when it is given or returns what only such
 * functions are, or is called by one; and by itself, when it works on what data
 * travels in.  No more than speed depends on this guess.
 */
#include "modbounds.h"

/* Functions with parameters that point to these, and what they call; */
static const char * const mb_data_types[] = {
	"sk_buff", "xdp_buff", "xdp_frame", "napi_struct", "page", "bio", "request",
	"scsi_cmnd", "urb", "virtqueue",
	/* of file systems */
	"inode", "dentry", "folio", "buffer_head", "super_block", "address_space", "kiocb",
	"iov_iter", "writeback_control", "readahead_control", "dir_context", "journal_head",
	"xfs_inode", "xfs_trans", "xfs_buf", "xfs_btree_cur", "xfs_da_args", "xlog",
	"f2fs_io_info", "dnode_of_data",
};

/* those that return these, and what they call; */
static const char * const mb_data_results[] = {
	"irqreturn_t", "irqreturn", "netdev_tx_t", "netdev_tx", "blk_status_t", "hrtimer_restart",
};

/* those that have other pointers to the types above, but for one that set-up needs, too; */
#define MB_SET_UP	"virtqueue"

/* those that call what begins so. */
static const char * const mb_data_calls[] = {
	"dma_map_", "dma_unmap_", "dma_sync_", "napi_alloc_", "napi_gro_",
};

/* No identifier of C, so nobody's: it stays on all copies that GCC makes. */
#define MB_DATA_PATH	"modbounds data path"

static hash_set<tree> *mb_data_names;

static tree mb_type_id(tree type)
{
	tree name = TYPE_NAME(type);

	if (name && TREE_CODE(name) == TYPE_DECL)
		name = DECL_NAME(name);
	return name;
}

static tree mb_pointed_to(tree type)
{
	return POINTER_TYPE_P(type) ? mb_type_id(TYPE_MAIN_VARIANT(TREE_TYPE(type))) : NULL_TREE;
}

static bool mb_given_data(tree fndecl)
{
	tree t = mb_type_id(TREE_TYPE(TREE_TYPE(fndecl)));
	size_t i;

	for (i = 0; t && i < ARRAY_SIZE(mb_data_results); i++)
		if (!strcmp(IDENTIFIER_POINTER(t), mb_data_results[i]))
			return true;
	for (t = DECL_ARGUMENTS(fndecl); t; t = DECL_CHAIN(t))
		if (mb_data_names->contains(mb_pointed_to(TREE_TYPE(t))))
			return true;
	return false;
}

static bool mb_works_on_data(cgraph_node *node)
{
	struct function *fn = DECL_STRUCT_FUNCTION(node->decl);
	tree t, set_up = get_identifier(MB_SET_UP);
	const cgraph_edge *e;
	unsigned int i;

	FOR_EACH_LOCAL_DECL(fn, i, t)
		if (mb_data_names->contains(mb_pointed_to(TREE_TYPE(t))) &&
		    mb_pointed_to(TREE_TYPE(t)) != set_up)
			return true;
	FOR_EACH_SSA_NAME(i, t, fn)
		if (mb_data_names->contains(mb_pointed_to(TREE_TYPE(t))) &&
		    mb_pointed_to(TREE_TYPE(t)) != set_up)
			return true;
	for (e = node->callees; e; e = e->next_callee) {
		const char *name = mb_function_name(e->callee->decl);

		for (i = 0; i < ARRAY_SIZE(mb_data_calls); i++)
			if (!strncmp(name, mb_data_calls[i], strlen(mb_data_calls[i])))
				return true;
	}
	return false;
}

static bool mb_runs_once(tree fndecl)
{
	const char *section = DECL_SECTION_NAME(fndecl);

	return section && (!strcmp(section, ".init.text") || !strcmp(section, ".exit.text"));
}

static bool mb_mark(cgraph_node *node)
{
	if (mb_runs_once(node->decl) ||
	    lookup_attribute(MB_DATA_PATH, DECL_ATTRIBUTES(node->decl)))
		return false;
	DECL_ATTRIBUTES(node->decl) = tree_cons(get_identifier(MB_DATA_PATH), NULL_TREE,
						DECL_ATTRIBUTES(node->decl));
	return true;
}

/* Before anything is inlined or copied: each function by itself. */
void mb_find_data_path(void)
{
	auto_vec<cgraph_node *> work;
	cgraph_node *node;
	cgraph_edge *e;
	size_t i;

	if (mb_options.inlining != MB_INLINE_DATA)
		return;
	mb_data_names = new hash_set<tree>;
	for (i = 0; i < ARRAY_SIZE(mb_data_types); i++)
		mb_data_names->add(get_identifier(mb_data_types[i]));

	FOR_EACH_FUNCTION_WITH_GIMPLE_BODY(node) {
		if (mb_given_data(node->decl) && mb_mark(node))
			work.safe_push(node);
		else if (mb_works_on_data(node))
			mb_mark(node);
	}
	while (!work.is_empty())
		for (e = work.pop()->callees; e; e = e->next_callee) {
			node = e->callee->ultimate_alias_target();
			if (node->has_gimple_body_p() && mb_mark(node))
				work.safe_push(node);
		}
	delete mb_data_names;
	mb_data_names = NULL;
}

bool mb_on_data_path(tree fndecl)
{
	if (mb_options.inlining != MB_INLINE_DATA)
		return mb_options.inlining == MB_INLINE_ALL;
	return lookup_attribute(MB_DATA_PATH, DECL_ATTRIBUTES(fndecl));
}

/*
 * Is @bb behind a branch that GCC takes for unlikely, as unlikely() says?  What
 * lies behind several even branches runs as seldom by GCC's reckoning, but is
 * what a driver does with each packet of some kind.
 */
static bool mb_behind_unlikely(basic_block bb)
{
	const profile_probability seldom = profile_probability::always().apply_scale(1, 8);

	for (; bb && bb != ENTRY_BLOCK_PTR_FOR_FN(cfun);
	     bb = get_immediate_dominator(CDI_DOMINATORS, bb)) {
		profile_probability taken;

		if (!single_pred_p(bb))
			continue;
		taken = single_pred_edge(bb)->probability;
		if (taken.initialized_p() && taken < seldom)
			return true;
	}
	return false;
}

/*
 * Shall a check in @bb be made inline?  It must where no gate says whose bounds
 * hold: the call looks these up.  Needs dominators.
 */
bool mb_check_inline(basic_block bb)
{
	profile_count entry = ENTRY_BLOCK_PTR_FOR_FN(cfun)->count;
	cgraph_node *node = cgraph_node::get(current_function_decl);

	if (node->address_taken || TREE_PUBLIC(current_function_decl))
		return true;
	if (!mb_on_data_path(current_function_decl))
		return false;
	if (!optimize || mb_options.inlining == MB_INLINE_ALL)
		return true;
	if (!bb->count.initialized_p() || !entry.initialized_p())
		return true;
	/* The way out of a loop is unlikely, too, but not what lies behind. */
	return !(bb->count.apply_scale(8, 1) < entry) || !mb_behind_unlikely(bb);
}
