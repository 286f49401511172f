# SPDX-License-Identifier: GPL-2.0-or-later
"""What the program does to a disk and to the host, call by call: who reads the
disk (promise P1), that it is only read (P6), what is open by then (P15)."""
import os
import re
import shutil
import subprocess
import unittest

import e2e
from e2e import INITRD, KERNEL, grub_entry, linux_guest

# What may be asked of the image's descriptor.
OF_IMAGE = {'openat', 'close', 'fstat', 'newfstatat', 'lseek', 'read',
            'pread64', 'copy_file_range', 'sendfile', 'fadvise64', 'ioctl'}
READING = {'read', 'pread64', 'copy_file_range', 'sendfile'}
# What the reader may call; the words of promise P1 are not among them.
OF_READER = {'read', 'pread64', 'write', 'sendfile', 'copy_file_range',
             'lseek', 'close', 'fstat', 'brk', 'mmap', 'mremap', 'munmap',
             'madvise', 'exit_group', 'futex', 'clock_gettime', 'getrandom',
             'sysinfo', 'fadvise64', 'ioctl', 'newfstatat', 'openat', 'fsync',
             'readlinkat', 'faccessat', 'statx', 'uname', 'readlink',
             'access', 'stat', 'open', 'fdatasync'}
REFUSED = {'newfstatat', 'openat', 'fsync', 'readlinkat', 'faccessat', 'statx',
           'uname', 'readlink', 'access', 'stat', 'open', 'fdatasync'}


class Call:
    """One line of strace, whole: who, what, with which words, the answer."""

    def __init__(self, line):
        self.pid, self.name, self.words, self.answer = re.match(
            r'(\d+) +(\w+)\((.*)\) += (.*)$', line).groups()

    def __str__(self):
        return '%s(%s) = %s' % (self.name, self.words[:100], self.answer)


def trace(directory, *argv, cwd=None):
    log = os.path.join(directory, 'trace')
    done = subprocess.run(
        ['strace', '-f', '-y', '-s', '8', '-o', log, e2e.PROGRAM, *argv],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=120, cwd=cwd)
    begun, calls = {}, []
    with open(log, errors='replace') as text:
        for line in text:
            pid, rest = line.split(None, 1)
            if '<unfinished ...>' in rest:
                begun[pid] = rest.rstrip().removesuffix('<unfinished ...>')
                continue
            resumed = re.match(r'<\.\.\. \w+ resumed>(.*)', rest)
            if resumed:
                rest = begun.pop(pid) + resumed[1]
            if re.match(r'\w+\(.*\) += ', rest):
                calls.append(Call(pid + ' ' + rest.rstrip()))
    return done, calls


def make_guests(directory):
    """Images of several kinds, among them some that a kernel would repair by
    writing to them."""
    files = linux_guest(grub_entry('Linux'))
    for fs in 'ext4', 'ext2', 'vfat', 'ufs2':
        yield e2e.make_disk(os.path.join(directory, fs + '.img'), files, fs=fs)
    dirty = e2e.make_disk(os.path.join(directory, 'dirty.img'), files)
    at = dirty + '?offset=1048576'
    block = subprocess.run(
        ['debugfs', '-R', 'bmap /boot/grub/grub.cfg 0', at], check=True,
        capture_output=True, text=True).stdout.split()[-1]
    written = os.path.join(directory, 'block')
    with open(written, 'wb') as file:
        file.write(grub_entry('Linux').encode().ljust(4096, b'\0'))
    subprocess.run(['debugfs', '-w', '-f', '-', at], check=True,
                   input='jo\njw -b %s %s\njc\n' % (block, written),
                   capture_output=True, text=True)
    yield dirty
    for name in 'xfs-dirty.img', 'reiserfs-crash.img':
        yield e2e.unpack(name, directory)
    with open(os.path.join(directory, 'noise.img'), 'wb') as noise:
        noise.write(bytes(i * i * 7 % 251 for i in range(1 << 18)))
    yield noise.name


