# SPDX-License-Identifier: GPL-2.0-or-later
"""Disks whose structures go round in circles, or claim what nobody has."""
import os
import struct
import subprocess

import bombs
from bombs import MIB

CONFIG = 'menuentry a {\nlinux /vmlinuz ro\ninitrd /initrd.img\n}\n'
GUEST = {'/boot/grub/grub.cfg': CONFIG, '/vmlinuz': 'k' * 5000,
         '/initrd.img': 'i' * 5000}


class Ext(bombs.Case):

    def guest(self, *options, size=16384, **more):
        files = dict(GUEST)
        files.update(more)
        bombs.make_fs(self.image, files, size, *options)

    def change(self, *requests):
        bombs.debugfs(self.image, *requests)

    def inode_block(self, path):
        """Where i_block of a file is in the image."""
        said = subprocess.run(['debugfs', '-R', 'imap ' + path, self.image],
                              capture_output=True, text=True).stdout
        words = said.split('located at block ')[1].split(', offset ')
        return int(words[0]) * self.block_size() + int(words[1], 16) + 40

    def block_size(self):
        with open(self.image, 'rb') as image:
            image.seek(1024 + 24)
            return 1024 << struct.unpack('<I', image.read(4))[0]

    def write(self, at, data):
        with open(self.image, 'r+b') as image:
            image.seek(at)
            image.write(data)

    def test_a_guest_that_is_none_of_these(self):
        self.guest()
        self.boots()

    def test_a_kernel_that_is_a_hole_of_a_tebibyte(self):
        self.guest()
        self.change('set_inode_field /vmlinuz size %d' % (1 << 40))
        self.refused('1073741824')

    def test_a_kernel_that_is_a_hole_of_a_byte_more_than_allowed(self):
        self.guest()
        self.change('set_inode_field /vmlinuz size %d' % ((1 << 30) + 1))
        self.refused('1073741824')

    def test_a_kernel_that_is_a_hole_of_63_bits(self):
        self.guest()
        self.change('set_inode_field /vmlinuz size 0x7fffffffffffffff')
        self.refused('1073741824')

    def test_a_kernel_of_more_than_63_bits(self):
        self.guest()
        self.change('set_inode_field /vmlinuz size 0x8000000000000000')
        self.refused('a size of 9223372036854775808 bytes')

    def test_a_configuration_that_is_a_hole_of_four_gibibytes(self):
        self.guest()
        self.change('set_inode_field /boot/grub/grub.cfg size 0x100000000')
        self.refused('limit of 4194304')

    def test_64_ramdisks_that_are_one_hole_of_a_gibibyte(self):
        self.guest(**{'/boot/grub/grub.cfg': 'menuentry a {\nlinux /vmlinuz\n'
                      'initrd' + ' /initrd.img' * 64 + '\n}\n'})
        self.change('set_inode_field /initrd.img size %d' % (1 << 30))
        self.refused('1073741824')

    def test_an_extent_tree_that_leads_back_to_itself(self):
        self.guest('-b', '1024')
        at = self.inode_block('/vmlinuz')
        block = 9000
        root = struct.pack('<HHHHI', 0xf30a, 4, 4, 5, 0)
        root += b''.join(struct.pack('<IIHH', i << 30, block, 0, 0)
                         for i in range(4))
        self.write(at, root)
        # a node of every height at once there is not: each must rise
        node = struct.pack('<HHHHI', 0xf30a, 84, 84, 4, 0)
        node += b''.join(struct.pack('<IIHH', i, block, 0, 0)
                         for i in range(84))
        self.write(block * 1024, node)
        self.change('set_inode_field /vmlinuz size 0x3fffffff')
        self.refused('vmlinuz.*(extent|height)')

    def test_blocks_of_pointers_to_themselves(self):
        self.guest('-b', '1024', '-O', '^extents,^64bit')
        block = 9000
        self.change('set_inode_field /vmlinuz size 0x3fffffff',
                    *['set_inode_field /vmlinuz block[%s] %d' % (name, block)
                      for name in ('IND', 'DIND', 'TIND')])
        self.write(block * 1024, struct.pack('<I', block) * 256)
        # a file in which each block is the same is a file
        run = self.run_on_image()
        self.assertIn(run.exit, (0, 1))

    def test_a_directory_of_blocks_of_pointers_to_themselves(self):
        self.guest('-b', '1024', '-O', '^extents,^64bit,^dir_index')
        block = 9000
        self.change('set_inode_field /boot size 0x%x' % (260 * MIB),
                    *['set_inode_field /boot block[%s] %d' % (name, block)
                      for name in ('IND', 'DIND', 'TIND')])
        self.write(block * 1024, struct.pack('<I', block) * 256)
        self.refused('/boot')

    def test_a_directory_that_is_one_hole(self):
        self.guest('-O', '^dir_index')
        self.change('set_inode_field / size 0x%x' % (250 * MIB))
        self.run_on_image()

    def test_a_directory_of_63_bits(self):
        self.guest('-O', 'large_dir')
        self.change('set_inode_field / size 0x7fffffffffffffff')
        self.refused('bytes')

    def swollen(self, path, config):
        """A guest in whose directory a name is never found soon."""
        self.guest('-b', '1024', '-O', '^extents,^64bit,^dir_index',
                   **{'/boot/grub/grub.cfg': config, '/many/file': ''})
        bombs.swell_directory(self.image, path)

    def test_a_large_directory_whose_every_block_is_the_same(self):
        self.swollen('/', CONFIG)
        self.boots()

    def test_a_large_directory_without_what_is_looked_for(self):
        self.swollen('/', CONFIG)
        self.change('unlink /boot', 'unlink /vmlinuz')
        self.refused('no kernel|limit of CPU time')

    def test_a_script_that_looks_into_a_large_directory(self):
        self.swollen('/many', 'while true; do [ -e /many/none ]; done')
        self.refused('1000000 commands|limit of CPU time')

    def test_a_script_that_matches_a_large_directory(self):
        self.swollen('/many', 'insmod regexp\nwhile true; do echo /many/y*; '
                     'done')
        self.refused('limit|more than')

    def test_a_search_in_a_large_directory(self):
        self.swollen('/many', 'while true; do search -f /many/none; done')
        self.refused('1000000 commands|limit of CPU time')

    def test_a_hash_tree_that_leads_back_to_itself(self):
        self.guest('-b', '1024', '-N', '8000', '-O', 'dir_index', **{
            '/boot/%06d' % i: '' for i in range(2000)})
        subprocess.run(['e2fsck', '-fDy', self.image], capture_output=True)
        with open(self.image, 'rb') as image:
            data = bytearray(image.read())
        changed = 0
        for at in range(1024, len(data), 1024):
            if data[at + 8:at + 9] != b'.' or data[at + 29] != 8:
                continue
            limit, count = struct.unpack_from('<HH', data, at + 32)
            if not 0 < count <= limit <= 124:
                continue
            data[at + 30] = 2
            for i in range(count):
                struct.pack_into('<I', data, at + 36 + 8 * i, 0)
            changed += 1
        self.assertGreater(changed, 0)
        self.write(0, data)
        self.run_on_image()

    def test_a_directory_that_contains_itself(self):
        self.guest(**{'/boot/grub/grub.cfg': 'insmod regexp\nfor i in '
                      + ('/*' * 16 + ' ') * 2000 + '; do true; done\n'})
        self.change(*['ln <2> /again%d' % i for i in range(16)])
        self.refused('more than|without entries|directories deep')

    def test_symbolic_links_that_lead_to_each_other(self):
        self.guest(**{'/boot/grub/grub.cfg': CONFIG.replace(
            '/vmlinuz', '/a/' * 1000)})
        self.change('symlink /a b/b/b/b', 'symlink /b a/a/a/a')
        self.refused('40 symbolic links|longer than')

    def test_a_path_through_more_directories_than_allowed(self):
        self.guest(**{'/boot/grub/grub.cfg': CONFIG.replace(
            '/vmlinuz', '/again' * 600 + '/vmlinuz')})
        self.change('ln <2> /again')
        self.refused('128 directories deep')

    def test_blocks_of_64_kibibytes(self):
        self.guest('-b', '65536', '-O', '^resize_inode', size=65536)
        self.boots()

    def test_fields_of_the_superblock_at_their_limits(self):
        for at, size in ((0, 4), (4, 4), (20, 4), (24, 4), (28, 4), (32, 4),
                         (36, 4), (40, 4), (76, 4), (88, 2), (96, 4),
                         (100, 4), (206, 1), (254, 2), (260, 4), (336, 4),
                         (352, 4), (372, 1)):
            self.guest('-O', '64bit')
            with open(self.image, 'rb') as image:
                image.seek(1024)
                super_block = image.read(1024)
            for value in (0, 1, 6, 7, 31, 32, 63, 64, 255, 0x7fff, 0x8000,
                          0xffff, 0x7fffffff, 0x80000000, 0xffffffff):
                if value >= 1 << 8 * size:
                    continue
                with self.subTest(at=at, value=value):
                    self.write(1024 + at, value.to_bytes(size, 'little'))
                    self.run_on_image()
                    self.write(1024, super_block)
                    for name in os.listdir(self.output):
                        os.unlink(os.path.join(self.output, name))


