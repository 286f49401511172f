# SPDX-License-Identifier: GPL-2.0-or-later
"""Same image, same options, same result: nothing of the surroundings counts
but what the manual lists (promise P13)."""
import os
import re
import resource
import shutil
import subprocess

import e2e
from e2e import INITRD, KERNEL, grub_entry, linux_guest

# Each would change what some library or some program like this one does.
SURROUNDINGS = [
    {},
    {'LC_ALL': 'tr_TR.UTF-8', 'LANG': 'tr_TR.UTF-8', 'LANGUAGE': 'tr'},
    {'LC_ALL': 'de_DE.ISO-8859-1'},
    {'LC_ALL': 'C', 'POSIXLY_CORRECT': '1', 'TZ': 'Asia/Kathmandu'},
    {'HOME': '/nonexistent', 'TMPDIR': '/nonexistent', 'PWD': '/nonexistent'},
    {'HOME': 'DIR', 'TMPDIR': 'DIR', 'XDG_CONFIG_HOME': 'DIR'},
    {'LIBBLKID_DEBUG': 'all', 'LIBFDISK_DEBUG': 'all', 'LIBNBD_DEBUG': '1',
     'BLKID_FILE': '/dev/zero', 'BLKID_CONF': '/dev/zero',
     'EXT2FS_NO_MTAB_OK': '1', 'E2FSPROGS_FAKE_TIME': '1',
     'TEST_IO_FLAGS': '31', 'UNIX_IO_FORCE_BLOCKSIZE': '512'},
    {'MALLOC_CHECK_': '3', 'MALLOC_PERTURB_': '165', 'MALLOC_TRACE': '/t'},
    {'PYTHONPATH': 'DIR', 'PATH': '', 'IFS': '/', 'ENV': '/dev/zero',
     'GREP_OPTIONS': '-v', 'TERM': 'vt52', 'NO_COLOR': '1'},
    {'PYGRUB_MAX_RAM_USAGE_MB': '1'},
]
# What the menu asks of the environment, and the size of files.
LISTED = {'PYGRUB_MAX_FILE_SIZE_MB', 'LC_ALL', 'LC_CTYPE', 'LANG', 'NO_COLOR',
          'TERM'}

CONFIG = '''# caf\xe9, \xff\xfe and more that is not UTF-8
set timeout=1
''' + grub_entry('Gr\xfc\xdfe', args='root=/dev/xvda1 I=\u0130i ro')


def quiet_umask():
    os.umask(0o777)


def few_resources():
    resource.setrlimit(resource.RLIMIT_STACK, (256 << 10, 256 << 10))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    os.nice(5)


class Surroundings(e2e.GuestCase):
    files = linux_guest(CONFIG.encode('latin-1', 'replace'))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.out = os.path.join(cls.dir, 'out')

    def run_in(self, environment, *argv, cwd=None, **more):
        shutil.rmtree(self.out, ignore_errors=True)
        os.mkdir(self.out, 0o700)
        environment = {name: value.replace('DIR', self.dir)
                       for name, value in environment.items()}
        return subprocess.run([e2e.PROGRAM, *argv, self.image],
                              env=environment, cwd=cwd,
                              stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=60, **more)

    def result(self, environment, **more):
        """All that can be seen of a boot, and of each way to look."""
        seen = []
        for argv in (['-l'], ['--list-filesystems'], ['-n', '-q', '-v']):
            done = self.run_in(environment, *argv, **more)
            seen.append((done.returncode, done.stdout, done.stderr))
        done = self.run_in(environment, '-q', '--output-format=sxp',
                           '--output-directory=' + self.out, **more)
        names = sorted(os.listdir(self.out))
        for name in names:
            with open(os.path.join(self.out, name), 'rb') as file:
                seen.append((name[:-8], e2e.sha(file.read()),
                             oct(os.stat(file.fileno()).st_mode)))
        answer = re.sub(rb'(boot_\w+\.)\w{8}', rb'\1XXXXXXXX', done.stdout)
        return seen + [done.returncode, answer, done.stderr]

    def test_the_environment(self):
        first = self.result(dict(os.environ))
        self.assertIn(0, first)
        self.assertIn(e2e.sha(KERNEL), str(first))
        self.assertIn(e2e.sha(INITRD), str(first))
        for environment in SURROUNDINGS:
            with self.subTest(environment):
                self.assertEqual(self.result(environment), first)

    def test_the_directory_the_umask_and_the_limits(self):
        first = self.result({})
        elsewhere = os.path.join(self.dir, 'elsewhere')
        os.mkdir(elsewhere)
        for trap in '.blkid', 'blkid.conf', 'libblkid.so.1', '.hostgrub':
            with open(os.path.join(elsewhere, trap), 'w') as file:
                file.write('trap')
        self.assertEqual(self.result({}, cwd='/'), first)
        self.assertEqual(self.result({}, cwd=elsewhere), first)
        self.assertEqual(self.result({}, preexec_fn=quiet_umask), first)
        self.assertEqual(self.result({}, preexec_fn=few_resources), first)

    def test_twenty_runs_are_the_same(self):
        first = self.result({})
        for _ in range(19):
            self.assertEqual(self.result({}), first)

    def test_the_size_of_files_is_listed_and_counts(self):
        for options in ['-n'], ['--output-directory=' + self.out]:
            done = self.run_in({'PYGRUB_MAX_FILE_SIZE_MB': '1'}, '-q',
                               *options)
            self.assertEqual(done.returncode, 1)
            self.assertIn(b'more than the limit of 1048576', done.stderr)
            self.assertEqual(os.listdir(self.out), [])
        done = self.run_in({'PYGRUB_MAX_FILE_SIZE_MB': 'much'}, '-n')
        self.assertEqual(done.returncode, 1)

    def test_the_manual_lists_what_the_sources_ask_for(self):
        asked = set()
        for top in 'src', 'menu', 'fsdrivers':
            for folder, _, names in os.walk(os.path.join(e2e.TOP, top)):
                for name in names:
                    with open(os.path.join(folder, name),
                              errors='replace') as file:
                        text = file.read()
                    if re.search(r'\b(secure_)?getenv\(|\benviron\b', text):
                        asked.update(re.findall(r'"([A-Z_]{4,})"', text))
        with open(os.path.join(e2e.TOP, 'man', 'hostgrub.8')) as file:
            manual = file.read()
        section = manual.split('.Sh ENVIRONMENT')[1].split('.Sh ')[0]
        listed = set(re.findall(r'[A-Z_]{4,}', ' '.join(
            re.findall(r'^\.It Ev (.*)', section, re.M))))
        self.assertEqual(asked - listed, set())
        self.assertTrue(LISTED <= listed)


if __name__ == '__main__':
    e2e.main()
