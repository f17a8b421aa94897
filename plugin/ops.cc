// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel calls a function for, and what becomes of that call while the
 * module is quarantined.
 *
 * Only work is refused: what asks the driver for something new.  All else runs,
 * contained: close, remove, release, exit, suspend and shutdown, timers, work items,
 * notifiers, RCU callbacks.  Were it not to, the kernel would be left with pointers to
 * code and memory that are about to go, or wait for what never comes.
 *
 * A function's operations are the fields of structures that it is put into, by an
 * initialiser or by an assignment in this unit; of those that are passed to a
 * function instead (interrupt handlers, polls) the type tells.  What is not in the
 * tables below runs.
 */
#include "modbounds.h"

#define MB_EIO	5

/*
 * Structures of operations, and which of their fields are work.
 *
 *	field		refused: nothing is done, and the result is an error of its type
 *	field=N		the result is N
 *	field:fn	the runtime's __modbounds_refuse_<fn> is called in its place
 *	field~		is no work, so it runs; but a violation in it leaves the module
 *	field~fn	the same, and __modbounds_refuse_<fn> is called then with the first
 *			argument
 *	!field		begins a list of those that are not work, all others are
 */
static const struct {
	const char *type, *fields;
} mb_work[] = {
	/* files */
	{ "file_operations", "!release flush fasync get_unmapped_area poll=8" },
	{ "proc_ops", "!proc_release proc_get_unmapped_area proc_poll=8" },
	{ "seq_operations", "show" },
	{ "vm_operations_struct", "fault huge_fault page_mkwrite pfn_mkwrite access" },
	{ "kernel_param_ops", "set get" },
	{ "kobj_attribute", "show store" },
	{ "device_attribute", "show store" },
	{ "driver_attribute", "show store" },
	{ "bus_attribute", "show store" },
	{ "class_attribute", "show store" },
	{ "bin_attribute", "read write mmap" },
	{ "sysfs_ops", "show store" },

	/* drivers */
	{ "pci_driver", "probe" },
	{ "virtio_driver", "probe config_changed" },
	{ "virtqueue_info", "callback~" },	/* what is under way is completed there */
	{ "usb_driver", "probe unlocked_ioctl" },
	{ "platform_driver", "probe" },
	{ "i2c_driver", "probe" },
	{ "spi_driver", "probe" },
	{ "pnp_driver", "probe" },
	{ "hid_driver", "probe raw_event event" },
	{ "input_dev", "open event" },
	{ "i2c_algorithm", "xfer master_xfer smbus_xfer" },
	{ "rtc_class_ops", "ioctl read_time set_time read_alarm set_alarm" },
	{ "hwrng", "init data_read read" },
	{ "hwmon_ops", "read read_string write" },
	{ "snd_pcm_ops", "open ioctl hw_params prepare copy mmap" },
	{ "snd_kcontrol_new", "info get put" },
	{ "tty_operations", "open write put_char ioctl compat_ioctl" },

	/* networks */
	{ "net_device_ops", "ndo_init ndo_open ndo_start_xmit ndo_select_queue ndo_set_rx_mode "
	  "ndo_set_mac_address ndo_validate_addr ndo_do_ioctl ndo_eth_ioctl ndo_siocbond "
	  "ndo_siocwandev ndo_siocdevprivate ndo_set_config ndo_change_mtu ndo_tx_timeout "
	  "ndo_get_stats:get_stats ndo_get_stats64 ndo_vlan_rx_add_vid ndo_poll_controller "
	  "ndo_setup_tc ndo_add_slave ndo_set_features ndo_fdb_add ndo_bridge_setlink "
	  "ndo_change_carrier ndo_bpf ndo_xdp_xmit ndo_xsk_wakeup ndo_hwtstamp_get "
	  "ndo_hwtstamp_set ndo_set_vf_mac ndo_set_vf_vlan ndo_set_vf_rate" },
	{ "ethtool_ops", "!complete" },
	{ "pernet_operations", "init" },
	{ "rtnl_link_ops", "validate newlink changelink" },
	{ "net_proto_family", "create" },
	{ "proto_ops", "bind connect socketpair accept getname poll=8 ioctl listen setsockopt "
	  "getsockopt sendmsg recvmsg mmap" },
	{ "proto", "connect accept ioctl setsockopt getsockopt sendmsg recvmsg bind" },
	{ "packet_type", "func:packet" },
	{ "Qdisc_ops", "init change" },

	/* disks */
	{ "block_device_operations", "submit_bio:submit_bio poll_bio open ioctl compat_ioctl "
	  "check_events getgeo set_read_only report_zones" },
	{ "blk_mq_ops", "queue_rq:queue_rq queue_rqs:queue_rqs poll complete~complete" },
	{ "scsi_host_template", "queuecommand:queuecommand ioctl slave_alloc change_queue_depth" },
	{ "target_type", "ctr map=4 message prepare_ioctl" },	/* DM_MAPIO_KILL */

	/* file systems */
	{ "fs_context_operations", "parse_param parse_monolithic get_tree reconfigure" },
	{ "file_system_type", "init_fs_context" },
	{ "super_operations", "statfs remount_fs sync_fs show_options write_inode" },
	{ "inode_operations", "create link unlink symlink mkdir rmdir mknod rename setattr getattr "
	  "permission listxattr readlink fiemap update_time atomic_open tmpfile set_acl "
	  "fileattr_set fileattr_get" },
	{ "address_space_operations", "writepage:writepage read_folio:read_folio writepages "
	  "write_begin readahead direct_IO swap_activate bmap" },
	{ "dentry_operations", "d_revalidate" },
	{ "xattr_handler", "get set" },

	/* ciphers */
	{ "shash_alg", "init update final finup digest import export setkey" },
	{ "ahash_alg", "init update final finup digest import export setkey" },
	{ "skcipher_alg", "setkey encrypt decrypt" },
	{ "aead_alg", "setkey setauthsize encrypt decrypt" },
	{ "rng_alg", "generate seed" },
};

