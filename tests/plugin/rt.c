// SPDX-License-Identifier: GPL-2.0
/*
 * A user-space runtime: a list of memory that may be used, a sink for what
 * may not, counters and a log.  Built without the plugin.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <linux/modbounds_abi.h>
#include "rt.h"

struct regs {
	unsigned long reg[16];
	unsigned long kind, nr;
	unsigned long ip;
};

enum { OWN = 1, CONST = 2, USER = 4 };

static struct range {
	unsigned long start, end;
	int rights;
} ranges[64];
static int nranges;

/* What test cases may hold besides: their own image and stack. */
extern char __executable_start[], __data_start[], _end[];
static unsigned long stack_top;

#define ARENA_SIZE	(256 << 10)
static char *arena, *outside;
/* One slot for each page; in the arena no object is longer than its slot. */
static unsigned long slots[ARENA_SIZE / MODBOUNDS_SLOT_PAGE];
static const unsigned long one_slot;
static size_t arena_used, outside_used;
static char sink[128 << 10];

extern struct modbounds_self __modbounds_self __attribute__((weak, visibility("hidden")));
int rt_inline __attribute__((weak));

static int everything;
int rt_refuse, rt_depth, rt_entries;
int rt_window;			/* user memory may be touched, and nothing called */
unsigned long page_offset_base, vmemmap_base, __per_cpu_offset[4];
unsigned long *rt_activation;
void *rt_domain;

static struct counts {
	int checks, ld, st, fails, violations, ranges, calls, arguments;
} n;

static char log_text[1 << 16];
static size_t log_used;

#define LOG(...) do {										\
	if (!everything)									\
		log_used += snprintf(log_text + log_used, sizeof(log_text) - log_used, __VA_ARGS__); \
} while (0)

static void *take(char *from, size_t *used, size_t size, int rights)
{
	size_t slot = MODBOUNDS_SLOT_PAGE, i;
	void *p;

	while (slot < size)
		slot *= 2;
	*used = (*used + slot - 1) & -slot;
	p = from + *used;
	for (i = 0; from == arena && i < slot; i += MODBOUNDS_SLOT_PAGE)
		slots[(*used + i) / MODBOUNDS_SLOT_PAGE] = -slot;
	ranges[nranges++] = (struct range){ (unsigned long)p, (unsigned long)p + size, rights };
	*used += (size + 4096 + 4095) & ~4095ul;	/* far from the next one */
	return p;
}

void *rt_own(size_t size) { return take(arena, &arena_used, size, OWN | CONST); }
void *rt_foreign(size_t size) { return take(outside, &outside_used, size, 0); }
void *rt_const(size_t size) { return take(outside, &outside_used, size, CONST); }
void *rt_user(size_t size) { return take(outside, &outside_used, size, USER); }
void rt_note(const char *text, long value) { LOG("%s=%ld\n", text, value); }
void rt_nothing(void *p) { (void)p; }
long rt_zero(void) { return 0; }
void rt_move(void *to, const void *from) { *(volatile int *)to = *(const volatile int *)from; }
void rt_poke(void *p, int value) { *(volatile int *)p = value; }
long rt_peek(const void *p) { return *(const volatile int *)p; }

long rt_checks(void) { return n.checks; }
long rt_calls(void) { return n.calls + n.ranges; }
long rt_violations(void) { return n.violations; }
void rt_called(void) { n.calls++; }

void rt_everything(int inlined)
{
	everything = 1;
	__modbounds_self.base = 0;
	__modbounds_self.size = inlined ? ~0ul : 0;
	__modbounds_self.slots = &one_slot;
	__modbounds_self.last_slot = 0;
}

static int allowed(unsigned long addr, unsigned long len, unsigned int flags)
{
	unsigned long end = addr + len;
	int i, want = flags & MODBOUNDS_STORE ? OWN : CONST;

	if (everything)
		return 1;
	if (flags & MODBOUNDS_USER)
		want |= USER;
	if (flags & MODBOUNDS_ESCAPE && (addr < 4096 || addr >= -4095ul))
		return 1;
	if (end < addr)
		return 0;
	for (i = 0; i < nranges; i++)
		if (addr >= ranges[i].start && end <= ranges[i].end)
			return ranges[i].rights & want;
	if (addr >= (unsigned long)__data_start && end <= (unsigned long)_end)
		return 1;
	if (!(flags & MODBOUNDS_STORE) && addr >= (unsigned long)__executable_start &&
	    end <= (unsigned long)_end)
		return 1;
	return addr >= (unsigned long)&end && end <= stack_top;
}

