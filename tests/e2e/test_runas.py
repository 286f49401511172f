# SPDX-License-Identifier: GPL-2.0-or-later
"""--runas: the user who reads the disk.  He need not be able to open it, may
have a menu, and his failure is the program's."""
import os
import shutil
import subprocess
import time

import e2e
from e2e import grub_entry, linux_guest, needs_root

ARGS = 'root=/dev/xvda1 ro quiet'
UID = 12345


class RunAs(e2e.GuestCase):
    files = linux_guest(grub_entry('Linux', args=ARGS) +
                        grub_entry('Other', args='other'))

    @needs_root
    def test_the_disk_need_not_be_readable_for_him(self):
        disk = os.path.join(self.dir, 'private.img')
        shutil.copy(self.image, disk)
        os.chmod(disk, 0o600)
        self.boots(e2e.libxl(disk, restrict=UID), args=ARGS)
        self.boots(e2e.xenopsd(disk, uid=UID), args=ARGS)

    @needs_root
    def test_nor_the_block_device(self):
        device = self.loop(self.image)
        self.assertEqual(os.stat(device).st_mode & 0o007, 0)
        self.boots(e2e.libxl(device, restrict=UID), args=ARGS)

    @needs_root
    def test_there_may_be_a_menu(self):
        report = e2e.client('as_libxl', '--timeout=60',
                            r'--person=q aborts=>\x1b[B\r', disk=self.image,
                            args=['--runas=%d' % UID])
        self.boots(report, args='other')

    @needs_root
    def test_a_failure_exits_with_1_and_leaves_nothing(self):
        for disk, more, pattern in (
                (self.image, {'bootargs': '--kernel=/nothing'}, '/nothing'),
                (self.image, {'bootargs': '--kernel-limit=9'}, 'limit of 9'),
                (self.disk({'/x': 'x'}), {}, 'no boot configuration'),
                ('/nonexistent.img', {}, 'cannot be opened')):
            report = e2e.xenopsd(disk, uid=UID, **more)
            self.fails(report, pattern)
            self.assertRegex(report['runtime_error'], pattern)

    def reader(self, *args):
        """The ids of the process that reads the disk, while it waits for a
        script that nobody writes."""
        fifo = os.path.join(self.dir, 'fifo')
        if not os.path.exists(fifo):
            os.mkfifo(fifo)
        keep = os.open(fifo, os.O_RDWR)
        process = subprocess.Popen(
            [e2e.PROGRAM, *args, '--script=' + fifo, self.image],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        try:
            return self.ids_of_child(process)
        finally:
            process.kill()
            process.wait()
            os.close(keep)

    def ids_of_child(self, process):
        for _ in range(2000):
            self.assertIsNone(process.poll())
            with open('/proc/%d/task/%d/children' % (2 * (process.pid,))) as f:
                children = f.read().split()
            if children:
                with open('/proc/%s/status' % children[0]) as f:
                    status = dict(line.rstrip('\n').split(':', 1)
                                  for line in f)
                # the filter is the last thing that is put on
                if status['Seccomp'].strip() == '2':
                    return [status[key].split() for key in (
                        'Uid', 'Gid', 'Groups')]
            time.sleep(0.01)
        raise AssertionError('no reader')

    @needs_root
    def test_he_has_that_user_and_group_and_no_other(self):
        for args, uid in (
                ([], 65534), (['--runas=%d' % UID], UID),
                (['--runas=0'], 65534),
                ([self.settings('runas = 77\n')], 77),
                ([self.settings('runas = 77\n'), '--runas=%d' % UID], UID),
                ([self.settings('runas = 77\n'), '--runas=0'], 65534)):
            self.assertEqual(self.reader(*args),
                             [[str(uid)] * 4, [str(uid)] * 4, []], args)

    def as_user(self, *argv):
        """Run the program as a user who can read the image."""
        drop = ['setpriv', '--reuid=1000', '--regid=1000', '--clear-groups'] \
            if e2e.ROOT else []
        os.chmod(self.dir, 0o755)
        return subprocess.run([*drop, e2e.PROGRAM, '-qn', *argv, self.image],
                              capture_output=True, text=True,
                              stdin=subprocess.DEVNULL)

    def test_only_root_can_name_another(self):
        done = self.as_user('--runas=7')
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        self.assertEqual(done.stderr, 'hostgrub: --runas=7: only root can '
                         'have a disk read by another user\n')

    def test_a_user_may_name_himself(self):
        done = self.as_user('--runas=%d' % (1000 if e2e.ROOT
                                            else os.geteuid()))
        self.assertEqual((done.returncode, done.stderr), (0, ''))

    def test_the_file_is_for_all_but_its_reader_is_for_root(self):
        done = self.as_user(self.settings('runas = 7\nadd-args = x\n'))
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertIn("(args '%s x')" % ARGS, done.stdout)


if __name__ == '__main__':
    e2e.main()
