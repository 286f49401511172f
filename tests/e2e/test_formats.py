# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests in images of other formats than raw, through qemu-nbd."""
import glob
import os
import shutil
import subprocess
import unittest

import e2e
from e2e import INITRD, KERNEL, grub_entry, linux_guest

FORMATS = {'qcow2': 'qcow2', 'qcow': 'qcow', 'qed': 'qed', 'vhd': 'vpc',
           'vpc': 'vpc', 'vhdx': 'vhdx', 'vmdk': 'vmdk', 'vdi': 'vdi',
           'parallels': 'parallels'}
QEMU_NBD = '/usr/bin/qemu-nbd'


def qemu_img(*argv):
    subprocess.run(['qemu-img', *argv], check=True, stdout=subprocess.DEVNULL,
                   stdin=subprocess.DEVNULL)


def of_qemu_nbd():
    """The processes that run it."""
    found = []
    for name in glob.glob('/proc/[0-9]*/cmdline'):
        try:
            with open(name, 'rb') as cmdline:
                if cmdline.read().split(b'\0')[0].endswith(b'qemu-nbd'):
                    found.append(name)
        except OSError:
            pass
    return found


@unittest.skipUnless(os.path.exists(QEMU_NBD) and shutil.which('qemu-img'),
                     'needs qemu-utils')
class Images(e2e.Case):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        os.chmod(cls.dir, 0o755)
        cls.raw = e2e.make_disk(cls.path('guest.img'),
                                linux_guest(grub_entry('Linux')))
        # whoever kills a hostgrub outright leaves one behind, not we
        cls.others = set(glob.glob('/tmp/hostgrub.*'))

    @classmethod
    def path(cls, *names):
        return os.path.join(cls.dir, *names)

    def make(self, name, form, *options, source=None):
        """An image of the guest, readable for everybody."""
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.chmod(os.path.dirname(path), 0o755)
        qemu_img('convert', '-f', 'raw', '-O', form, *options,
                 source or self.raw, path)
        os.chmod(path, 0o644)
        return path

    def overlay(self, name, backing):
        """An empty qcow2 in front of a raw file, which need not be there."""
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        qemu_img('create', '-u', '-f', 'qcow2', '-F', 'raw', '-b', backing,
                 path, str(os.path.getsize(self.raw)))
        os.chmod(path, 0o644)
        return path

    def tearDown(self):
        self.assertEqual(set(glob.glob('/tmp/hostgrub.*')) - self.others,
                         set())

    def refused(self, *argv, says):
        done = self.direct('-n', '-q', *argv)
        self.assertEqual((done.returncode, done.stdout), (1, ''), done)
        self.assertRegex(done.stderr, says)
        self.assertEqual(done.stderr.count('\n'), 1, done.stderr)

    def found(self, *argv, **more):
        done = self.direct('-n', '-q', *argv, **more)
        self.assertEqual((done.returncode, done.stderr), (0, ''), done)
        self.assertIn('<kernel:/boot/vmlinuz>', done.stdout)


