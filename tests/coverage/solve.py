# SPDX-License-Identifier: GPL-2.0
"""The fixed point: what holds on all paths to each block, and who accesses memory how."""
import heapq
from collections import namedtuple

from flow import ALL, CONDITION, NOT_RETURNING, OPPOSITE, SIGNED, STRING, Flow, plain
from values import (ANY, CONST, NOTHING, Facts, State, add, common, cut, join, linear, parts, rest,
                    scale, split, stepped, with_number)
from x86 import BRANCH, Imm, Mem, Reg

Access = namedtuple('Access', 'insn address size store verdict')
# smp_mb(): nothing changes, below the stack.
FENCE = [Imm(0, None), Mem(None, 'rsp', '', 1, -4, None, False)]
REPEATED = {'rep', 'repz', 'repnz'}
PATIENCE = 4            # visits of a block before numbers that still grow are given up


class Solver(Flow):
    def __init__(self, elf, code, sizes):
        super().__init__(elf, code, sizes)
        self.self_at = next(((s, v) for n, _, s, v, _ in elf.symbols
                             if n == '__modbounds_self' and s), (None, 0))
        self.edges, self.inputs, self.visits, self.taken = {}, {}, {}, {}
        self.spans, self.rooms, self.joined, self.made = {}, {}, {}, {}

    def write(self, state, insn, op, v, size):
        super().write(state, insn, op, v, size)
        if isinstance(op, Reg) and op.name not in ('rsp', 'rbp') and v and split(v)[0] and \
           split(v)[0][0] == 'stk':
            taken = self.taken.setdefault(self.owner(insn), set())
            low = self.extent(state, v)[0]
            if low not in taken:
                taken.add(low)
                self.dirty.add(self.owner(insn))

    # Paths that come together

    def widen(self, block, ident, span, step):
        """Numbers that grow each time round a loop go to the next constant of the code."""
        old = self.spans.get((block, ident))
        if old and self.visits[block] > PATIENCE:
            lo, hi = min(old[0], span[0]), max(old[1], span[1])
            if self.visits[block] > 8 * PATIENCE and (lo, hi) != old:
                lo, hi = ANY
            elif lo < old[0]:
                lo = max((c for c in self.limits if c <= lo), default=0)
            elif hi > old[1]:
                hi = min((c for c in self.limits if c >= hi), default=ANY[1])
            span = (lo, hi)
        span = stepped(span, step)
        self.spans[block, ident] = span
        return span

    def meet(self, block, states):
        if len(states) == 1:
            return states[0].copy()
        out, groups, made = State(), {}, {}
        locs = set(states[0].locs)
        for s in states[1:]:
            locs &= set(s.locs)
        for loc in sorted(locs, key=str):
            values = [s.locs[loc] for s in states]
            # Once values differed they do for good, and so do groups: this must end.
            patient = self.visits[block] <= 2 * PATIENCE
            last = None if patient else self.joined.get((block, loc))
            if not last and all(v == values[0] for v in values):
                out.locs[loc] = values[0]
                continue
            # p - base stays with its p.
            less = all(v[0][0] == 'sb' for v in values)
            if less:
                values = [(v[0][1], v[1]) for v in values]
            if self.in_step(block, loc, states, values, last, groups, made, out):
                if less:
                    v = out.locs[loc]
                    out.locs[loc] = (('sb', v[0]), v[1])
                continue
            if last and last[0] == 'step':
                last = None
            base = split(values[0])[0]
            if base is None or base[0] not in ('sym', 'stk') or last and not last[0] or \
               any(split(v)[0] != base for v in values):
                base = None
            first = values[0][1]
            key = (base, last) + tuple((v[0], v[1] - first) for v in values)
            if key not in groups:
                groups[key] = (('j',) + block + (loc,), first)
                numbers = [rest(v) if base else v for v in values]
                made[groups[key][0]] = self.together(block, groups[key][0], states, values, numbers)
            ident, at = groups[key]
            self.joined[block, loc] = (base, ident, first - at)
            out.locs[loc] = v = join(base, ident, 1, first - at) if base else (ident, first - at)
            if less:
                out.locs[loc] = (('sb', v[0]), v[1])
        held = set()
        for ident, _ in out.locs.values():
            held |= parts(ident)
        for ident in held:
            if ident in made or not all(ident in s.facts for s in states):
                continue
            f = [s.facts[ident] for s in states]
            both = Facts(f[0].load, f[0].store, f[0].range, f[0].whole, f[0].step)
            for g in f[1:]:
                both.step = common(both.step, g.step)
                both.load, both.store = cut(both.load, g.load), cut(both.store, g.store)
                both.range = (min(both.range[0], g.range[0]), max(both.range[1], g.range[1]))
                both.whole = min(both.whole, g.whole)
            both.range = self.widen(block, ident, both.range, both.step)
            out.facts[ident] = both
        out.facts.update({i: f for i, f in made.items() if i in held and f != NOTHING})
        return out

    def in_step(self, block, loc, states, values, last, groups, made, out):
        """
        What a loop moves on by a constant is first + step * (times round the
        loop); all such locations share one count.
        """
        if last and last[0] != 'step':
            return False
        # Where the loop is entered no value is one of its own.
        first = next((v for v in values if not any(p[:3] == ('j',) + block
                                                   for p in parts(v[0]))), None)
        own = ('j',) + block + ('#',)
        form = first and linear(values, first, last[1] if last else 0)
        if not form or any(t[0] != CONST and t[0][:4] != own for t in form[1]):
            return False
        step, times = form
        key = ('step', last and last[2]) + tuple(times)
        if key not in groups:
            groups[key] = (('j',) + block + ('#', loc), 0)
            made[groups[key][0]] = self.together(block, groups[key][0], states, times, times)
        count = groups[key]
        v = add(first, scale(count, step))
        if v is None:
            return False
        self.joined[block, loc] = ('step', step, count)
        out.locs[loc] = v
        return True

    def together(self, block, ident, states, values, numbers):
        load = store = ALL
        whole, lo, hi, step = 2, ANY[1], 0, None
        for s, v, n in zip(states, values, numbers):
            l, w, r, _ = self.room(s, v)
            load, store, whole = cut(load, l), cut(store, w), min(whole, r)
            a, b = s.bounds(n)
            lo, hi = min(lo, a), max(hi, b)
            step = common(step, s.step(n)) if step else s.step(n)
        if self.visits[block] > 2 * PATIENCE and (block, ident) in self.rooms:
            load, store = (self.smaller(block, *pair)
                           for pair in zip(self.rooms[block, ident], (load, store)))
        self.rooms[block, ident] = load, store
        return Facts(load, store, self.widen(block, ident, (lo, hi), step), whole, step)

    def smaller(self, block, old, new):
        """What may be accessed only ever gets less, and that not too often."""
        both = cut(old, new)
        return both if both == old or self.visits[block] <= 16 * PATIENCE else None

    # The fixed point

    def run(self):
        self.dirty = set()
        work, queued, limits = [], set(), {}

        def push(block):
            if block in self.blocks and block not in queued:
                queued.add(block)
                heapq.heappush(work, block)

        for key in self.blocks:
            if self.entry(key):
                start = State({'rsp': (('stk', self.functions[key]), 0)})
                self.edges.setdefault(key, {})['entry'] = start
                push(key)
        while work:
            block = heapq.heappop(work)
            queued.discard(block)
            states = list(self.edges[block].values())
            self.visits[block] = self.visits.get(block, 0) + 1
            self.limits = limits.setdefault(self.owner(self.blocks[block][0]), {0})
            state = self.meet(block, states)
            if block in self.inputs and self.inputs[block] == state and \
               self.owner(self.blocks[block][0]) not in self.dirty:
                continue
            self.inputs[block] = state
            for to, tag, after in self.leave(block, state.copy()):
                edges = self.edges.setdefault(to, {})
                old = edges.get((block, tag))
                if old is None or not old == after:
                    edges[block, tag] = after
                    push(to)
            if self.dirty:
                again, self.dirty = self.dirty, set()
                for each in self.inputs:
                    if self.owner(self.blocks[each][0]) in again:
                        self.inputs[each] = State({'again': (CONST, 0)})
                        push(each)

    def leave(self, block, state):
        """The edges out of a block: target, tag, state."""
        flags, out = None, []
        for insn in self.blocks[block]:
            key = (insn.section.index, insn.addr)
            if insn.name == 'jmp' or BRANCH.match(insn.name):
                return out + self.branch(block, insn, state, flags)
            flags = self.flags(insn, flags, self.step(state, insn))
            for to in self.extra.get(key, ()):
                out.append((to, 'side', state.copy()))
            if insn.name in ('ret', 'iret', 'hlt', 'int3') or \
               insn.name == 'ud2' and key not in self.warnings or \
               insn.name == 'call' and insn.target and insn.target.name in NOT_RETURNING or \
               key in self.extra.get('ends', ()):
                return out
        end = (insn.section.index, insn.end)
        if not self.entry(end):
            out.append((end, 'on', state))
        return out

    def flags(self, insn, old, new):
        if new or plain(insn.name) in ('mov', 'lea', 'movslq', 'push', 'pop', 'nop', 'xchg') or \
           insn.name.startswith(('movz', 'movs', 'set', 'cmov')):
            return new or old
        return None

    def branch(self, block, insn, state, flags):
        to, on = self.target(insn), (insn.section.index, insn.end)
        if insn.name == 'jmp':
            out = [(t, 'side', state.copy()) for t in self.extra.get((on[0], insn.addr), ())]
            if to and not (self.entry(to) and self.functions[to] != self.owner(insn)):
                out.append((to, 'jump', state))
            return out
        out = []
        for way, tag, taken in ((to, 'taken', True), (on, 'on', False)):
            if way is None or self.entry(way) and tag == 'on':
                continue
            after = state.copy()
            what = CONDITION.get(insn.name)
            if flags and what and not (flags[0] == 'test' and what not in ('eq', 'ne')):
                self.compare(after, what if taken else OPPOSITE[what], flags[1], flags[2],
                             insn.name in SIGNED, flags[3])
            out.append((way, tag, after))
        return out

    # Judgement

    def judge(self):
        """Each access of the module, with 'checked', 'proved' or '' for neither."""
        for block in sorted(self.blocks):
            state = self.inputs[block].copy() if block in self.inputs else None
            for insn in self.blocks[block]:
                for address, size, store in self.accesses(state, insn):
                    yield Access(insn, address, size, store,
                                 self.verdict(state, insn, address, size, store))
                if state is not None:
                    self.step(state, insn)

    def unit(self, insn):
        return {'b': 1, 'w': 2, 'l': 4, 'q': 8}.get(insn.name[4:]) or insn.size()

    def accesses(self, state, insn):
        """(address, bytes, is it a store) for each; bytes are None where only rcx knows."""
        op = plain(insn.name)
        # (%dx) of in and out is a port.
        if op in ('lea', 'nop', 'in', 'out') or insn.name.startswith(('nop', 'prefetch', 'lea')):
            return
        mems = [o for o in insn.ops if isinstance(o, Mem)]
        if insn.prefix == {'lock'} and op == 'add' and insn.ops == FENCE:
            return
        stem = insn.name[:4]
        if stem in STRING and (not insn.ops or isinstance(insn.ops[-1], Mem) or
                               stem in ('lods', 'scas')) and mems:
            size = self.unit(insn)
            if insn.prefix & REPEATED:
                count = state and state.locs.get('rcx')
                most = state.bounds(count)[1] if count else ANY[1]
                size = most * size if most < 1 << 32 else None
            for mem in mems:
                yield mem, size, STRING[stem] in ('s', 'ls') and mem is mems[-1]
            return
        for mem in mems:
            store = mem is insn.ops[-1] and op not in ('cmp', 'test', 'bt', 'push', 'call', 'jmp',
                                                       'mul', 'div', 'idiv') and \
                not (op == 'imul') or op in ('xchg', 'xadd')
            yield mem, insn.size(), store

    def verdict(self, state, insn, mem, size, store):
        if mem.seg:
            return 'proved'
        if state is None:
            return ''
        state = state.copy()
        v = self.address(state, insn, mem)
        if v is None:
            return ''
        if size is None or insn.prefix & REPEATED:
            return self.repeated(state, insn, v, size, store)
        bit = insn.ops[0] if plain(insn.name) in ('bt', 'bts', 'btr', 'btc') else None
        for each in self.bit_words(state, insn, v, bit, size) if isinstance(bit, Reg) else (v,):
            why = self.allowed(state, each, 0, size, store)
            if why:
                return why
        return ''

    def allowed(self, state, v, start, end, store):
        load, write, _, why = self.room(state, v)
        room = write if store else load
        return why if room and room[0] <= start and end <= room[1] else ''

    def repeated(self, state, insn, v, size, store):
        """A whole range that was checked, or so many bytes at most."""
        if self.room(state, v)[2] > store:
            return 'checked'
        why = size is not None and self.allowed(state, v, 0, size, store)
        # Start and count may depend on the same few low bits of an address.
        count = state.locs.get('rcx')
        low = next((p for p in parts(v[0]) if p[0] == 'and' and p[1] < 64), None)
        if why or size is None or not low:
            return why or ''
        for n in range(low[1] + 1):
            start, times = with_number(v, low, n), with_number(count, low, n)
            most = state.bounds(times)[1] * self.unit(insn)
            why = self.allowed(state, start, 0, most, store)
            if not why:
                return ''
        return why

    def bit_words(self, state, insn, v, bit, size):
        """Where the word is that holds the bit with the number in a register."""
        nr = self.read(state, insn, bit, size)
        nr = nr and state.sext(nr, size)
        n = 6 if size == 8 else 5
        if nr:
            # The same number, by the name that it has here and the one that it had before.
            for word in (state.shifted(nr, n, 8), (('sar', n, 8, nr), 0)):
                at = add(v, scale(word, size))
                if at:
                    yield at
