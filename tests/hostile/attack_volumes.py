# SPDX-License-Identifier: GPL-2.0-or-later
"""Logical volumes and arrays that contain themselves, overlap, or are of
members that nobody has.  Their metadata is written as lvm2 and mdadm do
(tests/e2e/volumes.py), with right checksums; the guest is on volume "root"."""
import os
import struct

import volumes
from cases import boots, case, recorded, refused
from guest import MIB
from volumes import EXTENT, PE_START, SECTOR

NO = refused('no kernel')
EXTENTS = 8 * MIB // EXTENT     # of the guest's file system
ROOT = {'root': [('striped', EXTENTS, [('pv0', 0)])]}
BIG = 0xffffffff


def lvm(guest, text):
    """A disk that is a physical volume with this text, and the guest."""
    part = guest.path('part')
    guest.ext(None, 8192, image=part)
    guest.fill(b'', 32 * MIB)
    with open(guest.image, 'r+b') as image, open(part, 'rb') as source:
        volumes.write_pv(image, 0, 0, 32 * MIB, text)
        image.seek(PE_START)
        image.write(source.read())
    os.unlink(part)


def text_of(lvs, pvs=1):
    return volumes.lvm_text('vg', pvs, lvs)


def row(name, outcome, made, lvs=None, pvs=1, change=()):
    """lvs: the volumes; change: (old, new) words in the text."""
    def make(guest):
        text = text_of(lvs or ROOT, pvs)
        for old, new in change:
            assert old.encode() in text, old
            text = text.replace(old.encode(), new.encode(), 1)
        lvm(guest, text)
        yield 'root'
        if b'{x {' in text:     # and what is wrong with that volume
            guest.options = ['--partition=vg/x']
            guest.kernel = guest.ramdisk = None
            yield 'x'
    make.__doc__ = made
    case('volumes/lvm/' + name, outcome)(make)


def segment(start, count, kind='striped', places='"pv0", 0', stripes=1):
    return ('segment1 {\nstart_extent = %d\nextent_count = %d\ntype = "%s"\n'
            'stripe_count = %d\nstripe_size = 128\nstripes = [%s]\n}' % (
                start, count, kind, stripes, places))


def volume(name, body):
    return ('%s {\nid = "%s"\nstatus = ["READ", "VISIBLE"]\nsegment_count = 1'
            '\n%s\n}\n' % (name, volumes.lv_id(7), body))


MORE = 'logical_volumes {'
row('none-of-these', boots, 'one linear volume')
row('a-volume-of-itself', NO, 'root is a stripe of root',
    {'root': [('striped', EXTENTS, [('root', 0)])]})
row('volumes-of-each-other', NO, 'a is of b, and b of a',
    {'a': [('striped', 16, [('b', 0)])], 'b': [('striped', 16, [('a', 0)])]})
row('a-mirror-of-itself', NO, 'both halves of root are root',
    {'root': [('mirror', EXTENTS, [('root', 0), ('root', 0)])]})
row('a-chain-of-100-volumes', recorded, 'each of the next, the last of a disk',
    {'v%d' % i: [('striped', 4, [('v%d' % (i + 1) if i < 99 else 'pv0', 0)])]
     for i in range(100)})
row('a-tree-that-doubles', recorded, '40 volumes, each twice the next',
    {'v%d' % i: [('striped', 2, [('v%d' % (i + 1), 0)] * 2)]
     for i in range(40)})
row('segments-that-overlap', recorded, 'two segments of the same extents',
    change=((MORE, MORE + volume('x', segment(0, 4) + '\n' + segment(
        2, 4).replace('segment1', 'segment2'))),))
row('a-gap-between-segments', recorded, 'extents 0 to 3 and 100 to 103',
    change=((MORE, MORE + volume('x', segment(0, 4) + '\n' + segment(
        100, 4).replace('segment1', 'segment2'))),))
row('a-volume-of-2^63-extents', recorded, 'an extent_count of 2^63-1',
    change=((MORE, MORE + volume('x', segment(0, (1 << 63) - 1))),))
row('a-volume-beyond-the-disk', recorded, 'its stripe begins at extent 2^63-1',
    change=((MORE, MORE + volume('x', segment(
        0, 4, places='"pv0", 9223372036854775807'))),))
