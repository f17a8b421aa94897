# SPDX-License-Identifier: GPL-2.0
"""
What is known at each instruction of a module: a forward data flow over the
whole of its code.  Accesses are judged once nothing changes any more.
"""
import struct

from clobber import CLOBBERED, GENERAL, KEEPS, RANGES, argument, clobbers, thunk
from values import CONST, add, apart, const, join, low_part, scale, shrunk, split, sub, wider
from x86 import BRANCH, Imm, Mem, Reg

GUARD = 4096            # what lies so close to bounds belongs to nobody: see the ABI
ALL = (-(1 << 62), 1 << 62)
ALIGNED = -(1 << 40)    # where a frame begins, as seen from its entry, that "and" has aligned
FAR = 1 << 24           # from a symbol or the stack one gets so far without a wrap
ARGUMENTS = 8 + 64      # bytes above the frame that hold arguments and the way back

NOT_RETURNING = {'__stack_chk_fail', 'panic', '__x86_return_thunk'}

# cond: what the branch says of the compared values a (destination) and b (source)
CONDITION = {'jae': 'ge', 'jb': 'lt', 'ja': 'gt', 'jbe': 'le', 'je': 'eq', 'jne': 'ne',
             'jge': 'ge', 'jl': 'lt', 'jg': 'gt', 'jle': 'le'}
SIGNED = {'jge', 'jl', 'jg', 'jle'}
OPPOSITE = {'ge': 'lt', 'lt': 'ge', 'gt': 'le', 'le': 'gt', 'eq': 'ne', 'ne': 'eq'}
MIRROR = {'ge': 'le', 'le': 'ge', 'gt': 'lt', 'lt': 'gt', 'eq': 'eq', 'ne': 'ne'}

NO_RESULT = {'cmp', 'test', 'bt', 'push', 'call', 'jmp', 'nop', 'out'}
STRING = {'movs': 'ls', 'stos': 's', 'cmps': 'll', 'scas': 'l', 'lods': 'l'}
STRING_MOVES = {'movs': ('rdi', 'rsi'), 'stos': ('rdi',), 'cmps': ('rdi', 'rsi'),
                'scas': ('rdi',), 'lods': ('rsi', 'rax')}


SIZED = {'mov', 'cmp', 'test', 'add', 'sub', 'and', 'or', 'xor', 'inc', 'dec', 'neg', 'not', 'shl',
         'shr', 'sar', 'rol', 'ror', 'adc', 'sbb', 'mul', 'imul', 'div', 'idiv', 'bt', 'bts', 'btr',
         'btc', 'push', 'pop', 'xchg', 'xadd', 'call', 'jmp', 'cmpxchg'}


def plain(name):
    """The operation without its size suffix."""
    for op in ('cmpxchg16b', 'cmpxchg8b', 'movslq', 'movabs'):
        if name == op:
            return op
    if name[-1] in 'bwlq' and name[:-1] in SIZED:
        return name[:-1]
    return name


# struct modbounds_self: where the table of slots stands, and its last number.
SELF_SLOTS, SELF_LAST = 24, 32


def slot_base(v):
    """Of an address in the table of slots the value whose page it is for; else None."""
    ident, off = v
    if ident[0] == 'lin' and ident[1] == ('SLOTS',) and ident[2][0] == 'page' and \
       ident[3] == 8 and off == 0:
        return ident[2][1]
    return None


def of_slots(op, a, b):
    """What the plugin computes to find out whether two addresses lie in one slot; or None."""
    for x, y in ((a, b), (b, a)):
        ident = x[0]
        if op == 'and' and y == (('LAST',), 0) and x[1] == 0 and ident[:2] == ('shr', 12) and \
           ident[2][0][0] == 'sb':
            return ('page', (ident[2][0][1], ident[2][1])), 0
        if op == 'and' and y[0][0] == 'mask' and y[1] == 0 and x[1] == 0 and \
           ident[0] in ('xor', 'or'):
            return ('masked', x, y), 0
        if op == 'or' and x[1] == y[1] == 0 and ident[0] == y[0][0] == 'xor':
            return ('or', x, y), 0
    return (('xor', a, b), 0) if op == 'xor' else None


