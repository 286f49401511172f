# SPDX-License-Identifier: GPL-2.0-or-later
"""The menu of whole guests, used as a person does on a pty of libxl's.

The editor of every loader's entries, the command line, what would be booted,
and how each of them ends.
"""
import os
import re
import unittest.mock

import e2e
from e2e import grub_entry, linux_guest

GRUB2 = 'set timeout=60\n' + grub_entry('First', args='ro quiet') + '''
submenu "More" {
''' + grub_entry('Inner', args='inner=1') + '''}
function known {
	true
}
'''
USERS = 'set superusers="root"\npassword root secret\n'
OTHER = grub_entry('Xylo', args='other=1')
LEGACY = '''
timeout 60
%s
title First
kernel /boot/vmlinuz ro quiet
initrd /boot/initrd.img
title Second
kernel /boot/vmlinuz second
'''
SYSLINUX = '''
UI menu.c32
TIMEOUT 600
%s
LABEL First
APPEND ro quiet
KERNEL /boot/vmlinuz
INITRD /boot/initrd.img
'''
BLS = '''options ro quiet
title First
linux %s/vmlinuz
initrd %s/initrd.img
'''
BLSCFG = 'set timeout=60\nblscfg\n'
LIST, EDITOR, SHELL = 'q aborts=>', 'Edit: First=>', 'hostgrub>=>'
TEXT, USER, NAMED, ASKED = 'any other key=>', 'username:', 'password:', \
    'Password:'
SINGLE = EDITOR + 'e\\x05 single\\x18'
COMMANDS = 'the command line'
ENDS = 'HANGUP', 'SIGTERM', 'SIGHUP', '\\x03'


class Menu(e2e.Case):

    def guest(self, config, path='/boot/grub/grub.cfg', **more):
        """The disk with this configuration; one is made once."""
        if config not in self.made:
            name = os.path.join(self.dir, '%d.img' % len(self.made))
            self.made[config] = e2e.make_disk(name, linux_guest(
                config, path=path, **{'/boot/other.cfg': OTHER, **more}))
        return self.made[config]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.made = {}

    def start(self, disk, *person, **more):
        opts = ['--person=' + step for step in person]
        return e2e.client('as_libxl', '--timeout=15', *opts, disk=disk, **more)

    def booted(self, disk, *person, want, title='First', **more):
        """It boots with the arguments, and the last line says what."""
        ramdisk = more.pop('ramdisk', e2e.INITRD)
        report = self.start(disk, *person, **more)
        self.boots(report, ramdisk=ramdisk, args=want)
        self.assertRegex(report['console'],
                         r'hostgrub: booting "%s" \([^\n]*\)\r?\n$' % title)
        self.assertEqual(report['console'].count('booting'), 1)
        return report

    def aborted(self, *args, **more):
        report = self.start(*args, **more)
        self.assertEqual((report['exit'], report['signal']), (1, None), report)
        self.nothing_remains(report)


