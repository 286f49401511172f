# SPDX-License-Identifier: GPL-2.0-or-later
"""What is wrong is said in one line, exits with 1 and leaves nothing."""
import os
import stat
import subprocess
import sys

import e2e
from e2e import KERNEL, Link, grub_entry, linux_guest

GOOD = linux_guest(grub_entry('Linux'))


class BadDisk(e2e.Case):

    def path(self, name):
        return os.path.join(self.dir, name)

    def both(self, disk, *patterns):
        """The same for libxl and for xenopsd."""
        self.fails(e2e.libxl(disk, args=['-q']), *patterns)
        self.fails(e2e.xenopsd(disk), *patterns)

    def test_a_missing_file(self):
        self.both(self.path('gone.img'), 'gone.img: .*No such file')

    def test_a_directory(self):
        self.both(self.dir, '[Dd]irectory|neither a file nor')

    def test_a_fifo(self):
        os.mkfifo(self.path('fifo'))
        self.both(self.path('fifo'), 'fifo: ')

    def test_an_empty_file(self):
        open(self.path('empty.img'), 'w').close()
        self.both(self.path('empty.img'), 'empty.img: .*(empty|0 bytes)')

    def test_an_empty_name(self):
        report = e2e.libxl('')
        self.assertEqual(report['exit'], 1)
        self.nothing_remains(report)

    def test_an_unreadable_file(self):
        disk = self.disk(GOOD)
        os.chmod(disk, 0)
        if not e2e.ROOT:
            return self.both(disk, 'Permission denied')
        # Root without the capability that makes root read everything.
        done = subprocess.run(
            ['setpriv', '--bounding-set=-dac_override,-dac_read_search',
             sys.executable, os.path.join(e2e.CLIENTS, 'as_xenopsd'),
             e2e.PROGRAM, disk], capture_output=True)
        self.fails(e2e.json.loads(done.stdout), 'Permission denied')

    def test_a_file_cut_short_while_it_is_read(self):
        disk = self.disk(dict(GOOD, **{'/boot/initrd.img': KERNEL * 90}))
        spare = self.path('spare.img')
        command = 'truncate -s 1M ' + spare

        def run():
            subprocess.run(['cp', '--sparse=always', disk, spare], check=True)
            return e2e.xenopsd(spare, at='2p', meanwhile=command)
        self.fails(e2e.disturbed(run), 'spare.img: ')

    @e2e.needs_root
    def test_a_device_that_stops_reading(self):
        disk = self.disk(GOOD)
        device = self.loop(disk)
        os.truncate(disk, 3 << 20)
        subprocess.run(['blockdev', '--flushbufs', device])
        self.both(device, device + ': .*(Input/output|end of|short)')

    def test_an_image_cut_short_anywhere(self):
        disk = self.disk(GOOD)
        size = os.path.getsize(disk)
        for length in (1, 511, 512, 1024, 1 << 20, (1 << 20) + 1080,
                       (1 << 20) + 4096, 2 << 20, 3 << 20):
            self.assertLess(length, size)
            with self.subTest(length=length):
                cut = self.path('cut.img')
                with open(disk, 'rb') as whole, open(cut, 'wb') as part:
                    part.write(whole.read(length))
                self.fails(e2e.xenopsd(cut), 'cut.img: ')

    def test_an_unknown_file_system(self):
        disk = self.disk(GOOD)
        with open(disk, 'r+b') as image:
            image.seek((1 << 20) + 1080)
            image.write(b'\0\0')
        self.both(disk, 'unknown_file_system.img: .*partition 1: '
                        'no known file system')

    def test_noise(self):
        with open(self.path('noise.img'), 'wb') as image:
            image.write(bytes(i * i * 7 % 251 for i in range(1 << 18)))
        self.both(self.path('noise.img'), 'noise.img: .*no known file system')

    def test_a_guest_without_any_configuration(self):
        self.both(self.disk({'/etc/fstab': 'x', '/boot/README': 'y'}),
                  'configuration.img: .*partition 1: ext4: '
                  'no boot configuration')

    def test_every_partition_is_accounted_for(self):
        part = e2e.make_disk(self.path('part.img'), {'/file': 'x'},
                             table='none', fs='ext2', size=1024)
        disk = e2e.make_parts(
            self.path('many.img'), 'label: dos\n'
            'start=2048,size=2048,type=83\nstart=4096,size=2048,type=83\n'
            'start=6144,size=2048,type=83\n', {2 << 20: part}, 8 << 20)
        self.both(disk, 'partition 1: [^;]*no known file system',
                  'partition 2: [^;]*ext2', 'partition 3: ')

    def test_every_disk_is_accounted_for(self):
        disk = self.disk({'/file': 'x'})
        self.fails(e2e.libxl(disk, args=['-q', self.disk_of_zeros()]),
                   'zeros.img: ', 'accounted_for.img: ')

    def disk_of_zeros(self):
        name = self.path('zeros.img')
        with open(name, 'wb') as image:
            image.truncate(1 << 20)
        return name


