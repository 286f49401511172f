#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""menu_pty.py - the menu on a pty as libxl opens it, and what goes wrong there

    menu_pty.py MENU_DEMO

Each test is a function whose name is a statement.  The pty is raw and of 0
rows and 0 columns unless a test says otherwise; TERM is vt100, and there is no
locale.  Nothing but Python's own library is needed.
"""
import fcntl
import os
import re
import select
import signal
import struct
import sys
import termios
import time
import tty

DEMO = os.path.abspath(sys.argv[1])
PATIENCE = 10  # seconds, for a busy machine under sanitizers
STEER = b"\x1b\r\n\b\x0e\x0f"  # what a terminal needs besides text


class Console:
    """The demo on a pty; what it writes is kept in .seen."""

    def __init__(self, *args, rows=0, cols=0, raw=True, term="vt100"):
        self.master, self.slave = os.openpty()
        self.open = (self.master, self.slave)
        if raw:
            tty.setraw(self.slave)
        self.resize(rows, cols)
        self.modes = termios.tcgetattr(self.slave)
        self.seen = b""
        self.status = None
        self.pid = os.fork()
        if self.pid == 0:
            self.become_the_demo(args, term)
        os.set_blocking(self.master, False)

    def become_the_demo(self, args, term):
        try:
            os.login_tty(self.slave)
        except AttributeError:  # Python before 3.11
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
            for fd in range(3):
                os.dup2(self.slave, fd)
        os.closerange(3, 64)
        os.execve(DEMO, [DEMO, *args], {"TERM": term})

    def resize(self, rows, cols):
        size = struct.pack("HHHH", rows, cols, 0, 0)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, size)

    def read(self, seconds):
        """Read once, waiting at most so long; was there anything?"""
        if not select.select([self.master], [], [], max(0, seconds))[0]:
            return False
        try:
            self.seen += os.read(self.master, 65536)
        except OSError:
            return False
        return True

    def sees(self, text, patience=PATIENCE):
        end = time.monotonic() + patience
        while text not in self.seen:
            assert time.monotonic() < end, (text, self.seen[-2000:])
            self.read(end - time.monotonic())

    def settle(self, seconds=0.3):
        """Everything that is drawn until nothing more comes."""
        while self.read(seconds):
            pass
        seen, self.seen = self.seen, b""
        return seen

    def press(self, keys):
        os.write(self.master, keys)

    def ends(self, status, patience=PATIENCE, reading=True):
        """Seconds it took to end with this exit status, by no signal."""
        start = time.monotonic()
        while self.status is None:
            if reading:
                self.read(0.01)
            else:
                time.sleep(0.01)
            pid, code = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(code)
            took = time.monotonic() - start
            assert took < patience, ("does not end", self.seen[-500:])
        if reading:
            while self.read(0):
                pass
        assert self.status == status, (self.status, self.seen[-2000:])
        return took

    def restored(self):
        assert termios.tcgetattr(self.slave) == self.modes
        flags = fcntl.fcntl(self.slave, fcntl.F_GETFL)
        assert not flags & os.O_NONBLOCK

    def close(self):
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            self.status = os.waitpid(self.pid, 0)[1]
        for fd in self.open:
            os.close(fd)
        self.open = ()

    def hang_up(self):
        os.close(self.slave)
        os.close(self.master)
        self.open = ()

    def cpu(self):
        """Ticks of CPU and voluntary switches so far."""
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        with open(f"/proc/{self.pid}/status", encoding="ascii") as file:
            switches = [l for l in file if l.startswith("voluntary")]
        return int(fields[11]) + int(fields[12]), switches


def boots_on_a_pty_as_libxl_opens_it():
    console = Console()
    console.sees(b"q aborts")
    frame = console.settle()
    rows = [int(row) for row in re.findall(rb"\x1b\[(\d+);\d+H", frame)]
    assert max(rows) in (23, 24), rows
    assert b"l" + 78 * b"q" + b"k" in frame, "no frame of 80 columns"
    console.press(b"\x1b[B")
    assert b"m\x0f* Advanced options" in console.settle()
    console.press(b"\x1bOB")
    assert b"m\x0f* broken entry" in console.settle()
    console.press(b"\x1b[A\x1bOA\r")
    console.ends(0)
    assert console.seen.endswith(b"menu_demo: boots Debian GNU/Linux\r\n")
    console.restored()
    return console


def writes_nothing_that_is_not_printable():
    console = Console()
    console.settle()
    console.seen = b""
    console.press(b"4?")
    console.press(b"x\x1b[6~>>><<<q")
    console.ends(1)
    odd = {b for b in console.seen if not 0x20 <= b < 0x7f and b not in STEER}
    assert not odd, odd
    return console


def waits_for_no_reader():
    """More than a pty holds is drawn, and nobody reads a byte of it."""
    console = Console("-n", "20000", "-t", "1", rows=400, cols=1000)
    took = console.ends(0, reading=False)
    assert took < 4, took
    console.restored()
    while console.read(0):
        pass
    assert len(console.seen) < 16384, "the pty was never full"
    assert console.seen.endswith(b"menu_demo: boots entry number 0\r\n")
    return console


def shows_the_latest_after_a_stall():
    console = Console("-n", "20000", rows=300, cols=300)
    console.sees(b"q aborts")
    for _ in range(500):
        console.press(b"\x1b[6~\x1b[B")
        time.sleep(0.0005)
    seen = console.settle(1)
    console.press(b"19999\r")
    console.ends(0)
    assert console.seen.endswith(b"menu_demo: boots entry number 19999\r\n")
    assert len(seen) < 500 * 30000
    return console


def ends_when_the_terminal_hangs_up():
    console = Console()
    console.sees(b"q aborts")
    console.hang_up()
    console.ends(1, 2, reading=False)
    return console


def ends_when_the_terminal_hangs_up_while_it_is_hidden():
    console = Console("-l", "hidden", "-t", "30")
    time.sleep(0.5)
    console.hang_up()
    console.ends(1, 2, reading=False)
    return console


def ends_by_signal_with_the_terminal_restored():
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT,
                   signal.SIGQUIT):
        console = Console(rows=24, cols=80, raw=False)
        console.sees(b"q aborts")
        os.kill(console.pid, number)
        took = console.ends(1)
        assert took < 1, took
        line = f"menu_demo: signal {number.value}\r\r\n".encode()
        assert console.seen.endswith(line), console.seen
        console.restored()
        if number != signal.SIGQUIT:
            console.close()
    return console


def ends_by_signal_while_keys_never_end():
    console = Console("-n", "1000")
    console.sees(b"q aborts")
    os.kill(console.pid, signal.SIGSTOP)
    console.press(b"\x1b[B\x1b[A" * 500)
    os.kill(console.pid, signal.SIGTERM)
    os.kill(console.pid, signal.SIGCONT)
    start = time.monotonic()
    while console.status is None and time.monotonic() - start < 5:
        try:
            console.press(b"\x1b[B\x1b[A" * 10)
        except BlockingIOError:
            pass
        console.read(0)
        pid, code = os.waitpid(console.pid, os.WNOHANG)
        if pid:
            console.status = os.waitstatus_to_exitcode(code)
    assert console.status == 1, "SIGTERM is starved by input"
    return console


def ends_by_signal_while_nobody_reads():
    console = Console("-n", "20000", rows=400, cols=1000)
    time.sleep(1)
    os.kill(console.pid, signal.SIGTERM)
    took = console.ends(1, reading=False)
    assert took < 2, took
    return console


def uses_no_cpu_while_idle():
    console = Console()
    console.settle(0.5)
    before = console.cpu()
    time.sleep(1.5)
    assert console.cpu() == before, (before, console.cpu())
    console.press(b"q")
    console.ends(1)
    return console


def line_noise_stops_no_countdown():
    console = Console("-t", "2")
    console.sees(b"Boots in")
    console.press(b"\0\0\x11\x13")
    console.ends(0)
    assert b"boots Debian" in console.seen
    return console


def a_hidden_menu_writes_nothing_at_all():
    console = Console("-l", "hidden", "-t", "1")
    console.ends(0)
    assert console.seen == b"menu_demo: boots Debian GNU/Linux\r\n", \
        console.seen
    return console


def draws_again_when_resized():
    console = Console("-n", "100", rows=24, cols=80)
    console.sees(b"entry number 18")
    console.settle()
    console.resize(60, 80)
    assert b"entry number 50" in console.settle(0.5)
    console.resize(8, 20)
    frame = console.settle(0.5)
    assert b"* entry number" in frame and b"entry number 6" not in frame
    console.resize(0, 0)
    assert b"entry number 18" in console.settle(0.5)
    console.press(b"q")
    console.ends(1)
    return console


def draws_again_when_continued():
    console = Console(rows=24, cols=80, raw=False)
    console.sees(b"q aborts")
    os.kill(console.pid, signal.SIGSTOP)
    time.sleep(0.2)
    termios.tcsetattr(console.slave, termios.TCSANOW, console.modes)
    console.settle()
    os.kill(console.pid, signal.SIGCONT)
    console.sees(b"* Debian")
    console.press(b"q")  # without Enter: the terminal is raw again
    console.ends(1)
    console.restored()
    return console


def an_escape_alone_is_understood_soon():
    console = Console()
    console.sees(b"q aborts")
    console.press(b"1\r")
    console.sees(b"recovery mode")
    console.settle()
    start = time.monotonic()
    console.press(b"\x1b")
    console.sees(b"demo - disk.img")
    took = time.monotonic() - start
    assert 0.02 < took < 0.5, took
    return console


def scrolls_20000_entries_without_delay():
    console = Console("-n", "20000")
    console.sees(b"q aborts")
    console.settle()
    before = console.cpu()[0]
    for _ in range(200):
        console.press(b"\x1b[B" * 20)
        console.read(0.001)
    console.press(b"\x1b[4~")
    console.sees(b"19999 (of 0 to 19999)")
    took = (console.cpu()[0] - before) / os.sysconf("SC_CLK_TCK")
    print(f"  4000 keys in {took:.3f} s of CPU")
    assert took < 5, took
    return console


def the_first_frame_comes_at_once():
    best = PATIENCE
    for _ in range(5):
        start = time.monotonic()
        console = Console("-n", "20")
        console.sees(b"q aborts")
        best = min(best, time.monotonic() - start)
        console.close()
    print(f"  first frame after {best * 1000:.1f} ms")
    assert best < 1
    return console


def underlines_the_letter_that_is_a_hotkey():
    console = Console()
    console.sees(b"q aborts")
    assert re.search(rb"loc(\x1b\[[0-9;]*m|\x0f)+k(\x1b\[[0-9;]*m|\x0f)+ed",
                     console.seen), console.seen
    console.press(b"k")
    console.ends(0)
    assert b"boots locked" in console.seen
    return console


def edits_and_boots_on_a_pty_as_libxl_opens_it():
    console = Console()
    console.sees(b"q aborts")
    console.press(b"e")
    console.sees(b"Line 1 of 6")
    console.press(b"\x1bOBo")
    console.press(b"echo new\x1b[D\x1b[D\x1b[Dthe \x18")
    console.ends(0)
    assert b"51a1f0d0c0de|echo the new|" in console.seen, console.seen
    console.restored()
    return console


def the_editor_and_the_shell_write_nothing_that_is_not_printable():
    console = Console()
    console.settle()
    seen = b""
    for keys in (b"e" + b"\x1b[B" * 4 + b"e\x01", b"\x1b", b"?x\x1b",
                 b"cecho \x1b[D\xff\xc3\xbc\rbad\rl\t\x1b",
                 b"l\x1b[Bx?x"):
        console.press(keys)
        seen += console.settle()
    console.press(b"q")
    console.ends(1)
    odd = {b for b in seen + console.seen if not 0x20 <= b < 0x7f and b not in STEER}
    assert not odd, odd
    return console


def uses_no_cpu_while_idle_in_the_editor_and_the_shell():
    for keys in (b"e", b"ee", b"c", b"cls\r", b"l", b"?"):
        console = Console()
        console.sees(b"q aborts")
        console.press(keys)
        console.settle(0.5)
        before = console.cpu()
        time.sleep(0.7)
        assert console.cpu() == before, (keys, before, console.cpu())
        console.press(b"\x03")
        console.ends(1)
        if keys != b"?":
            console.close()
    return console


def output_without_end_is_drawn_in_time():
    """20,000 lines are printed, and the last of them are seen soon."""
    console = Console(rows=100, cols=300)
    console.sees(b"q aborts")
    console.press(b"c")
    console.settle()
    start = time.monotonic()
    console.press(b"many\r")
    console.sees(b"19999")
    took = time.monotonic() - start
    print(f"  20000 lines in {took:.3f} s")
    assert took < 3, took
    console.press(b"\x03")
    console.ends(1)
    return console


def a_page_of_20000_entries_costs_little():
    """Below 5 ms of CPU for each; sanitizers and Debug builds get more."""
    console = Console("-n", "20000", rows=43, cols=132)
    console.sees(b"q aborts")
    console.settle()
    ticks = os.sysconf("SC_CLK_TCK")
    before = console.cpu()[0]
    for _ in range(200):
        console.press(b"\x1b[6~")
        while console.read(0.02):
            pass
    took = (console.cpu()[0] - before) / ticks / 200
    print(f"  {took * 1000:.2f} ms of CPU for a page")
    assert took < 0.05, took
    console.press(b"q")
    console.ends(1)
    return console


def says_so_where_there_is_no_terminal():
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        null = os.open(os.devnull, os.O_RDWR)
        for fd, of in ((0, null), (1, null), (2, write)):
            os.dup2(of, fd)
        os.execve(DEMO, [DEMO], {"TERM": "vt100"})
    os.close(write)
    said = os.read(read, 1000)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert status == 1 and said.startswith(
        b"menu_demo: no terminal for the menu: "), said


TESTS = [
    boots_on_a_pty_as_libxl_opens_it,
    writes_nothing_that_is_not_printable,
    waits_for_no_reader,
    shows_the_latest_after_a_stall,
    ends_when_the_terminal_hangs_up,
    ends_when_the_terminal_hangs_up_while_it_is_hidden,
    ends_by_signal_with_the_terminal_restored,
    ends_by_signal_while_keys_never_end,
    ends_by_signal_while_nobody_reads,
    uses_no_cpu_while_idle,
    line_noise_stops_no_countdown,
    a_hidden_menu_writes_nothing_at_all,
    draws_again_when_resized,
    draws_again_when_continued,
    an_escape_alone_is_understood_soon,
    scrolls_20000_entries_without_delay,
    the_first_frame_comes_at_once,
    underlines_the_letter_that_is_a_hotkey,
    edits_and_boots_on_a_pty_as_libxl_opens_it,
    the_editor_and_the_shell_write_nothing_that_is_not_printable,
    uses_no_cpu_while_idle_in_the_editor_and_the_shell,
    output_without_end_is_drawn_in_time,
    a_page_of_20000_entries_costs_little,
    says_so_where_there_is_no_terminal,
]


def main():
    failed = 0
    for test in TESTS:
        try:
            console = test()
            if console:
                console.close()
            print(f"ok      {test.__name__}")
        except AssertionError as fault:
            failed += 1
            print(f"FAILED  {test.__name__}: {str(fault)[:2000]}")
    return failed > 0


sys.exit(main())