class Editor(Menu):

    def test_what_was_edited_boots(self):
        self.booted(self.guest(GRUB2), LIST + 'e', SINGLE,
                    want='ro quiet single')

    def test_f4_opens_it_and_f10_boots(self):
        self.booted(self.guest(GRUB2), LIST + '\\x1bOS',
                    EDITOR + 'e\\x05 single\\x1b[21~', want='ro quiet single')

    def test_of_other_loaders(self):
        for path, config, more in (
                ('/boot/grub/menu.lst', LEGACY % '', {}),
                ('/boot/extlinux/extlinux.conf', SYSLINUX % '', {}),
                ('/loader/entries/a.conf', BLS % ('/boot', '/boot'),
                 {'/loader/loader.conf': 'timeout 60\n'})):
            self.booted(self.guest(config, path, **more), LIST + 'e', SINGLE,
                        want='ro quiet single')

    def test_of_fedoras_entries(self):
        disk = self.guest(BLSCFG, **{
            '/boot/loader/entries/a.conf': BLS % ('/boot', '/boot')})
        self.booted(disk, LIST + 'e',
                    EDITOR + '\\x1b[Folinux /boot/vmlinuz bls=1\\x18',
                    ramdisk=None, want='bls=1')

    def test_a_submenus_entry(self):
        self.booted(self.guest(GRUB2), LIST + '1\\r', 'Inner=>e',
                    'Edit: Inner=>e\\x05 single\\x18', title='Inner',
                    want='inner=1 single')

    def test_a_file_that_is_not_there_leaves_it_open(self):
        self.booted(self.guest(GRUB2), LIST + 'e',
                    EDITOR + 'e\\x01\\x0blinux /boot/none\\x18',
                    'none: no such file=>ub', want='ro quiet')

    def test_an_error_names_its_line_which_is_then_selected(self):
        self.booted(self.guest(GRUB2), LIST + 'e',
                    EDITOR + 'oif true; then }\\r\\x1b[A\\x1b[Ab',
                    'line 2: =>db', want='ro quiet')

    def test_nothing_that_is_left_over_when_it_is_given_up(self):
        self.booted(self.guest(GRUB2), LIST + 'e',
                    EDITOR + 'e\\x05 single\\r\\x1b', LIST + '\\r',
                    want='ro quiet')

    def test_lines_may_lead_to_a_menu(self):
        for key, want in ('\\r', 'other=1'), ('\\x1b', 'ro quiet'):
            steps = ['Xylo=>' + key]
            if key != '\\r':
                steps.append(LIST + '\\r')
            self.booted(self.guest(GRUB2), LIST + 'e', EDITOR +
                        'e\\x01\\x0bconfigfile /boot/other.cfg\\x18', *steps,
                        title='Xylo' if key == '\\r' else 'First', want=want)

    def test_a_terminal_that_places_no_text(self):
        self.booted(self.guest(GRUB2), 'q, ?:=>e\\r', 'Edit: =>1\\r',
                    'quiet=> single\\r', 'Edit: =>b\\r', term='dumb',
                    want='ro quiet single')

    def test_the_hosts_rules_hold_for_what_was_edited(self):
        self.booted(self.guest(GRUB2), LIST + 'e',
                    EDITOR + 'e\\x05 init=/bin/sh\\x18',
                    'does not allow=>ub', want='ro quiet',
                    args=['--forbid-args=init'])

    def test_the_host_may_let_nobody_edit(self):
        for key in 'e', 'c', 'a':
            report = self.booted(
                self.guest(GRUB2), LIST + key, 'lets nobody edit=>l',
                TEXT + 'x', LIST + '\\r', want='ro quiet',
                args=['--no-edit'])
            for offer in 'e edits', 'arguments, ', 'command line':
                self.assertNotIn(offer, report['console'])


