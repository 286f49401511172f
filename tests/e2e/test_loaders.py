# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests of loaders other than GRUB and syslinux, on real disks."""
import os
import shutil
import subprocess
import unittest

import e2e
from e2e import INITRD, KERNEL, grub_entry, linux_guest

STUB = '/usr/lib/systemd/boot/efi/linuxx64.efi.stub'
needs_makefs = unittest.skipUnless(shutil.which('makefs'), 'needs makefs')
UCODE = b'microcode' * 100
ARGS = 'root=PARTUUID=6d9c2a0e ro quiet'


def padded(data, to=4):
    return data + bytes(-len(data) % to)


def unified(**more):
    return e2e.unified_image(
        osrel=b'ID=test\nPRETTY_NAME="Test OS 1"\n', linux=KERNEL,
        initrd=INITRD, cmdline=ARGS.encode() + b'\n\0', **more)


class UnifiedImages(e2e.Case):

    def test_what_firmware_starts_by_itself(self):
        disk = self.disk({'/EFI/BOOT/BOOTX64.EFI': unified()}, fs='vfat')
        self.boots(e2e.libxl(disk, args=['-q']), args=ARGS)

    def test_microcode_comes_first(self):
        disk = self.disk({'/EFI/BOOT/BOOTX64.EFI': unified(ucode=UCODE)},
                         fs='vfat')
        self.boots(e2e.libxl(disk, args=['-q']), args=ARGS,
                   ramdisk=padded(UCODE) + INITRD)

    def test_a_list_names_the_image_once(self):
        disk = self.disk({'/EFI/BOOT/BOOTX64.EFI': unified(ucode=UCODE)},
                         fs='vfat')
        self.assertIn('\n  initrd: /EFI/BOOT/BOOTX64.EFI\n',
                      self.direct('-l', disk).stdout)

    @unittest.skipUnless(os.path.exists(STUB) and shutil.which('objcopy'),
                         'needs systemd-boot-efi and binutils')
    def test_made_by_objcopy_of_the_stub(self):
        osrel = b'ID=test\nPRETTY_NAME="Test OS 1"\n'
        image = self.by_objcopy(
            ('osrel', osrel), ('cmdline', ARGS.encode() + b'\n'),
            ('initrd', INITRD), ('linux', KERNEL),
            ('profile', b'ID=main\n'),
            ('profile', b'ID=rescue\nTITLE=Rescue\n'),
            ('cmdline', b'rescue'), ('initrd', UCODE))
        disk = self.disk({'/EFI/Linux/test.efi': image}, fs='vfat')
        self.boots(e2e.libxl(disk, args=['-q']), args=ARGS)
        self.boots(e2e.libxl(disk, args=['--entry=test.efi@rescue']),
                   args='rescue', ramdisk=UCODE)

    def by_objcopy(self, *sections):
        """The stub with these behind it.  objcopy sorts by address, and adds
        none of a name that is there: they get theirs afterwards."""
        add, rename = [], []
        for number, (name, content) in enumerate(sections):
            part = os.path.join(self.dir, 'part%d' % number)
            with open(part, 'wb') as out:
                out.write(content)
            add += ['--add-section', '.p%d=%s' % (number, part),
                    '--change-section-vma',
                    '.p%d=%#x' % (number, (number + 1) << 24)]
            rename += ['--rename-section', '.p%d=.%s' % (number, name)]
        made = os.path.join(self.dir, 'made.efi')
        subprocess.run(['objcopy', *add, STUB, made], check=True)
        subprocess.run(['objcopy', *rename, made], check=True)
        with open(made, 'rb') as image:
            return image.read()

    def test_addons_beside_it(self):
        addon = e2e.unified_image(cmdline=b'console=hvc0')
        disk = self.disk({
            '/EFI/BOOT/BOOTX64.EFI': unified(),
            '/EFI/BOOT/BOOTX64.EFI.extra.d/xen.addon.efi': addon}, fs='vfat')
        self.boots(e2e.libxl(disk, args=['-q']), args=ARGS + ' console=hvc0')

    def test_as_the_kernel_that_is_named(self):
        disk = self.disk({'/x/my.efi': unified()})
        self.boots(e2e.libxl(disk, kernel='/x/my.efi', cmdline='single',
                             args=['-q']), args=ARGS + ' single')

    def test_with_a_ramdisk_of_the_administrators(self):
        disk = self.disk({'/x/my.efi': unified(), '/other': UCODE})
        self.boots(e2e.libxl(disk, kernel='/x/my.efi', ramdisk='/other',
                             args=['-q']), args=ARGS, ramdisk=UCODE)

    def test_one_cut_short_is_an_error(self):
        disk = self.disk({'/EFI/BOOT/BOOTX64.EFI': unified()[:-5000]},
                         fs='vfat')
        self.fails(e2e.libxl(disk, args=['-q']),
                   r'fat16: /EFI/BOOT/BOOTX64.EFI: the section .initrd .* ends '
                   'beyond the file')

    def test_a_loader_in_its_place_is_none(self):
        disk = self.disk({
            '/EFI/BOOT/BOOTX64.EFI': e2e.unified_image(text=KERNEL)},
            fs='vfat')
        self.fails(e2e.libxl(disk, args=['-q']), 'no boot configuration')


