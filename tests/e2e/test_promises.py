# SPDX-License-Identifier: GPL-2.0-or-later
"""What the table of promises in README.md says and no other test shows."""
import itertools
import os
import re
import shutil
import subprocess

import e2e
from e2e import INITRD, KERNEL, grub_entry, linux_guest

RAMDISK = KERNEL * 60
# What steers a terminal, or makes a line read as another: C0, DEL, C1, what is
# no UTF-8, marks of direction.
EVIL = (b'\x1b[2J\x07\x08\x7f' b'\xc2\x9b31m' b'\x9b31m\xff\xc0\xaf\xed\xa0\x80'
        b'\xe2\x80\xae' b'\xe2\x81\xa6' b'\xd8\x9c' b'\xe2\x80\x8f')
FORBIDDEN = re.compile('[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f'
                       '\u202a-\u202e\u2066-\u2069]')


class P2ADeadReader(e2e.GuestCase):
    """However the reader dies: exit 1 and a line that says where it was."""
    files = linux_guest(grub_entry('Linux'), **{'/boot/initrd.img': RAMDISK})

    def ends(self, pattern, **more):
        """Where it was is not known in its first moments: then once more."""
        for _ in range(20):
            report = e2e.disturbed(e2e.xenopsd, self.image, at='boxed', **more)
            self.fails(report, pattern)
            if ' at ' in report['stderr']:
                break
        self.fails(report, pattern + ' at (the partition table|.*guest.img)')
        return report

    def test_killed(self):
        for name in 'KILL', 'SEGV', 'BUS', 'ABRT', 'SYS':
            with self.subTest(name):
                self.ends('reader killed by SIG' + name, signal_child=name)

    def test_out_of_time(self):
        self.ends(r'the limit of CPU time \(--cpu-limit\) is over',
                  signal_child='XCPU')

    def test_stopped(self):
        """A reader that hangs is given up after --time-limit."""
        report = self.ends(r'the time limit \(--time-limit\) is over',
                           signal_child='STOP', bootargs='--time-limit=1')
        self.assertLess(report['seconds'], 5)


class P4TheSizeOfFiles(e2e.Case):

    def test_counts_before_the_first_byte(self):
        image = self.disk(linux_guest(
            grub_entry('Linux'), **{'/boot/vmlinuz': bytes((1 << 20) + 1)}))
        out = os.path.join(self.dir, 'out')
        os.mkdir(out)
        log = os.path.join(self.dir, 'log')
        done = subprocess.run(
            ['strace', '-f', '-y', '-o', log, e2e.PROGRAM, '-q',
             '--output-directory=' + out, image], capture_output=True,
            env=dict(os.environ, PYGRUB_MAX_FILE_SIZE_MB='1'))
        self.assertEqual(done.returncode, 1)
        self.assertIn(b'1048577 bytes', done.stderr)
        with open(log) as text:
            written = [line for line in text if re.search(
                r'(write|copy_file_range|sendfile)\(.*<%s/' % out, line)]
        self.assertEqual((written, os.listdir(out)), ([], []))

    def test_of_several_ramdisks_is_their_sum(self):
        half = bytes(700000)
        image = self.disk(linux_guest(
            grub_entry('Linux', initrd='/a /b'), **{'/a': half, '/b': half}))
        for limit, status in ('1', 1), ('2', 0):
            done = self.direct('-q', '--output-directory=' + self.dir, image,
                               env={'PYGRUB_MAX_FILE_SIZE_MB': limit})
            self.assertEqual(done.returncode, status, done.stderr)


class P9NothingRemains(e2e.Case):

    def test_no_mount_and_no_process(self):
        image = self.disk(linux_guest(grub_entry('Linux')))
        with open('/proc/self/mountinfo') as mounts:
            before = mounts.read().count(self.dir)
        for report in (e2e.xenopsd(image), e2e.libxl(image, args=['-q']),
                       e2e.xenopsd(os.path.join(self.dir, 'none.img'))):
            self.nothing_remains(report)
        with open('/proc/self/mountinfo') as mounts:
            self.assertEqual(mounts.read().count(self.dir), before)


