// SPDX-License-Identifier: GPL-2.0
/*
 * What ends checks: a statement that may free an object, or sleep while others
 * do.  Then what was checked must be checked again.
 */
#include "modbounds.h"
#include "insn.h"

/* No identifier of C, so nobody's: it stays on all copies that GCC makes. */
#define MB_FREES_NOTHING	"modbounds frees nothing"

/*
 * Kernel functions that free nothing that a module could hold a pointer to, and
 * do not sleep, so that nobody else frees it meanwhile for them.  Nor do they
 * tell anybody that he may: complete(), wake_up() and virtqueue_notify() are not
 * among them; nor is what enables bottom halves, for these run then and there.
 *
 * Unlocking is: who waits for the lock frees on another CPU, as he could between
 * any check and its access.  So is printing, netconsole aside, which polls the
 * device that it sends by.
 */
static const char * const mb_free_nothing[] = {
	"_raw_spin_lock", "_raw_spin_lock_bh", "_raw_spin_lock_irq", "_raw_spin_lock_irqsave",
	"_raw_spin_unlock", "_raw_spin_unlock_irq",
	"_raw_spin_unlock_irqrestore", "_raw_spin_trylock", "queued_spin_lock_slowpath",
	"__udelay", "__const_udelay", "__ndelay", "ktime_get", "ktime_get_with_offset",
	"ktime_get_mono_fast_ns", "ktime_get_real_ts64", "_printk", "__warn_printk",
	"warn_slowpath_fmt", "refcount_warn_saturate", "__list_add_valid_or_report",
	"__list_del_entry_valid_or_report",
	"dma_map_page_attrs", "dma_unmap_page_attrs", "__dma_sync_single_for_cpu",
	"__dma_sync_single_for_device", "dma_sync_single_for_cpu",
	"dma_sync_single_for_device", "dma_map_sg_attrs", "dma_unmap_sg_attrs",
	"ioread8", "ioread16", "ioread32", "iowrite8", "iowrite16", "iowrite32",
	"pci_read_config_byte", "pci_read_config_word", "pci_read_config_dword",
	"pci_write_config_byte", "pci_write_config_word", "pci_write_config_dword",
	"eth_type_trans", "skb_put", "skb_pull", "skb_push", "skb_trim",
	"netif_carrier_on", "netif_carrier_off", "netif_tx_wake_queue", "netif_schedule_queue",
	"__netif_schedule", "__napi_schedule", "__napi_schedule_irqoff", "napi_schedule_prep",
	"dql_completed",
	"hrtimer_active", "hrtimer_start_range_ns", "mod_timer", "queue_work_on",
	"queue_delayed_work_on", "blk_mq_start_request", "blk_mq_unique_tag",
	"_find_first_bit", "_find_next_bit", "_find_first_zero_bit", "_find_next_zero_bit",
	"_find_last_bit", "__sw_hweight32", "__sw_hweight64", "sg_next", "sg_init_table",
	"_dev_info", "_dev_notice", "_dev_warn", "_dev_err", "netdev_printk", "netdev_info",
	"netdev_warn", "netdev_err", "net_ratelimit", "___ratelimit",
	"kstrtobool", "kstrtoint", "kstrtouint", "kstrtoull", "sysfs_emit",
	"jiffies_to_msecs", "jiffies_to_usecs", "__msecs_to_jiffies", "sched_clock",
	"__mutex_init", "__init_waitqueue_head", "__init_swait_queue_head", "init_timer_key",
	"hrtimer_init", "hrtimer_forward", "get_device",
	"radix_tree_lookup", "radix_tree_gang_lookup", "xa_load", "sg_init_one",
	"__blk_rq_map_sg", "blk_op_str", "blk_status_to_errno", "errno_to_blk_status",
	"napi_alloc_skb", "napi_build_skb", "build_skb", "__napi_alloc_frag_align",
	"netif_tx_stop_all_queues",
	"virtqueue_get_buf", "virtqueue_get_buf_ctx", "virtqueue_kick_prepare",
	"virtqueue_poll", "virtqueue_is_broken", "virtqueue_get_vring_size",
	"virtqueue_disable_cb", "virtqueue_enable_cb", "virtqueue_enable_cb_prepare",
	"virtqueue_enable_cb_delayed", "virtqueue_dma_map_single_attrs",
	"virtqueue_dma_unmap_single_attrs", "virtqueue_dma_mapping_error",
	"virtqueue_dma_need_sync", "virtqueue_dma_sync_single_range_for_cpu",
	"virtqueue_dma_sync_single_range_for_device",
};

