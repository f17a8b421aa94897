// SPDX-License-Identifier: GPL-2.0
/* What the kernel has: each function counts its calls, and touches what it is given. */
#include "kernelside.h"

int kernel_calls;

int kernel_int(struct thing *t)
{
	kernel_calls++;
	return t ? t->a : 7;
}

unsigned int kernel_unsigned(struct thing *t, struct thing *u)
{
	kernel_calls++;
	return t->a + u->a;
}

struct thing *kernel_pointer(struct thing *t)
{
	kernel_calls++;
	t->b++;
	return t;
}

void kernel_void(struct inner *i)
{
	kernel_calls++;
	i->c++;
}

int virtqueue_get(struct thing *t, struct thing *u)
{
	kernel_calls++;
	return t->a + (u ? u->a : 0);
}

void put_device(struct thing *t)
{
	kernel_calls++;
	(void)t;
}

void kernel_bytes(void *p, char *q)
{
	kernel_calls++;
	(void)p;
	(void)q;
}

struct ops kernel_ops = { kernel_int };

void rtnl_kfree_skbs(struct thing *first, struct thing *last)
{
	(void)first;
	(void)last;
	kernel_calls++;
}
