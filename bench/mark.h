/* SPDX-License-Identifier: GPL-2.0 */
/* The instruction that count.c looks for: a nop with an operand that no compiler emits. */
#define MARK_BYTES { 0x0f, 0x1f, 0x80, 'm', 'a', 'r', 'k' }
#define MARK_ASM ".byte 0x0f, 0x1f, 0x80; .ascii \"mark\""
