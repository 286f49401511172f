# SPDX-License-Identifier: GPL-2.0-or-later
"""Cases that are rows: a name, the text of a configuration, the outcome."""
import zlib

import cases

SHOWN = 72
LARGE = 1 << 16


def encoded(text):
    return text if isinstance(text, bytes) else text.encode(
        'utf-8', 'surrogateescape')


class Kept:
    """A text as small as it can be kept: what this process holds, the kernel
    counts as memory of what it starts."""

    def __init__(self, text):
        text = encoded(text)
        self.size, self.head = len(text), text[:SHOWN].decode('latin-1')
        self.large = self.size > LARGE
        self.data = zlib.compress(text, 1) if self.large else text

    def text(self):
        return zlib.decompress(self.data) if self.large else self.data

    def __str__(self):
        """How it is made, for --list."""
        return '%r%s' % (self.head, '... (%d bytes)' % self.size
                         if self.size > SHOWN else '')


def configuration(group, path):
    """A function that adds rows about the configuration at this path.  files
    are further ones, in /; expect are attributes of the guest."""
    def row(name, text, outcome, *options, size=16384, files=None, dear=False,
            **expect):
        text = Kept(text)
        files = {name: Kept(data) for name, data in (files or {}).items()}
        expect.setdefault('ramdisk', b'')

        def make(guest):
            guest.config(text.text(), path, size, **{
                name: data.text() for name, data in files.items()})
            guest.options += options
            for key, value in expect.items():
                setattr(guest, key, value)
        made = '%s is %s' % (path, text)
        made += ''.join(', /%s %s' % one for one in list(files.items())[:2])
        if len(files) > 2:
            made += ', and %d files' % (len(files) - 2)
        if options:
            made += ', with ' + ' '.join(options)
        cases.add('%s/%s' % (group, name), outcome, make, made, dear=dear)
    return row
