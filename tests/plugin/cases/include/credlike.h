/* SPDX-License-Identifier: GPL-2.0 */
/* As a header of the kernel: its inline functions are part of the kernel. */
struct cred { int usage; int uid; long pad[4]; int gid; };

static inline void get_cred(struct cred *c)
{
	c->usage++;	/* @usage, line 7 */
}
