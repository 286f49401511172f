# SPDX-License-Identifier: GPL-2.0-or-later
"""Scripts of GRUB 2 that go on for ever, or grow without end (promise P5)."""
from cases import boots, case, refused
from guest import MIB
from tables import configuration

row = configuration('configs/grub2', '/boot/grub/grub.cfg')
COMMANDS = refused('more than 1000000 commands')
MENU = 'menuentry a {\n%s\n}\n'
LINUX = MENU % 'linux /vmlinuz'


def repeat(text, count):
    return ''.join(text % i for i in range(count))


# Loops, functions, files
row('a loop without end', 'while true; do true; done', COMMANDS)
row('a loop without end in an entry', MENU % 'until false; do x=$x; done',
    COMMANDS)
row('a loop of empty loops', 'while for i in ; do true; done; do for i in; do '
    'true; done; done', COMMANDS)
row('a loop that breaks out of too much', 'while true; do while true; do '
    'break 99999999999999999999; done; done\n' + LINUX, COMMANDS)
row('a loop that shifts away what is not there',
    'while true; do shift 4294967295; shift -1; done', COMMANDS)
row('a function that calls itself', 'function f { f; }\nf',
    refused('512 deep'))
row('two functions that call each other', 'function f { if true; then g; fi; '
    '}\nfunction g { f; }\nf', refused('512 deep'))
row('a function that makes itself anew',
    'function f { function f { true; }; f; f; }\nf\n' + LINUX, boots)
row('a function called like each command', 'function linux { linux $@; }\n'
    + LINUX, boots)     # a command goes before a function
row('eval of itself', "set e='eval $e'\neval $e", refused('512 deep'))
row('a file that sources itself', 'source /boot/grub/grub.cfg',
    refused('16 deep'))
row('two files that source each other', 'source /a', refused('16 deep'),
    files={'a': 'source /b', 'b': 'source /a'})
row('a file that sources more files than allowed',
    'while true; do source /a; done', refused('more than 64'),
    files={'a': 'true\n'})
row('configfiles in a circle', 'configfile /a', refused('16 deep'),
    files={'a': 'configfile /boot/grub/grub.cfg'})
row('normal within normal', 'normal /boot/grub/grub.cfg',
    refused('deep|more than'))
row('a menu below itself', 'submenu a { configfile /boot/grub/grub.cfg }',
    refused('inside each other'))
row('submenus of submenus searched for a name',
    'submenu a { configfile /boot/grub/grub.cfg }\n' * 20,
    refused('no entry|more than|deep'), '--entry=nobody', dear=True)
row('a name that no entry has', 'submenu a { while true; do true; done; }\n'
    * 1000, refused('1000000 commands|submenus'), '--entry=nobody', dear=True)
row('an entry that is a number of 64 bits', LINUX,
    refused('no entry "18446744073709551616"'), '--entry=18446744073709551616')
row('a default that names itself', 'set default="${default}>${default}"\n'
    'set default="$default>$default"\n' + LINUX, boots)
row('a default of 1000 submenus', 'set default="%s"\n' % '>'.join('0' * 1000)
    + LINUX, boots)
row('fallbacks that fail in a circle', 'set default=0\nset fallback="1 0 1 0"'
    '\n' + MENU % 'linux /gone' + MENU % 'linux /gone', refused('gone'))

# Values, arguments, blocks
row('a value that doubles', 'x=aaaaaaaa\nwhile true; do x=$x$x; done',
    refused('more than 1048576 bytes'))
row('arguments that double', 'x="a b"\nwhile true; do x="$x $x"; set $x; done',
    refused('arguments|bytes'))
row('arguments that multiply in a function',
    'function f { f $@ $@ $@ $@; }\nf a b c d',
    refused('arguments|bytes|512 deep'))
row('blocks within blocks', 'if true; then\n' * 100000,
    refused('deep|nest'))
row('braces within braces', 'menuentry a ' + '{' * MIB,
    refused('a menu without entries'))
row('entries within entries', 'submenu a {\n' * 50000 + '}\n' * 50000,
    refused('deep|nest|no kernel|names no'))
row('quotes that never end', 'menuentry "a ' + "'" * MIB,
    refused('a menu without entries'))
row('variables within variables', 'echo ' + '${' * 100000 + '\n' + LINUX, boots)
row('a title of four mebibytes', 'menuentry "%s" {\ntrue\n}\n' % (
    'x' * (4 * MIB - 100)), refused('more than 1048576 bytes'))
row('an argument of four mebibytes', MENU % (
    'linux /vmlinuz ' + 'x' * (4 * MIB - 100)),
    refused('more than 1048576 bytes'))
row('arguments of four mebibytes', MENU % (
    'linux /vmlinuz ' + 'x y ' * (MIB - 100)), refused('arguments|8191|bytes'))
row('arguments that are a byte too long for a client', MENU % (
    'linux /vmlinuz ' + 'x' * 8187), refused('libxl takes at most 8191'))
row('arguments that are as long as a client takes', MENU % (
    'linux /vmlinuz ' + 'x' * 8186), boots, args='x' * 8186)
row('a line that goes on and on', MENU % (
    'linux /vmlinuz ' + '\\\n' * (2 * MIB - 100)),
    refused('argument of more than 1048576'))
row('more functions than allowed', repeat('function f%d { true; }\n', 100000),
    refused('more than 1024'))
row('more variables than allowed', repeat('v%d=1\n', 100000),
    refused('more than 4096'))
row('more than the memory in variables', 'x=' + 'a' * (MIB - 16) + '\n'
    + repeat('v%d=$x\n', 1000), refused('bytes'))