ESP = 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B'
XBOOTLDR = 'BC13C2FF-59E6-4262-A352-B275FD6F7172'
LINUX = '0FC63DAF-8483-4772-8E79-3D69D8477DE4'
OLD = b'the old kernel' * 999


def entry(args, linux='/vmlinuz', initrd='/initrd.img', **more):
    keys = dict(title='Linux', linux=linux, initrd=initrd, options=args,
                **more)
    return ''.join('%s %s\n' % (key.replace('_', '-'), value)
                   for key, value in keys.items())


class Parts(e2e.Case):

    def two(self, first, second, types=(ESP, XBOOTLDR)):
        """A GPT disk of two partitions, the first of them FAT."""
        name = os.path.join(self.dir, self.id().split('.')[-1])
        images = [e2e.make_disk('%s.%s' % (name, fs), files, table='none',
                                fs=fs, size=16384)
                  for files, fs in ((first, 'vfat'), (second, 'ext4'))]
        return e2e.make_parts(
            name + '.img', 'label: gpt\nstart=2048, size=32768, type=%s\n'
            'start=36864, size=32768, type=%s\n' % types,
            {1 << 20: images[0], 18 << 20: images[1]}, 40 << 20)


class SystemdBoot(Parts):

    def test_entries_of_the_system_partition(self):
        disk = self.disk({
            '/loader/loader.conf': 'timeout 3\ndefault old-*\n',
            '/loader/entries/new-2.conf': entry('entry=new', version='2'),
            '/loader/entries/old-1.conf': entry('entry=old', '/old',
                                                version='1'),
            '/vmlinuz': KERNEL, '/initrd.img': INITRD, '/old': OLD},
            fs='vfat')
        self.boots(e2e.libxl(disk, args=['-q']), args='entry=old', kernel=OLD)
        self.boots(e2e.libxl(disk, args=['--entry=new-2.conf']),
                   args='entry=new')

    def test_kernels_on_the_extended_boot_partition(self):
        disk = self.two(
            {'/loader/loader.conf': 'default b*\n',
             '/loader/entries/a.conf': entry('entry=a', '/gone')},
            {'/loader/entries/b.conf': entry('entry=b'),
             '/vmlinuz': KERNEL, '/initrd.img': INITRD})
        self.boots(e2e.libxl(disk, args=['-q']), args='entry=b')

    def test_unified_images_in_their_folder(self):
        disk = self.disk({
            '/EFI/Linux/test-2.efi': unified(),
            '/EFI/systemd/systemd-bootx64.efi': KERNEL,
            '/EFI/BOOT/BOOTX64.EFI': KERNEL}, fs='vfat')
        self.boots(e2e.libxl(disk, args=['-q']), args=ARGS)
        listed = self.direct('-l', disk)
        self.assertIn('title: Test OS 1\n', listed.stdout)

    def test_a_boot_counter_is_not_counted_down(self):
        disk = self.disk({'/loader/entries/a+3.conf': entry('entry=a'),
                          '/vmlinuz': KERNEL, '/initrd.img': INITRD},
                         fs='vfat')
        with open(disk, 'rb') as image:
            before = image.read()
        report = e2e.libxl(disk, args=['-q'])
        self.boots(report, args='entry=a')
        self.assertRegex(report['stderr'], 'count')
        with open(disk, 'rb') as image:
            self.assertEqual(image.read(), before)


class WhichLoader(Parts):
    """GRUB in the boot sector, systemd-boot for the firmware."""

    def both(self, grub=grub_entry('Linux', args='from=grub')):
        return self.two(
            {'/loader/loader.conf': '', '/vmlinuz': KERNEL,
             '/initrd.img': INITRD,
             '/loader/entries/a.conf': entry('from=systemd-boot')},
            linux_guest(grub), (ESP, LINUX))

    def takes(self, disk, args, *options):
        self.boots(e2e.libxl(disk, args=['-q', *options]), args=args)

    def test_the_boot_sector_comes_first(self):
        self.takes(self.both(), 'from=grub')

    def test_the_firmware_comes_first_if_that_is_the_platform(self):
        self.takes(self.both(), 'from=systemd-boot', '--platform=efi')

    def test_a_loader_that_is_named(self):
        self.takes(self.both(), 'from=systemd-boot', '--loader=systemd-boot')

    def test_one_that_cannot_be_used_does_not_hide_the_other(self):
        self.takes(self.both(grub_entry('Linux', '/gone')),
                   'from=systemd-boot')


