# SPDX-License-Identifier: GPL-2.0-or-later
"""ext2, 3 and 4 whose structures go round in circles, or claim what nobody
has.  Offsets: Documentation/filesystems/ext4 of Linux."""
import struct

from made import crc32c
from cases import SPEED, boots, case, recorded, refused
from guest import CONFIG, MIB, tool

SUPER = 1024
LIMITS = (0, 1, 6, 7, 31, 32, 63, 64, 255, 0x7fff, 0x8000, 0xffff, 0x7fffffff,
          0x80000000, 0xffffffff)
SLOW = refused('more than 1000000 commands|limit of CPU time|time limit')


def block_size(guest):
    return 1024 << guest.get(SUPER + 24, '<I')


def inode(guest, path):
    """Where an inode is in the image."""
    said = tool('debugfs', '-R', 'imap ' + path, guest.image).decode()
    words = said.split('located at block ')[1].split(', offset ')
    return int(words[0]) * block_size(guest) + int(words[1], 16)


def size_of(name, path, size, outcome, made):
    def make(guest):
        guest.ext()
        guest.debugfs('set_inode_field %s size %s' % (path, size))
    make.__doc__ = made
    case('filesystems/ext/' + name, outcome)(make)


@case('filesystems/ext/none-of-these', boots)
def _(guest):
    """mke2fs -d"""
    guest.ext()


TOO_LARGE = refused('1073741824')
size_of('a-kernel-that-is-a-hole-of-a-tebibyte', '/vmlinuz', 1 << 40,
        TOO_LARGE, 'its inode says 2^40 bytes')
size_of('a-kernel-of-a-byte-more-than-allowed', '/vmlinuz', (1 << 30) + 1,
        TOO_LARGE, 'its inode says 2^30+1 bytes')
size_of('a-kernel-that-is-a-hole-of-63-bits', '/vmlinuz',
        '0x7fffffffffffffff', TOO_LARGE, 'its inode says 2^63-1 bytes')
size_of('a-kernel-of-more-than-63-bits', '/vmlinuz', '0x8000000000000000',
        refused('a size of 9223372036854775808 bytes'),
        'its inode says 2^63 bytes')
size_of('a-kernel-of-2^64-1-bytes', '/vmlinuz', '0xffffffffffffffff',
        refused('a size of 18446744073709551615 bytes'),
        'its inode says 2^64-1 bytes')
size_of('a-kernel-of-0-bytes', '/vmlinuz', 0, refused('empty'),
        'its inode says 0 bytes')
size_of('a-configuration-of-four-gibibytes', '/boot/grub/grub.cfg',
        '0x100000000', refused('limit of 4194304'), 'its inode says 2^32')
size_of('a-configuration-of-63-bits', '/boot/grub/grub.cfg',
        '0x7fffffffffffffff', refused('limit of 4194304'),
        'its inode says 2^63-1')
size_of('a-root-of-0-bytes', '/', 0, refused('no boot configuration|no kernel'),
        'the directory / says 0 bytes')


@case('filesystems/ext/64-ramdisks-that-are-one-hole', TOO_LARGE)
def _(guest):
    """initrd names a hole of 2^30 bytes 64 times"""
    guest.ext({'/boot/grub/grub.cfg': 'menuentry a {\nlinux /vmlinuz\n'
               'initrd' + ' /initrd.img' * 64 + '\n}\n'})
    guest.debugfs('set_inode_field /initrd.img size %d' % (1 << 30))


# Extents and pointers
@case('filesystems/ext/an-extent-tree-that-leads-to-itself',
      refused('vmlinuz.*(extent|height)'))
def _(guest):
    """a node whose 84 children are itself: each has to rise in height"""
    guest.ext(None, 16384, '-b', '1024')
    block = 9000
    root = struct.pack('<HHHHI', 0xf30a, 4, 4, 5, 0) + b''.join(
        struct.pack('<IIHH', i << 30, block, 0, 0) for i in range(4))
    node = struct.pack('<HHHHI', 0xf30a, 84, 84, 4, 0) + b''.join(
        struct.pack('<IIHH', i, block, 0, 0) for i in range(84))
    guest.write(inode(guest, '/vmlinuz') + 40, root)
    guest.write(block * 1024, node)
    guest.debugfs('set_inode_field /vmlinuz size 0x3fffffff')


@case('filesystems/ext/an-extent-header-that-lies', refused('vmlinuz'))
def _(guest):
    """counts and height of the root: 0xffff, more entries than room"""
    guest.ext()
    at = inode(guest, '/vmlinuz') + 40
    for field, value in ((2, 0xffff), (2, 5), (4, 0xffff), (6, 6),
                         (6, 0xffff), (0, 0)):
        before = guest.read(at + field, 2)
        guest.put(at + field, '<H', value)
        yield 'at %d: %d' % (field, value)
        guest.write(at + field, before)


