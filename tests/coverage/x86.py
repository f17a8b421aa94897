# SPDX-License-Identifier: GPL-2.0
"""What objdump says of a module's code, as instructions with operands."""
import re
import subprocess
from collections import namedtuple

Reg = namedtuple('Reg', 'name size high')
Imm = namedtuple('Imm', 'value symbol')
Mem = namedtuple('Mem', 'seg base index scale disp symbol rip')
Target = namedtuple('Target', 'section offset name')

CLASSIC = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di']
REGS = {}
for r in CLASSIC:
    REGS['r' + r] = Reg('r' + r, 8, False)
    REGS['e' + r] = Reg('r' + r, 4, False)
    REGS[r] = Reg('r' + r, 2, False)
    REGS[r[0] + 'l' if r[1] == 'x' else r + 'l'] = Reg('r' + r, 1, False)
for r in 'abcd':
    REGS[r + 'h'] = Reg(f'r{r}x', 1, True)
for n in range(8, 16):
    for suffix, size in (('', 8), ('d', 4), ('w', 2), ('b', 1)):
        REGS[f'r{n}{suffix}'] = Reg(f'r{n}', size, False)

PREFIX = {'lock', 'rep', 'repz', 'repnz', 'data16', 'cs', 'ds', 'es', 'ss', 'notrack', 'bnd'}
SUFFIX = {'b': 1, 'w': 2, 'l': 4, 'q': 8}
MEM = re.compile(r'^(?:%([c-gs]s):)?(-?0x[0-9a-f]+)?(?:\(([^)]*)\))?$')
NO_ACCESS = re.compile(r'^(lea|nop|prefetch|clflush|invlpg|ud2)')
SETS_SIZE = re.compile(r'^(movz|movs)([bwl])[wlq]$')
BRANCH = re.compile(r'^j[a-z]+$')


class Insn:
    """One instruction.  ops are as objdump writes them: the destination is the last."""
    __slots__ = ('section', 'addr', 'end', 'name', 'prefix', 'ops', 'target', 'function')

    def mem(self):
        for op in self.ops:
            if isinstance(op, Mem):
                return op
        return None

    def dest(self):
        return self.ops[-1] if self.ops else None

    def size(self):
        """Bytes that the operation works on, as far as memory is concerned."""
        found = SETS_SIZE.match(self.name)
        if found and self.name not in ('movsb', 'movsl', 'movsq'):
            return SUFFIX[found.group(2)]
        if self.name.startswith('set'):
            return 1
        if self.name in ('call', 'jmp', 'push', 'pop'):
            return 8
        if self.name == 'movslq':
            return 4
        if self.name == 'cmpxchg16b':
            return 16
        if self.name == 'cmpxchg8b':
            return 8
        # The count of a shift says nothing of what is shifted.
        regs = [op for op in self.ops if isinstance(op, Reg)]
        if self.name[:3] in ('shl', 'shr', 'sar', 'rol', 'ror') and isinstance(self.dest(), Mem):
            regs = []
        if regs:
            return regs[-1].size
        return SUFFIX.get(self.name[-1], 8)


def split_operands(text):
    out, depth, start = [], 0, 0
    for i, c in enumerate(text):
        depth += (c == '(') - (c == ')')
        if c == ',' and not depth:
            out.append(text[start:i])
            start = i + 1
    return out + [text[start:]] if text else []


def operand(text, symbols, insn):
    text = text.lstrip('*')
    if text[0] == '%' and ':' not in text:
        return REGS.get(text[1:], Reg(text[1:], 8, False))
    if text[0] == '$':
        return Imm(int(text[1:], 16), symbols.get('imm'))
    found = MEM.match(text)
    if not found:
        raise ValueError(f'{insn.section.name}+{insn.addr:#x}: operand {text}')
    seg, disp, inner = found.groups()
    parts = [p.strip('%') for p in inner.split(',')] if inner else ['']
    base = parts[0]
    index = parts[1] if len(parts) > 1 and parts[1] not in ('riz', 'eiz') else ''
    scale = int(parts[2]) if len(parts) > 2 else 1
    value = int(disp, 16) if disp else 0
    return Mem(seg if seg in ('gs', 'fs') else None, '' if base == 'rip' else base, index, scale,
               value, symbols.get('disp'), base == 'rip')


def attach(insn, relocs, text):
    """Which of the instruction's words does each relocation fill in?"""
    symbols = {}
    has_mem, has_imm = '(' in text or re.search(r'(^|,)\*?(%[fg]s:)?-?0x', text), '$' in text
    for n, (at, (where, value)) in enumerate(relocs):
        last = n == len(relocs) - 1
        if '(%rip)' in text and n == 0:
            symbols['disp'] = (where, value + insn.end - at)
        elif has_imm and last and (len(relocs) > 1 or not has_mem or at + 4 == insn.end):
            symbols['imm'] = (where, value)
        else:
            symbols['disp'] = (where, value)
    return symbols


def decode(section, addr, end, text):
    insn = Insn()
    insn.section, insn.addr, insn.end = section, addr, end
    insn.target, insn.prefix, insn.ops, insn.function = None, set(), [], None
    text = re.sub(r'\s*(#.*)?$', '', text)
    words = text.split()
    while words and (words[0] in PREFIX or words[0].startswith('rex')) and len(words) > 1:
        insn.prefix.add(words.pop(0))
    insn.name = words[0].split(',')[0] if words else 'nop'
    rest = words[1] if len(words) > 1 else ''
    relocs = [(at, section.relocs[at]) for at in range(addr, end) if at in section.relocs]
    if (insn.name in ('call', 'jmp') or BRANCH.match(insn.name)) and not rest.startswith('*'):
        if relocs:
            where, value = relocs[0][1]
            insn.target = Target(where, value + 4, where if isinstance(where, str) else '')
        else:
            insn.target = Target(section.index, int(rest, 16), '')
        return insn
    if NO_ACCESS.match(insn.name) and not insn.name.startswith('lea') or insn.name == '(bad)':
        return insn
    symbols = attach(insn, relocs, rest) if relocs else {}
    insn.ops = [operand(op, symbols, insn) for op in split_operands(rest)]
    return insn


def disassemble(path, elf):
    """All instructions of a module, by section index and address."""
    text = subprocess.run(['objdump', '-dw', '--no-show-raw-insn', path], check=True,
                          capture_output=True, text=True).stdout
    code, section, rows = {}, None, []

    def flush():
        if section is None:
            return
        ends = [row[0] for row in rows[1:]] + [section.size]
        for (addr, line), end in zip(rows, ends):
            code[section.index, addr] = decode(section, addr, end, line)

    for line in text.splitlines():
        if line.startswith('Disassembly of section '):
            flush()
            section, rows = elf.by_name[line[len('Disassembly of section '):-1]], []
            continue
        parts = line.split('\t')
        if len(parts) > 1 and parts[0].endswith(':'):
            rows.append((int(parts[0][:-1], 16), parts[1]))
    flush()
    return code