# struct modbounds_site: how long it is, and where in it the address of its call stands.
SITE_SIZE, SITE_IP = 32, 24


class Flow:
    def __init__(self, elf, code, sizes):
        self.elf, self.code, self.sizes = elf, code, sizes
        self.functions = {(s, v): n for n, t, s, v, _ in elf.symbols if t == 2}
        self.sites = elf.by_name.get('.modbounds.sites')
        # Checks that are one call: where their sites are, by the last byte of the call.
        self.compact = {to: self.sites.offset + at - SITE_IP
                        for at, to in (self.sites.relocs.items() if self.sites else ()) if at % SITE_SIZE == SITE_IP}
        self.blocks, self.extra, self.replaces = {}, {}, {}
        self.limits = {0}       # numbers that the function at hand compares with
        self.partition()
        self.clobbers = clobbers(self.blocks, self.owner, self.target, self.owner_at)
        self.warnings = self.read_warnings()

    # The graph.  A block is named by the section and address of its first instruction.

    def label(self, section, offset, name):
        return (self.elf.by_name[name].index if name in self.elf.by_name else section, offset)

    def target(self, insn):
        """Where a branch goes, inside the module; None: out of it."""
        t = insn.target
        return None if t is None or t.name else (t.section, t.offset)

    def owner(self, insn):
        return (insn.function or '?').split('.cold')[0]

    def owner_at(self, key):
        return self.owner(self.code[key]) if key in self.code else '?'

    def entry(self, key):
        return key in self.functions and '.cold' not in self.functions[key]

    def partition(self):
        leaders = set(self.functions)
        for key, insn in self.code.items():
            if insn.name == 'jmp' or BRANCH.match(insn.name):
                to = self.target(insn)
                leaders.add((key[0], insn.end))
                if to:
                    leaders.add(to)
        self.read_side_exits(leaders)
        function = None
        for key in sorted(self.code):
            if key in self.functions:
                function = self.functions[key]
            if key in leaders or key not in self.code or not self.blocks or \
               last[0] != key[0] or last[1] != key[1]:
                block = self.blocks[key] = []
            insn = self.code[key]
            insn.function = function
            block.append(insn)
            last = (key[0], insn.end)
        # An alternative belongs to the function that it is put into.
        for key, at in self.replaces.items():
            self.code[key].function = self.code[at].function

    def read_side_exits(self, leaders):
        """Edges that no branch shows: static branches, fixups, alternatives."""
        def relocs(name):
            section = self.elf.by_name.get(name)
            return sorted(section.relocs.items()) if section else []

        def edge(a, b):
            self.extra.setdefault(a, set()).add(b)
            leaders.add(b)

        for name, size in (('__jump_table', 16), ('__ex_table', 12)):
            rows = {}
            for at, to in relocs(name):
                rows.setdefault(at // size, []).append(to)
            for row in rows.values():
                edge(row[0], row[1])
        section = self.elf.by_name.get('.altinstructions')
        rows = {}
        for at, to in relocs('.altinstructions'):
            rows.setdefault(at // 14, []).append(to)
        for n, row in rows.items():
            old, new = self.elf.data[section.offset + n * 14 + 12:][:2]
            if len(row) < 2 or not new:
                continue
            edge(row[0], row[1])
            leaders.add((row[1][0], row[1][1] + new))
            inside = [k for k in self.code if k[0] == row[1][0] and
                      row[1][1] <= k[1] < row[1][1] + new]
            self.replaces.update(dict.fromkeys(inside, row[0]))
            if inside:
                tail = max(inside)
                edge(tail, (row[0][0], row[0][1] + old))
                self.extra.setdefault('ends', set()).add(tail)
        # An edge leaves a block at its end.
        for key in list(self.extra):
            if key != 'ends' and key in self.code:
                leaders.add(key)
                leaders.add((key[0], self.code[key].end))

    def read_warnings(self):
        """Addresses of ud2 that the kernel returns behind: WARN(), but not BUG()."""
        section, out = self.elf.by_name.get('__bug_table'), set()
        for at, to in section.relocs.items() if section else ():
            # struct bug_entry: where, file, line, flags
            if at % 12 == 0 and at + 4 in section.relocs:
                flags, = struct.unpack_from('<H', self.elf.data, section.offset + at + 10)
                if flags & 1:
                    out.add(to)
        return out

    # Values of operands

    def get(self, state, insn, loc):
        if loc not in state.locs:
            state.locs[loc] = state.define(('d', insn.section.index, insn.addr, '?' + loc))
        return state.locs[loc]

    def address(self, state, insn, mem):
        v = const(mem.disp)
        if mem.rip and mem.symbol is None:
            return None
        if mem.symbol is not None:
            v = (('sym', mem.symbol[0]), mem.symbol[1])
        if mem.base and mem.base.startswith('r') and mem.base != 'riz':
            v = add(v, self.get(state, insn, mem.base))
        if v and mem.index:
            index = scale(self.get(state, insn, mem.index), mem.scale)
            v = add(v, index) if index else None
        return v

    def slot(self, v, size):
        return ('slot', v[1], size) if v and v[0][0] == 'stk' else None

    def read(self, state, insn, op, size):
        """The value of an operand, zero-extended from its size."""
        if isinstance(op, Imm):
            if op.symbol:
                return (('sym', op.symbol[0]), op.symbol[1])
            return state.zext(const(op.value), size)
        if isinstance(op, Reg):
            if op.high or op.name not in GENERAL:
                return None
            return state.zext(self.get(state, insn, op.name), size)
        if op.seg:
            # A task's code sees the same 'current' all the way: the kernel declares it constant.
            current = op.seg == 'gs' and op.rip and op.symbol == ('const_pcpu_hot', 0)
            return (('current',), 0) if current and size == 8 else None
        v = self.address(state, insn, op)
        if v and v[0][0] == 'sym' and v[0][1] == self.self_at[0] and size == 8:
            if v[1] == self.self_at[1]:
                return (('BASE',), 0)
            if v[1] == self.self_at[1] + 8:
                return (('SIZE',), 0)
            if v[1] in (self.self_at[1] + SELF_SLOTS, self.self_at[1] + SELF_LAST):
                return (('SLOTS',) if v[1] == self.self_at[1] + SELF_SLOTS else ('LAST',), 0)
        if v and size == 8 and slot_base(v):
            return (('mask', slot_base(v)), 0)
        slot = self.slot(v, size)
        if slot and slot not in state.locs and size == 8:
            state.locs[slot] = state.define(('d', insn.section.index, insn.addr, '?', slot))
        return state.locs.get(slot)

    def write(self, state, insn, op, v, size):
        """Give the operand a value; None: one that nothing is known of."""
        key = ('d', insn.section.index, insn.addr)
        if isinstance(op, Reg):
            if op.name not in GENERAL:
                return
            top = 1 << 8 * size
            # What is as wide as 4 bytes clears the others, what is not keeps them.
            narrow = size == 4 or size < 4 and not op.high and \
                state.bounds(self.get(state, insn, op.name))[1] < top
            if v is None or size < 4:
                v = state.define(key + (op.name,))
                if narrow:
                    state.set(v[0], span=(0, top - 1))
            state.locs[op.name] = v
        elif isinstance(op, Mem) and not op.seg:
            to = self.address(state, insn, op)
            if to is None or split(to)[0] is None or split(to)[0][0] != 'stk':
                # A variable may have been changed, but no spilled register.
                for loc, (held, _) in list(state.locs.items()):
                    if loc[0] == 'slot' and held[3:4] == ('?',):
                        del state.locs[loc]
                return
            if to[0][0] == 'stk':
                self.kill_slots(state, to[1], to[1] + size)
                if v is None:
                    v = state.define(key + ('m',))
                state.locs[self.slot(to, size)] = v
            else:
                lo, hi = self.extent(state, to)
                self.kill_slots(state, lo, hi + size)

    def kill_slots(self, state, lo, hi):
        for loc in [l for l in state.locs if l[0] == 'slot' and l[1] < hi and l[1] + l[2] > lo]:
            del state.locs[loc]

    # What may be accessed

    def extent(self, state, v):
        """How far from its base can a value be?  (lowest, highest)"""
        base, x, k = split(v)
        lo = hi = 0
        if base and x and k > 0:
            lo, hi = state.bounds(join(None, x, k, 0))
        elif base and x:
            hi, lo = (n * k for n in state.bounds((x, 0)))
        if lo >= 1 << 63:
            lo, hi = lo - (1 << 64), hi - (1 << 64)
        return lo + v[1], hi + v[1]

    def room(self, state, v):
        """Intervals around a value that may be loaded and stored, and why."""
        if slot_base(v):
            return (0, 8), None, 0, 'proved'
        base = split(v)[0]
        lo, hi = self.extent(state, v)
        if v[0] in state.facts and (state.fact(v[0]).load or state.fact(v[0]).whole):
            base, lo, hi = None, v[1], v[1]
        if hi - lo >= 1 << 32:
            return None, None, 0, ''
        if v[0] == ('current',) and 'init_task' in self.sizes:
            span = shrunk((0, self.sizes['init_task']), v[1], v[1])
            return span, span, 0, 'proved'
        if base and base[0] in ('sym', 'stk'):
            if base[0] == 'stk':
                sp = state.locs.get('rsp', (None, 0))
                if lo >= 8:
                    span = (8, ARGUMENTS)
                else:
                    span = (sp[1] if sp[0] == base else lo, 8 if lo > ALIGNED >> 1 else ALIGNED)
                writable = True
            elif isinstance(base[1], str):
                size = self.sizes.get(base[1])
                if size is None:
                    return None, None, 0, ''
                span, writable = (0, size), True
            else:
                span = self.elf.covering(base[1], lo)
                writable = self.elf.sections[base[1]].writable
            span = shrunk(span, lo, hi)
            return span, span if writable else None, 0, 'proved'
        fact = state.fact(base or v[0])
        return (shrunk(fact.load, lo, hi), shrunk(fact.store, lo, hi),
                fact.whole if lo == hi == 0 else 0, 'checked')

    # Facts that a comparison leaves behind

    def in_one_slot(self, state, masked):
        """
        Nothing differs of what is the same in all addresses of the slot that a base lies in, which
        is known to be the module's.  A lone address is the last byte of a scalar that is aligned.
        """
        differs, (_, base) = masked[1], masked[2][0]
        fact = state.fact(base[0])
        if not fact.store or not fact.store[0] <= base[1] < fact.store[1]:
            return
        ends = []
        for ident, _ in (differs[0][1:] if differs[0][0] == 'or' else (differs,)):
            if base not in ident[1:]:
                return
            ends.append(ident[2] if ident[1] == base else ident[1])
        lone = len(ends) == 1
        if any(e[0] != ends[0][0] for e in ends):
            return
        low, high = min(e[1] for e in ends), max(e[1] for e in ends)
        window = (low - 7 if lone else low, high + 1)
        fact = state.fact(ends[0][0])
        state.set(ends[0][0], load=wider(fact.load, window), store=wider(fact.store, window))

    def compare(self, state, what, a, b, signed, size):
        if a is None or b is None:
            return
        if a[0][0] == 'masked' and a[1] == 0 and b == const(0):
            if what == 'eq':
                self.in_one_slot(state, a[0])
            return
        for x, y, how in ((a, b, what), (b, a, MIRROR[what])):
            if x[0][0] == 'sb' and y == (('SIZE',), 0) and how == 'lt':
                window = (x[1] - GUARD, x[1] + GUARD)
                fact = state.fact(x[0][1])
                state.set(x[0][1], load=wider(fact.load, window), store=wider(fact.store, window))
                return
        base = split(a)[0]
        moved = apart(a, b) != (a, b)
        a, b = apart(a, b)
        for x, y in ((a, b), (b, a)):
            if y[0] == CONST:
                n, k = (y[1] - x[1]) % (1 << 64), split(x)[2] if not split(x)[0] else 1
                self.limits |= {n + d for d in (-1, 0, 1)} | {n // abs(k or 1) + d for d in (-1, 0, 1)}
        top = 1 << (8 * size - 1)
        (alo, ahi), (blo, bhi) = state.bounds(a), state.bounds(b)
        if signed and (ahi >= top or bhi >= top):
            return
        # Which is further says nothing of how far, when one may lie below what both count from.
        if moved and what not in ('eq', 'ne') and \
           ((base or CONST)[0] not in ('sym', 'stk') or max(ahi, bhi) >= FAR):
            return
        if what == 'lt':
            state.refine(a, alo, min(ahi, bhi - 1))
            state.refine(b, max(blo, alo + 1), bhi)
        elif what == 'le':
            state.refine(a, alo, min(ahi, bhi))
            state.refine(b, max(blo, alo), bhi)
        elif what == 'gt':
            self.compare(state, 'lt', b, a, signed, size)
        elif what == 'ge':
            self.compare(state, 'le', b, a, signed, size)
        elif what == 'eq':
            state.refine(a, max(alo, blo), min(ahi, bhi))
            state.refine(b, max(alo, blo), min(ahi, bhi))
        elif what == 'ne' and blo == bhi:
            if ahi == blo:
                state.refine(a, alo, ahi - 1)
            elif alo == blo:
                state.refine(a, alo + 1, ahi)
        elif what == 'ne' and alo == ahi:
            self.compare(state, 'ne', b, a, signed, size)

    # Instructions

    def call(self, state, insn):
        name = insn.target.name if insn.target else ''
        to = self.target(insn)
        if to and not name:
            name = self.functions.get(to, '')
        key = ('d', insn.section.index, insn.addr)
        if argument(name):
            return
        if name in RANGES:
            at = self.compact[insn.section.index, insn.end - 1]
            v = state.define(key + ('rdi',))
            length, flags = struct.unpack_from('<I', self.elf.data, at + 8)[0], self.elf.data[at + 23]
            # Of a constant length it is an access at a variable distance.
            load = (0, length) if length and not flags & 0x10 else None
            state.set(v[0], whole=2 if flags & 1 else 1, load=load,
                      store=load if flags & 1 else None)
            state.locs['rdi'] = v
            return
        reg = thunk(name)
        if reg:
            v = state.define(key + (reg,))
            if name.startswith('__modbounds_c'):
                at = self.compact[insn.section.index, insn.end - 1]
            else:
                where, at = insn.section.relocs[insn.end + 1]
                at += self.elf.sections[where].offset
            length, flags = struct.unpack_from('<I', self.elf.data, at + 8)[0], self.elf.data[at + 23]
            # A pointer that escapes may be none, and pass all the same.
            load = (0, length) if not flags & 0x10 else None
            state.set(v[0], load=load, store=load if flags & 1 else None)
            state.locs[reg] = v
            return
        for each in KEEPS.get(name) or (self.clobbers.get(self.owner_at(to), CLOBBERED) if to else
                                        CLOBBERED if name not in KEEPS else ()):
            state.locs.pop(each, None)
        if name in KEEPS:
            return
        if not name.startswith('__modbounds_'):
            made = self.made.get(self.owner(insn), {})
            for at in self.taken.get(self.owner(insn), ()):
                # A variable lies inside of what one "sub" made room for.
                self.kill_slots(state, at, next((hi for lo, hi in made.items() if lo <= at < hi),
                                                1 << 62))
        state.locs['rax'] = state.define(key + ('rax',))

    def result(self, state, insn, op, size):
        """What an arithmetic instruction computes; None: nobody knows."""
        v = self.compute(state, insn, op, size, self.read)
        # The low bytes of sums are those of the sums of whole registers.
        if size == 4 and op in ('add', 'sub') and (v is None or v[0][0] == 'z'):
            v = self.compute(state, insn, op, size, self.read_whole) or v
        return v

    def read_whole(self, state, insn, op, size):
        v = self.read(state, insn, op, 8 if isinstance(op, Reg) else size)
        return v and low_part(v, size)

    def compute(self, state, insn, op, size, read):
        ops, name = insn.ops, insn.name
        d = ops[-1]
        if op in ('mov', 'movabs'):
            return self.read(state, insn, ops[0], size)
        if name == 'lea':
            v = self.address(state, insn, ops[0])
            return v and state.zext(v, size)
        if op == 'movslq':
            v = self.read(state, insn, ops[0], 4)
            return v and state.sext(v, 4)
        if name.startswith('movz'):
            v = self.read(state, insn, ops[0], insn.size())
            return v
        if name.startswith('movs') and len(ops) == 2 and isinstance(ops[0], (Reg, Mem)):
            v = self.read(state, insn, ops[0], insn.size())
            v = v and state.sext(v, insn.size())
            return v and state.zext(v, size)
        if op in ('inc', 'dec', 'neg', 'not', 'pop'):
            v = self.read(state, insn, d, size)
            if v is None or op in ('pop', 'not'):
                return None
            v = scale(v, -1) if op == 'neg' else add(v, const(1 if op == 'inc' else -1))
            return v and state.zext(v, size)
        if op in ('shl', 'shr', 'sar') and len(ops) == 1:
            ops = [Imm(1, None), d]
        if op == 'imul' and len(ops) == 3:
            a, v = read(state, insn, ops[0], size), read(state, insn, ops[1], size)
        elif len(ops) == 2:
            a, v = read(state, insn, ops[0], size), read(state, insn, d, size)
        else:
            return None
        if a is None or v is None:
            if op == 'and' and a and a[0] == CONST:
                return 'small', a[1]
            return None
        if op == 'add':
            v = add(v, a)
        elif op == 'sub':
            v = sub(v, a)
        elif op == 'xor' and a == v:
            return const(0)
        elif size == 8 and op in ('xor', 'or', 'and') and of_slots(op, v, a):
            return of_slots(op, v, a)
        elif a[0] != CONST:
            if op in ('and', 'shr', 'sar'):
                return None
            return scale(a, v[1]) if op == 'imul' and v[0] == CONST and size == 8 else None
        elif op == 'imul':
            v = scale(v, a[1])
        elif op == 'shl':
            v = scale(v, 1 << a[1])
        elif op in ('shr', 'sar'):
            v = state.shifted(v, a[1], size if op == 'sar' else 0)
        elif op == 'and':
            if v[0] == CONST:
                v = const(v[1] & a[1])
            elif a[1] == (1 << 32) - 1:
                v = state.zext(v, 4)
            elif size == 8 and a[1] < 0 and isinstance(d, Reg) and d.name == 'rsp':
                # Nobody knows how far below; but all that is above is not its own.
                v = v[0], ALIGNED
            elif size == 8 and a[1] < 0 and not -a[1] & (-a[1] - 1):
                v = add(v, scale(self.low_bits(v, -a[1] - 1), -1))
            elif a[1] > 0 and state.bounds(v)[1] <= a[1] and not a[1] & (a[1] + 1):
                pass
            else:
                v = ('and', a[1], v), 0
        else:
            return None
        return v and state.zext(v, size)

    def low_bits(self, v, mask):
        """v & mask.  The stack pointer is a multiple of 8 on entry."""
        if v[0][0] == 'stk' and mask < 8:
            return const(v[1] & mask)
        return (('and', mask, v), 0)

    def step(self, state, insn):
        """Change the state by one instruction; returns what the flags now compare."""
        op, size = plain(insn.name), None
        key = ('d', insn.section.index, insn.addr)
        ops = insn.ops
        if op == 'call':
            self.call(state, insn)
            return None
        if insn.name[:4] in STRING and (not ops or isinstance(ops[-1], Mem) or
                                        insn.name[:4] in ('lods', 'scas')):
            if STRING[insn.name[:4]] in ('s', 'ls'):
                to = self.get(state, insn, 'rdi')
                if (split(to)[0] or '?')[0] == 'stk':
                    # It goes up from there, who knows how far.
                    self.kill_slots(state, to[1] if to[0][0] == 'stk' else -(1 << 62), 1 << 62)
            for reg in STRING_MOVES[insn.name[:4]]:
                state.locs[reg] = state.define(key + (reg,))
            if 'rep' in insn.prefix:
                state.locs['rcx'] = const(0)
            elif insn.prefix & {'repz', 'repnz'}:
                state.locs['rcx'] = state.define(key + ('rcx',))
            return None
        if op in ('push', 'pop'):
            self.stack(state, insn, op)
            return None
        if insn.name == 'leave':
            state.locs['rsp'] = add(self.get(state, insn, 'rbp'), const(8))
            state.locs.pop('rbp')
            return None
        if insn.name in ('cltq', 'cwtl'):
            if insn.name == 'cltq':
                self.write(state, insn, Reg('rax', 8, False),
                           state.sext(self.get(state, insn, 'rax'), 4), 8)
            else:
                self.write(state, insn, Reg('rax', 4, False), None, 4)
            return None
        if insn.name in ('cltd', 'cqto', 'cwtd'):
            self.write(state, insn, Reg('rdx', 8, False), None, 8)
            return None
        if op in ('mul', 'div', 'idiv', 'rdtsc', 'cpuid', 'rdmsr') or (op == 'imul' and len(ops) == 1):
            for reg in ('rax', 'rdx', 'rcx', 'rbx') if op == 'cpuid' else ('rax', 'rdx'):
                self.write(state, insn, Reg(reg, 8, False), None, 8)
            return None
        if not ops:
            return None
        d = ops[-1]
        size = d.size if isinstance(d, Reg) else insn.size()
        if op in ('cmp', 'test'):
            size = insn.size()
            a, b = self.read(state, insn, d, size), self.read(state, insn, ops[0], size)
            if op == 'test':
                masked = a and b and size == 8 and of_slots('and', a, b)
                if masked and masked[0][0] == 'masked':
                    return ('test', masked, const(0), size)
                return ('test', a, const(0), size) if a == b else None
            return ('cmp', a, b, size)
        if op in NO_RESULT:
            return None
        if op in ('xchg', 'xadd', 'cmpxchg', 'cmpxchg8b', 'cmpxchg16b'):
            if op == 'xchg' and all(isinstance(o, Reg) for o in ops) and size == 8:
                a, b = (self.get(state, insn, o.name) for o in ops)
                state.locs[ops[0].name], state.locs[ops[1].name] = b, a
                return None
            if op.startswith('cmpxchg'):
                self.write(state, insn, Reg('rax', 8, False), None, 8)
                if op != 'cmpxchg':
                    self.write(state, insn, Reg('rdx', 8, False), None, 8)
            for each in ops if op in ('xchg', 'xadd') else ops[-1:]:
                self.write(state, insn, each, None, size)
            return None
        if op == 'sub' and isinstance(d, Reg) and d.name == 'rsp' and isinstance(ops[0], Imm):
            sp = self.get(state, insn, 'rsp')[1]
            self.made.setdefault(self.owner(insn), {})[sp - ops[0].value] = sp
        before = self.read(state, insn, d, size) if op in ('sub', 'add', 'dec') else None
        other = self.read(state, insn, ops[0], size) if op == 'sub' else None
        v = self.result(state, insn, op, size)
        small = None
        if isinstance(v, tuple) and v[0] == 'small':
            v, small = None, v[1]
        self.write(state, insn, d, v, size)
        if isinstance(d, Reg) and v is None and d.name in GENERAL:
            held = state.locs[d.name]
            if insn.name.startswith('movz'):
                small = (1 << 8 * insn.size()) - 1
            if size < 4:                # says nothing of the register's other bytes
                small = 1 if insn.name.startswith('set') and state.bounds(held)[1] < 256 else None
            if small is not None and small >= 0 and held[1] == 0:
                state.set(held[0], span=(0, small))
        if op == 'sub' and before is not None and other is not None:
            return ('cmp', before, other, size)
        if op in ('dec', 'inc', 'add', 'and', 'shr', 'shl', 'sar', 'or') and v is not None:
            return ('test', v, const(0), size)
        return None

    def stack(self, state, insn, op):
        sp, d = self.get(state, insn, 'rsp'), insn.ops[0]
        if op == 'push':
            v = self.read(state, insn, d, 8)
            state.locs['rsp'] = to = add(sp, const(-8))
            if self.slot(to, 8):
                self.kill_slots(state, to[1], to[1] + 8)
                if v is not None:
                    state.locs[self.slot(to, 8)] = v
            return
        state.locs['rsp'] = add(sp, const(8))
        self.write(state, insn, d, state.locs.get(self.slot(sp, 8)), 8)
