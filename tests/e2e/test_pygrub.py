# SPDX-License-Identifier: GPL-2.0-or-later
"""Byte for byte what pygrub says, on guests that both can boot.

Only the names of the files differ, and of a file's name only what is random.
"""
import itertools
import os
import re
import subprocess

import e2e
from e2e import INITRD, KERNEL, grub_entry, linux_guest

SIMPLE = "menuentry 'Linux' {\n\tlinux /boot/vmlinuz %s\n" \
         "\tinitrd /boot/initrd.img\n}\n"
LEGACY = 'default=1\ntimeout=3\nhiddenmenu\ntitle One\n\troot (hd0,0)\n' \
         '\tkernel /boot/none a\n\ntitle Two\n\troot (hd0,0)\n' \
         '\tkernel /boot/vmlinuz root=/dev/xvda1  ro quiet\n' \
         '\tinitrd /boot/initrd.img\n'
EXTLINUX = 'DEFAULT two\nTIMEOUT 30\nLABEL one\n\tKERNEL /boot/none\n' \
           'LABEL two\n\tKERNEL /boot/vmlinuz\n' \
           '\tAPPEND initrd=/boot/initrd.img root=/dev/xvda1 ro\n'

GUESTS = {
    'grub2': linux_guest(SIMPLE % 'root=/dev/xvda1 ro quiet'),
    'two entries': linux_guest(
        'set default=1\n' + grub_entry('First', '/boot/none') +
        grub_entry('Second', args='root=LABEL=x ro')),
    'own boot partition': {
        '/grub/grub.cfg': grub_entry('L', '/vmlinuz', 'a=b', '/initrd.img'),
        '/vmlinuz': KERNEL, '/initrd.img': INITRD},
    'no ramdisk': linux_guest(grub_entry('L', initrd=None)),
    'no arguments': linux_guest(grub_entry('L', args='')),
    'legacy': linux_guest(LEGACY, path='/boot/grub/menu.lst'),
    'grub.conf': linux_guest(LEGACY, path='/boot/grub/grub.conf'),
    'extlinux': linux_guest(EXTLINUX, path='/extlinux.conf'),
    'utf-8': linux_guest(SIMPLE % 'name=\u00e9\u20ac\U0001f600'),
}
DISKS = {
    'gpt ext4': {'table': 'gpt', 'fs': 'ext4'},
    'mbr ext3': {'table': 'mbr', 'fs': 'ext3'},
    'whole ext2': {'table': 'none', 'fs': 'ext2'},
}


def anonymous(text):
    """Paths without what differs from run to run."""
    return re.sub(r'/[^\0\n\'" ]*/(boot_kernel|boot_ramdisk)\.[A-Za-z0-9_]+',
                  r'/DIR/\1.X', text)


@e2e.unittest.skipUnless(e2e.PYGRUB, 'there is no pygrub to compare with')
class SameAsPygrub(e2e.Case):

    def image(self, guest, disk):
        return e2e.make_disk(os.path.join(self.dir, 'guest.img'),
                             GUESTS[guest], **DISKS[disk])

    def same(self, run, image, answer, **more):
        theirs = run(image, program=e2e.PYGRUB, **more)
        ours = run(image, **more)
        self.assertEqual(theirs['exit'], 0, theirs)
        self.assertEqual(ours['exit'], 0, ours)
        self.assertEqual(anonymous(ours[answer]), anonymous(theirs[answer]))
        for name in 'kernel', 'ramdisk':
            self.assertEqual(ours.get(name, {}).get('sha256'),
                             theirs.get(name, {}).get('sha256'))
        self.assertEqual(ours.get('args'), theirs.get('args'))
        self.nothing_remains(ours)

    def test_each_format_on_each_guest(self):
        for guest, disk in itertools.product(GUESTS, DISKS):
            image = self.image(guest, disk)
            with self.subTest(guest=guest, disk=disk):
                self.same(e2e.libxl, image, 'answer', args=['-q'])
                self.same(e2e.xenopsd, image, 'stdout', uid=0)
                self.same(e2e.xend, image, 'answer')

    def test_options(self):
        image = self.image('two entries', 'gpt ext4')
        for args in (['-q', '--args=x=y'], ['--entry=1'], ['--entry=Second'],
                     ['-q', '--kernel=/boot/initrd.img'],
                     ['--quie', '--args', "a='b c'"], ['-q', '--offset',
                                                       '1048576'],
                     ['-q', '--kernel=/boot/vmlinuz',
                      '--ramdisk=boot/initrd.img', '--args=only these']):
            with self.subTest(args=args):
                self.same(e2e.libxl, image, 'answer', args=args)
        self.same(e2e.libxl, self.image('no arguments', 'gpt ext4'),
                  'answer', args=['-q', '--args=extra'])

    def test_sxp_quotes_as_python_does(self):
        for text in ('foo="a b"', "foo='a b'", 'a="x" b=\'y\'', 'a=b\\c',
                     'a\\\\b', 'é€', '\u00a0x', '\u2028x', '\U0001f600',
                     '\u0301', '\ud7ff', '\ue000', '\ufeffx', "'"):
            with self.subTest(text=text):
                self.same(e2e.xend, self.image('no ramdisk',
                                                      'gpt ext4'),
                          'answer', cmdline=text)

    def test_list(self):
        for guest in ('grub2', 'two entries', 'own boot partition', 'utf-8'):
            image = self.image(guest, 'gpt ext4')
            with self.subTest(guest=guest):
                theirs = subprocess.run([e2e.PYGRUB, '-l', '-n', image],
                                        capture_output=True)
                ours = subprocess.run([e2e.PROGRAM, '-l', '-n', image],
                                      capture_output=True)
                # pygrub says None where the guest does not set $root.
                self.assertEqual(ours.stdout.replace(b'root: d0p1', b'root: None'),
                                 theirs.stdout)
                self.assertEqual(ours.returncode, theirs.returncode)

    def test_isconfig(self):
        name = os.path.join(self.dir, 'grub.cfg')
        with open(name, 'w') as out:
            out.write(GUESTS['two entries']['/boot/grub/grub.cfg'])
        for more in ([], ['--entry=0'], ['--args=x']):
            with self.subTest(more=more):
                said = [subprocess.run([p, '--isconfig', '-q', *more, name],
                                       capture_output=True).stdout
                        for p in (e2e.PYGRUB, e2e.PROGRAM)]
                self.assertEqual(*said)


if __name__ == '__main__':
    e2e.main()
