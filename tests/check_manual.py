#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The manual describes every option and no other, and is well formed; it and
the README have the table of places where configurations are looked for, and
every file system that there is a driver for.  The manual of the settings file,
beside it, describes every setting.

    check_manual.py CONTRACT_ANSWERS LIST_PLACES DRIVERS_H MANUAL README
"""
import re
import shutil
import subprocess
import sys

SECTIONS = ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "OUTPUT FORMATS",
            "BOOT CONFIGURATIONS", "FILE SYSTEMS",
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
        # its own pages need not be installed
        yield from (line for line in done.stdout.splitlines()
                    if not re.search(r"mandoc\.db|not found: Xr hostgrub",
                                     line))
    else:
        print("SKIP mandoc -Tlint: no mandoc (apt install mandoc)")


def places_of_manual(manual):
    """(loader, path) in the order of the manual: .It loader Ta Pa path"""
    section = manual.split("\n.Sh BOOT CONFIGURATIONS\n")[-1].split("\n.Sh ")[0]
    return re.findall(r"^\.It (?:Fl )?(?:Li )?([a-z-]+) Ta Pa (\S+)$", section,
                      re.M)


def places_of_readme(readme):
    """The same of rows like "| who | `loader` | `path`, `path` |"."""
    return [(loader, path)
            for loader, paths in re.findall(
                r"^\|[^|]*\| `([a-z-]+)` \| (`/[^|]*) \|$", readme, re.M)
            for path in re.findall(r"`([^`]+)`", paths)]


def wrong_places(program, manual, readme):
    out = subprocess.run([program], stdout=subprocess.PIPE, text=True,
                         check=True).stdout
    real = [tuple(line.split()[1:]) for line in out.splitlines()]
    for name, said in (("the manual", places_of_manual(manual)),
                       ("the README", places_of_readme(readme))):
        if said != real:
            yield f"{name} has not the places of src/config/places.c: " + str(
                sorted(set(said) ^ set(real)) or "another order")


# What a person calls a file system, where it is not as the driver is called.
NAMES = {"ext": "ext4", "fat": "FAT32", "iso9660": "ISO 9660",
         "hfsplus": "HFS+", "udf": "UDF"}


def missing_drivers(header, manual, readme):
    with open(header, encoding="utf-8") as file:
        drivers = re.findall(r"struct fs_driver (\w+)_driver;", file.read())
    section = manual.split("\n.Sh FILE SYSTEMS\n")[-1].split("\n.Sh ")[0]
    items = re.findall(r"^\.It Li (\w+)$", section, re.M)
    if items != sorted(drivers):
        yield "FILE SYSTEMS has not these: " + ", ".join(sorted(drivers))
    row = re.search(r"^\| file systems \|.*", readme, re.M)[0].lower()
    for driver in drivers:
        if NAMES.get(driver, driver).lower() not in row:
            yield f"the README's file systems lack {driver}"


def ask(program, what):
    return subprocess.run([program, what], stdout=subprocess.PIPE, text=True,
                          check=True).stdout.split()


def wrong_settings(program, path):
    with open(path, encoding="utf-8") as file:
        manual = file.read()
    section = manual.split("\n.Sh SETTINGS\n")[-1].split("\n.Sh ")[0]
    items = [name for names in re.findall(r"^\.It Cm (.*)", section, re.M)
             for name in names.split(" , ")]
    if sorted(items) != sorted(ask(program, "settings")):
        yield f"{path} has not just these settings: " + ", ".join(
            sorted(ask(program, "settings")))
    for name in sorted(set(mentioned(manual)) - set(ask(program, "names"))):
        yield f"{path}: --{name} is no option"
    yield from complaints(path)


def faults(program, places, header, path, readme):
    names = ask(program, "names")
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
    with open(readme, encoding="utf-8") as file:
        text = file.read()
    yield from wrong_places(places, manual, text)
    yield from missing_drivers(header, manual, text)
    yield from complaints(path)
    yield from wrong_settings(program, path.replace(".8", ".conf.5"))


def main():
    found = list(faults(*sys.argv[1:]))
    print("\n".join(found) if found else "the manual is complete")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
