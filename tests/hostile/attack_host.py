# SPDX-License-Identifier: GPL-2.0-or-later
"""Hosts that mean no good: outputs that cannot be written, descriptors that
are closed or leak, limits, signals at any time, killed processes (promises
P8, P9, P11, P15)."""
import contextlib
import fcntl
import os
import random
import resource
import shutil
import signal
import threading
import time

import place
import toolstack
from cases import MOMENT, boots, case, dies, either, refused
from guest import CONFIG, MIB, RAMDISK

SPACE = refused('No space left on device')


def host(name, outcome, **more):
    return case('host/' + name, outcome, **more)


def sound(guest):
    guest.prototype('sound', lambda out: guest.ext(None, 8192, image=out))


def large(guest):
    guest.prototype('large', lambda out: guest.ext(
        {'/initrd.img': RAMDISK * 1500}, 24 << 10, image=out))
    guest.ramdisk = RAMDISK * 1500


# Where the files go
for name, size in (('nothing', 4096), ('half-a-kernel', 8192),
                   ('a-kernel', 64 << 10), ('half-a-ramdisk', 8 * MIB)):
    def make_full(guest, size=size):
        large(guest)
        guest.formats = ('simple0', 'simple')
        place.mount_memory(guest.output, size)
        guest.cleanup.callback(place.unmount, guest.output)
    make_full.__doc__ = 'the output directory is a tmpfs of %d bytes' % size
    host('output/a-directory-with-room-for-' + name, SPACE, root=True)(
        make_full)


@host('output/no-inode-left', refused('No space left on device'), root=True)
def _(guest):
    """the output directory is a tmpfs of two inodes"""
    sound(guest)
    place.mount('none', guest.output, b'tmpfs', 0, b'nr_inodes=2,mode=0700')
    guest.cleanup.callback(place.unmount, guest.output)


@host('output/a-directory-that-is-read-only', refused('Read-only'), root=True)
def _(guest):
    """a tmpfs mounted read-only"""
    sound(guest)
    place.mount('none', guest.output, b'tmpfs', 1, b'mode=0700')
    guest.cleanup.callback(place.unmount, guest.output)


def elsewhere(name, outcome, make):
    """The output directory is what make(guest) returns."""
    def prepare(guest):
        sound(guest)
        guest.output = make(guest)
    prepare.__doc__ = make.__doc__
    host('output/' + name, outcome)(prepare)


def in_proc(_guest):
    """/proc/none/out, which nobody can make"""
    return '/proc/none/out'


def in_file(guest):
    """the image itself"""
    return guest.image


def in_open(guest):
    """mode 0777, and others may replace files in it"""
    os.chmod(guest.output, 0o777)
    return guest.output


def in_link(guest):
    """a link to a directory"""
    os.symlink(guest.output, guest.path('link'))
    return guest.path('link')


def in_loop(guest):
    """a link to itself"""
    os.symlink('loop', guest.path('loop'))
    return guest.path('loop')


def in_long(guest):
    """a name of 300 bytes"""
    return guest.path('x' * 300)


def in_newline(guest):
    """a directory called 'a LF kernel /etc/shadow'"""
    return guest.path('a\nkernel ', 'x')


elsewhere('a-directory-in-proc', refused('/proc/none'), in_proc)
elsewhere('a-directory-that-is-a-file', refused('Not a directory'), in_file)
elsewhere('a-directory-that-anybody-may-write-to', refused('output: '), in_open)
elsewhere('a-directory-behind-a-link', boots, in_link)
elsewhere('a-link-to-itself', refused('loop|symbolic'), in_loop)
elsewhere('a-name-that-is-too-long', refused('too long'), in_long)
elsewhere('a-name-with-a-newline', refused('control|newline'), in_newline)


@host('output/a-directory-that-is-missing', boots)
def _(guest):
    """deep/er/est, of which nothing is there: it is made, with mode 0700"""
    sound(guest)
    guest.output = guest.path('deep', 'er', 'est')
    yield 'with its parents'
    assert os.stat(guest.output).st_mode & 0o7777 == 0o700