/* Do @len bytes at @addr lie in the object that @base points to, if that is one? */
static int in_object(unsigned long base, unsigned long addr, unsigned long len)
{
	int i;

	for (i = 0; i < nranges; i++)
		if (base >= ranges[i].start && base < ranges[i].end)
			return addr >= ranges[i].start && addr + len <= ranges[i].end;
	return 1;
}

static void fatal(const char *why)
{
	printf("fatal: %s\n", why);
	exit(2);
}

extern const struct modbounds_site rt_sites_end[];

/* One that is not there ends in a fault. */
static const struct modbounds_site *compact_site(unsigned long ip)
{
	const struct modbounds_site *site = rt_sites_end - 1;

	while (!site->ip || (unsigned long)&site->ip + site->ip != ip - 1)
		site--;
	return site;
}

/* A kernel's runtime would leave from there; here all run on. */
static void note_leaving(const struct modbounds_site *site)
{
	LOG("%s line %u\n", site->flags & MODBOUNDS_LEAVE ? "leaves" : "stays", site->line);
}

/* Refused: the thunk returns without a carry. */
static int argument_refused(const struct regs *r)
{
	const struct modbounds_site *site;
	unsigned long addr = r->reg[r->nr], base;
	int ok;

	if (addr - __modbounds_self.base < __modbounds_self.size)
		return 0;
	site = compact_site(r->ip);
	if (site->addr_reg != r->nr || !(site->flags & MODBOUNDS_ARGUMENT) || site->len != 1)
		fatal("no site of an argument");
	base = site->base_reg == site->addr_reg ? addr - site->offset : r->reg[site->base_reg];
	ok = addr ? allowed(addr, 1, 0) : !(site->flags & MODBOUNDS_NO_NULL);
	n.arguments++;
	n.violations += !ok;
	LOG("%s argument of %s dist=%ld flags=%d line %u\n", ok ? "ok" : "BAD",
	    (const char *)&site->type_size + (int32_t)site->type_size, (long)(addr - base),
	    site->flags & ~MODBOUNDS_LEAVE, site->line);
	if (!ok)
		note_leaving(site);
	return !ok;
}

/* @kind: 2 if it has failed already */
static int access_ok(const struct modbounds_site *site, unsigned long addr, unsigned long len,
		     unsigned long base, unsigned int kind)
{
	static const char * const origins[] = { "param", "call", "loaded", "object", "int" };
	const char *file = (const char *)&site->file + site->file;
	int ok;

	n.checks++;
	if (kind == 2)
		n.fails++;
	else if (kind)
		n.st++;
	else
		n.ld++;
	ok = kind != 2 && allowed(addr, len, site->flags) &&
	     (site->addr_reg == site->base_reg || site->origin == MODBOUNDS_ORIGIN_INT ||
	      in_object(base, addr, len));
	/* A pointer that goes on as an integer: there is nothing to refuse. */
	if (site->flags & MODBOUNDS_ESCAPE && site->origin != MODBOUNDS_ORIGIN_INT)
		ok = !(site->flags & MODBOUNDS_RANGE) || in_object(base, addr, 0);
	LOG("%s %s%lu %s dist=%ld type=%u flags=%d %s:%u\n", ok ? "ok" : "BAD",
	    kind == 2 ? "fail" : kind ? "st" : "ld", len, origins[site->origin],
	    (long)(addr - base), site->type_size, site->flags & ~MODBOUNDS_LEAVE,
	    strrchr(file, '/') ? strrchr(file, '/') + 1 : file, site->line);
	if (ok)
		return 1;
	n.violations++;
	note_leaving(site);
	memset(sink, 0, sizeof(sink));
	return 0;
}

/* Refused, or where an instruction may go instead. */
static int range_refused(struct regs *r, int kind)
{
	static const char * const origins[] = { "param", "call", "loaded", "object", "int" };
	const struct modbounds_site *site = compact_site(r->ip);
	unsigned long addr = r->reg[7], len = r->reg[6], base = r->reg[2];
	int ok;

	if (kind != 2 && addr - __modbounds_self.base < __modbounds_self.size &&
	    len <= __modbounds_self.size - (addr - __modbounds_self.base) &&
	    (everything || (base - __modbounds_self.base < __modbounds_self.size &&
			    in_object(base, addr, len))))
		return 0;
	if (site->addr_reg != 7 || site->base_reg != 2 ||
	    (kind != 2 && !site->len && !(site->flags & MODBOUNDS_RANGE)))
		fatal("no site of a range");
	if (kind != 2 && kind != (site->flags & MODBOUNDS_STORE))
		fatal("site and thunk of a range differ");
	if (site->len) {
		if (site->len != len)
			fatal("site and register of an access differ in the length");
		if (!access_ok(site, addr, len, base, kind))
			r->reg[7] = (unsigned long)sink + sizeof(sink) / 2;
		return 0;
	}
	ok = !len || (kind != 2 && allowed(addr, len, site->flags) && in_object(base, addr, len) &&
		      (site->origin != MODBOUNDS_ORIGIN_INT || site->flags & MODBOUNDS_USER));
	n.ranges++;
	n.violations += !ok;
	LOG("%s %s%lu range %s dist=%ld flags=%d%s%s line %u\n", ok ? "ok" : "BAD",
	    kind == 2 ? "fail" : kind ? "st" : "ld", len, origins[site->origin], (long)(addr - base),
	    site->flags & ~(MODBOUNDS_LEAVE | MODBOUNDS_ARGUMENT),
	    site->flags & MODBOUNDS_ARGUMENT ? " of " : "",
	    site->flags & MODBOUNDS_ARGUMENT ?
	    (const char *)&site->type_size + (int32_t)site->type_size : "", site->line);
	if (ok)
		return 0;
	note_leaving(site);
	if (!(site->flags & MODBOUNDS_ARGUMENT))
		r->reg[7] = (unsigned long)sink + sizeof(sink) / 2;
	return 1;
}