@case('filesystems/ext/extents-beyond-the-disk', refused('vmlinuz'))
def _(guest):
    """the kernel's extent begins at block 2^48-1, and at the last"""
    guest.ext()
    at = inode(guest, '/vmlinuz') + 40 + 12
    for block in (1 << 48) - 1, 16384 // (block_size(guest) // 1024):
        guest.put(at + 6, '<HI', block >> 32, block & 0xffffffff)
        yield 'block %d' % block


@case('filesystems/ext/extents-that-overlap', recorded)
def _(guest):
    """two extents of the kernel's six blocks, both at logical block 0"""
    guest.ext(None, 16384, '-b', '1024')
    at = inode(guest, '/vmlinuz') + 40
    guest.write(at, struct.pack('<HHHHI', 0xf30a, 2, 4, 0, 0) + struct.pack(
        '<IHHI', 0, 6, 0, 9000) * 2)


@case('filesystems/ext/an-extent-beyond-the-last-block', recorded)
def _(guest):
    """an extent of 32768 blocks on a disk of 16384"""
    guest.ext(None, 16384, '-b', '1024')
    guest.write(inode(guest, '/vmlinuz') + 40 + 12, struct.pack(
        '<IHHI', 0, 0x8000, 0, 100))


POINTED = ('-b', '1024', '-O', '^extents,^64bit,^dir_index')


def point(guest, path, size, block=9000):
    """Its indirect blocks are one that is full of its own number."""
    guest.ext(None, 16384, *POINTED)
    guest.debugfs('set_inode_field %s size %d' % (path, size), *[
        'set_inode_field %s block[%s] %d' % (path, name, block)
        for name in ('IND', 'DIND', 'TIND')])
    guest.write(block * 1024, struct.pack('<I', block) * 256)


@case('filesystems/ext/pointers-to-themselves', boots)
def _(guest):
    """a block of pointers is full of its own number: a file in which each
    block is the same is a file"""
    point(guest, '/vmlinuz', 0x3fffffff)
    guest.kernel = None
    guest.formats = ('simple0',)


@case('filesystems/ext/a-directory-of-pointers-to-themselves',
      refused('/boot'))
def _(guest):
    """/boot has 260 MiB of them"""
    point(guest, '/boot', 260 * MIB)


@case('filesystems/ext/a-directory-that-is-one-hole', recorded)
def _(guest):
    """the inode of / says 250 MiB, without blocks"""
    guest.ext(None, 16384, '-O', '^dir_index')
    guest.debugfs('set_inode_field / size 0x%x' % (250 * MIB))


@case('filesystems/ext/a-directory-of-63-bits', refused('bytes'))
def _(guest):
    """the inode of / says 2^63-1 bytes, with the feature large_dir"""
    guest.ext(None, 16384, '-O', 'large_dir')
    guest.debugfs('set_inode_field / size 0x7fffffffffffffff')


# Directories
def first_block(guest, path):
    said = tool('debugfs', '-R', 'bmap %s 0' % path, guest.image)
    return int(said) * block_size(guest)


def record_case(name, field, values, outcome, made):
    offset, form = field

    def make(guest):
        guest.ext(None, 16384, '-O', '^dir_index')
        at = first_block(guest, '/boot')
        at += guest.get(at + 4, '<H')       # behind "."
        at += guest.get(at + 4, '<H')       # and ".."
        before = guest.read(at + offset, 4)
        for value in values:
            guest.put(at + offset, form, value)
            yield str(value)
            guest.write(at + offset, before)
    make.__doc__ = made
    case('filesystems/ext/' + name, outcome)(make)


record_case('a-record-of-length-0', (4, '<H'), (0,),
            refused('/boot.*(record|entry|length|directory)'),
            'rec_len of the first name in /boot is 0')
record_case('records-of-every-wrong-length', (4, '<H'),
            (1, 4, 7, 8, 11, 13, 0x7fff, 0xfffc, 0xffff),
            refused('no kernel'), 'rec_len below 8, odd, beyond the block')
record_case('a-name-longer-than-its-record', (6, '<B'), (255,),
            refused('no kernel'), 'name_len 255 in a record of the rest')
record_case('an-inode-that-is-none', (0, '<I'),
            (0, 1, 3, 7, 0x7fffffff, 0xffffffff), recorded,
            'the inode of /boot/grub is reserved, or beyond the last')
