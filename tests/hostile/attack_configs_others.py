# SPDX-License-Identifier: GPL-2.0-or-later
"""Configurations of other loaders that have no end, or claim too much."""
from cases import boots, refused
from guest import MIB
from tables import configuration

# GRUB legacy
row = configuration('configs/grub-legacy', '/boot/grub/menu.lst')
ITSELF = 'title a\nconfigfile /boot/grub/menu.lst\n'
row('a hundred thousand titles', 'title a\nkernel /gone\n' * 100000,
    refused('more than 65536 menu entries'))
row('as many titles as are allowed', 'title a\nkernel /vmlinuz\n' * 65536,
    boots)
row('as many commands as fit', 'title a\nkernel /vmlinuz\n' + 'boot\n' * 800000,
    boots)
row('a line of four mebibytes', 'title a\nkernel /vmlinuz '
    + 'x' * (4 * MIB - 100), refused('libxl takes at most 8191|bytes'))
row('a title of four mebibytes', 'title ' + 'x' * (4 * MIB - 100),
    refused('4096 bytes'))
row('a line that goes on and on', 'title a\nkernel /vmlinuz '
    + '\\\n' * (2 * MIB - 100), boots)
row('a menu that opens itself', ITSELF, refused('16 menus inside each other'))
row('fallbacks that open the menu again', 'fallback 0 1 2 3 4 5 6 7\n' +
    ''.join('title %d\nconfigfile /boot/grub/menu.lst\n' % i
            for i in range(9)), refused('16 menus inside each other'))
row('a name looked for in menus that open themselves', ITSELF * 20,
    refused('menus|no entry|memory'), '--entry=nobody')
row('more files than are allowed', 'title a\nconfigfile /m0\n',
    refused('64|16 menus'), files={
        'm%d' % i: 'title a\nconfigfile /m%d\n' % (i + 1)
        for i in range(100)})
row('a default and a timeout beyond 64 bits', 'default 99999999999999999999\n'
    'timeout -99999999999999999999\ntitle a\nkernel /vmlinuz\n', boots)
row('a kernel as a list of blocks', 'title a\nkernel 0+4294967295,'
    '4294967295+4294967295\n', refused('no absolute path'))
row('a device that nobody has', 'title a\nroot (hd4294967295,4294967295)\n'
    'kernel /vmlinuz\n', refused('no disk of this guest'))

# syslinux
row = configuration('configs/syslinux', '/extlinux.conf')
LABEL = 'default a\nlabel a\nkernel /vmlinuz\n'
row('a file that includes itself', 'include /extlinux.conf',
    refused('16 deep'))
row('files that include each other twice', 'include /a\ninclude /a\n',
    refused('16 deep|more than 64'), files={
        'a': 'include /extlinux.conf\ninclude /extlinux.conf\n'})
row('many includes', 'include /a\n' * 1000, refused('more than 64'),
    files={'a': 'label a\n'})
row('menus within menus', ''.join('menu begin %d\n' % i
                                  for i in range(100000)), refused('16 deep'))
row('as many labels as fit', 'label a\n' * (4 * MIB // 8),
    refused('65536 menu entries|memory than the limit|bytes of memory'))
row('as many menus as fit', 'menu begin\nmenu end\n' * (4 * MIB // 20),
    refused('memory|menu entries'))
row('an append of four mebibytes', LABEL + 'append ' + 'x ' * (2 * MIB - 100),
    refused('8191|bytes'))
row('an append of ramdisks', LABEL + 'append initrd=' + '/initrd.img,' * 300000,
    refused('64 ramdisks'))
row('menus that lead to themselves', 'label a\nkernel menu.c32\nappend ~\n'
    * 20, refused('menus inside each other'))
row('a name looked for in menus that lead to themselves',
    'label a\nkernel menu.c32\nappend ~\n' * 20, refused('no entry|menus'),
    '--entry=nobody')
row('gotos of many labels', 'menu begin x\n' + (
    'label a\nmenu goto x\n' * 1000) + 'menu end\n' + (
        'label a\nmenu goto x\n' * 1000), refused('menus|no entry|no menu'),
    '--entry=nobody')
row('a config that leads to itself', 'default a\nlabel a\n'
    'config /extlinux.conf\n', refused('menus inside each other|deep|more'))
row('a disk of its own by a number of 33 bits', 'default a\nlabel a\n'
    'localboot 4294967296\n', refused('LOCALBOOT'))

# systemd-boot, LILO, ELILO, NetBSD, FreeBSD
row = configuration('configs/systemd-boot', '/loader/loader.conf')
ENTRY = 'title a\nlinux /vmlinuz\n'
row('more entries than allowed', 'timeout 1\n', refused('more than 1024'),
    files={'loader/entries/%d.conf' % i: ENTRY for i in range(1025)})
row('an entry of a hundred thousand ramdisks', 'timeout 1\n',
    refused('without entries'), files={
        'loader/entries/a.conf': ENTRY + 'initrd /initrd.img\n' * 100000})
row('an entry of options without end', 'timeout 1\n', refused('8191|bytes'),
    files={'loader/entries/a.conf': ENTRY + 'options x\n' * 100000})
row('an entry of more than is read', 'timeout 1\n', refused('without entries'),
    files={'loader/entries/a.conf': ENTRY + '#' * (5 * MIB)})
row('a counter beyond 64 bits', 'timeout 1\n', boots, files={
    'loader/entries/a+99999999999999999999-99999999999999999999.conf': ENTRY})
row('a default of nothing but wildcards', 'default ' + '*' * 4000 + 'b\n',
    boots, files={'loader/entries/%s.conf' % ('a' * 200): ENTRY})

row = configuration('configs/lilo', '/etc/lilo.conf')
row('a hundred thousand images', 'image=/vmlinuz\n label=a\n' * 100000,
    refused('more than 1000 images'))
row('an append of four mebibytes', 'image=/vmlinuz\n append="%s"\n' % (
    'x' * (4 * MIB - 100)), refused('8191|bytes'))
row('quotes that never end', 'image=/vmlinuz\n append="' + 'x' * 1000,
    refused('the quotes do not end'))

row = configuration('configs/elilo', '/elilo.conf')
row('a hundred thousand images', 'image=/vmlinuz\n label=a\n' * 100000,
    refused('more than 1000 images'))
row('a line of four mebibytes', 'image=/vmlinuz\n append="%s"\n' % (
    'x' * (4 * MIB - 100)), refused('8191|bytes'))

row = configuration('configs/netbsd', '/boot.cfg')
row('a hundred thousand menus', 'menu=a:boot /vmlinuz\n' * 100000,
    boots)
row('a menu of a hundred thousand commands', 'menu=a:' + 'boot /gone;'
    * 100000 + '\n', refused('/gone: no such file'))

row = configuration('configs/freebsd', '/boot/loader.conf')
row('a hundred thousand variables', ''.join(
    'v%d="1"\n' % i for i in range(100000)),
    refused('more than 1000 variables'))
row('a file that names itself', 'loader_conf_files="/boot/loader.conf '
    '/boot/loader.conf"\nkernel="a"\n', refused('/boot/a/kernel: no such'))
row('a value that names itself', 'kernel="${kernel}${kernel}${kernel}"\n',
    refused('no such file'))
