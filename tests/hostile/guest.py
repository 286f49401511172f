# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest that a case makes: its disk, how the program is started on it, and
what it would boot.  Disks are made by the tools that make real ones, and then
changed at the offsets that the formats' documents name."""
import contextlib
import lzma
import os
import shutil
import struct
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
STORED = os.path.join(TOP, 'testimages', 'stored')
MIB = 1 << 20
KERNEL = b'kernel of the guest\n' * 300
RAMDISK = b'ramdisk of the guest\n' * 500
CONFIG = 'menuentry a {\nlinux /vmlinuz ro\ninitrd /initrd.img\n}\n'
FILES = {'/boot/grub/grub.cfg': CONFIG, '/vmlinuz': KERNEL,
         '/initrd.img': RAMDISK}
# What testimages/tree.sh puts there, which most of testimages/stored hold
TREE_KERNEL = ''.join('kernel %d\n' % i for i in range(1, 30000)).encode()[
    :200000]
PLAIN_EXT = '^has_journal,^metadata_csum'
TIME = 1500000000
UUID = '4c8e0f5e-7a43-4c5b-8f52-51a1f0d0c0de'   # the same disk each time


class Skipped(Exception):
    """The case cannot be made on this host."""


def tool(*argv, **more):
    """Run one of the tools that make images; its output if it works."""
    if not shutil.which(argv[0]):
        raise Skipped('there is no %s here' % argv[0])
    done = subprocess.run(argv, capture_output=True, stdin=None if 'input'
                          in more else subprocess.DEVNULL, **more)
    if done.returncode:
        raise AssertionError('%s: %s%s' % (
            argv[0], done.stdout[-300:], done.stderr[-300:]))
    return done.stdout


def data_of(file):
    """Where a file has more than holes: from, to."""
    end, at = os.fstat(file.fileno()).st_size, 0
    while at < end:
        try:
            at = os.lseek(file.fileno(), at, os.SEEK_DATA)
            hole = os.lseek(file.fileno(), at, os.SEEK_HOLE)
        except OSError:
            return
        yield at, hole
        at = hole


def copy_sparse(source, target):
    """Only the data, so that large images are cheap."""
    with open(source, 'rb') as old, open(target, 'wb') as new:
        new.truncate(os.fstat(old.fileno()).st_size)
        for at, hole in data_of(old):
            while at < hole:
                at += os.copy_file_range(old.fileno(), new.fileno(),
                                         hole - at, at, at)


