// SPDX-License-Identifier: GPL-2.0
/*
 * modbounds: check each load and store of a kernel module before it happens.
 *
 * This file: options, registration and the order of events in the check pass.
 */
#include "modbounds.h"

/* GCC loads no plugin that does not say this. */
__attribute__((visibility("default"))) int plugin_is_GPL_compatible;

struct mb_options mb_options = { true, true, MB_INDEX_STORES, MB_INLINE_DATA, NULL };

static const char mb_usage[] =
	"modbounds: check the memory accesses of kernel modules\n"
	"  -fplugin-arg-modbounds-check=all|stores  what to check (default: all)\n"
	"  -fplugin-arg-modbounds-handover=all|none  hold what calls hand to the kernel to live objects (default: all)\n"
	"  -fplugin-arg-modbounds-index=stores|all|ranges|none  what to hold to the object of its base:\n"
	"                                           stores at a variable distance from it, and ranges\n"
	"                                           (default), loads too, only ranges, nothing\n"
	"  -fplugin-arg-modbounds-inline=data|all|none  which checks to make inline, not by a call:\n"
	"                                           on the data path (default), all, none\n"
	"  -fplugin-arg-modbounds-report=FILE       append one line of JSON per function\n"
	"  -fplugin-arg-modbounds-help              print this\n";

static struct plugin_info mb_info = {
	"12.1",
	mb_usage,
};

static unsigned int mb_instrument(void)
{
	struct mb_function fn;
	struct mb_access *access;
	struct mb_check *check;
	gimple_stmt_iterator gsi;
	basic_block bb;
	unsigned int i;

	memset(&fn.counts, 0, sizeof(fn.counts));

	mb_find_merges();
	FOR_EACH_BB_FN(bb, cfun)
		for (gsi = gsi_start_bb(bb); !gsi_end_p(gsi); gsi_next(&gsi)) {
			mb_find_accesses(&fn, gsi_stmt(gsi));
			mb_find_arguments(&fn, gsi_stmt(gsi));
		}

	mb_prove(&fn);
	mb_merge(&fn);
	mb_find_windows();

	/* Before checks become blocks of their own. */
	calculate_dominance_info(CDI_DOMINATORS);
	mb_find_leaving(&fn);
	FOR_EACH_VEC_ELT(fn.checks, i, check)
		check->in_line = mb_check_inline(gimple_bb(check->stmt));
	for (i = 0; i < fn.calls.length(); i++)
		fn.calls[i].in_line = mb_check_inline(gimple_bb(fn.calls[i].stmt));
	for (i = 0; i < fn.ranges.length(); i++)
		fn.ranges[i].in_line = fn.ranges[i].skips &&
				       mb_check_inline(gimple_bb(fn.ranges[i].stmt));
	FOR_EACH_VEC_ELT(fn.checks, i, check) {
		if (check->by)
			continue;
		mb_emit_check(check);
		fn.counts.checked++;
	}
	FOR_EACH_VEC_ELT(fn.accesses, i, access)
		mb_rewrite(access);
	for (i = 0; i < fn.ranges.length(); i++)
		if (!fn.ranges[i].skips)
			mb_emit_range(&fn.ranges[i], NULL);
	for (i = 0; i < fn.calls.length(); i++)
		mb_emit_arguments(&fn, &fn.calls[i]);
	mb_forget_windows();
	mb_forget_bases();
	mb_forget_merges();

	fn.counts.merged = fn.accesses.length() - fn.counts.checked;
	fn.counts.checked += fn.ranges.length();

	FOR_EACH_BB_FN(bb, cfun) {
		for (gsi = gsi_start_phis(bb); !gsi_end_p(gsi); gsi_next(&gsi))
			mb_redirect_addresses(gsi_stmt(gsi));
		for (gsi = gsi_start_bb(bb); !gsi_end_p(gsi); gsi_next(&gsi)) {
			mb_redirect_addresses(gsi_stmt(gsi));
			if (is_gimple_call(gsi_stmt(gsi)) &&
			    mb_redirect_call(as_a<gcall *>(gsi_stmt(gsi))))
				fn.counts.ranges++;
		}
	}

	mb_normalize_booleans();

	mb_report(&fn.counts);

	FOR_EACH_VEC_ELT(fn.accesses, i, access)
		delete access;
	FOR_EACH_VEC_ELT(fn.checks, i, check)
		delete check;
	free_dominance_info(CDI_DOMINATORS);
	free_dominance_info(CDI_POST_DOMINATORS);
	return 0;
}