class Formats(Images):

    def test_kernel_and_ramdisk_are_those_of_the_guest(self):
        for form, name in FORMATS.items():
            with self.subTest(format=form):
                image = self.make('guest.' + form, name)
                before = os.stat(image)
                self.boots(e2e.xenopsd(image, args=['--format=' + form]))
                after = os.stat(image)
                self.assertEqual((before.st_mtime_ns, before.st_size),
                                 (after.st_mtime_ns, after.st_size))

    def test_compressed_clusters(self):
        image = self.make('small.qcow2', 'qcow2', '-c')
        self.assertLess(os.path.getsize(image),
                        os.path.getsize(self.raw) // 8)
        self.boots(e2e.xenopsd(image, args=['--format=qcow2']))

    def test_for_libxl_without_the_box(self):
        image = self.make('xl.qcow2', 'qcow2')
        self.boots(e2e.libxl(image, args=['-q', '--format=qcow2',
                                          '--no-sandbox']))

    def test_raw_means_raw(self):
        """Whatever a disk begins with."""
        image = self.make('a.qcow2', 'qcow2')
        for options in [], ['--format=raw']:
            self.refused(*options, image, says='no known file system')
        self.found('--format=raw', self.raw)

    def test_the_name_of_the_format_counts(self):
        for form, said in (('qcow2', 'not in qcow2 format'),
                           ('vdi', 'VDI'), ('vmdk', 'VMDK'), ('qcow', 'qcow'),
                           ('vhdx', 'guest.img'), ('qed', 'qed|QED'),
                           ('parallels', 'arallels')):
            with self.subTest(format=form):
                self.refused('--format=' + form, self.raw,
                             says='^hostgrub: .*guest.img: .*' + said)

    def test_all_that_can_be_done_with_a_disk(self):
        image = self.make('all.qcow2', 'qcow2')

        def run(*argv):
            want = self.direct(*argv, self.raw)
            done = self.direct(*argv, '--format=qcow2', image)
            self.assertEqual(done.returncode, 0, done)
            self.assertEqual(done.stdout.replace('all.qcow2', 'guest.img'),
                             want.stdout)
            self.assertTrue(done.stdout)
        run('-l')
        run('-n', '-q')
        run('--list-filesystems')
        run('-n', '-q', '--offset=1048576')
        run('-n', '-q', '--partition=1')
        script = self.path('script')
        with open(script, 'w', encoding='ascii') as out:
            out.write('ls\nls (hd0,gpt1)/boot\n'
                      'cat (hd0,gpt1)/boot/grub/grub.cfg\n')
        run('--script=' + script)

    def test_the_menu(self):
        image = self.make('menu.qcow2', 'qcow2')
        self.boots(e2e.libxl(image, args=['--format=qcow2', '--timeout=0']))

    def test_several_images(self):
        first = self.path('first.qcow2')
        qemu_img('create', '-f', 'qcow2', first, '1M')
        os.chmod(first, 0o644)
        second = self.make('second.qcow2', 'qcow2')
        self.found('--format=qcow2', first, second, second)
        done = self.direct('--list-filesystems', '--format=qcow2', first,
                           second)
        self.assertRegex(done.stdout, '(?s)size: 1048576.*hd1,gpt1.*ext4')
        self.refused('--format=qcow2', second, self.raw,
                     says='guest.img: Image is not in qcow2 format')

    def test_a_table_of_every_kind(self):
        parts = self.path('parts.img')
        e2e.make_parts(parts, 'label: dos\n2048,2048,83\n4096,,5\n6144,2048\n'
                       '10240,,83\n',
                       {10240 * 512: e2e.make_disk(
                           self.path('fs.img'),
                           linux_guest(grub_entry('Linux')), table='none')},
                       os.path.getsize(self.raw) + (16 << 20))
        image = self.make('parts.qcow2', 'qcow2', source=parts)
        want = self.direct('--list-filesystems', parts).stdout
        done = self.direct('--list-filesystems', '--format=qcow2', image)
        self.assertEqual(done.stdout.replace('parts.qcow2', 'parts.img'), want)
        self.assertRegex(want, 'hd0,msdos6')
        self.found('--format=qcow2', image)

    def test_what_is_on_a_partition_that_cannot_be_read(self):
        swap = self.path('swap.img')
        with open(swap, 'wb') as out:
            out.truncate(8 << 20)
        subprocess.run(['/sbin/mkswap', '-q', swap], check=True,
                       stderr=subprocess.DEVNULL)
        image = self.make('swap.qcow2', 'qcow2', source=swap)
        done = self.direct('--list-filesystems', '--format=qcow2', image)
        self.assertIn('swap', done.stdout.replace('swap.', ''))

    def test_a_relative_name(self):
        self.make('there/a.qcow2', 'qcow2')
        self.make('there/nbd:b', 'qcow2')
        for cwd, name in ((self.path('there'), 'a.qcow2'),
                          (self.path('there'), './a.qcow2'),
                          (self.path('there'), 'nbd:b'),
                          (self.path(), 'there/../there/a.qcow2')):
            with self.subTest(name=name):
                self.found('--format=qcow2', name, cwd=cwd)

    def test_a_link_to_the_image(self):
        image = self.make('real/a.qcow2', 'qcow2')
        os.symlink(image, self.path('link.qcow2'))
        self.found('--format=qcow2', self.path('link.qcow2'))

    @e2e.needs_root
    def test_a_block_device(self):
        image = self.make('device.qcow2', 'qcow2')
        device = self.loop(image)
        mode = os.stat(device).st_mode
        os.chmod(device, 0o644)
        self.addCleanup(os.chmod, device, mode)
        self.found('--format=qcow2', device)

    @e2e.needs_root
    def test_an_image_that_only_root_may_read(self):
        image = self.make('private.qcow2', 'qcow2')
        os.chmod(image, 0o600)
        self.refused('--format=qcow2', image,
                     says='private.qcow2: user 65534 may not read it '
                          r'\(--runas')
        os.chown(image, 4321, 4321)
        self.found('--format=qcow2', '--runas=4321', image)

    @e2e.needs_root
    def test_started_by_an_ordinary_user(self):
        image = self.make('user.qcow2', 'qcow2')
        shutil.copy(e2e.PROGRAM, self.path('hostgrub'))
        os.chmod(self.path('hostgrub'), 0o755)

        def run(*argv):
            return subprocess.run(
                ['setpriv', '--reuid=4321', '--regid=4321', '--clear-groups',
                 self.path('hostgrub'), '-n', '-q', '--format=qcow2', *argv],
                capture_output=True, text=True)
        done = run(image)
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        os.chmod(image, 0o600)
        self.assertRegex(run(image).stderr, 'user 4321 may not read it\n')

    def test_an_image_that_is_not_there(self):
        self.refused('--format=qcow2', self.path('none'),
                     says='none: No such file')
        self.refused('--format=qcow2', self.dir, says='regular file')
        self.refused('--format=qcow2', '/dev/null', says='/dev/null: ')

    def test_an_image_that_ends_early(self):
        image = self.make('short.qcow2', 'qcow2')
        for size in 0, 1, 50, 104:
            with self.subTest(size=size):
                os.truncate(image, size)
                self.refused('--format=qcow2', image, says='short.qcow2: ')

    def test_the_guest_is_not_written(self):
        image = self.make('env.qcow2', 'qcow2', source=e2e.make_disk(
            self.path('env.img'), linux_guest(
                'load_env\nset x=1\nsave_env x\n' + grub_entry('Linux'),
                **{'/boot/grub/grubenv': b'# GRUB Environment Block\n'.ljust(
                    1024, b'#')})))
        with open(image, 'rb') as data:
            before = data.read()
        report = e2e.xenopsd(image, args=['--format=qcow2', '--save-env'])
        self.boots(report)
        self.assertRegex(report['stderr'], 'warning: .*behind a server')
        with open(image, 'rb') as data:
            self.assertEqual(data.read(), before)

    @e2e.needs_root
    def test_without_qemu_nbd(self):
        image = self.make('alone.qcow2', 'qcow2')
        done = subprocess.run(
            ['unshare', '-m', 'sh', '-c',
             'mount --bind /dev/null %s && PATH=%s:$PATH exec "$@"' % (
                 QEMU_NBD, self.dir), 'sh', e2e.PROGRAM, '-n', '-q',
             '--format=qcow2', image], capture_output=True, text=True)
        if 'unshare' in done.stderr:
            self.skipTest(done.stderr)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, 'needs qemu-nbd .package qemu-utils')