class Traced(e2e.Case):
    """Each guest is run once under strace; tests look at what was called."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not shutil.which('strace'):
            raise unittest.SkipTest('no strace')
        cls.runs = []
        out = os.path.join(cls.dir, 'out')
        os.mkdir(out, 0o700)
        for image in make_guests(cls.dir):
            os.chmod(image, 0o444)
            before = state(image)
            done, calls = trace(cls.dir, '-q', '--output-format=simple',
                                '--output-directory=' + out, image)
            cls.runs.append((image, calls, before, done.returncode))

    def traced(self):
        for image, calls, *_ in self.runs:
            with self.subTest(os.path.basename(image)):
                yield image, calls


def state(image):
    with open(image, 'rb') as file:
        of = os.fstat(file.fileno())
        return e2e.sha(file.read()), of.st_size, of.st_mtime_ns


def on(image, calls):
    return [call for call in calls if '<%s>' % image in call.words or
            '"%s"' % image in call.words]


class Calls(Traced):

    # The reader

    def test_nobody_reads_before_the_door_is_closed(self):
        for image, calls in self.traced():
            locked = set()
            for call in calls:
                if call.name == 'seccomp' and call.answer == '0':
                    locked.add(call.pid)
                elif call.name in READING and call in on(image, [call]):
                    self.assertIn(call.pid, locked, str(call))
            self.assertEqual(len(locked), 1)

    def test_what_it_does_then(self):
        for image, calls in self.traced():
            inside = None
            for call in calls:
                if call.name == 'seccomp' and call.answer == '0':
                    inside = call.pid
                elif call.pid == inside:
                    self.assertIn(call.name, OF_READER, str(call))
                    if call.name in REFUSED:
                        self.assertIn('EACCES', call.answer, str(call))
                    if call.name == 'mmap':
                        self.assertIn('MAP_ANONYMOUS', call.words)
                        self.assertNotIn('PROT_EXEC', call.words)
            self.assertIsNotNone(inside)

    def test_what_it_has_open_then(self):
        """Of the descriptors that a careless caller leaves open, nothing."""
        image = self.disk(linux_guest(grub_entry('Linux')))
        with open('/etc/passwd') as secret:
            os.dup2(secret.fileno(), 50, inheritable=True)
            os.dup2(secret.fileno(), 51, inheritable=True)
            self.addCleanup(os.closerange, 50, 52)
            log = os.path.join(self.dir, 'trace')
            subprocess.run(
                ['strace', '-f', '-y', '-o', log, e2e.PROGRAM, '-n', '-q',
                 image], stdin=subprocess.DEVNULL, capture_output=True,
                check=True, close_fds=False)
        with open(log) as text:
            lines = text.readlines()
        forks = next(n for n, line in enumerate(lines)
                     if re.search(r'\b(clone3?|v?fork)\(', line))
        closed = [n for n, line in enumerate(lines)
                  if 'close_range(' in line and '4294967295' in line]
        reads = [n for n, line in enumerate(lines)
                 if 'pread64' in line and image in line]
        self.assertTrue(forks < closed[0] < reads[0])

    # The disk

    def test_is_opened_for_reading(self):
        for image, calls in self.traced():
            opened = [call for call in calls if call.name.startswith('open')
                      and '"%s"' % image in call.words]
            self.assertEqual(len(opened), 1)
            for call in opened:
                self.assertIn('O_RDONLY', call.words, str(call))
                self.assertIn('O_CLOEXEC', call.words, str(call))
                self.assertNotRegex(call.words,
                                    'O_(RDWR|WRONLY|TRUNC|CREAT|DIRECT)')

    def test_is_read_and_nothing_else(self):
        for image, calls in self.traced():
            for call in on(image, calls):
                if call.name in ('execve', 'write'):
                    # its name, on a command line or in a message
                    self.assertNotIn('<%s>' % image, call.words)
                    continue
                self.assertIn(call.name, OF_IMAGE, str(call))
                if call.name in ('copy_file_range', 'sendfile'):
                    source = call.words.split(', ')[
                        call.name == 'sendfile']
                    self.assertIn(image, source, 'it is the source')
                if call.name == 'fadvise64' and 'EACCES' not in call.answer:
                    self.assertIn('POSIX_FADV_WILLNEED', call.words)
            self.assertEqual([str(call) for call in calls
                              if 'sync' in call.name], [])

    def test_has_the_same_bytes_afterwards(self):
        for image, _, before, _ in self.runs:
            self.assertEqual(state(image), before, image)

    def test_was_of_use(self):
        """Or all of this would be said of runs that did nothing."""
        booted = [image for image, _, _, status in self.runs if status == 0]
        self.assertGreaterEqual(len(booted), 5)

    @unittest.skipUnless(e2e.ROOT, 'needs root')
    def test_a_block_device_is_not_written(self):
        image = self.disk(linux_guest(grub_entry('Linux')))
        device = self.loop(image, '--read-only')
        self.boots(e2e.xenopsd(device), kernel=KERNEL, ramdisk=INITRD)

    # The host

    def test_of_its_files_only_these_are_opened(self):
        allowed = re.compile(
            r'/(dev/null|proc/tty/ldisc|proc/self/fd|var/empty|'
            r'etc/xen/hostgrub\.conf|'
            r'etc/ld\.so\.(cache|preload)|(usr/)?lib.*\.so[.0-9]*)$')
        for image, calls in self.traced():
            for call in calls:
                if not call.name.startswith('open') or \
                        not re.match(r'\d+', call.answer):
                    continue
                path = re.match(r'(?:[^,]*, )?"([^"]*)', call.words)[1]
                if path == '.' or path.startswith(self.dir):
                    continue
                self.assertRegex(path, allowed)


if __name__ == '__main__':
    e2e.main()
