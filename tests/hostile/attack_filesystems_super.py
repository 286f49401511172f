# SPDX-License-Identifier: GPL-2.0-or-later
"""Superblocks that lie, their checksums made right again.  Each row is a field
by its documented offset, and the values that it gets in turn."""
import made
from cases import boots, case, recorded, refused

WORDS = (0, 1, 3, 0x7fffffff, 0x80000000, 0xffffffff)
HALVES = (0, 1, 3, 0x7fff, 0x8000, 0xffff)
BYTES = (0, 1, 5, 31, 32, 63, 64, 127, 128, 255)
LONGS = (0, 1, 1 << 31, (1 << 32) - 1, 1 << 32, 1 << 62, (1 << 63) - 1,
         1 << 63, (1 << 64) - 1)
VALUES = {'B': BYTES, 'H': HALVES, 'I': WORDS, 'Q': LONGS}
NO = refused('no kernel')


def system(name, make, base, rows, repair=None):
    """rows: name, offset behind base, form of struct, expected, values."""
    def sound(guest):
        make(guest)
    sound.__doc__ = 'made as those below, and not changed'
    case('filesystems/%s/none-of-these' % name, boots)(sound)
    for row, at, form, outcome, *values in rows:
        def change(guest, row=row, at=at, form=form, values=values):
            make(guest)
            if name.startswith('fat'):
                guest.kernel = None     # where data begins is not checked
            before = guest.read(base + at, 8)
            for value in values or VALUES[form[-1]]:
                guest.write(base + at, before)
                guest.put(base + at, form, value)
                if repair:
                    repair(guest)
                yield '%#x' % value
        change.__doc__ = ('offset %d: each of %s%s' % (base + at, ', '.join(
            '%#x' % value for value in values or VALUES[form[-1]]),
            repair and ', the checksum repaired' or ''))
        case('filesystems/%s/%s' % (name, row), outcome)(change)


FAT = [('sectors-of-2^n-bytes', 11, '<H', NO),
       ('sectors-of-a-cluster', 13, '<B', NO, 0, 3, 127, 255),
       ('reserved-sectors', 14, '<H', NO, 0, 0x7fff, 0xffff),
       ('tables', 16, '<B', recorded),
       ('root-entries', 17, '<H', recorded),
       ('sectors', 19, '<H', recorded),
       ('sectors-of-a-table', 22, '<H', NO, 0, 0x7fff, 0xffff),
       ('sectors-of-32-bits', 32, '<I', recorded)]
system('fat16', made.fat(16), 0, FAT)
system('fat32', made.fat(32), 0, FAT[:4] + [
    ('sectors-of-a-table', 36, '<I', recorded),
    ('version', 42, '<H', recorded),
    ('root-cluster', 44, '<I', NO)])
system('exfat', made.exfat, 0, [
    ('volume-length', 72, '<Q', recorded),
    ('table-offset', 80, '<I', NO), ('table-length', 84, '<I', recorded),
    ('heap-offset', 88, '<I', NO), ('clusters', 92, '<I', recorded),
    ('root-cluster', 96, '<I', NO),
    ('bytes-of-a-sector', 108, '<B', NO, 0, 1, 8, 13, 31, 32, 255),
    ('sectors-of-a-cluster', 109, '<B', NO, 17, 31, 32, 63, 64, 255),
    ('tables', 110, '<B', recorded)], made.exfat_sum)
system('xfs', made.xfs, 0, [
    # XSA-443 was these: numbers taken as shift counts
    ('block-size', 4, '>I', NO), ('blocks', 8, '>Q', recorded),
    ('root-inode', 56, '>Q', NO, 0, 1, 1 << 32, 1 << 62, (1 << 64) - 1),
    ('group-blocks', 84, '>I', recorded), ('groups', 88, '>I', recorded),
    ('log-blocks', 96, '>I', recorded), ('version', 100, '>H', recorded),
    ('sector-size', 102, '>H', recorded), ('inode-size', 104, '>H', NO),
    ('inodes-of-a-block', 106, '>H', recorded),
    ('block-log', 120, '>B', NO), ('sector-log', 121, '>B', recorded),
    ('inode-log', 122, '>B', NO), ('inodes-log', 123, '>B', recorded),
    ('group-log', 124, '>B', recorded),
    ('directory-log', 192, '>B', recorded),
    ('incompatible', 216, '>I', recorded)], made.xfs_sum)
system('btrfs', made.btrfs, 65536, [
    ('root', 80, '<Q', NO), ('chunk-root', 88, '<Q', NO),
    ('total-bytes', 112, '<Q', recorded), ('devices', 136, '<Q', recorded),
    ('sector-size', 144, '<I', NO), ('node-size', 148, '<I', NO),
    ('stripe-size', 156, '<I', recorded),
    ('system-chunks-of-bytes', 160, '<I', NO),
    ('incompatible', 188, '<Q', recorded),
    ('checksum-type', 196, '<H', NO, 4, 0xffff),
    ('root-level', 198, '<B', NO, 1, 7, 8, 255),
    ('chunk-root-level', 199, '<B', NO, 1, 7, 8, 255),
    ('system-chunk-of-type', 819, '<B', NO, 0, 1, 255),
    ('system-chunk-length', 811 + 17, '<Q', NO, 0, 1),
    ('system-chunk-stripes', 811 + 17 + 44, '<H', NO, 0, 0x7fff, 0xffff)],
    made.btrfs_sum)
