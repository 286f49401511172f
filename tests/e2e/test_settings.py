# SPDX-License-Identifier: GPL-2.0-or-later
"""The host administrator's settings: in a file, as options, and who wins."""
import os
import shutil
import subprocess

import e2e
from e2e import INITRD, KERNEL, grub_entry, linux_guest, needs_root

ARGS = 'root=/dev/xvda1 ro quiet'
CONFIG = grub_entry('Linux', args=ARGS) + grub_entry('Other', args='other')


class Shared(e2e.GuestCase):
    files = linux_guest(CONFIG)

    def run_libxl(self, *args, disk=None, **more):
        return e2e.libxl(disk or self.image, args=['-q', *args], **more)


class AFile(Shared):

    def test_its_settings_are_options(self):
        file = self.settings('add-args = console=hvc0\n')
        self.boots(self.run_libxl(file), args=ARGS + ' console=hvc0')

    def test_the_command_line_counts_more(self):
        file = self.settings('add-args = console=hvc0\n')
        self.boots(self.run_libxl('--add-args=x', file), args=ARGS + ' x')

    def test_it_is_not_read_where_that_is_wanted(self):
        file = self.settings('nonsense\n')
        self.boots(self.run_libxl(file, '--no-settings'), args=ARGS)

    def test_a_fault_is_told_with_its_line_and_what_was_meant(self):
        file = self.settings('# all guests\n\nkernel-limmit = 1G\n')
        self.fails(self.run_libxl(file), r'\.conf: line 3: there is no setting '
                   '"kernel-limmit"; the nearest: "kernel-limit", ')

    def test_one_that_is_named_must_be_there(self):
        self.fails(self.run_libxl('--settings=/nonexistent/x.conf'),
                   '/nonexistent/x.conf: cannot be opened: No such file')

    def test_one_that_others_may_write_is_refused(self):
        file = self.settings('add-args = x\n', 0o666)
        self.fails(self.run_libxl(file),
                   r'others than its owner may write there \(mode 0666\)')

    @needs_root
    def test_one_of_another_user_is_refused(self):
        file = self.settings('add-args = x\n')
        os.chown(file.partition('=')[2], 1234, 1234)
        self.fails(self.run_libxl(file), 'belongs to user 1234')

    def test_help_needs_none(self):
        done = self.direct(self.settings('nonsense\n'), '--help')
        self.assertEqual((done.returncode, done.stderr), (0, ''))

    def test_no_output_is_touched_where_it_is_wrong(self):
        out = os.path.join(self.dir, 'never')
        done = self.direct('-q', self.settings('nonsense\n'),
                           '--output-directory=' + out, self.image)
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        self.assertFalse(os.path.exists(out))


@needs_root
class TheUsualFile(Shared):
    """/etc/xen/hostgrub.conf, in a namespace where /etc is another."""

    def run_with(self, text, *args, before=''):
        if not shutil.which('unshare'):
            self.skipTest('no unshare')
        file = self.settings(text).partition('=')[2]
        script = ('mount -t tmpfs -o mode=0755 none /etc || exit 77\n'
                  '[ -z "$0" ] || { mkdir /etc/xen; '
                  'cp "$0" /etc/xen/hostgrub.conf; }\n' + before +
                  '\nexec "$@"')
        done = subprocess.run(
            ['unshare', '-m', 'sh', '-c', script, text and file, e2e.PROGRAM,
             '-n', '-q', *args, self.image], capture_output=True, text=True)
        if done.returncode == 77 or 'unshare failed' in done.stderr:
            self.skipTest('no namespace to be had')
        return done

    def test_it_is_read_by_itself(self):
        done = self.run_with('add-args = console=hvc0\n')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertIn("(args '%s console=hvc0')" % ARGS, done.stdout)

    def test_it_need_not_be_there(self):
        done = self.run_with('')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertIn("(args '%s')" % ARGS, done.stdout)

    def test_another_takes_its_place(self):
        other = os.path.join(self.dir, 'other')
        with open(other, 'w') as out:
            out.write('add-args = other\n')
        done = self.run_with('add-args = usual\n', '--settings=' + other)
        self.assertIn("(args '%s other')" % ARGS, done.stdout)

    def test_its_faults_end_the_run(self):
        done = self.run_with('quiet = perhaps\n')
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        self.assertEqual(done.stderr,
                         'hostgrub: /etc/xen/hostgrub.conf: line 1: quiet: '
                         '"perhaps" is neither yes nor no\n')

    def test_it_is_refused_where_others_may_write(self):
        done = self.run_with('quiet = yes\n',
                             before='chmod g+w /etc/xen/hostgrub.conf')
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        self.assertIn('hostgrub.conf: others than its owner may write there',
                      done.stderr)


