# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests that want to speak to the toolstack or to the administrator's
terminal themselves: items of the result forged in titles, paths and arguments
(XSA-198, promise P10), and bytes that a terminal obeys (P12)."""
from cases import add, boots, case, lists, refused
from guest import CONFIG
from tables import Kept

ALL = ('simple0', 'simple', 'sxp')
ENTRY = 'menuentry %s {\nlinux /vmlinuz %s\ninitrd /initrd.img\n}\n'


def forge(name, words, outcome=boots, args=None, formats=ALL):
    """Arguments of a kernel as they stand in the script."""
    def make(guest):
        guest.config(ENTRY % ('a', words))
        guest.formats = formats
        guest.args = args
    add('configs/forged/' + name, outcome, make, 'linux /vmlinuz with the '
        'arguments %s, in %s' % (Kept(words), ', '.join(formats)))


CONTROL = refused('control')
ONE_MORE = refused('eliloader would read a value as one more item')
LINES = ALL[:2]
forge('a newline and a kernel', "'a\nkernel /etc/shadow'", CONTROL)
forge('a newline and a ramdisk', '"a\nramdisk /etc/shadow"', CONTROL)
forge('a carriage return', 'a\rkernel /etc/shadow', boots,
      'akernel /etc/shadow')
forge('a vertical tab and a form feed', 'a\vkernel\f/etc/shadow', CONTROL)
forge('an escape', "'a\x1b]0;title\x07'", CONTROL)
forge('a delete', 'a\x7fb', CONTROL)
forge('every other control byte', '\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f',
      CONTROL)
forge('a tab', "'a\tkernel /etc/shadow'", boots, '"a kernel /etc/shadow"')
forge('keywords of libxl', 'kernel /etc/shadow ramdisk /etc/passwd args x',
      boots, 'kernel /etc/shadow ramdisk /etc/passwd args x')
forge('an item of sxp in double quotes', "'x\")(kernel \"/etc/shadow\")(args'",
      ONE_MORE, None, ('sxp',))
forge('an item of sxp in single quotes', '"x\')(kernel \'/etc/shadow\')(args"',
      ONE_MORE, None, ('sxp',))
forge('items of sxp in lines', "'x\")(kernel \"/etc/shadow\")(args'", boots,
      None, LINES)
forge('brackets around an item', "') (kernel /etc/shadow)'")
forge('an item behind a bracket', "')(kernel /etc/shadow)'", ONE_MORE, None,
      ('sxp',))
forge('an item behind a bracket in lines', "')(kernel /etc/shadow)'", boots,
      None, LINES)
forge('both kinds of quotes', "a\\\"b\\'c")
forge('a backslash at the end', "'a\\'", boots, 'a\\\\')
forge('escapes that xend resolves', "'a\\x29\\051\\n\\u0029'", boots,
      'a\\\\x29\\\\051\\\\n\\\\u0029')
forge('blanks before', "'   a'")
forge('brackets of a list', "'<>{}[];'", boots, '<>{}[];')
forge('bytes that are no UTF-8', b"'a\xff\xfe\xc0\x80'".decode(
    'utf-8', 'surrogateescape'))
forge('a byte order mark', '\ufeffa', boots, '\ufeffa', LINES)
forge('a byte order mark for xend', '\ufeffa', boots, None, ('sxp',))
forge('a right-to-left override', 'a\u202eb', boots, 'a\u202eb', LINES)
forge('line separators of unicode', "'a\u2028kernel /etc/shadow\u2029b\x85'")
forge('4000 quotes', '"' + "'" * 4000 + '"')
forge('8000 backslashes', "'" + '\\' * 8000 + "'",
      refused('16000 bytes are more than a toolstack takes'))
forge('4000 backslashes', "'" + '\\' * 4000 + "'", boots, '\\' * 8000)


@case('configs/forged/a-nul-in-the-arguments', boots)
def _(guest):
    """linux /vmlinuz a NUL kernel /etc/shadow NUL, as bytes of grub.cfg"""
    guest.config((ENTRY % ('a', 'a\0kernel /etc/shadow\0b')))
    guest.formats = ALL


@case('configs/forged/a-kernel-path-with-a-newline', refused())
def _(guest):
    """the kernel's name in the guest is 'x LF kernel /etc/shadow'"""
    guest.config(CONFIG.replace('/vmlinuz', "'/x\nkernel /etc/shadow'"))
    guest.formats = ALL


@case('configs/forged/a-path-out-of-the-directory', refused())
def _(guest):
    """linux /../../../../etc/shadow, and links with such targets"""
    guest.config(CONFIG.replace('/vmlinuz', '/../../../../etc/shadow'))
    yield 'the path'
    guest.config(CONFIG.replace('/vmlinuz', '/l'))
    guest.debugfs('symlink /l ../../../../../etc/shadow')
    yield 'a link'
    guest.debugfs('unlink /l', 'symlink /l /proc/self/root/etc/shadow')
    yield 'an absolute link'


@case('configs/forged/other-loaders-with-control-bytes', CONTROL)
def _(guest):
    """arguments with an escape in each loader's own configuration"""
    for path, text in (
            ('/boot/grub/menu.lst', 'title a\nkernel /vmlinuz a\x1b[2J\n'),
            ('/extlinux.conf',
             'default a\nlabel a\nkernel /vmlinuz\nappend a\x1b[2J\n'),
            ('/loader/entries/a.conf',
             'title a\nlinux /vmlinuz\noptions a\x1b[2J\n'),
            ('/etc/lilo.conf', 'image=/vmlinuz\nappend="a\x1b[2J"\n'),
            ('/elilo.conf', 'image=/vmlinuz\nappend="a\x1b[2J"\n')):
        guest.config(text, path)
        yield path


