#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Copy a tree of files into an empty exFAT file system, as no tool can without
mounting it.

    exfat_fill.py IMAGE TREE [scatter] [unwritten] [second] [2^BITS]

scatter: no two clusters of a file follow each other, and the table leads from
one to the next; otherwise every file lies in one piece, without the table.
unwritten: of files that end in 100 zeros these are marked as never written, and
noise lies there.  second: the first allocation
table is all zeros and another one in use, as in TexFAT.  2^BITS: of so many bytes
are the sectors.
"""
import os
import struct
import sys
import time


class Volume:
    def __init__(self, file, options):
        self.file = file
        self.scatter = "scatter" in options
        self.unwritten = "unwritten" in options
        self.second = "second" in options
        boot = self.at(0, 512)
        (fat, self.fat_len, heap, self.clusters, self.root) = struct.unpack_from(
            "<IIIII", boot, 80)
        sector, cluster = boot[108], boot[109]
        self.fat = fat << sector
        self.heap = heap << sector
        self.size = 1 << (sector + cluster)
        self.boot, self.sector = bytearray(boot), sector
        for option in options:
            if option.startswith("2^"):
                self.resize_sectors(int(option[2:]))
        table = self.at(self.fat, 4 * (self.clusters + 2))
        self.table = list(struct.unpack("<%dI" % (self.clusters + 2), table))
        entries = self.at(self.place(self.root), self.size)
        self.root_entries = []
        for i in range(0, self.size, 32):
            if entries[i] in (0x03, 0x83):
                self.root_entries.append(entries[i:i + 32])
            elif entries[i] in (0x81, 0x82):
                self.root_entries.append(entries[i:i + 32])
                first, length = struct.unpack_from("<IQ", entries, i + 20)
                if entries[i] == 0x82:
                    self.upcase = self.read_upcase(first, length)
                used = first + (length + self.size - 1) // self.size
                self.free = max(getattr(self, "free", 0), used)
        self.free = max(self.free, self.root + 1)

    def at(self, off, size):
        self.file.seek(off)
        return self.file.read(size)

    def place(self, cluster):
        return self.heap + (cluster - 2) * self.size

    def resize_sectors(self, bits):
        fields = struct.unpack_from("<QQIII", self.boot, 64)
        fields = [field << self.sector >> bits for field in fields]
        struct.pack_into("<QQIII", self.boot, 64, *fields)
        self.boot[109] -= bits - self.sector
        self.boot[108] = self.sector = bits

    def use_second_table(self):
        length = len(self.table) * 4 + (1 << self.sector) - 1 >> self.sector
        struct.pack_into("<I", self.boot, 84, length)
        self.boot[106] |= 1
        self.boot[110] = 2
        self.file.seek(self.fat)
        self.file.write(bytes(length << self.sector))
        self.fat += length << self.sector

    def seal(self):
        """Write both boot regions, with their checksums."""
        size = 1 << self.sector
        region = bytes(self.boot).ljust(size, b"\0")
        region += (bytes(size - 4) + b"\0\0\x55\xaa") * 8 + bytes(2 * size)
        checksum = 0
        for i, byte in enumerate(region):
            if i not in (106, 107, 112):
                checksum = ((checksum << 31 | checksum >> 1)
                            + byte) & 0xffffffff
        region += struct.pack("<I", checksum) * (size // 4)
        self.file.seek(0)
        self.file.write(region * 2)

    def read_upcase(self, first, length):
        units = struct.unpack("<%dH" % (length // 2),
                              self.at(self.place(first), length))
        upper, skip = [], False
        for unit in units:
            if skip:
                upper += range(len(upper), len(upper) + unit)
            elif unit != 0xffff:
                upper.append(unit)
            skip = not skip and unit == 0xffff
        return upper + list(range(len(upper), 65536))

    def put(self, data, first=None):
        """The first cluster of what now holds data, and the flags."""
        count = (len(data) + self.size - 1) // self.size
        step = 2 if self.scatter else 1
        chain = [first] if first else []
        while len(chain) < count:
            chain.append(self.free)
            self.free += step
        if self.free > self.clusters + 2:
            sys.exit("exfat_fill.py: the image is too small")
        if self.scatter and count > 2 and not first:
            chain[1], chain[2] = chain[2], chain[1]
        for i, cluster in enumerate(chain):
            self.file.seek(self.place(cluster))
            piece = data[i * self.size:(i + 1) * self.size]
            self.file.write(piece.ljust(self.size, b"\0"))
        if self.scatter or first:
            for cluster, following in zip(chain, chain[1:] + [0xffffffff]):
                self.table[cluster] = following
        if not chain:
            return 0, 1
        return chain[0], 1 if self.scatter else 3

    def entry_set(self, name, path, data):
        info = os.stat(path)
        is_dir = os.path.isdir(path)
        written = len(data)
        if self.unwritten and not is_dir and data.endswith(bytes(100)):
            written -= 100
            data = data[:written] + b"?" * 100
        first, flags = self.put(data)
        units = struct.unpack("<%dH" % (len(name.encode("utf-16le")) // 2),
                              name.encode("utf-16le"))
        hashed = 0
        for byte in struct.pack("<%dH" % len(units),
                                *(self.upcase[unit] for unit in units)):
            hashed = ((hashed << 15 | hashed >> 1) + byte) & 0xffff
        names = [units[i:i + 15] for i in range(0, len(units), 15)]
        # two hours and a quarter east of Greenwich
        when = time.gmtime(info.st_mtime // 2 * 2 + 135 * 60)
        stamp = ((when.tm_year - 1980) << 25 | when.tm_mon << 21 |
                 when.tm_mday << 16 | when.tm_hour << 11 | when.tm_min << 5 |
                 when.tm_sec // 2)
        entries = bytearray(struct.pack(
            "<BBHHHIIIBBBBB7x", 0x85, 1 + len(names), 0,
            0x10 if is_dir else 0x20, 0, stamp, stamp, stamp, 0,
            int(info.st_mtime) % 2 * 100, 0x89, 0x89, 0x89))
        entries += struct.pack("<BBBBHHQIIQ", 0xc0, flags, 0, len(units),
                               hashed, 0, written, 0, first, len(data))
        for part in names:
            part += (0,) * (15 - len(part))
            entries += struct.pack("<BB15H", 0xc1, 0, *part)
        checksum = 0
        for i, byte in enumerate(entries):
            if i not in (2, 3):
                checksum = ((checksum << 15 | checksum >> 1) + byte) & 0xffff
        struct.pack_into("<H", entries, 2, checksum)
        return bytes(entries)

    def put_directory(self, path):
        entries = b""
        for name in sorted(os.listdir(path)):
            below = os.path.join(path, name)
            if os.path.isdir(below):
                data = self.put_directory(below)
                data = data.ljust(max(1, -(-len(data) // self.size))
                                  * self.size, b"\0")
            else:
                with open(below, "rb") as file:
                    data = file.read()
            entries += self.entry_set(name, below, data)
        return entries

    def fill(self, tree):
        entries = b"".join(self.root_entries) + self.put_directory(tree)
        self.put(entries, self.root)
        if self.second:
            self.use_second_table()
        self.file.seek(self.fat)
        self.file.write(struct.pack("<%dI" % len(self.table), *self.table))
        self.seal()


def main():
    with open(sys.argv[1], "r+b") as file:
        Volume(file, sys.argv[3:]).fill(sys.argv[2])


main()