row('numbers-beyond-64-bits', recorded, 'extent_count = 9999999999999999999999',
    change=((MORE, MORE + volume('x', segment(0, int('9' * 22)))),))
row('no-stripes', recorded, 'stripe_count = 0 and an empty list',
    change=((MORE, MORE + volume('x', segment(0, 4, places='', stripes=0))),))
row('2^32-stripes', recorded, 'stripe_count = 2^32-1 and a list of one',
    change=((MORE, MORE + volume('x', segment(0, 4, stripes=BIG))),))
row('10000-stripes', recorded, 'a list of 10000',
    change=((MORE, MORE + volume('x', segment(
        0, 4, places=', '.join(['"pv0", 0'] * 10000), stripes=10000))),))
for kind in ('raid5', 'raid6', 'raid10', 'thin', 'thin-pool', 'snapshot',
             'cache', 'vdo', 'x' * 300):
    row('a-%s-of-itself' % kind[:20], recorded, 'a volume of type %s whose '
        'parts, pool and origin are itself' % kind[:20],
        change=((MORE, MORE + volume('x', segment(0, 4, kind).replace(
            'stripes = ', 'raids = ["x", "x", "x", "x"]\norigin = "x"\n'
            'thin_pool = "x"\npool = "x"\nmetadata = "x"\ndevice_count = 4\n'
            'region_size = 0\ndata_copies = 0\ncow_store = "x"\n'
            'stripes = '))),))
row('extents-of-0-bytes', NO, 'extent_size = 0',
    change=(('extent_size = 128', 'extent_size = 0'),))
row('extents-of-2^63-sectors', NO, 'extent_size = 2^63-1', change=((
    'extent_size = 128', 'extent_size = 9223372036854775807'),))
row('data-beyond-the-disk', NO, 'pe_start = 2^63-1', change=((
    'pe_start = 2048', 'pe_start = 9223372036854775807'),))
row('a-missing-disk', refused('missing'), 'two physical volumes, one is there',
    {'root': [('striped', 16, [('pv1', 0)])]}, 2)
row('brackets-without-an-end', NO, 'a million "{" in the text', change=((
    MORE, MORE + 'a {' * 300000),))
row('a-text-of-comments', recorded, '900 KB of "#"', change=((
    MORE, '# ' + 'x' * 900000 + '\n' + MORE),))
row('a-string-without-an-end', NO, 'a quote, and nothing closes it',
    change=((MORE, 'x = "' + MORE),))
row('100000-volumes', recorded, 'as many as there is room for', change=((
    MORE, MORE + ''.join('v%d {}\n' % i for i in range(60000))),))
row('names-with-escapes', NO, 'the volume is called ESC [2J', {
    '"\x1b[2J"': [('striped', 4, [('pv9', 0)])]})


@case('volumes/lvm/a-label-that-lies', recorded)
def _(guest):
    """offsets and sizes of the label and of its areas: 0, 2^63, 2^64-1, their
    checksums right"""
    lvm(guest, text_of(ROOT))
    before = guest.read(SECTOR, SECTOR)
    for at in (20, 24, 32 + 32, 32 + 40, 32 + 48, 32 + 72, 32 + 80):
        for value in (0, 1, 1 << 63, (1 << 64) - 1):
            label = bytearray(before)
            struct.pack_into('<I' if at == 20 else '<Q', label, at,
                             value & (BIG if at == 20 else -1))
            struct.pack_into('<I', label, 16, volumes.lvm_crc(label[20:]))
            guest.write(SECTOR, bytes(label))
            yield 'at %d: %#x' % (at, value)


@case('volumes/lvm/an-area-that-lies', recorded)
def _(guest):
    """where the text is and how long: 0, 2^63, 2^64-1; checksums right"""
    lvm(guest, text_of(ROOT))
    before = guest.read(4096, SECTOR)
    for at in (24, 32, 40, 48):
        for value in (0, 1, 1 << 20, 1 << 63, (1 << 64) - 1):
            head = bytearray(before)
            struct.pack_into('<Q', head, at, value)
            struct.pack_into('<I', head, 0, volumes.lvm_crc(head[4:]))
            guest.write(4096, bytes(head))
            yield 'at %d: %#x' % (at, value)


