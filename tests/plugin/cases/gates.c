// SPDX-License-Identifier: GPL-2.0
/*
 * Gates: around what others can call, once; not around direct calls; nested,
 * recursive, by alias; arguments and results of all kinds pass through.
 *
 * expect: depth=0
 * expect: direct=0 pointer=1 public=1 alias=1 hidden=1 recursive=1 nested=2 inside=1
 * expect: many=45 structure=11 floating=7 wide=3 window=1
 */
#include "../rt.h"

struct big { long v[6]; };
struct pair { long a, b; };

int (*volatile pointer)(int);
static int inside;

static int callback(int x)
{
	inside = rt_depth;
	return x + 1;
}

noipa static int direct(int x)
{
	return callback(x) + callback(x + 1);
}

int public_function(int x) { rt_nothing(&x); return x; }

static int aliased(int x) { rt_nothing(&x); return x + 2; }
int alias_function(int x) __attribute__((alias("aliased")));

/* as init_module() of a kernel module: called by its alias only */
static int hidden_function(int x) { rt_nothing(&x); return x + 2; }
int hidden_alias(int x) __attribute__((alias("hidden_function")));

int recursive(int n) { rt_nothing(&n); return n > 0 ? recursive(n - 1) + 1 : 0; }

static int outer(int x) { return pointer(x) + 1; }

long many(long a, long b, long c, long d, long e, long f, long g, long h, long i)
{
	rt_nothing(&a);
	return a + b + c + d + e + f + g + h + i;
}

struct big structure(struct big s, int x)
{
	s.v[5] += x;
	return s;
}

double floating(double a, float b) { rt_nothing(&a); return a + b; }

struct pair wide(long a)
{
	struct pair p = { a, a + 1 };

	rt_nothing(&p);
	return p;
}

/* The body's frame lies below the activation record. */
int window(void)
{
	char buf[100];

	rt_nothing(buf);
	return (unsigned long)buf < rt_activation[1] &&
	       (unsigned long)__builtin_frame_address(0) < rt_activation[1];
}

int (*volatile public_pointer)(int) = public_function;
int (*volatile alias_pointer)(int) = alias_function;
int (*volatile recursive_pointer)(int) = recursive;
long (*volatile many_pointer)(long, long, long, long, long, long, long, long, long) = many;
struct big (*volatile structure_pointer)(struct big, int) = structure;
double (*volatile floating_pointer)(double, float) = floating;
struct pair (*volatile wide_pointer)(long) = wide;
int (*volatile window_pointer)(void) = window;
int (*volatile outer_pointer)(int);

#define COUNT(name, call) do {			\
	int before = rt_entries;		\
	call;					\
	rt_note(name, rt_entries - before);	\
} while (0)

void test(void)
{
	struct big s = { { 1, 2, 3, 4, 5, 6 } };

	pointer = callback;
	COUNT("direct", direct(1));
	COUNT("pointer", pointer(1));
	rt_note("inside", inside - rt_depth);
	COUNT("public", public_pointer(1));
	COUNT("alias", alias_pointer(1));
	COUNT("hidden", ({ asm volatile("call hidden_alias" : : "D" (1) : "rax", "rcx", "rdx", "rsi",
				"r8", "r9", "r10", "r11", "memory"); }));
	COUNT("recursive", recursive_pointer(5));
	outer_pointer = outer;
	COUNT("nested", outer_pointer(1));
	rt_note("many", many_pointer(1, 2, 3, 4, 5, 6, 7, 8, 9));
	rt_note("structure", structure_pointer(s, 5).v[5]);
	rt_note("floating", floating_pointer(3, 4));
	rt_note("wide", wide_pointer(1).a + wide_pointer(1).b);
	rt_note("window", window_pointer());
}