class Backing(Images):
    """What an image names is opened beside it, or by --follow-backing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in 'here', 'there':
            os.mkdir(cls.path(name), 0o755)
            os.chmod(cls.path(name), 0o755)
            shutil.copy(cls.raw, cls.path(name, 'base.img'))

    def test_beside_the_image(self):
        for name in 'base.img', self.path('here/base.img'), \
                '../here/base.img':
            with self.subTest(name=name):
                image = self.overlay('here/near.qcow2', name)
                self.boots(e2e.xenopsd(image, args=['--format=qcow2']))

    def test_elsewhere(self):
        for name in '../there/base.img', self.path('there/base.img'):
            with self.subTest(name=name):
                image = self.overlay('here/far.qcow2', name)
                self.refused('--format=qcow2', image,
                             says='far.qcow2: Could not open backing file.*'
                                  'base.img.*--follow-backing')
                self.boots(e2e.xenopsd(image, args=['--format=qcow2',
                                                    '--follow-backing']))

    def test_files_of_the_host(self):
        for name in '/etc/passwd', '/proc/self/environ', '/dev/zero', \
                '/proc/self/mem', '/':
            with self.subTest(name=name):
                image = self.overlay('here/host.qcow2', name)
                self.refused('--format=qcow2', image, says='backing file')

    def test_no_network(self):
        """Not even with the option: files are what it lets be opened."""
        image = self.overlay('here/net.qcow2', 'nbd://127.0.0.1:10809/')
        for more in [], ['--follow-backing']:
            self.refused('--format=qcow2', *more, image,
                         says='Failed to create socket|ermission denied')

    def test_a_link_leads_nowhere(self):
        os.symlink(self.path('there/base.img'), self.path('here/link'))
        image = self.overlay('here/linked.qcow2', 'link')
        self.refused('--format=qcow2', image, says='ermission denied')

    def test_extents_of_vmdk(self):
        image = self.make('flat/a.vmdk', 'vmdk', '-o',
                          'subformat=monolithicFlat')
        os.chmod(self.path('flat/a-flat.vmdk'), 0o644)
        self.boots(e2e.xenopsd(image, args=['--format=vmdk']))
        os.rename(self.path('flat/a-flat.vmdk'), self.path('there/b.vmdk'))
        with open(image, encoding='ascii') as text:
            changed = text.read().replace('a-flat.vmdk',
                                          self.path('there/b.vmdk'))
        with open(image, 'w', encoding='ascii') as text:
            text.write(changed)
        self.refused('--format=vmdk', image, says='--follow-backing')
        self.boots(e2e.xenopsd(image, args=['--format=vmdk',
                                            '--follow-backing']))

    def test_vhd_of_differences(self):
        parent = self.make('here/parent.vhd', 'vpc')
        self.found('--format=vhd', parent)


class NothingRemains(Images):
    """No process, socket or file, however it ends (promise P9)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.image = cls.path('guest.qcow2')
        qemu_img('convert', '-O', 'qcow2', '-c', cls.raw, cls.image)
        os.chmod(cls.image, 0o644)

    def test_after_success_and_failure(self):
        before = of_qemu_nbd()
        self.found('--format=qcow2', self.image)
        self.refused('--format=qcow2', '--entry=none', self.image,
                     says='no entry')
        self.refused('--format=qcow2', self.raw, says='not in qcow2')
        self.assertEqual(of_qemu_nbd(), before)

    def test_after_a_signal(self):
        stopped = 0
        for name in 'TERM', 'INT', 'HUP', 'PIPE', 'KILL':
            for moment in '0', '0.003', '0.01', '0.02', '0.03', '0.04', '0.06':
                with self.subTest(signal=name, moment=moment):
                    report = e2e.xenopsd(self.image, signal=name, at=moment,
                                         args=['--format=qcow2'])
                    if report['exit'] == 0:
                        self.boots(report)
                        continue
                    stopped += 1
                    self.assertEqual(report['survivors'], [], report)
                    if name == 'KILL':
                        self.no_partial_file(report)
                    else:
                        self.assertEqual(report['left'], [], report)
        self.assertGreater(stopped, 5)

    def test_when_qemu_nbd_hangs(self):
        """A FIFO in the place of the image holds it for ever."""
        fifo = self.path('fifo')
        os.mkfifo(fifo)
        os.chmod(fifo, 0o644)
        self.refused('--format=qcow2', '--time-limit=2', fifo,
                     says='fifo: ')


if __name__ == '__main__':
    e2e.main()
