// SPDX-License-Identifier: GPL-2.0
/*
 * A violation leaves the module at once, where nothing has been taken since the gate
 * (plugin/leave.cc): the module's frames are taken off the stack, and its caller sees a
 * failure.  Or it leaves but one function, or a few, up to one whose result is an error and
 * nothing else: its caller in the module sees that it has failed, and knows what to do.
 * Running on with zeros in the place of what was to be loaded is how machines die, for
 * zeros are handed to the kernel.
 *
 * The gate's caller wants its registers back, and only the frames know where they are:
 * the kernel's own unwind tables (ORC) do not tell.  So instrumented modules carry DWARF
 * call frame information (.eh_frame), of which this reads what GCC writes: DWARF 5, section
 * 6.4, and the Linux Standard Base, "Exception Frames".  Whatever else it finds ends the
 * attempt, and the module runs on.
 */
#include <linux/hardirq.h>
#include <linux/kasan.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "internal.h"

/* In DWARF's order. */
enum { RAX, RDX, RCX, RBX, RSI, RDI, RBP, RSP, R8, R9, R10, R11, R12, R13, R14, R15, RA, REGS };

#define MAX_FRAMES	64
#define MAX_STATES	8

#define DW_EH_PE_absptr	0x00
#define DW_EH_PE_sdata4	0x0b
#define DW_EH_PE_sdata8	0x0c
#define DW_EH_PE_pcrel	0x10

struct frame {
	unsigned long pc;
	unsigned long reg[REGS];
};

/* Where a caller's registers are: at an offset from the frame's address, or unchanged. */
struct rules {
	unsigned int cfa_reg;
	long cfa_offset;
	bool saved[REGS];
	long offset[REGS];
};

struct table {
	const u8 *pos, *end;
	bool bad;
};

static u64 get(struct table *t, unsigned int size)
{
	u64 value = 0;

	if (t->end - t->pos < size) {
		t->bad = true;
		t->pos = t->end;
		return 0;
	}
	memcpy(&value, t->pos, size);
	t->pos += size;
	return value;
}

/* LEB128, and how many bits it had; its sign is in the last byte. */
static u64 leb(struct table *t, unsigned int *bits, u8 *last)
{
	u64 value = 0;

	*bits = 0;
	do {
		*last = get(t, 1);
		if (*bits < 64)
			value |= (u64)(*last & 0x7f) << *bits;
		*bits += 7;
	} while (*last & 0x80);
	return value;
}

static u64 uleb(struct table *t)
{
	unsigned int bits;
	u8 last;

	return leb(t, &bits, &last);
}

static s64 sleb(struct table *t)
{
	unsigned int bits;
	u8 last;
	u64 value = leb(t, &bits, &last);

	if (last & 0x40 && bits < 64)
		value |= -(1ULL << bits);
	return value;
}

static unsigned long get_address(struct table *t, u8 encoding)
{
	unsigned long at = (unsigned long)t->pos;

	switch (encoding) {
	case DW_EH_PE_absptr:
		return get(t, 8);
	case DW_EH_PE_pcrel | DW_EH_PE_sdata4:
		return at + (s32)get(t, 4);
	case DW_EH_PE_pcrel | DW_EH_PE_sdata8:
		return at + get(t, 8);
	default:
		t->bad = true;
		return 0;
	}
}

/* What functions share (CIE). */
struct common {
	unsigned long code_align;
	long data_align;
	u8 encoding;
	bool augmented;
	struct table program;
};

/* One function (FDE), or a part of one. */
struct function {
	struct common common;
	unsigned long start, size;
	struct table program;
};

static bool read_common(const u8 *at, const u8 *end, struct common *c)
{
	struct table t = { at, end };
	const char *augmentation;
	u32 length = get(&t, 4);

	if (t.bad || length > t.end - t.pos || get(&t, 4))	/* a CIE has no link to one */
		return false;
	t.end = t.pos - 4 + length;
	get(&t, 1);		/* version */
	augmentation = (const char *)t.pos;
	while (!t.bad && get(&t, 1))
		;
	c->code_align = uleb(&t);
	c->data_align = sleb(&t);
	if (t.bad || get(&t, 1) != RA)
		return false;
	c->encoding = DW_EH_PE_absptr;
	c->augmented = *augmentation == 'z';
	if (c->augmented) {
		u64 size = uleb(&t);
		const u8 *next = t.pos + size;

		if (t.bad || size > t.end - t.pos || strcmp(augmentation, "zR"))
			return false;
		c->encoding = get(&t, 1);
		t.pos = next;
	} else if (*augmentation) {
		return false;
	}
	c->program = t;
	return !t.bad;
}

