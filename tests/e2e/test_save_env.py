# SPDX-License-Identifier: GPL-2.0-or-later
"""What the guest's script saves: kept to ourselves, or written on demand."""
import os
import subprocess

import e2e
from e2e import INITRD, KERNEL, grub_entry, linux_guest

OLD = b'the old kernel' * 999
SIZE = 1024
HEADER = b'# GRUB Environment Block\n'

# The shape of what grub-mkconfig writes for GRUB_DEFAULT=saved.
CONFIG = """
if [ -s $prefix/grubenv ]; then
  load_env
fi
if [ "${next_entry}" ]; then
  set default="${next_entry}"
  set next_entry=
  save_env next_entry
else
  set default="${saved_entry}"
fi
function savedefault {
  saved_entry="${chosen}"
  save_env saved_entry
}
""" + grub_entry('Linux', args='entry=0', options='--id linux') + \
    grub_entry('Old', '/boot/old', 'entry=1', options='--id old').replace(
        '{\n', '{\n\tsavedefault\n', 1)


def block(**variables):
    text = HEADER + b''.join(b'%s=%s\n' % (k.encode(), v.encode())
                             for k, v in variables.items())
    return text + b'#' * (SIZE - len(text))


def guest(env, **more):
    return linux_guest(CONFIG, **{'/boot/old': OLD,
                                  '/boot/grub/grubenv': env}, **more)


def content(path):
    with open(path, 'rb') as file:
        return file.read()


class SaveEnv(e2e.Case):

    def start(self, disk, *args, **expected):
        report = e2e.libxl(disk, args=['-q', *args])
        self.boots(report, **expected)
        return report['stderr']

    def changes(self, disk, before, after):
        """The image is what it was but for the block."""
        was, now = self.was, content(disk)
        self.assertEqual(was.count(before), 1)
        at = was.index(before)
        self.assertEqual(now[:at] + before + now[at + SIZE:], was)
        self.assertEqual(now[at:at + SIZE], after)

    def one_shot(self, **layout):
        disk = self.disk(guest(block(saved_entry='linux', next_entry='old')),
                         **layout)
        self.was = content(disk)
        return disk

    def test_without_the_option_one_start_stays_pending(self):
        disk = self.one_shot()
        for _ in range(2):
            said = self.start(disk, kernel=OLD, args='entry=1')
            self.assertIn('the guest chose "old" for one start only', said)
        self.assertEqual(content(disk), self.was)

    def test_the_block_is_written_and_nothing_else(self):
        for layout in ({}, {'table': 'mbr'}, {'table': 'none'},
                       {'fs': 'vfat'}, {'fs': 'ext2'}):
            with self.subTest(layout=layout):
                disk = self.one_shot(**layout)
                said = self.start(disk, '--save-env', kernel=OLD,
                                  args='entry=1')
                self.assertNotIn('one start', said)
                self.changes(
                    disk, block(saved_entry='linux', next_entry='old'),
                    block(saved_entry='old', next_entry=''))
                self.start(disk, '--save-env', kernel=OLD, args='entry=1')

    def test_grub_reads_what_was_written(self):
        disk = self.one_shot(table='none')
        self.start(disk, '--save-env', kernel=OLD)
        env = os.path.join(self.dir, 'grubenv')
        subprocess.run(['debugfs', '-R', 'dump /boot/grub/grubenv ' + env,
                        disk], check=True, capture_output=True)
        listed = subprocess.run(['grub-editenv', env, 'list'], check=True,
                                capture_output=True, text=True).stdout
        self.assertEqual(listed, 'saved_entry=old\nnext_entry=\n')
        checked = subprocess.run(['e2fsck', '-fn', disk], text=True,
                                 capture_output=True)
        self.assertEqual(checked.returncode, 0, checked.stdout)

    def test_a_block_device_is_written_too(self):
        disk = self.one_shot()
        self.start(self.loop(disk), '--save-env', kernel=OLD)
        self.changes(disk, block(saved_entry='linux', next_entry='old'),
                     block(saved_entry='old', next_entry=''))

    def test_looking_does_not_write(self):
        disk = self.one_shot()
        for args in (['-n', '-q'], ['-l']):
            done = self.direct('--save-env', *args, disk)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(content(disk), self.was)

    def test_a_boot_that_fails_does_not_write(self):
        files = guest(block(next_entry='old'))
        files['/boot/old'] = b''
        files['/boot/vmlinuz'] = b''
        disk = self.disk(files)
        was = content(disk)
        self.fails(e2e.libxl(disk, args=['-q', '--save-env']), 'is empty')
        self.assertEqual(content(disk), was)

    def test_a_result_that_nobody_gets_does_not_write(self):
        disk = self.one_shot()
        with open('/dev/full', 'w', encoding='ascii') as full:
            done = subprocess.run(
                [e2e.PROGRAM, '-q', '--save-env', '--output-directory=' +
                 os.path.join(self.dir, 'out'), disk], stdout=full,
                stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(content(disk), self.was)

    def refuses(self, disk, reason):
        was = content(disk)
        said = self.start(disk, '--save-env', kernel=OLD, args='entry=1')
        self.assertRegex(said, reason)
        self.assertEqual(content(disk), was)

    def test_a_block_inside_its_inode_is_left_alone(self):
        self.refuses(
            self.one_shot(size=65536, mkfs=[
                '-b', '4096', '-I', '2048', '-O', 'inline_data']),
            r'ext4: /boot/grub/grubenv: does not lie in one piece')

    def test_behind_a_journal_nothing_is_written(self):
        disk = self.one_shot(table='none')
        subprocess.run(['debugfs', '-w', '-R', 'feature needs_recovery',
                        disk], check=True, capture_output=True)
        self.refuses(disk, r'ext4: /boot/grub/grubenv: .*journal')

    def test_a_disk_that_cannot_be_written_still_boots(self):
        disk = self.one_shot()
        device = self.loop(disk, '-r')
        said = self.start(device, '--save-env', kernel=OLD)
        self.assertRegex(said, 'environment block: .*(writing|opened)')
        self.assertEqual(content(disk), self.was)


if __name__ == '__main__':
    e2e.main()
