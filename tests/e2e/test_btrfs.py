# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests on btrfs, laid out in subvolumes as installers do it."""
import os
import subprocess

import e2e

UUID = '5704ed00-b7f5-4000-8000-000000000001'


def lines(text, size):
    """What yes TEXT | head -c SIZE writes."""
    text = text.encode() + b'\n'
    return (text * (size // len(text) + 1))[:size]


KERNEL = lines('kernel of the btrfs guest', 300000)
RAMDISK = lines('ramdisk of the btrfs guest', 1000000)


class BtrfsGuests(e2e.Case):

    def stored(self, name):
        """An image of testimages/stored."""
        out = os.path.join(self.dir, name)
        stored = os.path.join(e2e.TOP, 'testimages', 'stored', name + '.xz')
        with open(out, 'wb') as image:
            subprocess.run(['xz', '-dc', stored], check=True, stdout=image)
        return out

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
