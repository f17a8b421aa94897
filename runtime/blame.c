// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel dies of in a module's call is that module's fault: it had handed on
 * something that no check could tell from what is right.  It is named and quarantined,
 * before panic_on_oops decides whether the machine lives to see it.  (User-mode Linux has
 * no oopses, it panics at once.)
 */
#include <linux/kdebug.h>
#include <linux/notifier.h>
#include <linux/printk.h>
#include <linux/ptrace.h>

#include "internal.h"

/*
 * The module's activation lies further up on the stack that the fault was taken on.  Where
 * an interrupt came in between, on a stack of its own, the module has no part in it.
 */
static bool called_by_module(unsigned long sp, unsigned long limit)
{
	return (sp ^ limit) < THREAD_SIZE && sp < limit;
}

static int blame(struct notifier_block *nb, unsigned long event, void *data)
{
	struct modbounds_domain *d = modbounds_running_domain();
	const struct die_args *args = data;

	if (event != DIE_OOPS || d == &modbounds_nobody || !args->regs ||
	    user_mode(args->regs) ||
	    !called_by_module(user_stack_pointer(args->regs), modbounds_running_limit()))
		return NOTIFY_DONE;
	pr_err("%s: the kernel fails in %pS, in a call of this module: quarantined\n", d->name,
	       (void *)instruction_pointer(args->regs));
	modbounds_blame(d, "oops", "call", instruction_pointer(args->regs));
	modbounds_quarantine(d);
	return NOTIFY_DONE;
}

static struct notifier_block blame_nb = { .notifier_call = blame };

/**
 * modbounds_blame_init - be told of oopses
 *
 * Return: 0 or a negative error.
 */
int modbounds_blame_init(void)
{
	return register_die_notifier(&blame_nb);
}
