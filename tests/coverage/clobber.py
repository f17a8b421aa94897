# SPDX-License-Identifier: GPL-2.0
"""
Which registers can a function of the module change?  GCC knows that of its own
static functions, and keeps values across calls to them where they survive.
"""
from x86 import BRANCH, CLASSIC, Reg

GENERAL = ['r' + r for r in CLASSIC] + [f'r{n}' for n in range(8, 16)]
CLOBBERED = frozenset(['rax', 'rcx', 'rdx', 'rsi', 'rdi', 'r8', 'r9', 'r10', 'r11'])
# What these change, where it is less than what a function may.
KEEPS = {'__fentry__': (), '__modbounds_enter': ('r10', 'r11'),
         '__modbounds_exit': ('r10', 'r11'), '__x86_return_thunk': (),
         '__sw_hweight32': ('rax',), '__sw_hweight64': ('rax',)}

NOTHING = {'nop', 'ret', 'endbr64', 'ud2', 'int3', 'lfence', 'mfence', 'sfence', 'pause', 'sti',
           'cli', 'hlt', 'clac', 'stac', 'pushf', 'pushfq', 'popf', 'popfq', 'leave', 'cld', 'wbinvd'}
ONLY = {'cltq': ('rax',), 'cwtl': ('rax',), 'cltd': ('rdx',), 'cqto': ('rdx',), 'cwtd': ('rdx',),
        'rdtsc': ('rax', 'rdx'), 'rdmsr': ('rax', 'rdx')}
PAIR = ('mul', 'div', 'imul', 'idiv', 'cmpxchg')
STRING = ('movs', 'stos', 'cmps', 'scas', 'lods')


def argument(name):
    """The thunk that looks at what a kernel function is given, and changes no register?"""
    return name.startswith(('__modbounds_arg_', '__modbounds_carg_', '__modbounds_argn_', '__modbounds_cargn_'))


RANGES = ('__modbounds_ldr', '__modbounds_str', '__modbounds_failr')


def thunk(name):
    """The register that a check's thunk may change; None: not such a thunk."""
    if name in RANGES:
        return 'rdi'
    kind, _, reg = name.rpartition('_')
    if kind.startswith('__modbounds_') and reg in GENERAL:
        return reg
    return None


def written(insn):
    """Registers that an instruction other than a call may change."""
    name, ops = insn.name, insn.ops
    if name in ONLY:
        return set(ONLY[name])
    if name in NOTHING or BRANCH.match(name) or name.startswith(('nop', 'prefetch')):
        return set()
    if name[:4] in STRING and not any(isinstance(op, Reg) and op.name != 'rax' for op in ops):
        return {'rdi', 'rsi', 'rcx', 'rax'}
    if not ops:
        return set(CLOBBERED)
    out = set()
    if name.startswith(PAIR):
        out = {'rax', 'rdx'}
    if name.startswith(('xchg', 'xadd', 'cmpxchg')):
        out |= {op.name for op in ops if isinstance(op, Reg)}
    if isinstance(ops[-1], Reg):
        out.add(ops[-1].name)
    return out


def clobbers(blocks, owner, target, owner_at):
    """
    owner: of an instruction; target: where a branch goes in the module, or None;
    owner_at: of an address.  Returns {function: registers}, of CLOBBERED only.
    """
    own, calls = {}, {}
    for block in blocks.values():
        for insn in block:
            f = owner(insn)
            regs, callees = own.setdefault(f, set()), calls.setdefault(f, set())
            branch = insn.name in ('call', 'jmp') or BRANCH.match(insn.name)
            if not branch:
                regs |= written(insn)
                continue
            to = target(insn)
            if to:
                if owner_at(to) != f:
                    callees.add(owner_at(to))
                continue
            name = insn.target.name if insn.target else ''
            reg = thunk(name)
            if argument(name):
                continue
            if reg:
                regs.add(reg)
            else:
                regs |= set(KEEPS.get(name, CLOBBERED))
    changed = True
    while changed:
        changed = False
        for f, callees in calls.items():
            for callee in callees:
                more = own.get(callee, CLOBBERED) - own[f]
                if more:
                    own[f] |= more
                    changed = True
    return {f: regs & CLOBBERED for f, regs in own.items()}