namespace {

const struct pass_data mb_pass_data = {
	GIMPLE_PASS, "modbounds", OPTGROUP_NONE, TV_NONE,
	PROP_ssa | PROP_cfg, 0, 0, 0, TODO_update_ssa,
};

class mb_pass : public gimple_opt_pass {
public:
	mb_pass(gcc::context *ctxt, bool at_O0)
		: gimple_opt_pass(mb_pass_data, ctxt), at_O0(at_O0) {}

	opt_pass *clone() FINAL OVERRIDE { return new mb_pass(m_ctxt, at_O0); }

	/* The place at the end of all passes is reached at -O0 only. */
	bool gate(function *fun) FINAL OVERRIDE
	{
		return (!at_O0 || !optimize) && !seen_error() &&
		       !mb_is_gate(fun->decl) && !mb_is_noinstr(fun->decl);
	}

	unsigned int execute(function *) FINAL OVERRIDE { return mb_instrument(); }

private:
	bool at_O0;
};

} /* namespace */

static void mb_finish_unit(void *, void *)
{
	if (!seen_error())
		mb_emit_finish_unit();
}

/*
 * A check's cold side is a call that GCC does not know of: nothing may lie
 * below the stack pointer.  This early, the flag becomes part of the default
 * that functions with target attributes start from.
 */
static void mb_no_red_zone(void)
{
	target_flags |= MASK_NO_RED_ZONE;
	global_options_set.x_target_flags |= MASK_NO_RED_ZONE;
}

/*
 * GCC takes it for granted that a loop over an array stays inside it, and
 * bounds its count by that.  That is what is to be checked.
 */
static void mb_no_trust_in_loops(void)
{
	flag_aggressive_loop_optimizations = 0;
	global_options_set.x_flag_aggressive_loop_optimizations = 1;
}

/*
 * What is not set may have another value each time that it is looked at: once when it is
 * compared with an array's length, and once when it is the index.  Local variables are set to 0, as
 * the kernel itself does with CONFIG_INIT_STACK_ALL_ZERO.
 */
static void mb_set_variables(void)
{
#if GCCPLUGIN_VERSION >= 12000
	if (global_options_set.x_flag_auto_var_init)
		return;
	flag_auto_var_init = AUTO_INIT_ZERO;
	global_options_set.x_flag_auto_var_init = AUTO_INIT_ZERO;
#endif
}

/* Which of @n words @value is; -1: none. */
static int mb_choose(const char *value, const char * const *words, size_t n)
{
	size_t i;

	for (i = 0; value && i < n; i++)
		if (!strcmp(value, words[i]))
			return i;
	return -1;
}

