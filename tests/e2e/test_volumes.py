# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests on LVM and MD RAID."""
import os

import e2e
import volumes
from e2e import grub_entry, linux_guest
from volumes import EXTENT, MIB, PE_START, SECTOR

ARGS = 'root=/dev/mapper/vg-root ro'
LVM_TYPE = 'E6D6D379-F507-44C2-A23C-238F2A3DF928'
RAID_TYPE = 'A19D880F-05FC-4D3B-A006-743F0F84911E'
LINUX_TYPE = '0FC63DAF-8483-4772-8E79-3D69D8477DE4'


class Volumes(e2e.Case):

    def image(self, name, files):
        """A bare file system, and its bytes as whole extents."""
        path = os.path.join(self.dir, name)
        e2e.make_disk(path, files, table='none')
        with open(path, 'rb') as image:
            data = image.read()
        return data + bytes(-len(data) % EXTENT)

    def blank(self, name, parts):
        """A GPT disk of partitions (type, MiB)."""
        path = os.path.join(self.dir, name)
        with open(path, 'wb') as disk:
            disk.truncate((sum(size for _, size in parts) + 2) * MIB)
        at, lines = 2048, ['label: gpt']
        for kind, size in parts:
            lines.append('start=%d, size=%d, type=%s' %
                         (at, size * 2048, kind))
            at += size * 2048
        e2e.make_parts(path, '\n'.join(lines) + '\n', {},
                       os.path.getsize(path))
        return path

    def put(self, disk, offset, data):
        with open(disk, 'r+b') as image:
            image.seek(offset)
            image.write(data)

    def add_pv(self, disk, offset, number, text):
        with open(disk, 'r+b') as image:
            volumes.write_pv(image, offset, number, 64 * MIB, text)

    def lvm_guest(self, files, boot=None):
        """All of the root in vg/root; with boot in a partition before it."""
        root = self.image('root.img', files)
        extents = len(root) // EXTENT
        text = volumes.lvm_text('vg', 1, {
            'swap': [('striped', 4, [('pv0', 0)])],
            'root': [('striped', 10, [('pv0', 500)]),
                     ('striped', extents - 10, [('pv0', 4)])]})
        disk = self.blank('lvm.img', [(LINUX_TYPE, 40), (LVM_TYPE, 64)])
        if boot:
            self.put(disk, MIB, self.image('boot.img', boot))
        at = 41 * MIB
        self.add_pv(disk, at, 0, text)
        self.put(disk, at + PE_START + 500 * EXTENT, root[:10 * EXTENT])
        self.put(disk, at + PE_START + 4 * EXTENT, root[10 * EXTENT:])
        return disk

    def test_boot_beside_a_root_on_lvm(self):
        config = grub_entry('Ubuntu', kernel='/vmlinuz', args=ARGS,
                            initrd='/initrd.img')
        disk = self.lvm_guest(
            {'/etc/fstab': '/dev/mapper/vg-root / ext4\n'},
            boot={'/grub/grub.cfg': config, '/vmlinuz': e2e.KERNEL,
                  '/initrd.img': e2e.INITRD})
        self.boots(e2e.libxl(disk, args=['-q']), args=ARGS)

    def test_everything_on_lvm(self):
        config = ("insmod lvm\nset root='lvmid/%s/%s'\n" %
                  (volumes.VG_ID, volumes.lv_id(1)) +
                  grub_entry('Debian', args=ARGS))
        disk = self.lvm_guest(linux_guest(config))
        self.boots(e2e.libxl(disk, args=['-q']), args=ARGS)
        self.assertIn('  root: lvm/vg-root\n',
                      self.direct('-l', disk).stdout)

    def test_a_volume_is_chosen_by_any_of_its_names(self):
        disk = self.lvm_guest(linux_guest(grub_entry('Debian', args=ARGS)))
        for name in ('vg/root', '/dev/vg/root', '/dev/mapper/vg-root',
                     'lvm/vg-root'):
            self.boots(e2e.libxl(disk, args=['-q', '--partition=' + name]),
                       args=ARGS)

    def test_what_is_on_volumes_is_named(self):
        disk = self.lvm_guest({'/etc/hostname': 'x\n'})
        done = self.direct('-q', disk)
        self.assertIn('lvm vg/root: ext4: no boot configuration',
                      done.stderr)
        self.assertIn('a part of lvm vg/', done.stderr)

    def test_a_script_sees_them(self):
        disk = self.lvm_guest(linux_guest(grub_entry('Debian', args=ARGS)))
        script = os.path.join(self.dir, 'script')
        with open(script, 'w') as out:
            out.write('ls\nprobe -d (lvm/vg-root)\n'
                      'search --set=root --file /boot/vmlinuz\n'
                      'echo "$root has"\nls /boot\n')
        done = self.direct('--script=' + script, disk)
        self.assertIn('(lvm/vg-swap)', done.stdout)
        self.assertIn('diskfilter', done.stdout)
        self.assertIn('lvm/vg-root has\n', done.stdout)
        self.assertIn('vmlinuz', done.stdout)

    def mirror(self, name, image, role, where, events=7, kind=RAID_TYPE):
        """A disk with a member of /boot in its first partition."""
        disk = self.blank(name, [(kind, 40), (LINUX_TYPE, 1)])
        sectors = 40 * 2048
        at = {'1.0': sectors - 16, '1.2': 8}[where]
        data = {'1.0': 0, '1.2': 2048}[where]
        self.put(disk, MIB + data * SECTOR, image)
        self.put(disk, MIB + at * SECTOR, volumes.md_super(
            role, 2, 1, 36 * 2048, data, at, events))
        return disk

    def test_boot_on_a_mirror(self):
        config = "set root='mduuid/%s'\n" % bytes(range(16)).hex() + \
            grub_entry('Debian', args=ARGS)
        for where in '1.0', '1.2':
            image = self.image('boot.img', linux_guest(config))
            disks = [self.mirror('md%d.img' % role, image, role, where)
                     for role in (0, 1)]
            self.boots(e2e.libxl(disks[0], args=['-q']), args=ARGS)
            done = self.direct('-l', *disks)
            self.assertIn('  root: md/boot\n', done.stdout)
            done = self.direct('--list-filesystems', *disks)
            self.assertIn('    holds: a part of md boot\n', done.stdout)
            self.assertIn('    device: (md/boot)\n', done.stdout)

    def test_a_stale_half_of_a_mirror_is_not_read(self):
        new = self.image('new.img', linux_guest(
            grub_entry('New', args='new')))
        old = self.image('old.img', linux_guest(
            grub_entry('Old', args='old')))
        stale = self.mirror('stale.img', old, 0, '1.0', events=3)
        # also where only the stale one's type says what it is
        for kind in RAID_TYPE, LINUX_TYPE:
            fresh = self.mirror('fresh.img', new, 1, '1.0', events=9,
                                kind=kind)
            done = self.direct('-l', stale, fresh)
            self.assertIn('title: New\n', done.stdout)
            self.assertNotIn('Old', done.stdout)

    def test_lvm_on_an_array_on_partitions(self):
        root = self.image('root.img', linux_guest(
            grub_entry('Debian', args=ARGS)))
        extents = len(root) // EXTENT
        pv = os.path.join(self.dir, 'pv')
        with open(pv, 'wb') as image:
            image.truncate(80 * MIB)
        self.add_pv(pv, 0, 0, volumes.lvm_text('vg', 1, {
            'root': [('striped', extents, [('pv0', 0)])]}))
        self.put(pv, PE_START, root)
        with open(pv, 'rb') as image:
            data = image.read()
        chunk, disks = volumes.CHUNK, []
        for role in range(3):
            disk = self.blank('r5-%d.img' % role, [(RAID_TYPE, 44)])
            self.put(disk, MIB + 4096, volumes.md_super(
                role, 3, 5, 42 * 2048, 2048, 8, chunk=chunk // SECTOR))
            with open(disk, 'r+b') as image:
                for row in range(len(data) // (2 * chunk)):
                    image.seek(2 * MIB + row * chunk)
                    image.write(raid5_chunk(data, chunk, row, role))
            disks.append(disk)
        done = self.direct('-l', *disks)
        self.assertIn('  root: lvm/vg-root\n', done.stdout)
        # and without the first one
        done = self.direct('-l', *disks[1:])
        self.assertIn('  root: lvm/vg-root\n', done.stdout)

    def test_a_missing_physical_volume_is_named(self):
        disk = self.blank('one.img', [(LVM_TYPE, 64)])
        self.add_pv(disk, MIB, 0, volumes.lvm_text('vg', 2, {
            'root': [('striped', 10, [('pv1', 0)])]}))
        done = self.direct('-q', disk)
        self.assertIn('lvm vg/root: the physical volume %s is missing '
                      '(it was /dev/xvdb1)' % volumes.pv_id(1), done.stderr)


def raid5_chunk(data, chunk, row, role):
    """Left-symmetric, of three members."""
    parity = 2 - row % 3
    first = (parity + 1) % 3
    parts = [data[(2 * row + i) * chunk:(2 * row + i + 1) * chunk]
             for i in (0, 1)]
    if role == parity:
        return (int.from_bytes(parts[0], 'big') ^
                int.from_bytes(parts[1], 'big')).to_bytes(chunk, 'big')
    return parts[0] if role == first else parts[1]


if __name__ == '__main__':
    e2e.main()