class OldLoaders(e2e.Case):

    def test_lilo(self):
        disk = self.disk({
            '/etc/lilo.conf': 'boot=/dev/xvda\nroot=/dev/xvda1\n'
                              'default=linux\nread-only\n'
                              'image=/boot/vmlinuz\n label=linux\n'
                              ' initrd=/boot/initrd.img\n append="quiet"\n',
            '/boot/vmlinuz': KERNEL, '/boot/initrd.img': INITRD})
        report = e2e.libxl(disk, args=['-q'])
        self.boots(report)
        self.assertRegex(report['args'], r'\bro\b.* quiet$')

    def test_elilo(self):
        disk = self.disk({
            '/EFI/debian/elilo.conf': 'default=linux\nimage=vmlinuz\n'
                                      ' label=linux\n initrd=initrd.img\n'
                                      ' root=/dev/xvda2\n read-only\n',
            '/EFI/debian/vmlinuz': KERNEL,
            '/EFI/debian/initrd.img': INITRD}, fs='vfat')
        report = e2e.libxl(disk, args=['-q'])
        self.boots(report)
        self.assertIn('root=/dev/xvda2', report['args'])

    def test_netbsd(self):
        disk = self.disk({
            '/boot.cfg': 'menu=Boot normally:boot netbsd\n'
                         'menu=Single user:boot netbsd -s\ntimeout=5\n',
            '/netbsd': KERNEL}, fs='ext2')
        self.boots(e2e.libxl(disk, args=['-q']), ramdisk=None)
        self.boots(e2e.libxl(disk, args=['--entry=Single user']),
                   ramdisk=None, args='-s root=wedge:root')

    def test_freebsd(self):
        disk = self.disk({
            '/boot/loader.conf': 'kernel="GENERIC"\n'
                                 'vfs.root.mountfrom="ufs:/dev/ada0p2"\n',
            '/boot/GENERIC/kernel': KERNEL}, fs='ext2')
        report = e2e.libxl(disk, args=['-q'])
        self.boots(report, ramdisk=None)
        self.assertIn('vfs.root.mountfrom=ufs:/dev/ada0p2', report['args'])

    def bsd(self, **environ):
        name = os.path.join(self.dir, 'bsd.img')
        subprocess.run([os.path.join(e2e.TOP, 'testimages', 'make.sh'), 'bsd',
                        name], check=True, env=dict(os.environ, **environ))
        return name

    def each_bsd(self, guest):
        for table in 'label', 'gpt':
            for version in '1', '2':
                yield table, self.bsd(GUEST=guest, TABLE=table, UFS=version)

    @needs_makefs
    def test_freebsd_on_ufs(self):
        for _, disk in self.each_bsd('freebsd'):
            kernel = e2e.lines('kernel of FreeBSD', 6 << 20)
            report = e2e.libxl(disk, args=['-q'])
            self.boots(report, kernel, ramdisk=None)
            self.assertIn('vfs.root.mountfrom=ufs:/dev/ufs/rootfs',
                          report['args'])
            self.boots(e2e.libxl(disk, args=['--entry=kernel.old']),
                       e2e.lines('older kernel', 6000000), ramdisk=None)

    @needs_makefs
    def test_netbsd_on_ufs(self):
        for table, disk in self.each_bsd('netbsd'):
            kernel = e2e.lines('kernel of NetBSD', 6 << 20)
            root = 'root=wedge:root' if table == 'gpt' else ''
            self.boots(e2e.libxl(disk, args=['-q']), kernel, ramdisk=None,
                       args=root or None)
            self.boots(e2e.xenopsd(disk), kernel, ramdisk=None)
            self.boots(e2e.libxl(disk, args=['--entry=Boot single user']),
                       kernel, ramdisk=None, args=('-s ' + root).strip())

    def test_a_loader_that_is_made_to_be_the_kernel(self):
        loader = b'\x7fELF' + KERNEL
        disk = self.disk({'/boot/xen/pvboot-x86_64.elf': loader,
                          '/boot/vmlinuz': OLD})
        self.boots(e2e.libxl(disk, args=['-q']), kernel=loader, ramdisk=None)


if __name__ == '__main__':
    e2e.main()
