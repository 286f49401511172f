# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests of loaders other than GRUB and syslinux, on real disks."""


import e2e
from e2e import INITRD, KERNEL

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


if __name__ == '__main__':
    e2e.main()
