# SPDX-License-Identifier: GPL-2.0-or-later
"""Sound guests on the file systems that we have, by the tools that make them,
and the checksums that have to be made again after a change."""
import binascii
import hashlib
import os
import struct
import sys

from guest import FILES, MIB, TOP, tool

NAMED = ['--kernel=/vmlinuz']


def table_of(polynomial):
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (polynomial if byte & 1 else 0)
        table.append(byte)
    return table


CASTAGNOLI = table_of(0x82f63b78)


def crc32c(data, crc=0xffffffff):
    """Without the inversion at the end."""
    for byte in data:
        crc = crc >> 8 ^ CASTAGNOLI[(crc ^ byte) & 255]
    return crc


def plain(guest):
    """What the guest says it has: a kernel, and no configuration is read."""
    guest.options = list(NAMED)
    guest.ramdisk = b''


def made_of_tree(guest, name, make, files=None):
    """make(image, tree) makes a file system with the files of a guest."""
    guest.prototype(name, lambda out: make(out, guest.tree(files or FILES)))
    plain(guest)


def hole(out, size):
    with open(out, 'wb') as image:
        image.truncate(size)


# A function for each file system: guest in, image made

def fat(bits, clusters=1, size=None):
    def make(guest):
        def fill(out, tree):
            hole(out, size or {12: MIB, 16: 8 * MIB, 32: 40 * MIB}[bits])
            tool('mkfs.fat', '-F', str(bits), '-s', str(clusters), '-i',
                 '51a1f0d0', out)
            tool('mcopy', '-i', out, '-s', *[
                os.path.join(tree, name) for name in os.listdir(tree)], '::')
        made_of_tree(guest, 'fat%d' % bits, fill)
    return make


def exfat(guest):
    def fill(out, tree):
        hole(out, 4 * MIB)
        tool('mkfs.exfat', '-c', '512', '-b', '64K', out)
        tool(sys.executable, os.path.join(TOP, 'testimages/exfat_fill.py'),
             out, tree, 'scatter')
    made_of_tree(guest, 'exfat', fill)


def exfat_sum(guest):
    """Both boot regions, the same (section 3.4 of the specification)."""
    region = guest.read(0, 11 * 512)
    total = 0
    for at, byte in enumerate(region):
        if at not in (106, 107, 112):
            total = ((total << 31 | total >> 1) + byte) & 0xffffffff
    region += struct.pack('<I', total) * 128
    guest.write(0, region * 2)


def xfs(guest):
    def fill(out, tree):
        hole(out, 64 * MIB)
        proto = out + '.proto'
        with open(proto, 'wb') as text:
            text.write(tool(sys.executable, os.path.join(
                TOP, 'testimages/xfs_proto.py'), tree))
        # it refuses less than 300 MB otherwise
        tool('mkfs.xfs', '-q', '-p', proto, out, env=dict(
            os.environ, QA_CHECK_FS='1', TEST_DIR='/', TEST_DEV='/'))
        os.unlink(proto)
    made_of_tree(guest, 'xfs', fill)


def xfs_crc(guest, at, size, where):
    data = bytearray(guest.read(at, size))
    data[where:where + 4] = bytes(4)
    guest.put(at + where, '<I', crc32c(data) ^ 0xffffffff)


def xfs_sum(guest):
    xfs_crc(guest, 0, 512, 224)


def btrfs(guest):
    def fill(out, tree):
        hole(out, 128 * MIB)
        tool('mkfs.btrfs', '-q', '-n', '4096', '--rootdir', tree, out)
    made_of_tree(guest, 'btrfs', fill)


def btrfs_sum(guest, at=65536):
    guest.put(at, '<I', crc32c(guest.read(at + 32, 4096 - 32)) ^ 0xffffffff)


def erofs(guest):
    def fill(out, tree):
        tool('mkfs.erofs', '-d0', '--all-root', '-T1500000000', out, tree)
        with open(out, 'r+b') as image:     # without its checksum
            image.seek(1032)
            image.write(b'\2')
    made_of_tree(guest, 'erofs', fill)


def ufs(version):
    def make(guest):
        def fill(out, tree):
            tool('makefs', '-t', 'ffs', '-s', '2048k', '-o',
                 'version=%d,bsize=4096,fsize=512' % version, '-T',
                 '1500000000', out, tree)
        made_of_tree(guest, 'ufs%d' % version, fill)
    return make


def minix(form):
    def make(guest):
        made_of_tree(guest, 'minix' + form.replace(' ', '-'),
                     lambda out, tree: tool(
                         sys.executable, os.path.join(
                             TOP, 'tests/support/minix.py'), tree, out,
                         *form.split()), dict(
                             FILES, **{'/vmlinuz': b'kernel\n' * 3000}))
        guest.kernel = b'kernel\n' * 3000
    return make


def udf(guest):
    made_of_tree(guest, 'udf', lambda out, tree: tool(
        sys.executable, os.path.join(TOP, 'testimages/mkudf.py'), out, tree,
        'plain', 'long'))


def udf_tag(guest, at):
    """A descriptor's CRC and its tag's checksum (ECMA 167, 3/7.2)."""
    tag = bytearray(guest.read(at, 16))
    length = struct.unpack_from('<H', tag, 10)[0]
    struct.pack_into('<H', tag, 8, binascii.crc_hqx(
        guest.read(at + 16, length), 0))
    tag[4] = 0
    tag[4] = sum(tag) & 255
    guest.write(at, tag)


def stored(name):
    def make(guest):
        guest.stored(name)
    return make


def f2fs_sum(guest):
    """The second superblock is the first."""
    guest.write(4096 + 1024, guest.read(1024, 3072))


def nilfs2_sum(guest):
    """The first superblock's checksum; there is no second."""
    size = os.path.getsize(guest.image)
    guest.write((size & ~4095) - 4096, bytes(4096))
    length, seed = guest.get(1032, '<H'), guest.get(1036, '<I')
    data = bytearray(guest.read(1024, min(length, 1024)))
    data[16:20] = bytes(4)
    guest.put(1040, '<I', binascii.crc32(data, seed ^ 0xffffffff) ^ 0xffffffff)


def zfs_label(guest, offset, size):
    """The checksum at the end of a piece of a label, which is of where it
    lies, too."""
    data = bytearray(guest.read(offset, size - 40))
    data += struct.pack('<QQQQQ', 0x210da7ab10c7a11, offset, 0, 0, 0)
    words = struct.unpack('>4Q', hashlib.sha256(data).digest())
    guest.write(offset + size - 40, struct.pack(
        '<QQQQQ', 0x210da7ab10c7a11, *words))


def zfs_labels(guest):
    size = os.path.getsize(guest.image) & ~((256 << 10) - 1)
    return 0, 256 << 10, size - (512 << 10), size - (256 << 10)