class Shell(Menu):

    def test_a_kernel_boots(self):
        self.booted(self.guest(GRUB2), LIST + 'c', SHELL +
                    'linux /boot/vmlinuz shell=$root\\r'
                    'initrd /boot/initrd.img\\rboot\\r',
                    want='shell=hd0,gpt1', title=COMMANDS)

    def test_tab_completes_commands_devices_paths_and_variables(self):
        self.booted(self.guest(GRUB2), LIST + 'c', SHELL +
                    'ech\\tthe-$roo\\t-x\\r', 'the-hd0,gpt1-x=>'
                    'linu\\t(hd0,g\\t/bo\\tvml\\tn=1\\rboot\\r',
                    want='n=1', ramdisk=None, title=COMMANDS)

    def test_an_error_is_told_and_the_next_line_runs(self):
        self.booted(self.guest(GRUB2), LIST + 'c',
                    SHELL + 'nosuch\\r', "can't find command=>boot\\r",
                    'no kernel is loaded=>linux /boot/none\\r',
                    'no such file=>linux /boot/vmlinuz n=1\\r'
                    'boot\\r', want='n=1', ramdisk=None, title=COMMANDS)

    def test_a_statement_of_several_lines(self):
        self.booted(self.guest(GRUB2), LIST + 'c',
                    SHELL + 'for i in 1 2; do\\rlinux /boot/vmlinuz n=$i\\r'
                    'done; boot\\r', want='n=2', ramdisk=None,
                    title=COMMANDS)

    def test_lines_come_back(self):
        self.booted(self.guest(GRUB2), LIST + 'c',
                    SHELL + 'linux /boot/vmlinuz n=1\\recho hello\\r',
                    'hello=>\\x10\\x10\\x05 m=2\\rboot\\r', want='n=1 m=2',
                    ramdisk=None, title=COMMANDS)

    def test_it_looks_at_the_disk(self):
        report = self.booted(
            self.guest(GRUB2), LIST + 'c',
            SHELL + 'ls\\r', '(hd0,gpt1)=>ls /boot\\r',
            'vmlinuz=>cat /boot/other.cfg\\r',
            'menuentry=>search --file /boot/other.cfg\\r',
            'hd0,gpt1=>set\\r', 'timeout=60=>help search\\r',
            'Usage: search=>\\x1b', LIST + '\\r', want='ro quiet')
        self.assertIn('other=1', report['console'])

    def test_configfile_opens_a_menu_that_escape_leaves(self):
        steps = LIST + 'c', SHELL + 'configfile /boot/other.cfg\\r'
        self.booted(self.guest(GRUB2), *steps, 'Xylo=>\\r', title='Xylo',
                    want='other=1')
        self.booted(self.guest(GRUB2), *steps, 'Xylo=>\\x1b', LIST + '\\r',
                    want='ro quiet')

    def test_it_is_opened_from_the_editor_which_stays(self):
        self.booted(self.guest(GRUB2), LIST + 'e', EDITOR + 'e\\x05 m=1\\rc',
                    SHELL + 'ls\\r\\x1b', 'm=1=>\\x18', want='ro quiet m=1')

    def test_for_other_loaders_too(self):
        self.booted(self.guest(LEGACY % '', '/boot/grub/menu.lst'),
                    LIST + 'c', SHELL + 'linux /boot/vmlinuz n=1\\rboot\\r',
                    want='n=1', ramdisk=None, title=COMMANDS)

    def test_a_terminal_that_places_no_text(self):
        self.booted(self.guest(GRUB2), 'q, ?:=>c\\r',
                    'hostgrub> =>linux /boot/vmlinuz n=1\\r',
                    'hostgrub> =>boot\\r', term='dumb', want='n=1',
                    ramdisk=None, title=COMMANDS)

    def test_an_endless_loop_ends_and_the_next_line_runs(self):
        self.booted(self.guest(GRUB2), LIST + 'c',
                    SHELL + 'while true; do true; done\\r',
                    'error:=>linux /boot/vmlinuz n=1\\rboot\\r', want='n=1',
                    ramdisk=None, title=COMMANDS)


