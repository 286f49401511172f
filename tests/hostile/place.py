# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a worker makes and runs its cases: below a directory of its own and,
as root, in a mount namespace whose /tmp, /dev/shm and /run are empty and its
own.  What a run leaves there shows at once, whatever others do on this host."""
import os
import shutil
import tempfile

import toolstack

MS_BIND = 0x1000
COVERED = ('/tmp', '/dev/shm', '/run')


def mount(source, target, kind, flags, options=None):
    toolstack.os_call('mount', os.fsencode(source), os.fsencode(target), kind,
                      flags, options)


def mount_memory(directory, size):
    """A file system of so many bytes, for root in a private place."""
    os.makedirs(directory, exist_ok=True)
    mount('none', directory, b'tmpfs', 0, b'mode=0700,size=%d' % size)


def unmount(directory):
    toolstack.os_call('umount2', os.fsencode(directory), toolstack.MNT_DETACH)


class Place:
    """kept: directories that the cases need, which stay where they are."""

    def __init__(self, *kept):
        self.private = os.geteuid() == 0 and self.cover(kept)
        toolstack.become_reaper()
        fast = os.access('/dev/shm', os.W_OK)
        self.dir = tempfile.mkdtemp(prefix='hostile.',
                                    dir='/dev/shm' if fast else None)
        os.chmod(self.dir, 0o755)   # qemu-nbd is another user

    @staticmethod
    def cover(kept):
        try:
            toolstack.os_call('unshare', toolstack.CLONE_NEWNS)
            mount('none', '/', None, toolstack.MS_REC | toolstack.MS_PRIVATE)
        except OSError:
            return False
        held = {name: os.open(name, os.O_PATH) for name in kept}
        for name in COVERED:
            mount('none', name, b'tmpfs', 0, b'mode=1777')
        for name, fd in held.items():
            if not os.path.exists(name):
                os.makedirs(name)
                mount('/proc/self/fd/%d' % fd, name, None, MS_BIND)
            os.close(fd)
        return True

    def close(self):
        """With a namespace of its own, all goes with it."""
        if not self.private:
            shutil.rmtree(self.dir, ignore_errors=True)

    def state(self):
        """Of the host what a run must leave as it was: names and mounts."""
        names = {os.path.join(top, name) for top in COVERED
                 for name in listing(top) if self.private or
                 'hostgrub' in name}
        mounts = []
        if self.private:
            with open('/proc/self/mountinfo', encoding='ascii',
                      errors='replace') as info:
                mounts = info.read().splitlines()
        return names | set(mounts)


def listing(directory):
    try:
        return os.listdir(directory)
    except OSError:
        return []
