# SPDX-License-Identifier: GPL-2.0-or-later
"""--script: what a GRUB script prints, and how it ends."""
import os
import subprocess
import unittest

import e2e
from e2e import linux_guest


class Script(e2e.Case):

    def script(self, text, name='x.cfg'):
        path = os.path.join(self.dir, name)
        with open(path, 'wb') as out:
            out.write(text.encode() if isinstance(text, str) else text)
        return path

    def run_script(self, text, *argv, **more):
        path = self.script(text)
        done = self.direct('--script=' + path, *argv, **more)
        done.stderr = done.stderr.replace(path, 'x.cfg')
        return done

    def prints(self, text, output, *argv, stderr=''):
        done = self.run_script(text, *argv)
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (0, output, stderr))

    def is_refused(self, done, pattern, output=''):
        self.assertEqual((done.returncode, done.stdout), (1, output))
        self.assertRegex(done.stderr, '^hostgrub: [^\n]*%s[^\n]*\n$' % pattern)


class WithoutADisk(Script):

    def test_what_echo_prints(self):
        self.prints('x="a  b"\nfor i in 1 2; do echo $i $x; done; echo -n e',
                    '1 a b\n2 a b\ne')

    def test_nothing(self):
        self.prints('', '')
        self.prints('# a comment', '')

    def test_the_last_status_is_not_ours(self):
        self.prints('echo a; false', 'a\n')

    def test_failures_are_told_and_do_not_end_it(self):
        self.prints('echo a\nnosuch\nfi\nlinux /x\necho b\n', 'a\nb\n', stderr=(
            'hostgrub: x.cfg: line 2: unknown command "nosuch", ignored as '
            'GRUB does\n'
            'hostgrub: warning: x.cfg: line 3: unexpected "fi"; a command was '
            'expected: GRUB drops this statement\n'
            'hostgrub: x.cfg: line 4: linux: no device, $root is ""\n'))

    def test_messages_come_where_they_belong(self):
        path = self.script('echo 1; nosuch1; echo 2\nnosuch2\necho 3')
        done = subprocess.run(
            [e2e.PROGRAM, '--script', path], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(
            [line.split('"')[1] if '"' in line else line
             for line in done.stdout.splitlines()],
            ['1', 'nosuch1', '2', 'nosuch2', '3'])

    def test_many_failures_are_told_in_part(self):
        done = self.run_script('test a -eq 0\n' * 100 + 'echo end')
        self.assertEqual((done.returncode, done.stdout), (0, 'end\n'))
        lines = done.stderr.splitlines()
        self.assertEqual(len(lines), 33)
        self.assertRegex(lines[-1], '68 more messages are not shown')

    def test_on_standard_input(self):
        for name in '-', '/dev/stdin':
            done = subprocess.run(
                [e2e.PROGRAM, '--script', name], capture_output=True,
                input=b'echo a\nnosuch\n')
            self.assertEqual((done.returncode, done.stdout), (0, b'a\n'))
            self.assertIn(b'line 2: unknown command', done.stderr)

    def test_entries_are_counted_with_verbose(self):
        done = self.run_script('menuentry a { true }', '-v')
        self.assertEqual((done.returncode, done.stdout), (0, ''))
        self.assertRegex(done.stderr, 'x.cfg: a menu with 1 entry\n')

    def test_output_may_be_a_file(self):
        out = os.path.join(self.dir, 'out')
        with open(out, 'w') as old:
            old.write('old' * 100)
        self.prints('echo a; nosuch; echo b', '', '--output=' + out,
                    stderr='hostgrub: x.cfg: line 1: unknown command '
                           '"nosuch", ignored as GRUB does\n')
        with open(out) as new:
            self.assertEqual(new.read(), 'a\nb\n')

    def test_the_platform_is_told(self):
        self.prints('echo $grub_cpu-$grub_platform', 'x86_64-efi\n',
                    '--platform=efi')


class Bytes(Script):

    def test_any_byte_of_echo_is_harmless(self):
        every = bytes(b for b in range(1, 256) if b not in b"'\r\n")
        done = self.run_script(b"echo '" + every + b"'")
        self.assertEqual(done.returncode, 0)
        wanted = ''.join(chr(b) if b == 9 or 32 <= b < 127
                         else '\\x%02x' % b for b in every)
        self.assertEqual(done.stdout, wanted + '\n')

    def test_text_that_can_be_shown_is(self):
        self.prints('echo "é€\U0001f600 a\tb"', 'é€\U0001f600 a\tb\n')

    def test_what_turns_the_direction_is_not(self):
        self.prints('echo "a\u202eb\x1b[2J\u0085"',
                    'a\\xe2\\x80\\xaeb\\x1b[2J\\xc2\\x85\n')

    def test_characters_are_not_cut_in_long_texts(self):
        for lead in '', 'a', 'ab':
            self.prints('x=%s\nfor i in 1 2 3 4; do x=$x$x; done\n'
                        'echo -n "%s"; for i in 1 2 3; do echo -n $x; done'
                        % ('€' * 1000, lead), lead + '€' * 48000)

    def test_messages_are_harmless(self):
        done = self.run_script('"a\x1b[2J"\necho [\x07')
        self.assertNotRegex(done.stdout + done.stderr,
                            '[\x00-\x08\x0b-\x1f\x7f]')
        self.assertIn('a\\x1b[2J', done.stderr)


class Bad(Script):

    def test_a_missing_file(self):
        self.is_refused(self.direct('--script', '/nowhere/x'),
                        '/nowhere/x: cannot be opened: No such file')

    def test_a_directory(self):
        self.is_refused(self.direct('--script', self.dir), 'is a directory')

    def test_an_unreadable_file(self):
        if e2e.ROOT:
            self.skipTest('root reads everything')
        path = self.script('echo a')
        os.chmod(path, 0)
        self.is_refused(self.direct('--script', path), 'Permission denied')

    def test_a_large_file(self):
        done = self.run_script('#' * ((4 << 20) + 1))
        self.is_refused(done, 'x.cfg: is larger than 4194304 bytes, the limit '
                        'for a configuration')

    def test_the_largest_file(self):
        self.prints('echo a\n' + '#' * ((4 << 20) - 7), 'a\n')

    def test_a_file_without_an_end(self):
        self.is_refused(self.direct('--script', '/dev/zero'),
                        '/dev/zero: is larger than')

    def test_closed_standard_input(self):
        done = subprocess.run(
            ['sh', '-c', '"$0" --script - <&-', e2e.PROGRAM],
            capture_output=True, text=True)
        self.is_refused(done, 'stdin: reading: Bad file descriptor')

    def test_a_pipe_that_nobody_writes_to(self):
        reader, writer = os.pipe()
        try:
            done = subprocess.run(
                [e2e.PROGRAM, '--script=-', '--time-limit=1'], stdin=reader,
                capture_output=True, text=True, timeout=30)
        finally:
            os.close(reader)
            os.close(writer)
        self.is_refused(done, r'the time limit \(--time-limit\) is over at '
                        'the script stdin')

    def test_an_endless_loop(self):
        done = self.run_script('echo a\n\nwhile true; do x=1; done; echo b')
        self.is_refused(done, 'x.cfg: line 3: the script runs more than '
                        '1000000 commands', output='a\n')

    def test_endless_output(self):
        done = self.run_script('x=' + 'x' * 999 + '\nwhile true; do echo $x; '
                               'done')
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, '^hostgrub: x.cfg: line 2: the script '
                         'prints more than 16777216 bytes\n$')
        self.assertEqual(len(done.stdout), 16777216 // 1000 * 1000)

    def test_a_disk_that_is_missing(self):
        done = self.run_script('echo a', '/nowhere/guest.img')
        self.is_refused(done, '/nowhere/guest.img: cannot be opened')

    def test_a_disk_without_a_file_system(self):
        disk = self.script(b'\0' * 65536, 'zeros.img')
        self.prints('echo "[$root]"; ls', '[]\n(hd0) \n', disk)

    def test_nobody_who_takes_the_output(self):
        path = self.script('x=%s\nwhile true; do echo $x; done' % ('y' * 999))
        for command, pattern in (
                ('"$0" --script "$1" >&-', 'stdout: closed'),
                ('"$0" --script "$1" >/dev/full', 'No space left on device')):
            done = subprocess.run(
                ['sh', '-c', command, e2e.PROGRAM, path], text=True,
                stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
            self.is_refused(done, pattern)

    def test_a_reader_who_leaves(self):
        path = self.script('x=%s\nwhile true; do echo $x; done' % ('y' * 999))
        done = subprocess.run(
            ['bash', '-c', '"$0" --script "$1" | head -c 10; '
             'exit ${PIPESTATUS[0]}', e2e.PROGRAM, path],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout), (1, b'y' * 10))


class WithADisk(Script):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.image = e2e.make_disk(
            os.path.join(cls.dir, 'guest.img'),
            linux_guest('x=$1; echo "this is $config_file"\n', **{
                '/text': 'one\ntwo é\x1b[2J\n', '/dir/file': 'x'}),
            table='mbr')

    def reads(self, text, output, *argv):
        self.prints(text, output, *argv, self.image)

    def test_files(self):
        self.reads('cat /text', 'one\ntwo é<1b>[2J\n\n')
        self.reads('ls /dir (hd0,1)/dir', 'file \nfile \n')
        self.reads('if test -f /text -a ! -f /nope; then echo y; fi', 'y\n')

    def test_devices(self):
        self.reads('ls; echo $root $prefix',
                   '(hd0) (hd0,msdos1) \nhd0,msdos1 (hd0,msdos1)/boot/grub\n')
        self.reads('search -f /text --set r; echo $r; search -f /text',
                   'hd0,msdos1\n hd0,msdos1')

    def test_several_disks(self):
        self.reads('ls; search -f /text', '(hd0) (hd0,msdos1) (hd1) '
                   '(hd1,msdos1) \n hd0,msdos1 hd1,msdos1', self.image)

    def test_the_configuration_of_the_guest(self):
        self.reads('source $prefix/grub.cfg', 'this is (hd0,msdos1)/boot/grub/'
                   'grub.cfg\n')

    def test_files_of_the_host_are_out_of_reach(self):
        done = self.run_script('cat /etc/hostname; cat (host)/etc/hostname',
                               self.image)
        self.assertEqual((done.returncode, done.stdout), (0, ''))
        self.assertRegex(done.stderr, r'line 1: cat: ext4: /etc/hostname: no '
                         r'such file\n.*cat: no device \(host\)')

    def test_boot_says_what_it_would_start(self):
        done = self.run_script('linux /boot/vmlinuz a=b\n'
                               'initrd /boot/initrd.img\nboot', self.image)
        self.assertEqual((done.returncode, done.stdout), (0, ''))
        self.assertEqual(done.stderr, (
            'hostgrub: x.cfg: line 3: boot: would start (hd0,msdos1)'
            '/boot/vmlinuz with 1 ramdisk and the arguments "a=b"\n'))

    def test_a_partition_by_name(self):
        self.reads('echo $root', 'hd0,msdos1\n', '--partition=1')
        done = self.run_script('echo a', '--partition=7', self.image)
        self.assertEqual(done.returncode, 1)
        self.assertIn('7', done.stderr)

    def test_an_offset(self):
        self.reads('ls; cat /dir/file', '(hd0) \nx\n', '--offset=1048576')

    @unittest.skipUnless(e2e.ROOT, 'needs root')
    def test_as_another_user_and_no_files_are_left(self):
        out = os.path.join(self.dir, 'never')
        self.reads('cat /dir/file', 'x\n', '--runas=12345',
                   '--output-directory=' + out)
        self.assertFalse(os.path.exists(out))


if __name__ == '__main__':
    e2e.main()