# What is shown: titles, errors, warnings, lists
BAD = (('escape-sequences', '\x1b[2J\x1b]0;x\x07\x1b[201~\x1bP+q\x1b\\.'),
       ('c1-controls', '\x9b2J\x90\x9d\x85'),
       ('bare-c1-bytes', b'\x9b2J\x85'.decode('utf-8', 'surrogateescape')),
       ('broken-utf-8', b'\xff\xfe\xf8\x88\xed\xa0\x80\xc0\xaf'.decode(
           'utf-8', 'surrogateescape')),
       ('cut-utf-8', b'\xe2\x82'.decode('utf-8', 'surrogateescape')),
       ('bidirectional-controls', '\u202e\u2066\u200f\u061c'),
       ('carriage-returns', 'good\rbad\r'), ('backspaces', 'bad\b\b\bgood'),
       ('nothing-but-marks', 'a' + '\u0301' * 200),
       ('invisible', '\u200b\u2060\ufeff\u00ad\U000e0041'),
       ('beyond-unicode', b'\xf4\x90\x80\x80'.decode(
           'utf-8', 'surrogateescape')),
       ('a-nul', 'a\0b'))
for name, text in BAD:
    raw = text.encode('utf-8', 'surrogateescape')

    def make_list(guest, raw=raw):
        guest.config(b'menuentry "%s" {\nlinux /vmlinuz "%s"\n}\n' % (raw,
                                                                      raw))
        guest.command = ['-l', guest.image]
        yield '-l'
        guest.command = ['--list-filesystems', guest.image]
        yield '--list-filesystems'
        guest.command = ['-q', '-n', '-v', guest.image]
        yield '-n -v'
        with open(guest.path('script'), 'wb') as out:
            out.write(b'%s\ncat "/%s"\n' % (raw, raw))
        guest.command = ['--script=' + guest.path('script'), guest.image]
        yield '--script'
    make_list.__doc__ = ('title and arguments of the entry are %r; -l, '
                         '--list-filesystems, -n -v; and a script of it as a '
                         'command and as a file' % text)
    case('configs/shown/%s-in-a-list' % name, lists())(make_list)

    def make_error(guest, raw=raw):
        guest.config(b'menuentry "%s" {\nlinux "/gone%s"\n}\n' % (raw, raw))
        yield 'the entry of a missing kernel'
        guest.config(b'menuentry a {\nconfigfile "/%s"\n}\n' % raw)
        yield 'a configuration that is missing'
    make_error.__doc__ = ('title and path are %r, and the kernel is missing; '
                          'a configuration of that name' % text)
    case('configs/shown/%s-in-an-error' % name, refused())(make_error)


@case('configs/shown/an-error-longer-than-a-line', refused())
def _(guest):
    """names of 4000 bytes, of 64 directories, in the path of the kernel"""
    guest.config(CONFIG.replace('/vmlinuz', '/' + '\x1b' * 4000))
    yield 'escapes'
    guest.config(CONFIG.replace('/vmlinuz', ('/' + '\u20ac' * 80) * 12))
    yield 'characters of three bytes'


@case('configs/shown/a-thousand-warnings', boots)
def _(guest):
    """1000 lines that are no statements, each with escapes"""
    guest.config('$\x1b[2J\n' * 1000 + CONFIG)


@case('configs/shown/a-label-of-a-file-system', lists('file system: ext4'))
def _(guest):
    """the label of the ext4 is escape sequences and broken UTF-8"""
    guest.config(CONFIG)
    for label in b'\x1b[2J\x9b\xff\r\n', b'\xe2\x80\xae\xe2\x82\0\n\n':
        guest.write(1024 + 120, label.ljust(16, b'\0'))
        guest.command = ['--list-filesystems', guest.image]
        yield repr(label)


@case('configs/shown/a-name-of-an-image', refused())
def _(guest):
    """the image is called ESC [2J, and is not there"""
    guest.operands = [guest.path('\x1b[2J\x9b\u202e.img')]


@case('configs/shown/a-script-that-prints', lists('x'))
def _(guest):
    """--script with echo of escapes, and cat of a file of all bytes"""
    guest.config(CONFIG, all=bytes(range(256)) * 40)
    with open(guest.path('script'), 'w', encoding='utf-8') as out:
        out.write('echo "x\x1b[2J\x07"\ncat /all\nls -l /\necho -e "\\x1b[2J"')
    guest.command = ['--script=' + guest.path('script'), guest.image]


@case('configs/bytes/a-nul-and-a-byte-order-mark', boots)
def _(guest):
    """a comment with NUL, Latin-1 and a BOM before a sound entry (P16)"""
    guest.config(b'\xef\xbb\xbf# caf\xe9 \0 \xff\n' + CONFIG.encode())
    guest.ramdisk = None


@case('configs/bytes/all-of-them', refused())
def _(guest):
    """each configuration's path holds all 256 bytes, 16 times"""
    for path in ('/boot/grub/grub.cfg', '/boot/grub/menu.lst',
                 '/extlinux.conf', '/etc/lilo.conf', '/elilo.conf',
                 '/boot.cfg', '/boot/loader.conf', '/loader/loader.conf'):
        guest.config(bytes(range(256)) * 16, path, vmlinuz=b'')
        guest.debugfs('unlink /vmlinuz')
        yield path
