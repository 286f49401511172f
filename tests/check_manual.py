#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The manual describes every option and no other, and is well formed.

    check_manual.py CONTRACT_ANSWERS MANUAL
"""
import re
import shutil
import subprocess
import sys

SECTIONS = ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "OUTPUT FORMATS",
            "ENVIRONMENT", "FILES", "EXIT STATUS", "EXAMPLES", "DIAGNOSTICS",
            "SECURITY", "COMPATIBILITY", "SEE ALSO", "BUGS"]


def described(manual):
    """The options that have an item of their own in OPTIONS."""
    options = re.search(r"^\.Sh OPTIONS\n(.*?)^\.Sh ", manual, re.M | re.S)
    items = re.findall(r"^\.It (.*)", options[1], re.M)
    return [name for item in items
            for name in re.findall(r"Fl -([a-z_-]+)", item)]


def mentioned(manual):
    return re.findall(r"Fl -([a-z_-]+)", manual)


def complaints(path):
    if shutil.which("man"):
        done = subprocess.run(["man", "--warnings", "-l", path],
                              capture_output=True, text=True, check=False,
                              env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"})
        yield from done.stderr.splitlines()
    else:
        print("SKIP man --warnings: no man")
    if shutil.which("mandoc"):
        done = subprocess.run(["mandoc", "-Tlint", path], check=False,
                              capture_output=True, text=True)
        yield from (line for line in done.stdout.splitlines()
                    if "mandoc.db" not in line)
    else:
        print("SKIP mandoc -Tlint: no mandoc (apt install mandoc)")


def faults(program, path):
    names = subprocess.run([program, "names"], stdout=subprocess.PIPE,
                           text=True, check=True).stdout.split()
    with open(path, encoding="utf-8") as file:
        manual = file.read()
    items = described(manual)
    for name in sorted(set(names) - set(items)):
        yield f"--{name} is not in OPTIONS"
    for name in sorted(set(mentioned(manual)) - set(names) - {"option"}):
        yield f"--{name} is no option"
    for name in sorted({name for name in items if items.count(name) > 1}):
        yield f"--{name} is described twice"
    if re.findall(r"^\.Sh (.*)", manual, re.M) != SECTIONS:
        yield "the sections are not " + ", ".join(SECTIONS)
    yield from complaints(path)


def main():
    found = list(faults(*sys.argv[1:]))
    print("\n".join(found) if found else "the manual is complete")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