/*
 * Of functions that have no other purpose, by the type of their result and of the
 * first of their two parameters; NULL: a number.
 */
static const struct {
	const char *type, *first, *action;
} mb_work_by_result[] = {
	{ "irqreturn_t", NULL, ":irq" },
	{ "irqreturn", NULL, ":irq" },
	{ "netdev_tx_t", "sk_buff", ":xmit" },
	{ "netdev_tx", "sk_buff", ":xmit" },
};

/* Errors of types that have their own; of others -EIO, or 0 where there is no negative value. */
static const struct {
	const char *type;
	int value;
} mb_errors[] = {
	{ "blk_status_t", 10 },		/* BLK_STS_IOERR */
	{ "vm_fault_t", 2 },		/* VM_FAULT_SIGBUS; 0 would promise a page */
};

/* What is known of the functions of this unit: an action, or NULL: it must run. */
static hash_map<tree, const char *> *mb_actions;

/* What @list says of @field: "", "=...", ":..." or "~...", each up to a blank, or NULL: not work. */
static const char *mb_find_field(const char *list, const char *field)
{
	const char *all = *list == '!' ? "" : NULL;
	size_t len = strlen(field);

	if (all)
		list++;
	while (*list) {
		const char *end = list + strcspn(list, " "), *mark = list + strcspn(list, " =:~");

		if ((size_t)(mark - list) == len && !strncmp(list, field, len)) {
			if (mark < end)
				return mark;
			return all ? NULL : "";
		}
		list = end + strspn(end, " ");
	}
	return all;
}

static const char *mb_field_action(tree record, tree field)
{
	const char *type = mb_type_name(TYPE_MAIN_VARIANT(record));
	size_t i;

	for (i = 0; DECL_NAME(field) && i < ARRAY_SIZE(mb_work); i++)
		if (!strcmp(mb_work[i].type, type))
			return mb_find_field(mb_work[i].fields,
					     IDENTIFIER_POINTER(DECL_NAME(field)));
	return NULL;
}

/* @value, if it is a function, serves as @field of a @record. */
static void mb_note_use(tree value, tree record, tree field)
{
	const char *action, **known;
	bool seen;

	STRIP_NOPS(value);
	if (TREE_CODE(value) != ADDR_EXPR || TREE_CODE(TREE_OPERAND(value, 0)) != FUNCTION_DECL)
		return;
	action = mb_field_action(record, field);
	known = &mb_actions->get_or_insert(TREE_OPERAND(value, 0), &seen);
	/* Of two purposes the one that must run decides. */
	if (!seen || !action)
		*known = action;
}

static void mb_walk_initialiser(tree init)
{
	unsigned HOST_WIDE_INT i;
	tree field, value;

	FOR_EACH_CONSTRUCTOR_ELT(CONSTRUCTOR_ELTS(init), i, field, value) {
		if (!value)
			continue;
		if (TREE_CODE(value) == CONSTRUCTOR)
			mb_walk_initialiser(value);
		else if (field && TREE_CODE(field) == FIELD_DECL)
			mb_note_use(value, DECL_CONTEXT(field), field);
	}
}

