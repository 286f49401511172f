# SPDX-License-Identifier: GPL-2.0-or-later
"""Which entry, which kernel, and what is only shown."""
import os
import re

import e2e
from e2e import INITRD, KERNEL, grub_entry, linux_guest

OLD = b'the old kernel' * 999
ENTRIES = (
    'set default=0\n' +
    grub_entry('Linux', args='entry=0', options='--id linux') +
    "submenu 'Advanced options' --id advanced {\n" +
    grub_entry('Linux, old', '/boot/old', 'entry=1.0', options='--id old') +
    grub_entry('Linux, rescue', args='entry=1.1', options='--id rescue') +
    '}\n' +
    grub_entry('Firmware', None, initrd=None) +
    grub_entry('No ramdisk', args='entry=3', initrd=None))
FILES = linux_guest(ENTRIES, **{'/boot/old': OLD})


class Shared(e2e.GuestCase):
    files = FILES


class WhichEntry(Shared):

    def chosen(self, entry, args, **more):
        self.boots(e2e.libxl(self.image, args=['--entry=' + entry]),
                   args=args, **more)

    def test_by_title(self):
        self.chosen('Linux', 'entry=0')

    def test_by_number(self):
        self.chosen('3', 'entry=3', ramdisk=None)

    def test_by_id(self):
        self.chosen('linux', 'entry=0')

    def test_inside_a_submenu_by_numbers(self):
        self.chosen('1>0', 'entry=1.0', kernel=OLD)

    def test_inside_a_submenu_by_ids(self):
        self.chosen('advanced>rescue', 'entry=1.1')

    def test_inside_a_submenu_by_titles(self):
        self.chosen('Advanced options>Linux, old', 'entry=1.0', kernel=OLD)

    def test_one_that_matches_nothing_is_told_of_near_titles(self):
        for entry in ('Linus', '17'):
            self.fails(e2e.libxl(self.image, args=['--entry=' + entry]),
                       'no entry "%s"' % entry)
        self.fails(e2e.xenopsd(self.image, bootargs='--entry=Linus'),
                   'nearest: "Linux"')

    def test_one_without_a_kernel_is_an_error(self):
        self.fails(e2e.libxl(self.image, args=['--entry=Firmware']),
                   'Firmware', 'kernel')

    def test_option_and_value_in_one_argument_as_from_libvirt(self):
        self.boots(e2e.libxl(self.image, args=['-q --entry=1>0']),
                   kernel=OLD, args='entry=1.0')
        self.boots(e2e.libxl(self.image, args=['--append single']),
                   args='entry=0 single')

    def test_empty_arguments_as_from_xenopsd(self):
        self.boots(e2e.xenopsd(self.image, bootargs='  --entry=1>0  '),
                   kernel=OLD, args='entry=1.0')

    def test_options_of_xenserver(self):
        self.boots(e2e.xenopsd(self.image, bootargs=(
            '--vm=OpaqueRef:1 --default_args=a --extra_args=b')),
            args='entry=0')


class WhichKernel(Shared):

    def test_kernel_wins_over_the_configuration(self):
        self.boots(e2e.libxl(self.image, kernel='/boot/old', cmdline='a=b c',
                             args=['-q']),
                   kernel=OLD, ramdisk=None, args='a=b c')

    def test_kernel_and_ramdisk_without_arguments(self):
        self.boots(e2e.xenopsd(self.image, bootargs=(
            '--kernel=/boot/old --ramdisk=/boot/initrd.img')),
            kernel=OLD, args=None)

    def test_kernel_or_ramdisk_that_is_not_there(self):
        for args in (['--kernel=/gone'],
                     ['--kernel=/boot/old', '--ramdisk=/gone']):
            self.fails(e2e.libxl(self.image, args=['-q', *args]), '/gone: ')

    def test_ramdisk_alone_is_ignored(self):
        self.boots(e2e.xenopsd(self.image, bootargs='--ramdisk=/boot/old'),
                   args='entry=0')

    def test_args_are_appended(self):
        self.boots(e2e.libxl(self.image, cmdline='console=hvc0 x="y z"',
                             args=['-q']),
                   args='entry=0 console=hvc0 x="y z"')

    def test_prefer_config_takes_the_configuration(self):
        self.boots(e2e.libxl(self.image, kernel='/boot/old',
                             args=['-q', '--prefer-config']), args='entry=0')

    def test_prefer_config_without_one_takes_the_kernel(self):
        disk = self.disk({'/boot/old': OLD, '/boot/initrd.img': INITRD})
        self.boots(e2e.libxl(disk, kernel='/boot/old', cmdline='x=1',
                             args=['-q', '--prefer-config']),
                   kernel=OLD, ramdisk=None, args='x=1')

    def test_a_guest_without_configuration_boots_its_newest_kernel(self):
        disk = self.disk({
            '/boot/vmlinuz-5.10.0-9': OLD,
            '/boot/initrd.img-5.10.0-9': OLD,
            '/boot/vmlinuz-5.10.0-28': KERNEL,
            '/boot/initrd.img-5.10.0-28': INITRD})
        report = e2e.xenopsd(disk, bootargs='--args=root=/dev/xvda1')
        self.boots(report, args=report['args'])
        self.assertEqual(report['args'].strip(), 'root=/dev/xvda1')

    def test_a_netware_guest_boots_its_loader(self):
        disk = self.disk({'/nwserver/xnloader.sys': KERNEL})
        self.boots(e2e.xenopsd(disk), ramdisk=None)


