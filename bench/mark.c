// SPDX-License-Identifier: GPL-2.0
/* Run in a guest: have count.c write down how many instructions were executed so far. */
#include "mark.h"

int main(void)
{
	asm volatile(MARK_ASM);
	return 0;
}
