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
    'ext3': (850, MIB, 7 * INSTRUCTIONS),
    # 109,000 clusters of 512 bytes, and 4 bytes of a table for each
    'vfat': (CALLS, 640 * KIB, 2 * INSTRUCTIONS),
    'exfat': (CALLS, OVERREAD, INSTRUCTIONS),
    'xfs': (CALLS, OVERREAD, INSTRUCTIONS),
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
                directory=run.out)[3:]
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
                           CALLS + 10 * self.COUNT, 5 * MIB, 4 * INSTRUCTIONS)

    # Three blocks: the superblock, an inode, the root directory.
    def test_ext4(self):
        self.check_probing('128 partitions of ext4', ['mke2fs', '-q'],
                           CALLS + 6 * self.COUNT, 3 * MIB, 15 * INSTRUCTIONS)

    def test_fat(self):
        self.check_probing('128 partitions of FAT', ['mkfs.fat'],
                           CALLS + 11 * self.COUNT, 6 * MIB,
                           18 * INSTRUCTIONS)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1], verbosity=2)