class Guest:
    """Made afresh for each case.  prototypes: a directory that lives longer,
    for images that several cases begin with."""

    def __init__(self, place, program, prototypes):
        self.place, self.program = place, program
        self.prototypes = prototypes
        self.dir = tempfile.mkdtemp(dir=place.dir)
        os.chmod(self.dir, 0o755)
        self.image = self.path('guest.img')
        self.output = self.path('output')
        os.mkdir(self.output)
        self.present = ()           # names in the output directory before
        self.answer = None          # else a file, a FIFO, /dev/full...
        self.options = []
        self.operands = [self.image]
        self.command = None         # the whole of it, but for the program
        self.formats = ()           # to try; else see running.formats()
        self.environ = {}
        self.prepare = None         # what the started process does first
        self.disturb = None         # what is done to it while it runs
        self.changes = False        # the case itself changes the image
        self.kernel, self.ramdisk, self.args = KERNEL, RAMDISK, None
        self.cleanup = contextlib.ExitStack()

    def close(self):
        self.cleanup.close()

    def path(self, *names):
        return os.path.join(self.dir, *names)

    def unchanged(self):
        return () if self.changes else [
            name for name in self.operands if os.path.isfile(name)]

    @staticmethod
    def skip(why):
        raise Skipped(why)

    # A prototype: made once in a worker, copied for each case

    def prototype(self, name, make):
        kept = os.path.join(self.prototypes, name)
        if not os.path.exists(kept):
            make(kept + '.new')
            os.rename(kept + '.new', kept)
        copy_sparse(kept, self.image)

    def stored(self, name, kernel='/boot/vmlinuz'):
        """An image of testimages/stored, of which its kernel is asked for."""
        def make(out):
            source = os.path.join(STORED, name + '.img.xz')
            with lzma.open(source) as packed, open(out, 'wb') as image:
                while data := packed.read(1 << 16):
                    if data.strip(b'\0'):
                        image.write(data)
                    else:
                        image.seek(len(data), os.SEEK_CUR)
                image.truncate(image.tell())
        self.prototype(name, make)
        self.options = ['--kernel=' + kernel]
        self.kernel, self.ramdisk = TREE_KERNEL, b''

    # Bytes of the image

    def write(self, at, data):
        with open(self.image, 'r+b') as image:
            image.seek(at)
            image.write(data)

    def read(self, at, size):
        with open(self.image, 'rb') as image:
            image.seek(at)
            return image.read(size)

    def put(self, at, form, *values):
        self.write(at, struct.pack(form, *values))

    def get(self, at, form):
        values = struct.unpack(form, self.read(at, struct.calcsize(form)))
        return values[0] if len(values) == 1 else values

    def whole(self):
        with open(self.image, 'rb') as image:
            return bytearray(image.read())

    def segments(self):
        """Where there is data in the image, and that."""
        with open(self.image, 'rb') as image:
            for at, hole in data_of(image):
                yield at, os.pread(image.fileno(), hole - at, at)

    def find(self, data, start=0):
        """The first place of these bytes."""
        for base, piece in self.segments():
            at = piece.find(data, max(0, start - base))
            if at >= 0:
                return base + at
        raise AssertionError('there is no %r' % data)

    def units(self, size, magic=b''):
        """Each unit of so many bytes that begins like this."""
        for base, piece in list(self.segments()):
            for at in range(-base % size, len(piece), size):
                if piece[at:at + len(magic)] == magic:
                    yield base + at, bytearray(piece[at:at + size])

    def fill(self, data, size=None):
        """The image is these bytes, and zeros."""
        with open(self.image, 'wb') as image:
            image.write(data)
            image.truncate(max(size or 0, len(data)))

    # Trees and file systems

    def tree(self, files):
        top = tempfile.mkdtemp(dir=self.dir)
        for path, content in files.items():
            name = top + path
            os.makedirs(os.path.dirname(name), exist_ok=True)
            if isinstance(content, str):
                content = content.encode('utf-8', 'surrogateescape')
            with open(name, 'wb') as out:
                out.write(content)
        for name, _, names in os.walk(top):
            for one in (name, *(os.path.join(name, one) for one in names)):
                os.utime(one, (TIME, TIME))
        return top

    def ext(self, files=None, size=16384, *options, image=None):
        """An ext4 of so many KiB on all of a disk, with these files beside
        those of a guest.  None removes one."""
        files = {**FILES, **(files or {})}
        files = {path: content for path, content in files.items()
                 if content is not None}
        top = self.tree(files)
        tool('mke2fs', '-q', '-F', '-m', '0', '-t', 'ext4', '-O', PLAIN_EXT,
             '-U', UUID, '-E', 'hash_seed=' + UUID,
             *options, '-d', top, image or self.image, '%dK' % size,
             env={**os.environ, 'E2FSPROGS_FAKE_TIME': str(TIME)})
        shutil.rmtree(top)

    def debugfs(self, *requests, image=None):
        """Change an image as no tool would that means well."""
        for request in requests:
            done = subprocess.run(
                ['debugfs', '-w', '-R', request, image or self.image],
                capture_output=True, text=True)
            said = done.stderr.split('\n', 1)[1].strip()
            if done.returncode or said:
                raise AssertionError('%s: %s' % (request, said))

    def config(self, text, path='/boot/grub/grub.cfg', size=16384, **more):
        """A guest with this configuration; more: files in /."""
        files = {'/boot/grub/grub.cfg': None, path: text}
        files.update({'/' + name: data for name, data in more.items()})
        self.ext(files, size, '-N', '8000')

    def sfdisk(self, script, size):
        self.fill(b'', size)
        tool('sfdisk', '-q', '--no-reread', self.image, input=script.encode())

    def partition(self, start, *options, files=None, size=4096):
        """The guest's file system at this sector of the disk."""
        part = self.path('part')
        self.ext(files, size, *options, image=part)
        with open(part, 'rb') as source:
            self.write(start * 512, source.read())
        os.unlink(part)
