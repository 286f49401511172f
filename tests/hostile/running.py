# SPDX-License-Identifier: GPL-2.0-or-later
"""Run the program on a case's guest, and look at all that must hold."""
import hashlib
import os
import re
import shutil
import signal
import stat
import threading
import time
import unicodedata
import zlib

import answers
import cases
import outcomes
import toolstack
from guest import KERNEL, RAMDISK, TREE_KERNEL, Skipped, data_of

# Promise P3.  The kernel's clock for a process that it ends for its CPU time,
# and what the parent and qemu-nbd use, are worth half a second.
CPU_MAX = 10.5      # seconds, of all processes
WALL_MAX = 35.0     # seconds: the program's own limit is 30, and then it ends
RSS_MAX = 256       # MiB, of the largest process
LINE_MAX = 1024     # bytes (P12)
KILL_AFTER = 60.0   # seconds: then the case fails instead of hanging
SURVIVORS_WAIT = 2.0    # seconds a process may outlive the program (P9)
DIGEST_MAX = 256 << 20  # bytes of an image that are compared
SHOWN_MAX = 600         # characters of arguments, of what is printed
OWN = (KERNEL, RAMDISK, TREE_KERNEL)

TURNING = '\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069'

ERROR = 'hostgrub: RuntimeError: '
PLAIN = 'hostgrub: '
WARNING = 'hostgrub: warning: '


class Report:
    """What came of a run and what it cost."""
    exit = signal = None
    out = answer = err = b''
    boots = ''
    cpu = wall = rss = 0.0
    survivors = ()

    def __str__(self):
        end = 'exit %d' % self.exit if self.signal is None else self.signal
        return '%s, %.2f s CPU, %.2f s, %d MiB: %s' % (
            end, self.cpu, self.wall, self.rss, self.err.decode(
                errors='backslashreplace').strip()[-600:])


def command(guest, form):
    """As the client of this format starts the program; a person's, if the
    guest has a command of its own."""
    if guest.command is not None:
        return [guest.program, *guest.command]
    argv = [guest.program, '-q', '--output-format=' + form,
            '--output-directory=' + guest.output]
    if form == 'simple' and os.geteuid() == 0:
        argv.append('--runas=65534')
    if form != 'simple':
        argv.append('--output=' + (guest.answer or guest.path('answer')))
    return argv + guest.options + guest.operands


def start(guest, argv, files):
    def prepare():
        os.dup2(os.open('/dev/null', os.O_RDONLY), 0)
        os.dup2(files[0], 1)
        os.dup2(files[1], 2)
        os.chdir(guest.dir)
        if guest.prepare:
            guest.prepare()
    environ = {**os.environ, 'TERM': 'vt100', **guest.environ}
    return toolstack.spawn(prepare, argv, environ)


def account(report, usage):
    report.cpu += usage.ru_utime + usage.ru_stime
    report.rss = max(report.rss, usage.ru_maxrss / 1024)


def reap(report):
    """Those of its processes that outlive the program become ours."""
    try:
        while True:
            pid, _, usage = os.wait4(-1, os.WNOHANG)
            if not pid:
                return
            account(report, usage)
    except ChildProcessError:
        pass


def survivors(report):
    limit = time.monotonic() + SURVIVORS_WAIT
    reap(report)
    while toolstack.children() and time.monotonic() < limit:
        time.sleep(0.002)
        reap(report)
    return toolstack.survivors() if toolstack.children() else []


def wait_for(pid, report):
    killer = threading.Timer(KILL_AFTER, os.kill, (pid, signal.SIGKILL))
    killer.start()
    _, status, usage = os.wait4(pid, 0)
    killer.cancel()
    account(report, usage)
    ended = toolstack.wait_status(status)
    report.exit, report.signal = ended['exit'], ended['signal']


def content(name):
    try:
        with open(name, 'rb') as data:
            return data.read(1 << 22)
    except OSError:
        return b''