@case('volumes/lvm/a-disk-that-is-within-its-volume', boots)
def _(guest):
    """in root lies the physical volume's own label again"""
    lvm(guest, text_of({**ROOT, 'self': [('striped', EXTENTS,
                                           [('pv0', 0)])]}))
    label = guest.read(0, 8192)
    guest.write(PE_START + 8 * MIB, label)


# MD
def md(guest, change=None, role=0, disks=1, level=1, name='h:boot', chunk=0,
       at=8, data=2048, size=16384, events=7):
    """A disk that is a member of an array with the guest on it."""
    part = guest.path('part')
    guest.ext(None, 8192, image=part)
    guest.fill(b'', 12 * MIB)
    block = bytearray(volumes.md_super(role, disks, level, size, data, at,
                                       events, name, chunk))
    if change:
        offset, form, value = change
        struct.pack_into(form, block, offset, value)
        struct.pack_into('<I', block, 216, 0)
        end = 256 + 2 * struct.unpack_from('<I', block, 220)[0]
        words = bytes(block[:min(end, 4096)]).ljust(
            -(-min(end, 4096) // 4) * 4, b'\0')
        total = sum(struct.unpack('<%dI' % (len(words) // 4), words))
        struct.pack_into('<I', block, 216,
                         ((total & BIG) + (total >> 32)) & BIG)
    guest.write(at * SECTOR, bytes(block))
    with open(part, 'rb') as source:
        guest.write(data * SECTOR, source.read())
    os.unlink(part)


@case('volumes/md/none-of-these', boots)
def _(guest):
    """a mirror of one member"""
    md(guest)


for field, at, form, values in (
        ('level', 72, '<i', (-1, -4, 0, 2, 4, 5, 6, 10, 0x7fffffff, -10)),
        ('layout', 76, '<I', (1, 0x102, 0x10101, BIG, 0x80000000)),
        ('size', 80, '<Q', (0, 1, 1 << 62, 1 << 63, (1 << 64) - 1)),
        ('chunk', 88, '<I', (1, 3, 1 << 31, BIG)),
        ('disks', 92, '<I', (0, 2, 384, 0x7fffffff, BIG)),
        ('reshape', 104, '<Q', (1, 1 << 63, (1 << 64) - 1)),
        ('data', 128, '<Q', (0, 1, 1 << 62, (1 << 64) - 1)),
        ('data-size', 136, '<Q', (0, 1, 1 << 62, (1 << 64) - 1)),
        ('place', 144, '<Q', (0, 16, (1 << 64) - 1)),
        ('number', 160, '<I', (1, 384, BIG)),
        ('roles', 220, '<I', (0, 128, 384, 1920, 0x7fffffff, BIG))):
    def make_md(guest, at=at, form=form, values=values):
        for value in values:
            md(guest, (at, form, value))
            yield '%d' % value
    make_md.__doc__ = 'superblock 1.2, offset %d: %s; checksum right' % (
        at, ', '.join(map(str, values)))
    case('volumes/md/' + field, recorded)(make_md)


@case('volumes/md/an-array-within-itself', recorded)
def _(guest):
    """the data of the member begins at its own superblock"""
    md(guest)
    guest.write(2048 * SECTOR, guest.read(0, 8192))
    yield 'a second superblock in the data'
    md(guest, (128, '<Q', 0))
    yield 'data at sector 0'


@case('volumes/md/sixteen-members-with-one-role', recorded)
def _(guest):
    """the same image sixteen times, as the only member of a mirror"""
    md(guest)
    guest.operands = [guest.image] * 16


@case('volumes/md/a-stripe-of-missing-disks', refused('missing|no kernel'))
def _(guest):
    """one member of a RAID 0 of 16"""
    md(guest, disks=16, level=0, chunk=128)


@case('volumes/md/lvm-on-md-on-lvm', recorded)
def _(guest):
    """labels of both at their places, at every 64 KiB of the disk"""
    lvm(guest, text_of(ROOT))
    label = guest.read(0, 4096)
    block = volumes.md_super(0, 1, 1, 16384, 2048, 8)
    for at in range(0, 32 * MIB, 4 * MIB):
        guest.write(at, label)
        guest.write(at + 4096, block)
