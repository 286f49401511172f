# SPDX-License-Identifier: GPL-2.0-or-later
"""Limits on the cost of the main job that hold on every machine.

usage: test_gates.py PROGRAM MARK_MAIN MEASURE, as CMake built them
"""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import cost

SYSTEM_CALLS = 150
INSTRUCTIONS = 1000000
RSS_KIB = 4096
BOX_CALLS = 45  # of them, by which the child locks itself in, as root
OVERREAD = 256 << 10  # bytes of the image beyond kernel and ramdisk

PROGRAM, MARK_MAIN, MEASURE = sys.argv[1:4]
TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))


class Gates(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix='gates.')
        cls.addClassCleanup(shutil.rmtree, cls.dir)
        cls.image = os.path.join(cls.dir, 'demo.img')
        subprocess.run([os.path.join(TOP, 'testimages', 'make.sh'), 'demo',
                        cls.image], check=True)
        cls.calls, cls.payload = cost.trace(PROGRAM, MARK_MAIN, cls.image)

    def within(self, what, count, limit):
        print('%s: %d of at most %d' % (what, count, limit), flush=True)
        self.assertLessEqual(count, limit)

    def test_system_calls(self):
        self.assertTrue(any('exit_group' in call for call in self.calls))
        if len(self.calls) > SYSTEM_CALLS:
            print('\n'.join(call[:100] for call in self.calls))
        self.within('system calls', len(self.calls), SYSTEM_CALLS)

    def test_the_box(self):
        calls = cost.of_the_box(cost.trace(PROGRAM, MARK_MAIN, self.image,
                                           numbers=True)[0])
        self.assertTrue(any('PR_SET_NO_NEW_PRIVS' in call for call in calls))
        self.within('system calls of the box', len(calls), BOX_CALLS)

    def test_bytes_read_from_the_image(self):
        count = cost.bytes_read(self.calls, self.image)
        self.assertGreaterEqual(count, self.payload)
        self.within('bytes read beyond the files', count - self.payload,
                    OVERREAD)

    def test_nothing_is_synced(self):
        self.assertEqual([call for call in self.calls if 'sync' in call], [])

    def test_instructions(self):
        counts = cost.instructions(PROGRAM, self.image)
        self.assertEqual(len(counts), 2, 'parent and child')
        self.assertGreater(min(counts), 1000)
        self.within('instructions', sum(counts), INSTRUCTIONS)

    def test_memory(self):
        with cost.Run() as run:
            rss, status = cost.measure(
                MEASURE, 5, PROGRAM, *run.arguments(self.image),
                directory=run.out)[2:]
        self.assertEqual(status, 0)
        self.within('KiB resident', rss, RSS_KIB)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1], verbosity=2)
