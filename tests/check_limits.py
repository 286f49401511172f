#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every limit of the program is shown by a test: for each message that is
raised with ERR_LIMIT, as many expectations of tests have its words as there
are places that raise it.  Prints those for which there are too few.  A line
counts once, and tests/hostile/outcomes, where one attack has many, once in all.

    check_limits.py TOP

What no test can reach is in tests/limits_untested.txt, a line each:

    FILE "MESSAGE" -- why
"""
import collections
import glob
import os
import re
import sys

OUTCOMES = "tests/hostile/outcomes/"
FOLDERS = ("src", "fsdrivers", "menu")
UNTESTED = "tests/limits_untested.txt"
LITERAL = r'"(?:[^"\\\n]|\\.)*"'
# the code and, behind it, the parts of a format
RAISED = re.compile(r"\bERR_LIMIT\b\s*,\s*"
                    rf"((?:\s*(?:{LITERAL}|PRI\w+))+)")
# where it is asked for, or what a library's code is turned into
ASKED = re.compile(r"(?:[!=]=|-ENOMEM \?)\s*$")
DECLARED = "src/base/error.h"
COMMENT = re.compile(rf"({LITERAL})|/\*.*?\*/|//[^\n]*", re.S)
CONVERSION = re.compile(r"(%[-.*0-9]*[hlzjt]*[diuxXs])")
# where a message begins or ends with what is filled in
EDGES = re.compile(rf"^(?:{CONVERSION.pattern}|[ :,/(])+"
                   rf"|(?:{CONVERSION.pattern}|[ :,/(])+\)?$")
# what a test has in the place of a number, where a macro stands nothing
NUMBER, TEXT = r"(?:[0-9a-fx*.]|%[luz]*)*", r"[^\n\"'|]{0,60}?"
# two literals that the compiler joins, or that a macro's value stands between
JOINED = re.compile(r"""(["'])\s*(?:[A-Z_]+(?:\(\w+\))?\s*)?\1""")


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def files(top, folders, pattern):
    for folder in folders:
        for path in sorted(glob.glob(os.path.join(top, folder, "**", pattern),
                                     recursive=True)):
            if os.path.isfile(path):
                yield os.path.relpath(path, top), path


def raised(top):
    """(file, format) of each place, and those that are not understood."""
    found, odd = [], []
    for name, path in files(top, FOLDERS, "*.[ch]"):
        text = COMMENT.sub(lambda m: m[1] or " ", read(path))
        for place in re.finditer(r"\bERR_LIMIT\b", text):
            how = RAISED.match(text, place.start())
            if how:
                parts = re.findall(rf"{LITERAL}|PRI\w+", how[1])
                found.append((name, "".join(
                    part[1:-1].replace("\\", "") if part[0] == '"' else "u"
                    for part in parts)))
            elif name != DECLARED and not ASKED.search(
                    text[:place.start()][-20:]):
                odd.append(f"{name}: ERR_LIMIT without a message: " +
                           text[place.start():][:60].split("\n")[0])
    return found, odd


def pattern(form):
    """The words of a message, between others that are no part of it."""
    parts = CONVERSION.split(EDGES.sub("", form))
    text = "".join(re.escape(part) if i % 2 == 0 else
                   TEXT if part[-1] == "s" else NUMBER
                   for i, part in enumerate(parts))
    before = "" if form[0] == "%" else "(?<![a-z] )"
    behind = "" if CONVERSION.split(form)[-1] == "" else "(?! [a-z])"
    return text and rf"{before}(?<!\w){text}(?!\w){behind}"


def expectations(top):
    """The tests' files, each literal in one line; OUTCOMES are one line."""
    outcomes = ""
    for name, path in files(top, ("tests",), "*"):
        if "/fuzz/" in name or name == UNTESTED or "check_limits" in name:
            continue
        text = read(path)
        if name.endswith((".c", ".h")):
            text = COMMENT.sub(lambda m: m[1] or " ", text)
        text = JOINED.sub("", text).replace("\\", "")
        if name.startswith(OUTCOMES):
            outcomes += text.replace("\n", "|")
        else:
            yield text
    yield outcomes


def lines_with(words, form, text):
    """How many; the longest piece of the format is found sooner than it all."""
    if max(CONVERSION.split(form)[::2], key=len).strip(" :,/()") not in text:
        return 0
    return len({text.count("\n", 0, found.start())
                for found in re.finditer(words, text)})


def untested(top):
    """(file, format) of each row of the list."""
    for line in read(os.path.join(top, UNTESTED)).splitlines():
        row = re.fullmatch(r'(\S+) "(.*)" -- .+', line)
        if row:
            yield row[1], row[2]
        elif line and line[0] != "#":
            raise SystemExit(f"{UNTESTED}: what is {line!r}?")


def main():
    top = sys.argv[1]
    found, faults = raised(top)
    texts = list(expectations(top))
    excused = set(untested(top))
    faults += [f'{UNTESTED}: {name} does not raise "{form}"'
               for name, form in sorted(excused - set(found))]
    places = collections.defaultdict(list)
    for name, form in found:
        places[pattern(form)].append((name, form))
    for words, rows in places.items():
        shown = sum(lines_with(words, rows[0][1], text)
                    for text in texts if words)
        left = [name for name, form in rows if (name, form) not in excused]
        if shown < len(left):
            faults.append(f'"{rows[0][1]}" is expected {shown} times and '
                          f'raised {len(left)} times: ' + ", ".join(left))
        elif len(left) < len(rows) <= shown:
            faults.append(f'{UNTESTED}: "{rows[0][1]}" has its tests')
    print("\n".join(faults) if faults else
          f"{len(found)} limits, {len(excused)} rows of {UNTESTED}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
