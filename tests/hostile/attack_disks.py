# SPDX-License-Identifier: GPL-2.0-or-later
"""Disks that change while they are read, servers that lie, and images of
qemu's formats (--format) whose headers name what is not theirs.  Offsets:
docs/interop of QEMU, Microsoft's specification of VHDX."""
import contextlib
import os
import random
import shutil
import struct
import time

import nbd_server
import toolstack
from cases import MOMENT, boots, case, either, recorded, refused
from guest import MIB, RAMDISK, tool

BIG = 0xffffffff
LARGE = RAMDISK * 1500      # 15 MB, so that there is time to change it
REFUSED = refused()
SILENCE = refused(r'the time limit \(--time-limit\) is over')


# Disks that change
def stopped(guest, change, moment='2p'):
    """At a moment of its life the program stands still while that happens."""
    def disturb(pid):
        toolstack.Moment(moment).wait(pid, time.monotonic())
        try:
            everybody = toolstack.processes(pid)
        except OSError:
            return
        for one in everybody:
            toolstack.send(one, 'STOP')
        change()
        for one in everybody:
            toolstack.send(one, 'CONT')
    guest.disturb, guest.changes = disturb, True


def large(guest):
    guest.prototype('large', lambda out: guest.ext(
        {'/initrd.img': LARGE}, 24 << 10, image=out))
    guest.ramdisk = LARGE


for name, size in (('to-nothing', 0), ('to-a-mebibyte', MIB),
                   ('in-the-ramdisk', 10 * MIB), ('by-a-byte', 24 * MIB - 1)):
    def make_shrink(guest, size=size):
        for moment in '2p', 'boxed', '0.01':
            large(guest)
            stopped(guest, lambda: os.truncate(guest.image, size), moment)
            yield moment
    make_shrink.__doc__ = ('truncated to %d bytes when the reader starts, when '
                           'it is locked in, after 10 ms' % size)
    case('disks/changing/cut-short-%s' % name, either('guest.img'),
         chance=MOMENT)(make_shrink)


@case('disks/changing/grows', boots)
def _(guest):
    """a gibibyte more when the reader starts"""
    large(guest)
    stopped(guest, lambda: os.truncate(guest.image, 1 << 30))


@case('disks/changing/unlinked', boots)
def _(guest):
    """the image is removed when the reader starts: it is open"""
    large(guest)
    guest.formats = ('simple0',)
    stopped(guest, lambda: os.unlink(guest.image))


@case('disks/changing/another-in-its-place', boots)
def _(guest):
    """another image is renamed over it when the reader starts"""
    large(guest)
    guest.formats = ('simple',)

    def change():
        with open(guest.path('other'), 'wb') as out:
            out.write(b'x' * MIB)
        os.rename(guest.path('other'), guest.image)
    stopped(guest, change)


def runs(pid):
    try:
        return not toolstack.zombie(pid)
    except OSError:     # gone, perhaps between its two calls
        return False


def flipping(guest, places, seed):
    """Bits change all the time, at random places."""
    chance = random.Random(seed)

    def disturb(pid):
        image = os.open(guest.image, os.O_RDWR)
        while runs(pid):
            start, size = chance.choice(places)
            at = start + chance.randrange(size)
            byte = os.pread(image, 1, at)
            os.pwrite(image, bytes([byte[0] ^ 1 << chance.randrange(8)]), at)
        os.close(image)
    guest.disturb, guest.changes = disturb, True


for name, places, made in (
        ('in-the-superblock', [(1024, 1024)], 'of the superblock'),
        ('in-the-metadata', [(0, 256 << 10)], 'of the first 256 KiB'),
        ('everywhere', [(0, 16 * MIB)], 'of the disk')):
    def make_flip(guest, places=places):
        for seed in range(5):
            guest.ext(None, 16384)
            guest.kernel = guest.ramdisk = None
            guest.formats = ('simple0',)
            try:
                flipping(guest, places, seed)
                yield 'seed %d' % seed
            except ProcessLookupError:
                pass
    make_flip.__doc__ = 'bits %s change without a pause, five times' % made
    case('disks/changing/bits-%s' % name, either('guest.img'),
         chance=MOMENT)(make_flip)


