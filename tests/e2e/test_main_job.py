# SPDX-License-Identifier: GPL-2.0-or-later
"""From a guest's disk to what the toolstack reads."""
import os
import subprocess

import e2e
from e2e import INITRD, KERNEL, Link, grub_entry, linux_guest

ARGS = 'root=/dev/xvda1 ro'
DEMO_UUID = '4c8e0f5e-7a43-4c5b-8f52-51a1f0d0c0de'


class TheDemoGuest(e2e.Case):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.image = os.path.join(cls.dir, 'demo.img')
        cls.make('demo.img')

    @classmethod
    def make(cls, name):
        out = os.path.join(cls.dir, name)
        subprocess.run([os.path.join(e2e.TOP, 'testimages', 'make.sh'),
                        'demo', out], check=True)
        return out

    def check(self, report):
        self.assertEqual(report['exit'], 0, report)
        self.assertEqual(report['complaints'], [])
        self.assertEqual(report['kernel']['size'], 6 << 20)
        self.assertEqual(report['ramdisk']['size'], 20972544)
        self.assertEqual(report['args'],
                         'root=UUID=%s ro quiet' % DEMO_UUID)
        self.nothing_remains(report)

    def test_boots_for_libxl_with_nobody_at_the_console(self):
        self.check(e2e.libxl(self.image))

    def test_boots_for_libxl_with_quiet(self):
        self.check(e2e.libxl(self.image, args=['-q']))

    def test_boots_for_restricted_libxl(self):
        self.check(e2e.libxl(self.image, restrict=65534 if e2e.ROOT else 0))

    def test_boots_for_xenopsd(self):
        self.check(e2e.xenopsd(self.image))

    def test_boots_for_xend(self):
        report = e2e.xend(self.image, cmdline="extra='a b'")
        self.assertEqual(report['args'],
                         "root=UUID=%s ro quiet extra='a b'" % DEMO_UUID)
        self.assertEqual(report['complaints'], [])
        self.nothing_remains(report)

    def test_is_made_the_same_every_time(self):
        other = self.make('again.img')
        subprocess.run(['cmp', self.image, other], check=True)
        os.unlink(other)

    def test_is_not_written_to(self):
        before = os.stat(self.image)
        os.chmod(self.image, 0o444)
        self.check(e2e.xenopsd(self.image))
        after = os.stat(self.image)
        self.assertEqual(before.st_mtime_ns, after.st_mtime_ns)


class EveryDisk(e2e.Case):
    """Tables, file systems and configurations boot alike."""

    def boot(self, **more):
        disk = self.disk(linux_guest(grub_entry('Linux')), **more)
        self.boots(e2e.libxl(disk, args=['-q']), args=ARGS)

    def test_a_file_system_on_the_whole_disk(self):
        self.boot(table='none')

    def test_an_mbr_partition(self):
        self.boot(table='mbr')

    def test_a_gpt_partition(self):
        self.boot(table='gpt')

    def parted(self, script, offset):
        part = self.disk(linux_guest(grub_entry('Linux')), table='none',
                         size=16384)
        return e2e.make_parts(part[:-4] + '.parted.img', script,
                              {offset: part}, 32 << 20)

    def test_a_logical_partition(self):
        disk = self.parted('label: dos\nstart=2048,size=2048,type=83\n'
                           'start=4096,type=5\nstart=6144,size=8192,type=82\n'
                           'start=16384,type=83\n', 16384 * 512)
        self.boots(e2e.xenopsd(disk), args=ARGS)

    @e2e.needs_root
    def test_a_gpt_of_sectors_of_4096_bytes(self):
        disk = self.parted('label: gpt\nstart=2048\n', 1 << 20)
        device = self.loop(disk, '--sector-size=4096')
        subprocess.run(['sfdisk', '-q', device], check=True, text=True,
                       input='label: gpt\nstart=256,size=4096\n')
        with open(disk, 'rb') as image:
            image.seek(4096)
            self.assertEqual(image.read(8), b'EFI PART')
        self.boots(e2e.xenopsd(disk), args=ARGS)
        self.boots(e2e.xenopsd(device), args=ARGS)

    def test_a_gpt_with_one_header_damaged(self):
        for where in 512, -512:
            with self.subTest(where=where):
                disk = self.parted('label: gpt\nstart=2048\n', 1 << 20)
                with open(disk, 'r+b') as image:
                    image.seek(where, os.SEEK_END if where < 0 else 0)
                    self.assertEqual(image.read(8), b'EFI PART')
                    image.seek(-8, os.SEEK_CUR)
                    image.write(bytes(8))
                self.boots(e2e.xenopsd(disk), args=ARGS)

    def test_a_gpt_without_its_mbr(self):
        disk = self.parted('label: gpt\nstart=2048\n', 1 << 20)
        with open(disk, 'r+b') as image:
            image.write(bytes(512))
        self.boots(e2e.xenopsd(disk), args=ARGS)

    def test_ext2(self):
        self.boot(fs='ext2')

    def test_ext3(self):
        self.boot(fs='ext3')

    def test_ext4_with_blocks_of_1_kib(self):
        self.boot(mkfs=['-b', '1024'])

    def test_ext4_with_blocks_of_4_kib(self):
        self.boot(mkfs=['-b', '4096'])

    def test_ext4_with_clusters(self):
        self.boot(mkfs=['-O', 'bigalloc', '-C', '65536'], size=65536)

    def test_ext4_with_inline_data(self):
        self.boot(mkfs=['-O', 'inline_data'])

    @e2e.needs_root
    def test_a_block_device(self):
        disk = self.disk(linux_guest(grub_entry('Linux')))
        device = self.loop(disk)
        self.boots(e2e.xenopsd(device), args=ARGS)
        self.boots(e2e.libxl(device, args=['-q']), args=ARGS)


