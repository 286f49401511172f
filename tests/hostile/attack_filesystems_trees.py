# SPDX-License-Identifier: GPL-2.0-or-later
"""Trees, chains and sizes of the other file systems that lead back to where
they come from or claim what no disk holds; checksums are made right again."""
import os
import struct

import made
from cases import boots, case, recorded, refused
from guest import KERNEL, MIB

NO = refused('no kernel|CPU time|1073741824')
HUGE = (1 << 63) - 1, (1 << 63), (1 << 64) - 1, 1 << 40


def fs(name, outcome, **more):
    return case('filesystems/' + name, outcome, **more)


# FAT: a directory entry has the first cluster at 26 and the size at 28
def fat16_chain(guest, name):
    """Where an entry, its first cluster in the table and the table are."""
    entry = guest.find(name)
    table = guest.get(14, '<H') * 512
    first = guest.get(entry + 26, '<H')
    return entry, first, table


@fs('fat16/a-chain-that-is-its-own-next', NO)
def _(guest):
    """the kernel's first cluster leads to itself; 6000 bytes, and 2^32-1"""
    made.fat(16)(guest)
    entry, first, table = fat16_chain(guest, b'VMLINUZ    ')
    guest.put(table + 2 * first, '<H', first)
    yield '6000 bytes'
    guest.put(entry + 28, '<I', 0xffffffff)
    yield '2^32-1 bytes'


@fs('fat16/a-chain-that-leads-nowhere', NO)
def _(guest):
    """the second cluster is free, reserved, bad, beyond the last, the end"""
    made.fat(16)(guest)
    _, first, table = fat16_chain(guest, b'VMLINUZ    ')
    for value in 0, 1, 0xfff7, 0xffef, 0xffff:
        guest.put(table + 2 * first, '<H', value)
        yield '%#x' % value