@case('disks/changing/two-file-systems-in-turns', either('guest.img'),
      chance=MOMENT)
def _(guest):
    """an ext4 and an XFS of the same size take each other's place"""
    import made
    made.xfs(guest)
    with open(guest.image, 'rb') as image:
        other = image.read(MIB)
    guest.ext(None, 65536)
    own = guest.read(0, MIB)
    guest.kernel = guest.ramdisk = None
    guest.options = []

    def disturb(pid):
        while runs(pid):
            for data in other, own:
                guest.write(0, data)
    guest.disturb, guest.changes = disturb, True


# Servers
def served(name, outcome, made, way, **more):
    def make(guest):
        guest.sfdisk('label: dos\nstart=2048, type=83\n', 6 * MIB)
        guest.partition(2048)
        server = nbd_server.Server(guest.dir, bytes(guest.whole()), way,
                                   **more)
        guest.cleanup.callback(server.close)
        guest.operands = [server.address()]
        guest.options += ['--time-limit=5']
        guest.formats = ('simple',) if outcome is not boots else ()
    make.__doc__ = made
    case('disks/nbd/' + name, outcome)(make)


served('none-of-these', boots, 'a server that answers', '')
served('silent', SILENCE, 'accepts and says nothing, until --time-limit=5',
       'silent')
served('rubbish', REFUSED, 'greets with what is no greeting', 'rubbish')
served('slams', REFUSED, 'closes instead of a greeting', 'slams')
served('hangs', SILENCE, 'answers no read behind the first MiB', 'hangs')
served('breaks-off', REFUSED, 'closes in the middle of a reply', 'breaks_off')
served('fails', REFUSED, 'answers reads with an error', 'fails')
served('nonsense', REFUSED, 'replies with another magic number', 'nonsense')
served('another-reply', REFUSED, 'replies to what nobody asked', 'other')
served('blocks-of-3-bytes', boots, 'asks for blocks of 3 bytes', 'absurd')
served('a-disk-of-2^64-1-bytes', recorded, 'the size of its export', '',
       size=(1 << 64) - 1)
served('a-disk-of-2^63-bytes', recorded, 'the size of its export', '',
       size=1 << 63)
served('a-disk-of-0-bytes', REFUSED, 'the size of its export', '', size=0)


# Formats of qemu's
def image_of(guest, form, *options, size=4096):
    """The guest in an image of this format."""
    if not shutil.which('qemu-nbd') or not shutil.which('qemu-img'):
        guest.skip('there is no qemu-utils here')
    raw = guest.path('raw')
    guest.ext(None, size, image=raw)
    tool('qemu-img', 'convert', '-f', 'raw', '-O', form, *options, raw,
         guest.image)
    os.unlink(raw)
    os.chmod(guest.image, 0o644)
    guest.options = ['--format=' + {'vpc': 'vhd'}.get(form, form)]


def formatted(name, form, outcome, made, *changes):
    """changes: (offset, form of struct, value), each alone."""
    def make(guest):
        image_of(guest, form)
        for at, code, value in changes:
            before = guest.read(at, 16)
            guest.put(at, code, value)
            yield 'at %d: %s' % (at, value)
            guest.write(at, before)
    make.__doc__ = made
    case('disks/%s/%s' % (form, name), outcome)(make)


for form in ('qcow2', 'qcow', 'qed', 'vpc', 'vhdx', 'vmdk', 'vdi',
             'parallels'):
    def make_sound(guest, form=form):
        image_of(guest, form)
    make_sound.__doc__ = 'qemu-img convert -O %s' % form
    case('disks/%s/none-of-these' % form, boots)(make_sound)

formatted('a-disk-of-2^63-bytes', 'qcow2', recorded, 'its size: 2^63, 2^64-1',
          (24, '>Q', 1 << 62), (24, '>Q', 1 << 63), (24, '>Q', (1 << 64) - 1))
formatted('clusters-of-2^n-bytes', 'qcow2', REFUSED, '2^0, 2^31, 2^63, 2^255',
          *[(20, '>I', value) for value in (0, 8, 22, 31, 63, 255, BIG)])