class TheRightFiles(e2e.Case):

    def test_several_ramdisks_are_joined_at_multiples_of_four(self):
        parts = [b'first\n' * 10, b'second', b'3']
        config = grub_entry('Linux', initrd='/a /b /c')
        disk = self.disk(linux_guest(config, **dict(
            zip(('/a', '/b', '/c'), parts))))
        whole = b''.join(p + b'\0' * (-len(p) % 4) for p in parts[:-1])
        self.boots(e2e.xenopsd(disk), ramdisk=whole + parts[-1], args=ARGS)

    def debugfs(self, disk, *requests):
        run = subprocess.run(
            ['debugfs', '-w', '-f', '-', disk + '?offset=1048576'],
            input='\n'.join(requests) + '\n', check=True,
            capture_output=True, text=True)
        return run.stdout

    def test_what_was_written_just_before_a_crash_counts(self):
        disk = self.disk(linux_guest(grub_entry('Linux')))
        block = self.debugfs(disk, 'bmap /boot/grub/grub.cfg 0').split()[-1]
        written = os.path.join(self.dir, 'block')
        with open(written, 'wb') as file:
            text = grub_entry('Linux', args='root=/dev/xvda2 rw')
            file.write(text.encode().ljust(4096, b'\0'))
        self.debugfs(disk, 'jo', f'jw -b {block} {written}', 'jc')
        self.boots(e2e.xenopsd(disk), args='root=/dev/xvda2 rw')

    def test_a_journal_that_was_not_replayed_is_reported(self):
        disk = self.disk(linux_guest(grub_entry('Linux')))
        self.debugfs(disk, 'feature needs_recovery', 'ssv journal_inum 0')
        report = e2e.xenopsd(disk)
        self.boots(report, args=ARGS)
        self.assertRegex(report['stderr'], 'partition 1: ext4: .*journal')

    def test_no_ramdisk_and_no_arguments_are_left_out(self):
        disk = self.disk({
            '/boot/grub/grub.cfg': "menuentry 'L' {\n\tlinux /vmlinuz\n}\n",
            '/vmlinuz': KERNEL})
        for report in (e2e.xenopsd(disk), e2e.libxl(disk, args=['-q']),
                       e2e.xend(disk)):
            self.boots(report, ramdisk=None)
            self.assertIsNone(report['args'])

    def test_links_relative_and_absolute_and_odd_paths(self):
        disk = self.disk({
            '/boot/grub/grub.cfg':
                grub_entry('Linux', '//vmlinuz', ARGS, '/boot/../initrd.img'),
            '/vmlinuz': Link('boot/./vmlinuz-6'),
            '/initrd.img': Link('/boot/initrd.img-6'),
            '/boot/vmlinuz-6': KERNEL, '/boot/initrd.img-6': INITRD})
        self.boots(e2e.xenopsd(disk), args=ARGS)

    def test_two_disks_the_second_of_which_boots(self):
        first = e2e.make_disk(os.path.join(self.dir, 'data.img'),
                              {'/home/file': 'data\n'})
        second = self.disk(linux_guest(grub_entry('Linux')))
        self.boots(e2e.libxl(second, args=['-q', first]), args=ARGS)

    def test_two_disks_that_boot_give_the_first(self):
        other = b'the other kernel' * 1000
        first = e2e.make_disk(
            os.path.join(self.dir, 'first.img'),
            {'/boot/grub/grub.cfg': grub_entry('First', args='first=1'),
             '/boot/vmlinuz': other, '/boot/initrd.img': INITRD})
        second = self.disk(linux_guest(grub_entry('Linux')))
        self.boots(e2e.libxl(second, args=['-q', first]), kernel=other,
                   args='first=1')

    def test_a_configuration_on_one_disk_a_kernel_on_the_next(self):
        config = grub_entry('Linux', '(hd1,gpt1)/boot/vmlinuz', ARGS,
                            '(hd1,gpt1)/boot/initrd.img')
        first = e2e.make_disk(os.path.join(self.dir, 'cfg.img'),
                              {'/boot/grub/grub.cfg': config})
        second = self.disk({'/boot/vmlinuz': KERNEL,
                            '/boot/initrd.img': INITRD})
        self.boots(e2e.libxl(second, args=['-q', first]), args=ARGS)

    def test_offset_names_the_only_file_system(self):
        disk = self.disk(linux_guest(grub_entry('Linux')))
        self.boots(e2e.xenopsd(disk, bootargs='--offset=1048576'), args=ARGS)

    def test_a_kernel_of_a_gibibyte_of_holes_counts_in_full(self):
        sparse = os.path.join(self.dir, 'sparse')
        with open(sparse, 'wb') as out:
            out.truncate((1 << 30) + 1)
        disk = self.disk(linux_guest(grub_entry('Linux')), size=65536)
        subprocess.run(['debugfs', '-w', '-R',
                        'write %s /boot/huge' % sparse,
                        disk + '?offset=1048576'],
                       check=True, capture_output=True)
        self.fails(e2e.xenopsd(disk, bootargs='--kernel=/boot/huge'),
                   '/boot/huge: .*(1 GiB|1073741824|limit|large|more than)')


