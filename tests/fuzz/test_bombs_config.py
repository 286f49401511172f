# SPDX-License-Identifier: GPL-2.0-or-later
"""Configurations that go on for ever, or grow without end (promise P5)."""
import bombs
from bombs import MIB

KERNEL = {'/vmlinuz': 'kernel', '/initrd.img': 'initrd'}


class Config(bombs.Case):
    """A bomb that is the text of a configuration."""
    path = None

    def guest(self, text, size=24, **more):
        files = {self.path: text, **KERNEL}
        files.update({'/' + name: content for name, content in more.items()})
        bombs.make_fs(self.image, files, size << 10, '-N', '8000')

    def limit(self, pattern, text, *argv, **more):
        self.guest(text, **more)
        return self.refused(pattern, *argv)


class Grub2(Config):
    path = '/boot/grub/grub.cfg'

    def entry(self, body):
        return 'menuentry a {\n%s\n}\n' % body

    def test_a_loop_without_end(self):
        self.limit('more than 1000000 commands', 'while true; do true; done')

    def test_a_loop_without_end_in_an_entry(self):
        self.limit('more than 1000000 commands',
                   self.entry('until false; do x=$x; done'))

    def test_a_loop_of_empty_loops(self):
        self.limit('more than 1000000 commands',
                   'while for i in ; do true; done; do for i in; do true; '
                   'done; done')

    def test_a_function_that_calls_itself(self):
        self.limit('512 deep', 'function f { f; }\nf')

    def test_two_functions_that_call_each_other(self):
        self.limit('512 deep', 'function f { if true; then g; fi; }\n'
                   'function g { f; }\nf')

    def test_eval_of_itself(self):
        self.limit('512 deep|limit|more than', "set e='eval $e'\neval $e")

    def test_a_file_that_reads_itself(self):
        self.limit('deep|more than', 'source /boot/grub/grub.cfg')

    def test_configfiles_in_a_circle(self):
        self.limit('deep|more than', 'configfile /a',
                   a='configfile /boot/grub/grub.cfg')

    def test_a_menu_below_itself(self):
        self.limit('deep|inside each other|more than',
                   'submenu a { configfile /boot/grub/grub.cfg }')

    def test_a_value_that_doubles(self):
        self.limit('more than 1048576 bytes|limit',
                   'x=aaaaaaaa\nwhile true; do x=$x$x; done')

    def test_arguments_that_double(self):
        self.limit('arguments|bytes',
                   'x="a b"\nwhile true; do x="$x $x"; set $x; done')

    def test_arguments_that_multiply_in_a_function(self):
        self.limit('arguments|bytes|512 deep',
                   'function f { f $@ $@ $@ $@; }\nf a b c d')

    def test_blocks_within_blocks(self):
        self.limit('deep|nest', 'if true; then\n' * 100000)

    def test_braces_within_braces(self):
        self.limit('a menu without entries', 'menuentry a ' + '{' * MIB)

    def test_entries_within_entries(self):
        self.limit('deep|nest|no kernel|names no',
                   'submenu a {\n' * 50000 + '}\n' * 50000)

    def test_a_title_of_four_mebibytes(self):
        self.limit('more than 1048576 bytes',
                   'menuentry "%s" {\ntrue\n}\n' % ('x' * (4 * MIB - 100)))

    def test_an_argument_of_four_mebibytes(self):
        self.limit('more than 1048576 bytes',
                   self.entry('linux /vmlinuz ' + 'x' * (4 * MIB - 100)))

    def test_arguments_of_four_mebibytes(self):
        self.limit('arguments|8191|bytes',
                   self.entry('linux /vmlinuz ' + 'x y ' * (MIB - 100)))

    def test_arguments_that_are_too_long_for_a_client(self):
        self.limit('libxl takes at most 8191',
                   self.entry('linux /vmlinuz ' + 'x' * 8187))

    def test_a_file_of_more_than_four_mebibytes(self):
        self.limit('limit of 4194304', '#' * (4 * MIB + 1))

    def test_a_comment_of_four_mebibytes(self):
        text = self.entry('linux /vmlinuz')
        self.guest(text + '#' * (4 * MIB - len(text)))
        self.boots()

    def test_as_many_lines_as_fit(self):
        text = self.entry('linux /vmlinuz')
        self.guest(text + '\n' * (4 * MIB - len(text)))
        self.boots()

    def test_as_many_commands_as_fit(self):
        self.limit('1000000 commands', 'a=\n' * (4 * MIB // 3))

    def test_as_many_entries_as_fit(self):
        self.limit('more than 65536 menu entries',
                   'menuentry a {\n:\n}\n' * (4 * MIB // 18))

    def test_a_million_entries_by_a_loop(self):
        self.limit('more than 65536 menu entries|1000000 commands|memory',
                   'while true; do menuentry a { linux /vmlinuz; }; done')

    def test_more_functions_than_allowed(self):
        self.limit('1024 functions|more than 1024', ''.join(
            'function f%d { true; }\n' % i for i in range(100000)))

    def test_more_variables_than_allowed(self):
        self.limit('4096 variables|more than 4096', ''.join(
            'v%d=1\n' % i for i in range(100000)))

    def test_more_than_the_memory_in_variables(self):
        self.limit('bytes', 'x=' + 'a' * (MIB - 16) + '\n' + ''.join(
            'v%d=$x\n' % i for i in range(1000)))

    def test_regexps_that_become_large(self):
        """The C library copies what is repeated, and crashes without memory."""
        patterns = ['a' + '+' * 20, '(' * 20 + 'a' + '+)' * 20 + '+',
                    'a' + '+' * 200, '(a{0,1000})+++', '((a{99}){99}){99}',
                    'a{1,255}{1,255}{1,255}{1,255}', '(a*)\\1\\1\\1b',
                    '(' * 120 + 'a' + ')*' * 120, '[[:alpha:](]' + '+' * 30,
                    'a{3}' * 60, '(a{0,200})+']
        self.guest(''.join("regexp '%s' %s\n" % (pattern, 'a' * 200)
                           for pattern in patterns)
                   + self.entry('linux /vmlinuz'))
        self.assertLess(self.boots().cpu, 2)

    def test_regexps_that_are_slow(self):
        self.limit('1000000 commands', "while true; do regexp '(((a|aa)+)+)+c' "
                   + 'a' * 4000 + '; done')

    def test_regexps_that_are_many(self):
        self.limit('1000000 commands', "while true; do regexp '(a{0,200})+b' "
                   + 'a' * 200 + '; done')

    def test_wildcards_in_a_large_directory(self):
        self.limit('1000000 commands', 'insmod regexp\nfor a in /many/* /many/*/* '
                   + '/*/*/*/*/*/*/*/* ' * 50
                   + '; do for b in /many/*; do true; done; done',
                   size=40, **{'many/%06d' % i: '' for i in range(4000)})

    def test_a_list_of_costly_entries(self):
        text = 'menuentry a { while true; do true; done; }\n' * 10000
        self.guest(text)
        run = self.run_on_image('-l')
        self.assertIn(run.exit, (0, 1), run)

    def test_a_name_that_no_entry_has(self):
        self.limit('1000000 commands|submenus',
                   'submenu a { while true; do true; done; }\n' * 1000,
                   '--entry=nobody')

    def test_grubs_that_load_each_other(self):
        # each runs nearly as many commands as it may
        loop = ('for a in %s; do for b in %s; do true; done; done\n'
                % ((' '.join('x' * 700),) * 2))
        grubs = {}
        for i in range(20):
            grubs['grubs/%d/grubx64.efi' % i] = 'MZ'
            grubs['grubs/%d/grub.cfg' % i] = (
                loop + 'chainloader /grubs/%d/grubx64.efi\nboot' % (i + 1))
        self.limit('more than 16 GRUBs',
                   'chainloader /grubs/0/grubx64.efi\nboot', **grubs)

    def test_menus_of_other_loaders_without_end(self):
        self.limit('65536 menu entries|memory',
                   'while true; do legacy_source /m; syslinux_source /s; done',
                   m='title x\nkernel /vmlinuz\n' * 9000,
                   s='TIMEOUT 1\n' + 'LABEL x\nKERNEL /vmlinuz\n' * 9000)

    def test_menus_of_other_loaders_searched_for_a_name(self):
        self.limit('no entry|submenus|inside each other',
                   'submenu a { legacy_source /m; }\n' * 300,
                   '--entry=nobody',
                   m='title x\nconfigfile /m\ntitle y\nconfigfile /m\n')

    def test_entries_of_upstream_that_are_as_large_as_fits(self):
        entry = 'linux /vmlinuz\noptions ' + 'x' * 60000
        self.limit('16777216 bytes|memory|more than', 'blscfg -f\n' * 40,
                   **{'loader/entries/%03d.conf' % i: entry
                      for i in range(200)})

    def test_files_compared_for_ever(self):
        self.limit('handles more than|1000000 commands',
                   'while true; do cmp /a /b; file --is-x86-linux /a; done',
                   a='a' * MIB, b='a' * MIB)

    def test_submenus_of_submenus_searched_for_a_name(self):
        text = 'submenu a { configfile /boot/grub/grub.cfg }\n' * 20
        self.limit('no entry|more than|deep', text, '--entry=nobody')

    def test_an_environment_block_of_four_mebibytes(self):
        self.limit('variables|memory|bytes|more than', 'load_env -f /env\n'
                   * 20 + 'list_env -f /env', env=(
                       '# GRUB Environment Block\n'
                       + ''.join('v%d=1\n' % i for i in range(400000))
                   )[:4 * MIB - 1] + '\n')


class GrubLegacy(Config):
    path = '/boot/grub/menu.lst'

    def test_a_hundred_thousand_titles(self):
        self.limit('more than 65536 menu entries',
                   'title a\nkernel /gone\n' * 100000)

    def test_as_many_titles_as_are_allowed(self):
        self.guest('title a\nkernel /vmlinuz\n' * 65536)
        self.boots()

    def test_as_many_commands_as_fit(self):
        self.guest('title a\nkernel /vmlinuz\n' + 'boot\n' * 800000)
        self.boots()

    def test_a_line_of_four_mebibytes(self):
        self.limit('libxl takes at most 8191|bytes', 'title a\nkernel /vmlinuz '
                   + 'x' * (4 * MIB - 100))

    def test_a_title_of_four_mebibytes(self):
        self.limit('4096 bytes', 'title ' + 'x' * (4 * MIB - 100))

    def test_a_line_that_goes_on_and_on(self):
        self.guest('title a\nkernel /vmlinuz ' + '\\\n' * (2 * MIB - 100))
        self.boots()

    def test_a_menu_that_opens_itself(self):
        self.limit('16 menus inside each other',
                   'title a\nconfigfile /boot/grub/menu.lst\n')

    def test_fallbacks_that_open_the_menu_again(self):
        self.limit('16 menus inside each other',
                   'fallback 0 1 2 3 4 5 6 7\n' + ''.join(
                       'title %d\nconfigfile /boot/grub/menu.lst\n' % i
                       for i in range(9)))

    def test_a_name_looked_for_in_menus_that_open_themselves(self):
        self.limit('menus|no entry|memory',
                   'title a\nconfigfile /boot/grub/menu.lst\n' * 20,
                   '--entry=nobody')

    def test_more_files_than_are_allowed(self):
        self.limit('64|16 menus', 'title a\nconfigfile /m0\n',
                   **{'m%d' % i: 'title a\nconfigfile /m%d\n' % (i + 1)
                      for i in range(100)})


class Extlinux(Config):
    path = '/extlinux.conf'

    def test_a_file_that_includes_itself(self):
        self.limit('16 deep', 'include /extlinux.conf')

    def test_files_that_include_each_other_twice(self):
        self.limit('16 deep|more than 64', 'include /a\ninclude /a\n',
                   a='include /extlinux.conf\ninclude /extlinux.conf\n')

    def test_many_includes(self):
        self.limit('more than 64', 'include /a\n' * 1000, a='label a\n')

    def test_menus_within_menus(self):
        self.limit('16 deep', ''.join(
            'menu begin %d\n' % i for i in range(100000)))

    def test_as_many_labels_as_fit(self):
        self.limit('65536 menu entries|memory than the limit|bytes of memory',
                   'label a\n' * (4 * MIB // 8))

    def test_as_many_menus_as_fit(self):
        self.limit('memory|menu entries',
                   'menu begin\nmenu end\n' * (4 * MIB // 20))

    def test_an_append_of_four_mebibytes(self):
        self.limit('8191|bytes', 'default a\nlabel a\nkernel /vmlinuz\nappend '
                   + 'x ' * (2 * MIB - 100))

    def test_an_append_of_ramdisks(self):
        self.limit('64 ramdisks', 'default a\nlabel a\nkernel /vmlinuz\nappend '
                   'initrd=' + '/initrd.img,' * 300000)

    def test_menus_that_lead_to_themselves(self):
        self.limit('menus inside each other',
                   'label a\nkernel menu.c32\nappend ~\n' * 20)

    def test_a_name_looked_for_in_menus_that_lead_to_themselves(self):
        self.limit('no entry|menus', 'label a\nkernel menu.c32\nappend ~\n'
                   * 20, '--entry=nobody')

    def test_gotos_of_many_labels(self):
        self.limit('menus|no entry|no menu', 'menu begin x\n' + (
            'label a\nmenu goto x\n' * 1000) + 'menu end\n' + (
                'label a\nmenu goto x\n' * 1000), '--entry=nobody')


if __name__ == '__main__':
    bombs.main()