formatted('a-table-of-2^32-1-entries', 'qcow2', REFUSED,
          'the size of its first table: 2^31, 2^32-1',
          (36, '>I', 1 << 31), (36, '>I', BIG))
formatted('a-table-that-is-the-header', 'qcow2', recorded,
          'where its first table is: 0, 2^63, not a cluster',
          (40, '>Q', 0), (40, '>Q', 1 << 62), (40, '>Q', 12345))
formatted('reference-counts-without-end', 'qcow2', recorded,
          'clusters and order of the reference counts: 2^32-1; their place '
          'is the header', (56, '>I', BIG), (56, '>I', 0x7fffff),
          (96, '>I', 6), (96, '>I', 7), (96, '>I', BIG), (48, '>Q', 0),
          (48, '>Q', 1 << 62))
formatted('snapshots-without-end', 'qcow2', recorded,
          '2^32-1 snapshots, at the header', (60, '>I', BIG), (60, '>I', 65537),
          (60, '>I', 10))
formatted('a-header-of-every-length', 'qcow2', recorded, '0, 8, 2^32-1',
          (100, '>I', 0), (100, '>I', 8), (100, '>I', BIG), (100, '>I', 65536))
formatted('features-of-the-future', 'qcow2', refused('guest.img'),
          'all bits of the incompatible features', (72, '>Q', (1 << 64) - 1),
          (72, '>Q', 1 << 63))
formatted('encryption', 'qcow2', REFUSED, 'methods 1, 2 and 99',
          (32, '>I', 2), (32, '>I', 99))


@case('disks/qcow2/clusters-that-are-the-table', recorded)
def _(guest):
    """every entry of the second table is that table"""
    image_of(guest, 'qcow2')
    first = guest.get(40, '>Q')
    second = guest.get(first, '>Q') & 0x00fffffffffffe00
    guest.write(second, struct.pack('>Q', second | 1 << 63) * 8192)


@case('disks/qcow2/clusters-that-are-compressed-bombs', recorded)
def _(guest):
    """every entry of the second table is one compressed cluster, of zeros"""
    image_of(guest, 'qcow2', '-c')
    first = guest.get(40, '>Q')
    second = guest.get(first, '>Q') & 0x00fffffffffffe00
    guest.write(second, struct.pack('>Q', 1 << 62 | 0x3ff << 54 | 65536)
                * 8192)


BACKING = ('/etc/passwd', '/etc/shadow', '/proc/self/environ', '/dev/zero',
           '../../../../../../etc/passwd', 'guest.img', 'fifo',
           'json:{"driver":"file","filename":"/etc/passwd"}',
           'json:{"driver":"nbd","host":"127.0.0.1"}',
           'nbd://127.0.0.1:10809/x', 'ssh://localhost/x',
           'fat:/etc', 'rbd:x', 'a\x1b[2J\nb')
for number, backing in enumerate(BACKING):
    def make_backing(guest, backing=backing):
        if not shutil.which('qemu-nbd'):
            guest.skip('there is no qemu-utils here')
        os.mkfifo(guest.path('fifo'), 0o644)
        tool('qemu-img', 'create', '-u', '-f', 'qcow2', '-F', 'raw', '-b',
             'PLACEHOLDER'.ljust(len(backing), 'x')[:max(11, len(backing))],
             guest.image, '16M')
        name = backing.encode()
        guest.write(guest.get(8, '>Q'), name)
        guest.put(16, '>I', len(name))
        os.chmod(guest.image, 0o644)
        guest.options = ['--format=qcow2', '--time-limit=5']
    make_backing.__doc__ = 'its backing file is %r' % backing
    case('disks/qcow2/backing-file-%d-%s' % (number, ''.join(
        char if char.isalnum() else '-' for char in backing).strip('-')[:40]),
         SILENCE if backing == 'fifo' else REFUSED)(make_backing)


@case('disks/qcow2/a-data-file-of-the-host', REFUSED)
def _(guest):
    """an external data file /etc/passwd, raw"""
    if not shutil.which('qemu-img'):
        guest.skip('there is no qemu-utils here')
    tool('qemu-img', 'create', '-f', 'qcow2', '-o',
         'data_file=%s,data_file_raw=on' % guest.path('data_file_x'),
         guest.image, '1M')
    at = guest.find(guest.path('data_file_x').encode())
    guest.write(at, b'/etc/passwd'.ljust(len(guest.path('data_file_x')),
                                         b'\0'))
    os.chmod(guest.image, 0o644)
    guest.options = ['--format=qcow2']