def run(guest, form):
    report = Report()
    names = [guest.path(name) for name in ('stdout', 'stderr', 'answer')]
    files = [os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
             for name in names]
    began = time.monotonic()
    pid = start(guest, command(guest, form), files)
    helper = None
    if guest.disturb:
        helper = threading.Thread(target=guest.disturb, args=(pid,))
        helper.start()
    wait_for(pid, report)
    report.wall = time.monotonic() - began
    if helper:
        helper.join(10)
    report.survivors = survivors(report)
    for fd in files:
        os.close(fd)
    report.out, report.err = content(names[0]), content(names[1])
    report.answer = report.out if form == 'simple' else content(names[2])
    for name in names:
        if os.path.lexists(name):
            os.unlink(name)
    return report


def printable(text):
    """No control character, nothing that is no character, nothing that ends
    a line or turns the direction of others (P12)."""
    return not any(unicodedata.category(char) in ('Cc', 'Cs', 'Cn', 'Zl', 'Zp')
                   or char in TURNING for char in text)


def check_said(report, wrong, prefix=ERROR):
    """Warnings, and after a failure one error as the last line."""
    try:
        text = report.err.decode()
    except UnicodeDecodeError:
        wrong.append('stderr is not UTF-8: %r' % report.err[:200])
        return ''
    if text and not text.endswith('\n'):
        wrong.append('stderr ends in the middle of a line')
    lines = text.split('\n')[:-1]
    for line in lines:
        if not printable(line):
            wrong.append('not printable: %r' % line[:200])
        if len(line.encode()) > LINE_MAX:
            wrong.append('a line of %d bytes' % len(line.encode()))
    errors = [line for line in lines if not line.startswith(WARNING)]
    if report.exit == 0 and errors and prefix == ERROR:
        wrong.append('exit 0, but it says %r' % errors[0])
    if report.exit == 1:
        if len(errors) != 1 or errors[0] is not lines[-1]:
            wrong.append('%d lines of error instead of one at the end: %r' % (
                len(errors), errors[:3]))
        elif not errors[0].startswith(prefix):
            wrong.append('the error begins otherwise: %r' % errors[0][:60])
    return errors[-1] if errors else ''


def check_cost(report, wrong):
    if report.cpu > CPU_MAX:
        wrong.append('%.1f seconds of CPU time' % report.cpu)
    if report.wall > WALL_MAX:
        wrong.append('%.1f seconds' % report.wall)
    if report.rss > RSS_MAX:
        wrong.append('%d MiB of memory' % report.rss)


def check_file(word, path, expected, wrong):
    try:
        now = os.lstat(path)
    except OSError as fault:
        wrong.append('%s: %s' % (word, fault))
        return
    if not stat.S_ISREG(now.st_mode) or stat.S_IMODE(now.st_mode) != 0o600:
        wrong.append('%s has mode %o' % (word, now.st_mode))
        return
    with open(path, 'rb') as data:
        if expected is not None and data.read() != expected:
            wrong.append('%s is not the guest\'s (%d bytes)' % (
                word, now.st_size))
    if not now.st_size:
        wrong.append('%s is empty' % word)


def contents(guest, said):
    """Of a result: the guest's own files by their names, others by a sum."""
    words = []
    for word, expected in (('kernel', guest.kernel),
                           ('ramdisk', guest.ramdisk)):
        data = content(said[word]) if word in said else b''
        if word not in said:
            words.append('no ' + word)
        elif expected or data in OWN:
            words.append(word)
        else:
            words.append('%s of %d bytes, CRC %08x' % (
                word, os.path.getsize(said[word]), zlib.crc32(data)))
    words.append(summed(ascii(said['args'])) if 'args' in said else 'no args')
    return ', '.join(words)