void rt_miss(struct regs *r)
{
	const unsigned char *ip = (const unsigned char *)r->ip;
	const struct modbounds_site *site;
	unsigned long addr, base, kind = (r->kind >> 8) & 3, len = r->kind & 255;
	int param = (r->kind >> 8) & 4, compact = (r->kind >> 8) & 8;
	unsigned int mask = 0;
	int32_t rel;
	int scalar, typed;

	if (rt_window)
		fatal("a check between stac and clac");
	if (r->kind >> 8 == 16) {
		r->kind = argument_refused(r);
		return;
	}
	if (r->kind >> 8 > 16) {
		r->kind = range_refused(r, (r->kind >> 8) - 17);
		return;
	}
	if (compact) {
		if (r->reg[r->nr] - __modbounds_self.base < __modbounds_self.size)
			return;
		site = compact_site(r->ip);
	} else {
		if (*ip != 0xa9)
			fatal("no site behind the call");
		memcpy(&rel, ip + 1, 4);
		site = (const struct modbounds_site *)(ip + 1 + rel);
		if (site->ip)
			fatal("a site of two kinds");
	}
	if (site->addr_reg != r->nr)
		fatal("site and thunk differ in the register");
	if (kind != 2 && kind != (site->flags & MODBOUNDS_STORE))
		fatal("site and thunk differ in load or store");
	typed = site->base_reg == site->addr_reg && site->offset >= 0 &&
		(uint64_t)site->offset + site->len <= site->type_size;
	if (kind != 2 && !param != !(typed && (compact ? site->origin != MODBOUNDS_ORIGIN_INT :
						site->origin == MODBOUNDS_ORIGIN_PARAM)))
		fatal("site and thunk differ in being within a type");
	scalar = (site->len == 1 || site->len == 2 || site->len == 4 || site->len == 8) &&
		 (site->offset & 7) + site->len <= 8;
	if (kind != 2 && (len ? !scalar || len != site->len : scalar && site->offset))
		fatal("site and thunk differ in the length, or in how many granules that is");
	if (kind != 2 && !len) {
		ip += compact ? 0 : 5;
		if (*ip != 0xa9)
			fatal("no mask behind the call");
		memcpy(&mask, ip + 1, 4);
		if (mask != (site->len > 256 ? 0 : (1ull << ((site->len + 7) / 8)) - 1))
			fatal("wrong mask");
	}
	addr = r->reg[site->addr_reg];
	base = site->base_reg == site->addr_reg ? addr - site->offset : r->reg[site->base_reg];

	if (!access_ok(site, addr, site->len, base, kind))
		r->reg[site->addr_reg] = (unsigned long)sink + sizeof(sink) / 2;
}

static int range_ok(const void *p, size_t len, unsigned int flags, const char *what)
{
	int ok = !len || allowed((unsigned long)p, len, flags);

	LOG("%s %s%zu %s flags=%d\n", ok ? "ok" : "BAD", flags & MODBOUNDS_STORE ? "st" : "ld", len,
	    what, flags & 255);
	n.violations += !ok;
	return ok;
}

#define LOADS(p, len)	range_ok(p, len, 0, __func__)
#define STORES(p, len)	range_ok(p, len, MODBOUNDS_STORE, __func__)

void *__modbounds_memcpy(void *d, const void *s, size_t len)
{
	n.calls++;
	return LOADS(s, len) & STORES(d, len) ? memcpy(d, s, len) : d;
}

void *__modbounds_memmove(void *d, const void *s, size_t len)
{
	n.calls++;
	return LOADS(s, len) & STORES(d, len) ? memmove(d, s, len) : d;
}

