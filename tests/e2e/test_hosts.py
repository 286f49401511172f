# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests boot on every host where the box can be built, on others only with
--no-sandbox (promise P1).  The hosts are those of tests/support/host.h."""
import os
import shutil
import subprocess

import e2e
from e2e import INITRD, KERNEL

ARGS = 'root=/dev/xvda1 ro'
NOBODY = 65534
ON_HOST = os.environ.get('ON_HOST', os.path.join(
    e2e.TOP, 'build', 'tests', 'on_host'))
HOSTS = subprocess.run([ON_HOST], check=True, capture_output=True,
                       text=True).stdout.split()
NO_SECCOMP = 'sandbox: seccomp: Function not implemented'


def possible(names):
    return [name for name in names if e2e.ROOT or name.startswith('user')]


class Hosts(e2e.GuestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # whoever runs them can reach these, wherever the originals are
        os.chmod(cls.dir, 0o755)
        for name in ON_HOST, e2e.PROGRAM:
            shutil.copy(name, cls.dir)
        os.chmod(cls.image, 0o644)

    def program(self, host):
        """hostgrub on this host, as a program that a client can start."""
        path = os.path.join(self.dir, host)
        with open(path, 'w') as script:
            script.write('#!/bin/sh\nexec %s/on_host %s %s/hostgrub "$@"\n'
                         % (self.dir, host, self.dir))
        os.chmod(path, 0o755)
        return path

    def run_on(self, host, *args, disk=None):
        """With an output directory of the user's own."""
        self.out = os.path.join(self.dir, 'out')
        shutil.rmtree(self.out, ignore_errors=True)
        os.mkdir(self.out, 0o700)
        if host.startswith('user') and e2e.ROOT:
            os.chown(self.out, NOBODY, NOBODY)
        return subprocess.run(
            [self.program(host), '-q', '--output-format=simple',
             '--output-directory=' + self.out, *args, disk or self.image],
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=60)

    def boots_on(self, host, *args, **more):
        done = self.run_on(host, *args, **more)
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        said = dict(line.split(' ', 1) for line in
                    done.stdout.strip().splitlines())
        self.assertEqual(said.pop('args'), ARGS)
        for name, content in ('kernel', KERNEL), ('ramdisk', INITRD):
            path = said.pop(name)
            with open(path, 'rb') as file:
                self.assertEqual(e2e.sha(file.read()), e2e.sha(content))
            os.unlink(path)
        self.assertEqual((said, os.listdir(self.out)), ({}, []))


class WithABox(Hosts):

    def test_a_file(self):
        for host in possible(HOSTS):
            with self.subTest(host):
                self.boots_on(host)

    @e2e.needs_root
    def test_a_block_device(self):
        device = self.loop(self.image)
        mode = os.stat(device).st_mode & 0o777
        os.chmod(device, 0o644)
        self.addCleanup(os.chmod, device, mode)
        for host in HOSTS:
            with self.subTest(host):
                self.boots_on(host, disk=device)

    @e2e.needs_root
    def test_as_another_user_who_may_not_read_the_disk(self):
        os.chmod(self.image, 0o600)
        self.addCleanup(os.chmod, self.image, 0o644)
        for host in HOSTS:
            if host.startswith('root'):
                with self.subTest(host):
                    self.boots_on(host, '--runas=4321')


class WithoutABox(Hosts):

    def refuses(self, host, why):
        done = self.run_on(host)
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        self.assertRegex(done.stderr,
                         '^hostgrub: RuntimeError: .*%s\n$' % why)
        self.assertEqual(os.listdir(self.out), [])
        self.boots_on(host, '--no-sandbox')

    def test_a_kernel_without_seccomp(self):
        for host in possible(['root-no-seccomp', 'user-no-seccomp']):
            with self.subTest(host):
                self.refuses(host, NO_SECCOMP)

    def test_nothing_is_read_then(self):
        trace = os.path.join(self.dir, 'trace')
        for host in possible(['root-no-seccomp', 'user-no-seccomp'])[:1]:
            self.run_on(host)  # makes the directory
            done = subprocess.run(
                ['strace', '-f', '-y', '-o', trace, self.program(host), '-q',
                 '-n', self.image], capture_output=True, text=True)
            self.assertIn(NO_SECCOMP, done.stderr)
            with open(trace) as log:
                calls = [line for line in log if 'guest.img>' in line]
            self.assertTrue(calls)
            self.assertEqual([line for line in calls if 'read' in line], [])

    @e2e.needs_root
    def test_root_that_cannot_stop_being_root(self):
        self.refuses('root-no-capabilities',
                     'sandbox: (chroot|groups): Operation not permitted')


if __name__ == '__main__':
    e2e.main()
