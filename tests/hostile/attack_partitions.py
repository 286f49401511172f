# SPDX-License-Identifier: GPL-2.0-or-later
"""Partition tables that go round in circles or claim what nobody has.  The
guest is in a partition at 1 MiB; where the table still leads there, it boots."""
import os

import tabled
from cases import SPEED, boots, case, refused
from guest import CONFIG, MIB
from tabled import EXTENDED, LINUX, PROTECTIVE, bsd, entry, mbr, solaris

SECTORS = 20480     # 10 MiB
START, SIZE = 2048, 8192
BIG = 0xffffffff
NOTHING = refused('no kernel to boot was found')
HERE = (LINUX, START, SIZE)


def disk(guest, *entries, sectors=SECTORS, **more):
    guest.fill(mbr(*entries, **more), sectors * 512)
    guest.partition(START)


def mbr_case(name, outcome, made, *entries, extended=()):
    """extended: (sector, entries) of each extended boot record."""
    def make(guest):
        disk(guest, *entries)
        for at, rows in extended:
            guest.write(at * 512, mbr(*rows))
    make.__doc__ = made
    case('partitions/' + name, outcome)(make)


mbr_case('mbr/none-of-these', boots, 'one sound partition', HERE)
mbr_case('mbr/beyond-the-end', NOTHING,
         'a partition that begins behind the last sector',
         (LINUX, SECTORS + 1, SIZE))
mbr_case('mbr/longer-than-the-disk', boots,
         'the guest\'s partition has 2^32-1 sectors', (LINUX, START, BIG))
mbr_case('mbr/start-and-size-overflow-32-bits', NOTHING,
         'start 2^32-1 and size 2^32-1', (LINUX, BIG, BIG))
mbr_case('mbr/size-0', NOTHING, 'the guest\'s partition has no sectors',
         (LINUX, START, 0))
mbr_case('mbr/start-0', NOTHING,
         'a partition that is the disk with its own table',
         (LINUX, 0, SECTORS))
mbr_case('mbr/all-overlap', boots,
         'four partitions that begin a sector apart, the guest\'s the last',
         (LINUX, START - 3, SIZE), (LINUX, START - 2, SIZE),
         (LINUX, START - 1, SIZE), HERE)
mbr_case('mbr/four-times-the-same', boots, 'four entries for one partition',
         HERE, HERE, HERE, HERE)
mbr_case('mbr/protective-without-a-gpt', NOTHING,
         'one entry of type ee and no GPT behind it',
         (PROTECTIVE, 1, SECTORS - 1))
mbr_case('mbr/protective-four-times', NOTHING, 'four entries of type ee',
         *[(PROTECTIVE, 1, BIG)] * 4)

# Extended partitions
EBR = (EXTENDED, 12288, 8192)
mbr_case('ebr/none-of-these', boots, 'the guest is a logical partition',
         (EXTENDED, 1024, 16384),
         extended=[(1024, [(LINUX, START - 1024, SIZE)])])
mbr_case('ebr/leads-to-itself', boots,
         'the second entry of the first record is the first record',
         HERE, EBR, extended=[(12288, [(LINUX, 8, 8), (EXTENDED, 0, 8192)])])
mbr_case('ebr/two-lead-to-each-other', boots,
         'records at 0 and 64 of the extended partition name each other',
         HERE, EBR, extended=[
             (12288, [(LINUX, 8, 8), (EXTENDED, 64, 128)]),
             (12288 + 64, [(LINUX, 8, 8), (EXTENDED, 0, 128)])])
mbr_case('ebr/leads-to-the-mbr', boots,
         'an extended partition that begins at sector 0', HERE,
         (EXTENDED, 0, SECTORS))
mbr_case('ebr/leads-before-itself', boots,
         'the offset of the next record wraps round 2^32', HERE, EBR,
         extended=[(12288, [(LINUX, 8, 8), (EXTENDED, BIG - 100, 128)])])
mbr_case('ebr/beyond-the-end', boots,
         'the next record lies behind the last sector', HERE, EBR,
         extended=[(12288, [(LINUX, 8, 8), (EXTENDED, 0x7fffffff, 128)])])
mbr_case('ebr/of-zeros', boots, 'an extended partition without a record',
         HERE, EBR)
mbr_case('ebr/four-extended-entries', boots,
         'a record whose four entries are extended', HERE, EBR,
         extended=[(12288, [(EXTENDED, 64 * i, 128) for i in range(1, 5)])])
mbr_case('ebr/four-extended-partitions', boots,
         'an MBR with three extended partitions that overlap', HERE,
         *[(EXTENDED, 12288 + i, 8192 - i) for i in range(3)])
mbr_case('ebr/a-logical-one-of-2^32-1-sectors', boots,
         'a logical partition longer than all', HERE, EBR,
         extended=[(12288, [(LINUX, 1, BIG)])])
