#!/usr/bin/env python3
"""Seeds for fuzz_lvm and fuzz_md: disks whose quarters are members.

usage: volume_seeds.py SEEDS     writes SEEDS/lvm/* and SEEDS/md/*
"""
import os
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'e2e'))
import volumes  # noqa: E402 (it lies beside the tests that use it)

QUARTER = 4 << 20
CHUNK = 16 << 10

# What lvm_text() does not write: type, attributes, hidden volumes
KINDS = {
    'raid1': ('device_count = 2', 'raids', 2),
    'raid5': ('stripe_size = 32', 'raids', 3),
    'raid6_nc': ('stripe_size = 32', 'raids', 4),
    'raid10': ('stripe_size = 32\ndata_copies = 2', 'raids', 4),
    'raid0': ('stripe_size = 32', 'raid0_lvs', 2),
}


def volume(name, segment, visible=True):
    return ('%s {\nid = "%s"\nstatus = ["READ"%s]\nsegment1 {\n'
            'start_extent = 0\nextent_count = 8\n%s\n}\n}\n' %
            (name, volumes.lv_id(1), ', "VISIBLE"' if visible else '',
             segment))


def linear(name, pv, extent):
    return volume(name, 'type = "striped"\nstripes = ["pv%d", %d]' %
                  (pv, extent), False)


def raid_text(kind):
    attributes, array, count = KINDS[kind]
    names = [('"m%d", ' % i if array == 'raids' else '') + '"i%d"' % i
             for i in range(count)]
    pairs = ', '.join(names)
    out = volume('v', 'type = "%s"\n%s\n%s = [%s]' %
                 (kind, attributes, array, pairs))
    for i in range(count):
        out += linear('i%d' % i, i % 4, 8) + linear('m%d' % i, i % 4, 0)
    return out


def thin_text():
    return (volume('v', 'type = "thin"\nthin_pool = "p"\ndevice_id = 1') +
            volume('p', 'type = "thin-pool"\nmetadata = "m"\npool = "d"') +
            linear('m', 0, 0) + linear('d', 1, 0))


def thin_metadata():
    def node(block, entries):
        head = struct.pack('<IIQIIII', 0, 2, block, len(entries), 252, 8, 0)
        keys = b''.join(struct.pack('<Q', key) for key, _ in entries)
        values = b''.join(struct.pack('<Q', value) for _, value in entries)
        return (head + keys.ljust(252 * 8, b'\0') + values).ljust(4096, b'\0')
    top = struct.pack('<IIQ16sQIIQQ', 0, 0, 0, b'', 27022010, 2, 0, 1, 0)
    top = top.ljust(320, b'\0') + struct.pack('<QQII', 1, 0, 32, 8)
    return (top.ljust(4096, b'\0') + node(1, [(1, 2)]) +
            node(2, [(0, 3 << 24), (1, 4 << 24), (7, 1 << 24)]))


def group(text):
    out = ('vg {\nid = "%s"\nseqno = 1\nextent_size = 128\n'
           'physical_volumes {\n' % volumes.VG_ID)
    for i in range(4):
        out += ('pv%d {\nid = "%s"\npe_start = 2048\n}\n' %
                (i, volumes.pv_id(i)))
    return (out + '}\nlogical_volumes {\n' + text + '}\n}\n').encode() + b'\0'


def save(path, fill):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with tempfile.NamedTemporaryFile() as image:
        image.truncate(4 * QUARTER)
        fill(image)
        image.flush()
        subprocess.run([sys.executable, os.path.join(HERE, 'sparse.py'),
                        image.name, path], check=True)


# What no tool writes
BROKEN = {
    'in-itself': volume('v', 'type = "linear"\nstripes = ["v", 0]'),
    'of-none': volume('v', 'type = "striped"\nstripes = ["w", 0]'),
    'of-a-missing-disk': volume('v', 'type = "linear"\n'
                                'stripes = ["pv7", 0]'),
    'snapshot': volume('v', 'type = "snapshot"\norigin = "w"\n'
                       'cow_store = "x"'),
    'unknown': volume('v', 'type = "vdo"'),
    'cache': volume('v', 'type = "cache"\ncache_pool = "p"\norigin = "o"') +
             linear('o', 0, 8),
    'mirror': volume('v', 'type = "mirror"\nmirrors = ["i0", 0, "i1", 0]') +
              linear('i0', 0, 8) + linear('i1', 1, 8),
    'behind-the-end': volume('v', 'type = "striped"\n'
                             'stripes = ["pv0", 4000000000]'),
    'deep': volume('v', 'type = "striped"\nstripes = ["w0", 0]') +
            ''.join(volume('w%d' % i, 'type = "striped"\nstripes = '
                           '["w%d", 0]' % (i + 1)) for i in range(20)),
}


