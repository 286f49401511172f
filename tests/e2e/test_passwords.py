# SPDX-License-Identifier: GPL-2.0-or-later
"""The passwords of a guest, as its menu asks for them on a pty of libxl's.

"secret" is the password of all; the hashes were made by grub-mkpasswd-pbkdf2,
openssl passwd and syslinux' sha1pass.
"""
import e2e
from e2e import KERNEL, grub_entry, linux_guest

PBKDF2 = (
    'grub.pbkdf2.sha512.10000.DB9DF2CC801243CE8590FB2A6915FFA9EAC983D79'
    '6ADFCE4A9F25BB6EE7B3FB3FB644BED1C559E0C7932E95EB2EBCD9B5BA1E34A0E4'
    'E15E5BB5462D7FD8CBF68.5D867A630E453B3432116FD9333A3BB55DCAAF50D2E9'
    'B813FC390BCE04AC6ABD8E6A89817E35BA5C2257FECB6FBA47CBAE3CE82A898650'
    '1AE7B7019C1463DC7F')
TOO_LONG = 'grub.pbkdf2.sha512.10000000.0011.' + '00' * 64
LOCKED = b'the locked kernel' * 999
ENTRY = dict(kernel='/boot/locked', initrd='', args='locked=1')
GRUB2 = 'set timeout=60\n' + grub_entry('Free', options='--unrestricted') + \
    grub_entry('Locked', **ENTRY)
LEGACY = '''
timeout 60
%s
title Free
kernel /boot/vmlinuz
initrd /boot/initrd.img
title Locked
%s
kernel /boot/locked locked=1
'''
SYSLINUX = '''
UI menu.c32
TIMEOUT 600
%s
LABEL free
KERNEL /boot/vmlinuz
INITRD /boot/initrd.img
LABEL locked
MENU LABEL ^Locked
MENU PASSWD %s
KERNEL /boot/locked
APPEND locked=1
'''
HASHES = {'md5': '$1$ZUulgPen$VqXZg7MA2wiMs4.vfjaEI1',
          'sha256': '$5$B7YuB6xyEpDclIIa$J..lQXQb1S/2mmBTWd3kqYQirL4g6fak9Wun5hxDog/',
          'sha512': '$6$v6fcu.vkHSrR3mI6$JPzuRtWzyh3HcRIHck/C7Kk09BaQW3'
                    'bZ6tW/Z/2dyaQifTwr2nD39WOMoa/uyAymOAFuMRrShs13uHaBEwLDS.'}
SHA1 = '$4$yzSalt12$n3M7jD76bSC1AXqyX1+rD2VRwA8$'
CHOOSE = 'q aborts=>\\x1b[B\\r'
# parts that ncurses does not leave as they stand from the line before
USER, NAMED, ASKED = 'username:', 'password:', 'Password:'