system('erofs', made.erofs, 1024, [
    ('block-bits', 12, '<B', NO, 0, 8, 17, 31, 32, 64, 255),
    ('root', 14, '<H', NO, 0, 1, 0x7fff, 0xffff),
    ('blocks', 36, '<I', recorded), ('meta-block', 40, '<I', NO, 1, 0x7fffffff,
                                     0xffffffff),
    ('incompatible', 80, '<I', recorded)])
system('f2fs', made.stored('f2fs-zstd'), 1024, [
    ('sector-bits', 8, '<I', recorded), ('block-bits', 16, '<I', NO),
    ('segment-bits', 20, '<I', NO), ('section-segments', 24, '<I', recorded),
    ('checksum-place', 32, '<I', recorded), ('blocks', 36, '<Q', recorded),
    ('checkpoint-segments', 52, '<I', recorded),
    ('nat-segments', 60, '<I', recorded),
    ('checkpoints', 76, '<I', NO, 1, 3, 0x7fffffff, 0xffffffff),
    ('nat', 84, '<I', NO), ('main', 92, '<I', recorded),
    ('root', 96, '<I', NO, 0, 1, 0x7fffffff, 0xffffffff),
    ('payload', 1664, '<I', recorded)], made.f2fs_sum)
system('jfs', made.stored('jfs'), 32768, [
    ('size', 8, '<Q', recorded),
    ('block-size', 16, '<I', NO), ('flags', 36, '<I', recorded),
    ('version', 4, '<I', recorded)])
system('nilfs2', made.stored('nilfs2'), 1024, [
    ('bytes', 8, '<H', NO), ('block-shift', 20, '<I', NO, 1, 7, 31, 32,
                             0xffffffff),
    ('segments', 24, '<Q', recorded), ('device-size', 32, '<Q', recorded),
    ('first-block', 40, '<Q', recorded), ('segment-blocks', 48, '<I', NO, 0),
    ('last-log', 64, '<Q', NO, 0, 1 << 32, (1 << 64) - 1),
    ('inode-size', 144, '<H', NO, 0, 1, 127, 0x7fff, 0xffff),
    ('dat-entry-size', 146, '<H', NO, 0, 1, 31, 0x7fff, 0xffff),
    ('checkpoint-size', 148, '<H', NO, 0, 1, 191, 0x7fff, 0xffff)],
    made.nilfs2_sum)
system('ntfs', made.stored('ntfs'), 0, [
    ('sector-size', 11, '<H', NO),
    ('cluster-size', 13, '<B', NO, 0, 3, 127, 128, 129, 200, 255),
    ('mft', 48, '<Q', NO, 1 << 31, 1 << 32, 1 << 62, (1 << 64) - 1),
    ('sectors', 40, '<Q', recorded),
    ('record-size', 64, '<B', NO, 0, 3, 127, 128, 129, 255)])
system('minix', made.minix('3 60 le 1024'), 1024, [
    ('inodes', 0, '<I', NO, 0, 1), ('inode-map', 6, '<H', NO, 0x7fff, 0xffff),
    ('zone-map', 8, '<H', NO, 0x7fff, 0xffff), ('first-zone', 10, '<H',
                                                recorded),
    ('zone-log', 12, '<H', recorded), ('file-max', 16, '<I', recorded),
    ('zones', 20, '<I', recorded), ('block-size', 28, '<H', NO)])
system('minix1', made.minix('1 14 be 1024'), 1024, [
    ('inodes', 0, '>H', NO, 0, 1), ('inode-map', 4, '>H', NO, 0x7fff, 0xffff),
    ('first-zone', 8, '>H', recorded), ('zone-log', 10, '>H', recorded)])
for version in 1, 2:      # where makefs puts either
    system('ufs%d' % version, made.ufs(version), 8192, [
        ('inode-table', 16, '<I', NO, 0x7fffffff, 0xffffffff),
        ('groups', 44, '<I', NO, 0, 0x80000000, 0xffffffff),
        ('block-size', 48, '<I', NO), ('fragment-size', 52, '<I', NO),
        ('fragments-of-a-block', 56, '<I', recorded),
        ('inodes-of-a-group', 184, '<I', NO, 0),
        ('fragments-of-a-group', 188, '<I', recorded)])
system('hfsplus', made.stored('hfsplus'), 1024, [
    ('block-size', 40, '>I', NO), ('blocks', 44, '>I', recorded),
    ('catalogue-size', 272, '>Q', NO, 0, 1, 512),
    ('catalogue-blocks', 284, '>I', recorded),
    ('catalogue-start', 288, '>I', NO),
    ('catalogue-extent', 292, '>I', recorded)])
system('reiserfs', made.stored('reiserfs-36'), 65536, [
    ('blocks', 0, '<I', NO, 0, 1), ('root', 8, '<I', NO, 0, 1, 0x7fffffff,
                                    0xffffffff),
    ('journal', 12, '<I', recorded), ('journal-size', 20, '<I', recorded),
    ('block-size', 44, '<H', NO), ('hash', 64, '<I', recorded),
    ('height', 68, '<H', boots)])