def save_group(path, text, more=b'', pvs=range(4)):
    def fill(image):
        for i in pvs:
            volumes.write_pv(image, i * QUARTER, i, QUARTER, group(text))
        image.seek(volumes.PE_START)
        image.write(more)
    save(path, fill)


def old_super(role, disks, level, layout):
    """A superblock 0.90, which lies before the last 64 KiB."""
    words = [0xa92b4efc, 0, 90, 0, 0, 1, 0, level, (QUARTER >> 10) - 64,
             disks, disks, 0, 0, 2, 3, 4] + 16 * [0]
    words += [0, 1, disks, disks, 0, 0, 0, 7, 0, 0, 0, 0] + 20 * [0]
    words += [layout, CHUNK] + 62 * [0]
    for i in range(27):
        words += [i, 0, 0, i, 6 if i < disks else 0] + 27 * [0]
    words += [role, 0, 0, role, 6] + 27 * [0]
    total = sum(words)
    words[38] = ((total & 0xffffffff) + (total >> 32)) & 0xffffffff
    return struct.pack('<1024I', *words)


def save_old_array(path, level, layout, disks):
    def fill(image):
        for role in range(disks):
            image.seek((role + 1) * QUARTER - (64 << 10))
            image.write(old_super(role, disks, level, layout))
    save(path, fill)


def save_array(path, level, layout, disks, at, missing=()):
    def fill(image):
        size = (QUARTER >> 9) - 256
        data = 0 if at > 8 else 128
        for role in range(disks):
            if role in missing:
                continue
            image.seek(role * QUARTER + at * 512)
            block = bytearray(volumes.md_super(
                role, disks, level, size, data, at, chunk=CHUNK >> 9))
            old = struct.unpack_from('<I', block, 76)[0]
            total = struct.unpack_from('<I', block, 216)[0]
            struct.pack_into('<I', block, 76, layout)
            struct.pack_into('<I', block, 216, total + layout - old)
            image.write(block)
    save(path, fill)


def main(seeds):
    for kind in KINDS:
        save_group(os.path.join(seeds, 'lvm', kind), raid_text(kind))
    save_group(os.path.join(seeds, 'lvm', 'thin'), thin_text(),
               thin_metadata())
    for name, text in BROKEN.items():
        save_group(os.path.join(seeds, 'lvm', name), text)
    save_group(os.path.join(seeds, 'lvm', 'missing'), raid_text('raid6_nc'),
               pvs=(0, 1, 3))
    linear_text = linear('a', 0, 0).replace('"READ"', '"READ", "VISIBLE"')
    save_group(os.path.join(seeds, 'lvm', 'linear'), linear_text)
    end = (QUARTER >> 9) - 16
    for name, level, layout, disks, at in (
            ('raid1', 1, 0, 2, end), ('raid0', 0, 0, 3, 8),
            ('raid5', 5, 2, 3, 8), ('raid6', 6, 8, 4, 0),
            ('raid4', 4, 0, 3, 8), ('near', 10, 0x102, 4, 8),
            ('far', 10, 0x201, 3, 8), ('offset', 10, 0x10201, 3, 8)):
        save_array(os.path.join(seeds, 'md', name), level, layout, disks, at)
    for name, level, layout, disks in (
            ('near-missing', 10, 0x102, 4), ('far-missing', 10, 0x201, 3),
            ('offset-missing', 10, 0x10201, 3), ('raid1-missing', 1, 0, 2),
            ('raid0-missing', 0, 0, 3), ('linear', -1, 0, 3),
            ('unknown-level', 3, 0, 3), ('unknown-layout', 10, 0x10000, 3),
            ('one-missing', 10, 0x101, 3)):
        save_array(os.path.join(seeds, 'md', name), level, layout, disks, 8,
                   (1,) if 'missing' in name else ())
    for layout in (0, 1, 2, 3, 4, 5):
        save_array(os.path.join(seeds, 'md', 'raid5-%d' % layout), 5, layout,
                   4, 8, (1,))
    for layout in (0, 1, 2, 3, 4, 5, 8, 9, 10, 16, 17, 18, 19, 20):
        save_array(os.path.join(seeds, 'md', 'raid6-%d' % layout), 6, layout,
                   4, 8, (layout % 4, (layout + 1) % 4))
    for level, layout, disks in ((1, 0, 2), (5, 2, 3), (0, 0, 2)):
        save_old_array(os.path.join(seeds, 'md', 'old-%d' % level), level,
                       layout, disks)


if __name__ == '__main__':
    main(*sys.argv[1:])
