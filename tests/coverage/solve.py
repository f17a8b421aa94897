# SPDX-License-Identifier: GPL-2.0
"""The fixed point: what holds on all paths to each block, and who accesses memory how."""
from collections import namedtuple

from flow import ALL, CONDITION, NOT_RETURNING, OPPOSITE, SIGNED, STRING, Flow, plain
from order import blocks_of, islands, order
from values import (ANY, CONST, NOTHING, Facts, State, add, common, cut, join, linear, parts, rest,
                    scale, split, stepped, with_number)
from x86 import BRANCH, Imm, Mem, Reg

Access = namedtuple('Access', 'insn address size store verdict')
# smp_mb(): nothing changes, below the stack.
FENCE = [Imm(0, None), Mem(None, 'rsp', '', 1, -4, None, False)]
REPEATED = {'rep', 'repz', 'repnz'}
PATIENCE = 4            # visits of a block before numbers that still grow are given up


class Past:
    """What was found at earlier visits of a block, for them to come to an end."""
    def __init__(self):
        self.visits, self.joined, self.spans, self.rooms = 0, {}, {}, {}


class Solver(Flow):
    def __init__(self, elf, code, sizes):
        super().__init__(elf, code, sizes)
        self.self_at = next(((s, v) for n, _, s, v, _ in elf.symbols
                             if n == '__modbounds_self' and s), (None, 0))
        self.edges, self.inputs, self.past, self.taken, self.made = {}, {}, {}, {}, {}
        self.dirty = False      # was an address of a local variable found that is new?

    def write(self, state, insn, op, v, size):
        super().write(state, insn, op, v, size)
        if isinstance(op, Reg) and op.name not in ('rsp', 'rbp') and v and split(v)[0] and \
           split(v)[0][0] == 'stk':
            taken = self.taken.setdefault(self.owner(insn), set())
            low = self.extent(state, v)[0]
            if low not in taken:
                taken.add(low)
                self.dirty = True

    # Paths that come together

    def widen(self, block, ident, span, step):
        """Numbers that grow each time round a loop go to the next constant of the code."""
        past = self.past[block]
        old = past.spans.get(ident)
        if old and past.visits > PATIENCE:
            lo, hi = min(old[0], span[0]), max(old[1], span[1])
            if past.visits > 8 * PATIENCE and (lo, hi) != old:
                lo, hi = ANY
            elif lo < old[0]:
                lo = max((c for c in self.limits if c <= lo), default=0)
            elif hi > old[1]:
                hi = min((c for c in self.limits if c >= hi), default=ANY[1])
            span = (lo, hi)
        span = stepped(span, step)
        past.spans[ident] = span
        return span

    def meet(self, block, states):
        if len(states) == 1:
            return states[0].copy()
        out, groups, made, past = State(), {}, {}, self.past[block]
        locs = set(states[0].locs)
        for s in states[1:]:
            locs &= set(s.locs)
        for loc in sorted(locs, key=str):
            values = [s.locs[loc] for s in states]
            # Once values differed they do for good, and so do groups: this must end.
            last = None if past.visits <= 2 * PATIENCE else past.joined.get(loc)
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
            past.joined[loc] = (base, ident, first - at)
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
        if v is None and (split(first)[0] or CONST)[0] not in ('sym', 'stk'):
            # It begins at what an outer loop counts.
            v = join(first[0], count[0], step, first[1])
        if v is None:
            return False
        self.past[block].joined[loc] = ('step', step, count)
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
        past = self.past[block]
        if past.visits > 2 * PATIENCE and ident in past.rooms:
            load, store = (self.smaller(block, *pair)
                           for pair in zip(past.rooms[ident], (load, store)))
        past.rooms[ident] = load, store
        return Facts(load, store, self.widen(block, ident, (lo, hi), step), whole, step)

    def smaller(self, block, old, new):
        """What may be accessed only ever gets less, and that not too often."""
        both = cut(old, new)
        return both if both == old or self.past[block].visits <= 16 * PATIENCE else None

    # The fixed point

    def run(self):
        starts, limits = [key for key in sorted(self.blocks) if self.entry(key)], {}
        for here, nodes in islands(starts, self.successors):
            for key in here:
                start = State({'rsp': (('stk', self.functions[key]), 0)})
                self.edges[key] = {'entry': start}
            self.limits = limits.setdefault(self.owner(self.blocks[here[0]][0]), {0})
            elements, self.dirty = order(here, nodes, self.successors), True
            while self.dirty:
                self.dirty = False
                self.forget(nodes)
                self.walk(elements, 0)

    def forget(self, blocks):
        """Nothing has come yet from one of these blocks to another."""
        for block in blocks:
            self.past[block] = Past()
            self.inputs.pop(block, None)
            for source in [s for s in self.edges.get(block, ()) if s[0] in blocks]:
                del self.edges[block][source]

    def walk(self, elements, outer):
        """
        A loop is gone round until nothing changes at its head.  An inner one
        starts anew each time, lest it mixes what holds now with what held in
        the outer one's last round; but not for ever (outer: visits of that).
        """
        for each in elements:
            if not isinstance(each[1], list):
                self.visit(each)
                continue
            head, body = each
            if outer <= 32 * PATIENCE:
                self.forget(blocks_of(each))
            # A first time in any case: not all ways into a loop need lead to its head.
            self.visit(head)
            self.walk(body, outer)
            while self.visit(head):
                self.walk(body, max(outer, self.past[head].visits))

    def visit(self, block):
        """Is what holds there, and therefore behind, other than it was?"""
        states = list(self.edges.get(block, {}).values())
        if not states:
            return False
        self.past[block].visits += 1
        state = self.meet(block, states)
        if block in self.inputs and self.inputs[block] == state:
            return False
        self.inputs[block] = state
        for to, tag, after in self.leave(block, state.copy()):
            self.edges.setdefault(to, {})[block, tag] = after
        return True

    def successors(self, block):
        """Where edges out of a block lead."""
        out = []
        for insn in self.blocks[block]:
            key = (insn.section.index, insn.addr)
            if insn.name == 'jmp' or BRANCH.match(insn.name):
                out += [to for to, _ in self.exits(insn)]
                break
            out += self.extra.get(key, ())
            if self.ends(insn):
                break
        else:
            end = (insn.section.index, insn.end)
            out += [] if self.entry(end) else [end]
        return [to for to in dict.fromkeys(out) if to in self.blocks]

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
            if self.ends(insn):
                return out
        end = (insn.section.index, insn.end)
        if not self.entry(end):
            out.append((end, 'on', state))
        return out

    def ends(self, insn):
        """Does nothing go on behind this instruction, which is no jump?"""
        key = (insn.section.index, insn.addr)
        return insn.name in ('ret', 'iret', 'hlt', 'int3') or \
            insn.name == 'ud2' and key not in self.warnings or \
            insn.name == 'call' and insn.target and insn.target.name in NOT_RETURNING or \
            key in self.extra.get('ends', ())

    def flags(self, insn, old, new):
        if new or plain(insn.name) in ('mov', 'lea', 'movslq', 'push', 'pop', 'nop', 'xchg') or \
           insn.name.startswith(('movz', 'movs', 'set', 'cmov')):
            return new or old
        return None

    def exits(self, insn):
        """Where a jump goes: (target, tag)."""
        to, on = self.target(insn), (insn.section.index, insn.end)
        if insn.name == 'jmp':
            out = [(t, 'side') for t in self.extra.get((on[0], insn.addr), ())]
            if to and not (self.entry(to) and self.functions[to] != self.owner(insn)):
                out.append((to, 'jump'))
            return out
        return [(way, tag) for way, tag in ((to, 'taken'), (on, 'on'))
                if way and not (self.entry(way) and (tag == 'on' or
                                                     self.functions[way] != self.owner(insn)))]

    def branch(self, block, insn, state, flags):
        out, what = [], CONDITION.get(insn.name)
        for way, tag in self.exits(insn):
            after = state.copy()
            if flags and what and not (flags[0] == 'test' and what not in ('eq', 'ne')):
                self.compare(after, what if tag == 'taken' else OPPOSITE[what], flags[1], flags[2],
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
