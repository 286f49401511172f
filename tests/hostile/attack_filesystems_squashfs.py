# SPDX-License-Identifier: GPL-2.0-or-later
"""Squashfs images of few bytes that claim to be large: what repeats itself
costs nearly nothing on the disk.  Offsets: Documentation/filesystems/
squashfs.rst of Linux, and dr-emann's specification of version 4.0."""
import os
import struct
import zlib

from cases import SPEED, boots, case, recorded, refused
from guest import tool

METADATA = 8192
BLOCK = 1 << 20
LIMITS = (0, 1, 2, 3, 4, 0x7f, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000,
          0xffffffff, (1 << 63) - 1, 1 << 63, (1 << 64) - 1)
NO_FRAGMENT = 0xffffffff
DIR, FILE = 1, 2
TEXT = b'menuentry a {\nlinux /grub.cfg ro\n}\n'


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


def one_directory(guest, listing, inodes, size=None, data=b''):
    """A root with that listing, and inodes behind its own, at 40."""
    root = dir_inode(1, len(listing) if size is None else size, 0, 0)
    guest.fill(image(data, table(root + inodes)[0], table(listing)[0], 0))


def configuration(guest, size, blocks, data):
    """/grub.cfg is of these blocks, which are the data.  It is its own
    kernel: any file will do."""
    one_directory(guest, names([(b'grub.cfg', 40)]),
                  file_inode(2, 96, size, blocks), data=data)
    guest.options = ['--config=/grub.cfg']
    guest.kernel, guest.ramdisk = TEXT, b''


def squash(name, outcome, **more):
    return case('filesystems/squashfs/' + name, outcome, **more)


@squash('none-of-these', boots)
def _(guest):
    """a configuration that is its own kernel"""
    block = zlib.compress(TEXT)
    configuration(guest, len(TEXT), [len(block)], block)


@squash('a-configuration-of-four-mebibytes-of-nothing', recorded)
def _(guest):
    """four blocks of newlines, of 1 KiB each on the disk"""
    block = zlib.compress(b'\n' * BLOCK, 9)
    configuration(guest, 4 * BLOCK, [len(block)] * 4, block * 4)


@squash('a-configuration-of-63-bits', refused('limit of 4194304'))
def _(guest):
    """its inode says 2^63-1 bytes"""
    configuration(guest, (1 << 63) - 1, [0] * 100, b'')


@squash('a-block-that-becomes-more-than-a-block',
        refused('cannot decompress into 1048576'))
def _(guest):
    """64 MiB of newlines in what should be 1 MiB"""
    block = zlib.compress(b'\n' * 64 * BLOCK, 9)
    configuration(guest, BLOCK, [len(block)], block)


@squash('a-block-larger-than-a-block', refused('grub.cfg'))
def _(guest):
    """the size of a block on the disk is 2^24-1, and 2^32-1"""
    for size in 0xffffff, 0x1ffffff, 0xffffffff, 0x80000000:
        configuration(guest, len(TEXT), [size], TEXT)
        yield '%#x' % size


@squash('a-directory-of-more-names-than-allowed',
        refused('more than 1000000 names'))
def _(guest):
    """256 names, 5000 times, which zlib makes small"""
    one_directory(guest, names([(b'x', 40)] * 256) * 5000,
                  file_inode(2, 96, 0, []))


@squash('a-directory-of-four-gibibytes',
        refused('lie beyond the table|more than 1000000 names'))
def _(guest):
    """its inode says so; the listing that there is ends"""
    one_directory(guest, names([(b'x', 40)] * 256) * 100,
                  file_inode(2, 96, 0, []), size=0xfffffff0)


@squash('a-group-of-2^32-names', refused())
def _(guest):
    """the count of a group of names is 2^32-1, and 256"""
    for count in 0xffffffff, 256:
        one_directory(guest, struct.pack('<III', count, 0, 1) + bytes(64),
                      file_inode(2, 96, 0, []))
        yield str(count)


def dear_names(guest):
    filling = b''.join(file_inode(i, 96, 0, []) for i in range(146))
    filling = filling.ljust(METADATA, b'\0') * 64
    starts = table(filling)[1]
    listing = b''.join(names([(b'x', 0)], start) for start in starts) * 12000
    inodes, starts = table(filling + dir_inode(1, len(listing), 0, 0))
    guest.fill(image(b'', inodes, table(listing)[0], starts[-1] << 16))


@squash('names-whose-inodes-are-each-in-another-block',
        refused('no kernel|limit of CPU time|time limit'), dear=True,
        chance=SPEED)
def _(guest):
    """nothing that is kept is of use: the directory is dear to list"""
    dear_names(guest)


@squash('the-same-with-a-second-of-cpu',
        refused(r'limit of CPU time \(--cpu-limit\)'), chance=SPEED)
def _(guest):
    """names whose inodes are each in another block, and --cpu-limit=1"""
    dear_names(guest)
    guest.options = ['--cpu-limit=1']


@squash('metadata-that-leads-outside', refused())
def _(guest):
    """the root's inode lies at block 2^47, at offset 8191, and 2^16-1"""
    block = zlib.compress(TEXT)
    configuration(guest, len(TEXT), [len(block)], block)
    for root in (1 << 63) - 1, 8191, 0xffff, 1 << 16:
        guest.put(32, '<Q', root)
        yield '%#x' % root


FIELDS = (('inodes-count', 4, 4), ('block-size', 12, 4), ('fragments', 16, 4),
          ('compression', 20, 2), ('block-log', 22, 2), ('flags', 24, 2),
          ('ids', 26, 2), ('version', 28, 2), ('root', 32, 8),
          ('bytes-used', 40, 8), ('id-table', 48, 8), ('xattr-table', 56, 8),
          ('inode-table', 64, 8), ('directory-table', 72, 8),
          ('fragment-table', 80, 8), ('export-table', 88, 8))
for name, at, size in FIELDS:
    def make_field(guest, at=at, size=size):
        one_directory(guest, names([(b'x', 40)] * 256),
                      file_inode(2, 96, 0, []))
        before = guest.read(at, size)
        for value in LIMITS:
            if value < 1 << 8 * size:
                guest.write(at, value.to_bytes(size, 'little'))
                yield str(value)
        guest.write(at, before)
    make_field.__doc__ = 'superblock, offset %d: 0, 2^31, 2^63, 2^64-1' % at
    squash('superblock-' + name, recorded)(make_field)


@squash('a-kernel-that-is-a-hole-of-a-byte-more-than-allowed',
        refused('1073741824'))
def _(guest):
    """mksquashfs of a hole of 2^30+1 bytes"""
    tree = guest.tree({'/boot/grub/grub.cfg':
                       'menuentry a {\nlinux /vmlinuz ro\n}\n', '/vmlinuz': ''})
    os.truncate(tree + '/vmlinuz', (1 << 30) + 1)
    tool('mksquashfs', tree, guest.image, '-b', '1M', '-quiet',
         '-no-progress', '-processors', '1')