mbr_case('ebr/a-logical-one-that-is-its-record', boots,
         'a logical partition at offset 0 of its record', HERE, EBR,
         extended=[(12288, [(LINUX, 0, 64)])])


@case('partitions/ebr/ten-thousand', refused())
def _(guest):
    """a chain of 10,000 records, each with a logical partition of a sector"""
    guest.fill(mbr((EXTENDED, 1, 30000)), 40000 * 512)
    chain = b''.join(mbr((LINUX, 1, 1), (EXTENDED, 2 * i + 2, 2)) + bytes(512)
                     for i in range(10000))
    guest.write(512, chain)


@case('partitions/mbr/of-a-file-system', NOTHING)
def _(guest):
    """the boot sector of an NTFS with rubbish where a table would be"""
    guest.fill(mbr((0xa3, 0x12345678, BIG), (0x99, BIG, 7)), MIB)
    guest.write(3, b'NTFS    ')


# GPT
@case('partitions/gpt/none-of-these', boots)
def _(guest):
    """one sound partition, both copies"""
    tabled.gpt(guest, entry(START, START + SIZE - 1), backup=True)
    guest.partition(START)


def gpt_case(name, outcome, made, array=None, backup=False, **wrong):
    def make(guest):
        tabled.gpt(guest, array or entry(START, START + SIZE - 1),
                   backup=backup, **wrong)
        guest.partition(START)
    make.__doc__ = made
    case('partitions/gpt/' + name, outcome)(make)


LIES = (
    ('2^32-1-entries', dict(count=BIG), 'its number of entries is 2^32-1'),
    ('no-entries', dict(count=0), 'its number of entries is 0'),
    ('1025-entries', dict(count=1025), 'one entry more than allowed'),
    ('entries-of-0-bytes', dict(size=0), 'the size of an entry is 0'),
    ('entries-of-1-byte', dict(size=1), 'the size of an entry is 1'),
    ('entries-of-127-bytes', dict(size=127), 'no multiple of 8'),
    ('entries-of-2^31-bytes', dict(size=1 << 31), 'the size of an entry'),
    ('sizes-whose-product-overflows', dict(count=1 << 25, size=128),
     '2^25 entries of 128 bytes are 2^32'),
    ('a-header-of-0-bytes', dict(length=0), 'its own length is 0'),
    ('a-header-of-91-bytes', dict(length=91), 'one byte short'),
    ('a-header-of-2^32-1-bytes', dict(length=BIG), 'its own length'),
    ('entries-beyond-the-end', dict(at=SECTORS + 5), 'where its entries are'),
    ('entries-at-2^64-1', dict(at=(1 << 64) - 1), 'where its entries are'),
    ('entries-in-the-header', dict(at=1), 'its entries are the header'),
    ('a-wrong-checksum', dict(own_crc=1), 'of the header'),
    ('a-wrong-checksum-of-entries', dict(crc=1), 'of the entries'),
    ('elsewhere', dict(here=9), 'it says that it is the header of sector 9'),
)
# A wrong checksum alone stops no boot: GRUB looks at none
TAKEN = ('a-header', 'entries-in', 'a-wrong', 'elsewhere')
for name, wrong, made in LIES:
    gpt_case(name, boots if name.startswith(TAKEN) else NOTHING,
             'a GPT without a second copy: ' + made, **wrong)
    gpt_case(name + '-but-a-good-copy', boots,
             'the first copy lies, the second is sound: ' + made, backup=True,
             **wrong)

for name, first, last, outcome, made in (
        ('backwards', START + SIZE, START, NOTHING,
         'a partition that ends before it begins'),
        ('of-2^64-sectors', 0, (1 << 64) - 1, NOTHING,
         'from sector 0 to 2^64-1'),
        ('beyond-the-end', SECTORS + 9, SECTORS + 99, NOTHING,
         'a partition behind the last sector'),
        ('at-2^63', 1 << 63, (1 << 63) + 8, NOTHING,
         'a partition whose offset in bytes does not fit'),
        ('longer-than-the-disk', START, 1 << 62, NOTHING,
         'the guest\'s partition ends at sector 2^62'),
        ('that-is-the-table', 0, SECTORS - 1, NOTHING,
         'a partition that holds its own table')):
    gpt_case('a-partition-' + name, outcome, made, array=entry(first, last))
gpt_case('128-times-the-same', boots, '128 entries for one partition',
         array=b''.join(entry(START, START + SIZE - 1, i)
                        for i in range(1, 129)))


@case('partitions/gpt/1024-times-a-slow-guest',
      refused('limit of CPU time|1000000 commands|time limit'), dear=True,
      chance=SPEED)
def _(guest):
    """1024 entries for one partition, whose script never ends: each looks for
    ever, none passes a limit of its own"""
    array = b''.join(entry(START, START + SIZE - 1, i)
                     for i in range(1, 1025))
    tabled.gpt(guest, array)
    guest.partition(START, files={
        '/boot/grub/grub.cfg': 'while true; do true; done\n'})


