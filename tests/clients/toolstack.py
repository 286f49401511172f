# SPDX-License-Identifier: GPL-2.0-or-later
"""What the clients of the bootloader have in common.

A client starts the program as one toolstack does, reads the answer as that
toolstack reads it, and reports what came of it as one JSON object.
"""
import argparse
import ctypes
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

CLONE_NEWNS = 0x00020000
PR_SET_CHILD_SUBREAPER = 36
MS_REC, MS_PRIVATE = 0x4000, 0x40000
MNT_DETACH = 2
PYGRUB_DIRECTORY = '/var/run/xen/pygrub'  # printed unresolved
SKIPPED = 77
SURVIVORS_WAIT = 2.0  # seconds a process may outlive the program (P9)

libc = ctypes.CDLL(None, use_errno=True)


def os_call(name, *args):
    if getattr(libc, name)(*args) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), name)


def become_reaper():
    """Orphans of the program become our children, so that we see them."""
    os_call('prctl', PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def private_tmpfs(where, size=None):
    """Cover a directory by a tmpfs that only this process and its children
    see.  It goes away with them, which is why nothing here cleans up.  False
    where that cannot be had: without root, or in a plain chroot, whose mounts
    cannot be kept from others."""
    if os.geteuid() != 0:
        return False
    try:
        os_call('unshare', CLONE_NEWNS)
        os_call('mount', b'none', b'/', None, MS_REC | MS_PRIVATE, None)
    except OSError:
        return False
    options = b'mode=0755'
    if size is not None:
        options += b',size=' + size.encode()
    os_call('mount', b'none', os.fsencode(where), b'tmpfs', 0, options)
    return True


def pygrub_directory(opt, scratch):
    """The default output directory, which all guests of a host share, in an
    own /run, so that it shows what this run alone leaves there.  Without that,
    a directory that has to be named to the program."""
    if private_tmpfs('/run', opt.space):
        return PYGRUB_DIRECTORY
    if opt.space:
        skip('no room of our own can be made here')
    directory = os.path.join(scratch, 'out')
    os.mkdir(directory)
    return directory


def skip(reason):
    """Give up: what was asked for cannot be had on this machine."""
    print('skipped: ' + reason, file=sys.stderr)
    raise SystemExit(SKIPPED)


def leak_descriptors(scratch):
    """Descriptors that a careless toolstack leaves open in the program: a
    file, a directory, both ends of a pipe and a device, with gaps between."""
    made = [os.open(os.path.join(scratch, 'secret'),
                    os.O_RDWR | os.O_CREAT, 0o600),
            os.open('/', os.O_RDONLY),
            *os.pipe(),
            os.open('/dev/zero', os.O_RDONLY)]
    for number, fd in enumerate(made):
        os.dup2(fd, 20 + 7 * number, inheritable=True)
        os.close(fd)


def spawn(prepare, argv, environ=None):
    """Start a program as a child that first does what prepare() does.  Its
    signals are those of a fresh process, not Python's; one that comes early
    waits until that is so."""
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    pid = os.fork()
    if pid:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        return pid
    try:
        prepare()
        for number in signal.SIGINT, signal.SIGPIPE, signal.SIGXFSZ:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        os.execvpe(argv[0], argv, environ or os.environ)
    except OSError as fault:
        os.write(2, ('exec: %s\n' % fault).encode())
    os._exit(127)


def children():
    me = os.getpid()
    with open(f'/proc/{me}/task/{me}/children') as listing:
        return [int(pid) for pid in listing.read().split()]


def survivors():
    """Kill and name what is left of the program's processes after the time
    they are given to end by themselves."""
    limit = time.monotonic() + SURVIVORS_WAIT
    while children() and time.monotonic() < limit:
        reap()
        time.sleep(0.005)
    left = []
    for pid in children():
        with open(f'/proc/{pid}/cmdline', 'rb') as cmdline:
            left.append(cmdline.read().replace(b'\0', b' ').decode(
                errors='replace'))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return left


def reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def wait_status(status):
    if os.WIFSIGNALED(status):
        return {'exit': None,
                'signal': signal.Signals(os.WTERMSIG(status)).name}
    return {'exit': os.WEXITSTATUS(status), 'signal': None}


def take_file(path, keep=None):
    """Read a kernel or ramdisk and remove it, as every toolstack does.  With
    keep, a copy stays there."""
    digest = hashlib.sha256()
    size = 0
    try:
        with open(path, 'rb') as content:
            mode = os.fstat(content.fileno()).st_mode & 0o7777
            while chunk := content.read(1 << 20):
                digest.update(chunk)
                size += len(chunk)
        if keep:
            shutil.copyfile(path, keep)
        os.unlink(path)
    except OSError as fault:
        return {'path': path, 'missing': fault.strerror}
    return {'path': path, 'size': size, 'mode': '%04o' % mode,
            'sha256': digest.hexdigest()}


def take_answer(report, items, keep=None):
    """Turn the (keyword, value) pairs of an answer into the report; of a
    keyword given twice the last counts, as in libxl."""
    said = dict(items)
    for name in ('kernel', 'ramdisk'):
        if said.get(name):
            report[name] = take_file(
                said[name], keep and os.path.join(keep, name))
    report['args'] = said.get('args')


def tree(top):
    """Every name below a directory, or what is wrong with it."""
    found = []
    for folder, _, files in os.walk(top):
        relative = os.path.relpath(folder, top)
        if relative != '.':
            found.append(relative + '/')
        found += [os.path.normpath(os.path.join(relative, name))
                  for name in files]
    return sorted(found)


def runtime_error(text):
    """What XAPI shows to its user: all behind the first marker."""
    _, marker, message = text.partition('RuntimeError: ')
    return message if marker else None


class Moment:
    """When to do something to the program: after so many seconds ("0.01"), as
    soon as so many processes of it run ("2p"), or as soon as one of its
    children is locked in ("boxed")."""

    def __init__(self, text):
        self.boxed = text == 'boxed'
        self.processes = 2 if self.boxed else int(
            text[:-1] if text.endswith('p') else 0)
        self.seconds = 0 if self.processes else float(text)

    def reached(self, pid):
        everybody = processes(pid)
        if self.boxed:
            return any(has_filter(child) for child in everybody[1:])
        return len(everybody) >= self.processes

    def wait(self, pid, started):
        time.sleep(max(0, started + self.seconds - time.monotonic()))
        while self.processes and time.monotonic() < started + 10:
            try:
                if self.reached(pid) or zombie(pid):
                    return
            except OSError:
                return


def has_filter(pid):
    """Whether a process has entered a seccomp filter, the last of the box."""
    with open(f'/proc/{pid}/status') as status:
        return 'Seccomp:\t2\n' in status.read()


def zombie(pid):
    with open(f'/proc/{pid}/stat') as stat:
        return re.sub(r'.*\) ', '', stat.read())[0] == 'Z'


def parser(doc):
    """The options that all clients share."""
    p = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--arg', action='append', default=[], metavar='A',
                   help="an argument of the user's (bootloader_args)")
    p.add_argument('--space', metavar='SIZE',
                   help='room for the output, as in 64k; exits with 77 where '
                        'that cannot be had')
    p.add_argument('--keep', metavar='DIR',
                   help='leave copies of kernel and ramdisk there')
    p.add_argument('--signal', metavar='NAME',
                   help='send TERM, INT, KILL... to the program')
    p.add_argument('--signal-child', metavar='NAME',
                   help="send it to the program's other processes")
    p.add_argument('--meanwhile', metavar='COMMAND',
                   help='stop the program, run this, let it go on')
    p.add_argument('--at', type=Moment, default='0.05', metavar='WHEN',
                   help='when to do so: seconds after the start, "2p" for '
                        'two processes, "boxed" for a locked child')
    p.add_argument('--freeze', action='store_true',
                   help="stop the program's other processes before")
    p.add_argument('--timeout', type=float, default=120,
                   help='seconds until the program is killed')
    p.add_argument('--text', action='store_true',
                   help='report for people instead of JSON')
    p.add_argument('program')
    p.add_argument('disk', nargs='?', default=None)
    return p


