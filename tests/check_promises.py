#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every promise of the README's table names tests that there are; with what
ctest --output-junit wrote, also that they ran and passed.

    check_promises.py README BUILD [RESULTS.xml]
"""
import fnmatch
import json
import re
import subprocess
import sys
import xml.etree.ElementTree

PROMISES = [f"P{n}" for n in range(1, 17)]


def rows(readme):
    """(promise, patterns of tests) for each row like "| P1 | ... | `a` |"."""
    with open(readme, encoding="utf-8") as file:
        for row in re.findall(r"^\| (P\d+) \|(.*)\|$", file.read(), re.M):
            yield row[0], re.findall(r"`([^`]+)`", row[1].split("|")[-1])


def tests_of(build):
    shown = subprocess.run(["ctest", "--show-only=json-v1"], cwd=build,
                           stdout=subprocess.PIPE, check=True).stdout
    return [test["name"] for test in json.loads(shown)["tests"]]


def results_of(path):
    """How each test went: "run" is well."""
    if not path:
        return None
    cases = xml.etree.ElementTree.parse(path).getroot().iter("testcase")
    return {case.get("name"): "skipped" if case.find("skipped") is not None
            else case.get("status") for case in cases}


def faults(readme, build, path=None):
    table = list(rows(readme))
    names = tests_of(build)
    results = results_of(path)
    if [promise for promise, _ in table] != PROMISES:
        yield f"{readme}: the table has not the rows P1 to P16"
    for promise, patterns in table:
        if not patterns:
            yield f"{promise} names no test"
        for pattern in patterns:
            found = fnmatch.filter(names, pattern)
            if not found:
                yield f"{promise}: there is no test {pattern}"
            for name in found if results is not None else ():
                how = results.get(name, "not run")
                if how == "skipped":
                    print(f"skipped: {promise} is not shown by {name} here")
                elif how != "run":
                    yield f"{promise}: {name}: {how}"


def main():
    found = list(faults(*sys.argv[1:]))
    print("\n".join(found) if found else "every promise has its tests")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