def vmdk(name, text, made):
    def make(guest):
        if not shutil.which('qemu-nbd'):
            guest.skip('there is no qemu-utils here')
        guest.fill(b'# Disk DescriptorFile\nversion=1\nCID=1\nparentCID='
                   b'ffffffff\ncreateType="monolithicFlat"\n' + text)
        os.chmod(guest.image, 0o644)
        guest.options = ['--format=vmdk', '--time-limit=5']
    make.__doc__ = made
    case('disks/vmdk/' + name, REFUSED)(make)


vmdk('an-extent-of-the-host', b'RW 8 FLAT "/etc/passwd" 0\n',
     'its extent is /etc/passwd')
vmdk('a-device-of-the-host', b'RW 8 FLAT "/dev/zero" 0\n',
     'its extent is /dev/zero')
vmdk('an-extent-by-dots', b'RW 8 FLAT "../../../../../../etc/passwd" 0\n',
     'its extent is ../../etc/passwd')
vmdk('an-extent-that-is-itself', b'RW 8 SPARSE "guest.img"\n',
     'its extent is the descriptor')
vmdk('extents-without-end', b'RW 8 ZERO\n' * 100000,
     'a hundred thousand extents')
vmdk('an-extent-of-2^63-sectors', b'RW 9223372036854775807 ZERO\n',
     'of 2^63-1 sectors')
vmdk('a-parent-of-the-host', b'parentFileNameHint="/etc/passwd"\n'
     b'RW 8 ZERO\n', 'its parent is /etc/passwd')
formatted('a-header-that-lies', 'vmdk', recorded,
          'capacity, grain size, tables: 0, 2^63, 2^64-1',
          (12, '<Q', (1 << 64) - 1), (20, '<Q', 0), (20, '<Q', 1 << 63),
          (28, '<Q', (1 << 64) - 1), (36, '<Q', BIG), (44, '<I', 0),
          (44, '<I', BIG), (56, '<Q', 0), (56, '<Q', (1 << 63)))

VHDX_LOG = 64 << 10     # the first header; the second is at 128 KiB


@case('disks/vhdx/a-log-that-lies', recorded)
def _(guest):
    """both headers have a log GUID, and its place and length are the whole
    file, 0 and 2^64-1; checksums (crc32c) right"""
    import made
    image_of(guest, 'vhdx')
    for place, length in ((0, BIG), (1 << 63, MIB), (MIB, BIG), (0, 0)):
        for at in VHDX_LOG, 2 * VHDX_LOG:
            header = bytearray(guest.read(at, 4096))
            header[48:64] = bytes(range(1, 17))
            struct.pack_into('<IQ', header, 68, length, place)
            header[4:8] = bytes(4)
            struct.pack_into('<I', header, 4,
                             made.crc32c(header) ^ BIG)
            guest.write(at, bytes(header))
        yield '%#x %#x' % (place, length)


@case('disks/vhdx/regions-that-lie', recorded)
def _(guest):
    """2^32-1 regions, and regions at 2^63, checksums right"""
    import made
    image_of(guest, 'vhdx')
    for at, form, value in ((8, '<I', BIG), (8, '<I', 2047),
                            (32, '<Q', 1 << 63), (40, '<I', BIG),
                            (32, '<Q', 0)):
        for base in 192 << 10, 256 << 10:
            table = bytearray(guest.read(base, 64 << 10))
            struct.pack_into(form, table, at, value)
            table[4:8] = bytes(4)
            struct.pack_into('<I', table, 4, made.crc32c(table) ^ BIG)
            guest.write(base, bytes(table))
        yield 'at %d: %#x' % (at, value)


formatted('a-map-of-2^32-1-blocks', 'vdi', recorded,
          'number and size of its blocks, where they are',
          (384, '<I', BIG), (388, '<I', BIG), (376, '<I', 0), (376, '<I', BIG),
          (340, '<I', BIG), (344, '<I', BIG), (368, '<Q', (1 << 64) - 1))
