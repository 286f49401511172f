# SPDX-License-Identifier: GPL-2.0-or-later
"""A real guest: what was extracted boots, with the arguments printed."""
import os
import re
import subprocess
import unittest

import e2e

BOOT_LIMIT = 300  # seconds of software emulation
QEMU = ['qemu-system-x86_64', '-accel', 'tcg', '-m', '512', '-nodefaults',
        '-nographic', '-serial', 'stdio', '-net', 'none', '-no-reboot']


class ADebianGuest(e2e.Case):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.image = os.path.join(cls.dir, 'debian.img')
        made = subprocess.run(
            [os.path.join(e2e.TOP, 'testimages', 'make.sh'), 'debian',
             cls.image], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors='replace')
        if made.returncode == 77:
            raise unittest.SkipTest(made.stdout.strip())
        if made.returncode:
            raise AssertionError(made.stdout)

    def boot(self, report):
        """Start the guest and return what it printed."""
        command = QEMU + [
            '-kernel', os.path.join(self.dir, 'kernel'),
            '-initrd', os.path.join(self.dir, 'ramdisk'),
            '-append', report['args'], '-drive',
            'file=%s,format=raw,if=virtio,snapshot=on' % self.image]
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL,
                                  capture_output=True, timeout=BOOT_LIMIT)
        except subprocess.TimeoutExpired as late:
            self.fail('no marker in %d s:\n%s' % (
                BOOT_LIMIT, (late.stdout or b'').decode(errors='replace')))
        return done.stdout.decode(errors='replace') + \
            done.stderr.decode(errors='replace')

    def test_is_extracted_and_boots(self):
        report = e2e.libxl(self.image, keep=self.dir, args=['-q'],
                           cmdline='panic=5')
        self.assertEqual(report['exit'], 0, report)
        self.assertEqual(report['complaints'], [])
        self.assertRegex(report['args'], '^root=UUID=[0-9a-f-]{36} ro .*'
                                         'quiet panic=5$')
        self.nothing_remains(report)
        said = self.boot(report)
        self.assertIn('guest is up: Debian GNU/Linux 12', said)
        cmdline = re.search('guest cmdline: (.*?)\r?\n', said)
        self.assertEqual(cmdline[1], report['args'])

    @unittest.skipUnless(e2e.PYGRUB, 'there is no pygrub to compare with')
    def test_is_what_pygrub_extracts(self):
        theirs = e2e.xenopsd(self.image, program=e2e.PYGRUB, uid=0)
        ours = e2e.xenopsd(self.image, uid=0)
        for key in 'kernel', 'ramdisk':
            self.assertEqual(ours[key]['sha256'], theirs[key]['sha256'])
        self.assertEqual(ours['args'], theirs['args'])

    def test_lists_its_entries(self):
        listing = self.direct('-l', self.image).stdout
        titles = re.findall('^title: (.*)$', listing, re.MULTILINE)
        self.assertEqual(titles[0], 'Debian GNU/Linux')
        self.assertIn('recovery mode', titles[-1])


if __name__ == '__main__':
    e2e.main()