/* They are few, and this is not done often: one after the other. */
static bool find_function(const struct module *mod, unsigned long pc, struct function *f)
{
	const u8 *start = mod->modbounds_frames, *end = start + mod->modbounds_frames_size;
	const u8 *at = start;

	while (end - at > 8) {
		u32 length = get_unaligned((const u32 *)at);
		u32 link = get_unaligned((const u32 *)(at + 4));
		struct table t = { at + 8, at + 4 + length };

		if (!length || length > end - at - 4)
			return false;
		if (link && link <= at + 4 - start &&
		    read_common(at + 4 - link, end, &f->common)) {
			f->start = get_address(&t, f->common.encoding);
			/* The size is encoded as an address is, but counted from nowhere. */
			f->size = f->common.encoding == (DW_EH_PE_pcrel | DW_EH_PE_sdata4) ?
				  get(&t, 4) : get(&t, 8);
			if (!t.bad && pc - f->start < f->size) {
				if (f->common.augmented)
					t.pos += uleb(&t);
				f->program = t;
				return !t.bad && t.pos <= t.end;
			}
		}
		at += 4 + length;
	}
	return false;
}

/* Follow a program up to @pc. */
static bool run(struct table t, const struct common *c, unsigned long loc, unsigned long pc,
		struct rules *r, const struct rules *initial)
{
	struct rules states[MAX_STATES];
	unsigned int depth = 0, reg;

	while (t.pos < t.end) {
		u8 op = get(&t, 1);
		u8 low = op & 0x3f;

		switch (op & 0xc0) {
		case 0x40:			/* advance_loc */
			loc += low * c->code_align;
			goto advanced;
		case 0x80:			/* offset */
			if (low >= REGS)
				return false;
			r->saved[low] = true;
			r->offset[low] = uleb(&t) * c->data_align;
			continue;
		case 0xc0:			/* restore */
			if (low >= REGS || !initial)
				return false;
			r->saved[low] = initial->saved[low];
			r->offset[low] = initial->offset[low];
			continue;
		}
		switch (op) {
		case 0x00:			/* nop */
			continue;
		case 0x02:			/* advance_loc1, 2, 4 */
			loc += get(&t, 1) * c->code_align;
			break;
		case 0x03:
			loc += get(&t, 2) * c->code_align;
			break;
		case 0x04:
			loc += get(&t, 4) * c->code_align;
			break;
		case 0x07:			/* undefined, same_value */
		case 0x08:
			reg = uleb(&t);
			if (reg >= REGS)
				return false;
			r->saved[reg] = false;
			continue;
		case 0x0a:			/* remember_state */
			if (depth == MAX_STATES)
				return false;
			states[depth++] = *r;
			continue;
		case 0x0b:			/* restore_state */
			if (!depth)
				return false;
			*r = states[--depth];
			continue;
		case 0x0c:			/* def_cfa */
			r->cfa_reg = uleb(&t);
			r->cfa_offset = uleb(&t);
			continue;
		case 0x0d:			/* def_cfa_register */
			r->cfa_reg = uleb(&t);
			continue;
		case 0x0e:			/* def_cfa_offset */
			r->cfa_offset = uleb(&t);
			continue;
		case 0x2e:			/* GNU_args_size */
			uleb(&t);
			continue;
		default:
			return false;
		}
advanced:
		if (t.bad || loc > pc)
			break;
	}
	return !t.bad;
}

/* The frame of the caller, on the stack that @limit lies on. */
static bool step(const struct function *f, struct frame *frame, unsigned long limit)
{
	struct rules initial = { }, r;
	unsigned long cfa, at;
	struct frame next;
	unsigned int i;

	if (!run(f->common.program, &f->common, f->start, f->start, &initial, NULL))
		return false;
	r = initial;
	/* A return address may lie behind its function. */
	if (!run(f->program, &f->common, f->start, frame->pc - 1, &r, &initial) ||
	    r.cfa_reg >= REGS || !r.saved[RA])
		return false;
	cfa = frame->reg[r.cfa_reg] + r.cfa_offset;
	if (cfa <= frame->reg[RSP] || ((cfa - 8) ^ limit) >= THREAD_SIZE || cfa & 7)
		return false;
	next = *frame;
	for (i = 0; i < REGS; i++) {
		if (!r.saved[i])
			continue;
		at = cfa + r.offset[i];
		if (at < frame->reg[RSP] || at > cfa - 8 || at & 7)
			return false;
		next.reg[i] = READ_ONCE_NOCHECK(*(unsigned long *)at);
	}
	next.pc = next.reg[RA];
	next.reg[RSP] = cfa;
	*frame = next;
	return true;
}

