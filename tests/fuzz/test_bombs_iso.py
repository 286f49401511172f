# SPDX-License-Identifier: GPL-2.0-or-later
"""ISO 9660 volumes whose structures go round in circles, or never end."""
import struct

import bombs
from bombs import MIB

SECTOR = 2048
CONFIG = b'menuentry a {\nlinux /kernel ro\n}\n'
SYSTEM_USE = b'SP\x07\x01\xbe\xef\0RR\x04\x01\0'


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


class Iso(bombs.Case):
    """Blocks 16 and 17 are descriptors; the files of a guest come next."""

    BOOT, GRUB, FILES, AREA, ROOT = 18, 19, 20, 24, 64

    def write(self, block, data):
        with open(self.image, 'r+b') as out:
            out.seek(block * SECTOR)
            out.write(data)

    def volume(self, records, size=None, fields=b''):
        """A volume with these records in its root, before those of a guest.
        size is that of the root, if it is another than they need."""
        def root(size):
            return [record(b'\0', self.ROOT, size, 2, fields),
                    record(b'\1', self.ROOT, size, 2), *records,
                    record(b'BOOT', self.BOOT, SECTOR, 2),
                    record(b'KERNEL.;1', self.FILES + 1, 1000)]
        data = rows(root(0))
        size = size or len(data)
        descriptor = bytearray(SECTOR)
        descriptor[:7] = b'\1CD001\1'
        descriptor[128:132] = struct.pack('<H', SECTOR) + \
            struct.pack('>H', SECTOR)
        descriptor[156:190] = record(b'\0', self.ROOT, size, 2)
        with open(self.image, 'wb') as out:
            out.truncate(self.ROOT * SECTOR + max(size, len(data)))
        self.write(16, descriptor + b'\xffCD001\1'.ljust(SECTOR, b'\0'))
        self.write(self.BOOT, rows([
            record(b'\0', self.BOOT, SECTOR, 2),
            record(b'GRUB', self.GRUB, SECTOR, 2)]))
        self.write(self.GRUB, rows([
            record(b'\0', self.GRUB, SECTOR, 2),
            record(b'GRUB.CFG;1', self.FILES, len(CONFIG))]))
        self.write(self.FILES, CONFIG.ljust(SECTOR) + b'k' * SECTOR)
        self.write(self.ROOT, rows(root(size)))

    def config(self, text):
        self.write(self.FILES, text.ljust(SECTOR, b'\n'))
        self.write(self.GRUB, rows([
            record(b'\0', self.GRUB, SECTOR, 2),
            record(b'GRUB.CFG;1', self.FILES, len(text))]))

    def test_a_guest_that_is_none_of_these(self):
        self.volume([])
        self.boots()

    def test_a_large_directory_behind_whose_names_the_guest_is(self):
        self.volume([record(b'F%06d' % i, 0, 0) for i in range(100000)])
        self.boots()

    def test_a_directory_of_255_million_zeros(self):
        self.volume([], size=255000000)
        self.config(CONFIG.replace(b'/kernel', b'/absent'))
        self.refused('no such file')

    def test_a_directory_that_is_a_byte_larger_than_allowed(self):
        self.volume([], size=255000001)
        self.refused('the limit is 255000000')

    def areas(self, area, count):
        """As many records whose fields go on in the same area."""
        self.volume([record(b'F%06d' % i, 0, 0, fields=b'CE\x1c\1' + both(
            self.AREA) + both(0) + both(len(area))) for i in range(count)],
                    fields=SYSTEM_USE)
        self.write(self.AREA, area)

    def test_areas_that_lead_to_themselves(self):
        ce = b'CE\x1c\1' + both(self.AREA) + both(0) + both(28)
        self.areas(ce, 200000)
        self.boots()

    def test_areas_of_as_many_fields_as_have_room(self):
        self.areas(b'XY\4\1' * 8192, 100000)
        self.refused('limit of CPU time|time limit')

    def test_links_whose_targets_are_as_long_as_a_path(self):
        part = b'\0\xf0' + b'x' * 240
        fields = b'PX\x0c\1' + both(0o120777)
        area = (b'SL' + bytes([len(part) + 5]) + b'\1\1' + part) * 16
        self.volume([record(b'F%06d' % i, 0, 0, fields=fields + b'CE\x1c\1' +
                            both(self.AREA) + both(0) + both(len(area)))
                     for i in range(2000)], fields=SYSTEM_USE)
        self.write(self.AREA, area)
        self.boots()

    def test_a_kernel_in_300000_parts_of_a_byte(self):
        self.volume([record(b'KERNEL.;1', self.FILES + 1, 1, 0x80)
                     for _ in range(300000)] +
                    [record(b'KERNEL.;1', self.FILES + 1, 1)])
        self.run_on_image()

    def test_a_kernel_whose_parts_are_too_much_in_all(self):
        self.volume([record(b'KERNEL.;1', self.FILES, 0xfffff800, 0x80)
                     for _ in range(100000)] +
                    [record(b'KERNEL.;1', self.FILES, 1)])
        self.refused('1073741824')

    def test_a_directory_that_contains_itself(self):
        self.volume([record(b'D%d' % i, self.ROOT, SECTOR, 2)
                     for i in range(16)])
        self.config(b'insmod regexp\nfor i in ' + (b'/*' * 16 + b' ') * 40 +
                    b'; do true; done\n')
        self.refused('more than|without entries|directories deep')

    def test_a_relocated_directory_that_is_the_root(self):
        child = b'CL\x0c\1' + both(self.ROOT)
        self.volume([record(b'D', 0, 0, fields=child)], fields=SYSTEM_USE)
        self.config(CONFIG.replace(b'/kernel', b'/d' * 900))
        self.refused('128 directories deep')

    def test_fields_of_the_descriptor_at_their_limits(self):
        self.volume([])
        with open(self.image, 'rb') as image:
            image.seek(16 * SECTOR)
            descriptor = image.read(SECTOR)
        for at, size in ((128, 2), (156, 1), (157, 1), (158, 4), (166, 4),
                         (181, 1), (182, 1), (188, 1)):
            for value in (0, 1, 33, 255, 0x7ff, 0x1000, 0xffff, 0x7fffffff,
                          0xffffffff):
                if value >= 1 << 8 * size:
                    continue
                with self.subTest(at=at, value=value):
                    self.write(16, descriptor[:at] + value.to_bytes(
                        size, 'little') + descriptor[at + size:])
                    for name in bombs.os.listdir(self.output):
                        bombs.os.unlink(bombs.os.path.join(self.output, name))
                    self.run_on_image()


if __name__ == '__main__':
    bombs.main()