class EveryConfiguration(e2e.Case):

    def boot(self, path, config, args=ARGS, **more):
        disk = self.disk(linux_guest(config, path=path), **more)
        self.boots(e2e.xenopsd(disk), args=args)

    def test_grub_cfg_in_a_boot_partition_of_its_own(self):
        disk = self.disk({
            '/grub/grub.cfg': grub_entry('L', '/vmlinuz', ARGS, '/initrd.img'),
            '/vmlinuz': KERNEL, '/initrd.img': INITRD})
        self.boots(e2e.xenopsd(disk), args=ARGS)

    def test_grub2_grub_cfg(self):
        self.boot('/boot/grub2/grub.cfg', grub_entry('Linux'))

    def test_menu_lst(self):
        self.boot('/boot/grub/menu.lst',
                  'default 0\ntimeout 3\n\ntitle Linux\nroot (hd0,0)\n'
                  'kernel /boot/vmlinuz %s\ninitrd /boot/initrd.img\n' % ARGS)

    def test_grub_conf(self):
        self.boot('/boot/grub/grub.conf',
                  'default=1\ntitle Old\n\tkernel /old\n\ntitle Linux\n'
                  '\tkernel /boot/vmlinuz %s\n\tinitrd /boot/initrd.img\n'
                  % ARGS)

    def test_conditions_variables_and_functions_are_run(self):
        self.boot('/boot/grub/grub.cfg', '''
set default=gone
function pick { if [ "$1" = two ]; then default="two"; export default; fi; }
for word in one two; do pick $word; done
menuentry One --id one { linux /nothing }
menuentry "Number Two" --id two {
	set opts="root=/dev/xvda1"
	linux /boot/vmlinuz ${opts} ro
	initrd /boot/initrd.img
}
''')

    def test_saved_entry_from_the_environment_block(self):
        block = '# GRUB Environment Block\nsaved_entry=second\n'
        disk = self.disk(linux_guest(
            'load_env\nset default="${saved_entry}"\n'
            + grub_entry('First', '/none') +
            grub_entry('Second', options='--id second'),
            **{'/boot/grub/grubenv': block + '#' * (1024 - len(block))}))
        self.boots(e2e.xenopsd(disk), args=ARGS)

    def test_the_next_configuration_where_the_first_is_of_no_use(self):
        disk = self.disk(linux_guest(
            grub_entry('Linux'), path='/boot/grub2/grub.cfg',
            **{'/boot/grub/grub.cfg': 'if true; then\n'}))
        self.boots(e2e.xenopsd(disk), args=ARGS)

    # a menu that lies beside the files, and is not what boots these guests
    OTHER_MENU = {
        '/other': b'not this one',
        '/boot/grub/menu.lst': 'timeout 1\ntitle Other\nkernel /other\n'}

    def test_solaris_boots_by_its_files_also_where_a_menu_is_shown(self):
        unix = '/platform/i86xpv/kernel/amd64/unix'
        disk = self.disk({
            unix: KERNEL, '/platform/i86pc/amd64/boot_archive': INITRD,
            **self.OTHER_MENU})
        for run in e2e.libxl, e2e.xenopsd:
            self.boots(run(disk), args=unix)

    def test_netware_boots_by_its_files_also_where_a_menu_is_shown(self):
        disk = self.disk(
            {'/nwserver/xnloader.sys': KERNEL, **self.OTHER_MENU})
        for run in e2e.libxl, e2e.xenopsd:
            self.boots(run(disk), ramdisk=None)


if __name__ == '__main__':
    e2e.main()
