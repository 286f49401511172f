# SPDX-License-Identifier: GPL-2.0-or-later
"""Limits on the cost of the menu that hold on every machine: until it is first
seen, for a page of a long one, and while nobody does anything.

usage: test_gates_menu.py PROGRAM MARK_MAIN MEASURE, as CMake built them
"""
import fcntl
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import time
import tty
import unittest

import cost

SYSTEM_CALLS = 240      # of both processes, from main() to the first frame;
                        # some 60 of them are ncurses' writes to a memfd
WRITES = 2              # of them, to the terminal
FRAME_BYTES = 4096      # of the first frame, on a terminal of 24x80
PAGE_BYTES = 500        # of a page of 20,000 entries there
IDLE_SECONDS = 1        # in which neither process may wake up

PROGRAM, MARK_MAIN = sys.argv[1:3]
TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
SEEN = b'q aborts'
UUID = '4c8e0f5e-7a43-4c5b-8f52-51a1f0d0c0de'  # that disk.sh gives
ENTRY = '''menuentry 'Debian GNU/Linux, with Linux %d' --class debian {
	load_video
	insmod gzio
	if [ x$grub_platform = xxen ]; then insmod xzio; insmod lzopio; fi
	search --no-floppy --fs-uuid --set=root ''' + UUID + '''
	echo	'Loading Linux ...'
	linux	/boot/vmlinuz root=UUID=''' + UUID + ''' ro quiet
	initrd	/boot/initrd.img
}
'''
CONFIG = '''if [ -s $prefix/grubenv ]; then
  load_env
fi
function load_video {
  insmod all_video
}
set timeout=-1
'''


def make_guest(directory, entries, entry=ENTRY):
    tree = os.path.join(directory, 'tree')
    image = os.path.join(directory, '%d.img' % entries)
    os.makedirs(tree + '/boot/grub')
    for name in 'vmlinuz', 'initrd.img':
        with open(os.path.join(tree, 'boot', name), 'wb') as out:
            out.write(name.encode() * 100000)
    with open(tree + '/boot/grub/grub.cfg', 'w') as out:
        out.write(CONFIG + ''.join(entry % i for i in range(entries)))
    subprocess.run([TOP + '/testimages/disk.sh', image, 'gpt', 'ext4', tree],
                   check=True)
    shutil.rmtree(tree)
    return image


class Menu:
    """The program on a pty of 24x80."""

    def __init__(self, image, *before, until=SEEN):
        self.out = tempfile.mkdtemp(prefix='gates.')
        started = time.monotonic()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            tty.setraw(0)
            fcntl.ioctl(0, termios.TIOCSWINSZ,
                        struct.pack('HHHH', 24, 80, 0, 0))
            os.environ['TERM'] = 'vt100'
            argv = [*before, PROGRAM, '--timeout=-1',
                    '--output-directory=' + self.out, image]
            os.execvp(argv[0], argv)
        self.frame = self.until(until)
        self.seconds = time.monotonic() - started

    def read(self, seconds):
        """What comes until nothing has for so long; b'' at the end."""
        data = b''
        while select.select([self.fd], [], [], seconds)[0]:
            try:
                more = os.read(self.fd, 65536)
            except OSError:
                more = b''
            data += more
            if not more or len(data) > 1 << 20:
                break
        return data

    def until(self, text, patience=60):
        data, limit = b'', time.monotonic() + patience
        while text not in data:
            if time.monotonic() > limit:
                raise AssertionError('no %r in %r' % (text, data))
            if select.select([self.fd], [], [], 1)[0]:
                data += os.read(self.fd, 65536)
        return data

    def press(self, keys):
        os.write(self.fd, keys)

    def processes(self):
        with open('/proc/%d/task/%d/children' % (self.pid, self.pid)) as text:
            return [self.pid, *map(int, text.read().split())]

    def switches(self):
        """How often each process has gone to sleep."""
        counts = []
        for pid in self.processes():
            with open('/proc/%d/status' % pid) as status:
                counts.append(int(re.search(r'^voluntary_ctxt_switches:\s(\d+)',
                                            status.read(), re.M)[1]))
        return counts

    def end(self):
        self.press(b'\x03')
        self.until(b'aborted', patience=10)
        os.waitpid(self.pid, 0)
        os.close(self.fd)
        shutil.rmtree(self.out)


class Gates(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix='gates.')
        cls.addClassCleanup(shutil.rmtree, cls.dir)
        cls.image = make_guest(cls.dir, 20)

    def menu(self, *args, **more):
        menu = Menu(*args, **more)
        self.addCleanup(menu.end)
        return menu

    def within(self, what, count, limit):
        print('%s: %d of at most %d' % (what, count, limit), flush=True)
        self.assertGreater(count, 0)
        self.assertLessEqual(count, limit)

    def test_until_the_first_frame(self):
        log = os.path.join(self.dir, 'trace')
        self.menu(self.image, 'strace', '-f', '-y', '-s', '8192', '-o', log,
                  '-E', 'LD_PRELOAD=' + MARK_MAIN)
        with open(log, errors='replace') as text:
            calls = cost.whole_calls(text)
        begin = next(n for n, c in enumerate(calls) if cost.MARK in c)
        end = next(n for n, c in enumerate(calls) if SEEN.decode() in c
                   and 'memfd:' not in c)
        calls = calls[begin + 1:end + 1]
        if len(calls) > SYSTEM_CALLS or os.environ.get('SHOW'):
            print('\n'.join(call[:100] for call in calls))
        self.within('system calls', len(calls), SYSTEM_CALLS)
        self.within('writes to the terminal', len(
            [c for c in calls if re.match(r'write\(\d+</dev/', c)]), WRITES)

    def test_the_first_frame(self):
        menus = [self.menu(self.image) for _ in range(5)]
        menu = min(menus, key=lambda menu: menu.seconds)
        print('first frame after %.1f ms' % (menu.seconds * 1000), flush=True)
        self.within('bytes of the first frame', len(menu.frame), FRAME_BYTES)

    def test_a_page_of_20000_entries(self):
        image = make_guest(self.dir, 20000, "menuentry 'number %d' { true; }\n")
        menu = self.menu(image)
        menu.read(0.5)
        most = 0
        for _ in range(10):
            menu.press(b'\x1b[6~')
            most = max(most, len(menu.read(0.2)))
        self.within('bytes for a page', most, PAGE_BYTES)
        menu.press(b'\x1b[F')
        self.assertIn(b'19999', menu.read(0.3))

    def test_nothing_wakes_up_while_nobody_does_anything(self):
        for keys in b'', b'e', b'ee', b'c', b'cls\r', b'l', b'?', b'/4':
            menu = self.menu(self.image)
            menu.press(keys)
            menu.read(0.5)
            before = menu.switches()
            self.assertEqual(len(before), 2, 'parent and child')
            time.sleep(IDLE_SECONDS)
            self.assertEqual(menu.switches(), before, keys)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1], verbosity=2)
