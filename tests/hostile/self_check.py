#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The runner must be able to fail: programs that do one thing wrong each, and
what it has to say of them.  Prints those that it did not notice."""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path[:0] = [HERE, os.path.join(HERE, '..', 'clients')]

import cases
import guest
import outcomes
import place
import running
import toolstack

# A program that does all right: the result for each format, an error as one
# line.  What is wrong is put in the place of a step.
GOOD = '''#!{python} -SEs
import os, sys, time, signal, stat, random
opt = dict(a[2:].split('=', 1) for a in sys.argv[1:] if a.startswith('--'))
image, form, out = sys.argv[-1], opt['output-format'], opt['output-directory']
mode, names, args = 0o600, {{}}, 'ro'
name = lambda kind: out + '/boot_%s.abcdEF12' % kind
def fail(text='no kernel'):
    sys.stderr.write('hostgrub: RuntimeError: ' + text + '\\n')
    sys.exit(1)
def save(kind, data):
    names[kind] = name(kind)
    os.umask(0)
    fd = os.open(name(kind), os.O_CREAT | os.O_WRONLY, mode)
    os.write(fd, data)
    os.close(fd)
def pairs():
    return [(k, names[k]) for k in names] + [('args', args)]
def answer():
    if form == 'sxp':
        return 'linux ' + ''.join("(%s '%s')" % p for p in pairs())
    end = '\\0' if form == 'simple0' else '\\n'
    return ''.join('%s %s%s' % (k, v, end) for k, v in pairs()) + end
def deliver(text):
    to = opt.get('output')
    with open(to, 'w') if to else sys.stdout as f:
        f.write(text)
KERNEL, RAMDISK = {kernel!r}, {ramdisk!r}
{before}
save('kernel', KERNEL)
save('ramdisk', RAMDISK)
{middle}
deliver(answer())
{after}
'''

BOOTS, REFUSED = cases.boots, cases.refused('no kernel')
# what is wrong, expected outcome, the step, and what the runner has to find
FAULTS = (
    ('nothing', BOOTS, {}, None),
    ('nothing but a failure', REFUSED, {'before': 'fail()'}, None),
    ('success instead of failure', REFUSED, {}, 'exit 0 instead of 1'),
    ('failure instead of success', BOOTS, {'before': 'fail()'},
     'exit 1 instead of 0'),
    ('the wrong words', REFUSED, {'before': "fail('no idea')"}, 'it says'),
    ('exit status 2', REFUSED, {'before': "sys.stderr.write('hostgrub: "
                                "RuntimeError: no kernel\\n'); sys.exit(2)"},
     'ended with 2'),
    ('a signal', REFUSED, {'before': 'os.kill(os.getpid(), 11)'},
     'ended with SIGSEGV'),
    ('a signal that was not sent', cases.dies('TERM'),
     {'before': 'os.kill(os.getpid(), 11)'}, 'ended with SIGSEGV'),
    ('no line', REFUSED, {'before': 'sys.exit(1)'}, '0 lines of error'),
    ('two lines', REFUSED, {'before': "fail('no kernel\\nhostgrub: more')"},
     '2 lines of error'),
    ('a line that does not end', REFUSED, {
        'before': "sys.stderr.write('hostgrub: RuntimeError: no kernel'); "
                  "sys.exit(1)"}, 'middle of a line'),
    ('a warning behind the error', REFUSED, {
        'before': "fail('no kernel\\nhostgrub: warning: x')"},
     'instead of one at the end'),
    ('no marker for XAPI', REFUSED, {
        'before': "sys.stderr.write('hostgrub: no kernel\\n'); sys.exit(1)"},
     'begins otherwise'),
    ('a line that is too long', REFUSED,
     {'before': "fail('no kernel' + 'x' * 1024)"}, 'a line of'),
    ('an escape in the line', REFUSED,
     {'before': "fail('no kernel \\x1b[2J')"}, 'not printable'),
    ('a C1 control in the line', REFUSED,
     {'before': "fail('no kernel \\x9b2J')"}, 'not printable'),
    ('a bidirectional control', REFUSED,
     {'before': "fail('no kernel \\u202e')"}, 'not printable'),
    ('an escape in a warning', BOOTS, {
        'before': "sys.stderr.write('hostgrub: warning: \\x1b[2J\\n')"},
     'not printable'),
    ('bytes that are no UTF-8', REFUSED, {
        'before': "os.write(2, b'hostgrub: \\xff\\n'); sys.exit(1)"},
     'not UTF-8'),
    ('an error and exit status 0', BOOTS, {
        'after': "sys.stderr.write('hostgrub: RuntimeError: x\\n')"},
     'exit 0, but it says'),
    ('a word on stdout before it fails', REFUSED,
     {'before': "print('kernel /x'); sys.stdout.flush(); fail()"},
     'stdout is not empty'),
    ('an answer before it fails', REFUSED,
     {'middle': "deliver(answer())\nfor n in names.values(): os.unlink(n)\n"
                "fail()"}, 'the answer is not empty'),
    ('files left after a failure', REFUSED, {'middle': 'fail()'},
     'left: boot_kernel'),
    ('a directory left after a failure', REFUSED,
     {'before': "os.mkdir(out + '/x'); fail()"}, 'left: x/'),
    ('a file too many', BOOTS, {'middle': "open(out + '/x', 'w').close()"},
     'left besides'),
    ('no result', BOOTS, {'before': 'sys.exit(0)'}, 'kernel 0 times'),
    ('no kernel', BOOTS, {'middle': "del names['kernel']"}, 'kernel 0 times'),
    ('two kernels', BOOTS, {
        'middle': "pairs_ = pairs\npairs = lambda: pairs_() + pairs_()[:1]"},
     'given twice|2 times'),
    ('a kernel of the host', BOOTS, {
        'middle': "names['kernel'] = '/etc/shadow'"}, "kernel is '/etc"),
    ('a kernel elsewhere', BOOTS, {
        'middle': "names['kernel'] = out + '/../output/boot_kernel.abcdEF12'"},
     'kernel is '),
    ('no ramdisk', BOOTS, {'middle': "os.unlink(names.pop('ramdisk'))"},
     'no ramdisk'),
    ('another item', BOOTS, {
        'middle': "pairs_ = pairs\npairs = lambda: pairs_() + [('x', 'y')]"},
     'x'),
    ('another kernel', BOOTS, {'before': "KERNEL = b'other'"},
     "kernel is not the guest's"),
    ('half a ramdisk', BOOTS, {'before': 'RAMDISK = RAMDISK[:100]'},
     "ramdisk is not the guest's"),
    ('an empty kernel', BOOTS, {'before': "KERNEL = b''"}, 'empty|not the'),
    ('files for everybody', BOOTS, {'before': 'mode = 0o644'}, 'has mode'),
    ('a link instead of a file', BOOTS, {
        'middle': "os.unlink(names['kernel']); os.symlink(image, "
                  "names['kernel'])"}, 'has mode'),
    ('a control byte in the arguments', BOOTS, {'before': "args = 'a\\x1bb'"},
     'control bytes'),
    ('other arguments', BOOTS, {'before': "args = 'rw'"}, "args 'rw'"),
    ('a process that stays', REFUSED, {
        'before': "if os.fork() == 0:\n    os.setsid()\n    time.sleep(9)\n"
                  "    os._exit(0)\nfail()"}, 'still running'),
    ('a write to the image', REFUSED, {
        'before': "f = open(image, 'r+b'); f.write(b'x'); f.close(); fail()"},
     'the image has changed'),
    ('a new time of the image', REFUSED, {
        'before': 'os.utime(image); fail()'}, 'the image has changed'),
    ('a file in /tmp', REFUSED, {
        'before': "open('/tmp/hostgrub.x', 'w').close(); fail()"},
     'of the host has changed: /tmp/hostgrub.x'),
    ('a file in /dev/shm', REFUSED, {
        'before': "open('/dev/shm/hostgrub.y', 'w').close(); fail()"},
     'of the host has changed: /dev/shm/hostgrub.y'),
    ('too much memory', REFUSED, {
        'before': "x = bytearray(b'x' * (300 << 20)); fail()"},
     'MiB of memory'),
    ('too much memory in another process', REFUSED, {
        'before': "if os.fork() == 0:\n    x = bytearray(b'x' * (300 << 20))\n"
                  "    os._exit(0)\nos.wait()\nfail()"}, 'MiB of memory'),
    ('too much CPU time', REFUSED, {
        'before': 'while time.process_time() < .4: pass\nfail()'},
     'of CPU time'),
    ('too much CPU time in an orphan', REFUSED, {
        'before': "if os.fork() == 0:\n    while time.process_time() < .4: pass"
                  "\n    os._exit(0)\nfail()"}, 'of CPU time'),
    ('too much time', REFUSED, {'before': 'time.sleep(1.5); fail()'},
     r'^[^:]*: 1\.\d seconds$'),
    ('a run that never ends', REFUSED, {'before': 'time.sleep(60)'},
     'ended with SIGKILL'),
)
MOUNT = ('a mount', REFUSED, {
    'before': "import ctypes\nctypes.CDLL(None).mount(b'none', b'/mnt', "
              "b'tmpfs', 0, None)\nfail()"}, 'of the host has changed: .*/mnt')

# what came, what is listed, and how much of it is not the same
LISTS = (
    ({'-': 'a'}, {'-': 'a'}, 0), ({'-': 'a'}, {'-': 'b'}, 1),
    ({'x': 'a', 'y': 'a'}, {'x': 'a'}, 1),
    ({'x': 'a'}, {'x': 'a', 'y': 'a'}, 1),
    ({'-': 'a'}, None, 1), ({}, {}, 0), ({'-': 'a', '- (sxp)': 'b'}, {}, 2),
    ({'x': None, 'y': 'b'}, {'x': 'a', 'y': 'a'}, 1))     # it was too busy


def make(one):
    """The guest of each of these: an image of nothing."""
    one.fill(b'', 1 << 20)
    one.args = 'ro'


def write_program(directory, steps):
    program = os.path.join(directory, 'hostgrub')
    text = GOOD.format(
        python=sys.executable, kernel=guest.KERNEL, ramdisk=guest.RAMDISK,
        **{'before': '', 'middle': '', 'after': '', **steps})
    with open(program, 'w', encoding='utf-8') as out:
        out.write(text)
    os.chmod(program, 0o755)
    return program


def clean():
    for name in '/tmp/hostgrub.x', '/dev/shm/hostgrub.y':
        if os.path.exists(name):
            os.unlink(name)


def check(here, name, outcome, steps, expected):
    """Whether the runner finds that, and nothing where nothing is wrong."""
    one = guest.Guest(here, None, here.dir)
    one.program = write_program(one.dir, steps)
    case = cases.Case('self/' + name.replace(' ', '-'), outcome, make, name,
                      chance=cases.MOMENT)
    result = running.run_case(case, one, here)
    clean()
    if not expected:
        result.wrong += outcomes.differences(result.came, {outcomes.ONE: (
            'no kernel' if outcome is REFUSED else
            "boots: kernel, ramdisk, 'ro'")})
    found = any(re.search(expected or '.', line) for line in result.wrong)
    if found != bool(expected):
        print('%s: expected %s, but it found:\n\t%s' % (
            name, expected, '\n\t'.join(result.wrong) or 'nothing'))
        return 1
    return 0


def check_lists():
    missed = 0
    for came, listed, count in LISTS:
        if len(outcomes.differences(came, listed)) != count:
            print('%s is not what is listed as %s' % (came, listed))
            missed += 1
        if None not in came.values() and outcomes.parse(
                outcomes.form('a/b', came).splitlines()) != {'a/b': came}:
            print('%s is read otherwise than it is written' % came)
            missed += 1
    return missed


def limit(name):
    """Small limits for the programs that pass one, so that they need not be
    slow; for the others large ones: the host may be busy."""
    running.CPU_MAX = 0.3 if 'CPU' in name else 9
    running.WALL_MAX = 1.2 if name == 'too much time' else 50
    running.KILL_AFTER = 1 if 'never' in name else 60
    running.SURVIVORS_WAIT = 0.2 if 'stays' in name else 9
    toolstack.SURVIVORS_WAIT = 0.1


def main():
    here = place.Place(guest.TOP)
    faults = FAULTS + ((MOUNT,) if here.private else ())
    missed = check_lists()
    for fault in faults:
        limit(fault[0])
        missed += check(here, *fault)
    here.close()
    print('%d programs, all but two of which do wrong: %d are unnoticed' % (
        len(faults), missed))
    return bool(missed)


if __name__ == '__main__':
    sys.exit(main())
