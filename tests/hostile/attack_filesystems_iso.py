# SPDX-License-Identifier: GPL-2.0-or-later
"""ISO 9660 volumes whose structures go round in circles, or never end (ECMA
119; System Use Sharing Protocol and Rock Ridge, IEEE P1281 and P1282).  Among
them are those of XSA-497, which read beyond a sector in libfsimage."""
import struct

from cases import SPEED, boots, case, recorded, refused

SECTOR = 2048
CONFIG = b'menuentry a {\nlinux /kernel ro\n}\n'
SYSTEM_USE = b'SP\x07\x01\xbe\xef\0RR\x04\x01\0'
# Blocks 16 and 17 are descriptors; the files of a guest come next
BOOT, GRUB, FILES, AREA, ROOT = 18, 19, 20, 24, 64
KERNEL = (b'k' * SECTOR)[:1000]


def both(number):
    return struct.pack('<I', number) + struct.pack('>I', number)


def record(name, block, size, flags=0, fields=b''):
    """A directory record."""
    body = bytes([0]) + both(block) + both(size) + bytes(7)
    body += bytes([flags, 0, 0]) + b'\1\0\0\1' + bytes([len(name)]) + name
    body += bytes(1 - len(name) % 2) + fields
    body += bytes((len(body) + 1) % 2)
    return bytes([len(body) + 1]) + body


def rows(records):
    """Records in a row, none across the end of a sector."""
    out = bytearray()
    for one in records:
        if len(out) % SECTOR + len(one) > SECTOR:
            out += bytes(-len(out) % SECTOR)
        out += one
    return bytes(out + bytes(-len(out) % SECTOR))


def volume(guest, records=(), size=None, fields=b''):
    """A volume with these records in its root, before those of a guest.  size
    is that of the root, if it is another than they need."""
    def root(size):
        return [record(b'\0', ROOT, size, 2, fields),
                record(b'\1', ROOT, size, 2), *records,
                record(b'BOOT', BOOT, SECTOR, 2),
                record(b'KERNEL.;1', FILES + 1, 1000)]
    data = rows(root(0))
    size = size or len(data)
    descriptor = bytearray(SECTOR)
    descriptor[:7] = b'\1CD001\1'
    descriptor[128:132] = struct.pack('<H', SECTOR) + struct.pack('>H', SECTOR)
    descriptor[156:190] = record(b'\0', ROOT, size, 2)
    guest.fill(b'', ROOT * SECTOR + max(size, len(data)))
    guest.write(16 * SECTOR, descriptor +
                b'\xffCD001\1'.ljust(SECTOR, b'\0'))
    guest.write(BOOT * SECTOR, rows([record(b'\0', BOOT, SECTOR, 2),
                                     record(b'GRUB', GRUB, SECTOR, 2)]))
    config(guest, CONFIG)
    guest.write((FILES + 1) * SECTOR, b'k' * SECTOR)
    guest.write(ROOT * SECTOR, rows(root(size)))
    guest.kernel, guest.ramdisk = KERNEL, b''


def config(guest, text):
    guest.write(FILES * SECTOR, text.ljust(SECTOR, b'\n'))
    guest.write(GRUB * SECTOR, rows([
        record(b'\0', GRUB, SECTOR, 2),
        record(b'GRUB.CFG;1', FILES, len(text))]))


def area(guest, data, count, records=None):
    """As many records whose fields go on in the same area."""
    volume(guest, records or [
        record(b'F%06d' % i, 0, 0, fields=b'CE\x1c\1' + both(AREA) + both(0)
               + both(len(data))) for i in range(count)], fields=SYSTEM_USE)
    guest.write(AREA * SECTOR, data)


def iso(name, outcome, **more):
    return case('filesystems/iso9660/' + name, outcome, **more)


@iso('none-of-these', boots)
def _(guest):
    """a root, two directories, two files"""
    volume(guest)


@iso('a-large-directory-behind-whose-names-the-guest-is', boots)
def _(guest):
    """100,000 names in the root, those of the guest the last"""
    volume(guest, [record(b'F%06d' % i, 0, 0) for i in range(100000)])


