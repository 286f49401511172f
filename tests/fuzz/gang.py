#!/usr/bin/env python3
"""Seeds for fuzz_zfs: a pool whose first block is in pieces (a gang).

usage: gang.py IMAGE NEW [KIND]

Each uberblock of IMAGE, of a pool on one disk, then leads to a gang header in
the unused first sectors behind the labels, and that to the block.  KIND "itself"
leads to the header again.  Checksums are wrong, which fuzz_zfs ignores.
"""
import struct
import sys

LABEL = 256 << 10
RING = 128 << 10
START = 4 << 20  # of a device what DVAs count from
UBERBLOCK_MAGIC = 0x00bab10c
GANG_MAGIC = 0x0210da7ab10c7a11
POINTER = 128
ROOT = 40  # in an uberblock


def find_room(data):
    """An empty sector that no one will use."""
    at = START
    while any(data[at:at + 512]):
        at += 512
    return at


def main(image, new, kind='block'):
    with open(image, 'rb') as file:
        data = bytearray(file.read())
    room = find_room(data)
    best = b''
    txg = -1
    for label in (0, LABEL):
        for at in range(label + RING, label + LABEL, 1024):
            if struct.unpack_from('<Q', data, at)[0] != UBERBLOCK_MAGIC:
                continue
            root = bytes(data[at + ROOT:at + ROOT + POINTER])
            if struct.unpack_from('<Q', data, at + 16)[0] > txg:
                txg = struct.unpack_from('<Q', data, at + 16)[0]
                best = root
            gang = struct.pack('<QQ', struct.unpack_from('<Q', root)[0],
                               1 << 63 | (room - START) // 512)
            data[at + ROOT:at + ROOT + 48] = gang.ljust(48, b'\0')
            itself = bytes(data[at + ROOT:at + ROOT + POINTER])
    if not best:
        sys.exit('gang.py: no uberblock')
    header = (itself if kind == 'itself' else best).ljust(472, b'\0')
    data[room:room + 480] = header + struct.pack('<Q', GANG_MAGIC)
    with open(new, 'wb') as file:
        file.write(data)


if __name__ == '__main__':
    main(*sys.argv[1:])
