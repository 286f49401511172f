# SPDX-License-Identifier: GPL-2.0-or-later
"""What the end-to-end tests share: guests made from a table of files, the
clients that run the program on them, and what must hold after each run.

The program under test is $HOSTGRUB, the original, if there is one, $PYGRUB.
"""
import glob
import hashlib
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
CLIENTS = os.path.join(TOP, 'tests', 'clients')
PROGRAM = os.environ.get('HOSTGRUB', os.path.join(TOP, 'build', 'hostgrub'))
PYGRUB = os.environ.get('PYGRUB') or next(
    iter(sorted(glob.glob('/usr/lib/xen-*/bin/pygrub'))), None)
ROOT = os.geteuid() == 0
SKIPPED = 77  # exit status that ctest shows as such
needs_root = unittest.skipUnless(ROOT, 'needs root')

KERNEL = b'\x4d\x5a kernel \x00\xff' * 70001
INITRD = b'070701 initrd\n' * 90001


def sha(data):
    return hashlib.sha256(data).hexdigest()


class Link(str):
    """A symbolic link to this target, in a table of files."""


class Directory:
    """A directory without files, in a table of files."""


def write_tree(top, files):
    for path, content in files.items():
        name = os.path.join(top, path.lstrip('/'))
        if content is Directory:
            os.makedirs(name)
            continue
        os.makedirs(os.path.dirname(name), exist_ok=True)
        if isinstance(content, Link):
            os.symlink(content, name)
            continue
        if isinstance(content, str):
            content = content.encode()
        with open(name, 'wb') as out:
            out.write(content)


def make_disk(out, files, table='gpt', fs='ext4', mkfs=(), size=None):
    """A disk image with these files, by testimages/disk.sh."""
    tree = tempfile.mkdtemp(prefix='e2e-tree.')
    environ = dict(os.environ)
    if size:
        environ['SIZE'] = str(size)
    try:
        write_tree(tree, files)
        subprocess.run(
            [os.path.join(TOP, 'testimages', 'disk.sh'), out, table, fs, tree,
             *mkfs], check=True, env=environ, stdin=subprocess.DEVNULL)
    finally:
        shutil.rmtree(tree)
    return out


def unpack(name, directory):
    """An image of testimages/stored."""
    out = os.path.join(directory, name)
    stored = os.path.join(TOP, 'testimages', 'stored', name + '.xz')
    with open(out, 'wb') as image:
        subprocess.run(['xz', '-dc', stored], check=True, stdout=image)
    return out


def make_parts(out, script, parts, size):
    """A disk of so many bytes, partitioned by sfdisk's script, with file
    systems (images) at these offsets."""
    with open(out, 'wb') as disk:
        disk.truncate(size)
    subprocess.run(['sfdisk', '-q', out], input=script, text=True, check=True,
                   env=dict(os.environ, PATH=os.environ['PATH'] + ':/sbin'))
    with open(out, 'r+b') as disk:
        for offset, image in parts.items():
            disk.seek(offset)
            with open(image, 'rb') as source:
                disk.write(source.read())
    return out


def grub_entry(title, kernel='/boot/vmlinuz', args='root=/dev/xvda1 ro',
               initrd='/boot/initrd.img', options=''):
    lines = ['menuentry %r %s{' % (title, options and options + ' ')]
    lines.append('\tlinux\t%s %s' % (kernel, args) if kernel else '\ttrue')
    if initrd:
        lines.append('\tinitrd\t%s' % initrd)
    return '\n'.join(lines + ['}', ''])


