# SPDX-License-Identifier: GPL-2.0
"""
What the checker knows of a register: a value is (id, offset); equal ids are equal numbers.

    ('c',)              zero: a constant is ('c',) and its offset
    ('sym', where)      a section of the module (its index) or an undefined symbol (its name)
    ('stk', function)   the stack pointer on entry
    ('lin', b, x, k)    b + k * x; b may be None, or such a sum that is no address of a
                        symbol or on the stack
    ('z', n, v)         the low n bytes of a value, zero-extended;  ('s', n, v) sign-extended
    ('and', m, v), ('shr', n, v), ('sar', n, size, v)
    ('current',)        the task
    ('sb', x)           x - __modbounds_self.base;  ('BASE',), ('SIZE',), ('SLOTS',), ('LAST',)
    ('page', v)         the number of the slots' page that v lies in, ('mask', v) what is there
    ('xor', v, w), ('or', v, w), ('masked', v, m)
    ('d', ...)          what an instruction made, ('j', ...) what paths brought together
    ('old', x)          what x was the last time round a loop
"""
from functools import lru_cache
from math import gcd

CONST = ('c',)
ANY = (0, (1 << 64) - 1)


def wrap(n):
    return (n + (1 << 63)) % (1 << 64) - (1 << 63)


def const(n):
    return (CONST, wrap(n))


@lru_cache(maxsize=None)
def parts(ident):
    """The id and all ids inside it; what is 'old' is not taken apart."""
    out = {ident}
    if ident[0] != 'old':
        for each in ident:
            if isinstance(each, tuple):
                out |= parts(each)
    return frozenset(out)


@lru_cache(maxsize=None)
def rename(ident, x):
    if ident == x:
        return ('old', x)
    if ident[0] == 'old':
        return ident
    return tuple(rename(e, x) if isinstance(e, tuple) else e for e in ident)


def split(v):
    """base, x, k with value = base + k * x + offset"""
    ident = v[0]
    if ident == CONST:
        return None, None, 0
    if ident[0] == 'lin':
        return ident[1:]
    if ident[0] in ('sym', 'stk'):
        return ident, None, 0
    return None, ident, 1


def join(base, x, k, off):
    if x is None or k == 0:
        return (base or CONST, wrap(off))
    if base is None and k == 1:
        return (x, wrap(off))
    return (('lin', base, x, k), wrap(off))


def rest(v):
    """The value without its base."""
    _, x, k = split(v)
    return join(None, x, k, v[1])


def add(a, b):
    for x, y in ((a, b), (b, a)):
        if x[0][0] == 'sb':             # a distance to the bounds, also if the pointer comes last
            v = add((x[0][1], x[1]), y)
            return v and (('sb', v[0]), v[1])
    ba, xa, ka = split(a)
    bb, xb, kb = split(b)
    off = a[1] + b[1]
    if ba and bb:
        return None
    base = ba or bb
    if xa == xb or xa is None or xb is None:
        return join(base, xa or xb, ka + kb if xa == xb else (ka or kb), off)
    if base:
        return None
    if ka == 1 and (kb != 1 or repr(xa) < repr(xb)):
        return join(xa, xb, kb, off)
    return join(xb, xa, ka, off) if kb == 1 else None


def scale(v, k):
    base, x, kx = split(v)
    if base:
        return v if k == 1 else None
    return join(None, x, kx * k, v[1] * k)


def apart(a, b):
    """Both without what they have in common as a base, which may be a lone id of one."""
    (ba, xa, ka), (bb, xb, kb) = split(a), split(b)
    if ba and ba == bb:
        return rest(a), rest(b)
    if ba and ba == b[0]:
        return rest(a), const(b[1])
    if bb and bb == a[0]:
        return const(a[1]), rest(b)
    if ba and ba == xb and kb == 1:
        return rest(a), const(b[1])
    if bb and bb == xa and ka == 1:
        return const(a[1]), rest(b)
    return a, b


def sub(a, b):
    if b == (('BASE',), 0):
        return (('sb', a[0]), a[1])
    a, b = apart(a, b)
    minus = scale(b, -1)
    return None if minus is None else add(a, minus)


