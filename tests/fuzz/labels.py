#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Disks that sfdisk cannot make, for seeds.sh: BSD and Solaris labels, a
hybrid ISO, sectors of 4096 bytes.  Written into the directory given."""
import os
import struct
import sys
import zlib

SIZE = 64 << 10


def mbr(*entries):
    """Sector 0 with (flag, type, start, size) in sectors."""
    sector = bytearray(512)
    for i, (flag, kind, start, size) in enumerate(entries):
        struct.pack_into('<B3sB3sII', sector, 446 + 16 * i, flag, b'\0\0\0',
                         kind, b'\0\0\0', start, size)
    sector[510:] = b'\x55\xaa'
    return sector


def bsd(slices, claimed=None):
    """A label with (size, offset, type) in sectors; it may claim more."""
    label = bytearray(512)
    struct.pack_into('<I', label, 0, 0x82564557)
    struct.pack_into('<I', label, 132, 0x82564557)
    struct.pack_into('<HHII', label, 136, 0, claimed or len(slices), 8192, 0)
    for i, (size, offset, kind) in enumerate(slices):
        struct.pack_into('<IIIBBH', label, 148 + 16 * i, size, offset, 0, kind,
                         0, 0)
    return label


def solaris(slices):
    """A label with (tag, start, size) in sectors."""
    label = bytearray(512)
    struct.pack_into('<II', label, 12, 0x600ddeee, 1)
    struct.pack_into('<HH', label, 28, 512, len(slices))
    for i, (tag, start, size) in enumerate(slices):
        struct.pack_into('<HHII', label, 72 + 12 * i, tag, 0, start, size)
    struct.pack_into('<H', label, 508, 0xdabe)
    return label


def gpt(sector, parts, **wrong):
    """The first sectors of a GPT with (first, last) partitions."""
    array = b''.join(
        struct.pack('<16s16sQQQ72s', bytes([i + 1]) * 16, bytes([i + 99]) * 16,
                    first, last, 0, 'p\0q\0'.encode())
        for i, (first, last) in enumerate(parts))
    header = bytearray(struct.pack(
        '<8sIIIIQQQQ16sQIII', b'EFI PART', 0x10000, 92, 0, 0, 1,
        SIZE // sector - 1, 3, SIZE // sector - 2, bytes(16), 2, len(parts),
        128, zlib.crc32(array)))
    for field, value in wrong.items():
        struct.pack_into('<I', header, {'self': 24, 'entries': 80,
                                        'entry_size': 84}[field], value)
    struct.pack_into('<I', header, 16, zlib.crc32(header))
    return bytes(header).ljust(sector, b'\0') + array


def write(name, pieces):
    disk = bytearray(SIZE)
    for at, piece in pieces.items():
        disk[at:at + len(piece)] = piece
    with open(os.path.join(sys.argv[1], name), 'wb') as out:
        out.write(disk)


SLICES = [(10, 2, 7), (5, 20, 1), (60, 0, 0), (8, 30, 7)]
for name, kind in (('freebsd', 0xa5), ('openbsd', 0xa6), ('netbsd', 0xa9)):
    write(name, {0: mbr((0x80, kind, 2, 60)), 3 * 512: bsd(SLICES)})
write('bsd-alone', {512: bsd(SLICES)})
write('bsd-too-many', {0: mbr((0, 0xa5, 2, 60)), 3 * 512: bsd(SLICES * 5, 100)})
write('solaris', {0: mbr((0x80, 0xbf, 2, 60)),
                  3 * 512: solaris([(2, 4, 10), (5, 0, 60), (3, 20, 10)])})
write('hybrid-iso', {0: mbr((0x80, 0x17, 0, 120)), 0x8000: b'\x01CD001'})
write('gpt-4096', {0: mbr((0, 0xee, 1, 0xffffffff)),
                   4096: gpt(4096, [(4, 6), (7, 9)])})
write('gpt-no-backup', {0: mbr((0, 0xee, 1, 0xffffffff)),
                        512: gpt(512, [(8, 20), (30, 40), (60, 50)])})
write('mbr-of-file-system', {0: mbr((0x80, 0x83, 1, 0xfffffff0)),
                             3: b'NTFS    '})
# libfdisk takes the numbers of a header with a right checksum, and only then
# looks whether that is the header of this place
write('gpt-elsewhere-with-huge-entries', {
    0: mbr((0, 0xee, 1, 0xffffffff)),
    512: gpt(512, [(8, 20)], self=9, entries=0x80000, entry_size=0x800000)})