def lines(text, size):
    """What yes TEXT | head -c SIZE writes."""
    text = text.encode() + b'\n'
    return (text * (size // len(text) + 1))[:size]


def linux_guest(config, path='/boot/grub/grub.cfg', **more):
    """Files of a guest with one kernel, one ramdisk and this config."""
    return {path: config, '/boot/vmlinuz': KERNEL,
            '/boot/initrd.img': INITRD, **more}


def unified_image(machine=0x8664, **sections):
    """A PE file of these sections (linux=b'...' is .linux), as ukify makes it
    but for the program in it."""
    start = 0x40 + 24 + 240 + 40 * len(sections)
    table, data = b'', b''
    for name, content in sections.items():
        at = -(-(start + len(data)) // 512) * 512
        data += bytes(at - start - len(data)) + content
        table += struct.pack('<8sIIIIIIHHI', b'.' + name.encode(),
                             len(content), 0x10000 + at, len(content), at,
                             0, 0, 0, 0, 0x40000040)
    data += bytes(-(start + len(data)) % 512)
    return (b'MZ' + bytes(58) + struct.pack('<I', 0x40) + b'PE\0\0' +
            struct.pack('<HHIIIHH', machine, len(sections), 0, 0, 0, 240,
                        0x22e) +
            struct.pack('<H66xH', 0x20b, 10).ljust(108, b'\0') +
            struct.pack('<I', 16).ljust(132, b'\0') + table + data)


def client(name, *argv, program=None, disk=None, args=(), **options):
    """Run tests/clients/NAME and return its report.  args are the user's
    (bootloader_args); options are the client's own, x_y=z for --x-y=z."""
    cmd = [sys.executable, os.path.join(CLIENTS, name)]
    for key, value in options.items():
        if value is True:
            cmd.append('--' + key.replace('_', '-'))
        elif value is not None:
            cmd.append('--%s=%s' % (key.replace('_', '-'), value))
    cmd += ['--arg=' + str(a) for a in args]
    cmd += [*argv, '--', program or PROGRAM]
    if disk is not None:
        cmd.append(disk)
    done = subprocess.run(cmd, stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=200)
    if done.returncode == SKIPPED:
        raise unittest.SkipTest(done.stderr.decode().strip())
    if not done.stdout:
        raise AssertionError('%s: %s' % (
            name, done.stderr.decode(errors='replace')))
    return json.loads(done.stdout)


def libxl(disk, **more):
    return client('as_libxl', disk=disk, **more)


def xenopsd(disk, **more):
    return client('as_xenopsd', disk=disk, **more)


def xend(disk, **more):
    return client('as_xend', disk=disk, **more)


def disturbed(run, *argv, **more):
    """Run a client that disturbs the program in its short life.  On a busy
    machine it may come too late; then once more."""
    for _ in range(10):
        report = run(*argv, **more)
        if report['exit'] != 0:
            break
    return report


class Case(unittest.TestCase):
    """A test case with a directory for its guests."""

    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix='e2e.')
        cls.addClassCleanup(shutil.rmtree, cls.dir, ignore_errors=True)

    def disk(self, files, **more):
        name = os.path.join(self.dir, '%s.img' % self.id().split('.')[-1])
        return make_disk(name, files, **more)

    def stored(self, name):
        return unpack(name, self.dir)

    def settings(self, text, mode=0o644):
        """The option for a settings file of that text."""
        name = os.path.join(self.dir, '%s.conf' % self.id().split('.')[-1])
        with open(name, 'w') as out:
            out.write(text)
        os.chmod(name, mode)
        return '--settings=' + name

    def loop(self, disk, *options):
        """A block device with the contents of the image."""
        made = subprocess.run(['losetup', '-f', '--show', *options, disk],
                              capture_output=True, text=True)
        if made.returncode:
            self.skipTest('no loop devices here')
        device = made.stdout.strip()
        self.addCleanup(subprocess.run, ['losetup', '-d', device])
        return device

    def nothing_remains(self, report):
        self.assertEqual(report['left'], [], report)
        self.assertEqual(report['survivors'], [], report)

    def no_partial_file(self, report):
        """After SIGKILL, whoever named the files may have been about to say
        so: what is there is whole, then (promise P9)."""
        self.assertLessEqual(set(report['left_sizes']),
                             {len(KERNEL), len(INITRD)}, report)

    def boots(self, report, kernel=KERNEL, ramdisk=INITRD, args=None):
        """The toolstack got exactly these files and, of the program, nothing
        else remains."""
        self.assertEqual(report['exit'], 0, report)
        self.assertEqual(report['complaints'], [], report)
        self.assertEqual(report['kernel'].get('sha256'), sha(kernel), report)
        self.assertEqual(report['kernel']['mode'], '0600')
        if ramdisk is None:
            self.assertNotIn('ramdisk', report)
        else:
            self.assertEqual(report['ramdisk'].get('sha256'), sha(ramdisk),
                             report)
            self.assertEqual(report['ramdisk']['mode'], '0600')
        if args is not None:
            self.assertEqual(report['args'], args)
        self.nothing_remains(report)

    def fails(self, report, *patterns):
        """Exit 1, one line that says all of this, nothing on stdout, nothing
        left behind."""
        self.assertEqual((report['exit'], report['signal']), (1, None), report)
        said = report['stderr'].strip('\r\n')
        for pattern in patterns:
            self.assertRegex(said, pattern)
        last = re.split('\r?\n', said)[-1]
        self.assertRegex(last, '^hostgrub: RuntimeError: [^\n]+$')
        self.assertLessEqual(len(last.encode()), 1024, 'promise P12')
        self.assertEqual(report.get('stdout', ''), '', report)
        self.assertEqual(report.get('answer', ''), '', report)
        self.nothing_remains(report)

    def direct(self, *argv, **more):
        """Run the program as a person does, not through a client."""
        return subprocess.run([PROGRAM, *argv], stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=60, text=True,
                              errors='surrogateescape', **more)


class GuestCase(Case):
    """The same, and a guest of these files that all of its tests share."""
    files = linux_guest(grub_entry('Linux'))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.image = make_disk(os.path.join(cls.dir, 'guest.img'), cls.files)


def main():
    if not os.access(PROGRAM, os.X_OK):
        sys.exit('no program to test: %s' % PROGRAM)
    result = unittest.main(verbosity=2, exit=False).result
    if result.skipped and len(result.skipped) >= result.testsRun:
        sys.exit(SKIPPED)
    sys.exit(not result.wasSuccessful())