record_case('a-name-with-a-slash', (8, '<4s'), (b'/../', b'..\0\0', b'a/\0b'),
            refused('no kernel'), 'the name grub in /boot is /../, or holds NUL')


@case('filesystems/ext/a-hash-tree-that-leads-to-itself', recorded)
def _(guest):
    """every number in the roots of indexed directories is 0, their height 2"""
    guest.ext({'/boot/%06d' % i: '' for i in range(2000)}, 16384, '-b',
              '1024', '-N', '8000', '-O', 'dir_index')
    tool('sh', '-c', 'e2fsck -fDy "$1" || [ $? -lt 4 ]', 'sh', guest.image)
    data, changed = guest.whole(), 0
    for at in range(1024, len(data), 1024):
        if data[at + 8:at + 9] != b'.' or data[at + 29] != 8:
            continue
        limit, count = struct.unpack_from('<HH', data, at + 32)
        if not 0 < count <= limit <= 124:
            continue
        data[at + 30] = 2
        for i in range(count):
            struct.pack_into('<I', data, at + 36 + 8 * i, 0)
        changed += 1
    assert changed
    guest.write(0, data)


@case('filesystems/ext/a-directory-that-contains-itself',
      refused('more than|without entries|directories deep'), dear=True)
def _(guest):
    """16 hard links to / in /, and wildcards 16 deep, 2000 times"""
    guest.ext({'/boot/grub/grub.cfg': 'insmod regexp\nfor i in '
               + ('/*' * 16 + ' ') * 2000 + '; do true; done\n'})
    guest.debugfs(*['ln <2> /again%d' % i for i in range(16)])


@case('filesystems/ext/a-path-through-more-directories-than-allowed',
      refused('128 directories deep'))
def _(guest):
    """a hard link to / in /, 600 times in the kernel's path"""
    guest.ext({'/boot/grub/grub.cfg': CONFIG.replace(
        '/vmlinuz', '/again' * 600 + '/vmlinuz')})
    guest.debugfs('ln <2> /again')


@case('filesystems/ext/links-that-lead-to-each-other',
      refused('40 symbolic links|longer than'))
def _(guest):
    """a -> b/b/b/b and b -> a/a/a/a, 1000 times in the kernel's path"""
    guest.ext({'/boot/grub/grub.cfg': CONFIG.replace(
        '/vmlinuz', '/a/' * 1000)})
    guest.debugfs('symlink /a b/b/b/b', 'symlink /b a/a/a/a')


@case('filesystems/ext/a-link-of-every-wrong-size', refused('/l'))
def _(guest):
    """the kernel is a link whose inode says 0, 60, 4096 and 2^32-1 bytes"""
    guest.ext({'/boot/grub/grub.cfg': CONFIG.replace('/vmlinuz', '/l')})
    guest.debugfs('symlink /l vmlinuz')
    for size in 0, 60, 61, 4096, 0xffffffff, 0x7fffffffffffffff:
        guest.debugfs('set_inode_field /l size %d' % size)
        yield '%d bytes' % size


for kind, made in (('p', 'a FIFO'), ('c 1 5', 'the device /dev/zero'),
                   ('b 8 0', 'the device /dev/sda')):
    def make_node(guest, kind=kind):
        guest.ext({'/boot/grub/grub.cfg': CONFIG.replace('/vmlinuz', '/n')})
        guest.debugfs('mknod n ' + kind)
    make_node.__doc__ = 'mknod /n %s, in the place of the kernel' % kind
    case('filesystems/ext/a-kernel-that-is-%s' % made.replace(' ', '-')
         .replace('/', '-'), refused('/n: .*(FIFO|device|regular)'))(make_node)


@case('filesystems/ext/a-kernel-that-is-a-directory',
      refused('directory|regular'))
def _(guest):
    """linux /boot"""
    guest.ext({'/boot/grub/grub.cfg': CONFIG.replace('/vmlinuz', '/boot')})


@case('filesystems/ext/a-ramdisk-that-is-a-directory', recorded)
def _(guest):
    """initrd /boot"""
    guest.ext({'/boot/grub/grub.cfg': CONFIG.replace('/initrd.img', '/boot')})
    guest.ramdisk = b''


# Directories that are dear to look into
NAMES = struct.pack('<IHBB4s', 12, 12, 1, 1, b'x') * 84 + struct.pack(
    '<IHBB4s', 12, 1024 - 84 * 12, 1, 1, b'x')