@iso('a-directory-of-255-million-zeros', refused('no such file'), dear=True)
def _(guest):
    """the root goes on as a hole, and the kernel is not in it"""
    volume(guest, size=255000000)
    config(guest, CONFIG.replace(b'/kernel', b'/absent'))


@iso('a-directory-of-a-byte-more-than-allowed',
     refused('the limit is 255000000'))
def _(guest):
    """the root has 255,000,001 bytes"""
    volume(guest, size=255000001)


@iso('a-directory-of-2^32-1-bytes', refused('the limit is 255000000'))
def _(guest):
    """the size of the root in the descriptor and in its own record"""
    volume(guest)
    guest.write(16 * SECTOR + 156 + 10, both(0xffffffff))
    guest.write(ROOT * SECTOR + 10, both(0xffffffff))


# XSA-497 and its kind: fields of Rock Ridge
@iso('areas-that-lead-to-themselves', boots)
def _(guest):
    """200,000 records with a CE to an area that is a CE to itself"""
    area(guest, b'CE\x1c\1' + both(AREA) + both(0) + both(28), 200000)


@iso('areas-of-as-many-fields-as-have-room',
     refused('limit of CPU time|time limit'), dear=True, chance=SPEED)
def _(guest):
    """100,000 records with a CE to 8192 fields of 4 bytes"""
    area(guest, b'XY\4\1' * 8192, 100000)


@iso('areas-outside-of-the-disk', boots)
def _(guest):
    """CE with a block, an offset or a length of 2^32-1"""
    for where in ((0xffffffff, 0, 28), (AREA, 0xffffffff, 28),
                  (AREA, 0, 0xffffffff), (AREA, 2047, 2048),
                  (0x7fffffff, 0x7fffffff, 0x7fffffff)):
        volume(guest, [record(b'F', 0, 0, fields=b'CE\x1c\1' + b''.join(
            both(number) for number in where))], fields=SYSTEM_USE)
        yield '%#x %#x %#x' % where


FIELDS = (('of-length-0', b'NM\0\1\0x'), ('of-length-1', b'NM\1\1\0x'),
          ('shorter-than-their-head', b'NM\3\1\0x'),
          ('longer-than-the-record', b'NM\xff\1\0x'),
          ('a-name-without-a-name', b'NM\4\1'),
          ('a-name-of-flags-alone', b'NM\5\1\xff'),
          ('a-name-that-goes-on-for-ever', b'NM\6\1\1x' * 30),
          ('a-link-of-length-0', b'SL\0\1\0'),
          ('a-link-whose-part-is-longer', b'SL\x09\1\0\0\xffab'),
          ('a-link-of-roots', b'SL\x07\1\1\x08\0' * 20),
          ('an-area-too-short', b'CE\x08\1\0\0\0\0'),
          ('zisofs-of-2^32-1-bytes', b'ZF\x10\1pz\4\xff' + both(0xffffffff)),
          ('zisofs-of-blocks-of-2^255', b'ZF\x10\1pz\xff\xff' + both(4096)),
          ('a-relocated-directory-at-2^32-1', b'CL\x0c\1' + both(0xffffffff)),
          ('sharing-protocol-that-skips-255-bytes',
           b'SP\x07\x01\xbe\xef\xff'))
for name, fields in FIELDS:
    def make_field(guest, fields=fields):
        # of the kernel, of a directory on the way and of the root itself
        volume(guest, [record(b'X', 0, 0, fields=fields),
                       record(b'Y', ROOT, SECTOR, 2, fields)],
               fields=SYSTEM_USE)
        yield 'beside'
        volume(guest, fields=SYSTEM_USE + fields)
        yield 'of the root'
    make_field.__doc__ = 'System Use fields ' + repr(fields[:24])
    iso('fields-' + name, boots if not name.startswith('sharing')
        else recorded)(make_field)


@iso('links-whose-targets-are-as-long-as-a-path', boots)
def _(guest):
    """2000 links with an area of 16 SL fields of 240 bytes each"""
    part = b'\0\xf0' + b'x' * 240
    data = (b'SL' + bytes([len(part) + 5]) + b'\1\1' + part) * 16
    area(guest, data, 0, [record(
        b'F%06d' % i, 0, 0, fields=b'PX\x0c\1' + both(0o120777) + b'CE\x1c\1' +
        both(AREA) + both(0) + both(len(data))) for i in range(2000)])