formatted('a-table-of-2^32-1-blocks', 'vpc', recorded,
          'entries and size of blocks in the dynamic header',
          (512 + 28, '>I', BIG), (512 + 32, '>I', BIG), (512 + 32, '>I', 0),
          (512 + 16, '>Q', (1 << 63)), (48, '>Q', (1 << 63)))
formatted('a-table-of-2^32-1-entries', 'parallels', recorded,
          'entries, tracks, size', (32, '<I', BIG), (28, '<I', 0),
          (28, '<I', BIG), (36, '<Q', (1 << 64) - 1), (48, '<I', BIG))
formatted('a-table-that-is-itself', 'qed', recorded,
          'cluster and table size, where the first table is',
          (4, '<I', 0), (4, '<I', BIG), (8, '<I', BIG), (40, '<Q', 0),
          (40, '<Q', 1 << 63), (48, '<Q', (1 << 63)))
formatted('a-table-of-every-size', 'qcow', recorded,
          'size and bits of clusters and tables', (24, '>Q', (1 << 64) - 1),
          (32, 'B', 0), (32, 'B', 255), (33, 'B', 0), (33, 'B', 255),
          (40, '>Q', 0), (40, '>Q', (1 << 63)))


@case('disks/raw/that-begins-like-every-format', refused('no kernel'))
def _(guest):
    """a raw disk is raw: magic numbers of qcow2 with a backing file, VMDK,
    VHDX, VDI and others, and no --format"""
    for head in (b'QFI\xfb\0\0\0\3' + struct.pack('>QI', 104, 11) +
                 bytes(84) + b'/etc/passwd', b'KDMV\1\0\0\0',
                 b'# Disk DescriptorFile\nRW 8 FLAT "/etc/passwd" 0\n',
                 b'vhdxfile', b'conectix', b'QED\0', b'WithoutFreeSpace',
                 b'<<< Oracle VM VirtualBox Disk Image >>>\n'):
        guest.fill(head, MIB)
        yield repr(head[:8])


def no_terminal():
    """/dev/tty is the same wherever this runs."""
    with contextlib.suppress(PermissionError):
        os.setsid()


@case('disks/kinds/that-are-none', refused())
def _(guest):
    """a directory, a FIFO without a writer, a socket, /dev/null, /dev/full,
    what is missing, a link to itself"""
    guest.prepare = no_terminal
    os.mkfifo(guest.path('fifo'))
    os.symlink('loop', guest.path('loop'))
    tool('python3', '-c', 'import socket; socket.socket(socket.AF_UNIX).bind('
         '"%s")' % guest.path('socket'))
    for name in (guest.dir, guest.path('fifo'), guest.path('socket'),
                 '/dev/null', '/dev/full', '/dev/tty', '/proc/self/mem',
                 guest.path('gone'), guest.path('loop'),
                 guest.path('x' * 300), '/dev/null/x'):
        guest.operands = [name]
        yield name.removeprefix(guest.dir)[:40] or 'directory'


@case('disks/kinds/dev-zero', refused())
def _(guest):
    """/dev/zero and /dev/urandom have no end"""
    for name in '/dev/zero', '/dev/urandom':
        guest.operands = [name]
        yield name


@case('disks/kinds/the-log-of-the-kernel', refused(),
      chance='whether it may be opened is for the container to say')
def _(guest):
    """/proc/kmsg: to read it is to wait"""
    guest.operands = ['/proc/kmsg']


@case('disks/kinds/that-may-not-be-read', refused('Permission denied'))
def _(guest):
    """mode 0, and the program is nobody"""
    guest.ext(None, 4096)
    os.chmod(guest.image, 0)
    os.chmod(guest.output, 0o777 | 0o1000)
    if os.geteuid() == 0:
        def become_nobody():
            os.setgroups([])
            os.setresgid(65534, 65534, 65534)
            os.setresuid(65534, 65534, 65534)
        guest.prepare = become_nobody
        guest.formats = ('simple',)
        guest.command = ['-q', '--output-format=simple',
                         '--output-directory=' + guest.output, guest.image]