def legacy(args):
    return 'title Linux\nkernel /boot/vmlinuz %s\n' \
        'initrd /boot/initrd.img\n' % args


def extlinux(args):
    return 'DEFAULT a\nLABEL a\n LINUX /boot/vmlinuz\n' \
        ' INITRD /boot/initrd.img\n APPEND %s\n' % args


class WhichConfiguration(e2e.Case):
    """Two partitions, each with the configurations of several loaders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        parts = []
        for number in (1, 2):
            files = linux_guest(
                grub_entry('Linux', args='grub=%d' % number),
                **{'/boot/grub/menu.lst': legacy('legacy=%d' % number),
                   '/boot/extlinux.conf': extlinux('extlinux=%d' % number),
                   '/old/menu.lst': legacy('old=%d' % number),
                   '/EFI/x/grub.cfg': grub_entry(
                       'EFI', args='efi=%d' % number)})
            if number == 2:
                files['/only.cfg'] = legacy('only=2')
            parts.append(e2e.make_disk(
                os.path.join(cls.dir, 'part%d' % number), files, table='none',
                size=16384, mkfs=['-L', 'fs%d' % number]))
        cls.image = e2e.make_parts(
            os.path.join(cls.dir, 'guest.img'),
            'label: gpt\nstart=2048, size=32768, name=one\n'
            'start=36864, size=32768, name=two, '
            'uuid=6D9C2A0E-3C58-4D8D-8AB6-51A1F0D0C0DE\n',
            {1 << 20: parts[0], 18 << 20: parts[1]}, 40 << 20)

    def takes(self, args, *options):
        self.boots(e2e.libxl(self.image, args=['-q', *options]), args=args)

    def test_without_a_wish_it_is_the_first(self):
        self.takes('grub=1')

    def test_partition_by_number_uuid_name_and_label(self):
        for name in ('2', 'two', 'fs2',
                     '6d9c2a0e-3c58-4d8d-8ab6-51a1f0d0c0de'):
            self.takes('grub=2', '--partition=' + name)

    def test_partition_without_it_is_not_made_up_for_by_another(self):
        for option in ('--config=/only.cfg', '--kernel=/only.cfg'):
            self.fails(e2e.libxl(self.image, args=[
                '-q', '--partition=1', option]), 'partition 1', '/only.cfg')

    def test_partition_that_is_not_there(self):
        self.fails(e2e.libxl(self.image, args=['-q', '--partition=3']),
                   'no partition is called "3"; there are partition 1, '
                   'partition 2')

    def test_loader(self):
        self.takes('legacy=1', '--loader=grub-legacy')
        self.takes('extlinux=1', '--loader=syslinux')
        self.takes('extlinux=2', '--loader=syslinux', '--partition=2')

    def test_loader_that_nobody_knows(self):
        self.fails(e2e.libxl(self.image, args=['-q', '--loader=grub2']),
                   'no loader is called "grub2"; known are grub, ')

    def test_loader_that_is_not_there_is_not_made_up_for(self):
        disk = self.disk({'/boot/vmlinuz': KERNEL})
        self.fails(e2e.libxl(disk, args=['-q', '--loader=grub']),
                   'no boot configuration')

    def test_config_by_its_path(self):
        self.takes('old=1', '--config=/old/menu.lst')
        self.takes('only=2', '--config=/only.cfg')
        self.takes('grub=1', '--config=boot/grub/grub.cfg')
        self.takes('efi=2', '--config=/EFI/x/grub.cfg', '--partition=2')

    def test_config_that_is_not_there(self):
        self.fails(e2e.libxl(self.image, args=['-q', '--config=/no.cfg']),
                   '/no.cfg: not found')

    def test_platform_efi_looks_at_the_firmwares_files_first(self):
        self.takes('efi=1', '--platform=efi')
        self.takes('efi=1', '--platform=x86_64-efi')

    def test_list_heeds_all_of_them(self):
        done = self.direct('-l', '--partition=2', '--loader=grub-legacy',
                           self.image)
        self.assertIn('args: legacy=2\n', done.stdout)
        self.assertNotIn('=1', done.stdout)
        self.assertNotIn('grub=', done.stdout)

    def test_the_script_sees_platform_and_processor(self):
        disk = self.disk(linux_guest(grub_entry(
            'x', args='$grub_cpu-$grub_platform')))
        for wish, seen in (('pc', 'i386-pc'), ('efi', 'x86_64-efi'),
                           ('i386-efi', 'i386-efi'), ('xen', 'x86_64-xen'),
                           ('arm64-efi', 'arm64-efi')):
            self.boots(e2e.libxl(disk, args=['-q', '--platform=' + wish]),
                       args=seen)


class OnlyShown(Shared):

    def test_list_shows_every_entry(self):
        done = self.direct('-l', self.image)
        self.assertEqual(done.returncode, 0, done.stderr)
        titles = [line[len('title: '):] for line in done.stdout.split('\n')
                  if line.startswith('title: ')]
        self.assertEqual(titles, ['Linux', 'Linux, old', 'Linux, rescue',
                                  'Firmware', 'No ramdisk'])
        self.assertIn('title: Linux\n  root: d0p1\n'
                      '  kernel: /boot/vmlinuz\n  args: entry=0\n'
                      '  initrd: /boot/initrd.img\n', done.stdout)
        self.assertRegex(done.stdout, 'title: Firmware\n(.*\n)*?'
                                      '  kernel: None\n')

    def test_list_leaves_nothing(self):
        report = e2e.libxl(self.image, args=['-l'])
        self.assertEqual(report['exit'], 0)
        self.nothing_remains(report)

    def test_list_of_more_menus_than_are_opened_says_so(self):
        config = ''.join("submenu 'm%d' {\nmenuentry 'e%d' {\n"
                         'linux /boot/vmlinuz\n}\n}\n' % (i, i)
                         for i in range(260))
        done = self.direct('-l', self.disk(linux_guest(config)))
        self.assertEqual(done.returncode, 0, done.stderr)
        titles = re.findall('^title: (.*)$', done.stdout, re.M)
        # the first menu is the one that they are all in
        self.assertEqual(titles, ['e%d' % i for i in range(255)] +
                         ['m%d' % i for i in range(255, 260)])
        self.assertRegex(done.stderr, '^hostgrub: .*more than 256 menus: of '
                         'the others no entries are listed\n$')

    def test_list_of_nothing_says_why(self):
        done = self.direct('-l', self.disk({'/file': 'x'}))
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        self.assertRegex(done.stderr, '^hostgrub: .*no boot configuration')

    def test_not_really_shows_the_kernel(self):
        done = self.direct('-n', '-q', self.image)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout,
                         "linux (kernel '<kernel:/boot/vmlinuz>')"
                         "(ramdisk '<ramdisk:/boot/initrd.img>')"
                         "(args 'entry=0')")

    def test_not_really_tells_by_its_exit_status(self):
        for kernel, status in (('/boot/old', 0), ('/boot/gone', 1)):
            done = self.direct('-n', '--kernel', kernel, self.image)
            self.assertEqual(done.returncode, status, done.stderr)

    def test_not_really_compares_sizes_with_the_limits(self):
        done = self.direct('-n', '--kernel-limit=9', self.image)
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        self.assertRegex(done.stderr, 'more than the limit of 9$')

    def test_not_really_makes_no_files(self):
        out = os.path.join(self.dir, 'never')
        self.direct('-n', '-q', '--output-directory=' + out, self.image)
        self.assertFalse(os.path.isdir(out) and os.listdir(out))

    def test_isconfig_reads_a_bare_configuration(self):
        name = os.path.join(self.dir, 'grub.cfg')
        with open(name, 'w') as out:
            out.write(ENTRIES)
        done = self.direct('--isconfig', '-q', name)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, '  kernel: /boot/vmlinuz\n'
                         '  initrd: /boot/initrd.img\n  args: entry=0\n')
        done = self.direct('--isconfig', '--entry=1>0', name)
        self.assertIn('  kernel: /boot/old\n', done.stdout)

    def test_help_and_version(self):
        for option in ('-h', '--help', '--version'):
            done = self.direct(option)
            self.assertEqual((done.returncode, done.stderr), (0, ''))
            self.assertIn('hostgrub', done.stdout)


if __name__ == '__main__':
    e2e.main()