def swell(guest, path, config=CONFIG, unused=9000):
    """263 MB of a directory, by pointing at one block of names again and
    again: a name is never found soon."""
    guest.ext({'/boot/grub/grub.cfg': config, '/many/file': ''}, 16384,
              *POINTED)
    guest.write(unused * 1024, NAMES.ljust(1024, b'\0') + b''.join(
        struct.pack('<I', unused + i) * 256 for i in range(3)))
    guest.debugfs(
        'set_inode_field %s size %d' % (path, 256000 * 1024),
        *['set_inode_field %s block[%d] %d' % (path, i, unused)
          for i in range(1, 12)],
        *['set_inode_field %s block[%s] %d' % (path, name, unused + i)
          for i, name in enumerate(('IND', 'DIND', 'TIND'), 1)])


@case('filesystems/ext/a-large-directory', boots, dear=True)
def _(guest):
    """/ is one block of names 250,000 times, behind those of the guest"""
    swell(guest, '/')


@case('filesystems/ext/a-large-directory-without-what-is-looked-for',
      refused('no kernel|limit of CPU time|time limit'), dear=True,
      chance=SPEED)
def _(guest):
    """the same without /boot and /vmlinuz"""
    swell(guest, '/')
    guest.debugfs('unlink /boot', 'unlink /vmlinuz')


for name, script in (
        ('looks-into', 'while true; do [ -e /many/none ]; done'),
        ('matches', 'insmod regexp\nwhile true; do echo /many/y*; done'),
        ('searches', 'while true; do search -f /many/none; done')):
    def make_script(guest, script=script):
        swell(guest, '/many', script)
    make_script.__doc__ = '/many is of 263 MB, and the script is ' + repr(
        script)
    case('filesystems/ext/a-script-that-%s-a-large-directory' % name,
         SLOW if name != 'matches' else refused('limit|more than'),
         dear=True, chance=SPEED)(make_script)


# The superblock
@case('filesystems/ext/blocks-of-64-kibibytes', boots)
def _(guest):
    """mke2fs -b 65536"""
    guest.ext(None, 65536, '-b', '65536', '-O', '^resize_inode')


FIELDS = (('inodes', 0, 4), ('blocks', 4, 4), ('first-block', 20, 4),
          ('block-size', 24, 4), ('cluster-size', 28, 4),
          ('blocks-of-a-group', 32, 4), ('clusters-of-a-group', 36, 4),
          ('inodes-of-a-group', 40, 4), ('revision', 76, 4),
          ('inode-size', 88, 2), ('incompatible-features', 96, 4),
          ('read-only-features', 100, 4), ('reserved-blocks', 206, 1),
          ('descriptor-size', 254, 2), ('first-meta-group', 260, 4),
          ('blocks-high', 336, 4), ('mount-options', 352, 4),
          ('flexible-groups', 372, 1))
for name, at, size in FIELDS:
    def make_field(guest, at=at, size=size):
        guest.ext(None, 16384, '-O', '64bit')
        before = guest.read(SUPER + at, size)
        for value in LIMITS:
            if value < 1 << 8 * size:
                guest.write(SUPER + at, value.to_bytes(size, 'little'))
                yield str(value)
        guest.write(SUPER + at, before)
    make_field.__doc__ = 'superblock, offset %d: 0, 1, 2^31, 2^32-1...' % at
    case('filesystems/ext/superblock-' + name, recorded)(make_field)


@case('filesystems/ext/a-journal-that-leads-to-itself', recorded)
def _(guest):
    """the journal's superblock says it starts, and its length is 2^32-1"""
    guest.ext(None, 32768, '-O', 'has_journal', '-J', 'size=4')
    guest.put(SUPER + 96, '<I', guest.get(SUPER + 96, '<I') | 4)
    at = guest.whole().find(bytes.fromhex('c03b3998'), 1 << 16)
    for field, value in ((28, 1), (16, 0xffffffff), (28, 0xffffffff),
                         (12, 0x80000000), (12, 0), (20, 0xffffffff)):
        guest.put(at + field, '>I', value)
        yield 'at %d: %d' % (field, value)


@case('filesystems/ext/checksums-that-are-right-of-what-is-wrong', recorded)
def _(guest):
    """metadata_csum; s_inodes_per_group and others changed and the checksum
    of the superblock made again (crc32c)"""
    guest.ext(None, 16384, '-O', 'metadata_csum,64bit')
    before = guest.read(SUPER, 1024)
    for at, value in ((40, 0xffffffff), (32, 1), (24, 6), (20, 0xffffffff),
                      (4, 0xffffffff), (0, 1)):
        changed = bytearray(before)
        struct.pack_into('<I', changed, at, value)
        struct.pack_into('<I', changed, 1020, crc32c(changed[:1020]))
        guest.write(SUPER, changed)
        yield 'at %d: %d' % (at, value)