/* Checks stay in force across calls that surely free nothing. */
static bool mb_call_frees_nothing(gcall *stmt)
{
	tree fndecl = gimple_call_fndecl(stmt);
	const char *name;
	size_t i;

	if (gimple_call_internal_p(stmt) || (gimple_call_flags(stmt) & (ECF_CONST | ECF_PURE)))
		return true;
	if (fndecl && fndecl_built_in_p(fndecl, BUILT_IN_NORMAL)) {
		switch (DECL_FUNCTION_CODE(fndecl)) {
		case BUILT_IN_FREE:
		case BUILT_IN_REALLOC:
			return false;
		default:
			return true;
		}
	}
	if (!fndecl)
		return false;
	if (fndecl_built_in_p(fndecl) || mb_is_memory_function(stmt) ||
	    lookup_attribute(MB_FREES_NOTHING, DECL_ATTRIBUTES(fndecl)))
		return true;
	name = mb_function_name(fndecl);
	for (i = 0; i < ARRAY_SIZE(mb_free_nothing); i++)
		if (!strcmp(name, mb_free_nothing[i]))
			return true;
	return false;
}

/*
 * Assembly that calls what may free, or lets interrupts in, which may: on this CPU they run
 * then and there.
 */
static bool mb_asm_ends_checks(gasm *stmt)
{
	struct mb_template t;
	struct mb_insn *insn;
	unsigned int i;

	mb_take_apart(stmt, &t);
	FOR_EACH_VEC_ELT(t.insns, i, insn) {
		if (mb_insn_is(insn, "call") &&
		    strncmp(mb_called_symbol(stmt, insn), "__sw_hweight", 12))
			return true;
		if (mb_insn_is(insn, "sti") || mb_insn_is(insn, "popf") ||
		    mb_insn_is(insn, "int") || mb_insn_is(insn, "hlt"))
			return true;
	}
	return false;
}

bool mb_ends_checks(gimple *stmt)
{
	if (is_gimple_call(stmt))
		return !mb_call_frees_nothing(as_a<gcall *>(stmt));
	return gimple_code(stmt) == GIMPLE_ASM && mb_asm_ends_checks(as_a<gasm *>(stmt));
}

static bool mb_body_ends_checks(cgraph_node *node)
{
	gimple_stmt_iterator gsi;
	basic_block bb;

	FOR_EACH_BB_FN(bb, DECL_STRUCT_FUNCTION(node->decl))
		for (gsi = gsi_start_bb(bb); !gsi_end_p(gsi); gsi_next(&gsi))
			if (mb_ends_checks(gsi_stmt(gsi)))
				return true;
	return false;
}

/*
 * Functions of the unit that call nothing that ends checks.  All are taken for
 * such at first, so that those which call each other can be.
 */
void mb_find_effects(void)
{
	auto_vec<cgraph_node *> nodes;
	cgraph_node *node;
	unsigned int i;
	bool changed;

	FOR_EACH_FUNCTION_WITH_GIMPLE_BODY(node) {
		if (node->get_availability() <= AVAIL_INTERPOSABLE)
			continue;
		nodes.safe_push(node);
		DECL_ATTRIBUTES(node->decl) = tree_cons(get_identifier(MB_FREES_NOTHING),
							NULL_TREE, DECL_ATTRIBUTES(node->decl));
	}
	do {
		changed = false;
		FOR_EACH_VEC_ELT(nodes, i, node) {
			if (!lookup_attribute(MB_FREES_NOTHING, DECL_ATTRIBUTES(node->decl)) ||
			    !mb_body_ends_checks(node))
				continue;
			DECL_ATTRIBUTES(node->decl) = remove_attribute(MB_FREES_NOTHING,
								DECL_ATTRIBUTES(node->decl));
			changed = true;
		}
	} while (changed);
}
