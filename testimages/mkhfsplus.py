#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Make an empty HFS+ volume, as Debian 12 has no tool for it.

usage: mkhfsplus.py IMAGE BYTES BLOCK-SIZE NAME [--binary] [--wrapped]
  --binary   HFSX, where names differ by their case
  --wrapped  in an HFS volume of its own, 128 KiB into the image
"""
import struct
import sys

NODE = 4096
NOW = 1700000002 + 2082844800


def fork(block, start, count):
    return struct.pack('>QIIII56x', count * block, count * block, count, start,
                       count)


def header_node(nodes, depth, root, records, key_max, compare):
    node = bytearray(NODE)
    struct.pack_into('>IIBBHH', node, 0, 0, 0, 1, 0, 3, 0)
    struct.pack_into('>HIIIIHHIIHIBBI', node, 14, depth, root, records, root,
                     root, NODE, key_max, nodes, nodes - 1 - bool(root), 0,
                     nodes * NODE, 0, compare, 6 if key_max > 10 else 2)
    node[248] = 0xc0 if root else 0x80
    struct.pack_into('>HHHH', node, NODE - 8, NODE - 8, 248, 120, 14)
    return node


def leaf_node(records):
    node = bytearray(NODE)
    struct.pack_into('>IIBBHH', node, 0, 0, 0, 255, 1, len(records), 0)
    at = 14
    for i, record in enumerate(records):
        struct.pack_into('>H', node, NODE - 2 * (i + 1), at)
        node[at:at + len(record)] = record
        at += len(record)
    struct.pack_into('>H', node, NODE - 2 * (len(records) + 1), at)
    return node


def catalog_key(parent, name):
    units = name.encode('utf-16-be')
    return struct.pack('>HIH', 6 + len(units), parent, len(units) // 2) + units


def make(size, block, name, binary):
    total = size // block
    reserved = -(-1536 // block)
    bitmap = -(-total // (8 * block))
    extents, catalog = 32 * NODE // block, 64 * NODE // block
    start_extents = reserved + bitmap
    start_catalog = start_extents + extents
    used = start_catalog + catalog
    tail = -(-1024 // block)
    header = struct.pack(
        '>HHI4sIIIIIIIIIIIIIIIQ8I', 0x4858 if binary else 0x482b,
        5 if binary else 4, 0x100, b'10.0', 0, NOW, NOW, 0, NOW, 0, 0, block,
        total, total - used - tail, used, block, block, 16, 1, 1,
        0, 0, 0, 0, 0, 0, 0x01234567, 0x89abcdef)
    header += (fork(block, reserved, bitmap) +
               fork(block, start_extents, extents) +
               fork(block, start_catalog, catalog) + bytes(160))
    image = bytearray(size)
    image[1024:1536] = image[-1024:-512] = header
    for number in (*range(used), *range(total - tail, total)):
        image[reserved * block + number // 8] |= 0x80 >> number % 8
    at = start_extents * block
    image[at:at + NODE] = header_node(32, 0, 0, 0, 10, 0)
    folder = struct.pack('>HHIIIIIIIIIBBHI40x', 1, 0, 0, 2, NOW, NOW, NOW, NOW,
                         0, 0, 0, 0, 0, 0o40755, 0)
    thread = struct.pack('>HHI', 3, 0, 1) + catalog_key(1, name)[6:]
    at = start_catalog * block
    image[at:at + NODE] = header_node(64, 1, 1, 2, 516,
                                      0xbc if binary else 0xcf)
    image[at + NODE:at + 2 * NODE] = leaf_node(
        [catalog_key(1, name) + folder, catalog_key(2, '') + thread])
    return image


def wrap(inner):
    """Blocks of 4 KiB from sector 16 on; the volume is in number 30."""
    outer = bytearray(16 * 512 + 30 * 4096) + inner + bytes(1024)
    struct.pack_into('>H', outer, 1024, 0x4244)
    struct.pack_into('>I', outer, 1024 + 20, 4096)
    struct.pack_into('>H', outer, 1024 + 28, 16)
    struct.pack_into('>HHH', outer, 1024 + 124, 0x482b, 30,
                     len(inner) // 4096)
    return outer


def main(image, size, block, name, *options):
    data = make(int(size), int(block), name, '--binary' in options)
    with open(image, 'wb') as out:
        out.write(wrap(data) if '--wrapped' in options else data)


if __name__ == '__main__':
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
