#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
coverage.py [-v] [-k VMLINUX] [-e EXPLAINED] MODULE.ko...

Does each instruction of an instrumented module that accesses memory have a
check, or a proof that it needs none?  Looks at the finished module only.
"""
import argparse
import os
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from elf import Elf
from solve import Solver
from x86 import disassemble


def explained(path):
    """module function count reason, one a line"""
    out = {}
    for line in open(path) if path else ():
        words = line.split('#')[0].split(None, 3)
        if words:
            out[words[0], words[1]] = int(words[2])
    return out


def sizes_of(path):
    """Sizes of the kernel's variables; another name for an address has the same."""
    symbols = [(n, (s, v), size, t) for n, t, s, v, size in Elf(path).symbols if s]
    at = {where: size for _, where, size, t in symbols if t == 1 and size}
    return {n: at[where] for n, where, _, t in symbols if t in (0, 1) and where in at}


def exported(path):
    """Sizes of the variables that a module exports."""
    symbols = Elf(path).symbols
    names = {n for n, *_ in symbols}
    return {n: size for n, t, s, _, size in symbols if t == 1 and s and '__ksymtab_' + n in names}


def look(path, sizes):
    """All accesses of a module: how many of each verdict, and what is open, by function."""
    elf = Elf(path)
    solver = Solver(elf, disassemble(path, elf), sizes)
    solver.run()
    count, open_ = Counter(), {}
    for a in solver.judge():
        count[a.verdict] += 1
        if not a.verdict:
            open_.setdefault(solver.owner(a.insn), []).append(
                f'{a.insn.section.name}+{a.insn.addr:#x} {a.insn.name} {a.size} '
                f'{"store" if a.store else "load"}')
    return count, open_


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('-v', action='store_true', help='show what is not explained')
    parser.add_argument('-k', metavar='VMLINUX', help='for the sizes of the kernel\'s variables')
    parser.add_argument('-e', metavar='FILE', help='what is explained: module function count reason')
    parser.add_argument('modules', nargs='+')
    args = parser.parse_args()
    sizes = sizes_of(args.k) if args.k else {}
    for path in args.modules:
        sizes.update(exported(path))
    reasons, bad = explained(args.e), False
    print(f'{"module":16}{"accesses":>10}{"checked":>10}{"proved":>10}{"explained":>11}{"unexplained":>13}')
    with ProcessPoolExecutor() as pool:
        looks = pool.map(look, args.modules, repeat(sizes))
        for path, (count, open_) in zip(args.modules, looks):
            name, known = os.path.basename(path)[:-3], 0
            for module, function in reasons:
                if module == name and function not in open_:
                    bad = True
                    print(f'  {function}: is explained, but has nothing unexplained')
            for function, accesses in sorted(open_.items()):
                if reasons.get((name, function), -1) == len(accesses):
                    known += len(accesses)
                    continue
                bad = True
                if args.v:
                    print(*(f'  {function} {a}' for a in accesses), sep='\n')
            print(f'{name:16}{sum(count.values()):10}{count["checked"]:10}{count["proved"]:10}'
                  f'{known:11}{count[""] - known:13}', flush=True)
    return bad


if __name__ == '__main__':
    sys.exit(main())
