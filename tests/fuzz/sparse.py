#!/usr/bin/env python3
"""Pack disk images for the fuzz targets of file systems (fuzz_disk.c).

usage: sparse.py IMAGE SEED      write what is not zero in IMAGE to SEED
       sparse.py --in-place IMAGE...
       sparse.py --unpack SEED IMAGE
       sparse.py --shorten SEED NEW   the same without the last sector
"""
import os
import struct
import sys

SECTOR = 512
SECTORS_MAX = 0xffff  # of a piece
PIECES_MAX = 0xffff
GAP = 1  # zeros between two pieces that cost less than a piece of their own


def data_of(image):
    """Number and bytes of each sector that is not zero."""
    zeros = bytes(SECTOR)
    fd, end, off = image.fileno(), os.fstat(image.fileno()).st_size, 0
    while off < end:
        try:
            off = os.lseek(fd, off, os.SEEK_DATA) // SECTOR * SECTOR
            hole = os.lseek(fd, off, os.SEEK_HOLE)
        except OSError:
            return
        while off < hole:
            sector = os.pread(fd, SECTOR, off).ljust(SECTOR, b"\0")
            if sector != zeros:
                yield off // SECTOR, sector
            off += SECTOR


def pieces_of(image):
    """Runs of sectors: the first one's number, and all the bytes."""
    pieces = []
    for number, sector in data_of(image):
        if pieces:
            first, data = pieces[-1]
            gap = number - first - len(data) // SECTOR
            if gap <= GAP and len(data) // SECTOR + gap < SECTORS_MAX:
                data += bytes(gap * SECTOR) + sector
                continue
        pieces.append((number, bytearray(sector)))
    return pieces


def pack(path, seed):
    with open(path, "rb") as image:
        sectors = -(-os.fstat(image.fileno()).st_size // SECTOR)
        pieces = pieces_of(image)
    if len(pieces) > PIECES_MAX or sectors > 0xffffffff:
        sys.exit(f"{path}: too large, or in too many pieces")
    with open(seed, "wb") as out:
        out.write(struct.pack("<IH", sectors, len(pieces)))
        for first, data in pieces:
            out.write(struct.pack("<IH", first, len(data) // SECTOR))
        for _, data in pieces:
            out.write(data)


def unpack(seed, path):
    with open(seed, "rb") as file:
        data = file.read()
    sectors, count = struct.unpack_from("<IH", data)
    at, used = 6, 6 + 6 * count
    with open(path, "wb") as image:
        for _ in range(count):
            first, length = struct.unpack_from("<IH", data, at)
            image.seek(first * SECTOR)
            image.write(data[used:used + length * SECTOR])
            at, used = at + 6, used + length * SECTOR
        image.truncate(sectors * SECTOR)


def shorten(seed, new):
    with open(seed, "rb") as file:
        data = file.read()
    sectors, = struct.unpack_from("<I", data)
    with open(new, "wb") as file:
        file.write(struct.pack("<I", sectors - 1) + data[4:])


def main(args):
    if len(args) == 3 and args[0] == "--unpack":
        unpack(*args[1:])
    elif len(args) == 3 and args[0] == "--shorten":
        shorten(*args[1:])
    elif len(args) > 1 and args[0] == "--in-place":
        for path in args[1:]:
            pack(path, path + ".sparse")
            os.replace(path + ".sparse", path)
    elif len(args) == 2:
        pack(*args)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