@host('output/names-that-are-there-already', boots)
def _(guest):
    """hard and symbolic links in it, called nearly as the files will be"""
    sound(guest)
    guest.present = ('boot_kernel.', 'boot_ramdisk.aaaaaaaa')
    for name in guest.present:
        os.symlink('/etc/shadow', os.path.join(guest.output, name))


# Where the result goes
@host('answer/a-full-device', SPACE)
def _(guest):
    """--output=/dev/full, and stdout"""
    sound(guest)
    guest.formats, guest.answer = ('simple0', 'sxp'), '/dev/full'
    yield '--output'
    guest.answer, guest.formats = None, ('simple',)
    guest.prepare = lambda: os.dup2(os.open('/dev/full', os.O_WRONLY), 1)
    yield 'stdout'


@host('answer/a-pipe-that-nobody-reads', refused('Broken pipe|stdout'))
def _(guest):
    """stdout is a pipe whose other end is closed"""
    sound(guest)
    guest.formats = ('simple',)

    def prepare():
        reader, writer = os.pipe()
        os.dup2(writer, 1)
        os.close(reader)
    guest.prepare = prepare


@host('answer/a-file-that-is-not-there', refused('No such file'))
def _(guest):
    """--output=no/file"""
    sound(guest)
    guest.formats, guest.answer = ('simple0',), guest.path('no', 'file')


@host('answer/a-directory', refused('directory'))
def _(guest):
    """--output is a directory"""
    sound(guest)
    guest.formats, guest.answer = ('simple0',), guest.dir


@host('answer/a-longer-old-one', boots)
def _(guest):
    """--output is a file of 3000 bytes: it is truncated"""
    sound(guest)
    guest.formats = ('simple0', 'sxp')
    guest.prepare = lambda: os.truncate(guest.path('answer'), 3000)


@host('answer/a-fifo-without-a-reader', refused('fifo: nobody reads it'))
def _(guest):
    """--output is a FIFO, --time-limit=2: until then somebody may open it"""
    sound(guest)
    guest.formats, guest.answer = ('sxp',), guest.path('fifo')
    os.mkfifo(guest.answer)
    guest.options = ['--time-limit=2']


@host('answer/a-fifo-without-a-reader-and-a-signal', dies('TERM'),
      chance=MOMENT)
def _(guest):
    """--output is a FIFO, SIGTERM after 0.2 s"""
    sound(guest)
    guest.formats, guest.answer = ('sxp',), guest.path('fifo')
    os.mkfifo(guest.answer)
    later(guest, 'TERM', 0.2)


# Descriptors
for closed in ((0,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)):
    def make_closed(guest, closed=closed):
        sound(guest)
        guest.formats = ('simple0', 'sxp')
        guest.prepare = lambda: [os.close(fd) for fd in closed]
    make_closed.__doc__ = 'descriptors %s are closed' % ', '.join(
        map(str, closed))
    host('descriptors/%s-closed' % '-'.join(map(str, closed)), boots)(
        make_closed)


@host('descriptors/stdout-closed', refused('stdout|output'))
def _(guest):
    """the result should go to a descriptor 1 that is closed"""
    sound(guest)
    guest.formats = ('simple',)
    guest.prepare = lambda: os.close(1)


@host('descriptors/that-leak', boots)
def _(guest):
    """a thousand open ones: files, pipes, a directory, /dev/zero"""
    sound(guest)

    def prepare():
        toolstack.leak_descriptors(guest.dir)
        for fd in range(100, 1000):
            os.dup2(0, fd, inheritable=True)
    guest.prepare = prepare


@host('descriptors/stderr-full', boots)
def _(guest):
    """stderr is /dev/full"""
    sound(guest)
    guest.prepare = lambda: os.dup2(os.open('/dev/full', os.O_WRONLY), 2)


