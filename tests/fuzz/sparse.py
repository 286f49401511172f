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


def pieces_of(sectors):
    """Runs of them: the first one's number, and all the bytes."""
    pieces = []
    for number, sector in sectors:
        if pieces:
            first, data = pieces[-1]
            gap = number - first - len(data) // SECTOR
            if gap <= GAP and len(data) // SECTOR + gap < SECTORS_MAX:
                data += bytes(gap * SECTOR) + sector
                continue
        pieces.append((number, bytearray(sector)))
    return pieces


def packed(size, sectors):
    """A seed of so many sectors, of which these are not zero."""
    pieces = pieces_of(sectors)
    if len(pieces) > PIECES_MAX or size > 0xffffffff:
        sys.exit("an image is too large, or in too many pieces")
    return b"".join([struct.pack("<IH", size, len(pieces))] + [
        struct.pack("<IH", first, len(data) // SECTOR)
        for first, data in pieces] + [data for _, data in pieces])


def sectors_of(seed):
    """How many sectors the image of a seed has, and what packed() took."""
    size, count = struct.unpack_from("<IH", seed)
    used, sectors = 6 + 6 * count, []
    for at in range(6, used, 6):
        first, length = struct.unpack_from("<IH", seed, at)
        for number in range(first, first + length):
            sectors.append((number, seed[used:used + SECTOR]))
            used += SECTOR
    return size, sectors


def pack(path, seed):
    with open(path, "rb") as image:
        size = -(-os.fstat(image.fileno()).st_size // SECTOR)
        data = packed(size, data_of(image))
    with open(seed, "wb") as out:
        out.write(data)


def unpack(seed, path):
    with open(seed, "rb") as file:
        size, sectors = sectors_of(file.read())
    with open(path, "wb") as image:
        for number, sector in sectors:
            image.seek(number * SECTOR)
            image.write(sector)
        image.truncate(size * SECTOR)


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
