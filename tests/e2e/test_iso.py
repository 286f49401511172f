# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest whose disk is an ISO: as a CD, and as a hybrid with partitions."""
import os
import subprocess

import e2e
from e2e import INITRD, KERNEL, grub_entry, lines, linux_guest

MIB = 1 << 20


LIVE_KERNEL = lines('kernel of the iso guest', 6 * MIB)
LIVE_INITRD = lines('ramdisk of the iso guest', 20 * MIB)
LIVE_ARGS = 'boot=live quiet'


class IsoGuests(e2e.Case):

    def recipe(self, **environ):
        name = os.path.join(self.dir, 'recipe.iso')
        subprocess.run([os.path.join(e2e.TOP, 'testimages', 'make.sh'), 'iso',
                        name], check=True, env=dict(os.environ, **environ))
        return name

    def mkisofs(self, files, *options):
        """An ISO with these files, made by xorriso."""
        tree = os.path.join(self.dir, 'tree')
        name = os.path.join(self.dir, 'made.iso')
        e2e.write_tree(tree, files)
        try:
            subprocess.run(['xorriso', '-as', 'mkisofs', '-quiet', *options,
                            '-o', name, tree], check=True,
                           capture_output=True)
        finally:
            e2e.shutil.rmtree(tree)
        return name

    def boots_live(self, report):
        self.boots(report, LIVE_KERNEL, LIVE_INITRD, LIVE_ARGS)

    def test_isolinux_in_each_layout(self):
        for layout in 'cd', 'hybrid', 'offset':
            with self.subTest(layout=layout):
                image = self.recipe(LAYOUT=layout)
                self.boots_live(e2e.libxl(image, args=['-q']))
                self.boots_live(e2e.xenopsd(image))

    def test_isolinux_with_names_of_each_kind(self):
        for options in ('-R', '--norock -J', '--norock',
                        '--norock -iso-level 4'):
            with self.subTest(options=options):
                image = self.recipe(MKISOFS_OPTIONS=options, LAYOUT='hybrid')
                self.boots_live(e2e.libxl(image, args=['-q']))

    def test_grub_finds_it_by_label_and_uuid(self):
        for layout in 'cd', 'offset':
            with self.subTest(layout=layout):
                image = self.recipe(CONFIG='grub', LAYOUT=layout)
                self.boots_live(e2e.libxl(image, args=['-q']))

    @e2e.needs_root
    def test_a_disk_of_4096_byte_sectors(self):
        for layout in 'cd', 'hybrid':
            device = self.loop(self.recipe(LAYOUT=layout), '-b', '4096')
            with self.subTest(layout=layout):
                self.boots_live(e2e.libxl(device, args=['-q']))

    def test_a_hybrid_is_listed_once(self):
        listing = self.direct('-l', self.recipe(LAYOUT='hybrid')).stdout
        self.assertEqual(listing.count('title: '), 1, listing)
        self.assertIn('root: d0\n', listing)

    def test_the_whole_comes_before_an_active_partition(self):
        other = os.path.join(self.dir, 'other.img')
        e2e.make_disk(other, linux_guest(grub_entry('Other', args='other'),
                                         **{'/boot/vmlinuz': b'other'}),
                      table='none', fs='ext2')
        image = self.mkisofs(
            linux_guest(grub_entry('Live', args='live')), '-append_partition',
            '2', '0x83', other, '-partition_offset', '16')
        subprocess.run(['sfdisk', '-q', '-A', image, '2'], check=True,
                       env=dict(os.environ, PATH=os.environ['PATH'] +
                                ':/sbin:/usr/sbin'))
        self.boots(e2e.libxl(image, args=['-q']), args='live')
        # without the ISO it is what the table says
        with open(image, 'r+b') as disk:
            for place in 0x8000, 0x8000 + 64 * 512:
                disk.seek(place)
                disk.write(bytes(2048))
        self.boots(e2e.libxl(image, args=['-q']), b'other', args='other')

    def test_kernel_in_a_directory_that_is_kept_elsewhere(self):
        deep = '/1/2/3/4/5/6/7/8/9'
        image = self.mkisofs({
            '/boot/grub/grub.cfg': grub_entry(
                'Deep', deep + '/link', 'deep', deep + '/initrd.img'),
            deep + '/vmlinuz': KERNEL, deep + '/link': e2e.Link('vmlinuz'),
            deep + '/initrd.img': INITRD}, '-rr_reloc_dir', 'moved')
        self.boots(e2e.libxl(image, args=['-q']), args='deep')

    def test_an_iso_that_is_a_file_of_the_guest(self):
        with open(self.recipe(CONFIG='grub'), 'rb') as iso:
            image = self.disk({
                '/boot/grub/grub.cfg': "menuentry 'From a file' {\n"
                'loopback loop /live.iso\n'
                'linux (loop)/live/vmlinuz findiso=/live.iso\n'
                'initrd (loop)/live/initrd.img\n}\n',
                '/live.iso': iso.read()})
        self.boots(e2e.libxl(image, args=['-q']), LIVE_KERNEL, LIVE_INITRD,
                   'findiso=/live.iso')

    def test_says_what_is_wrong_with_a_broken_one(self):
        image = self.recipe(LAYOUT='cd')
        with open(image, 'r+b') as disk:
            disk.seek(0x8000 + 128)
            disk.write(b'\0\0')
        self.fails(e2e.libxl(image, args=['-q']),
                   'iso9660: volume descriptor at 0x8000: logical blocks of '
                   '0 bytes')

    def test_says_where_an_iso_that_was_cut_off_ends(self):
        image = self.recipe(LAYOUT='cd')
        os.truncate(image, 10 * MIB)
        self.fails(e2e.libxl(image, args=['-q']), 'initrd.img|vmlinuz',
                   "beyond the volume's end")


if __name__ == '__main__':
    e2e.main()
