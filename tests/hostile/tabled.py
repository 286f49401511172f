# SPDX-License-Identifier: GPL-2.0-or-later
"""Partition tables in bytes.  MBR and extended boot records as in the IBM PC;
GPT by the UEFI specification, chapter 5; BSD's and Solaris' labels by
sys/disklabel.h and sys/vtoc.h."""
import struct
import zlib

LINUX, EXTENDED, PROTECTIVE = 0x83, 5, 0xee
ROOT = bytes.fromhex('af3dc60f838472478e793d69d8477de4')


def mbr(*entries, signature=b'\x55\xaa'):
    """A sector with (type, start, size) in sectors, active the first."""
    sector = bytearray(512)
    for i, (kind, start, size) in enumerate(entries):
        struct.pack_into('<B3sB3sII', sector, 446 + 16 * i,
                         0x80 if i == 0 else 0, bytes(3), kind, bytes(3),
                         start, size)
    sector[510:] = signature
    return bytes(sector)


def entry(first, last, number=1, kind=ROOT):
    return kind + bytes([number & 255, number >> 8]) * 8 + struct.pack(
        '<QQQ72s', first, last, 0, b'')


def header(array, here=1, other=0, sectors=20480, at=2, count=None, size=128,
           length=92, first=34, last=None, crc=None, own_crc=None):
    """A header whose checksums are right unless others are given."""
    last = sectors - 34 if last is None else last
    fields = struct.pack(
        '<8sIIIIQQQQ16sQIII', b'EFI PART', 0x10000, length, 0, 0, here,
        other or sectors - 1, first, last, bytes(range(16)), at,
        len(array) // 128 if count is None else count, size,
        zlib.crc32(array) if crc is None else crc)
    covered = fields.ljust(512, b'\0')[:max(0, min(length, 512))]
    own = zlib.crc32(covered) if own_crc is None else own_crc
    return (fields[:16] + struct.pack('<I', own) + fields[20:]).ljust(
        512, b'\0')


def gpt(guest, array, sectors=20480, backup=False, **wrong):
    """A disk with this array of entries; only its first copy unless backup."""
    array = array.ljust(128 * 128, b'\0') if len(array) < 128 * 128 else array
    guest.fill(mbr((PROTECTIVE, 1, sectors - 1)), sectors * 512)
    guest.write(512, header(array, sectors=sectors, **wrong))
    guest.write(1024, array)
    if backup:
        rows = len(array) // 512
        guest.write((sectors - 1 - rows) * 512, array)
        guest.write((sectors - 1) * 512, header(
            array, here=sectors - 1, other=1, sectors=sectors,
            at=sectors - 1 - rows))


def bsd(slices, claimed=None):
    """A label with (size, offset, type) in sectors; it may claim more."""
    label = bytearray(512)
    struct.pack_into('<I', label, 0, 0x82564557)
    struct.pack_into('<I', label, 132, 0x82564557)
    struct.pack_into('<HHII', label, 136, 0,
                     len(slices) if claimed is None else claimed, 8192, 0)
    for i, (size, offset, kind) in enumerate(slices):
        if 148 + 16 * i + 16 <= 512:
            struct.pack_into('<IIIBBH', label, 148 + 16 * i, size, offset, 0,
                             kind, 0, 0)
    total = 0
    for word in struct.unpack('<256H', label):
        total ^= word
    struct.pack_into('<H', label, 136, total)
    return bytes(label)


def solaris(slices, claimed=None):
    """A label with (tag, start, size) in sectors."""
    label = bytearray(512)
    struct.pack_into('<II', label, 12, 0x600ddeee, 1)
    struct.pack_into('<HH', label, 28, 512,
                     len(slices) if claimed is None else claimed)
    for i, (tag, start, size) in enumerate(slices):
        struct.pack_into('<HHII', label, 72 + 12 * i, tag, 0, start, size)
    struct.pack_into('<H', label, 508, 0xdabe)
    total = 0
    for word in struct.unpack('<256H', label):
        total ^= word
    struct.pack_into('<H', label, 510, total)
    return bytes(label)
