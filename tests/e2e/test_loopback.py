# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernels that lie in a file of the guest's, or in blocks of its disk."""
import os
import subprocess

import e2e
from e2e import INITRD, KERNEL, grub_entry

# Sectors behind the partition table that no partition has.
FREE = 100
BLOCKS = os.urandom(3 * 512)
ENV = b'# GRUB Environment Block\nnext_entry=special\n'.ljust(1024, b'#')


def make_fat(name, files):
    """A file with FAT on it, with these files."""
    with open(name, 'wb') as out:
        out.truncate(sum(len(data) for data in files.values()) + (8 << 20))
    environ = dict(os.environ, PATH=os.environ['PATH'] + ':/sbin:/usr/sbin')
    subprocess.run(['mkfs.vfat', name], check=True, env=environ,
                   stdout=subprocess.DEVNULL)
    made = set()
    for path, data in files.items():
        parts = path.split('/')[1:-1]
        for i in range(1, len(parts) + 1):
            directory = '/'.join(parts[:i])
            if directory not in made:
                subprocess.run(['mmd', '-i', name, '::' + directory],
                               check=True)
            made.add(directory)
        subprocess.run(['mcopy', '-i', name, '-', '::' + path], check=True,
                       input=data if isinstance(data, bytes)
                       else data.encode())
    return name


class Loopback(e2e.Case):

    def make(self, name, files, fs, **more):
        name = os.path.join(self.dir, name)
        if fs == 'vfat':
            return make_fat(name, files)
        return e2e.make_disk(name, files, fs=fs, **more)

    def file_system(self, files, fs):
        with open(self.make('inner.img', files, fs, table='none'),
                  'rb') as image:
            return image.read()

    def boots_from(self, outer, *inner):
        """The kernel in files inside each other, the innermost first."""
        files = {'/boot/vmlinuz': KERNEL, '/boot/initrd.img': INITRD}
        script = 'set timeout=0\n'
        for level, fs in enumerate(inner):
            files = {'/images/inner.img': self.file_system(files, fs)}
            script += ('loopback loop%d ($root)/images/inner.img\n'
                       'set root=loop%d\n' % (level, level))
        files['/boot/grub/grub.cfg'] = script + grub_entry('Linux')
        self.boots(e2e.libxl(self.make('guest.img', files, outer)),
                   args='root=/dev/xvda1 ro')

    def test_ext4_in_ext4(self):
        self.boots_from('ext4', 'ext4')

    def test_fat_in_ext4(self):
        self.boots_from('ext4', 'vfat')

    def test_ext4_in_fat(self):
        self.boots_from('vfat', 'ext4')

    def test_three_inside_each_other(self):
        self.boots_from('ext4', 'ext4', 'vfat', 'ext4')

    def test_a_message_tells_the_way(self):
        files = {
            '/live/fs.img': self.file_system({'/boot/vmlinuz': b''}, 'ext4'),
            '/boot/grub/grub.cfg': 'loopback loop0 /live/fs.img\n'
                                   'set root=loop0\n' + grub_entry('Linux'),
        }
        disk = self.disk(files)
        self.fails(e2e.libxl(disk, args=['-q']),
                   r'grub.cfg: .*\(loop0\): ext4: /boot/vmlinuz: is empty')
        listed = self.direct('-l', disk)
        self.assertEqual(listed.returncode, 0, listed)
        self.assertIn('  root: loop0\n  kernel: /boot/vmlinuz\n',
                      listed.stdout)

    def test_blocks_of_the_disk(self):
        disk = self.disk({
            '/boot/vmlinuz': KERNEL,
            '/boot/grub/grub.cfg': 'set timeout=0\n' + grub_entry(
                'Linux', initrd='(hd0)%d+1,%d+2' % (FREE + 2, FREE)),
        })
        with open(disk, 'r+b') as out:
            out.seek(FREE * 512)
            out.write(BLOCKS)
        self.boots(e2e.libxl(disk), ramdisk=BLOCKS[1024:] + BLOCKS[:1024])

    def one_shot(self, env_block):
        """A guest whose next start is special, says that block."""
        disk = self.disk({
            '/boot/vmlinuz': KERNEL, '/boot/initrd.img': INITRD,
            '/inner.img': self.file_system({'/grubenv': ENV}, 'ext4'),
            '/boot/grub/grub.cfg':
                'loopback loop0 /inner.img\n'
                'load_env -f %s\nset default=$next_entry\nset next_entry=\n'
                'save_env -f %s next_entry\n' % (env_block, env_block) +
                grub_entry('Linux', args='usual') +
                grub_entry('Special', args='special', options='--id special'),
        })
        with open(disk, 'r+b') as out:
            out.seek(FREE * 512)
            out.write(ENV)
        return disk

    def test_an_environment_block_outside_all_files(self):
        for sectors in (1, 2):
            disk = self.one_shot('(hd0)%d+%d' % (FREE, sectors))
            for args in ('special', 'usual'):
                self.boots(e2e.libxl(disk, args=['-q', '--save-env']),
                           args=args)
            with open(disk, 'rb') as out:
                out.seek(FREE * 512)
                self.assertEqual(out.read(1024), ENV.replace(
                    b'next_entry=special\n', b'next_entry=\n') + b'#' * 7)

    def test_an_environment_block_in_a_file_that_is_a_device(self):
        disk = self.one_shot('(loop0)/grubenv')
        with open(disk, 'rb') as out:
            was = out.read()
        for _ in range(2):
            report = e2e.libxl(disk, args=['-q', '--save-env'])
            self.boots(report, args='special')
            self.assertIn('ext4: /inner.img: ext4: /grubenv: lies in a file '
                          'that is used as a device', report['stderr'])
        with open(disk, 'rb') as out:
            self.assertEqual(out.read(), was)

    def test_an_archive_made_of_files(self):
        disk = self.disk({
            '/boot/vmlinuz': KERNEL, '/boot/initrd.img': INITRD,
            '/boot/preseed': b'd-i debian-installer/locale string C',
            '/boot/grub/grub.cfg': 'set timeout=0\n' + grub_entry(
                'Linux', initrd='/boot/initrd.img '
                'newc:etc/preseed.cfg:/boot/preseed'),
        })
        out = os.path.join(self.dir, 'out')
        os.mkdir(out)
        said = self.direct('-q', '--output-format=simple',
                           '--output-directory=' + out, disk)
        self.assertEqual(said.returncode, 0, said)
        path = dict(line.partition(' ')[::2]
                    for line in said.stdout.splitlines())['ramdisk']
        with open(path, 'rb') as ramdisk:
            data = ramdisk.read()
        begin = (len(INITRD) + 3) // 4 * 4
        self.assertEqual(data[:begin], INITRD.ljust(begin, b'\0'))
        where = os.path.join(self.dir, 'unpacked')
        os.mkdir(where)
        subprocess.run(['cpio', '-idm', '--quiet'], input=data[begin:],
                       cwd=where, check=True)
        with open(os.path.join(where, 'etc', 'preseed.cfg'), 'rb') as file:
            self.assertEqual(file.read(),
                             b'd-i debian-installer/locale string C')


if __name__ == '__main__':
    e2e.main()
