#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The contract: formats and command line, held against the real pygrub.

    contract_pygrub.py CONTRACT_ANSWERS [PYGRUB]

pygrub is of Debian's xen-utils-4.17.  Its functions that format the result and
its call of getopt are taken out of the installed script and run here, so no
disk is needed.  Equal must be everything but what promise P10 forbids and what
hostgrub(8) lists under COMPATIBILITY.
"""
import ast
import getopt
import glob
import random
import subprocess
import sys
import unicodedata

SKIPPED = 77
KERNEL = "/OUT/boot_kernel.XXXXXXXX"
RAMDISK = "/OUT/boot_ramdisk.XXXXXXXX"
FORMATS = ["sxp", "simple", "simple0"]

# What pygrub.md, section 10, has seen, and neighbours of it.
ARGUMENTS = [
    "", "root=/dev/xvda1 ro", 'foo="a b"', "foo='a b'", "a=\"x\" b='y'",
    r"a=b\\c", "a\tb", "name=\x01\x7f", "name=é€", "\U0001f600", "\u00a0",
    "\u2028", " extra", "  ", "a\nb", "a\rb", "\\", "'", '"', "'\\", "root=(hd0,1)",
    "a)(kernel /etc/shadow", "x" * 8186, "x" * 8187, "\x85", "\ufeff", "\u202e",
    "\ud7ff", "\ue000", "\U0010ffff", "%s {0} $x `y`",
]

failures = 0


def fail(*what):
    global failures
    failures += 1
    if failures <= 20:
        print("DIFFERENT", *what)


class Pygrub:
    def __init__(self, path):
        with open(path, encoding="utf-8") as script:
            self.tree = ast.parse(script.read())
        self.names = {}
        wanted = [node for node in self.tree.body
                  if isinstance(node, ast.FunctionDef)
                  and node.name in ("format_sxp", "format_simple")]
        module = ast.Module(wanted, [])
        exec(compile(module, path, "exec"), self.names)

    def format(self, name, kernel, ramdisk, args):
        """The bytes, or None where pygrub fails."""
        try:
            if name == "sxp":
                text = self.names["format_sxp"](kernel, ramdisk, args)
            else:
                end = "\n" if name == "simple" else "\0"
                text = self.names["format_simple"](kernel, ramdisk, args, end)
        except RuntimeError:
            return None
        return text.encode()

    def getopt_spec(self):
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and \
                    getattr(node.func, "attr", "") == "gnu_getopt":
                return [ast.literal_eval(arg) for arg in node.args[1:]]
        raise SystemExit("contract: pygrub does not call gnu_getopt")


def fields(values):
    return b"".join(value.encode() + b"\0" for value in values)


def ask(program, mode, questions):
    done = subprocess.run([program, mode], input=b"".join(questions),
                          stdout=subprocess.PIPE, check=True)
    return done.stdout


def our_formats(program, rows):
    """Per row the bytes, or the reason as a string."""
    out = ask(program, "format", [
        fields([str(FORMATS.index(name)), *values]) for name, *values in rows])
    for _ in rows:
        line, _, out = out.partition(b"\n")
        if line.startswith(b"no "):
            yield line[3:].decode()
        else:
            size = int(line[3:])
            yield out[:size]
            out = out[size:]
    if out:
        fail("output behind the last answer")


def may_refuse(reason, values):
    """P10: control bytes, items that libxl drops, forged items."""
    if "control byte" in reason:
        return any(ord(c) < 32 or c == "\x7f" for c in "".join(values))
    if "libxl takes at most 8191" in reason:
        return any(len(value.encode()) > 8182 for value in values)
    if reason.endswith("eliloader would read a value as one more item"):
        return ")(" in values[-1]
    return False


def compare_formats(program, pygrub, rows):
    refused = 0
    for row, ours in zip(rows, our_formats(program, rows)):
        theirs = pygrub.format(*row)
        if isinstance(ours, str):
            refused += 1
            if not may_refuse(ours, row[1:]):
                fail(row, "refused:", ours)
        elif ours != theirs:
            fail(row, "pygrub:", theirs, "ours:", ours)
    print(f"{len(rows)} results, {refused} refused by P10")


def random_args(rng):
    pieces = ["a", "root=", " ", "'", '"', "\\", "é", "\u2028", "\U0001f600",
              ")(", "(", ")", "\x1b", "\u00ad", "kernel ", "\t", "=", "/"]
    return "".join(rng.choice(pieces) for _ in range(rng.randrange(12)))


def format_rows(rng):
    every = ARGUMENTS + [random_args(rng) for _ in range(2000)]
    for args in every:
        for name in FORMATS:
            yield name, KERNEL, rng.choice(["", RAMDISK]), args
    yield "sxp", "/it's here/k", "", ""
    yield "sxp", "/back\\slash/k", "/r'\"", "ro"
    yield "sxp", "<kernel:/boot/vmlinuz>", "<ramdisk:/boot/initrd>", "ro"


def code_point_rows():
    """Every code point of Unicode once, but for the ASCII controls."""
    points = [p for p in range(0x20, 0x110000)
              if p != 0x7F and not 0xD800 <= p < 0xE000]
    for start in range(0, len(points), 1500):
        yield "sxp", KERNEL, "", "".join(map(chr, points[start:start + 1500]))


def their_options(spec, arguments):
    """What pygrub's loop makes of what getopt finds; None: refused."""
    try:
        found, images = getopt.gnu_getopt(arguments, *spec)
        seen = {"quiet": "0", "verbose": "0", "list": "0", "format": "0",
                "args": "", "directory": "/var/run/xen/pygrub"}
        check = config = False
        for name, value in found:
            if name in ("-q", "--quiet"):
                seen["quiet"] = "1"
            elif name in ("-i", "--interactive"):
                seen["quiet"] = "0"
            elif name in ("-l", "--list-entries"):
                seen["list"] = "1"
            elif name in ("-n", "--not-really"):
                check = True
            elif name == "--isconfig":
                config = True
            elif name == "--debug":
                seen["verbose"] = "1"
            elif name in ("--offset", "--runas"):
                seen[name[2:]] = str(int(value))
            elif name == "--output-format":
                seen["format"] = str(FORMATS.index(value))
            elif name == "--output-directory":
                seen["directory"] = value
            else:
                seen[name[2:]] = value
                if name == "--entry":
                    seen["quiet"] = "1"
    except (getopt.GetoptError, ValueError):
        return None
    if not images:
        return None
    seen["action"] = str(3 if config else 2 if seen["list"] == "1"
                         else 1 if check else 0)
    if seen.get("output") == "-":
        del seen["output"]
    if seen.get("runas") == "0":
        del seen["runas"]
    seen = {k: v for k, v in seen.items() if v or k == "args"}
    return {**seen, "disk": images[0]}