void *__modbounds_memset(void *d, int c, size_t len)
{
	n.calls++;
	return STORES(d, len) ? memset(d, c, len) : d;
}

int __modbounds_memcmp(const void *a, const void *b, size_t len)
{
	n.calls++;
	return LOADS(a, len) & LOADS(b, len) ? memcmp(a, b, len) : 0;
}

size_t __modbounds_strlen(const char *s)
{
	n.calls++;
	return LOADS(s, 1) ? strlen(s) : 0;
}

char *__modbounds_strcpy(char *d, const char *s)
{
	n.calls++;
	return LOADS(s, strlen(s) + 1) & STORES(d, strlen(s) + 1) ? strcpy(d, s) : d;
}

int __modbounds_snprintf(char *d, size_t size, const char *fmt, ...)
{
	va_list args;
	int ret = 0;

	n.calls++;
	va_start(args, fmt);
	if (STORES(d, size))
		ret = vsnprintf(d, size, fmt, args);
	va_end(args);
	return ret;
}

unsigned long __modbounds__copy_from_user(void *d, const void *s, unsigned long len)
{
	n.calls++;
	if (!STORES(d, len))
		return len;
	memcpy(d, s, len);
	return 0;
}

unsigned long __modbounds__copy_to_user(void *d, const void *s, unsigned long len)
{
	n.calls++;
	if (!LOADS(s, len))
		return len;
	memcpy(d, s, len);
	return 0;
}

unsigned long _copy_from_user(void *d, const void *s, unsigned long len)
{
	memcpy(d, s, len);
	return 0;
}

/* Functions of the kernel that fill memory: nobody is to get here with what is refused. */
void get_random_bytes(void *p, size_t len) { memset(p, 4, len); }
int xenbus_scanf(int transaction, const char *directory, const char *node, const char *fmt, ...)
{
	return transaction == 0 && directory && node && fmt;
}
int regmap_read(void *map, unsigned int reg, unsigned int *value)
{
	(void)map;
	if (value)
		*value = reg;
	return reg;
}
void sg_init_table(void *p, unsigned int n) { memset(p, n, n * 4 * sizeof(long)); }
void ioread32_rep(const void *port, void *p, unsigned long count)
{
	(void)port;
	memset(p, 4, 4 * count);
}
int hex2bin(unsigned char *to, const char *from, size_t len)
{
	memset(to, *from, len);
	return 0;
}

/* What stands for refused operations. */
int __modbounds_refuse_xmit(void *skb, void *dev)
{
	LOG("refuse_xmit %d %d\n", skb != NULL, dev != NULL);
	return 0;
}

int __modbounds_refuse_napi(void *napi, int budget)
{
	LOG("refuse_napi %d %d\n", napi != NULL, budget);
	return 0;
}

int __modbounds_refuse_irq(int irq, void *dev)
{
	LOG("refuse_irq %d %d\n", irq, dev != NULL);
	return 1;
}

void *__modbounds_refuse_get_stats(void *dev)
{
	LOG("refuse_get_stats %d\n", dev != NULL);
	return dev;
}

void __modbounds_refuse_submit_bio(void *bio)
{
	LOG("refuse_submit_bio %d\n", bio != NULL);
}

void __modbounds_refuse_queue_rqs(void *list)
{
	LOG("refuse_queue_rqs %d\n", list != NULL);
}

/* Before main(): code may have read the bounds once and for all by then. */
__attribute__((constructor)) static void rt_init(void)
{
	arena = mmap(NULL, ARENA_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	outside = mmap(NULL, ARENA_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (arena == MAP_FAILED || outside == MAP_FAILED)
		fatal("no memory");
	if (!&__modbounds_self)
		return;
	__modbounds_self.domain = (void *)0xd0;
	__modbounds_self.slots = slots;
	__modbounds_self.last_slot = ARENA_SIZE / MODBOUNDS_SLOT_PAGE - 1;
	if (rt_inline) {
		__modbounds_self.base = (unsigned long)arena;
		__modbounds_self.size = ARENA_SIZE - MODBOUNDS_GUARD;
	}
}

int main(void)
{
	char here[8192];

	here[0] = 0;
	stack_top = (unsigned long)__builtin_frame_address(0) + (here[0] & 1);
	test();
	printf("arguments=%d\nchecks=%d\nld=%d\nst=%d\nfails=%d\nviolations=%d\nranges=%d\ncalls=%d\nentries=%d\ndepth=%d\n",
	       n.arguments, n.checks, n.ld, n.st, n.fails, n.violations, n.ranges, n.calls, rt_entries, rt_depth);
	fputs(log_text, stdout);
	return 0;
}
