// SPDX-License-Identifier: GPL-2.0
/* What thunks.S must know of C structures. */
#define COMPILE_OFFSETS
#include <linux/kbuild.h>
#include <linux/sched.h>
#include <linux/tracepoint-defs.h>

#include "internal.h"

int main(void)
{
	DEFINE(RUNNING_DOMAIN, offsetof(struct modbounds_running, domain));
	DEFINE(RUNNING_LIMIT, offsetof(struct modbounds_running, limit));
	DEFINE(DOMAIN_MAP, offsetof(struct modbounds_domain, map));
	DEFINE(DOMAIN_BASE, offsetof(struct modbounds_domain, base));
	DEFINE(DOMAIN_SIZE, offsetof(struct modbounds_domain, size));
	DEFINE(DOMAIN_REFUSE, offsetof(struct modbounds_domain, refuse));
	DEFINE(DOMAIN_VIOLATIONS, offsetof(struct modbounds_domain, violations));
	DEFINE(DOMAIN_STATS, offsetof(struct modbounds_domain, stats));
	DEFINE(STATS_ENTRIES, offsetof(struct modbounds_stats, entries));
	DEFINE(ACTIVATION_DOMAIN, offsetof(struct modbounds_activation, domain));
	DEFINE(ACTIVATION_LIMIT, offsetof(struct modbounds_activation, limit));
	DEFINE(SITE_LEN, offsetof(struct modbounds_site, len));
	DEFINE(SITE_OFFSET, offsetof(struct modbounds_site, offset));
	DEFINE(SITE_TYPE_SIZE, offsetof(struct modbounds_site, type_size));
	DEFINE(SITE_ADDR_REG, offsetof(struct modbounds_site, addr_reg));
	DEFINE(SITE_BASE_REG, offsetof(struct modbounds_site, base_reg));
	DEFINE(SITE_ORIGIN, offsetof(struct modbounds_site, origin));
	DEFINE(SITE_FLAGS, offsetof(struct modbounds_site, flags));
	DEFINE(ORIGIN_INT, MODBOUNDS_ORIGIN_INT);
	DEFINE(REGS_SIZE, offsetof(struct modbounds_regs, ip));
	DEFINE(EXIT_RBX, offsetof(struct modbounds_exit, rbx));
	DEFINE(EXIT_RBP, offsetof(struct modbounds_exit, rbp));
	DEFINE(EXIT_R12, offsetof(struct modbounds_exit, r12));
	DEFINE(EXIT_R13, offsetof(struct modbounds_exit, r13));
	DEFINE(EXIT_R14, offsetof(struct modbounds_exit, r14));
	DEFINE(EXIT_R15, offsetof(struct modbounds_exit, r15));
	DEFINE(EXIT_RSP, offsetof(struct modbounds_exit, rsp));
	DEFINE(EXIT_RIP, offsetof(struct modbounds_exit, rip));
	DEFINE(EXIT_RAX, offsetof(struct modbounds_exit, rax));
	DEFINE(MISS, MODBOUNDS_MISS);
	DEFINE(MISS_COMPACT, MODBOUNDS_MISS_COMPACT);
	DEFINE(MISS_FAILED, MODBOUNDS_MISS_FAILED);
	DEFINE(TRACEPOINT_KEY, offsetof(struct tracepoint, key));
	DEFINE(STACK_SIZE, THREAD_SIZE);
	/* in the middle of a bitmap: see modbounds_bit() */
	DEFINE(PLANE_READ, offsetof(struct modbounds_leaf, read) + MODBOUNDS_LEAF_BITS / 16);
	DEFINE(PLANE_WRITE, offsetof(struct modbounds_leaf, write) + MODBOUNDS_LEAF_BITS / 16);
	DEFINE(LEAF_SHIFT, MODBOUNDS_LEAF_SHIFT);
	DEFINE(RUN_WORD_MASK, MODBOUNDS_RUN_SIZE / MODBOUNDS_GRANULE / 32 - 1);
	return 0;
}