static const struct modbounds_gate *find_gate(const struct module *mod, const struct function *f)
{
	unsigned int i;

	for (i = 0; i < mod->num_modbounds_gates; i++) {
		const struct modbounds_gate *g = &mod->modbounds_gates[i];

		if ((unsigned long)&g->gate + g->gate - f->start < f->size)
			return g;
	}
	return NULL;
}

static bool is_gate(const struct modbounds_gate *g)
{
	return g->kind != MODBOUNDS_GATE_FAILS && g->kind != MODBOUNDS_GATE_BODY;
}

/*
 * A call by way of a thunk has at most this many bytes, and is rewritten at load to a
 * shorter one, with nops behind it (arch/x86/kernel/alternative.c).
 */
#define MAX_CALL_SIZE	6

/* Is something held where a function of the module returns to @pc? */
static bool is_held_at(const struct module *mod, unsigned long pc)
{
	unsigned int i;

	for (i = 0; i < mod->num_modbounds_held; i++) {
		unsigned long end = (unsigned long)&mod->modbounds_held[i] + mod->modbounds_held[i];

		if (end - pc < MAX_CALL_SIZE)
			return true;
	}
	return false;
}

/**
 * modbounds_leave - return from the module's activation, or from a function that may fail
 * @d: the domain
 * @regs: the module's registers at a site that says MODBOUNDS_LEAVE
 *
 * Context: any but NMI.  Returns if it is not.
 */
void modbounds_leave(struct modbounds_domain *d, const struct modbounds_regs *regs)
{
	static const u8 numbers[] = { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI };
	const struct module *mod = READ_ONCE(d->mod);
	unsigned long limit = modbounds_running_limit();
	const struct modbounds_activation *activation;
	struct modbounds_exit exit;
	const struct modbounds_gate *gate;
	struct function f;
	struct frame frame;
	bool body = false;
	unsigned int i;

	if (!mod || !mod->modbounds_frames)
		return;
	/* Who restarts the driver waits for what its interrupts complete: contained, they do. */
	if (in_interrupt() && READ_ONCE(d->state) == MODBOUNDS_RESTARTING)
		return;
	for (i = 0; i < 16; i++)
		frame.reg[i < 8 ? numbers[i] : i] = regs->reg[i];
	frame.reg[RSP] = (unsigned long)(regs + 1);
	frame.pc = regs->ip;
	for (i = 0; i < MAX_FRAMES; i++) {
		if (!find_function(mod, frame.pc - 1, &f))
			return;
		gate = find_gate(mod, &f);
		if (gate && is_gate(gate) && i)
			break;
		/* The module itself has called a gate's body, which has something to end. */
		if (body)
			return;
		body = gate && gate->kind == MODBOUNDS_GATE_BODY;
		if (!step(&f, &frame, limit))
			return;
		if (gate && gate->kind == MODBOUNDS_GATE_FAILS)
			break;
		/* Who goes on may hold what it likes, but who is left out may not. */
		if (is_held_at(mod, frame.pc))
			return;
		/* That was a gate's frame, which the module itself had called. */
		while (frame.reg[RSP] > limit) {
			activation = (struct modbounds_activation *)limit;
			if (activation->domain != d || activation->limit <= limit)
				return;
			limit = activation->limit;
		}
	}
	if (i == MAX_FRAMES)
		return;
	exit = (struct modbounds_exit){
		.rbx = frame.reg[RBX], .rbp = frame.reg[RBP], .r12 = frame.reg[R12],
		.r13 = frame.reg[R13], .r14 = frame.reg[R14], .r15 = frame.reg[R15],
		.rsp = frame.reg[RSP], .rip = frame.pc, .rax = gate->value,
	};
	switch (gate->kind) {
	case MODBOUNDS_GATE_QUEUE_RQ:
		exit.rax = modbounds_refused_request(d);
		break;
	case MODBOUNDS_GATE_NAPI:
	case MODBOUNDS_GATE_COMPLETE:
		modbounds_end_left(gate->kind, ((struct modbounds_activation *)limit)->argument);
		break;
	}
	modbounds_count(d, left);
	/* What the frames had marked for KASAN goes with them. */
	kasan_unpoison_task_stack_below((void *)exit.rsp);
	modbounds_return_to_gate(&exit);
}