class Limits(Shared):

    def test_kernel(self):
        size = len(KERNEL)
        self.boots(self.run_libxl('--kernel-limit=%d' % size), args=ARGS)
        self.fails(self.run_libxl(self.settings(
            'kernel-limit = %d\n' % (size - 1))),
            '/boot/vmlinuz: %d bytes are more than the limit of %d' % (
                size, size - 1))

    def test_ramdisk(self):
        size = len(INITRD)
        self.boots(self.run_libxl('--ramdisk-limit=%d' % size), args=ARGS)
        self.fails(self.run_libxl('--ramdisk-limit=%d' % (size - 1)),
                   '/boot/initrd.img: %d bytes are more than the limit of %d'
                   % (size, size - 1))

    def test_each_has_its_own(self):
        self.boots(self.run_libxl('--kernel-limit=%d' % len(KERNEL),
                                  '--ramdisk-limit=%d' % len(INITRD)))

    def test_memory(self):
        """A quarter of it is for what comes of the disk."""
        disk = self.disk(linux_guest(''.join(
            'menuentry "Entry %d" {\nlinux /boot/vmlinuz a\n'
            'initrd /boot/initrd.img\n}\n' % i for i in range(50000))))
        self.fails(self.run_libxl('--memory-limit=64M', disk=disk),
                   '/boot/grub/grub.cfg: .* more than 16777216 bytes of memory')
        self.boots(self.run_libxl(self.settings('memory-limit = 128M\n'),
                                  disk=disk), args='a')

    def test_values_that_are_none(self):
        for option in ('--memory-limit=1M', '--memory-limit=x',
                       '--cpu-limit=0', '--kernel-limit=0'):
            self.fails(self.run_libxl(option), option.partition('=')[0])


class FileSystems(Shared):

    def test_one_that_is_not_allowed_is_not_read(self):
        why = 'partition 1: ext: this host allows no such file system'
        for text in ('filesystems = -ext\n', 'filesystems = xfs, btrfs\n'):
            self.fails(self.run_libxl(self.settings(text)), why)

    def test_one_that_is_allowed_is_read(self):
        for option in ('--filesystems=ext', '--filesystems=-xfs,-zfs',
                       '--filesystems='):
            self.boots(self.run_libxl(option), args=ARGS)

    def test_the_next_partition_may_be_allowed(self):
        def part(name, fs, args):
            return e2e.make_disk(
                os.path.join(self.dir, name),
                linux_guest(grub_entry('Linux', args=args)), table='none',
                fs=fs, size=32768)
        disk = e2e.make_parts(
            os.path.join(self.dir, 'two.img'),
            'label: gpt\nstart=2048, size=65536\nstart=67584, size=65536\n',
            {1 << 20: part('one', 'ext4', 'first'),
             33 << 20: part('two', 'vfat', 'second')}, 68 << 20)
        self.boots(self.run_libxl(disk=disk), args='first')
        self.boots(self.run_libxl('--filesystems=-ext', disk=disk),
                   args='second')

    def test_the_list_of_them_says_why(self):
        done = self.direct('--list-filesystems', '--filesystems=-ext',
                           self.image)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('this host allows no such file system', done.stdout)

    def test_a_script_does_not_see_it(self):
        done = subprocess.run(
            [e2e.PROGRAM, '--script=-', '--filesystems=-ext', self.image],
            input='ls (hd0,1)/boot/\n', capture_output=True, text=True)
        self.assertNotIn('vmlinuz', done.stdout)

    def test_a_name_that_is_none(self):
        self.fails(self.run_libxl('--filesystems=ext4'),
                   'no file system is called "ext4"; the nearest: "ext"')


