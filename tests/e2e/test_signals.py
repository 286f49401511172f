# SPDX-License-Identifier: GPL-2.0-or-later
"""However it is stopped, nothing remains of it (promise P9)."""
import re

import e2e
from e2e import KERNEL, grub_entry, linux_guest

SIGNALS = ('TERM', 'INT', 'HUP', 'QUIT', 'PIPE', 'ALRM', 'XCPU')
# Seconds after the start; the program runs for some 20 ms on this guest.
MOMENTS = ('0', '0.0005', '0.001', '0.002', '0.004', '0.008', '0.015', '2p')
RAMDISK = KERNEL * 60


class Stopped(e2e.GuestCase):
    files = linux_guest(grub_entry('Linux'), **{'/boot/initrd.img': RAMDISK})

    def ended(self, report, name):
        """It finished before, or it said that it did not; and is gone."""
        if report['exit'] == 0:
            self.boots(report, ramdisk=RAMDISK)
            return False
        self.assertTrue(report['exit'] == 1 or
                        report['signal'] == 'SIG' + name, report)
        self.assertEqual(report.get('answer', ''), '')
        self.assertEqual(report.get('stdout', ''), '')
        self.nothing_remains(report)
        return True

    def test_at_any_moment_for_libxl(self):
        for name in SIGNALS:
            for moment in MOMENTS:
                with self.subTest(signal=name, moment=moment):
                    self.ended(e2e.libxl(self.image, signal=name, at=moment,
                                         args=['-q']), name)

    def test_at_any_moment_for_xenopsd(self):
        stopped = 0
        for name in SIGNALS:
            for moment in MOMENTS:
                with self.subTest(signal=name, moment=moment):
                    stopped += self.ended(e2e.xenopsd(
                        self.image, signal=name, at=moment), name)
        self.assertGreater(stopped, len(SIGNALS),
                           'too few runs were stopped to prove anything')

    def test_while_the_reader_hangs(self):
        for name in SIGNALS:
            with self.subTest(signal=name):
                report = e2e.disturbed(e2e.xenopsd, self.image, signal=name,
                                       at='2p', freeze=True)
                self.assertTrue(self.ended(report, name))
                self.assertLess(report['seconds'], 2)

    def test_while_nobody_reads_the_answer(self):
        for name in SIGNALS:
            with self.subTest(signal=name):
                report = e2e.xenopsd(self.image, signal=name, at='0.5',
                                     stdout='stuck')
                self.assertTrue(self.ended(report, name))

    def test_while_nobody_opens_the_fifo(self):
        for name in 'TERM', 'INT', 'HUP':
            with self.subTest(signal=name):
                report = e2e.xend(self.image, deaf=True, signal=name,
                                  at='0.5')
                self.assertNotEqual(report['exit'], 0)
                self.nothing_remains(report)

    def test_when_the_console_hangs_up(self):
        for moment in '0', '0.002', '0.01':
            with self.subTest(moment=moment):
                report = e2e.libxl(self.image, hangup=moment)
                self.assertIn(report['signal'], (None, 'SIGTERM', 'SIGHUP'))
                if report['exit'] != 0:
                    self.nothing_remains(report)

    def test_killed_it_leaves_no_process_and_no_partial_file(self):
        # A process that is stopped before it has asked to die with its parent
        # cannot know that its parent died: let it come so far.
        for freeze, moment in ((None, '2p'), (True, 'boxed')):
            with self.subTest(freeze=freeze):
                report = e2e.disturbed(e2e.xenopsd, self.image, signal='KILL',
                                       at=moment, freeze=freeze)
                self.assertEqual(report['signal'], 'SIGKILL')
                self.assertEqual(report['survivors'], [])
                final = [name for name in report['left']
                         if re.match('boot_', name)]
                self.assertEqual(final, [])


class TheReaderDies(e2e.Case):

    def test_and_the_program_says_so(self):
        disk = self.disk(linux_guest(grub_entry('Linux'),
                                     **{'/boot/initrd.img': RAMDISK}))
        for name in 'KILL', 'SEGV', 'SYS':
            with self.subTest(signal=name):
                self.fails(e2e.disturbed(e2e.xenopsd, disk, at='2p',
                                         signal_child=name),
                           'reader .*SIG' + name)


if __name__ == '__main__':
    e2e.main()