@host('descriptors/stdout-full-and-not-blocking', boots)
def _(guest):
    """stdout is a full pipe with O_NONBLOCK, which is read after a while"""
    sound(guest)
    guest.formats = ('simple',)
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETFL, os.O_NONBLOCK)
    full = 0
    with contextlib.suppress(BlockingIOError):
        while True:
            full += os.write(writer, bytes(4096))
    guest.prepare = lambda: os.dup2(writer, 1)

    def disturb(_pid):
        os.close(writer)
        time.sleep(0.3)
        with open(reader, 'rb') as pipe, \
                open(guest.path('stdout'), 'wb') as out:
            out.write(pipe.read()[full:])
    guest.disturb = disturb


# Limits and surroundings
for name, what, value, outcome in (
        ('files-of-half-a-kernel', resource.RLIMIT_FSIZE, 3000,
         refused('File too large')),
        ('files-of-a-kernel', resource.RLIMIT_FSIZE, 7000,
         refused('File too large')),
        ('6-descriptors', resource.RLIMIT_NOFILE, 6,
         refused('Too many open files')),
        ('no-core', resource.RLIMIT_CORE, 0, boots),
        ('a-stack-of-64-kibibytes', resource.RLIMIT_STACK, 64 << 10,
         refused('reader killed by SIGSEGV')),
        ('a-second-of-cpu', resource.RLIMIT_CPU, 1, boots)):
    def make_limit(guest, what=what, value=value):
        def prepare():
            os.closerange(3, 1024)  # whoever runs this may have some open
            resource.setrlimit(what, (value, value))

        sound(guest)
        guest.prepare = prepare
    make_limit.__doc__ = 'the process is allowed %s' % name.replace('-', ' ')
    host('limits/' + name, outcome, chance='where it dies is for the compiler '
         'to say' if 'stack' in name else None)(make_limit)


@host('limits/files-of-half-an-answer', refused('File too large'))
def _(guest):
    """files may have 4096 bytes: kernel and ramdisk do, the result does not"""
    guest.ext({'/vmlinuz': 'k', '/initrd.img': 'i', '/boot/grub/grub.cfg':
               CONFIG.replace(' ro', ' ' + 'x' * 8000)}, 8192)
    guest.formats = ('simple0', 'sxp')
    guest.prepare = lambda: resource.setrlimit(resource.RLIMIT_FSIZE,
                                               (4096, 4096))


for mask in 0, 0o777:
    def make_mask(guest, mask=mask):
        sound(guest)
        guest.prepare = lambda: os.umask(mask)
    make_mask.__doc__ = 'umask %o: files are 0600 all the same' % mask
    host('limits/umask-%o' % mask, boots)(make_mask)


@host('surroundings/a-directory-that-is-gone', boots)
def _(guest):
    """the working directory was removed"""
    sound(guest)

    def prepare():
        os.mkdir(guest.path('gone'))
        os.chdir(guest.path('gone'))
        os.rmdir(guest.path('gone'))
    guest.prepare = prepare


@host('surroundings/an-environment-of-the-guest', boots)
def _(guest):
    """LD_LIBRARY_PATH, TMPDIR, HOME, TERM, IFS, LC_ALL, FSIMAGE_FSDIR, PATH
    lead to the guest's files"""
    sound(guest)
    guest.environ = {name: guest.dir for name in (
        'TMPDIR', 'HOME', 'IFS', 'LC_ALL', 'LANG', 'FSIMAGE_FSDIR', 'PATH',
        'TERM', 'TERMINFO', 'LANGUAGE', 'LOCPATH', 'NLSPATH',
        'MALLOC_CHECK_', 'MKE2FS_CONFIG', 'LIBFDISK_DEBUG',
        'LIBBLKID_DEBUG', 'BLKID_FILE', 'LD_LIBRARY_PATH')}


