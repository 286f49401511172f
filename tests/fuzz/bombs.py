# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests made to cost a host as much as they can.  Each run of the program
($HOSTGRUB) has to end within promise P3, and says in one line why (P2, P5)."""
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
PROGRAM = os.environ.get('HOSTGRUB', os.path.join(TOP, 'build', 'hostgrub'))
SKIPPED = 77  # exit status that ctest shows as such
os.environ['PATH'] += ':/usr/sbin:/sbin'

# Promise P3, and P12 for the line
CPU_MAX = 10.0     # seconds
WALL_MAX = 30.0    # seconds; more where others run beside us
RSS_MAX = 256      # MiB
LINE_MAX = 1024    # bytes

MIB = 1 << 20


def make_fs(image, files, size, *options):
    """An ext file system of so many KiB with these files, on all of a disk."""
    tree = tempfile.mkdtemp(prefix='bomb-tree.')
    try:
        for path, content in files.items():
            name = tree + path
            os.makedirs(os.path.dirname(name), exist_ok=True)
            if isinstance(content, str):
                content = content.encode()
            with open(name, 'wb') as out:
                out.write(content)
        done = subprocess.run(
            ['mke2fs', '-q', '-F', '-m', '0', '-t', 'ext4', '-O',
             '^has_journal,^metadata_csum', *options, '-d', tree, image,
             '%dK' % size], capture_output=True, text=True)
        if done.returncode:
            raise AssertionError(done.stderr)
    finally:
        shutil.rmtree(tree)


def debugfs(image, *requests):
    """Change an image as no tool would that means well."""
    for request in requests:
        done = subprocess.run(['debugfs', '-w', '-R', request, image],
                              capture_output=True, text=True)
        said = done.stderr.split('\n', 1)[1].strip()
        if done.returncode or said:
            raise AssertionError('%s: %s' % (request, said))


def swell_directory(image, path, unused=9000):
    """Make 263 MB of a directory by pointing at one block of names again and
    again.  The image has blocks of 1 KiB, no extents, unused from there on."""
    names = struct.pack('<IHBB4s', 12, 12, 1, 1, b'x') * 84
    names += struct.pack('<IHBB4s', 12, 1024 - 84 * 12, 1, 1, b'x')
    blocks = [names.ljust(1024, b'\0')]
    for i in range(3):
        blocks.append(struct.pack('<I', unused + i) * 256)
    with open(image, 'r+b') as out:
        out.seek(unused * 1024)
        out.write(b''.join(blocks))
    debugfs(image, 'set_inode_field %s size %d' % (path, 256000 * 1024),
            *['set_inode_field %s block[%d] %d' % (path, i, unused)
              for i in range(1, 12)],
            *['set_inode_field %s block[%s] %d' % (path, name, unused + i)
              for i, name in enumerate(('IND', 'DIND', 'TIND'), 1)])


class Run:
    """What came of a run of the program, and what it cost."""

    def __init__(self, argv, directory):
        began = time.monotonic()
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            program = subprocess.Popen(
                [PROGRAM, '-q', '--output-format=simple0',
                 '--output-directory=' + directory, *argv],
                stdin=subprocess.DEVNULL, stdout=out, stderr=err)
            # of the program and of the child that it has waited for
            _, status, usage = os.wait4(program.pid, 0)
            out.seek(0)
            err.seek(0)
            self.out = out.read()
            self.err = err.read().decode(errors='surrogateescape')
        self.wall = time.monotonic() - began
        self.exit = program.returncode = os.waitstatus_to_exitcode(status)
        self.cpu = usage.ru_utime + usage.ru_stime
        self.rss = usage.ru_maxrss / 1024
        self.left = os.listdir(directory)

    def __str__(self):
        return 'exit %d, %.1f s CPU, %.1f s, %d MiB: %s' % (
            self.exit, self.cpu, self.wall, self.rss, self.err[:400].strip())


class Case(unittest.TestCase):

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix='bomb.')
        self.addCleanup(shutil.rmtree, self.dir)
        self.output = os.path.join(self.dir, 'output')
        os.mkdir(self.output)
        self.image = os.path.join(self.dir, 'bomb.img')

    def run_on_image(self, *argv):
        """Run, and check what holds for every guest."""
        run = Run([*argv, self.image], self.output)
        if '-v' in sys.argv:
            print('    %s' % run, file=sys.stderr)
        self.assertLess(run.cpu, CPU_MAX, run)
        self.assertLess(run.rss, RSS_MAX, run)
        self.assertLess(run.wall, 2 * WALL_MAX, run)
        self.assertIn(run.exit, (0, 1), run)
        return run

    def refused(self, pattern, *argv):
        """The program fails and names the limit."""
        run = self.run_on_image(*argv)
        self.assertEqual(run.exit, 1, run)
        self.assertEqual(run.out, b'', run)
        self.assertEqual(run.left, [], run)
        last = run.err.rstrip('\n').split('\n')[-1]
        self.assertRegex(last, '^hostgrub: RuntimeError: ')
        self.assertLessEqual(len(last), LINE_MAX)
        self.assertRegex(last, pattern)
        return run

    def boots(self, *argv):
        """The program finds what to boot in spite of it all."""
        run = self.run_on_image(*argv)
        self.assertEqual(run.exit, 0, run)
        self.assertTrue(run.out.startswith(b'kernel '), run)
        return run


def main():
    if not os.access(PROGRAM, os.X_OK):
        sys.exit('no program to test: %s' % PROGRAM)
    for tool in ('mke2fs', 'debugfs', 'sfdisk'):
        if not shutil.which(tool):
            print('skipped: no %s (e2fsprogs, fdisk)' % tool)
            sys.exit(SKIPPED)
    unittest.main(verbosity=2)
