// SPDX-License-Identifier: GPL-2.0
/*
 * A store that stands in an inline function of a header says so (flags & 4); one of the
 * module's own does not, nor one check that stands for both.  Of a task each field is
 * stored to by itself.
 *
 * levels: O1 O2 O3 Os
 * expect: violations=0
 * log: ^ok st4 param dist=0 .* flags=5 credlike.h:7$
 * log: ^ok st8 param dist=0 .* flags=1 credlike.h:7$
 * log: ^ok st4 param dist=0 .* flags=1 headers.c:@state$
 * log: ^ok st4 param dist=4 .* flags=1 headers.c:@flags$
 * log: ^ok ld4 param dist=8 .* flags=0 headers.c:@pid$
 */
#include "../rt.h"
#include "include/credlike.h"

struct task_struct { int state, flags, pid; };

noipa static void in_header(struct cred *c)
{
	get_cred(c);
}

noipa static void in_both(struct cred *c)
{
	get_cred(c);
	c->uid = 1;
}

noipa static int of_task(struct task_struct *t)
{
	t->state = 1;		/* @state */
	t->flags = 2;		/* @flags */
	return t->pid;		/* @pid */
}

void test(void)
{
	in_header(rt_own(64));
	in_both(rt_own(64));
	of_task(rt_own(16));
}
