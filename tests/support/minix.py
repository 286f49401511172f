#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Write a tree of files as a Minix file system, as no tool here can: in any
version, order of bytes and size of blocks.

usage: minix.py TREE IMAGE VERSION NAME-SIZE le|be BLOCK-SIZE
"""
import os
import stat
import struct
import sys

MAGIC = {(1, 14): 0x137f, (1, 30): 0x138f, (2, 14): 0x2468, (2, 30): 0x2478,
         (3, 60): 0x4d5a}


class Writer:

    def __init__(self, version, name_size, order, block):
        self.version, self.name_size, self.block = version, name_size, block
        self.order = '<' if order == 'le' else '>'
        self.width = 2 if version == 1 else 4
        self.inodes = [None]  # packed, from 1 on
        self.blocks = []      # of data
        self.start = 0        # their first one's number
        self.numbers = {}     # of inodes, by what the host calls them

    def pack(self, form, *values):
        return struct.pack(self.order + form, *values)

    def add_block(self, data):
        if not data.strip(b'\0'):
            return 0
        self.blocks.append(data.ljust(self.block, b'\0'))
        return self.start + len(self.blocks) - 1

    def pointers(self, numbers, level):
        """The number of a block of that level with all of these below."""
        if level == 0:
            return numbers[0] if numbers else 0
        span = (self.block // self.width) ** (level - 1)
        below = [self.pointers(numbers[i:i + span], level - 1)
                 for i in range(0, len(numbers), span)]
        return self.add_block(self.pack(
            '%d%s' % (len(below), 'HI'[self.width // 2 - 1]), *below))

    def add_data(self, data):
        """The pointers of an inode with this content."""
        numbers = [self.add_block(data[i:i + self.block])
                   for i in range(0, len(data), self.block)]
        at, count = 7, 9 if self.version == 1 else 10
        zones = numbers[:7] + [0] * (7 - len(numbers[:7]))
        for level in range(1, count - 6):
            span = (self.block // self.width) ** level
            zones.append(self.pointers(numbers[at:at + span], level)
                         if numbers[at:] else 0)
            at += span
        return zones

    def inode(self, info, data):
        zones, mtime = self.add_data(data), int(info.st_mtime)
        if self.version == 1:
            return self.pack('HHIIBB9H', info.st_mode, 0, len(data), mtime, 0,
                             info.st_nlink, *zones)
        return self.pack('HHHHIIII10I', info.st_mode, info.st_nlink, 0, 0,
                         len(data), 0, mtime, 0, *zones)

    def entry(self, number, name):
        form = 'I' if self.version == 3 else 'H'
        return self.pack('%s%ds' % (form, self.name_size), number, name)

    def add(self, path, parent):
        info = os.lstat(path)
        if info.st_ino in self.numbers:
            return self.numbers[info.st_ino]
        number = self.numbers[info.st_ino] = len(self.inodes)
        self.inodes.append(None)
        if stat.S_ISDIR(info.st_mode):
            data = self.entry(number, b'.') + self.entry(parent or number,
                                                         b'..')
            for name in sorted(os.listdir(path)):
                data += self.entry(self.add(path + b'/' + name, number), name)
                data += self.entry(0, b'deleted')
        elif stat.S_ISLNK(info.st_mode):
            data = os.readlink(path)
        else:
            with open(path, 'rb') as file:
                data = file.read()
        self.inodes[number] = self.inode(info, data)
        return number

    def write(self, tree, image):
        count = 20 + sum(len(d) + len(f) for _, d, f in os.walk(tree))
        size = 32 if self.version == 1 else 64
        maps = (-(-(count + 1) // (self.block * 8)), 8)
        table = 2 + sum(maps)
        self.start = table + -(-count * size // self.block)
        self.add(tree, None)
        zones = self.start + len(self.blocks)
        magic = MAGIC[self.version, self.name_size]
        if self.version == 3:
            head = self.pack('IHHHHHHIIHHHBB', count, 0, *maps, self.start, 0,
                             0, 0x7fffffff, zones, magic, 0, self.block, 0, 0)
        else:
            head = self.pack('HHHHHHIHHI', count, zones & 0xffff, *maps,
                             self.start, 0, 0x7fffffff, magic, 1, zones)
        with open(image, 'wb') as out:
            out.write(bytes(1024) + head)
            out.seek(table * self.block)
            out.write(b''.join(self.inodes[1:]))
            out.seek(self.start * self.block)
            out.write(b''.join(self.blocks))


def main(tree, image, version, name_size, order, block):
    Writer(int(version), int(name_size), order, int(block)).write(
        os.fsencode(tree), image)


if __name__ == '__main__':
    if len(sys.argv) != 7:
        sys.exit(__doc__)
    main(*sys.argv[1:])
