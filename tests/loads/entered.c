// SPDX-License-Identifier: GPL-2.0
/*
 * A plugin for QEMU that says where a guest's modules have been: the address of each
 * piece of their code that QEMU has translated, which it does before it executes a
 * piece for the first time.  A call ends a piece, so that a function that was entered
 * begins one.  Nothing is added to the code itself: the guest is as fast as without.
 *
 *	-plugin entered.so,out=FILE
 *
 * See bench/count.c for why QEMU's interface is declared here.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

/* Where x86-64 keeps modules. */
#define FIRST	0xffffffffa0000000ull
#define LAST	0xffffffffff000000ull

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
					   void (*cb)(qemu_plugin_id_t, struct qemu_plugin_tb *));
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);

EXPORT int qemu_plugin_version = 1;

/* A bit for each address. */
static unsigned char *seen;
static FILE *out;

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	uint64_t at = qemu_plugin_tb_vaddr(tb);

	(void)id;
	if (at < FIRST || at >= LAST)
		return;
	if (seen[(at - FIRST) / 8] & 1 << (at & 7))
		return;
	seen[(at - FIRST) / 8] |= 1 << (at & 7);
	fprintf(out, "%" PRIx64 "\n", at);
	fflush(out);
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv)
{
	(void)info;
	if (argc != 1 || strncmp(argv[0], "out=", 4)) {
		fprintf(stderr, "entered: usage: -plugin entered.so,out=FILE\n");
		return -1;
	}
	out = fopen(argv[0] + 4, "w");
	seen = calloc((LAST - FIRST) / 8, 1);
	if (!out || !seen) {
		perror(argv[0] + 4);
		return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