class Passwords(e2e.Case):

    def guest(self, config, path='/boot/grub/grub.cfg'):
        return self.disk(linux_guest(config, path=path,
                                     **{'/boot/locked': LOCKED}))

    def superusers(self, secret, users='root'):
        return self.guest('set superusers="%s"\n%s\n' % (users, secret) +
                          GRUB2)

    def start(self, disk, *person, **more):
        opts = ['--person=' + step for step in person]
        return e2e.client('as_libxl', '--timeout=60', *opts, disk=disk,
                          **more)

    def opens(self, disk, *person, **more):
        report = self.start(disk, *person, **more)
        self.boots(report, kernel=LOCKED, ramdisk=None, args='locked=1')
        for word in 'secret', 'hunter2':
            self.assertNotIn(word, report['console'])
        return report

    def test_grub2_asks_for_a_name_and_a_password(self):
        for secret in ('password root secret', 'password_pbkdf2 root ' +
                       PBKDF2):
            report = self.opens(self.superusers(secret), CHOOSE,
                                USER + '=>root\\r', NAMED + '=>secret\\r')
            self.assertIn('booting "Locked"', report['stderr'])
            self.assertNotIn('the host does not', report['stderr'])

    def test_a_wrong_one_is_asked_again_after_a_pause(self):
        report = self.opens(
            self.superusers('password root secret'), CHOOSE,
            USER + '=>root\\r', NAMED + '=>hunter2\\r', USER + '=>root\\r', NAMED + '=>secret\\r')
        self.assertGreater(report['seconds'], 2)

    def test_three_wrong_ones_lead_back_to_the_list(self):
        wrong = (ASKED + '=>hunter2\\r',)
        self.boots(self.start(
            self.guest(LEGACY % ('password secret', 'lock'),
                       '/boot/grub/menu.lst'),
            CHOOSE, *wrong * 3, 'Too many wrong passwords=>\\x1b[A\\r'))

    def test_escape_leads_back_to_the_list(self):
        self.boots(self.start(self.superusers('password root secret'), CHOOSE,
                              USER + '=>root\\r', NAMED + '=>secr\\x1b',
                              'q aborts=>\\x1b[A\\r'))

    def test_grub_legacy(self):
        secrets = ['secret'] + ['--encrypted ' + h for h in HASHES.values()]
        for secret in secrets + ['--md5 ' + HASHES['md5']]:
            for lines in (('password ' + secret, 'lock'),
                          ('', 'password ' + secret)):
                self.opens(self.guest(LEGACY % lines, '/boot/grub/menu.lst'),
                           CHOOSE, ASKED + '=>secret\\r')

    def test_syslinux(self):
        for secret in ['secret', SHA1, *HASHES.values()]:
            for lines in (('', secret), ('MENU MASTER PASSWD ' + secret, '')):
                self.opens(self.guest(SYSLINUX % lines,
                                      '/boot/extlinux/extlinux.conf'),
                           'q aborts=>l', 'key l, asks=>\\r',
                           ASKED + '=>secret\\r')

    def test_a_hash_that_burns_time_is_refused(self):
        report = self.start(
            self.superusers('password_pbkdf2 root ' + TOO_LONG), CHOOSE,
            USER + '=>root\\r', NAMED + '=>secret\\r',
            'rounds=>\\x1b[A\\r')
        self.boots(report)

    def test_nobody_who_could_open_it(self):
        self.boots(self.start(self.superusers('password other secret'), CHOOSE,
                              'lets anybody=>\\x1b[A\\r'))

    def test_the_host_opens_everything(self):
        report = self.opens(self.superusers('password root secret'),
                            CHOOSE, args=['--unlock'])
        self.assertNotIn('password', report['console'])

    def test_without_a_menu_nobody_asks(self):
        report = self.opens(self.superusers('password root secret'),
                            args=['--entry=Locked'])
        self.assertIn('the guest would ask for a password here; the host does '
                      'not', report['stderr'])

    def test_it_ends_while_it_asks(self):
        disk = self.superusers('password root secret')
        for asked in (USER,), (USER + '=>root\\r', NAMED):
            for end in 'HANGUP', 'SIGTERM', '\\x03':
                report = self.start(disk, CHOOSE, *asked[:-1],
                                    '%s=>%s' % (asked[-1], end))
                self.assertEqual((report['exit'], report['signal']),
                                 (1, None), report)
                self.nothing_remains(report)

    def test_it_ends_in_the_pause(self):
        disk = self.superusers('password root secret')
        for end in 'HANGUP', 'SIGTERM', '\\x03':
            report = self.start(
                disk, CHOOSE, USER + '=>root\\r', NAMED + '=>hunter2\\r',
                'Wrong password=>' + end)
            self.assertEqual((report['exit'], report['signal']), (1, None))
            self.assertLess(report['seconds'], 1.5)
            self.nothing_remains(report)

    def test_a_terminal_that_places_no_text(self):
        self.opens(self.superusers('password root secret'),
                   'q, ?:=>1\\r', 'Enter username: =>root\\r',
                   'Enter password: =>secret\\r', term='dumb')

    def test_a_hotkey_boots(self):
        disk = self.guest('set timeout=60\n' + grub_entry('Free') +
                          grub_entry('Key', options='--hotkey=k', **ENTRY) +
                          grub_entry('F4', options='--hotkey=f4', **ENTRY))
        for key in 'k', '\\x1bOS':
            self.boots(self.start(disk, 'q aborts=>' + key), kernel=LOCKED,
                       ramdisk=None)


if __name__ == '__main__':
    e2e.main()
