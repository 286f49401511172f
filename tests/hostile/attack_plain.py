# SPDX-License-Identifier: GPL-2.0-or-later
"""What is wrong without any art: disks, configurations and files that are
missing, empty or of another kind.  The line says where."""
import os

from cases import boots, case, refused
from guest import CONFIG, MIB, tool


def plain(name, outcome, **more):
    return case('configs/plain/' + name, outcome, **more)


def entry(kernel='/vmlinuz', initrd='/initrd.img'):
    return 'menuentry a {\nlinux %s ro\ninitrd %s\n}\n' % (kernel, initrd)


@plain('an-empty-name', refused())
def _(guest):
    """the operand is ''"""
    guest.operands = ['']


@plain('an-unknown-file-system', refused('guest.img: .*partition 1: no known '
                                         'file system'))
def _(guest):
    """the magic number of the ext4 in partition 1 is 0"""
    guest.sfdisk('label: dos\nstart=2048, type=83\n', 6 * MIB)
    guest.partition(2048)
    guest.write(MIB + 1080, b'\0\0')


@plain('noise', refused('guest.img: .*no known file system'))
def _(guest):
    """256 KiB of numbers that look like none"""
    guest.fill(bytes(i * i * 7 % 251 for i in range(1 << 18)))


@plain('a-guest-without-any-configuration',
       refused('guest.img: .*whole disk: ext4: no boot configuration'))
def _(guest):
    """/etc/fstab and /boot/README alone"""
    guest.ext({'/boot/grub/grub.cfg': None, '/vmlinuz': None,
               '/initrd.img': None, '/etc/fstab': 'x', '/boot/README': 'y'})


@plain('every-partition-is-accounted-for', refused(
    'partition 1: [^;]*no known file system.*partition 2: [^;]*ext.*'
    'partition 3: '))
def _(guest):
    """three partitions, an ext4 without a guest in the second"""
    guest.sfdisk('label: dos\nstart=2048,size=2048,type=83\nstart=4096,'
                 'size=8192,type=83\nstart=12288,size=2048,type=83\n', 8 * MIB)
    guest.partition(4096, files={'/boot/grub/grub.cfg': None, '/vmlinuz': None,
                                 '/initrd.img': None})


@plain('every-disk-is-accounted-for', refused('zeros.img: .*|guest.img: .*'))
def _(guest):
    """a disk of zeros, and one without a guest"""
    guest.ext({'/boot/grub/grub.cfg': None, '/vmlinuz': None,
               '/initrd.img': None})
    with open(guest.path('zeros.img'), 'wb') as out:
        out.truncate(MIB)
    guest.operands.append(guest.path('zeros.img'))


@plain('a-device-that-stops-reading', refused('Input/output|end of|short'),
       root=True)
def _(guest):
    """a loop device whose file is cut short"""
    guest.sfdisk('label: dos\nstart=2048, type=83\n', 6 * MIB)
    guest.partition(2048)
    try:
        device = tool('losetup', '-f', '--show', guest.image).decode().strip()
    except AssertionError:
        guest.skip('no loop devices here')
    guest.cleanup.callback(tool, 'losetup', '-d', device)
    os.truncate(guest.image, MIB + 4096)
    tool('blockdev', '--flushbufs', device)
    guest.operands = [device]


def config(name, outcome, text, made, path='/boot/grub/grub.cfg', **files):
    def make(guest):
        guest.config(text, path, **files)
    make.__doc__ = made
    plain(name, outcome)(make)


config('a-configuration-without-entries', refused('without entries'),
       'set timeout=1\n', 'grub.cfg is "set timeout=1"')
config('a-kernel-that-is-not-there', refused('/gone: no such file'),
       entry('/gone'), 'linux /gone')
config('a-kernel-that-is-empty', refused('/e: .*empty'), entry('/e'),
       'linux /e, a file of 0 bytes', e=b'')
config('a-configuration-that-is-empty', refused('without entries|empty'), '',
       'grub.cfg has 0 bytes')


@plain('a-syntax-error-is-shown-with-its-line', refused('/boot/grub/grub.cfg'))
def _(guest):
    """an "if" without "fi" in line 3"""
    guest.config('set timeout=1\n\nif true; then\n' + CONFIG)


@plain('a-ramdisk-that-is-not-there', boots)
def _(guest):
    """initrd /gone: it is missed as by GRUB, with a warning"""
    guest.config(entry(initrd='/gone'))
    guest.ramdisk = b''


@plain('a-ramdisk-that-is-empty', boots)
def _(guest):
    """initrd of 0 bytes: none is reported"""
    guest.config(entry(initrd='/e'), e=b'')
    guest.ramdisk = b''


@plain('a-kernel-that-is-a-link-to-itself', refused('/l: .*(links|loop)'))
def _(guest):
    """linux /l, which is a link to l"""
    guest.config(entry('/l'))
    guest.debugfs('symlink /l l')
