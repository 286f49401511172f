# SPDX-License-Identifier: GPL-2.0-or-later
"""--list-filesystems: what is on disks that boot, and on those that do not."""
import os
import subprocess

import e2e
from e2e import grub_entry, linux_guest


def listing(*args):
    return subprocess.run([e2e.PROGRAM, '--list-filesystems', *args],
                          capture_output=True, text=True, timeout=60)


class Listing(e2e.Case):

    def lists(self, *args):
        run = listing(*args)
        self.assertEqual((run.returncode, run.stderr), (0, ''))
        return run.stdout

    def test_everything_that_names_a_file_system_is_shown(self):
        disk = self.disk(linux_guest(grub_entry('Linux')), mkfs=[
            '-L', 'top', '-U', '01234567-89ab-cdef-0123-456789abcdef'])
        size = os.path.getsize(disk)
        subprocess.run(['sgdisk', '-c', '1:system', '-u',
                        '1:76543210-ba98-fedc-3210-fedcba987654', disk],
                       check=True, capture_output=True)
        part = int(subprocess.run(
            ['partx', '-g', '-b', '-o', 'SIZE', disk], check=True,
            capture_output=True, text=True).stdout)
        self.assertEqual(self.lists(disk), f'''\
disk: {disk}
  size: {size}
  partition table: GPT
  volume: partition 1
    device: (hd0,gpt1)
    offset: 1048576
    size: {part}
    name: system
    PARTUUID: 76543210-ba98-fedc-3210-fedcba987654
    file system: ext4
    label: top
    UUID: 01234567-89ab-cdef-0123-456789abcdef
    configuration: /boot/grub/grub.cfg: GRUB 2, 1 entries
''')

    def test_what_is_broken_or_strange_is_a_line(self):
        disk = self.disk(linux_guest(grub_entry('Linux')), table='none')
        with open(disk, 'r+b') as file:
            file.seek(1024 + 0x60)  # s_feature_incompat
            file.write(b'\xff')
        other = os.path.join(self.dir, 'swap')
        with open(other, 'wb') as file:
            file.truncate(1 << 20)
        subprocess.run(['mkswap', other], check=True, capture_output=True)
        empty = os.path.join(self.dir, 'empty')
        with open(empty, 'wb') as file:
            file.truncate(1 << 20)
        text = self.lists(disk, other, empty)
        self.assertIn('file system: cannot be read: ext4: superblock: wrong checksum', text)
        self.assertIn('  volume: whole disk\n    device: (hd1)', text)
        self.assertIn('file system: swap, which cannot be read', text)
        self.assertIn('device: (hd2)', text)
        self.assertIn('file system: none that is known', text)

    def test_all_configurations_are_shown_also_those_of_no_use(self):
        disk = self.disk(linux_guest(
            grub_entry('Linux'), **{
                '/boot/grub/menu.lst': 'title a\nkernel /boot/vmlinuz\n',
                '/grub/grub.cfg': b'#' * (4 << 20) + b'\n',
                '/syslinux.cfg': 'label a\nlinux /boot/vmlinuz\n'}))
        text = self.lists(disk)
        self.assertIn('configuration: /boot/grub/grub.cfg: GRUB 2, 1 entries',
                      text)
        self.assertIn(
            'configuration: /boot/grub/menu.lst: GRUB legacy, 1 entries', text)
        self.assertIn('configuration: /syslinux.cfg: extlinux, 1 entries', text)
        self.assertIn(
            'configuration: cannot be used: ext4: /grub/grub.cfg: 4194305 bytes', text)

    def test_names_of_the_guest_are_shown_harmless(self):
        disk = self.disk({'/a': b''}, mkfs=['-L', 'x\x1b[31m\ny'])
        self.assertIn('label: x\\x1b[31m\\x0ay\n', self.lists(disk))


if __name__ == '__main__':
    e2e.main()
