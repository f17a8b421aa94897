# SPDX-License-Identifier: GPL-2.0
"""As much of ELF as the coverage checker needs: sections, symbols, relocations."""
import bisect
import struct


class Section:
    def __init__(self, index, kind, flags, offset, size, info, entsize):
        self.index, self.kind, self.flags = index, kind, flags
        self.offset, self.size, self.info, self.entsize = offset, size, info, entsize
        self.name = ''
        self.relocs = {}        # offset: (section index or name of what is undefined, value)
        self.objects = []       # (start, end) of symbols with a size

    writable = property(lambda self: bool(self.flags & 1))


class Elf:
    SYMTAB, RELA = 2, 4

    def __init__(self, path):
        with open(path, 'rb') as file:
            self.data = file.read()
        if self.data[:6] != b'\x7fELF\x02\x01':
            raise ValueError(f'{path}: not a 64-bit ELF file')
        shoff, = struct.unpack_from('<Q', self.data, 40)
        entsize, count, names = struct.unpack_from('<HHH', self.data, 58)
        self.sections, name_at = [], []
        for i in range(count):
            f = struct.unpack_from('<IIQQQQIIQQ', self.data, shoff + i * entsize)
            self.sections.append(Section(i, f[1], f[2], f[4], f[5], f[7], f[9]))
            self.sections[-1].link = f[6]
            name_at.append(f[0])
        for section, at in zip(self.sections, name_at):
            section.name = self.string(self.sections[names], at)
        self.by_name = {s.name: s for s in self.sections}
        self.symbols = []       # (name, type, section index, value, size)
        for section in self.sections:
            if section.kind == self.SYMTAB:
                self._read_symbols(section)
        for section in self.sections:
            if section.kind == self.RELA:
                self._read_relocs(section)

    def string(self, section, at):
        start = section.offset + at
        return self.data[start:self.data.index(b'\0', start)].decode()

    def _read_symbols(self, section):
        strings = self.sections[section.link]
        for at in range(section.offset, section.offset + section.size, 24):
            name, info, _, index, value, size = struct.unpack_from('<IBBHQQ', self.data, at)
            self.symbols.append((self.string(strings, name), info & 15, index, value, size))
            if size and index < len(self.sections) and info & 15 <= 1:
                self.sections[index].objects.append((value, value + size))
        for each in self.sections:
            each.objects.sort()

    def _read_relocs(self, section):
        if section.info >= len(self.sections):
            return
        to = self.sections[section.info].relocs
        for at in range(section.offset, section.offset + section.size, 24):
            offset, info, addend = struct.unpack_from('<QQq', self.data, at)
            name, _, index, value, _ = self.symbols[info >> 32]
            to[offset] = (index, value + addend) if index else (name, addend)

    def covering(self, index, offset):
        """(start, end) of the object at an offset; constants need have no symbol."""
        section = self.sections[index]
        i = bisect.bisect(section.objects, (offset, 1 << 62)) - 1
        if i >= 0 and offset < section.objects[i][1]:
            return section.objects[i]
        if section.writable:
            return (offset, offset)
        # What has no symbol (strings) lies between two that have one.
        start = section.objects[i][1] if i >= 0 else 0
        end = section.objects[i + 1][0] if i + 1 < len(section.objects) else section.size
        return (start, end)