@iso('a-relocated-directory-that-is-the-root', refused('128 directories deep'))
def _(guest):
    """a CL field to the root, 900 times in the kernel's path"""
    volume(guest, [record(b'D', 0, 0, fields=b'CL\x0c\1' + both(ROOT))],
           fields=SYSTEM_USE)
    config(guest, CONFIG.replace(b'/kernel', b'/d' * 900))


@iso('a-directory-that-contains-itself',
     refused('more than|without entries|directories deep'))
def _(guest):
    """16 directories of the root that are the root, wildcards 16 deep"""
    volume(guest, [record(b'D%d' % i, ROOT, SECTOR, 2) for i in range(16)])
    config(guest, b'insmod regexp\nfor i in ' + (b'/*' * 16 + b' ') * 40 +
           b'; do true; done\n')


# Records
for name, length in (('1', 1), ('32', 32), ('33', 33), ('255', 255)):
    def make_length(guest, length=length):
        one = bytearray(record(b'FILE.;1', FILES, 10))
        one[0] = length
        volume(guest, [bytes(one)])
    make_length.__doc__ = 'a record before the guest\'s says %s bytes' % name
    iso('a-record-of-length-' + name, recorded)(make_length)


@iso('a-name-longer-than-its-record', recorded)
def _(guest):
    """the length of a name is 255 in a record of 42 bytes"""
    one = bytearray(record(b'FILE.;1', FILES, 10))
    one[32] = 255
    volume(guest, [bytes(one)])


@iso('a-kernel-in-300000-parts-of-a-byte', recorded)
def _(guest):
    """multi-extent records of 1 byte each"""
    volume(guest, [record(b'KERNEL.;1', FILES + 1, 1, 0x80)
                   for _ in range(300000)] +
           [record(b'KERNEL.;1', FILES + 1, 1)])
    guest.kernel = b'k' * 300001


@iso('a-kernel-whose-parts-are-too-much-in-all', refused('1073741824'))
def _(guest):
    """100,000 parts of 2^32-2048 bytes"""
    volume(guest, [record(b'KERNEL.;1', FILES, 0xfffff800, 0x80)
                   for _ in range(100000)] + [record(b'KERNEL.;1', FILES, 1)])


@iso('a-kernel-in-parts-without-a-last', recorded)
def _(guest):
    """every part of it says that another follows"""
    volume(guest, [record(b'KERNEL.;1', FILES + 1, 2048, 0x80)] * 9)
    guest.kernel = None


@iso('a-kernel-beyond-the-disk', refused('kernel'))
def _(guest):
    """its block is 2^32-1, and its size 2^32-1"""
    for block, size in ((0xffffffff, 1000), (FILES, 0x3fffffff)):
        volume(guest, [record(b'KERNEL.;1', block, size)])
        yield '%#x %#x' % (block, size)


@iso('a-chain-of-descriptors-without-an-end', recorded)
def _(guest):
    """every block from 16 on is a descriptor of no known kind"""
    guest.fill(b'', 64 << 20)
    guest.write(16 * SECTOR, b'\7CD001\1'.ljust(SECTOR, b'\0') * 30000)


DESCRIPTOR = (('block-size', 128, 2), ('root-length', 156, 1),
              ('root-attributes', 157, 1), ('root-block', 158, 4),
              ('root-size', 166, 4), ('root-flags', 181, 1),
              ('root-unit', 182, 1), ('root-name', 188, 1))
for name, at, size in DESCRIPTOR:
    def make_descriptor(guest, at=at, size=size):
        volume(guest)
        before = guest.read(16 * SECTOR + at, size)
        for value in (0, 1, 33, 255, 0x7ff, 0x1000, 0xffff, 0x7fffffff,
                      0xffffffff):
            if value < 1 << 8 * size:
                guest.write(16 * SECTOR + at, value.to_bytes(size, 'little'))
                yield str(value)
        guest.write(16 * SECTOR + at, before)
    make_descriptor.__doc__ = 'the volume descriptor, offset %d: 0, 2^31...' \
        % at
    iso('descriptor-' + name, recorded)(make_descriptor)