class BadConfiguration(e2e.Case):

    def refused(self, files, *patterns):
        disk = self.disk(files)
        self.fails(e2e.libxl(disk, args=['-q']), *patterns)
        self.fails(e2e.xenopsd(disk), *patterns)

    def test_a_syntax_error_is_shown_with_its_line(self):
        self.refused(linux_guest('set timeout=1\n\nif true; then\n'
                                 + grub_entry('L')),
                     r'warning: /boot/grub/grub.cfg: line 8: .*"fi"',
                     r'\.img: .*partition 1: ext4: /boot/grub/grub.cfg: ')

    def test_a_configuration_without_entries(self):
        self.refused(linux_guest('set timeout=1\n'),
                     '/boot/grub/grub.cfg: .*without entries')

    def test_a_configuration_of_binary_noise(self):
        self.refused({'/boot/grub/grub.cfg': bytes(range(256)) * 16,
                      '/boot/grub/menu.lst': bytes(range(255, 0, -1)) * 16},
                     '/boot/grub/grub.cfg: ')

    def test_an_endless_loop(self):
        self.refused(linux_guest('while true; do set a=1; done\n'),
                     '/boot/grub/grub.cfg: .*more than 1000000 commands')

    def test_an_endless_include(self):
        self.refused(linux_guest('source /boot/grub/grub.cfg\n'),
                     '/boot/grub/grub.cfg: .*(deep|includes|nest|limit)')

    def test_a_kernel_that_is_not_there(self):
        self.refused(linux_guest(grub_entry('Linux', '/boot/gone')),
                     r'\.img: .*partition 1: ext4: .*/boot/gone: '
                     'no such file')

    def test_a_ramdisk_that_is_not_there_is_missed_as_by_grub(self):
        disk = self.disk(linux_guest(grub_entry('Linux', initrd='/gone')))
        for report in e2e.libxl(disk, args=['-q']), e2e.xenopsd(disk):
            self.boots(report, ramdisk=None)
            self.assertIn('/gone: no such file', report['stderr'])

    def test_a_kernel_that_is_a_directory(self):
        self.refused(linux_guest(grub_entry('Linux', '/boot')),
                     'partition 1: ext4: .*/boot: .*(directory|regular)')

    def test_a_kernel_that_is_empty(self):
        self.refused(linux_guest(grub_entry('Linux', '/e'), **{'/e': b''}),
                     'partition 1: ext4: .*/e: .*empty')

    def test_a_kernel_that_is_a_fifo(self):
        disk = self.disk(linux_guest(grub_entry('Linux', '/fifo')))
        subprocess.run(['debugfs', '-w', '-R', 'mknod fifo p',
                        disk + '?offset=1048576'],
                       check=True, capture_output=True)
        self.fails(e2e.xenopsd(disk), '/fifo: .*(FIFO|fifo|regular)')

    def test_a_kernel_that_is_a_link_to_itself(self):
        self.refused(linux_guest(grub_entry('Linux', '/l'),
                                 **{'/l': Link('l')}),
                     '/l: .*(links|loop)')

    def test_arguments_longer_than_libxl_takes(self):
        long = 'a=%s' % ('b' * 8190)
        self.refused(linux_guest(grub_entry('Linux', args=long)),
                     '819[01]')

    def test_arguments_of_the_greatest_length_arrive(self):
        long = 'a' * (8191 - len('args '))
        disk = self.disk(linux_guest(grub_entry('Linux', args=long)))
        self.boots(e2e.libxl(disk, args=['-q']), args=long)

    def test_control_bytes_in_arguments(self):
        self.refused(linux_guest(grub_entry('Linux', args='a=\x1b[2J')),
                     'control|0x1b')

    def test_control_bytes_are_shown_as_escapes(self):
        disk = self.disk(linux_guest(
            grub_entry('Linux \x1b[2J\x07\x9b', '/gone\x1b[0m')))
        report = e2e.xenopsd(disk)
        self.fails(report, 'gone')
        listing = self.direct('-l', disk).stdout
        for text in report['stderr'], listing:
            self.assertNotRegex(text, '[\x00-\x09\x0b-\x1f\x7f-\x9f]')
        self.assertIn('Linux', listing)