@case('partitions/gpt/more-partitions-than-allowed', NOTHING)
def _(guest):
    """1025 entries by sfdisk"""
    guest.sfdisk('label: gpt\ntable-length: 1025\nfirst-lba: 2048\n'
                 'start=2048, size=2048\n', 4 * MIB)


@case('partitions/hybrid/mbr-and-gpt-disagree', boots)
def _(guest):
    """the MBR has a protective entry and one to rubbish, the GPT the guest"""
    tabled.gpt(guest, entry(START, START + SIZE - 1))
    guest.partition(START)
    guest.write(0, mbr((PROTECTIVE, 1, 33), (LINUX, 40, 100)))


@case('partitions/hybrid/an-iso-and-a-gpt', NOTHING)
def _(guest):
    """an MBR, a GPT that lies and the descriptor of an ISO without one"""
    tabled.gpt(guest, entry(BIG, BIG), count=BIG)
    guest.write(0, mbr((0x17, 0, BIG), (PROTECTIVE, 1, BIG)))
    guest.write(0x8000, b'\x01CD001\x01')


@case('partitions/hybrid/a-file-system-with-a-table', boots)
def _(guest):
    """an ext4 on all of the disk whose boot sector claims partitions"""
    guest.ext(None, 10240)
    guest.write(0, mbr((LINUX, 1, BIG), (EXTENDED, 0, BIG)))


# Labels within partitions
def label_case(name, outcome, made, kind, at, label):
    def make(guest):
        disk(guest, HERE, (kind, 12288, 8192))
        guest.write((12288 + at) * 512, label)
    make.__doc__ = made
    case('partitions/labels/' + name, outcome)(make)


for kind, system in ((0xa5, 'freebsd'), (0xa6, 'openbsd'), (0xa9, 'netbsd')):
    label_case(system + '-slices-that-are-its-partition', boots,
               'eight slices that are the partition with the label', kind, 1,
               bsd([(8192, 12288, 7)] * 8))
label_case('bsd-65535-slices', boots, 'a label that claims 65535 slices',
           0xa5, 1, bsd([(8, 12300, 7)] * 20, claimed=65535))
label_case('bsd-slices-at-2^32-1', boots, 'slices of 2^32-1 sectors there',
           0xa5, 1, bsd([(BIG, BIG, 7), (BIG, 0, 7), (0, BIG, 7)]))
label_case('solaris-slices-that-are-its-partition', boots,
           'eight slices that are the partition with the label', 0xbf, 1,
           solaris([(2, 0, 8192)] * 8))
label_case('solaris-65535-slices', boots, 'a label that claims 65535 slices',
           0xbf, 1, solaris([(2, 10, 8)] * 20, claimed=65535))
label_case('solaris-slices-at-2^32-1', boots, 'slices that overflow',
           0xbf, 1, solaris([(2, BIG, BIG), (2, 0, BIG), (2, BIG, 0)]))


@case('partitions/labels/within-each-other', boots)
def _(guest):
    """a BSD slice that begins with an MBR whose partition is BSD's again"""
    disk(guest, HERE, (0xa5, 12288, 8192))
    inner = mbr((0xa5, 64, 4096), (EXTENDED, 0, BIG))
    for at in range(12288, 12288 + 1024, 64):
        guest.write(at * 512, inner)
        guest.write((at + 1) * 512, bsd([(8192, at, 7), (4096, at + 64, 7)]))


@case('partitions/disk/of-eight-exbibytes', NOTHING)
def _(guest):
    """a hole, as large as a file can be: nobody may read it to its end"""
    for size in (1 << 63) - 1, (8 << 50), (8 << 40):
        try:
            guest.fill(b'', size)
            break
        except OSError:
            continue


@case('partitions/disk/of-every-small-size', refused('guest.img: '))
def _(guest):
    """a sound disk cut short: within sectors, tables and superblocks"""
    tabled.gpt(guest, entry(START, START + SIZE - 1))
    guest.partition(START)
    for size in (MIB + 4096, MIB + 1080, MIB + 1, MIB, 1024,
                 1023, 513, 512, 511, 1, 0):
        os.truncate(guest.image, size)
        yield '%d bytes' % size


@case('partitions/disk/sixteen-times-the-same', refused('1000000 commands'))
def _(guest):
    """the same image as each of sixteen disks, its script endless"""
    guest.config('while true; do search -f --set x /none; done')
    guest.operands = [guest.image] * 16


@case('partitions/disk/more-than-sixteen', refused('16'))
def _(guest):
    """seventeen operands"""
    guest.config(CONFIG)
    guest.operands = [guest.image] * 17


@case('partitions/disk/an-offset-beyond-it', refused())
def _(guest):
    """--offset at, behind and far behind the end of the disk"""
    guest.config(CONFIG)
    for offset in (16 << 20, 1 << 40, (1 << 63) - 1, (1 << 64) - 1, 1 << 64):
        guest.options = ['--offset=%d' % offset]
        yield str(offset)