class Tables(bombs.Case):

    def table(self, script, size):
        with open(self.image, 'wb') as image:
            image.truncate(size)
        subprocess.run(['sfdisk', '-q', '--no-reread', self.image],
                       input=script, text=True, check=True,
                       capture_output=True)

    def test_partitions_that_are_all_the_same_slow_guest(self):
        """Each looks for ever, none passes a limit of its own."""
        self.table('label: gpt\ntable-length: 1024\nfirst-lba: 2048\n'
                   'start=2048, size=32768\n', 20 * MIB)
        slow = 'while true; do true; done\n'
        guest = os.path.join(self.dir, 'guest')
        bombs.make_fs(guest, dict(GUEST, **{'/boot/grub/grub.cfg': slow}),
                      16384)
        self.copies(guest, 1024)
        self.refused('limit of CPU time|1000000 commands')

    def copies(self, guest, count):
        import zlib
        with open(guest, 'rb') as source, open(self.image, 'r+b') as image:
            image.seek(2048 * 512)
            image.write(source.read())
            image.seek(512)
            header = bytearray(image.read(92))
            image.seek(1024)
            entry = image.read(128)
            array = b''.join(entry[:16] + struct.pack('<IIII', i, 1, 2, 3)
                             + entry[32:] for i in range(count))
            image.seek(1024)
            image.write(array)
            struct.pack_into('<I', header, 88, zlib.crc32(array))
            struct.pack_into('<I', header, 16, 0)
            struct.pack_into('<I', header, 16, zlib.crc32(header))
            image.seek(512)
            image.write(header)

    def test_more_partitions_than_allowed(self):
        self.table('label: gpt\ntable-length: 1025\nfirst-lba: 2048\n'
                   'start=2048, size=2048\n', 4 * MIB)
        self.refused('1025|more than 1024|no kernel')

    def test_an_image_of_eight_exbibytes(self):
        """As large as a file can be: nobody may read it to its end."""
        with open(self.image, 'wb') as image:
            image.truncate(8 << 40)
        self.refused('no kernel')

    def test_logical_partitions_in_a_circle(self):
        self.table('label: dos\nstart=2048, size=6144, type=5\n'
                   'start=4096, size=1024\n', 4 * MIB)
        with open(self.image, 'r+b') as image:
            image.seek(2048 * 512 + 446 + 16)
            image.write(struct.pack('<B3sB3sII', 0, b'\0' * 3, 5, b'\0' * 3,
                                    0, 6144))
        self.refused('no kernel')


if __name__ == '__main__':
    bombs.main()
