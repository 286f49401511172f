# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests on file systems that nothing here makes: ReiserFS and ZFS."""
import os

import e2e
from e2e import lines

MIB = 1 << 20
SWAP = '516E7CB5-6ECF-11D6-8FF8-00022D09712B'
FREEBSD_ZFS = '516E7CBA-6ECF-11D6-8FF8-00022D09712B'
SOLARIS_ROOT = '6A85CF4D-1DD2-11B2-99A6-080020736631'


class Suse(e2e.Case):
    """GRUB legacy on ReiserFS, a partition of DOS, kernels by links."""
    kernel = lines('kernel of the SUSE guest', 300000)
    ramdisk = lines('ramdisk of the SUSE guest', 1000000)
    args = 'root=/dev/xvda1 resume=/dev/xvda2 splash=silent showopts'

    def setUp(self):
        self.image = self.stored('reiserfs-suse.img')

    def test_boots_its_default(self):
        for run in e2e.libxl, e2e.xenopsd, e2e.xend:
            self.boots(run(self.image, args=['-q']), self.kernel, self.ramdisk,
                       self.args)

    def test_boots_an_entry_whose_kernel_names_its_partition(self):
        self.boots(e2e.libxl(self.image, args=['--entry=1']),
                   lines('kernel without Xen', 200000), self.ramdisk,
                   self.args)

    def test_lists_three_entries(self):
        listed = self.direct('-l', self.image).stdout
        self.assertIn(
            'title: Xen -- SUSE Linux Enterprise Server 10 SP2 - '
            '2.6.16.60-0.21\n  root: d0p1\n  kernel: /boot/vmlinuz-xenpae\n'
            '  args: %s\n  initrd: /boot/initrd-xenpae\n' % self.args, listed)
        self.assertEqual(listed.count('title: '), 3)

    def test_file_systems(self):
        listed = self.direct('--list-filesystems', self.image).stdout
        self.assertRegex(
            listed, 'file system: reiserfs\n +label: suse\n'
            ' +UUID: 01234567-89ab-cdef-0123-456789abcdef\n'
            ' +configuration: /boot/grub/menu.lst: GRUB legacy, 3 entries\n')


class Pools(e2e.Case):
    """ZFS as the installers of Ubuntu and FreeBSD lay it out."""
    kernel = lines('kernel of the ZFS guest', 300000)
    older = lines('older kernel of ZFS', 200000)
    ramdisk = lines('ramdisk of the ZFS guest', 1000000)

    def in_partition(self, pool, *types):
        """A GPT disk with that pool in the last of small partitions."""
        script, start = ['label: gpt'], 2048
        for kind in types[:-1]:
            script.append('start=%d, size=2048, type=%s' % (start, kind))
            start += 2048
        script.append('start=%d, size=%d, type=%s' % (
            start, 64 * MIB // 512, types[-1]))
        return e2e.make_parts(
            os.path.join(self.dir, 'disk.img'), '\n'.join(script) + '\n',
            {start * 512: self.stored(pool)}, 70 * MIB)

    def test_ubuntu(self):
        disk = self.in_partition('zfs-ubuntu.img', SOLARIS_ROOT)
        for run in e2e.libxl, e2e.xenopsd:
            self.boots(run(disk, args=['-q']), self.kernel, self.ramdisk,
                       'root=ZFS=rpool/ROOT/ubuntu ro quiet')

    def test_ubuntu_from_a_snapshot(self):
        disk = self.stored('zfs-ubuntu.img')
        self.boots(e2e.libxl(disk, args=['--entry=1']), self.older,
                   self.ramdisk, 'root=ZFS=rpool/ROOT/ubuntu@before ro')

    def test_what_is_listed_of_ubuntu(self):
        disk = self.in_partition('zfs-ubuntu.img', SOLARIS_ROOT)
        listed = self.direct('-l', disk).stdout
        self.assertTrue(listed.startswith(
            'title: Ubuntu\n  root: d0p1\n'
            '  kernel: /ROOT/ubuntu@/boot/vmlinuz-6.8.0-31-generic\n'
            '  args: root=ZFS=rpool/ROOT/ubuntu ro quiet\n'
            '  initrd: /ROOT/ubuntu@/boot/initrd.img-6.8.0-31-generic\n'),
            listed)
        listed = self.direct('--list-filesystems', disk).stdout
        self.assertRegex(
            listed, 'file system: zfs\n +label: rpool\n +UUID: [0-9a-f]{16}\n'
            ' +configuration: /boot/grub/grub.cfg: GRUB 2, 2 entries\n')

    def test_freebsd(self):
        disk = self.in_partition('zfs-freebsd.img', SWAP, FREEBSD_ZFS)
        args = ('kern.geom.label.disk_ident.enable=0,'
                'vfs.root.mountfrom=zfs:zroot/ROOT/default')
        for run in e2e.libxl, e2e.xenopsd:
            self.boots(run(disk, args=['-q']), self.kernel, None, args)
        self.boots(e2e.libxl(disk, args=['--entry=kernel.old']), self.older,
                   None, args)

    def test_what_is_listed_of_freebsd(self):
        disk = self.stored('zfs-freebsd.img')
        listed = self.direct('-l', disk).stdout
        self.assertIn('title: FreeBSD, kernel.old\n  root: d0\n'
                      '  kernel: /boot/kernel.old/kernel\n', listed)
        listed = self.direct('--list-filesystems', disk).stdout
        self.assertRegex(
            listed, 'file system: zfs\n +label: zroot\n +UUID: [0-9a-f]{16}\n'
            ' +configuration: /boot/loader.conf: FreeBSD, 3 entries\n')


if __name__ == '__main__':
    e2e.main()