@host('surroundings/every-signal-blocked-and-ignored', boots)
def _(guest):
    """inherited: all signals blocked, SIGCHLD and SIGPIPE ignored"""
    sound(guest)

    def prepare():
        for number in signal.SIGCHLD, signal.SIGPIPE, signal.SIGXFSZ:
            signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    guest.prepare = prepare


@host('surroundings/children-of-its-own', boots)
def _(guest):
    """it has inherited a child that runs, and one that ended"""
    sound(guest)

    def prepare():
        for ends in True, False:
            if os.fork() == 0:
                if not ends:
                    time.sleep(0.3)
                os._exit(7)
    guest.prepare = prepare


# Signals
def later(guest, name, seconds, child=False):
    def disturb(pid):
        if isinstance(seconds, str):
            toolstack.Moment(seconds).wait(pid, time.monotonic())
        else:
            time.sleep(seconds)
        if not child:
            return toolstack.send(pid, name)
        try:
            for one in toolstack.processes(pid)[1:]:
                toolstack.send(one, name)
        except OSError:
            pass
    guest.disturb = disturb


MOMENTS = (0, 0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, '2p', 'boxed')
for name in ('TERM', 'INT', 'HUP', 'QUIT', 'PIPE', 'ALRM', 'XCPU', 'USR1',
             'USR2', 'KILL'):
    def make_signal(guest, name=name):
        chance = random.Random(name)
        for moment in (*MOMENTS, *(chance.uniform(0, 0.03)
                                   for _ in range(6))):
            large(guest)
            guest.formats = (chance.choice(('simple0', 'simple', 'sxp')),)
            later(guest, name, moment)
            yield str(moment)
    make_signal.__doc__ = ('SIG%s after 0, 0.5, 1, 2, 4, 8 and 16 ms, when the '
                           'reader starts, when it is locked in, and at six '
                           'random moments within 30 ms' % name)
    host('signals/%s-at-any-time' % name, dies(name), chance=MOMENT)(
        make_signal)

for name in ('CHLD', 'CONT', 'WINCH', 'URG', 'TSTP', 'STOP'):
    def make_harmless(guest, name=name):
        for moment in 0.001, '2p', 'boxed':
            sound(guest)
            guest.formats = ('simple0',)
            later(guest, name, moment)
            act = guest.disturb

            def disturb(pid, act=act):
                act(pid)
                if name in ('TSTP', 'STOP'):
                    time.sleep(0.1)
                toolstack.send(pid, 'CONT')
            guest.disturb = disturb
            yield str(moment)
    make_harmless.__doc__ = 'SIG%s, and SIGCONT after it, at three moments' % (
        name)
    host('signals/%s-does-no-harm' % name, boots)(make_harmless)


@host('signals/many-at-once', dies('TERM'), chance=MOMENT)
def _(guest):
    """a hundred of TERM, in a row, from the start"""
    for pause in 0, 0.0001, 0.001:
        large(guest)
        guest.formats = ('simple',)

        def disturb(pid, pause=pause):
            for _ in range(100):
                toolstack.send(pid, 'TERM')
                time.sleep(pause)
        guest.disturb = disturb
        yield str(pause)


for name in ('KILL', 'SEGV', 'SYS', 'ABRT', 'BUS', 'XCPU', 'TERM'):
    def make_child(guest, name=name):
        for moment in '2p', 'boxed', 0.01:
            large(guest)
            later(guest, name, moment, child=True)
            yield str(moment)
    make_child.__doc__ = ('SIG%s to the process that reads, as it starts, as '
                          'it is locked in, after 10 ms' % name)
    host('signals/the-reader-dies-of-%s' % name,
         either('reader|SIG' + name + '|limit of CPU'), chance=MOMENT)(
             make_child)


@host('signals/the-reader-hangs', refused('time limit'), chance=MOMENT)
def _(guest):
    """SIGSTOP to the process that reads, --time-limit=2"""
    large(guest)
    guest.options = ['--time-limit=2']
    later(guest, 'STOP', '2p', child=True)


