# SPDX-License-Identifier: GPL-2.0-or-later
"""Limits on the cost of the main job: for each file system, through arrays and
logical volumes, and on a disk of many partitions.

usage: test_gates_fs.py PROGRAM MARK_MAIN MEASURE, as CMake built them

The guest is that of testimages/recipes/speed.sh: 53 MiB, of which the program
should read what it must and copy the rest without looking.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import cost

KIB = 1 << 10
MIB = 1 << 20
RSS_KIB = 4096
PAYLOAD = 53 * MIB

# A run without its file system takes some 110 calls and 160,000 instructions.
CALLS = 150
INSTRUCTIONS = 1000000
OVERREAD = 256 * KIB

# What costs more, and why: system calls, bytes read beyond the files, and
# instructions.  Where files are compressed, nobody counts the instructions of
# the library, and fewer bytes are read than there are.
LIMITS = {
    'ext4': (CALLS, OVERREAD, INSTRUCTIONS),
    # 212 blocks of pointers lie between the data: for each a read and a copy
    'ext2': (600, MIB, 6 * INSTRUCTIONS),
    'ext3': (600, MIB, 6 * INSTRUCTIONS),
    # 109,000 clusters of 512 bytes, and 4 bytes of a table for each
    'vfat': (CALLS, 640 * KIB, 2 * INSTRUCTIONS),
    'exfat': (CALLS, OVERREAD, INSTRUCTIONS),
    'xfs': (CALLS, OVERREAD, INSTRUCTIONS),
    'btrfs': (CALLS, OVERREAD, INSTRUCTIONS),
    # a pointer for each block, in 14 blocks of them
    'f2fs': (CALLS + 10, OVERREAD, INSTRUCTIONS),
    'iso': (CALLS, OVERREAD, INSTRUCTIONS),
    # a read for each block of 128 KiB, and half as many writes
    'squashfs': (750, 0, None),
    'squashfs-zstd': (750, 0, None),
    'erofs': (CALLS, OVERREAD, INSTRUCTIONS),
    # pieces of 4 KiB, of which 16 are read at once
    'erofs-lz4': (1000, 0, None),
    # a pointer for each block, in blocks that are not between the data
    'ufs1': (CALLS, OVERREAD, 2 * INSTRUCTIONS),
    'ufs2': (CALLS + 10, OVERREAD, 2 * INSTRUCTIONS),
}

PROGRAM, MARK_MAIN, MEASURE = sys.argv[1:4]
TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))


sys.path.insert(0, os.path.join(TOP, 'tests', 'e2e'))
import volumes  # noqa: E402


class Gate(unittest.TestCase):

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix='gates.')
        self.addCleanup(shutil.rmtree, self.dir)

    def within(self, name, what, count, limit):
        print('%s: %s: %d of at most %d' % (name, what, count, limit),
              flush=True)
        self.assertLessEqual(count, limit, name + ': ' + what)

    def check_memory(self, name, image):
        with cost.Run() as run:
            rss, status = cost.measure(
                MEASURE, 1, PROGRAM, *run.arguments(image),
                directory=run.out)[2:]
        self.assertEqual(status, 0)
        self.within(name, 'KiB resident', rss, RSS_KIB)

    def make(self, fs):
        image = os.path.join(self.dir, fs + '.img')
        subprocess.run([os.path.join(TOP, 'testimages', 'make.sh'), 'speed',
                        image], check=True, env=dict(os.environ, FS=fs))
        return image

    def check(self, name, image, most_calls, overread, most_instructions):
        calls, payload = cost.trace(PROGRAM, MARK_MAIN, image)
        self.assertEqual(payload, PAYLOAD)
        self.within(name, 'system calls', len(calls), most_calls)
        self.within(name, 'bytes read beyond the files',
                    cost.bytes_read(calls, image) - payload, overread)
        self.check_memory(name, image)
        if most_instructions:
            self.within(name, 'instructions',
                        sum(cost.instructions(PROGRAM, image)),
                        most_instructions)
        os.unlink(image)


class FileSystems(Gate):

    def test_cost(self):
        for name, limits in LIMITS.items():
            with self.subTest(name):
                self.check(name, self.make(name), *limits)


def stripe(data, level, count):
    """The members of an array with that on it, of level 0 or 5."""
    chunk, many = volumes.CHUNK, count - (level == 5)
    members = [bytearray() for _ in range(count)]
    for row, at in enumerate(range(0, len(data), many * chunk)):
        chunks = [data[at + i * chunk:at + (i + 1) * chunk].ljust(chunk, b'\0')
                  for i in range(many)]
        first = 0
        if level == 5:  # the usual layout, left-symmetric
            parity = 0
            for piece in chunks:
                parity ^= int.from_bytes(piece, 'little')
            chunks.append(parity.to_bytes(chunk, 'little'))
            first = -row % count
        for i, piece in enumerate(chunks):
            members[(first + i) % count] += piece
    return members


class Volumes(Gate):
    """They are looked for when nothing else boots, and copied from in place."""

    # Labels and superblocks lie in as many places as there are formats.
    CALLS = CALLS + 30

    def on_disk(self, offset):
        """A disk with the guest at an offset.  Its path, and the guest's size
        in sectors."""
        guest = self.make('ext4')
        image = os.path.join(self.dir, 'disk.img')
        size = os.path.getsize(guest)
        with open(image, 'wb') as disk:
            disk.truncate(offset + size + MIB)
        subprocess.run(['dd', 'if=' + guest, 'of=' + image, 'bs=1M',
                        'seek=%d' % (offset // MIB), 'conv=notrunc,sparse',
                        'status=none'], check=True)
        return image, size // volumes.SECTOR

    def test_raid1(self):
        image, size = self.on_disk(MIB)
        at = 8  # sectors, of a superblock 1.2
        with open(image, 'r+b') as disk:
            disk.seek(at * volumes.SECTOR)
            disk.write(volumes.md_super(0, 2, 1, size, 2048, at))
        self.check('raid1', image, self.CALLS, OVERREAD, INSTRUCTIONS)

    # A copy for each chunk of 64 KiB, and no more than some requests to read
    # ahead: the members take turns.
    STRIPED = CALLS + PAYLOAD // volumes.CHUNK + 60

    def check_striped(self, level, count, missing, *limits):
        guest = self.make('ext4')
        with open(guest, 'rb') as file:
            members = stripe(file.read(), level, count)
        os.unlink(guest)
        size = len(members[0])
        step = -(-size // MIB) * MIB + MIB
        image = os.path.join(self.dir, 'array.img')
        with open(image, 'wb') as disk:
            disk.truncate(MIB + count * step + MIB)
        table = 'label: gpt\n' + ''.join(
            'start=%d, size=%d\n' % ((MIB + i * step) // volumes.SECTOR,
                                     step // volumes.SECTOR)
            for i in range(count) if i != missing)
        subprocess.run(['/usr/sbin/sfdisk', '-q', image], check=True,
                       input=table.encode())
        with open(image, 'r+b') as disk:
            for i, member in enumerate(members):
                disk.seek(MIB + i * step + 8 * volumes.SECTOR)
                disk.write(volumes.md_super(
                    i, count, level, size // volumes.SECTOR, 2048, 8,
                    chunk=volumes.CHUNK // volumes.SECTOR))
                disk.seek(MIB + i * step + MIB)
                disk.write(member)
        self.check('raid%d%s' % (level, '' if missing is None else
                                 ' without a member'), image, *limits)

    def test_raid0(self):
        self.check_striped(0, 2, None, self.STRIPED, OVERREAD, INSTRUCTIONS)

    # The requests end where parity is between what is asked for.
    def test_raid5(self):
        self.check_striped(5, 3, None, self.STRIPED + 450, OVERREAD,
                           INSTRUCTIONS)

    # Half of the chunks are the sum of two others, 16 KiB of them at a time.
    def test_raid5_without_a_member(self):
        self.check_striped(5, 3, 1, 3500, 20 * MIB, 40 * INSTRUCTIONS)

    def test_lvm(self):
        image, size = self.on_disk(volumes.PE_START)
        extents = -(-size * volumes.SECTOR // volumes.EXTENT)
        text = volumes.lvm_text('vg', 1, {'root': [
            ('striped', extents, [('pv0', 0)])]})
        text = text.replace(b'pe_count = 1000', b'pe_count = %d' % extents)
        with open(image, 'r+b') as disk:
            volumes.write_pv(disk, 0, 0, os.path.getsize(image), text)
        self.check('lvm', image, self.CALLS, OVERREAD, INSTRUCTIONS)


class Partitions(Gate):
    """128 of them, of which the last has the guest.  Where a driver sees that
    its own is not there it has read one block, and so have all the others; on
    a file system 40 names are looked for."""

    COUNT = 128
    SIZE = 4 * MIB

    def check_probing(self, name, mkfs, *limits):
        guest = self.make('ext4')
        piece = os.path.join(self.dir, 'piece.img')
        image = os.path.join(self.dir, name + '.img')
        with open(piece, 'wb') as file:
            file.truncate(self.SIZE)
        if mkfs:
            subprocess.run([*mkfs, piece], check=True,
                           stdout=subprocess.DEVNULL,
                           env=dict(os.environ, PATH=os.environ['PATH'] +
                                    ':/usr/sbin'))
        starts = [MIB + i * self.SIZE for i in range(self.COUNT)]
        sizes = [self.SIZE] * (self.COUNT - 1) + [os.path.getsize(guest)]
        with open(image, 'wb') as disk:
            disk.truncate(starts[-1] + sizes[-1] + MIB)
        table = 'label: gpt\n' + ''.join(
            'start=%d, size=%d\n' % (start // 512, size // 512)
            for start, size in zip(starts, sizes))
        subprocess.run(['/usr/sbin/sfdisk', '-q', image], check=True,
                       input=table.encode())
        for start in starts:
            subprocess.run(['dd', 'if=' + (
                guest if start == starts[-1] else piece), 'of=' + image,
                'bs=1M', 'seek=%d' % (start // MIB), 'conv=notrunc,sparse',
                'status=none'], check=True)
        self.check(name, image, *limits)

    # Each: seven probes or fewer, two requests to read ahead.
    def test_empty(self):
        self.check_probing('128 empty partitions', None,
                           CALLS + 10 * self.COUNT, 4 * MIB,
                           5 * INSTRUCTIONS // 2)

    # Three blocks: the superblock, an inode, the root directory.
    def test_ext4(self):
        self.check_probing('128 partitions of ext4', ['mke2fs', '-q'],
                           CALLS + 6 * self.COUNT, 2 * MIB, 9 * INSTRUCTIONS)

    def test_fat(self):
        self.check_probing('128 partitions of FAT', ['mkfs.fat'],
                           CALLS + 11 * self.COUNT, 5 * MIB,
                           10 * INSTRUCTIONS)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1], verbosity=2)
