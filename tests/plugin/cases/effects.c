// SPDX-License-Identifier: GPL-2.0
/*
 * A volatile element that nobody uses is read all the same, at its own size.
 *
 * expect: touched=1 violations=0
 */
#include <signal.h>
#include <sys/mman.h>
#include "../rt.h"

static volatile int page[1024] __attribute__((aligned(4096)));
static volatile int touched;

static void handler(int sig)
{
	touched++;
	mprotect((void *)page, 4096, PROT_READ | PROT_WRITE);
}

noipa static void touch(long i)
{
	page[i];
}

void test(void)
{
	signal(SIGSEGV, handler);
	mprotect((void *)page, 4096, PROT_NONE);
	touch(5 + rt_zero());
	rt_note("touched", touched);
}