static void mb_walk_body(struct function *fn)
{
	gimple_stmt_iterator gsi;
	basic_block bb;

	FOR_EACH_BB_FN(bb, fn)
		for (gsi = gsi_start_bb(bb); !gsi_end_p(gsi); gsi_next(&gsi)) {
			gimple *stmt = gsi_stmt(gsi);
			tree to, from;

			if (!gimple_assign_single_p(stmt))
				continue;
			to = gimple_assign_lhs(stmt);
			from = gimple_assign_rhs1(stmt);
			if (TREE_CODE(from) == SSA_NAME &&
			    gimple_assign_single_p(SSA_NAME_DEF_STMT(from)))
				from = gimple_assign_rhs1(SSA_NAME_DEF_STMT(from));
			if (TREE_CODE(to) == COMPONENT_REF)
				mb_note_use(from, DECL_CONTEXT(TREE_OPERAND(to, 1)),
					    TREE_OPERAND(to, 1));
		}
}

/* Before gates are made: afterwards a function's symbol stands for its gate. */
void mb_find_operations(void)
{
	varpool_node *var;
	cgraph_node *node;

	mb_actions = new hash_map<tree, const char *>;
	FOR_EACH_VARIABLE(var)
		if (DECL_INITIAL(var->decl) && TREE_CODE(DECL_INITIAL(var->decl)) == CONSTRUCTOR)
			mb_walk_initialiser(DECL_INITIAL(var->decl));
	FOR_EACH_FUNCTION_WITH_GIMPLE_BODY(node)
		mb_walk_body(DECL_STRUCT_FUNCTION(node->decl));
}

void mb_forget_operations(void)
{
	delete mb_actions;
	mb_actions = NULL;
}

/* Two parameters, the first one a pointer to @first, or a number where that is NULL? */
static bool mb_takes(tree parm, const char *first)
{
	tree type = parm ? TREE_TYPE(parm) : NULL_TREE;

	if (!parm || !DECL_CHAIN(parm) || DECL_CHAIN(DECL_CHAIN(parm)))
		return false;
	if (!first)
		return INTEGRAL_TYPE_P(type);
	return POINTER_TYPE_P(type) &&
	       !strcmp(mb_type_name(TYPE_MAIN_VARIANT(TREE_TYPE(type))), first);
}

static const char *mb_type_action(tree fndecl, tree result)
{
	tree parm = DECL_ARGUMENTS(fndecl);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mb_work_by_result); i++)
		if (!strcmp(mb_type_name(result), mb_work_by_result[i].type) &&
		    mb_takes(parm, mb_work_by_result[i].first))
			return mb_work_by_result[i].action;
	/* A poll function must take itself off the list that it is on. */
	if (TREE_CODE(result) == INTEGER_TYPE && mb_takes(parm, "napi_struct"))
		return ":napi";
	return NULL;
}

/* The error of a type that stands for errors and nothing else; NULL_TREE: it is no such type. */
tree mb_own_error(tree type)
{
	const char *name = mb_type_name(type);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mb_errors); i++)
		if (!strcmp(name, mb_errors[i].type))
			return build_int_cst(type, mb_errors[i].value);
	return NULL_TREE;
}

/* What a function returns that has failed; NULL_TREE: no error that all its callers take for one. */
static tree mb_error_value(tree type)
{
	tree own;

	if (!INTEGRAL_TYPE_P(type))
		return NULL_TREE;
	own = mb_own_error(type);
	if (own)
		return own;
	if (TREE_CODE(type) == INTEGER_TYPE && !TYPE_UNSIGNED(type))
		return build_int_cst(type, -MB_EIO);
	return build_zero_cst(type);
}

/**
 * mb_find_refusal - may a quarantined module's @fndecl be left out?
 * @refusal: what happens in its place
 *
 * Return: false if it must run all the same.  A helper is for leaving it then.
 */
bool mb_find_refusal(tree fndecl, struct mb_refusal *refusal)
{
	tree result = TREE_TYPE(TREE_TYPE(fndecl));
	const char *action = mb_type_action(fndecl, result);

	if (!action) {
		const char **known = mb_actions->get(fndecl);

		action = known ? *known : NULL;
	}
	*refusal = (struct mb_refusal){ NULL, NULL_TREE, false };
	if (!action)
		return false;
	refusal->runs = *action == '~';
	if ((*action == ':' || *action == '~') && action[1] && action[1] != ' ') {
		refusal->helper = ACONCAT(("__modbounds_refuse_", action + 1, NULL));
		refusal->helper = IDENTIFIER_POINTER(get_identifier_with_length(refusal->helper,
						     strcspn(refusal->helper, " ")));
		return !refusal->runs;
	}
	if (VOID_TYPE_P(result))
		return !refusal->runs;
	refusal->value = mb_error_value(result);
	if (refusal->value && *action == '=')
		refusal->value = build_int_cst(result, atoi(action + 1));
	return refusal->value && !refusal->runs;
}