def summed(text):
    """What is too long for a list."""
    return text if len(text) <= SHOWN_MAX else '%s...%s, CRC %08x' % (
        text[:SHOWN_MAX // 2], text[-SHOWN_MAX // 2:],
        zlib.crc32(text.encode()))


def check_result(guest, form, report, wrong):
    """Complete, and nothing but it."""
    if form != 'simple' and report.out:
        wrong.append('on stdout: %r' % report.out[:100])
    said, faults = answers.check(form, report.answer, guest.output)
    wrong += faults
    if faults:
        return
    for word, expected in (('kernel', guest.kernel),
                           ('ramdisk', guest.ramdisk)):
        if word in said:
            check_file(word, said[word], expected or None, wrong)
        elif expected:
            wrong.append('there is no %s' % word)
    if guest.ramdisk == b'' and 'ramdisk' in said:
        wrong.append('a ramdisk that is not the guest\'s')
    if guest.args is not None and said.get('args', '') != guest.args:
        wrong.append('args %r instead of %r' % (
            said.get('args', '')[:200], guest.args[:200]))
    report.boots = contents(guest, said)
    named = {os.path.join(guest.output, name) for name in guest.present}
    named |= {said[word] for word in ('kernel', 'ramdisk') if word in said}
    left = {os.path.join(guest.output, name)
            for name in toolstack.tree(guest.output)}
    if left != named:
        wrong.append('left besides: %s' % ' '.join(sorted(left ^ named)))


def check_nothing(guest, report, wrong):
    for what, data in (('stdout', report.out), ('the answer', report.answer)):
        if data:
            wrong.append('%s is not empty: %r' % (what, data[:100]))
    left = toolstack.tree(guest.output)
    if left and not (report.signal == 'SIGKILL' and
                     all(not name.startswith('boot_') for name in left)):
        wrong.append('left: %s' % ' '.join(left))


def starved(report, text):
    """This host let the program have too little CPU time to come to an end
    before its own limit of time."""
    return report.cpu < report.wall / 3 and re.search(
        r'the time limit \(--time-limit\) is over', text)


def found(pattern, text, wrong):
    if not re.search(pattern, text):
        wrong.append('it says %r' % text)


def check_ended(outcome, guest, form, report, error, wrong):
    """Whether it ended as the case expects; else what remains to be true."""
    if report.exit == 0:
        if isinstance(outcome, cases.Refused):
            wrong.append('exit 0 instead of 1')
        check_result(guest, form, report, wrong)
        return
    if report.exit != 1 and not isinstance(outcome, cases.Dies):
        wrong.append('ended with %s' % (report.signal or report.exit))
    check_nothing(guest, report, wrong)
    if isinstance(outcome, cases.Boots):
        if starved(report, error) and not wrong:
            raise Skipped('this host is too busy')
        wrong.append('exit %s instead of 0' % report.exit)
    elif isinstance(outcome, cases.Dies):
        if report.exit != 1 and report.signal != 'SIG' + outcome.signal:
            wrong.append('ended with %s' % (report.signal or report.exit))
    elif not isinstance(outcome, cases.Recorded) and not starved(
            report, error):
        found(outcome.pattern, essence(guest, error), wrong)


def essence(guest, text):
    """Without what each error has, and wherever the guest lies."""
    text = text.removeprefix(ERROR).removeprefix(PLAIN)
    text = text.replace(guest.dir + '/', '').replace(guest.dir, '.')
    text = re.sub('/dev/loop[0-9]+', '/dev/loop', text)
    return text.encode('ascii', 'backslashreplace').decode()


def came(case, guest, report, error):
    """What outcomes.py lists; nothing of what this host was too busy for."""
    meant = getattr(case.outcome, 'pattern', '')
    if starved(report, error) and not (meant and re.search(meant, error)):
        return None
    if isinstance(case.outcome, cases.Lists):
        return ', '.join(summed(essence(guest, part)) for part in (
            'exit %d' % report.exit, ascii(report.out), ascii(report.err)))
    text = essence(guest, error) if report.exit else 'boots: ' + report.boots
    warnings = [line.removeprefix(WARNING) for line in report.err.decode(
        errors='backslashreplace').split('\n') if line.startswith(WARNING)]
    if warnings:
        text += '; warning: ' + summed(essence(guest, '; '.join(warnings)))
    return text


def check_list(outcome, report, wrong):
    """What is printed for people, and what it says on stderr."""
    if report.exit not in (0, 1):
        wrong.append('ended with %s' % (report.signal or report.exit))
    text = report.out.decode(errors='surrogateescape')
    if not printable(re.sub('[\n\t]', '', text)):
        wrong.append('not printable: %r' % text[:300])
    found(outcome.pattern, text + report.err.decode(errors='replace'), wrong)


def digest(name):
    """Of an image's data, not of its holes."""
    sums, size = hashlib.sha256(), 0
    with open(name, 'rb') as image:
        for at, hole in data_of(image):
            while at < hole and size < DIGEST_MAX:
                data = os.pread(image.fileno(), min(1 << 20, hole - at), at)
                sums.update(b'%d ' % at + data)
                at, size = at + len(data), size + len(data)
    return sums.digest()


def image_state(name):
    try:
        now = os.stat(name)
    except OSError:
        return None
    if not stat.S_ISREG(now.st_mode) or not os.access(name, os.R_OK):
        return (now.st_mode,)
    return (now.st_size, now.st_mtime_ns, now.st_mode, digest(name))


def remove_files(guest):
    for name in toolstack.tree(guest.output):
        path = os.path.join(guest.output, name)
        if name.endswith('/'):
            shutil.rmtree(path)
        elif name not in guest.present and os.path.lexists(path):
            os.unlink(path)


def run_once(case, guest, place, form):
    """One run; what is wrong with it, how it went, and what came of it."""
    before = place.state()
    images = {name: image_state(name) for name in guest.unchanged()}
    report = run(guest, form)
    wrong = []
    if isinstance(case.outcome, cases.Lists):
        error = check_said(report, wrong, PLAIN)
        check_list(case.outcome, report, wrong)
    else:
        error = check_said(report, wrong, PLAIN if guest.command else ERROR)
        check_ended(case.outcome, guest, form, report, error, wrong)
    check_cost(report, wrong)
    if report.survivors:
        wrong.append('still running: %s' % '; '.join(report.survivors))
    for what in sorted(before ^ place.state()):
        wrong.append('of the host has changed: %s' % what)
    for name, state in images.items():
        if image_state(name) != state:
            wrong.append('the image has changed')
    outcome = came(case, guest, report, error)
    remove_files(guest)
    return wrong, report, outcome


def formats(case, guest):
    """What boots has to be right for every client; of what does not, another
    client is told each time."""
    if guest.formats:
        return guest.formats
    if case.dear or not isinstance(case.outcome, cases.Boots):
        return (answers.FORMATS[zlib.crc32(case.name.encode()) % 3],)
    return answers.FORMATS


def run_variant(case, guest, place, label, outcome):
    for form in formats(case, guest):
        wrong, report, text = run_once(case, guest, place, form)
        outcome.runs += 1
        outcome.add(report, label or outcomes.ONE, form, text)
        where = ', '.join(filter(None, (label, form)))
        outcome.log.append('%s: %s' % (where, report))
        outcome.wrong += ['%s: %s' % (where, one) for one in wrong]
        if wrong:
            outcome.wrong.append('%s: the run: %s' % (where, report))


class Result:
    """Of a case: what was wrong (nothing, if it passed), and its cost."""

    def __init__(self, name):
        self.name = name
        self.wrong, self.log, self.came = [], [], {}
        self.runs, self.skipped = 0, None
        self.cpu = self.rss = self.wall = 0.0
        self.seconds = 0.0

    def add(self, report, label, form, text):
        """The formats are listed apart where they are not the same."""
        if self.came.setdefault(label, text) != text:
            self.came['%s (%s)' % (label, form)] = text
        self.cpu = max(self.cpu, report.cpu)
        self.rss = max(self.rss, report.rss)
        self.wall = max(self.wall, report.wall)


def run_case(case, guest, place):
    """guest: a fresh one (guest.Guest)."""
    result = Result(case.name)
    began = time.monotonic()
    try:
        if case.root and not place.private:
            guest.skip('takes root')
        made = case.make(guest)
        if made is None:
            run_variant(case, guest, place, '', result)
        else:
            for label in made:
                run_variant(case, guest, place, str(label or ''), result)
        if not result.runs:
            result.wrong.append('the program was never run')
    except Skipped as why:
        result.skipped = str(why)
    except Exception as fault:      # the case itself is broken
        result.wrong.append('%s: %s' % (type(fault).__name__, fault))
    finally:
        guest.close()
        shutil.rmtree(guest.dir, ignore_errors=True)
    result.seconds = time.monotonic() - began
    return result
