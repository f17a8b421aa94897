// SPDX-License-Identifier: GPL-2.0
/*
 * What GCC knows of the builtin that a redirected call stood for, it must not
 * believe of the call: which variables that reads and writes, whether it may
 * be the last thing that a function does with its frame still in use.
 *
 * levels: O1 O2 O3 Os
 * expect: violations=0 low=513 split=1 filled=7 moved=7 word=12 length=3 order=1
 */
#include "../rt.h"

typedef unsigned char u8;
typedef unsigned int u32;

struct packed { u32 x; } __attribute__((packed));

extern void *memcpy(void *to, const void *from, size_t len);
extern void *memmove(void *to, const void *from, size_t len);
extern void *memset(void *to, int c, size_t len);
extern size_t strlen(const char *s);
extern int memcmp(const void *a, const void *b, size_t len);

/* A value that crosses a page, as file systems store it. */
noipa static void split(char *a, char *b, int part, u32 value)
{
	u8 bytes[4];

	((struct packed *)bytes)->x = value;
	memcpy(a, bytes, part);
	memcpy(b, bytes + part, 4 - part);
}

/* The last call has a pointer into the frame: it is no tail call. */
noipa static void last(char *to, int len)
{
	u32 words[2] = { 0x04030201, 0x08070605 };

	memcpy(to, words, len);
}

noipa static u32 fill(int c, int len)
{
	u8 bytes[4];

	*(u32 *)bytes = 0;
	memset(bytes, c, len);
	return ((struct packed *)bytes)->x & 0xff;
}

noipa static u32 move(int at, int len)
{
	u8 bytes[8];

	((struct packed *)bytes)[0].x = 0x04030201;
	((struct packed *)bytes)[1].x = 0x08070605;
	memmove(bytes, bytes + at, len);
	return bytes[0] + bytes[3] - (4 - at);
}

noipa static u32 assemble(const char *from, int len)
{
	union { u32 word; u8 byte[4]; } u = { 0 };

	memcpy(u.byte, from, len);
	return u.word;
}

noipa static size_t measure(char c)
{
	char text[8];

	*(u32 *)text = 0x00010101 * (u8)c;
	return strlen(text);
}

noipa static int order(u32 a, u32 b, int len)
{
	u32 x, y;

	x = a;
	y = b;
	return memcmp(&x, &y, len) > 0;
}

void test(void)
{
	char *a = rt_own(8), *b = rt_own(8);
	int one = 1 + rt_zero();

	split(a, b, one, 0x04030201);
	rt_note("split", a[0] == 1 && b[0] == 2 && b[1] == 3 && b[2] == 4);
	last(a, 2 * one);
	rt_note("low", (u8)a[1] * 256 + (u8)a[0]);
	rt_note("filled", fill(7, one));
	rt_note("moved", move(2 * one, 4));
	a[0] = 12;
	rt_note("word", assemble(a, one));
	rt_note("length", measure('x'));
	rt_note("order", order(2, 1, 4 * one));
}
