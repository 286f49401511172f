# SPDX-License-Identifier: GPL-2.0-or-later
"""Arguments edited in the menu, as a person does it on a pty of libxl's.

The entry is evaluated as ever, and then boots with what was typed; where the
guest's loader lets nobody edit without a password, nor does the menu.
"""
import e2e
from e2e import grub_entry, linux_guest

GRUB2 = 'set timeout=60\n' + grub_entry('Free', args='ro quiet',
                                        options='--unrestricted')
LEGACY = '''
timeout 60
%s
title Free
kernel /boot/vmlinuz ro quiet
initrd /boot/initrd.img
'''
SYSLINUX = '''
UI menu.c32
TIMEOUT 600
%s
LABEL free
%s
KERNEL /boot/vmlinuz
INITRD /boot/initrd.img
APPEND ro quiet
'''
LILO = '''
prompt
timeout=600
password=secret
%s
image=/boot/vmlinuz
label=free
initrd=/boot/initrd.img
append="ro quiet"
'''
BLS = '''title Free
linux /boot/vmlinuz
initrd /boot/initrd.img
options ro quiet
'''
MENU, SINGLE = 'q aborts=>', 'Arguments:=> single\\r'
USER, NAMED, ASKED = 'username:', 'password:', 'Password:'


class EditArguments(e2e.Case):

    def guest(self, config, path='/boot/grub/grub.cfg'):
        return self.disk(linux_guest(
            config, path=path, **{'/loader/loader.conf': 'timeout 60\n'}))

    def start(self, disk, *person, **more):
        opts = ['--person=' + step for step in person]
        return e2e.client('as_libxl', '--timeout=60', *opts, disk=disk, **more)

    def single(self, disk, *person, want='ro quiet single', **more):
        report = self.start(disk, *person, **more)
        self.boots(report, args=want)
        self.assertIn('booting "Free"', report['stderr'].replace('free', 'Free'))
        return report

    def test_grub2(self):
        self.single(self.guest(GRUB2), MENU + 'a', SINGLE)

    def test_grub2_with_variables_that_the_entry_sets(self):
        config = ('set timeout=60\nset n=0\nmenuentry "Free" {\n'
                  'n=$n-x\nlinux /boot/vmlinuz n=$n\n'
                  'initrd /boot/initrd.img\n}\n')
        self.single(self.guest(config), MENU + 'a', 'Arguments:=>\\x1b',
                    MENU + 'a', SINGLE, want='n=0-x single')

    def test_other_loaders(self):
        for path, config in (
                ('/boot/grub/menu.lst', LEGACY % ''),
                ('/boot/extlinux/extlinux.conf', SYSLINUX % ('', '')),
                ('/loader/entries/a.conf', BLS)):
            self.single(self.guest(config, path), MENU + '\\t', SINGLE)

    def test_emacs_keys(self):
        self.single(self.guest(GRUB2), MENU + 'a',
                    'Arguments:=>\\x01\\x0binit=/bin/sh  \\x19'
                    '\\x17single\\x01\\x1bf\\x1bd\\r',
                    want='init/sh  ro single')

    def test_the_hosts_arguments_stay(self):
        self.single(self.guest(GRUB2), MENU + 'a', SINGLE,
                    want='ro quiet single host=1', args=['--args=host=1'])

    def test_what_it_would_boot_is_seen_before(self):
        config = GRUB2 + grub_entry('Broken', kernel='/boot/none') + \
            grub_entry('Other', args='n=$n') + 'n=1\n'
        report = self.start(self.guest(config), 'vmlinuz ro quiet=>\\x1b[B',
                            'no such file=>\\x1b[B', 'vmlinuz n=1=>\\r')
        self.boots(report, args='n=1')

    def test_it_ends_while_it_looks(self):
        report = self.start(self.guest(GRUB2), 'Free=>q')
        self.assertEqual((report['exit'], report['signal']), (1, None))
        self.nothing_remains(report)

    def test_what_has_none_to_edit_says_why(self):
        config = GRUB2 + grub_entry('Broken', kernel='/boot/none') + \
            'submenu "More" {\n%s}\n' % GRUB2
        self.boots(self.start(self.guest(config), MENU + '\\x1b[Ba',
                              'no such=>\\x1b[Ba',
                              'submenu has no=>\\x1b[A\\x1b[A\\r'),
                   args='ro quiet')

    def test_grub2s_superusers(self):
        disk = self.guest('set superusers="root"\npassword root secret\n' +
                          GRUB2)
        self.single(disk, MENU + 'a', USER + '=>root\\r',
                    NAMED + '=>secret\\r', SINGLE)
        self.boots(self.start(disk, MENU + '\\r'), args='ro quiet')
        self.boots(self.start(disk, MENU + 'a', USER + '=>\\x1b', MENU + '\\r'),
                   args='ro quiet')

    def test_legacys_password(self):
        self.single(self.guest(LEGACY % 'password secret',
                               '/boot/grub/menu.lst'),
                    MENU + 'a', ASKED + '=>secret\\r', SINGLE)

    def test_syslinux_master_password_and_no_other(self):
        master = 'MENU MASTER PASSWD secret'
        for own in '', 'MENU PASSWD hunter2':
            disk = self.guest(SYSLINUX % (master, own),
                              '/boot/extlinux/extlinux.conf')
            self.single(disk, MENU + '\\t', ASKED + '=>hunter2\\r',
                        'Wrong password=>', ASKED + '=>secret\\r', SINGLE)

    def test_lilo_restricted(self):
        for restricted in '', 'restricted':
            disk = self.guest(LILO % restricted, '/etc/lilo.conf')
            self.single(disk, MENU + 'a', ASKED + '=>secret\\r', SINGLE,
                        want='auto BOOT_IMAGE=free ro quiet single')

    def test_unlocked_by_the_host(self):
        self.single(self.guest(LEGACY % 'password secret',
                               '/boot/grub/menu.lst'),
                    MENU + 'a', SINGLE, args=['--unlock'])

    def test_a_terminal_that_places_no_text(self):
        self.single(self.guest(GRUB2), 'q, ?:=>0a\\r', SINGLE, term='dumb')


if __name__ == '__main__':
    e2e.main()
