# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests on btrfs, laid out in subvolumes as installers do it."""
import os

import e2e
from e2e import lines

UUID = '5704ed00-b7f5-4000-8000-000000000001'
KERNEL = lines('kernel of the btrfs guest', 300000)
RAMDISK = lines('ramdisk of the btrfs guest', 1000000)


class BtrfsGuests(e2e.Case):

    def boots_both_ways(self, name, args):
        image = self.stored(name)
        for report in (e2e.libxl(image, args=['-q']), e2e.xenopsd(image)):
            self.boots(report, KERNEL, RAMDISK, args)
        os.unlink(image)

    def test_ubuntu_whose_paths_name_the_subvolume(self):
        self.boots_both_ways(
            'btrfs-ubuntu.img',
            f'root=UUID={UUID} ro rootflags=subvol=@ quiet')

    def test_fedora_with_compressed_files_and_entries_in_a_subvolume(self):
        self.boots_both_ways('btrfs-fedora.img',
                             f'root=UUID={UUID} ro rootflags=subvol=root')

    def test_opensuse_that_was_rolled_back_to_a_snapshot(self):
        self.boots_both_ways('btrfs-opensuse.img',
                             f'root=UUID={UUID} rolled-back')

    def test_the_kernel_alone_by_its_path_from_the_top(self):
        image = self.stored('btrfs-ubuntu.img')
        report = e2e.libxl(image, args=['-q', '--kernel=/@/boot/vmlinuz',
                                        '--args=quiet'])
        self.boots(report, KERNEL, None, 'quiet')


if __name__ == '__main__':
    e2e.main()
