# SPDX-License-Identifier: GPL-2.0-or-later
"""Unified kernel images, archives and kernels whose headers lie.  PE/COFF by
Microsoft's specification; what is no unified image is a kernel as it is."""
import struct

import e2e
from cases import boots, case, recorded, refused
from guest import KERNEL, MIB, RAMDISK

BIG = 0xffffffff
PE = 0x40               # where unified_image() puts the header
SECTIONS = PE + 24 + 240


def unified(**more):
    return e2e.unified_image(**{
        'osrel': b'ID=x\nNAME=x\nVERSION_ID=1\nPRETTY_NAME=x\n',
        'cmdline': b'ro', 'linux': KERNEL, 'initrd': RAMDISK, **more})


def uki(guest, data):
    """A guest whose EFI system partition starts this."""
    guest.ext({'/boot/grub/grub.cfg': None, '/vmlinuz': None,
               '/initrd.img': None, '/EFI/BOOT/BOOTX64.EFI': bytes(data)})


@case('kernels/uki/none-of-these', boots)
def _(guest):
    """sections .osrel, .cmdline, .linux and .initrd, as ukify makes them"""
    uki(guest, unified())


def lie(name, outcome, made, *changes):
    """changes: (offset, form, value), each in turn."""
    def make(guest):
        for at, form, value in changes:
            data = bytearray(unified())
            struct.pack_into(form, data, at, value)
            uki(guest, data)
            guest.kernel = None
            yield 'at %d: %#x' % (at, value)
    make.__doc__ = made
    case('kernels/uki/' + name, outcome)(make)


lie('a-header-beyond-the-file', refused('no'), 'e_lfanew is 0, 2^31, 2^32-1',
    *[(0x3c, '<I', value) for value in (1, 1 << 31, BIG, BIG - 3)])
lie('a-header-within-itself', refused('no'), 'e_lfanew is 0',
    (0x3c, '<I', 0))
lie('65535-sections', refused('BOOTX64'), 'the number of sections', (
    PE + 6, '<H', 0xffff))
lie('no-sections', refused('no'), 'the number of sections', (PE + 6, '<H', 0))
lie('an-optional-header-of-every-size', recorded, '0, 1 and 65535 bytes',
    *[(PE + 20, '<H', value) for value in (0, 1, 0x7fff, 0xffff)])
for number, section in enumerate(('osrel', 'cmdline', 'linux', 'initrd')):
    at = SECTIONS + 40 * number
    lie('%s-of-2^32-1-bytes' % section, refused('BOOTX64|no boot conf'),
        'the size in the file of section .%s: 2^31, 2^32-1' % section,
        (at + 16, '<I', BIG), (at + 16, '<I', 1 << 31))
    lie('%s-beyond-the-file' % section, refused('BOOTX64'),
        'section .%s begins at 2^31 and 2^32-1' % section,
        (at + 20, '<I', 1 << 31), (at + 20, '<I', BIG))
lie('linux-of-0-bytes', refused(), 'both sizes of section .linux', (
    SECTIONS + 80 + 8, '<Q', 0))


@case('kernels/uki/sections-that-overlap', refused('overlap'))
def _(guest):
    """.initrd is where .linux is"""
    data = bytearray(unified())
    data[SECTIONS + 120 + 8:SECTIONS + 120 + 24] = \
        data[SECTIONS + 80 + 8:SECTIONS + 80 + 24]
    uki(guest, data)


@case('kernels/uki/sections-given-twice', recorded)
def _(guest):
    """a second .linux, by its name in the place of .osrel"""
    data = bytearray(unified())
    data[SECTIONS:SECTIONS + 8] = b'.linux\0\0'
    uki(guest, data)
    guest.kernel = None


@case('kernels/uki/a-command-line-with-a-newline', boots)
def _(guest):
    """.cmdline is 'ro LF kernel /etc/shadow NUL', in all three formats"""
    uki(guest, unified(cmdline=b'ro\nkernel /etc/shadow\0\0'))


@case('kernels/uki/a-command-line-with-escapes', refused('control'))
def _(guest):
    """.cmdline holds ESC [2J"""
    uki(guest, unified(cmdline=b'ro \x1b[2J'))