def linear(values, first, step):
    """
    Values as first + step * t, with a common step: (step, [t, ...]).  None: they
    are not of this kind.
    """
    ways = [sub(v, first) for v in values]
    if any(w is None or split(w)[0] for w in ways):
        return None
    for ident, off in ways:
        k = split((ident, off))[2]
        # Upwards or downwards, but not both.
        step = gcd(step, k, off) * (-1 if step < 0 or k < 0 or not (step or k) and off < 0 else 1)
    if not step:
        return None
    return step, [join(None, split(w)[1], split(w)[2] // step, w[1] // step) for w in ways]


def low_part(v, size):
    """A simpler value with the same low bytes."""
    while v[0][0] in ('z', 's') and v[0][1] >= size:
        v = add(v[0][2], const(v[1]))
    half = 1 << (8 * size - 1)
    return (v[0], (v[1] + half) % (2 * half) - half)


def common(a, b):
    """Of two steps (multiple, rest) the one that numbers of both kinds keep."""
    step = gcd(a[0], b[0], a[1] - b[1])
    return (step, a[1] % step if step else a[1])


def with_number(v, ident, n):
    """A value in which an id has a certain number."""
    here, off = v
    if here == ident:
        return const(n + off)
    if here[0] == 'lin':
        inner = with_number((here[2], 0), ident, n)
        out = add((here[1] or CONST, off), scale(inner, here[3])) if not split(inner)[0] else None
        return out or v
    if here[0] in ('shr', 'z') and ident in parts(here):
        inner = with_number(here[2], ident, n)
        if inner[0] == CONST and inner[1] >= 0:
            k = inner[1] >> here[1] if here[0] == 'shr' else inner[1] % (1 << 8 * here[1])
            return const(k + off)
        return ((here[0], here[1], inner), off)
    return v


def stepped(span, step):
    """What is left of a range of numbers that come in steps."""
    (lo, hi), (n, first) = span, step
    return (lo + (first - lo) % n, hi - (hi - first) % n) if n > 1 else span


class Facts:
    """
    What is known of an id: bytes around it that may be loaded and stored, the
    numbers that it can be, whether a checked range starts there (1: to load,
    2: to store), and in what steps the numbers come: (n, r) is r, r + n, ...
    """
    __slots__ = ('load', 'store', 'range', 'whole', 'step')

    def __init__(self, load=None, store=None, span=ANY, whole=0, step=(1, 0)):
        self.load, self.store, self.range, self.whole = load, store, span, whole
        self.step = step

    def key(self):
        return (self.load, self.store, self.range, self.whole, self.step)

    def __eq__(self, other):
        return self.key() == other.key()


NOTHING = Facts()


def cut(a, b):
    """What lies in both intervals."""
    if a is None or b is None:
        return None
    lo, hi = max(a[0], b[0]), min(a[1], b[1])
    return (lo, hi) if lo < hi else None


def wider(a, b):
    """Of two intervals that both may be accessed, the more useful one."""
    if a is None or b is None:
        return a or b
    if a[0] <= b[1] and b[0] <= a[1]:
        return (min(a[0], b[0]), max(a[1], b[1]))
    return a if a[1] - a[0] >= b[1] - b[0] else b


def shrunk(interval, lo, hi):
    """An interval around x, as seen from all of x + lo ... x + hi."""
    if interval is None or interval[0] - lo >= interval[1] - hi:
        return None
    return (interval[0] - lo, interval[1] - hi)


class State:
    def __init__(self, locs=None, facts=None):
        self.locs, self.facts = locs or {}, facts or {}

    def copy(self):
        return State(dict(self.locs), dict(self.facts))

    def __eq__(self, other):
        return self.locs == other.locs and self.facts == other.facts

    def fact(self, ident):
        return self.facts.get(ident, NOTHING)

    def set(self, ident, **what):
        old = self.fact(ident)
        self.facts[ident] = Facts(what.get('load', old.load), what.get('store', old.store),
                                  what.get('span', old.range), what.get('whole', old.whole),
                                  what.get('step', old.step))

    def define(self, ident):
        """A new number by this name: those who hold the last one hold the old one."""
        old = ('old', ident)
        for loc, (held, off) in list(self.locs.items()):
            if ident[0] in ('d', 'j') and old in parts(held):
                del self.locs[loc]
            elif ident in parts(held):
                self.locs[loc] = (rename(held, ident), off)
        for held in list(self.facts):
            if old in parts(held):
                del self.facts[held]
        for held in list(self.facts):
            if ident in parts(held):
                self.facts[rename(held, ident)] = self.facts.pop(held)
        return (ident, 0)

    # What numbers can a value be?

    def bounds(self, v):
        ident, off = v
        if ident == CONST:
            return (off % (1 << 64),) * 2
        lo, hi = self.fact(ident).range
        kind = ident[0]
        if kind == 'lin' and ident[1] is None and ident[3] > 0:
            l, h = self.bounds((ident[2], 0))
            if h * ident[3] < 1 << 64:
                lo, hi = max(lo, l * ident[3]), min(hi, h * ident[3])
        elif kind == 'lin' and ident[1] is None and (lo, hi) == ANY:
            l, h = self.bounds((ident[2], 0))
            return (off + h * ident[3], off + l * ident[3]) if off + h * ident[3] >= 0 else ANY
        elif kind in ('z', 's', 'and', 'shr'):
            l, h = self.bounds(ident[2])
            if kind == 'shr':
                lo, hi = max(lo, l >> ident[1]), min(hi, h >> ident[1])
            elif kind == 'and':
                hi = min(hi, h, ident[1]) if ident[1] >= 0 else min(hi, h)
            else:
                top = 1 << 8 * ident[1]
                if h < (top if kind == 'z' else top >> 1):
                    lo, hi = max(lo, l), min(hi, h)
                elif kind == 'z':
                    hi = min(hi, top - 1)
                else:
                    l, h = self.bounds((('z', ident[1], ident[2]), 0))
                    if h < top >> 1:
                        lo, hi = max(lo, l), min(hi, h)
        if lo + off < 0 or hi + off >= 1 << 64:
            return ANY
        return (lo + off, hi + off)

    def step(self, v):
        """In what steps do the numbers of a value come?"""
        ident, off = v
        if ident == CONST:
            return (0, off % (1 << 64))
        if self.bounds(v) == ANY:
            return (1, 0)               # may wrap
        step, first = self.fact(ident).step
        if ident[0] == 'lin' and ident[1] is None and ident[3] > 0 and \
           self.bounds((ident[2], 0))[1] * ident[3] < 1 << 64:
            inner, start = self.step((ident[2], 0))
            if inner * ident[3] > step:
                step, first = inner * ident[3], start * ident[3]
        return (step, (first + off) % step if step else first + off)

    def shifted(self, v, n, size):
        """v >> n, signed if there is a size."""
        lo, hi = self.bounds(v)
        if size and hi >= 1 << (8 * size - 1):
            return (('sar', n, size, v), 0)
        if lo >> n == hi >> n:
            return const(lo >> n)
        return (('shr', n, v), 0)

    def refine(self, v, lo, hi):
        """The value is known to be in [lo, hi]."""
        ident, off = v
        if ident == CONST or hi < lo:
            return
        if lo - off < 0 or hi - off >= 1 << 64:
            old = self.bounds((ident, 0))
            if old == ANY or old[1] + off >= 1 << 64 or old[0] + off < 0:
                return
            lo = max(lo, off)
        lo, hi = lo - off, hi - off
        old = self.fact(ident).range
        new = stepped((max(lo, old[0]), min(hi, old[1])), self.step((ident, 0)))
        if new[0] > new[1]:
            return                      # a path that is never taken
        if new != old:
            self.set(ident, span=new)
        if ident[0] == 'lin' and ident[1] is None and ident[3] > 0 and \
           self.bounds((ident[2], 0))[1] * ident[3] < 1 << 64:
            self.refine((ident[2], 0), -(-lo // ident[3]), hi // ident[3])
        elif ident[0] == 'z':
            inner = ident[2]
            top = 1 << 8 * ident[1]
            if self.bounds((inner[0], 0))[1] < top and inner[1] < 0 and hi - inner[1] < top:
                self.refine((inner[0], 0), lo - inner[1], hi - inner[1])

    def zext(self, v, size):
        if size == 8:
            return v
        top = 1 << 8 * size
        if v[0] == CONST:
            return const(v[1] % top)
        if self.bounds(v)[1] < top:
            return v
        v = low_part(v, size)
        return v if self.bounds(v)[1] < top else (('z', size, v), 0)

    def sext(self, v, size):
        if size == 8:
            return v
        top = 1 << 8 * size
        if v[0] == CONST:
            n = v[1] % top
            return const(n - top if n >= top >> 1 else n)
        if self.bounds(v)[1] < top >> 1:
            return v
        v = low_part(v, size)
        if self.bounds((('z', size, v), 0))[1] < top >> 1:
            return (('z', size, v), 0)
        return (('s', size, v), 0)
