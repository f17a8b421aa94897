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


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('-v', action='store_true', help='show what is not explained')
    parser.add_argument('-k', metavar='VMLINUX', help='for the sizes of the kernel\'s variables')
    parser.add_argument('-e', metavar='FILE', help='what is explained: module function count reason')
    parser.add_argument('modules', nargs='+')
    args = parser.parse_args()
    sizes = {n: size for n, t, s, _, size in Elf(args.k).symbols if t == 1 and s} if args.k else {}
    reasons, bad = explained(args.e), False
    print(f'{"module":16}{"accesses":>10}{"checked":>10}{"proved":>10}{"explained":>11}{"unexplained":>13}')
    for path in args.modules:
        name = os.path.basename(path)[:-3]
        elf = Elf(path)
        solver = Solver(elf, disassemble(path, elf), sizes)
        solver.run()
        count, open_ = Counter(), {}
        for access in solver.judge():
            count[access.verdict] += 1
            if not access.verdict:
                open_.setdefault(solver.owner(access.insn), []).append(access)
        known = 0
        for function, accesses in sorted(open_.items()):
            if reasons.get((name, function), -1) == len(accesses):
                known += len(accesses)
                continue
            bad = True
            if args.v:
                for a in accesses:
                    print(f'  {function} {a.insn.section.name}+{a.insn.addr:#x} {a.insn.name} '
                          f'{a.size} {"store" if a.store else "load"}')
        print(f'{name:16}{sum(count.values()):10}{count["checked"]:10}{count["proved"]:10}'
              f'{known:11}{count[""] - known:13}', flush=True)
    return bad


if __name__ == '__main__':
    sys.exit(main())