class Locked(Menu):

    def test_grub2_asks_before_the_editor_and_the_command_line(self):
        disk = self.guest(USERS + GRUB2.replace('{\n\tlinux',
                                                '--unrestricted {\n\tlinux'))
        password = USER + '=>root\\r', NAMED + '=>secret\\r'
        self.booted(disk, LIST + 'e', *password, SINGLE,
                    want='ro quiet single')
        self.booted(disk, LIST + 'c', *password,
                    SHELL + 'linux /boot/vmlinuz n=1\\rboot\\r', want='n=1',
                    ramdisk=None, title=COMMANDS)
        self.booted(disk, LIST + 'c', USER + '=>\\x1b', LIST + '\\r',
                    want='ro quiet')

    def test_legacy_and_syslinux_ask_too(self):
        for path, config in (
                ('/boot/grub/menu.lst', LEGACY % 'password secret'),
                ('/boot/extlinux/extlinux.conf',
                 SYSLINUX % 'MENU MASTER PASSWD secret')):
            disk = self.guest(config, path)
            self.booted(disk, LIST + 'e', ASKED + '=>wrong\\r',
                        'Wrong password=>', ASKED + '=>secret\\r', SINGLE,
                        want='ro quiet single')
            self.booted(disk, LIST + 'c', ASKED + '=>secret\\r',
                        SHELL + '\\x1b', LIST + '\\r', want='ro quiet')

    def test_a_password_that_was_said_before_is_asked_for_once(self):
        disk = self.guest(LEGACY % 'password secret', '/boot/grub/menu.lst')
        self.booted(disk, LIST + 'p', ASKED + '=>secret\\r',
                    'was right=>e', SINGLE, want='ro quiet single')

    def test_what_an_entry_that_asks_would_boot_is_behind_its_password(self):
        disk = self.guest(USERS + GRUB2)
        password = USER + '=>root\\r', NAMED + '=>secret\\r'
        report = self.booted(disk, LIST + 'l', 'before more is told=>x',
                             LIST + '\\r', *password, want='ro quiet')
        self.assertNotIn('vmlinuz', report['console'].split('booting')[0])
        report = self.booted(disk, LIST + 'p', *password, 'was right=>l',
                             'and was said=>x', LIST + '\\r',
                             want='ro quiet')
        self.assertIn('ro quiet', report['console'].split('booting')[0])

    def test_nothing_that_asks_is_told(self):
        self.booted(self.guest(GRUB2), LIST + 'p', 'password=>\\r',
                    want='ro quiet')

    def test_the_host_opens_everything(self):
        disk = self.guest(LEGACY % 'password secret', '/boot/grub/menu.lst')
        self.booted(disk, LIST + 'e', SINGLE, want='ro quiet single',
                    args=['--unlock'])


class Shown(Menu):

    def test_what_would_be_booted_and_why(self):
        report = self.booted(self.guest(GRUB2), LIST + 'l', TEXT + 'x',
                             LIST + '\\r', want='ro quiet')
        for said in ('grub.cfg', r'\(hd0,gpt1\)/boot/vmlinuz',
                     '/boot/initrd.img', 'ro quiet', 'it is the first'):
            self.assertRegex(report['stderr'].replace('\n', ' '), said)

    def test_the_guests_colours(self):
        colours = ('set menu_color_normal=cyan/blue\n'
                   'set menu_color_highlight=white/red\n')
        disk = self.guest(colours + GRUB2)
        seen = re.compile('\x1b\\[[0-9;]*(36|44|41)[0-9;]*m')
        for term, variable, some in (('linux', '', True),
                                     ('linux', '1', False),
                                     ('vt100', '', False)):
            with unittest.mock.patch.dict(os.environ, NO_COLOR=variable):
                report = self.booted(disk, LIST + '\\r', term=term,
                                     want='ro quiet')
            found = {m[1] for m in seen.finditer(report['console'])}
            self.assertEqual(found, {'36', '44', '41'} if some else set())


class NoMenu(Menu):

    def test_what_was_odd_is_told_once(self):
        report = self.start(self.guest('blscfg\n'))
        self.fails(report, 'a menu without entries')
        self.assertEqual(report['stderr'].count('no entries come of it'), 1,
                         report)


class Ends(Menu):

    def test_while_the_editor_is_open(self):
        for keys in '\\x1b[B', 'e\\x05 x':
            for end in ENDS:
                self.aborted(self.guest(GRUB2), LIST + 'e', EDITOR + keys,
                             '=>' + end)

    def test_while_the_command_line_is_open(self):
        for keys in 'ls /boot\\r', 'if true; then\\r':
            for end in ENDS:
                self.aborted(self.guest(GRUB2), LIST + 'c', SHELL + keys,
                             '=>' + end)

    def test_while_text_is_shown(self):
        for end in ENDS:
            self.aborted(self.guest(GRUB2), LIST + 'l', TEXT + end)

    def test_while_a_command_runs(self):
        loop = ' '.join('for %s in 1 2 3 4 5 6 7 8 9; do' % v for v in 'abcde')
        for end in ENDS[1:3]:
            self.aborted(self.guest(GRUB2), LIST + 'c', SHELL + loop +
                         ' true' + '; done' * 5 + '\\r', '=>' + end)


if __name__ == '__main__':
    e2e.main()
