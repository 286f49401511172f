# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest in the manner of RHEL: /boot is an XFS with an entry per kernel."""
import os
import subprocess

import e2e

KERNEL, RESCUE = '6.12.0-55.9.1.el10_0.x86_64', '0-rescue'
ARGS = ('root=UUID=7e7e7e7e-5555-4666-8777-888888888888 ro '
        'console=ttyS0,115200n8 no_timer_check')


def lines(text, size):
    """What yes TEXT | head -c SIZE writes."""
    text = text.encode() + b'\n'
    return (text * (size // len(text) + 1))[:size]


class ARhelGuest(e2e.Case):

    def recipe(self, options=None):
        name = os.path.join(self.dir, 'rhel.img')
        environ = dict(os.environ)
        if options is not None:
            environ['MKFS_OPTIONS'] = options
        subprocess.run([os.path.join(e2e.TOP, 'testimages', 'make.sh'), 'rhel',
                        name], check=True, env=environ, capture_output=True)
        return name

    def boots_version(self, report, version):
        self.boots(report,
                   lines('kernel %s of the rhel guest' % version, 6 << 20),
                   lines('ramdisk %s of the rhel guest' % version, 20 << 20),
                   ARGS)

    def test_boots_its_newest_kernel(self):
        for options in None, '-b size=1024', '-m crc=0 -n ftype=0':
            with self.subTest(options=options):
                image = self.recipe(options)
                self.boots_version(e2e.libxl(image, args=['-q']), KERNEL)
                self.boots_version(e2e.xenopsd(image), KERNEL)

    def test_boots_an_entry_by_its_title(self):
        report = e2e.libxl(self.recipe(), args=[
            '-q', '--entry=Red Hat Enterprise Linux (0-rescue) 10.0 '
            '(Coughlan)'])
        self.boots_version(report, RESCUE)

    def test_lists_its_entries(self):
        listing = self.direct('-l', self.recipe()).stdout
        self.assertEqual(listing.count('title: Red Hat Enterprise Linux ('), 2)
        self.assertIn('root: d0p2\n', listing)

    def test_saves_what_its_script_saves(self):
        image = self.recipe()
        before = image + '.before'
        subprocess.run(['cp', '--sparse=always', image, before], check=True)
        self.boots_version(e2e.libxl(image, args=['-q', '--save-env']), KERNEL)
        # offsets from 1 and both bytes of each that differs
        differ = subprocess.run(['cmp', '-l', before, image], text=True,
                                capture_output=True).stdout.splitlines()
        places = [int(line.split()[0]) - 1 for line in differ]
        os.remove(before)
        self.assertGreater(len(places), 0)
        with open(image, 'rb') as disk:
            at = places[0] // 512 * 512
            disk.seek(at)
            block = disk.read(1024)
        self.assertTrue(block.startswith(b'# GRUB Environment Block\n'))
        self.assertIn(b'boot_success=0\n', block)
        self.assertLess(places[-1], at + 1024)

    def test_saves_nothing_where_another_file_may_lie(self):
        image = self.recipe()
        bare = os.path.join(self.dir, 'bare.img')
        subprocess.run(['dd', 'if=' + image, 'of=' + bare, 'bs=1M', 'skip=2',
                        'count=320', 'conv=sparse', 'status=none'], check=True)
        environ = dict(os.environ, PATH=os.environ['PATH'] + ':/usr/sbin')
        subprocess.run(['xfs_db', '-x', '-c', 'path /grub2/grubenv', '-c',
                        'write v3.reflink 1', bare], check=True, env=environ,
                       capture_output=True)
        report = e2e.libxl(bare, args=['-q', '--save-env'])
        self.boots_version(report, KERNEL)
        self.assertIn('xfs: /grub2/grubenv: may share its place on the disk '
                      'with other files: not written', report['stderr'])


if __name__ == '__main__':
    e2e.main()