@case('kernels/uki/a-command-line-of-a-mebibyte', refused('bytes'))
def _(guest):
    """.cmdline is 2^20 times "x" """
    uki(guest, unified(cmdline=b'x' * MIB))


@case('kernels/uki/an-os-release-of-a-mebibyte', recorded)
def _(guest):
    """.osrel is 2^20 bytes in one line, and as many lines"""
    uki(guest, unified(osrel=b'PRETTY_NAME=' + b'x' * MIB))
    yield 'a line'
    uki(guest, unified(osrel=b'A=1\n' * (MIB // 4)))
    yield 'lines'


@case('kernels/uki/cut-short-anywhere', refused())
def _(guest):
    """the first 1, 2, 60, 63, 64... bytes, half of it, all but 513"""
    data = unified()
    for size in (1, 2, 0x3c, 0x3f, PE, PE + 4, PE + 20, SECTIONS,
                 SECTIONS + 100, len(data) // 2, len(data) - 513):
        uki(guest, data[:size])
        yield '%d bytes' % size


@case('kernels/uki/1000-of-them', recorded)
def _(guest):
    """1025 images in /EFI/Linux, one line each"""
    guest.ext({'/boot/grub/grub.cfg': None, '/vmlinuz': None,
               '/loader/loader.conf': 'timeout 1\n', **{
                   '/EFI/Linux/%04d.efi' % i: unified(
                       linux=b'k', initrd=b'i') for i in range(1025)}},
              24576, '-N', '8000')
    guest.kernel, guest.ramdisk = b'k', b'i'


@case('kernels/uki/addons-without-end', recorded)
def _(guest):
    """300 addons beside it, each with a command line of 100 bytes"""
    data = e2e.unified_image(cmdline=b'x' * 100)
    guest.ext({'/boot/grub/grub.cfg': None, '/vmlinuz': None,
               '/EFI/BOOT/BOOTX64.EFI': unified(), **{
                   '/EFI/BOOT/BOOTX64.EFI.extra.d/%03d.addon.efi' % i: data
                   for i in range(300)}}, 16384, '-N', '4000')


@case('kernels/any/of-every-kind', boots)
def _(guest):
    """a kernel is handed on as it is: an ELF, a bzImage, gzip, zstd, xz, an
    archive, all with lengths of 2^32-1 in their headers"""
    for head in (b'\x7fELF\2\1\1' + b'\xff' * 57, b'\x1f\x8b\x08' + b'\xff' * 9,
                 b'\x28\xb5\x2f\xfd\xff' + b'\xff' * 9,
                 b'\xfd7zXZ\0' + b'\xff' * 9, b'070701' + b'F' * 104,
                 (b'MZ' + b'\xff' * 510 + b'HdrS').ljust(1024, b'\xff')):
        guest.ext({'/vmlinuz': head + KERNEL, '/initrd.img': head})
        guest.kernel, guest.ramdisk = head + KERNEL, head
        guest.formats = ('simple0',)
        yield repr(head[:6])


@case('kernels/any/newc-that-lies', recorded)
def _(guest):
    """initrd newc:name:file with names of 4 KiB, '..', and a newline"""
    for name in ('x' * 4000, '../../x', 'a\nb', '/', '', 'a:b:c'):
        guest.config('menuentry a {\nlinux /vmlinuz\ninitrd "newc:%s:'
                     '/initrd.img"\n}\n' % name)
        guest.ramdisk = None
        yield repr(name[:10])
    guest.config('menuentry a {\nlinux /vmlinuz\ninitrd %s\n}\n' % ' '.join(
        'newc:n%d:/initrd.img' % i for i in range(1000)))
    guest.ramdisk = None
    yield 'a thousand'


@case('kernels/any/a-grub-for-xen-that-lies', recorded)
def _(guest):
    """/boot/xen/pvboot-x86_64.elf is an ELF with lengths of 2^64-1"""
    for data in (b'\x7fELF\2\1\1' + b'\xff' * 4000, b'\x7fELF', b'x'):
        guest.ext({'/boot/grub/grub.cfg': None, '/vmlinuz': None,
                   '/boot/xen/pvboot-x86_64.elf': data})
        guest.kernel, guest.ramdisk = data, b''
        yield repr(data[:8])