class Loaders(Shared):
    files = linux_guest(CONFIG, **{'/boot/extlinux.conf': (
        'DEFAULT a\nLABEL a\n LINUX /boot/vmlinuz\n'
        ' INITRD /boot/initrd.img\n APPEND extlinux\n')})

    def test_only_those_that_are_allowed_are_heeded(self):
        self.boots(self.run_libxl(), args=ARGS)
        for text in ('loaders = syslinux\n', 'loaders = -grub\n'):
            self.boots(self.run_libxl(self.settings(text)), args='extlinux')

    def test_a_guest_with_others_says_so(self):
        self.fails(self.run_libxl('--loaders=lilo, uki'),
                   '/boot/grub/grub.cfg: this host does not allow what grub '
                   r'reads \(--loaders\)')

    def test_not_even_where_another_leads_to_it(self):
        script = grub_entry('x', args='x') + \
            'extract_entries_configfile /boot/extlinux.conf\n' \
            'syslinux_configfile /boot/extlinux.conf\n'
        disk = self.disk({**self.files, '/boot/grub/grub.cfg': script})
        done = self.direct('-l', '--loaders=grub', disk)
        self.assertNotIn('args: extlinux', done.stdout)

    def test_a_bare_configuration_is_one_too(self):
        name = os.path.join(self.dir, 'grub.cfg')
        with open(name, 'w') as out:
            out.write(CONFIG)
        done = self.direct('--isconfig', '--loaders=-grub', name)
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        self.assertIn('does not allow what grub reads', done.stderr)

    def test_a_guest_without_any_is_none(self):
        disk = self.disk({'/boot/vmlinuz-5.10': KERNEL,
                          '/boot/initrd.img-5.10': INITRD})
        self.boots(self.run_libxl('--loaders=none', disk=disk))
        self.fails(self.run_libxl('--loaders=-none', disk=disk),
                   'no boot configuration')

    def test_a_guest_known_by_its_files_is_none(self):
        disk = self.disk({'/nwserver/xnloader.sys': KERNEL})
        self.boots(self.run_libxl('--loaders=none', disk=disk), ramdisk=None)
        self.fails(self.run_libxl('--loaders=grub', disk=disk),
                   'no boot configuration')


class Arguments(Shared):

    def test_some_are_added_behind_all_others(self):
        self.boots(self.run_libxl('--add-args=console=hvc0 x="y z"',
                                  cmdline='a=b'),
                   args=ARGS + ' a=b console=hvc0 x="y z"')

    def test_some_are_removed_from_the_guests(self):
        file = self.settings('remove-args = quiet root=*\n')
        self.boots(self.run_libxl(file, cmdline='root=/dev/xvdb quiet'),
                   args='ro root=/dev/xvdb quiet')

    def test_some_are_refused_whoever_they_are_of(self):
        file = self.settings('forbid-args = quiet init\n')
        self.fails(self.run_libxl(file), '/boot/grub/grub.cfg: arguments: '
                   r'this host does not allow "quiet" \(--forbid-args: quiet')
        self.fails(self.run_libxl(file, '--entry=Other',
                                  cmdline='init=/bin/sh'),
                   'does not allow "init=/bin/sh"')
        self.boots(self.run_libxl(file, '--entry=Other'), args='other')

    def test_a_refusal_tries_no_other_configuration(self):
        disk = self.disk({**linux_guest(CONFIG), '/boot/extlinux.conf': (
            'LABEL a\n LINUX /boot/vmlinuz\n APPEND extlinux\n')})
        self.fails(self.run_libxl('--forbid-args=quiet', disk=disk),
                   '"quiet"')

    def test_a_kernel_of_the_command_line_gets_them_too(self):
        self.boots(e2e.libxl(self.image, kernel='/boot/vmlinuz', cmdline='a',
                             args=['-q', '--add-args=b', '--remove-args=a']),
                   ramdisk=None, args='a b')

    def test_what_is_too_long_then_is_refused(self):
        file = self.settings('add-args = %s\n' % ('a' * 8190))
        self.fails(self.run_libxl(file), 'more than a toolstack takes')


class TheMenu(Shared):
    MENU = 'q aborts=>'

    def on_the_console(self, person, *args):
        return e2e.client('as_libxl', '--timeout=60',
                          *['--person=' + step for step in person],
                          disk=self.image, args=args)

    def test_it_is_not_shown_where_the_file_says_so(self):
        self.boots(e2e.libxl(self.image, args=[
            self.settings('quiet = yes\n')]), args=ARGS)

    def test_it_is_shown_where_the_command_line_says_so(self):
        file = self.settings('quiet = yes\n')
        self.boots(self.on_the_console([self.MENU + r'\x1b[B\r'], file, '-i'),
                   args='other')

    def test_nobody_edits_where_the_file_says_so(self):
        file = self.settings('no-edit = yes\ntimeout = 60\n')
        self.boots(self.on_the_console(
            [self.MENU + r'\x1b[Ba', r'lets nobody edit=>\r'], file),
            args='other')


if __name__ == '__main__':
    e2e.main()