static bool mb_parse(const struct plugin_argument *arg)
{
	int n;

	if (!strcmp(arg->key, "check")) {
		if (arg->value && !strcmp(arg->value, "all")) {
			mb_options.loads = true;
			return true;
		}
		if (arg->value && !strcmp(arg->value, "stores")) {
			mb_options.loads = false;
			return true;
		}
		error("modbounds: %<check=%s%> is not valid; valid: %<check=all%>, %<check=stores%>",
		      arg->value ? arg->value : "");
		return false;
	}
	if (!strcmp(arg->key, "handover")) {
		if (arg->value && (!strcmp(arg->value, "all") || !strcmp(arg->value, "none"))) {
			mb_options.handover = *arg->value == 'a';
			return true;
		}
		error("modbounds: %<handover=%s%> is not valid; valid: %<handover=all%>, %<handover=none%>",
		      arg->value ? arg->value : "");
		return false;
	}
	if (!strcmp(arg->key, "index")) {
		static const char * const values[] = { "stores", "all", "ranges", "none" };

		n = mb_choose(arg->value, values, ARRAY_SIZE(values));
		if (n >= 0) {
			mb_options.index = (enum mb_index)n;
			return true;
		}
		error("modbounds: %<index=%s%> is not valid; valid: %<index=stores%>, %<index=all%>, %<index=ranges%>, %<index=none%>",
		      arg->value ? arg->value : "");
		return false;
	}
	if (!strcmp(arg->key, "inline")) {
		static const char * const values[] = { "data", "all", "none" };

		n = mb_choose(arg->value, values, ARRAY_SIZE(values));
		if (n >= 0) {
			mb_options.inlining = (enum mb_inlining)n;
			return true;
		}
		error("modbounds: %<inline=%s%> is not valid; valid: %<inline=data%>, %<inline=all%>, %<inline=none%>",
		      arg->value ? arg->value : "");
		return false;
	}
	if (!strcmp(arg->key, "report")) {
		if (arg->value && *arg->value) {
			mb_options.report = arg->value;
			return true;
		}
		error("modbounds: %<report%> needs a file name: %<report=FILE%>");
		return false;
	}
	if (!strcmp(arg->key, "help")) {
		fputs(mb_usage, stdout);
		fflush(stdout);
		return true;
	}
	error("modbounds: unknown option %qs; valid: %<check=all|stores%>, %<handover=all|none%>, %<index=stores|all|ranges|none%>, %<inline=data|all|none%>, %<report=FILE%>, %<help%>",
	      arg->key);
	return false;
}

__attribute__((visibility("default")))
int plugin_init(struct plugin_name_args *args, struct plugin_gcc_version *version)
{
	struct register_pass_info pass;
	int i;

	if (!plugin_default_version_check(version, &gcc_version)) {
		error("modbounds: this plugin was built for GCC %s (%s), but this is GCC %s (%s)",
		      gcc_version.basever, gcc_version.datestamp,
		      version->basever, version->datestamp);
		error("modbounds: rebuild it with: %s CC=gcc-%d", MB_REBUILD,
		      atoi(version->basever));
		return 1;
	}

	for (i = 0; i < args->argc; i++)
		if (!mb_parse(&args->argv[i]))
			return 1;

	if (flag_lto) {
		error("modbounds: %<-flto%> is not supported: checks would not survive it");
		return 1;
	}
	mb_info.version = "1";
	register_callback(args->base_name, PLUGIN_INFO, NULL, &mb_info);
	mb_no_red_zone();
	mb_no_trust_in_loops();
	mb_set_variables();
	mb_emit_init(args->base_name);
	mb_calls_init(args->base_name);
	mb_register_gates(args->base_name);
	mb_leave_init();

	/*
	 * Where GCC's own sanitizers sit: after the accesses that are redundant
	 * are gone, before the loop passes turn addresses into something else.
	 */
	memset(&pass, 0, sizeof(pass));
	pass.pass = new mb_pass(g, false);
	pass.reference_pass_name = "tsan";
	pass.ref_pass_instance_number = 0;
	pass.pos_op = PASS_POS_INSERT_AFTER;
	register_callback(args->base_name, PLUGIN_PASS_MANAGER_SETUP, NULL, &pass);

	pass.pass = new mb_pass(g, true);
	pass.reference_pass_name = "tsan0";
	pass.ref_pass_instance_number = 1;
	register_callback(args->base_name, PLUGIN_PASS_MANAGER_SETUP, NULL, &pass);

	register_callback(args->base_name, PLUGIN_FINISH_UNIT, mb_finish_unit, NULL);
	return 0;
}