def our_options(program, lines):
    out = ask(program, "options", [
        fields([str(len(line)), *line]) for line in lines])
    for answer in out.split(b"\0\0")[:-1]:
        seen = {}
        for field in answer.decode().split("\0"):
            name, _, value = field.partition("=")
            seen.setdefault(name, value)
        yield seen


def random_line(rng, spec):
    values = ["", "x", "a b", "-q", "--", "0", "7", " 12 ", "1_0", "+3", "0x1",
              "sxp", "simple", "simple0", "k=v", "-"]
    line = []
    for _ in range(rng.randrange(5)):
        name = rng.choice(spec[1])
        kind = rng.randrange(5)
        value = rng.choice(values)
        if kind == 0:
            line.append("-" + "".join(rng.choice("qilnx") for _ in range(
                rng.randrange(1, 3))))
        elif kind == 1:
            line.append(rng.choice(["disk", "--", "-", "disk 2"]))
        else:
            name, takes = name.rstrip("="), name.endswith("=")
            cut = name[:rng.randrange(1, len(name) + 1)]
            line.append("--" + rng.choice([name, name, cut]) +
                        (rng.choice(["=" + value, ""]) if takes else ""))
            if takes and rng.randrange(2):
                line.append(value)
    return line + ["img"] * rng.randrange(2)


def is_comparable(line):
    """Not where hostgrub differs and says so: hostgrub(8), COMPATIBILITY."""
    if "" in line or any(arg.startswith("-h") or "--help".startswith(arg)
                         for arg in line if len(arg) > 2):
        return False
    # cut apart here
    if any(a.startswith("-") and " " in a and "=" not in a for a in line):
        return False
    # empty file names fail later in pygrub
    return not any(a.startswith("--o") and a.endswith("=") for a in line)


def compare_options(program, pygrub, rng):
    spec = pygrub.getopt_spec()
    lines = [random_line(rng, spec) for _ in range(30000)]
    taken = refused = 0
    for line, ours in zip(lines, our_options(program, lines)):
        if not is_comparable(line):
            continue
        theirs = their_options(spec, line)
        if theirs is None:
            refused += 1
            if "error" not in ours:
                fail(line, "pygrub refuses, ours:", ours)
        else:
            taken += 1
            if ours != theirs:
                fail(line, "pygrub:", theirs, "ours:", ours)
    print(f"{taken} command lines taken as pygrub does, {refused} refused")
    if taken < 3000 or refused < 3000:
        fail("too few command lines were compared")


def main():
    program = sys.argv[1]
    found = sys.argv[2:] or sorted(glob.glob("/usr/lib/xen-*/bin/pygrub"))
    if not found:
        print("SKIP contract_pygrub: no pygrub (apt install xen-utils-4.17)")
        return SKIPPED
    pygrub = Pygrub(found[-1])
    rng = random.Random(20261121)
    compare_formats(program, pygrub, list(format_rows(rng)))
    if unicodedata.unidata_version == "14.0.0":
        compare_formats(program, pygrub, list(code_point_rows()))
    else:
        print("SKIP every code point: Python has Unicode",
              unicodedata.unidata_version)
    compare_options(program, pygrub, rng)
    print(f"{failures} differences")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
