// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel command line says of modules:
 *
 *	modbounds.mode=bounded		of modules that are not named
 *	modbounds.policy=contain	the same
 *	modbounds.<module>=precise,report	either word, or both
 *	modbounds.require=1		refuse modules that are not instrumented
 *
 * All but the third are in /sys/module/modbounds/parameters as well.  The
 * third is looked up when the module is loaded: it is no parameter that
 * anybody could have declared.
 */
#include <linux/init.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "internal.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX	"modbounds."

const char *const modbounds_mode_names[] = { "trusted", "bounded", "precise" };
const char *const modbounds_policy_names[] = {
	"report", "contain", "restart", "reboot", "panic"
};

static struct modbounds_options defaults = {
	.mode = MODBOUNDS_BOUNDED,
	.policy = MODBOUNDS_CONTAIN,
};

bool modbounds_require;
module_param_named(require, modbounds_require, bool_enable_only, 0644);
MODULE_PARM_DESC(require, "refuse modules that are not instrumented; cannot be taken back");

static const char *list_names(char *list, size_t size, const char *const *names, int n)
{
	size_t len = 0;
	int i;

	for (i = 0; i < n; i++)
		len += scnprintf(list + len, size - len, " %s", names[i]);
	return list;
}

static int choose(const char *who, const char *what, const char *word,
		  const char *const *names, int n)
{
	int i = __sysfs_match_string(names, n, word);
	char list[64];

	if (i < 0)
		pr_err("%s: no %s '%.*s', only:%s\n", who, what,
		       (int)strcspn(word, "\n"), word, list_names(list, sizeof(list), names, n));
	return i;
}

/**
 * modbounds_choose_mode - the mode that a word names
 * @who: on whose behalf, for the log
 * @word: the word; a newline may follow
 *
 * Return: the mode; -EINVAL if there is none, which is said in the log.
 */
int modbounds_choose_mode(const char *who, const char *word)
{
	return choose(who, "mode", word, modbounds_mode_names, MODBOUNDS_MODES);
}

/**
 * modbounds_choose_policy - the policy that a word names
 * @who: on whose behalf, for the log
 * @word: the word; a newline may follow
 *
 * Return: the policy; -EINVAL if there is none, which is said in the log.
 */
int modbounds_choose_policy(const char *who, const char *word)
{
	return choose(who, "policy", word, modbounds_policy_names, MODBOUNDS_POLICIES);
}

/* "mode", "policy" or "mode,policy".  A word that is neither changes nothing. */
static int parse_value(const char *module, char *value, struct modbounds_options *o)
{
	char modes[64], policies[64], *word;
	int i, err = 0;

	while ((word = strsep(&value, ","))) {
		i = match_string(modbounds_mode_names, MODBOUNDS_MODES, word);
		if (i >= 0) {
			o->mode = i;
			continue;
		}
		i = match_string(modbounds_policy_names, MODBOUNDS_POLICIES, word);
		if (i >= 0) {
			o->policy = i;
			continue;
		}
		pr_err("%s: '%s' on the command line is no mode (only:%s) and no policy (only:%s)\n",
		       module, word,
		       list_names(modes, sizeof(modes), modbounds_mode_names, MODBOUNDS_MODES),
		       list_names(policies, sizeof(policies), modbounds_policy_names,
				  MODBOUNDS_POLICIES));
		err = -EINVAL;
	}
	return err;
}

/**
 * modbounds_parse_options - what a command line says of a module
 * @cmdline: the command line; is written to
 * @module: the module's name; '-' and '_' are the same
 * @o: changed where the command line names the module, the last word counts
 *
 * Return: 0; -EINVAL if a value was bad, which is said in the log.
 */
int modbounds_parse_options(char *cmdline, const char *module, struct modbounds_options *o)
{
	size_t prefix = strlen(MODULE_PARAM_PREFIX);
	char *param, *value;
	int err = 0;

	cmdline = skip_spaces(cmdline);
	while (*cmdline) {
		cmdline = next_arg(cmdline, &param, &value);
		/* What follows is for init. */
		if (!value && !strcmp(param, "--"))
			break;
		if (value && !strncmp(param, MODULE_PARAM_PREFIX, prefix) &&
		    parameq(param + prefix, module))
			err = parse_value(module, value, o) ?: err;
	}
	return err;
}

/**
 * modbounds_options - how a module that is being loaded is to run
 * @module: its name
 *
 * Context: may sleep.
 * Return: mode and policy.
 */
struct modbounds_options modbounds_options(const char *module)
{
	struct modbounds_options o = defaults;
	char *cmdline = kstrdup(saved_command_line, GFP_KERNEL);

	if (cmdline)
		modbounds_parse_options(cmdline, module, &o);
	kfree(cmdline);
	return o;
}

static int set_mode(const char *word, const struct kernel_param *kp)
{
	int mode = modbounds_choose_mode("modbounds.mode", word);

	if (mode < 0)
		return mode;
	defaults.mode = mode;
	return 0;
}

static int get_mode(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n", modbounds_mode_names[defaults.mode]);
}

static int set_policy(const char *word, const struct kernel_param *kp)
{
	int policy = modbounds_choose_policy("modbounds.policy", word);

	if (policy < 0)
		return policy;
	defaults.policy = policy;
	return 0;
}

static int get_policy(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n", modbounds_policy_names[defaults.policy]);
}

static const struct kernel_param_ops mode_ops = { .set = set_mode, .get = get_mode };
static const struct kernel_param_ops policy_ops = { .set = set_policy, .get = get_policy };

module_param_cb(mode, &mode_ops, NULL, 0644);
MODULE_PARM_DESC(mode, "of modules loaded from now on: trusted, bounded or precise");
module_param_cb(policy, &policy_ops, NULL, 0644);
MODULE_PARM_DESC(policy, "of modules loaded from now on: report, contain, restart, reboot or panic");
