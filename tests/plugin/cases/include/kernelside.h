/* SPDX-License-Identifier: GPL-2.0 */
/* Functions that a module calls but does not have, and what they are given. */
struct inner { int c, d; };
struct thing { int a, b; struct inner in; };
struct opaque;
struct ops { int (*call)(struct thing *t); };

extern int kernel_calls;
extern struct ops kernel_ops;

int kernel_int(struct thing *t);
unsigned int kernel_unsigned(struct thing *t, struct thing *u);
struct thing *kernel_pointer(struct thing *t);
void kernel_void(struct inner *i);
void kernel_bytes(void *p, char *q);
void put_device(struct thing *t);
void rtnl_kfree_skbs(struct thing *first, struct thing *last);
int virtqueue_get(struct thing *t, struct thing *u);