@fs('fat16/every-chain-is-its-own-next', NO)
def _(guest):
    """each entry of both tables is its own number"""
    made.fat(16)(guest)
    table, size = guest.get(14, '<H') * 512, guest.get(22, '<H') * 512
    own = struct.pack('<%dH' % (size // 2), *range(size // 2))
    guest.write(table, own * 2)


@fs('fat16/a-directory-that-contains-itself', NO)
def _(guest):
    """BOOT is a directory whose GRUB is BOOT, 600 times in the path"""
    made.fat(16)(guest)
    _, first, _ = fat16_chain(guest, b'BOOT       ')
    grub = guest.find(b'GRUB       ')
    guest.put(grub + 26, '<H', first)
    guest.options = ['--kernel=/boot' + '/grub' * 600 + '/vmlinuz']


def fat16_entry(name, at, form, values, made_so):
    """A field of the kernel's entry in its directory."""
    def make(guest):
        made.fat(16)(guest)
        entry, _, _ = fat16_chain(guest, b'VMLINUZ    ')
        for value in values:
            guest.put(entry + at, form, value)
            yield '%#x' % value
    make.__doc__ = made_so
    fs('fat16/' + name, NO)(make)


fat16_entry('a-size-beyond-the-chain', 28, '<I', (
    0xffffffff, 1 << 31, 1 << 30), 'the kernel\'s entry says 2^32-1, 2^31 and '
    '2^30 bytes')
fat16_entry('first-clusters-that-are-none', 26, '<H', (0, 1, 0xfff6),
            'the kernel begins at cluster 0, 1 and 0xfff6')


@fs('fat16/long-names-without-an-end', recorded)
def _(guest):
    """a directory of nothing but parts of long names, each number 0x7f"""
    made.fat(16)(guest)
    _, first, _ = fat16_chain(guest, b'BOOT       ')
    at = guest.find(b'GRUB       ')
    guest.write(at, struct.pack('<B10sBBB12sH4s', 0x7f, b'a\0' * 5, 15, 0, 7,
                                b'a\0' * 6, 0, b'a\0' * 2) * 8)
    guest.kernel = None


# exFAT: the root's chain, and a set of entries whose checksum is right
@fs('exfat/the-root-is-its-own-next', refused('no kernel|root'))
def _(guest):
    """the root directory's cluster leads to itself in the table"""
    made.exfat(guest)
    table, root = guest.get(80, '<I') * 512, guest.get(96, '<I')
    guest.put(table + 4 * root, '<I', root)
    guest.options = ['--kernel=/absent']


@fs('exfat/every-chain-is-its-own-next', NO)
def _(guest):
    """each entry of the table is its own number"""
    made.exfat(guest)
    table, count = guest.get(80, '<I') * 512, guest.get(92, '<I') + 2
    guest.write(table, struct.pack('<%dI' % count, *range(count)))


@fs('exfat/files-of-2^63-bytes', NO)
def _(guest):
    """lengths of every file 2^63-1, 2^64-1 and 2^40, the sums of the sets of
    entries made again"""
    made.exfat(guest)
    heap = guest.get(88, '<I') * 512
    for size in HUGE:
        data = bytearray(guest.read(heap, 1 << 18))
        for at in range(0, len(data), 32):
            if data[at] != 0x85 or data[at + 32] != 0xc0:
                continue
            struct.pack_into('<Q', data, at + 32 + 8, size)
            struct.pack_into('<Q', data, at + 32 + 24, size)
            total, end = 0, at + 32 * (data[at + 1] + 1)
            for i, byte in enumerate(data[at:end]):
                if i not in (2, 3):
                    total = ((total << 15 | total >> 1) + byte) & 0xffff
            struct.pack_into('<H', data, at + 2, total)
        guest.write(heap, data)
        yield '%#x' % size


# XFS: the root inode is in the first group
def xfs_root(guest):
    return guest.get(56, '>Q') * guest.get(104, '>H')


def xfs_inode_of(guest, size):
    """The inode of the file of that size."""
    for at, data in guest.units(guest.get(104, '>H'), b'IN'):
        if struct.unpack_from('>Q', data, 56)[0] == size:
            return at
    raise AssertionError('there is no such inode')


def xfs_inode_sum(guest, at):
    made.xfs_crc(guest, at, guest.get(104, '>H'), 100)


@fs('xfs/files-of-63-bits', NO)
def _(guest):
    """the kernel's inode says 2^63-1, 2^63, 2^64-1 and 2^40 bytes"""
    made.xfs(guest)
    at = xfs_inode_of(guest, len(KERNEL))
    for size in HUGE:
        guest.put(at + 56, '>Q', size)
        xfs_inode_sum(guest, at)
        yield '%#x' % size


@fs('xfs/extents-by-2^32', NO)
def _(guest):
    """the kernel's inode has 2^31-1 and 2^32-1 extents"""
    made.xfs(guest)
    at = xfs_inode_of(guest, len(KERNEL))
    for count in 0x7fffffff, 0xffffffff, 100:
        guest.put(at + 76, '>I', count)
        xfs_inode_sum(guest, at)
        yield str(count)


@fs('xfs/an-extent-beyond-the-disk', NO)
def _(guest):
    """the kernel's extent begins at block 2^52-1"""
    made.xfs(guest)
    at = xfs_inode_of(guest, len(KERNEL))
    guest.write(at + 176, b'\0\0\0\0\0\0\1\xff' + b'\xff' * 8)
    xfs_inode_sum(guest, at)


@fs('xfs/a-tree-of-extents-that-is-its-inode', NO)
def _(guest):
    """the kernel's inode is the root of a tree of height 1, 9 and 0xffff
    whose children are the superblock"""
    made.xfs(guest)
    at = xfs_inode_of(guest, len(KERNEL))
    guest.put(at + 5, 'B', 3)
    for level in 1, 2, 9, 0xffff:
        guest.write(at + 176, struct.pack('>HH', level, 1) + bytes(400 - 180))
        xfs_inode_sum(guest, at)
        yield str(level)


@fs('xfs/a-short-directory-that-lies', NO)
def _(guest):
    """names of 255 and 0 bytes, one name of three, in its inode"""
    made.xfs(guest)
    at = xfs_root(guest)
    before = guest.read(at + 176, 64)
    for offset, value in ((6, 255), (6, 0), (0, 1)):
        guest.write(at + 176, before)
        guest.put(at + 176 + offset, 'B', value)
        xfs_inode_sum(guest, at)
        yield 'at %d: %d' % (offset, value)


@fs('xfs/a-dirty-log-of-2^32-blocks', recorded)
def _(guest):
    """every cycle number of a log that is dirty is 2^32-1"""
    guest.stored('xfs-dirty')
    guest.options, guest.kernel = ['--kernel=/new/kernel'], None
    for at, _ in guest.units(512, b'\xfe\xed\xba\xbe'):
        guest.put(at + 4, '>II', 0xffffffff, 2)
        guest.put(at + 12, '>I', 0x7fffffff)
        guest.put(at + 40, '>I', 0xffffffff)


# btrfs: nodes have their checksum in the first 32 bytes
def btrfs_nodes(guest):
    """Each node: its place and number of items."""
    fsid = guest.read(65536 + 32, 16)
    for at, data in guest.units(4096):
        if data[32:48] == fsid and data[64:72] != b'_BHRfS_M':
            yield at, struct.unpack_from('<I', data, 96)[0]


# Owner of a node (offset 88): whose tree it is.  What is wrong with the first
# tree on the way is what is told, so each gets its turn.
TREES = (('chunks', 3), ('roots', 1), ('files', 5))


def each_tree(guest, change, trees=TREES):
    for tree, owner in trees:
        made.btrfs(guest)
        for at, count in list(btrfs_nodes(guest)):
            if guest.get(at + 88, '<Q') == owner and change(at, count):
                made.btrfs_sum(guest, at)
        yield 'the tree of ' + tree


@fs('btrfs/every-node-is-its-own-child', NO)
def _(guest):
    """each node is of level 1, as the superblock says then, with one pointer,
    to itself, checksums right"""
    def change(at, _count):
        own = guest.get(at + 48, '<Q')
        guest.put(at + 96, '<IB', 1, 1)
        guest.put(at + 101 + 17, '<QQ', own, guest.get(at + 80, '<Q'))
        # root-level and chunk-root-level
        for owner, place in (1, 198), (3, 199):
            if guest.get(at + 88, '<Q') == owner:
                guest.put(65536 + place, 'B', 1)
                made.btrfs_sum(guest)
        return True
    yield from each_tree(guest, change)


for name, value in (('none', 0), ('2^32-1', 0xffffffff), ('1000', 1000)):
    def make_items(guest, value=value):
        def change(at, _count):
            guest.put(at + 96, '<I', value)
            return True
        yield from each_tree(guest, change)
    make_items.__doc__ = 'every leaf says it has %s items, checksums right' % (
        name)
    fs('btrfs/leaves-of-%s-items' % name, NO)(make_items)


for name, field in (('places', 17), ('sizes', 21)):
    def make_outside(guest, field=field):
        def change(at, count):
            for i in range(min(count, 160)):
                guest.put(at + 101 + 25 * i + field, '<I', 0xffffffff)
            return True
        yield from each_tree(guest, change)
    make_outside.__doc__ = 'the %s of all items are 2^32-1, checksums right' % (
        name)
    fs('btrfs/items-whose-%s-are-outside-of-their-leaf' % name, NO)(
        make_outside)


@fs('btrfs/files-of-63-bits', NO)
def _(guest):
    """every inode item says 2^63-1 bytes, checksums right"""
    def change(at, count):
        changed = False
        for i in range(min(count, 160)):
            kind, = guest.read(at + 101 + 25 * i + 8, 1)
            if kind == 1:
                place = guest.get(at + 101 + 25 * i + 17, '<I')
                guest.put(at + 101 + place + 16, '<Q', (1 << 63) - 1)
                changed = True
        return changed
    yield from each_tree(guest, change, TREES[2:])


@fs('btrfs/a-chunk-that-holds-itself', recorded)
def _(guest):
    """the system chunk's stripe begins at 0, 2^63 and where it is itself"""
    made.btrfs(guest)
    before = guest.read(811 + 65536 + 17 + 48, 16)
    for place in 0, 1 << 63, (1 << 64) - 1, 65536:
        guest.write(811 + 65536 + 17 + 48, before)
        guest.put(811 + 65536 + 17 + 48 + 8, '<Q', place)
        made.btrfs_sum(guest)
        yield '%#x' % place


# Pointers of inodes
@fs('minix/pointers-to-themselves', refused('no kernel|1073741824'))
def _(guest):
    """the indirect blocks of the kernel are full of their own number, and
    its size is 2^32-1"""
    made.minix('3 60 le 1024')(guest)
    at = guest.find(struct.pack('<I', len(guest.kernel))) - 8
    block = guest.get(at + 24, '<I')
    guest.put(at + 52, '<3I', block, block, block)
    guest.write(block * 1024, struct.pack('<I', block) * 256)
    for size in 0xffffffff, 0x7fffffff:
        guest.put(at + 8, '<I', size)
        yield '%#x' % size


@fs('minix/a-directory-of-2^32-1-bytes', NO)
def _(guest):
    """the root's size, all in one block that points to itself"""
    made.minix('3 60 le 1024')(guest)
    maps = guest.get(1024 + 6, '<H') + guest.get(1024 + 8, '<H')
    root = (2 + maps) * 1024
    guest.put(root + 8, '<I', 0xffffffff)
    guest.options = ['--kernel=/absent']


@fs('ufs1/pointers-to-themselves', NO)
def _(guest):
    """all three levels of the kernel's pointers lead to themselves, and its
    size is 2^40 and 2^63-1"""
    made.ufs(1)(guest)
    at = next(at for at, data in guest.units(128)
              if struct.unpack_from('<Q', data, 8)[0] == len(KERNEL))
    block = guest.get(at + 40, '<I')
    guest.put(at + 88, '<3I', block, block, block)
    guest.write(block * 512, struct.pack('<I', block) * 1024)
    for size in 1 << 40, (1 << 63) - 1, (1 << 64) - 1:
        guest.put(at + 8, '<Q', size)
        yield '%#x' % size


@fs('ufs1/records-of-length-0', NO)
def _(guest):
    """reclen of the name vmlinuz is 0, 1, 0x7fff and 0xffff"""
    made.ufs(1)(guest)
    at = guest.find(b'vmlinuz\0') - 8
    for length in 0, 1, 4, 0x7fff, 0xffff:
        guest.put(at + 4, '<H', length)
        yield str(length)


@fs('erofs/names-outside-of-their-block', NO)
def _(guest):
    """the first entry of the root says that names begin at 0, 4 and 0xffff"""
    made.erofs(guest)
    at = guest.find(b'...bootinitrd.imgvmlinuz')
    head = at - 12 * 5
    for name in 0, 4, 11, 0x7fff, 0xffff:
        guest.put(head + 8, '<H', name)
        yield str(name)


@fs('erofs/an-inode-of-63-bits', refused('no kernel|CPU time'))
def _(guest):
    """each inode is one of 64 bytes and 2^64-1 in size"""
    made.erofs(guest)
    at = guest.find(struct.pack('<I', len(KERNEL))) - 8
    guest.put(at, '<H', guest.get(at, '<H') | 1)
    guest.write(at + 8, b'\xff' * 8)


@fs('ntfs/an-attribute-of-length-0', NO)
def _(guest):
    """the first attribute of each record of the MFT has length 0, 2^31..."""
    for length in 0, 1, 8, 0x80000000, 0xffffffff:
        guest.stored('ntfs')
        for at, data in guest.units(1024, b'FILE'):
            first = struct.unpack_from('<H', data, 20)[0]
            guest.put(at + first + 4, '<I', length)
        yield '%#x' % length


@fs('ntfs/runs-that-lead-anywhere', NO)
def _(guest):
    """each list of runs of the MFT's records begins with bytes ff, 88, f1"""
    for first in 0xff, 0x88, 0xf1, 0x1f:
        guest.stored('ntfs')
        for at, data in guest.units(1024, b'FILE'):
            place = struct.unpack_from('<H', data, 20)[0]
            while place + 34 < 1000:
                kind, length = struct.unpack_from('<II', data, place)
                if kind == 0xffffffff or not 8 <= length < 1024:
                    break
                runs = struct.unpack_from('<H', data, place + 32)[0]
                if data[place + 8] and place + runs < 1000:
                    data[place + runs] = first
                place += length
            guest.write(at, data)
        yield '%#x' % first


@fs('ntfs/an-index-that-is-its-own-child', recorded)
def _(guest):
    """each entry of each index block leads to block 0 of its index"""
    guest.stored('ntfs')
    for at, data in guest.units(4096, b'INDX'):
        struct.pack_into('<I', data, 24 + 12, 1)
        place = 24 + struct.unpack_from('<I', data, 24)[0]
        while place + 16 < 4000:
            length, _, flags = struct.unpack_from('<HHI', data, place + 8)
            if not 24 <= length < 4000:
                break
            struct.pack_into('<I', data, place + 12, flags | 1)
            struct.pack_into('<Q', data, place + length - 8, 0)
            if flags & 2:
                break
            place += length
        guest.write(at, data)


@fs('hfsplus/every-node-is-its-own-next', recorded)
def _(guest):
    """forward and backward links of the catalogue's nodes are their own
    numbers; the root node is the head"""
    guest.stored('hfsplus')
    start, count = guest.get(1024 + 288, '>II')
    size = guest.get(1024 + 40, '>I')
    base = start * size
    node = guest.get(base + 32, '>H')
    for i in range(1, count * size // node):
        guest.put(base + i * node, '>II', i, i)
    yield 'links'
    for root in 0, 0xffffffff, 0x7fffffff:
        guest.put(base + 16, '>I', root)
        yield 'root %#x' % root


@fs('hfsplus/nodes-of-0xffff-records', NO)
def _(guest):
    """the number of records of each node, and the size of nodes 0, 1, 2^15"""
    guest.stored('hfsplus')
    start, count = guest.get(1024 + 288, '>II')
    size = guest.get(1024 + 40, '>I')
    base = start * size
    node = guest.get(base + 32, '>H')
    for i in range(1, count * size // node):
        guest.put(base + i * node + 10, '>H', 0xffff)
    yield 'records'
    for value in 0, 1, 511, 0x8000, 0xffff:
        guest.put(base + 32, '>H', value)
        yield 'nodes of %d bytes' % value


@fs('reiserfs/the-root-is-its-own-child', NO)
def _(guest):
    """each pointer in the root of the tree is the root"""
    guest.stored('reiserfs-36')
    size, root = guest.get(65536 + 44, '<H'), guest.get(65536 + 8, '<I')
    items = guest.get(root * size + 2, '<H')
    for i in range(items + 1):
        guest.put(root * size + 24 + 16 * items + 8 * i, '<IH', root, 4000)


@fs('reiserfs/nodes-of-0xffff-items', NO)
def _(guest):
    """the number of items in the root, and its level, are 0 and 0xffff"""
    guest.stored('reiserfs-36')
    size, root = guest.get(65536 + 44, '<H'), guest.get(65536 + 8, '<I')
    for field, value in (2, 0xffff), (2, 0), (0, 0xffff), (0, 0):
        before = guest.read(root * size + field, 2)
        guest.put(root * size + field, '<H', value)
        yield 'at %d: %#x' % (field, value)
        guest.write(root * size + field, before)


@fs('jfs/the-inodes-are-their-own-tree', NO)
def _(guest):
    """the tree of the inodes' file is of one child: its own block"""
    guest.stored('jfs')
    inode = 11 * 4096 + 16 * 512
    before = guest.read(inode + 224, 288)
    for entries, flag in ((3, 1), (3, 4), (0xffff, 4), (0, 1), (18, 1)):
        guest.write(inode + 224, before)
        guest.put(inode + 224 + 16, '<BBHH', flag, 0, entries, 0xffff)
        guest.put(inode + 224 + 32 + 8, '<II', 1, 12)
        yield '%d entries, flag %d' % (entries, flag)


@fs('nilfs2/a-log-that-leads-to-itself', recorded)
def _(guest):
    """the next log of each summary is the same one; its checksums are not
    repaired: the older logs are what remains"""
    guest.stored('nilfs2')
    for at, _ in guest.units(4096, bytes.fromhex('e6eaf51e')):
        guest.put(at + 40, '<Q', at // 4096)
    guest.kernel = None


@fs('f2fs/addresses-of-nodes-that-are-themselves', recorded)
def _(guest):
    """in the tables of node addresses each address is that of the table"""
    guest.stored('f2fs-zstd')
    nat = guest.get(1024 + 84, '<I') * 4096
    segments = guest.get(1024 + 60, '<I')
    for at, data in guest.units(4096):
        if nat <= at < nat + segments * 2 * MIB:
            for i in range(0, 455 * 9, 9):
                if any(data[i:i + 9]):
                    struct.pack_into('<I', data, i + 5, nat // 4096)
            guest.write(at, data)


# UDF
def udf_descriptors(guest):
    """The descriptors of the main sequence, by kind."""
    length, place = guest.get(256 * 2048 + 16, '<II')
    found = {}
    for at in range(place * 2048, place * 2048 + length, 2048):
        found.setdefault(guest.get(at, '<H'), at)
    return found


def udf_case(name, kind, rows, outcome, doc):
    def make(guest):
        made.udf(guest)
        at = udf_descriptors(guest)[kind]
        for offset, form, value in rows:
            before = guest.read(at + offset, 8)
            guest.put(at + offset, form, value)
            made.udf_tag(guest, at)
            yield 'at %d: %#x' % (offset, value)
            guest.write(at + offset, before)
    make.__doc__ = doc + ', checksums right'
    fs('udf/' + name, outcome)(make)


udf_case('blocks-of-every-wrong-size', 6, [
    (212, '<I', value) for value in (0, 1, 511, 1 << 31, 0xffffffff)], NO,
    'the logical block size is 0, 1, 2^31...')
udf_case('maps-that-do-not-fit', 6, [
    (268, '<I', 0xffffffff), (268, '<I', 0), (441, 'B', 0)], NO,
    'the number and the length of the partition maps')
udf_case('the-files-are-beyond-the-disk', 6, [
    (252, '<I', 0xffffffff), (256, '<H', 0xffff)], NO,
    'the descriptor of the set of files')
udf_case('a-partition-beyond-the-disk', 5, [
    (188, '<I', 0xffffffff), (192, '<I', 0)], NO,
    'where the partition begins and how long it is')


@fs('udf/an-anchor-that-leads-to-itself', NO)
def _(guest):
    """both sequences of descriptors are the anchor, or 2^32-1 bytes long"""
    made.udf(guest)
    at = 256 * 2048
    for length, place in ((2048, 256), (0xffffffff, 256), (2048, 0xffffffff),
                          (0, 0)):
        guest.put(at + 16, '<IIII', length, place, length, place)
        made.udf_tag(guest, at)
        # the other copies of the anchor
        for other in (os.path.getsize(guest.image) // 2048 - 1,
                      os.path.getsize(guest.image) // 2048 - 257):
            if other > 256:
                guest.write(other * 2048, bytes(2048))
        yield '%#x %#x' % (length, place)


@fs('udf/sequences-that-lead-to-each-other', boots)
def _(guest):
    """the first descriptor says that the sequence goes on where it begins"""
    made.udf(guest)
    length, place = guest.get(256 * 2048 + 16, '<II')
    at = place * 2048
    tag = guest.read(at, 16)
    guest.write(at, struct.pack('<H', 3) + tag[2:])
    guest.put(at + 20, '<II', length, place)
    made.udf_tag(guest, at)
    guest.put(256 * 2048 + 24, '<II', length, place)
    made.udf_tag(guest, 256 * 2048)


@fs('udf/files-of-63-bits', NO)
def _(guest):
    """every file's entry says 2^63-1, 2^64-1 and 2^40 bytes"""
    made.udf(guest)
    at = [at for at, data in guest.units(2048, struct.pack('<H', 261))
          if struct.unpack_from('<Q', data, 56)[0] == len(KERNEL)]
    for size in HUGE:
        for one in at:
            guest.put(one + 56, '<Q', size)
            made.udf_tag(guest, one)
        yield '%#x' % size


# ZFS: a label is checksummed with where it lies
def zfs_value(guest, name):
    """Where a number of that name stands in the label's list (XDR)."""
    at = guest.find(name, 16384)
    padded = (len(name) + 3) & ~3
    return at + padded + 8 - 16384      # behind its kind and their number


def zfs_list(name, changes, outcome, doc):
    def make(guest):
        guest.stored('zfs-v28')
        for offset, form, value in changes:
            if isinstance(offset, bytes):
                offset = zfs_value(guest, offset)
            before = guest.read(16384 + offset, 8)
            for label in made.zfs_labels(guest):
                guest.put(label + 16384 + offset, form, value)
                made.zfs_label(guest, label + 16384, 112 << 10)
            yield 'at %d: %#x' % (offset, value)
            for label in made.zfs_labels(guest):
                guest.write(label + 16384 + offset, before)
    make.__doc__ = doc + ', in all four labels, checksums right'
    fs('zfs/' + name, outcome)(make)


zfs_list('a-list-of-lying-sizes', [
    (12, '>I', 0), (12, '>I', 4), (12, '>I', 0x7fffffff),
    (12, '>I', 0xffffffff), (20, '>I', 0xffffffff), (20, '>I', 0)],
    recorded, 'the encoded size of the first pair, the length of its name')
zfs_list('sectors-of-2^n-bytes', [
    (b'ashift', '>Q', value) for value in (0, 8, 17, 63, 64, 1 << 63)],
    recorded, 'ashift is 0, 63, 64, 2^63')
zfs_list('a-version-of-the-future', [
    (b'version', '>Q', value) for value in (0, 29, 4999, 5001, 1 << 63)],
    recorded, 'the version of the pool')


def zfs_uberblocks(guest, offset, form, value):
    for label in made.zfs_labels(guest):
        for slot in range(128):
            at = label + (128 << 10) + slot * 1024
            if guest.get(at, '<Q') == 0xbab10c:
                guest.put(at + offset, form, value)
                made.zfs_label(guest, at, 1024)


for name, offset, values, outcome in (
        ('a-pool-of-the-last-transaction', 16, ((1 << 64) - 1,), recorded),
        ('a-root-beyond-the-disk', 48, ((1 << 62), (1 << 64) - 1), NO),
        ('a-root-of-every-kind', 88, (0, (1 << 64) - 1, 1 << 63, 0xffff),
         recorded)):
    def make_uber(guest, offset=offset, values=values):
        for value in values:
            guest.stored('zfs-v28')
            for place in (offset,) if offset != 48 else (48, 64, 80):
                zfs_uberblocks(guest, place, '<Q', value)
            yield '%#x' % value
    make_uber.__doc__ = ('offset %d of each uberblock: %s; checksums right' % (
        offset, ', '.join('%#x' % value for value in values)))
    fs('zfs/' + name, outcome)(make_uber)


@fs('any/rubbish-behind-each-magic', refused('no kernel|empty'))
def _(guest):
    """the magic numbers of all file systems at once, and ff everywhere else"""
    for fill in b'\xff', b'\0', b'\x7f':
        data = bytearray(fill * (2 * MIB))
        for at, magic in ((1080, b'\x53\xef'), (0, b'XFSB'), (0, b'hsqs'),
                          (65536 + 64, b'_BHRfS_M'), (1024, b'H+\0\4'),
                          (32769, b'CD001'), (32768, b'JFS1'),
                          (65536 + 52, b'ReIsEr2Fs'), (510, b'\x55\xaa'),
                          (1024 + 16, b'\x7f\x13'), (1030, b'\x34\x34'),
                          (8192 + 1372, b'\x19\x01\x54\x19')):
            data[at:at + len(magic)] = magic
            one = bytearray(fill * (2 * MIB))
            one[at:at + len(magic)] = magic
            guest.fill(one)
            yield '%r at %d among %r' % (magic, at, fill)
        guest.fill(data)
        yield 'all among %r' % fill
