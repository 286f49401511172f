#!/usr/bin/env python3
"""A pool whose first block is in pieces (a gang), which no pool here has.

usage: gang.py IMAGE NEW [KIND]

IMAGE is of a pool on one disk.  The root block of its newest uberblock is
written again, unpacked, as up to three parts in sectors of no use, with a gang
header in front of them; each uberblock of the first two labels then leads to
that.  Every checksum is right.  KIND "itself" leads from the header to the
header, for fuzz_zfs.  Prints where the header is.
"""
import hashlib
import struct
import sys

LABEL = 256 << 10
RING = 128 << 10
START = 4 << 20  # of a device what DVAs count from
SECTOR = 512
UBERBLOCK_MAGIC = 0x00bab10c
SUM_MAGIC = 0x0210da7ab10c7a11
SUM_SIZE = 40  # of what has its own checksum: the magic number and the sum
ROOT = 40  # in an uberblock: a pointer of 16 words
WORDS = struct.Struct('<16Q')
PROP, BIRTH, SUM = 6, 10, 12  # words of a pointer
COPY_OFF, COPY_LZ4 = 2, 15
FLETCHER4 = 7
PARTS = 3
ROOM = 1 << 20


def fletcher4(data):
    sums = [0] * 4
    for (word,) in struct.iter_unpack('<I', data):
        for i in range(4):
            word = sums[i] = (sums[i] + word) % (1 << 64)
    return sums


def add_sum(data, *where):
    """Writes at the end the checksum, of which the place is a part."""
    struct.pack_into('<5Q', data, len(data) - SUM_SIZE, SUM_MAGIC, *where)
    digest = struct.unpack('>4Q', hashlib.sha256(data).digest())
    struct.pack_into('<4Q', data, len(data) - SUM_SIZE + 8, *digest)


def unpack_lz4(data):
    """A block as ZFS has it: its length, and sequences."""
    at = 4
    end = at + struct.unpack_from('>I', data)[0]
    out = bytearray()

    def length(value):
        nonlocal at
        more = 255 if value == 15 else 0
        while more == 255:
            more = data[at]
            value += more
            at += 1
        return value

    while at < end:
        token = data[at]
        at += 1
        literals = length(token >> 4)
        out += data[at:at + literals]
        at += literals
        if at >= end:
            break
        back = struct.unpack_from('<H', data, at)[0]
        at += 2
        for _ in range(length(token & 15) + 4):
            out.append(out[-back])
    return bytes(out)


def find_room(data):
    """In the midst of so much that is empty that it is of no file."""
    at = data.find(bytes(ROOM), START) // SECTOR * SECTOR
    if at < 0:
        sys.exit('gang.py: no room')
    return at + ROOM // 2 // SECTOR * SECTOR


def slots(data):
    """The uberblocks of the first two labels, and how long they are."""
    for label in (0, LABEL):
        for at in range(label + RING, label + LABEL, 1024):
            if struct.unpack_from('<Q', data, at)[0] != UBERBLOCK_MAGIC:
                continue
            for size in (1 << log for log in range(10, 14)):
                magic = data[at + size - SUM_SIZE:at + size - SUM_SIZE + 8]
                if magic == struct.pack('<Q', SUM_MAGIC):
                    yield at, size
                    break


def pointer(root, at, data, kind=COPY_OFF):
    """To data at a place: the rest as in the root's pointer."""
    words = list(root)
    words[:6] = [root[0], (at - START) // SECTOR, 0, 0, 0, 0]
    sectors = len(data) // SECTOR - 1
    words[PROP] = (root[PROP] & ~(0x7fffffffff | 0xff << 40) |
                   sectors << 16 | sectors | kind << 32 | FLETCHER4 << 40)
    words[SUM:] = fletcher4(data)
    return words


def main(image, new, kind='block'):
    with open(image, 'rb') as file:
        data = bytearray(file.read())
    newest = max(slots(data), default=None,
                 key=lambda slot: struct.unpack_from('<Q', data, slot[0] + 16))
    if newest is None:
        sys.exit('gang.py: no uberblock')
    root = WORDS.unpack_from(data, newest[0] + ROOT)
    at = START + root[1] * SECTOR
    block = bytes(data[at:at + ((root[PROP] >> 16 & 0xffff) + 1) * SECTOR])
    copy = root[PROP] >> 32 & 127
    if copy == COPY_LZ4:
        block, copy = unpack_lz4(block), COPY_OFF
    room = find_room(data)
    gang = pointer(root, room, block, copy)
    gang[PROP] = gang[PROP] & ~0xffff | root[PROP] & 0xffff
    gang[1] |= 1 << 63

    header = bytearray(SECTOR)
    each = -(-len(block) // SECTOR // PARTS) * SECTOR
    for i in range(0, len(block), each):
        part = block[i:i + each]
        words = pointer(root, room + SECTOR + i, part)
        if kind == 'itself':
            words = gang
        WORDS.pack_into(header, i // each * WORDS.size, *words)
    add_sum(header, gang[0] >> 32, room - START, gang[BIRTH], 0)
    data[room:room + SECTOR + len(block)] = header + block

    uberblock = data[newest[0]:newest[0] + newest[1]]
    WORDS.pack_into(uberblock, ROOT, *gang)
    for at, size in list(slots(data)):
        add_sum(uberblock, at, 0, 0, 0)
        data[at:at + size] = uberblock
    with open(new, 'wb') as file:
        file.write(data)
    print(room)


if __name__ == '__main__':
    main(*sys.argv[1:])