# Sizes of files and numbers of entries
row('a file of more than four mebibytes', '#' * (4 * MIB + 1),
    refused('limit of 4194304'))
row('a comment of four mebibytes', LINUX + '#' * (4 * MIB - len(LINUX)), boots)
row('as many lines as fit', LINUX + '\n' * (4 * MIB - len(LINUX)), boots)
row('as many commands as fit', 'a=\n' * (4 * MIB // 3), COMMANDS)
row('as many entries as fit', 'menuentry a {\n:\n}\n' * (4 * MIB // 18),
    refused('more than 65536 menu entries'))
row('a million entries by a loop',
    'while true; do menuentry a { linux /vmlinuz; }; done',
    refused('more than 65536 menu entries'))
row('a list of costly entries',
    'menuentry a { while true; do true; done; }\n' * 10000,
    refused('1000000 commands'))
row('an environment block of four mebibytes',
    'load_env -f /env\n' * 20 + 'list_env -f /env',
    refused('variables|memory|bytes|more than'), files={
        'env': ('# GRUB Environment Block\n' + repeat('v%d=1\n', 400000))[
            :4 * MIB - 1] + '\n'})
row('an environment block without an end', 'load_env -f /env\n' + LINUX,
    boots, files={'env': '# GRUB Environment Block\nx=' + '\\' * 1000})

# Expressions and wildcards
PATTERNS = ('a' + '+' * 20, '(' * 20 + 'a' + '+)' * 20 + '+', 'a' + '+' * 200,
            '(a{0,1000})+++', '((a{99}){99}){99}',
            'a{1,255}{1,255}{1,255}{1,255}', '(a*)\\1\\1\\1b',
            '(' * 120 + 'a' + ')*' * 120, '[[:alpha:](]' + '+' * 30,
            'a{3}' * 60, '(a{0,200})+')
for number, pattern in enumerate(PATTERNS):
    # the C library copies what is repeated, and crashes without memory
    row('a regexp that becomes large %d' % number, "regexp '%s' %s\n" % (
        pattern, 'a' * 200) + LINUX, boots)
row('regexps that are slow', "while true; do regexp '(((a|aa)+)+)+c' "
    + 'a' * 4000 + '; done', COMMANDS, dear=True)
row('regexps that are many', "while true; do regexp '(a{0,200})+b' "
    + 'a' * 200 + '; done', COMMANDS, dear=True)
row('wildcards in a large directory',
    'insmod regexp\nfor a in /many/* /many/*/* ' + '/*/*/*/*/*/*/*/* ' * 50
    + '; do for b in /many/*; do true; done; done', COMMANDS, size=40 << 10,
    files={'many/%06d' % i: '' for i in range(4000)}, dear=True)
row('files compared for ever',
    'while true; do cmp /a /b; file --is-x86-linux /a; done',
    refused('handles more than|1000000 commands'),
    files={'a': 'a' * MIB, 'b': 'a' * MIB}, dear=True)
row('a directory listed for ever', 'while true; do ls /; done', COMMANDS,
    dear=True)
row('a hash of the disk for ever',
    'while true; do md5sum /a; sha256sum (hd0)0+32768; done',
    COMMANDS, files={'a': 'a' * MIB}, dear=True)
row('a sleep for ever', 'sleep 4294967295\n' + LINUX, boots)
row('a loop device of itself', 'loopback l /boot/grub/grub.cfg\n'
    'loopback l (l)0+1\nloopback l (l)0+1\n' + LINUX, boots)
row('loop devices within each other', 'loopback a /x\n' + ''.join(
    'loopback a%s (a%s)0+100\n' % ('b' * (i + 1), 'b' * i)
    for i in range(500)) + LINUX, refused('6 files inside each other'),
    files={'x': 'x' * 51200})

# Other loaders from a script
row('menus of other loaders without end',
    'while true; do legacy_source /m; syslinux_source /s; done',
    refused('65536 menu entries|memory'), files={
        'm': 'title x\nkernel /vmlinuz\n' * 9000,
        's': 'TIMEOUT 1\n' + 'LABEL x\nKERNEL /vmlinuz\n' * 9000}, dear=True)
row('menus of other loaders searched for a name',
    'submenu a { legacy_source /m; }\n' * 300,
    refused('no entry|submenus|inside each other'), '--entry=nobody',
    files={'m': 'title x\nconfigfile /m\ntitle y\nconfigfile /m\n'})
row('entries of upstream that are as large as fits', 'blscfg -f\n' * 40,
    refused('16777216 bytes|memory|more than'), files={
        'loader/entries/%03d.conf' % i: 'linux /vmlinuz\noptions '
        + 'x' * 60000 for i in range(200)}, size=24 << 10)
# each runs nearly as many commands as it may
LOOP = 'for a in %s; do for b in %s; do true; done; done\n' % (
    (' '.join('x' * 700),) * 2)
GRUBS = {'grubs/%d/grubx64.efi' % i: 'MZ' for i in range(20)}
GRUBS.update({'grubs/%d/grub.cfg' % i: LOOP + 'chainloader '
              '/grubs/%d/grubx64.efi\nboot' % (i + 1) for i in range(20)})
row('grubs that load each other', 'chainloader /grubs/0/grubx64.efi\nboot',
    refused('more than 16 GRUBs'), files=GRUBS, dear=True)
row('a grub that loads itself', 'chainloader /boot/grub/grubx64.efi\nboot',
    refused('leads to itself'),
    files={'boot/grub/grubx64.efi': 'MZ'})


@case('configs/grub2/a-file-of-a-hundred-megabytes',
      refused('limit of 4194304'))
def _(guest):
    """100,000,000 bytes of comment, in the file system for real"""
    guest.config(b'#' * 100000000, size=120 << 10)
