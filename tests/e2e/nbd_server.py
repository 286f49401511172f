# SPDX-License-Identifier: GPL-2.0-or-later
"""An NBD server that is told how to behave, for the tests.

https://github.com/NetworkBlockDevice/nbd, doc/proto.md
"""
import contextlib
import os
import socket
import struct
import threading

REPLY = 0x3e889045565a9
OPT_ABORT, OPT_GO = 2, 7
ACK, INFO, UNSUPPORTED, UNKNOWN = 1, 3, 0x80000001, 0x80000006
CMD_READ, CMD_DISC = 0, 2
EIO = 5


class Gone(Exception):
    """The other side, or we by intention."""


class Server:
    """Serves data on a socket in a directory, in one of these ways:

    silent      accepts and says nothing
    rubbish     greets with what is no greeting
    slams       closes instead of a greeting
    hangs       answers no read behind the first MiB
    breaks_off  closes in the middle of a reply behind the first MiB
    fails       answers reads behind the first MiB with an error
    nonsense    replies to a read with another magic number
    other       replies to a read that nobody asked for
    blocks      only takes reads of whole blocks of 4096 bytes
    absurd      asks for blocks of 3 bytes
    """

    def __init__(self, directory, data, way='', size=None, export=''):
        self.path = os.path.join(directory, 'nbd.%s' % (way or 'good'))
        self.data, self.way, self.export = data, way, export
        self.size = len(data) if size is None else size
        self.reads = []
        self.connections = []
        self.faults = []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen()
        threading.Thread(target=self.accept, daemon=True).start()

    def address(self, export=None):
        return 'nbd+unix:///%s?socket=%s' % (
            self.export if export is None else export, self.path)

    def close(self):
        for connection in [self.listener, *self.connections]:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        os.unlink(self.path)

    def accept(self):
        while True:
            try:
                connection = self.listener.accept()[0]
            except OSError:
                return
            self.connections.append(connection)
            with contextlib.suppress(Gone, OSError):
                self.serve(connection)
            if self.way not in ('silent', 'hangs'):
                connection.close()

    def serve(self, connection):
        if self.way == 'silent':
            return
        if self.way == 'slams':
            raise Gone
        if self.way == 'rubbish':
            connection.sendall(b'SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n' * 9)
            raise Gone
        connection.sendall(b'NBDMAGICIHAVEOPT' + struct.pack('>H', 3))
        take(connection, 4)
        while not self.option(connection):
            pass
        while self.request(connection):
            pass

    def option(self, connection):
        """True once it was NBD_OPT_GO for what we have."""
        magic, option, length = struct.unpack('>8sII', take(connection, 16))
        data = take(connection, length)

        def reply(kind, text=b''):
            connection.sendall(struct.pack('>QIII', REPLY, option, kind,
                                           len(text)) + text)
        if magic != b'IHAVEOPT':
            raise Gone
        if option != OPT_GO:
            reply(ACK if option == OPT_ABORT else UNSUPPORTED)
            return False
        length = struct.unpack('>I', data[:4])[0]
        if data[4:4 + length].decode() != self.export:
            reply(UNKNOWN, b'\x1b[2Jno such export\n')
            return False
        reply(INFO, struct.pack('>HQH', 0, self.size, 3))
        if self.way == 'blocks':
            reply(INFO, struct.pack('>HIII', 3, 4096, 4096, 65536))
        if self.way == 'absurd':
            reply(INFO, struct.pack('>HIII', 3, 3, 4096, 65536))
        reply(ACK)
        return True

    def request(self, connection):
        magic, _, command, cookie, start, length = struct.unpack(
            '>IHHQQI', take(connection, 28))
        if command == CMD_DISC:
            return False
        if magic != 0x25609513 or command != CMD_READ:
            self.faults.append('command %d' % command)
            raise Gone
        self.reads.append((start, length))
        data, error = self.data[start:start + length], 0
        data += bytes(length - len(data))
        if self.way == 'blocks' and (start % 4096 or length % 4096 or
                                     length > 65536):
            self.faults.append('%d bytes at %d' % (length, start))
        if start >= 1 << 20:
            if self.way == 'hangs':
                raise Gone
            if self.way == 'fails':
                data, error = b'', EIO
        magic = 0x12345678 if self.way == 'nonsense' else 0x67446698
        cookie += self.way == 'other'
        answer = struct.pack('>IIQ', magic, error, cookie) + data
        if self.way == 'breaks_off' and start >= 1 << 20:
            connection.sendall(answer[:len(answer) // 2])
            raise Gone
        connection.sendall(answer)
        return True


def take(connection, length):
    data = b''
    while len(data) < length:
        more = connection.recv(length - len(data))
        if not more:
            raise Gone
        data += more
    return data