@host('signals/the-reader-hangs-and-a-signal', dies('TERM'), chance=MOMENT)
def _(guest):
    """SIGSTOP to the process that reads, then SIGTERM to the program"""
    large(guest)

    def disturb(pid):
        toolstack.Moment('2p').wait(pid, time.monotonic())
        try:
            for one in toolstack.processes(pid)[1:]:
                toolstack.send(one, 'STOP')
        except OSError:
            return
        toolstack.send(pid, 'TERM')
    guest.disturb = disturb


@host('signals/the-terminal-hangs-up', dies('HUP'), chance=MOMENT)
def _(guest):
    """a terminal of its own, whose other end is closed, and SIGHUP"""
    for moment in 0.001, 0.004, '2p':
        large(guest)
        guest.formats = ('simple0',)
        master, slave = os.openpty()

        def prepare(master=master, slave=slave):
            os.setsid()
            fcntl.ioctl(slave, 0x540e, 0)   # TIOCSCTTY
            os.dup2(slave, 0)
            os.close(master)
        guest.prepare = prepare

        def disturb(pid, master=master, slave=slave, moment=moment):
            os.close(slave)
            if isinstance(moment, str):
                toolstack.Moment(moment).wait(pid, time.monotonic())
            else:
                time.sleep(moment)
            os.close(master)
        guest.disturb = disturb
        yield str(moment)


@host('signals/twenty-of-them-at-once', boots, dear=True)
def _(guest):
    """twenty programs into the same directory: each has its own files"""
    sound(guest)
    guest.formats = ('simple0',)
    other = guest.path('shared')
    os.mkdir(other)

    def disturb(_pid):
        def one():
            toolstack.subprocess.run(
                [guest.program, '-q', '--output-directory=' + other,
                 guest.image], stdout=toolstack.subprocess.DEVNULL)
        threads = [threading.Thread(target=one) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    guest.disturb = disturb
    yield 'with twenty others'
    assert len(os.listdir(other)) == 40, os.listdir(other)
    shutil.rmtree(other)


# The command line
def line(name, pattern, *argv, image=True):
    def make(guest):
        sound(guest)
        guest.command = ['--output-directory=' + guest.output, *argv,
                         *([guest.image] if image else [])]
    make.__doc__ = 'hostgrub ' + ' '.join(word[:40] for word in argv)
    host('command-line/' + name, refused(pattern))(make)


line('no-disk', 'no disk', image=False)
line('an-unknown-option', '--colour', '--colour')
line('an-ambiguous-prefix', '--out', '--out=x')
line('a-missing-value', '--entry', '--entry', image=False)
line('an-offset-that-is-no-number', 'offset', '--offset=1x')
line('a-user-that-is-no-number', 'runas', '--runas=root', '-q')
line('a-user-of-2^32', 'runas', '--runas=4294967296', '-q')
line('a-user-of-2^64', 'runas', '--runas=18446744073709551616', '-q')
line('an-unknown-output-format', 'xml', '--output-format=xml')
line('an-unknown-format', 'format', '--format=evil', '-q')
line('an-unknown-loader', 'loader', '--loader=evil', '-q')
line('an-option-with-escapes', r'\\x1b', '--\x1b[2J', '-q')
line('an-entry-with-escapes', r'\\x1b', '--entry=\x1b[2J', '-q')
line('a-partition-that-is-not-there', 'no partition is called',
     '--partition=99', '-q')
line('arguments-of-a-megabyte', '8191|too long', '-q', '--args=' + 'x' * 100000)
line('arguments-with-a-newline', 'control|newline', '-q',
     '--args=x\nkernel /etc/shadow')
line('a-kernel-of-the-host', 'no such file', '-q',
     '--kernel=/etc/../../../etc/shadow')
line('a-configuration-of-the-host', 'not found', '-q', '--config=/etc/passwd')
line('a-time-limit-of-nothing', 'time', '-q', '--time-limit=-1')
