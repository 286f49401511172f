# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests behind NBD servers, good and bad ones."""
import os
import re
import shutil
import socket
import subprocess
import time
import unittest

import e2e
from nbd_server import Server


class Remote(e2e.GuestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with open(cls.image, 'rb') as disk:
            cls.data = disk.read()

    def server(self, way='', **more):
        server = Server(self.dir, self.data, way, **more)
        self.addCleanup(server.close)
        return server

    def refused(self, *argv, says):
        done = self.direct('-n', '-q', *argv)
        self.assertEqual((done.returncode, done.stdout), (1, ''), done)
        self.assertRegex(done.stderr, says)
        self.assertEqual(done.stderr.count('\n'), 1, done.stderr)
        self.assertNotRegex(done.stderr, r'[\x00-\x09\x0b-\x1f]')

    def test_a_server_on_this_host(self):
        server = self.server(export='a disk')
        self.boots(e2e.xenopsd(server.address('a%20disk')))
        self.assertEqual(server.faults, [])

    def test_only_the_reader_hears_the_server(self):
        """One connection, and no byte of it is for the process outside."""
        server = self.server()
        done = self.direct('-n', '-q', server.address())
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual(len(server.connections), 1)

    def test_reads_are_few(self):
        server = self.server()
        self.boots(e2e.xenopsd(server.address()))
        total = sum(length for _, length in server.reads)
        self.assertLess(total, len(e2e.KERNEL) + len(e2e.INITRD) + (1 << 20))
        self.assertLess(len(server.reads), 150)

    def test_a_server_that_wants_whole_blocks(self):
        server = self.server('blocks')
        self.boots(e2e.xenopsd(server.address()))
        self.assertEqual(server.faults, [])

    def test_two_servers_and_a_file(self):
        first, second = self.server('blocks'), self.server()
        done = self.direct('--list-filesystems', first.address(), self.image,
                           second.address())
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual(done.stdout.count('file system: ext4'), 3)

    def test_an_export_that_is_not_there(self):
        server = self.server()
        self.refused(server.address('other'), says="no export named 'other'")

    def test_servers_that_go_wrong(self):
        for way, said in (('rubbish', 'magic|protocol|newstyle'),
                          ('slams', 'disconnected|closed|reset')):
            with self.subTest(way=way):
                self.refused(self.server(way).address(), says=said)

    def test_every_read_tells_why_the_connection_broke(self):
        for way, said in (('nonsense', 'invalid reply magic'),
                          ('other', 'no matching cookie')):
            with self.subTest(way=way):
                done = self.direct('-n', '-q', self.server(way).address())
                self.assertEqual((done.returncode, done.stdout), (1, ''))
                for line in done.stderr.splitlines():
                    self.assertRegex(line, said)

    def test_sizes_of_blocks_that_nobody_can_mean(self):
        self.boots(e2e.xenopsd(self.server('absurd').address()))

    def test_servers_that_go_wrong_later(self):
        for way, said in (('breaks_off', 'reading .* bytes at 0x'),
                          ('fails', 'reading .* bytes at 0x.*I/O|nput/output')):
            with self.subTest(way=way):
                report = e2e.xenopsd(self.server(way).address())
                self.fails(report, said)

    def test_servers_that_hang(self):
        for way in 'silent', 'hangs':
            with self.subTest(way=way):
                server = self.server(way)
                start = time.monotonic()
                report = e2e.xenopsd(server.address(),
                                     args=['--time-limit=2'])
                self.assertLess(time.monotonic() - start, 8)
                self.fails(report, r'time limit \(--time-limit\) is over at')

    def test_a_signal_while_it_hangs(self):
        for name in 'TERM', 'INT', 'KILL':
            with self.subTest(signal=name):
                server = Server(self.dir, self.data, 'hangs')
                report = e2e.xenopsd(server.address(), signal=name, at='0.5')
                server.close()
                self.assertNotEqual(report['exit'], 0)
                self.assertEqual(report['survivors'], [])

    def test_sizes(self):
        self.refused(self.server(size=0).address(), says='is empty')
        done = self.direct('--list-filesystems',
                           self.server('blocks', size=1 << 62).address())
        self.assertIn('size: %d' % (1 << 62), done.stdout)

    def test_a_server_that_is_not_there(self):
        self.refused('nbd+unix:///?socket=%s/none' % self.dir,
                     says='cannot connect: No such file')
        with socket.socket() as unused:
            unused.bind(('127.0.0.1', 0))
            self.refused('nbd://127.0.0.1:%d/' % unused.getsockname()[1],
                         says='cannot connect: Connection refused')
        self.refused('nbd://no%20such.invalid/', says='invalid')

    def test_addresses_that_mean_something_else(self):
        self.refused('nbds://example.com/', says='nbds is not supported')
        self.refused('nbd+vsock://2/', says='vsock is not supported')
        self.refused('nbd://u@example.com/', says='TLS')
        self.refused('--format=qcow2', 'nbd://example.com/',
                     says='--format is for files')
        self.refused('--format=raw', 'nbd+unix:///?socket=%s/none' % self.dir,
                     says='cannot connect')

    @e2e.needs_root
    def test_without_libnbd(self):
        found = subprocess.run(['/sbin/ldconfig', '-p'], capture_output=True,
                               text=True).stdout
        library = re.search(r'libnbd\.so\.0 .*=> (\S+)', found)[1]
        done = subprocess.run(
            ['unshare', '-m', 'sh', '-c',
             'mount --bind /dev/null "$0" && exec "$@"', library,
             e2e.PROGRAM, '-n', '-q', self.server().address()],
            capture_output=True, text=True)
        if 'unshare' in done.stderr:
            self.skipTest(done.stderr)
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        self.assertRegex(done.stderr, r'^hostgrub: nbd.*libnbd\.so\.0: ')

    @unittest.skipUnless(shutil.which('qemu-nbd'), 'needs qemu-utils')
    def test_over_tcp(self):
        with socket.socket() as probe:
            probe.bind(('127.0.0.1', 0))
            port = probe.getsockname()[1]
        server = subprocess.Popen(
            ['qemu-nbd', '--persistent', '--read-only', '--format=raw',
             '--shared=4', '--bind=127.0.0.1', '--port=%d' % port,
             '--export-name=guest', self.image])
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(('127.0.0.1', port)) == 0:
                    break
            time.sleep(0.05)
        self.boots(e2e.xenopsd('nbd://127.0.0.1:%d/guest' % port))
        self.boots(e2e.xenopsd('nbd://localhost:%d/guest' % port))
        done = self.direct('--list-filesystems',
                           'nbd://127.0.0.1:%d/guest' % port)
        self.assertIn('file system: ext4', done.stdout)


if __name__ == '__main__':
    e2e.main()