class P12NoByteOfTheGuest(e2e.Case):

    def harmless(self, *outputs):
        for text in outputs:
            text = text.decode('utf-8')  # or it is not valid
            self.assertIsNone(FORBIDDEN.search(text), ascii(text))

    def look(self, image):
        for argv in (['-l'], ['--list-filesystems'], ['-n', '-q', '-v'],
                     ['-q', '--entry=none'], ['-q', '--kernel=/none'],
                     ['-q', '--partition=none'],
                     ['-q', '--output-directory=' + self.dir]):
            done = subprocess.run([e2e.PROGRAM, *argv, image],
                                  stdin=subprocess.DEVNULL,
                                  capture_output=True)
            with self.subTest(argv):
                self.harmless(done.stderr)
                if argv[0] in ('-l', '--list-filesystems'):
                    self.harmless(done.stdout)
                for line in done.stderr.splitlines():
                    self.assertLessEqual(len(line), 1024)
                yield argv, done

    def test_titles_paths_and_messages(self):
        config = (b'echo "' + EVIL + b'"\nno' + EVIL + b'such\nmenuentry "T'
                  + EVIL + b'" --id "' + EVIL + b'" {\n linux "/k' + EVIL
                  + b'" a=b\n}\n')
        image = self.disk({'/boot/grub/grub.cfg': config}, fs='ext4')
        runs = list(self.look(image))
        self.assertIn(b'T\\x1b[2J', runs[0][1].stdout)

    def test_labels(self):
        image = self.disk(linux_guest(grub_entry('Linux')), table='none',
                          mkfs=['-L', b'a\x1b[2Jb\xe2\x80\xaec\xff'])
        self.assertTrue(list(self.look(image)))

    def test_a_line_of_1_kib_at_most(self):
        long = 'x' * 4000
        image = self.disk(linux_guest(
            grub_entry(long, '/' + '/'.join(['y' * 250] * 15))))
        for argv, done in self.look(image):
            if argv[0] == '-q' and done.returncode:
                self.assertEqual(len(done.stderr.splitlines()[-1:]), 1)


class P14ADiskThatChanges(e2e.Case):

    def test_into_another_guest(self):
        """All is of the one, of the other, or refused."""
        other = {name: bytes(b ^ 0x55 for b in content)
                 for name, content in (('k', KERNEL), ('i', INITRD))}
        first = e2e.make_disk(os.path.join(self.dir, 'first.img'),
                              linux_guest(grub_entry('Linux')))
        second = e2e.make_disk(
            os.path.join(self.dir, 'second.img'),
            {'/boot/grub/grub.cfg': 'set pad="%s"\n' % ('x' * 9000) +
             grub_entry('Other', '/k', 'other', '/i'),
             '/k': other['k'], '/i': other['i'], '/pad': bytes(99999)})
        image = os.path.join(self.dir, 'image.img')
        swap = 'dd if=%s of=%s conv=notrunc bs=1M status=none' % (second,
                                                                   image)
        ends = set()
        for moment in ['boxed'] * 6 + ['2p'] * 6 + ['0.001', '0.002', '0.004']:
            shutil.copy(first, image)
            report = e2e.xenopsd(image, at=moment, meanwhile=swap)
            with self.subTest(moment):
                self.assertIsNone(report['signal'], report)
                self.nothing_remains(report)
                ends.add(report['exit'])
                if report['exit'] != 0:
                    self.fails(report, 'image.img: ')
                    continue
                self.assertEqual(report['complaints'], [])
                self.assertIn(report['args'], ('root=/dev/xvda1 ro', 'other'))
                self.assertGreater(report['kernel']['size'], 0)
        self.assertTrue(ends <= {0, 1}, ends)


class P15Descriptors(e2e.Case):

    def test_any_of_0_to_2_may_be_closed(self):
        """Then nothing that is opened takes their place: what is printed goes
        nowhere, and no file gets it."""
        image = self.disk(linux_guest(grub_entry('Linux')))
        with open(image, 'rb') as file:
            digest = e2e.sha(file.read())
        for count in 1, 2, 3:
            for closed in itertools.combinations(range(3), count):
                out = os.path.join(self.dir, 'out')
                shutil.rmtree(out, ignore_errors=True)
                os.mkdir(out, 0o700)
                shell = 'exec "$@" ' + ' '.join('%d>&-' % fd for fd in closed)
                done = subprocess.run(
                    ['sh', '-c', shell, 'sh', e2e.PROGRAM, '-q',
                     '--output-directory=' + out, image],
                    stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
                with self.subTest(closed):
                    self.assertEqual(done.returncode, 1 if 1 in closed else 0)
                    self.assertEqual(len(os.listdir(out)),
                                     0 if 1 in closed else 2)
                    if 2 not in closed and 1 in closed:
                        self.assertIn(b'stdout', done.stderr)
                for name in os.listdir(out):
                    with open(os.path.join(out, name), 'rb') as file:
                        self.assertIn(e2e.sha(file.read()),
                                      (e2e.sha(KERNEL), e2e.sha(INITRD)))
        with open(image, 'rb') as file:
            self.assertEqual(e2e.sha(file.read()), digest)


if __name__ == '__main__':
    e2e.main()
