# SPDX-License-Identifier: GPL-2.0-or-later
"""Squashfs images of few bytes that claim to be large: what repeats itself
costs nearly nothing on the disk."""
import shutil
import struct
import subprocess
import sys
import zlib

import bombs

METADATA = 8192
BLOCK = 1 << 20
LIMITS = (0, 1, 2, 3, 4, 0x7f, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000,
          0xffffffff, (1 << 63) - 1, 1 << 63, (1 << 64) - 1)
NO_FRAGMENT = 0xffffffff
DIR, FILE = 1, 2


def table(plain):
    """Metadata in compressed blocks of 8 KiB, and where each begins."""
    packed, starts = b'', []
    for i in range(0, len(plain), METADATA):
        block = zlib.compress(plain[i:i + METADATA], 9)
        starts.append(len(packed))
        packed += struct.pack('<H', len(block)) + block
    return packed, starts


def head(kind, number):
    return struct.pack('<HHHHII', kind, 0o755, 0, 0, 1500000000, number)


def file_inode(number, start, size, blocks):
    return (head(FILE + 7, number)
            + struct.pack('<QQQIIII', start, size, 0, 1, NO_FRAGMENT, 0,
                          0xffffffff)
            + struct.pack('<%dI' % len(blocks), *blocks))


def dir_inode(number, size, block, off):
    return head(DIR + 7, number) + struct.pack(
        '<IIIIHHI', 2, size + 3, block, 1, 0, off, 0xffffffff)


def names(entries, block=0):
    """A group of names whose inodes are in one block."""
    out = struct.pack('<III', len(entries) - 1, block, 1)
    for name, off in entries:
        out += struct.pack('<HHHH', off, 0, 2, len(name) - 1) + name
    return out


def image(data, inodes, listings, root):
    """Inodes and listings as table() packs them."""
    at = 96 + len(data)
    end = at + len(inodes) + len(listings)
    return struct.pack('<IIIIIHHHHHHQQQQQQQQ', 0x73717368, 1, 1500000000,
                       BLOCK, 0, 1, 20, 0, 1, 4, 0, root, end, end,
                       (1 << 64) - 1, at, at + len(inodes), (1 << 64) - 1,
                       (1 << 64) - 1) + data + inodes + listings


class Squashfs(bombs.Case):

    def write(self, content):
        with open(self.image, 'wb') as out:
            out.write(content)

    def one_directory(self, listing, inodes, size=None, data=b''):
        """A root with that listing, and inodes behind its own, at 40."""
        root = dir_inode(1, len(listing) if size is None else size, 0, 0)
        self.write(image(data, table(root + inodes)[0], table(listing)[0], 0))

    def configuration(self, size, blocks, data):
        """/grub.cfg is of these blocks, which are the data."""
        self.one_directory(names([(b'grub.cfg', 40)]),
                           file_inode(2, 96, size, blocks), data=data)

    def test_a_sound_guest(self):
        plain = b'menuentry a {\nlinux /grub.cfg ro\n}\n'
        block = zlib.compress(plain)
        self.configuration(len(plain), [len(block)], block)
        # its own kernel: any file will do
        self.boots('--config=/grub.cfg')

    def test_a_configuration_of_four_mebibytes_of_nothing(self):
        block = zlib.compress(b'\n' * BLOCK, 9)
        self.configuration(4 * BLOCK, [len(block)] * 4, block * 4)
        self.run_on_image('--config=/grub.cfg')

    def test_a_configuration_of_63_bits(self):
        self.configuration((1 << 63) - 1, [0] * 100, b'')
        self.refused('limit of 4194304', '--config=/grub.cfg')

    def test_a_block_that_becomes_more_than_a_block(self):
        block = zlib.compress(b'\n' * 64 * BLOCK, 9)
        self.configuration(BLOCK, [len(block)], block)
        self.refused('cannot decompress into 1048576', '--config=/grub.cfg')

    def test_a_directory_of_more_names_than_allowed(self):
        self.one_directory(names([(b'x', 40)] * 256) * 5000,
                           file_inode(2, 96, 0, []))
        self.refused('more than 1000000 names')

    def test_a_directory_of_four_gibibytes(self):
        """Said so in the inode; the listing that there is ends."""
        self.one_directory(names([(b'x', 40)] * 256) * 100,
                           file_inode(2, 96, 0, []), size=0xfffffff0)
        self.refused('lie beyond the table|more than 1000000 names')

    def test_names_whose_inodes_are_each_in_another_block(self):
        """Nothing that is kept is of use: the directory is dear to list."""
        filling = b''.join(file_inode(i, 96, 0, []) for i in range(146))
        filling = filling.ljust(METADATA, b'\0') * 64
        starts = table(filling)[1]
        listing = b''.join(names([(b'x', 0)], start)
                           for start in starts) * 12000
        inodes, starts = table(filling + dir_inode(1, len(listing), 0, 0))
        self.write(image(b'', inodes, table(listing)[0], starts[-1] << 16))
        self.refused(r'limit of CPU time \(--cpu-limit\)', '--cpu-limit=1')
        self.refused('no kernel|limit of CPU time|time limit')

    def test_fields_of_the_superblock_at_their_limits(self):
        listing = names([(b'x', 40)] * 256)
        self.one_directory(listing, file_inode(2, 96, 0, []))
        with open(self.image, 'rb') as made:
            sound = made.read()
        for at, size in ((12, 4), (16, 4), (20, 2), (22, 2), (24, 2), (26, 2),
                         (28, 2), (32, 8), (40, 8), (48, 8), (56, 8), (64, 8),
                         (72, 8), (80, 8), (88, 8)):
            for value in LIMITS:
                if value >= 1 << 8 * size:
                    continue
                with self.subTest(at=at, value=value):
                    self.write(sound[:at] + value.to_bytes(size, 'little')
                               + sound[at + size:])
                    self.run_on_image()

    def test_a_kernel_that_is_a_hole_of_a_byte_more_than_allowed(self):
        tree = self.dir + '/tree'
        subprocess.run(['mkdir', '-p', tree + '/boot/grub'], check=True)
        with open(tree + '/boot/grub/grub.cfg', 'w') as out:
            out.write('menuentry a {\nlinux /vmlinuz ro\n}\n')
        with open(tree + '/vmlinuz', 'wb') as out:
            out.truncate((1 << 30) + 1)
        subprocess.run(['mksquashfs', tree, self.image, '-b', '1M', '-quiet',
                        '-no-progress'], check=True, capture_output=True)
        self.refused('1073741824')


if __name__ == '__main__':
    if not shutil.which('mksquashfs'):
        print('skipped: no mksquashfs (squashfs-tools)')
        sys.exit(bombs.SKIPPED)
    bombs.main()
