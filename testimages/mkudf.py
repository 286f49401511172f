#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Make a UDF file system of a tree of files, in forms that mkudffs and Linux
cannot write.

    mkudf.py IMAGE TREE [OPTION...]

virtual, virtual1.50, sparable, metadata: what the files lie in, beside the
physical partition.  long, extended, inside: the kind of allocation descriptors;
inside, files that fit lie in their entries.  scatter: no two blocks of a file
follow each other.  chain: at most 3 descriptors, the rest in further blocks.
4096: entries of that strategy, each made anew.  plain: entries that are not
extended.  2^BITS: so large are blocks.  Zeros are never written.
"""
import binascii
import os
import stat
import struct
import sys

VOLUME_SET = "00c0ffee12345678 set"
START = 400  # block of the partition


def dstring(text, size):
    raw = compress(text)
    return raw.ljust(size - 1, b"\0") + bytes([len(raw)])


def compress(text):
    if all(ord(c) < 256 for c in text):
        return b"\x08" + text.encode("latin-1")
    return b"\x10" + text.encode("utf-16-be")


def tagged(kind, location, body, length=None):
    body = body.ljust(length - 16, b"\0") if length else body
    crc = binascii.crc_hqx(body, 0)
    head = struct.pack("<HHBBHHHI", kind, 3, 0, 0, 1, crc, len(body), location)
    return head[:4] + bytes([sum(head) & 255]) + head[5:] + body


def stamp(seconds):
    import time
    zone = 60 if seconds % 2 else -2047
    t = time.gmtime(seconds + (zone * 60 if zone == 60 else 0))
    return struct.pack("<HHBBBBBBBB", 0x1000 | zone & 0xfff, t.tm_year, t.tm_mon,
                       t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec, 0, 0, 0)


def entity(name, suffix=b""):
    return b"\0" + name.encode().ljust(23, b"\0") + suffix.ljust(8, b"\0")


class Maker:
    def __init__(self, size, options):
        self.options = options
        bits = [int(o[2:]) for o in options if o.startswith("2^")]
        self.block = 1 << (bits[0] if bits else 11)
        self.data = bytearray(max(size, 4096 * self.block))
        self.sectors = len(self.data) // self.block
        self.blocks = self.sectors - START
        self.low, self.high = 0, self.blocks - 258  # below the last anchor
        self.table, self.done, self.spares = [], {}, {}
        self.virtual = any(o.startswith("virtual") for o in options)
        self.ref = 1 if self.virtual or "metadata" in options else 0
        if "sparable" in options:
            self.spares = {32: 330, 96: 362}  # packets, and where they are
        if "metadata" in options:
            self.low, self.meta = 4, []
            for first in 40, 600:  # in two pieces, behind each other
                self.meta += range(first, first + 256)
            self.low, self.meta_next = 900, 0

    # Places

    def sector(self, number, raw):
        at = number * self.block
        self.data[at:at + len(raw)] = raw

    def put(self, ref, block, raw):
        for i in range(0, len(raw), self.block):
            piece, number = raw[i:i + self.block], block + i // self.block
            if ref and self.virtual:
                self.table[number] = self.take()
                number = self.table[number]
            elif ref:
                number = self.meta[number]
            packet = number & ~31
            if packet in self.spares:
                self.sector(START + number, b"worn" * (self.block // 4))
                self.sector(self.spares[packet] + number - packet, piece)
            else:
                self.sector(START + number, piece)

    def take(self):
        if "scatter" in self.options and self.low & 1:
            self.low += 1
            self.high -= 2
            return self.high
        self.low += 1
        return self.low - 1

    def take_entry(self, count=1):
        if not self.ref:
            first = self.low
            self.low += count
        elif self.virtual:
            first = len(self.table)
            self.table += [0xffffffff] * count
        else:
            first = self.meta_next
            self.meta_next += count
        return first

    # Files

    def pieces(self, raw, ref):
        """Kind, length and first block of each extent."""
        out = []
        for i in range(0, len(raw), self.block):
            piece = raw[i:i + self.block]
            if not any(piece):
                kind, block = 1 + (i >> 20 & 1), 0
            else:
                kind = 0
                block = self.take_entry() if ref else self.take()
                self.put(ref, block, piece)
            last = out[-1] if out else None
            if last and last[0] == kind and (
                    kind or last[2] + last[1] // self.block == block):
                last[1] += len(piece)
            else:
                out.append([kind, len(piece), block])
        return out

    def describe(self, form, kind, length, block, ref):
        head = kind << 30 | length
        if form == 0:
            return struct.pack("<II", head, block)
        if form == 1:
            return struct.pack("<IIH6x", head, block, ref)
        return struct.pack("<IIIIH2x", head, length, length, block, ref)

    def allocation(self, raw, form, ref):
        """The descriptors, with what has no room in further blocks."""
        pieces = self.pieces(raw, ref)
        room = 3 if "chain" in self.options else (self.block - 300) // 20
        groups = [pieces[i:i + room] for i in range(0, len(pieces), room)]
        out = b""
        for group in reversed(groups):
            text = b"".join(self.describe(form, *p, ref) for p in group)
            if out:
                block = self.take_entry() if ref else self.take()
                self.put(ref, block, tagged(258, block, struct.pack(
                    "<II", 0, len(out)) + out))
                text += self.describe(form, 3, self.block, block, ref)
            out = text
        return out

    def entry(self, kind, raw, seconds, where=None, physical=False):
        """The place of a new file entry with those contents."""
        options = self.options
        form = 1 if "long" in options or self.ref else 0
        form = 2 if "extended" in options else form
        old = "plain" in options
        ref = self.ref if kind == 4 else 0
        if physical:
            form, ref = 0, 0
        elif ref and not self.virtual and form == 1:
            form = 0  # of a directory, in the metadata
        attributes = b"" if kind == 4 else b"a" * 12
        fixed = (176 if old else 216) + len(attributes)
        if "inside" in options and len(raw) <= self.block - fixed:
            form, descs = 3, raw
        else:
            descs = self.allocation(raw, form, ref)
        return self.write_entry(kind, form, len(raw), seconds, attributes,
                                descs, where, physical)

    def write_entry(self, kind, form, size, seconds, attributes, descs, where,
                    physical):
        chain = "4096" in self.options and where is None
        ref = 0 if physical else self.ref
        if where is None:
            where = self.take_entry(2 if chain else 1)
        if chain:
            empty = self.body(kind, 3, 0, 0, b"", b"", 4096)
            newer = self.take_entry(2)
            self.put(ref, where, tagged(empty[0], where, empty[1]))
            self.put(ref, where + 1, tagged(259, where + 1, self.icb(
                kind, 0, 4096) + struct.pack("<IIH6x", self.block, newer, ref)))
        else:
            newer = where
        body = self.body(kind, form, size, seconds, attributes, descs,
                         4096 if chain else 4)
        self.put(ref, newer, tagged(body[0], newer, body[1]))
        return where

    def icb(self, kind, form, strategy):
        return struct.pack("<IHHHBB6xH", 0, strategy, 0, 1, 0, kind, form)

    def body(self, kind, form, size, seconds, attributes, descs, strategy):
        head = self.icb(kind, form, strategy) + struct.pack(
            "<IIIHBBIQ", 0, 0, 0x1ce7, 1, 0, 0, 0, size)
        when = stamp(seconds)
        tail = struct.pack("<II", len(attributes), len(descs))
        if "plain" in self.options:
            head += struct.pack("<Q", 0) + stamp(0) + when + stamp(0)
            head += struct.pack("<I16x32xQ", 1, 16) + tail
            return 261, head + attributes + descs
        head += struct.pack("<QQ", size, 0) + stamp(0) + when + stamp(0) * 2
        head += struct.pack("<II16x16x32xQ", 1, 0, 16) + tail
        return 266, head + attributes + descs

    def name(self, flags, text, block, location):
        raw = compress(text) if text else b""
        body = struct.pack("<HBBIIH6xH", 1, flags, len(raw), self.block, block,
                           self.ref, 4) + b"used" + raw
        return tagged(257, location, body + b"\0" * (-(16 + len(body)) % 4))

    def directory(self, path, parent):
        where = self.take_entry()
        names = self.name(10, "", parent if parent is not None else where, where)
        names += self.name(4, "deleted", 0xffffff, where)
        for name in sorted(os.listdir(path)):
            child = os.path.join(path, name)
            info = os.lstat(child)
            if stat.S_ISDIR(info.st_mode):
                names += self.name(2, name, self.directory(child, where), where)
                continue
            if info.st_ino not in self.done:
                self.done[info.st_ino] = self.file(child, info)
            names += self.name(0, name, self.done[info.st_ino], where)
        return self.entry(4, names, int(os.lstat(path).st_mtime), where)

    def file(self, path, info):
        if stat.S_ISLNK(info.st_mode):
            target = os.readlink(path)
            raw = b"\x02\0\0\0" if target[0] == "/" else b""
            for part in filter(None, target.split("/")):
                kind = {"..": 3, ".": 4}.get(part, 5)
                text = compress(part) if kind == 5 else b""
                raw += struct.pack("<BBH", kind, len(text), 0) + text
            return self.entry(12, raw, int(info.st_mtime))
        with open(path, "rb") as file:
            return self.entry(5, file.read(), int(info.st_mtime))

    # The volume

    def maps(self):
        second = b"\x02\x40\0\0"
        tail = struct.pack("<HH", 1, 7)
        if self.spares:
            tables = 310, 320
            for at in tables:
                entries = [(p, b) for p, b in self.spares.items()]
                entries += [(0xffffffff, 300), (0xfffffff0, 301)]
                self.sector(at, tagged(0, at, entity("*UDF Sparing Table") +
                            struct.pack("<HHI", len(entries), 0, 1) +
                            b"".join(struct.pack("<II", *e) for e in entries)))
            return [second + entity("*UDF Sparable Partition") + tail +
                    struct.pack("<HBxI4I", 32, 2, self.block, *tables, 0, 0)]
        maps = [b"\x01\x06" + tail]
        if self.virtual:
            maps.append(second + entity(
                "*UDF Virtual Partition", b"\x50\x01" if "virtual1.50" in
                self.options else b"\x50\x02") + tail + bytes(24))
        elif self.ref:
            maps.append(second + entity("*UDF Metadata Partition") + tail +
                        struct.pack("<IIIIHB5x", 0, 1, 0xffffffff, 32, 1, 1))
        return maps

    def logical(self, root_set, maps):
        text = b"".join(maps)
        body = struct.pack("<I64x", 4) + dstring("grüßt 日本"[:7], 128)
        body += struct.pack("<I", self.block) + entity(
            "*OSTA UDF Compliant", b"\x50\x02")
        body += struct.pack("<IIH6x", self.block, root_set, self.ref)
        body += struct.pack("<II32x128xII", len(text), len(maps),
                            self.block, 300)
        return body + text

    def sequence(self, at, root_set, maps):
        primary = struct.pack("<II", 1, 0) + dstring("volume", 32) + bytes(16)
        primary += dstring(VOLUME_SET, 128)
        partition = struct.pack("<IHH", 3, 1, 7) + entity("+NSR03") + bytes(128)
        partition += struct.pack("<III", 1, START, self.blocks)
        older = struct.pack("<IHH", 2, 1, 7) + bytes(32 + 128 + 12)
        logical = self.logical(root_set, maps)
        descs = [(1, primary, 512), (5, partition, 512), (5, older, 512)]
        for i, (kind, body, length) in enumerate(descs):
            self.sector(at + i, tagged(kind, at + i, body, length))
        # a pointer leads to the rest
        self.sector(at + 3, tagged(3, at + 3, struct.pack(
            "<III", 4, 4 * self.block, at + 6), 512))
        self.sector(at + 6, tagged(6, at + 6, logical))
        self.sector(at + 7, tagged(8, at + 7, b"", 512))

    def volume(self, root_set):
        step = max(self.block, 2048)
        for i, name in enumerate((b"BEA01", b"NSR03", b"TEA01")):
            at = 32768 + i * step
            self.data[at:at + 7] = b"\0" + name + b"\x01"
        maps = self.maps()
        for at in 260, 280:
            self.sequence(at, root_set, maps)
        self.sector(300, tagged(9, 300, stamp(0) + struct.pack("<I", 1), 512))
        for at in 256, self.sectors - 257:
            self.sector(at, tagged(2, at, struct.pack(
                "<IIII", 16 * self.block, 260, 16 * self.block, 280), 512))

    def vat(self):
        raw = b"".join(struct.pack("<I", b) for b in self.table)
        if "virtual1.50" in self.options:
            kind, raw = 0, raw + entity("*UDF Virtual Alloc Tbl") + b"\xff" * 4
        else:
            kind, raw = 248, struct.pack("<HH128xI16x", 152, 0, 0xffffffff) + raw
        self.entry(kind, raw, 0, self.sectors - 1 - START, physical=True)

    def make(self, tree):
        root_set = self.take_entry()
        root = self.directory(tree, None)
        body = bytes(384) + struct.pack("<IIH6x", self.block, root, self.ref)
        body += entity("*OSTA UDF Compliant", b"\x50\x02")
        self.put(self.ref, root_set, tagged(256, root_set, body, 512))
        if self.virtual:
            self.vat()
        elif self.ref:
            self.metadata()
        self.volume(root_set)
        return self.data

    def metadata(self):
        half = 256 * self.block
        descs = struct.pack("<IIII", half, 40, half, 600)
        ref, self.ref = self.ref, 0
        for kind, where in (250, 0), (251, 1):
            self.write_entry(kind, 0, 2 * half, 0, b"", descs, where, True)
        self.ref = ref


def main():
    image, tree, *options = sys.argv[1:]
    data = Maker(8 << 20, options).make(tree)
    with open(image, "wb") as file:
        file.write(data)


main()
