# SPDX-License-Identifier: GPL-2.0-or-later
"""What a run of the program costs, counted: calls, instructions, memory."""
import glob
import os
import re
import shutil
import subprocess
import tempfile

NOBODY = 65534
MARK = 'access("main begins"'
# Calls by which bytes of the image can be read; those with two descriptors
# name the source first or second.
READS = re.compile(r'\b(?:p?read(?:v|v2|64)?\(\d+<IMAGE>'
                   r'|sendfile\(\d+<[^>]*>(?:\(deleted\))?, \d+<IMAGE>'
                   r'|(?:copy_file_range|splice)\(\d+<IMAGE>)'
                   r'.*= (\d+)$')


class Run:
    """A directory for the output of one run, and the usual arguments."""

    def __init__(self, where='/dev/shm'):
        if not os.access(where, os.W_OK):
            where = None
        self.top = tempfile.mkdtemp(prefix='bench.', dir=where)
        self.out = os.path.join(self.top, 'out')
        os.mkdir(self.out, 0o700)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.top)

    def arguments(self, image):
        return ['-q', '--output-format=simple0',
                '--output-directory=' + self.out, image]

    def payload(self):
        return sum(os.path.getsize(name)
                   for name in glob.glob(self.out + '/*'))


def trace(program, preload, image, numbers=False):
    """Trace a run of all processes.  Returns the calls since main() began,
    one line each (with numbers, the process stands before it), and the bytes
    of kernel and ramdisk."""
    with Run() as run:
        log = os.path.join(run.top, 'trace')
        subprocess.run(
            ['strace', '-f', '-y', '-s', '32', '-o', log,
             '-E', 'LD_PRELOAD=' + preload,
             program, *run.arguments(image)],
            check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        with open(log, errors='replace') as text:
            lines = whole_calls(text, numbers)
        begin = next(n for n, line in enumerate(lines) if MARK in line)
        return lines[begin + 1:], run.payload()


def whole_calls(text, numbers=False):
    """Join what strace has split in two; leave out signals and exits."""
    begun, calls = {}, []
    for line in text:
        pid, _, call = line.rstrip('\n').partition(' ')
        call = call.strip()
        mark = pid + ' ' if numbers else ''
        if call.endswith('<unfinished ...>'):
            begun[pid] = len(calls)
            calls.append(mark + call[:-len('<unfinished ...>')])
        elif resumed := re.match(r'<\.\.\. \w+ resumed>(.*)', call):
            calls[begun.pop(pid)] += resumed[1]
        elif not call.startswith(('---', '+++')):
            calls.append(mark + call)
    return calls


def bytes_read(calls, image):
    image = re.escape(os.path.realpath(image))
    reads = re.compile(READS.pattern.replace('IMAGE', image))
    return sum(int(found[1]) for found in map(reads.search, calls) if found)


def instructions(program, image):
    """User instructions of all processes from main() on, by callgrind.  It
    works without privilege only: with it, the box takes the child the
    directory away in which callgrind writes at the end.  Of the box, valgrind
    knows neither seccomp nor Landlock, hence --no-sandbox."""
    with Run() as run:
        # Whoever we become can reach these, wherever the originals are.
        program = shutil.copy(program, run.top)
        image = shutil.copy(image, run.top)
        command = ['valgrind', '--tool=callgrind', '--toggle-collect=main',
                   '--callgrind-out-file=%s/callgrind.%%p' % run.out,
                   program, '--no-sandbox', *run.arguments(image)]
        if os.geteuid() == 0:
            os.chown(run.top, NOBODY, NOBODY)
            os.chown(run.out, NOBODY, NOBODY)
            command = ['setpriv', '--reuid=%d' % NOBODY, '--regid=%d' % NOBODY,
                       '--clear-groups', *command]
        done = subprocess.run(command, stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr)
        counts = []
        for name in glob.glob(run.out + '/callgrind.*'):
            with open(name) as text:
                found = re.search(r'^(?:summary|totals): (\d+)', text.read(),
                                  re.MULTILINE)
                counts.append(int(found[1]))
        return counts


def of_the_box(calls):
    """Of the calls of a trace with process numbers, those of the child from
    its first to the one that closes the door."""
    last = next(n for n, call in enumerate(calls)
                if re.match(r'\d+ seccomp\(', call))
    child = calls[last].split(' ', 1)[0] + ' '
    return [call[len(child):] for call in calls[:last + 1]
            if call.startswith(child)]


def measure(tool, runs, program, *arguments, directory=None):
    """The least wall and CPU microseconds of some runs, the largest resident
    set in KiB, the exit status."""
    done = subprocess.run([tool, str(runs), directory, program, *arguments],
                          check=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True)
    return [int(word) for word in done.stdout.split()]