class BadOutput(e2e.Case):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.image = e2e.make_disk(os.path.join(cls.dir, 'guest.img'), GOOD)

    def test_a_directory_that_cannot_be_made(self):
        self.fails(e2e.libxl(self.image, args=['-q'],
                             directory='/proc/none/out'),
                   '/proc/none')
        self.fails(e2e.libxl(self.image, args=['-q'], directory=self.image),
                   'guest.img: .*[Nn]ot a directory')

    def test_a_directory_that_is_missing_is_made(self):
        out = os.path.join(self.dir, 'deep', 'er')
        report = e2e.libxl(self.image, args=['-q'], directory=out)
        self.boots(report)
        self.assertEqual(stat.S_IMODE(os.stat(out).st_mode), 0o700)

    def test_a_directory_that_anybody_may_write_to(self):
        out = os.path.join(self.dir, 'open')
        os.mkdir(out)
        os.chmod(out, 0o777)
        self.fails(e2e.libxl(self.image, args=['-q'], directory=out), 'open: ')

    def test_a_full_directory(self):
        for size in ('64k', '1m'):
            for client in e2e.libxl, e2e.xenopsd:
                with self.subTest(size=size, client=client.__name__):
                    self.fails(client(self.image, space=size,
                                      args=['-q']),
                               'No space left on device')

    def test_a_closed_stdout(self):
        self.fails(e2e.xenopsd(self.image, stdout='closed'), 'stdout|output')

    def test_a_full_stdout(self):
        self.fails(e2e.xenopsd(self.image, stdout='full'),
                   'No space left on device')

    def test_a_stdout_that_nobody_reads(self):
        report = e2e.xenopsd(self.image, stdout='broken')
        self.assertEqual((report['exit'], report['signal']), (1, None))
        self.nothing_remains(report)

    def test_an_output_file_that_is_not_there(self):
        self.fails(e2e.libxl(self.image, args=[
            '-q', '--output=' + os.path.join(self.dir, 'no', 'file')]),
            'No such file')

    def test_a_longer_old_answer_is_overwritten(self):
        out = os.path.join(self.dir, 'answer')
        with open(out, 'w') as old:
            old.write('old' * 1000)
        report = e2e.libxl(self.image, args=[
            '-q', '--output=' + out, '--output-format=sxp'])
        self.assertEqual(report['exit'], 0, report)
        with open(out) as new:
            self.assertRegex(new.read(), r"^linux \(kernel '[^']*'\)"
                             r"\(ramdisk '[^']*'\)\(args '[^']*'\)$")


class BadCommandLine(e2e.Case):

    def refused(self, *argv, pattern):
        done = self.direct(*argv)
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        self.assertRegex(done.stderr, '^hostgrub: ')
        self.assertRegex(done.stderr, pattern)

    def test_no_disk(self):
        self.refused(pattern='no disk')

    def test_an_unknown_option(self):
        self.refused('--colour', 'x.img', pattern='--colour')

    def test_an_ambiguous_prefix(self):
        self.refused('--out=x', 'x.img', pattern='--out')

    def test_a_missing_value(self):
        self.refused('x.img', '--entry', pattern='--entry')

    def test_numbers_that_are_none(self):
        self.refused('--offset=1x', 'x.img', pattern='offset')
        self.refused('--runas=root', '-q', 'x.img', pattern='runas')

    def test_an_unknown_output_format(self):
        self.refused('--output-format=xml', 'x.img', pattern='xml')


if __name__ == '__main__':
    e2e.main()