def processes(pid):
    """The program's process and its children."""
    with open(f'/proc/{pid}/task/{pid}/children') as listing:
        return [pid] + [int(child) for child in listing.read().split()]


def send(pid, name):
    try:
        os.kill(pid, getattr(signal, 'SIG' + name))
    except ProcessLookupError:
        pass


def disturb(opt, pid, started):
    """Do what was asked for to the program, at the moment asked for."""
    opt.at.wait(pid, started)
    try:
        everybody = processes(pid)
    except OSError:
        return
    if opt.meanwhile:
        for one in everybody:
            send(one, 'STOP')
        subprocess.run(opt.meanwhile, shell=True)
        for one in everybody:
            send(one, 'CONT')
    if opt.freeze:
        for child in everybody[1:]:
            send(child, 'STOP')
    if opt.signal:
        send(pid, opt.signal)
    if opt.signal_child:
        for child in everybody[1:]:
            send(child, opt.signal_child)


def start_disturbing(opt, pid, started):
    if opt.signal or opt.signal_child or opt.meanwhile:
        threading.Thread(target=disturb, daemon=True,
                         args=(opt, pid, started)).start()


def show(report):
    """For people: what the toolstack has got."""
    for name in ('kernel', 'ramdisk'):
        if name in report:
            got = report[name]
            print('%-8s %s  %s bytes' % (
                name, got['path'], format(got.get('size', 0), ',')))
    if report.get('args') is not None:
        print('args     ' + report['args'])
    for line in report['stderr'].split('\n'):
        if line.strip():
            print('says     ' + line.strip())
    print('exit     %s' % (report['signal'] or report['exit']))


def finish(opt, report):
    """Print the report; 0 if the toolstack could now build the domain."""
    if opt.text:
        show(report)
    else:
        json.dump(report, sys.stdout, indent=1, sort_keys=True)
        print()
    good = report['exit'] == 0 and not report['complaints'] \
        and report.get('kernel', {}).get('size')
    raise SystemExit(0 if good else 1)
