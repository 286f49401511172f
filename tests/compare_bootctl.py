#!/usr/bin/python3
"""What bootctl lists of the cases of systemd-boot, and what they expect.

	compare_bootctl.py CASES_DIRECTORY

Order, titles, default and options of the entries must be the same.  bootctl
wants the root of a file system, so each case is put on a tmpfs of its own.
Exits 77 where that cannot be had.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

# Cases in which Debian 12's bootctl (252) is not like the loader, and why.
DIFFERENT = {
    # bootctl does not fold the case of ids
    "default-ignores-case", "names-in-capitals", "order-by-file-name",
    "pop-os", "titles-that-are-missing",
    # bootctl shows what the loader hides, and the other way round
    "architecture-of-an-arm-guest", "architecture-of-another-machine",
    "broken-entries-hide-no-other", "default-pattern-with-escapes",
    "names-that-are-no-entries",
    # it shows all of a machine id, and no backslashes
    "efi-key-with-a-kernel", "initrd-in-the-options-beside-linux",
    "titles-that-are-the-same",
    # it takes @previous for an id, and counters for none
    "counters-in-a-pattern", "counters-of-the-same-entry",
    "counters-that-are-none", "default-with-an-unknown-at",
    # it does not know these keys yet, or quotes like these
    "preferred-before-default", "quotes-around-a-value", "uki-from-a-server",
    "uki-key-without-an-image",
    # we take more than it: patterns as they once were, byte order marks, NULs
    "default-without-suffix", "latin-1-and-nul-bytes",
    "windows-line-ends-and-byte-order-mark",
    # where GRUB decides, and where it is another partition that is read
    "opensuse-grub2-bls", "opensuse-grub2-bls-once",
    "plain-partition-stands-alone",
}


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def volumes(case):
    """Folders of a case by what they are for."""
    with open(os.path.join(case, "options")) as file:
        text = file.read()
    found = re.findall(r"volume=hd0,\S+ (\S+)\ntype=(\w+)", text)
    return {kind: os.path.join(case, folder) for folder, kind in found}


def is_usable(case):
    """Only what lies on an ESP, and images only by their real bytes."""
    if os.path.basename(case) in DIFFERENT:
        return False
    if not os.path.exists(os.path.join(case, "options")):
        return False
    if "esp" not in volumes(case):
        return False
    return not any(d.endswith(".pe") for _, dirs, _ in os.walk(case)
                   for d in dirs)


def mount(folder, at):
    os.mkdir(at)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "none",
                           at], stderr=subprocess.DEVNULL)
    if done.returncode != 0:
        skip("no right to mount a tmpfs")
    shutil.copytree(folder, at, symlinks=True, dirs_exist_ok=True)


def ask(case, where):
    """bootctl's answer: titles, ids, options, and which is the default."""
    command = ["bootctl", "--no-pager", "list"]
    mounted = []
    try:
        for kind, option in (("esp", "--esp-path="),
                             ("xbootldr", "--boot-path=")):
            folder = volumes(case).get(kind)
            if folder:
                at = os.path.join(where, kind)
                mount(folder, at)
                mounted.append(at)
                command.append(option + at)
        env = dict(os.environ, SYSTEMD_RELAX_ESP_CHECKS="1", LC_ALL="C",
                   SYSTEMD_RELAX_XBOOTLDR_CHECKS="1", SYSTEMD_COLORS="0")
        return parse_bootctl(subprocess.run(
            command, env=env, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL).stdout.decode("latin-1"))
    finally:
        for at in mounted:
            subprocess.run(["umount", at], check=True)
            os.rmdir(at)


def parse_bootctl(text):
    entries, default = [], None
    for block in re.split(r"\n\n+", text):
        field = dict(re.findall(r"^ *([a-z]+): (.*)$", block, re.M))
        if "id" not in field or field["id"].startswith("auto-"):
            continue
        title = field["title"]
        for mark in (" (not reported/new)", " (selected)", " (default)"):
            if title.endswith(mark):
                title = title[:-len(mark)]
                if mark == " (default)":
                    default = len(entries)
        entries.append((title, field["id"], field.get("options", "")))
    return entries, default


def expected(case):
    with open(os.path.join(case, "expect"), encoding="latin-1") as file:
        text = file.read()
    entries = []
    for title, name, rest in re.findall(
            r"^entry \d+: (.*) \[id (.*?)\]\n((?:  .*\n)*)", text, re.M):
        args = re.search(r"^  args (.*)$", rest, re.M)
        entries.append((title, name, args.group(1) if args else None))
    default = re.search(r"^menu: .* default (\d+)", text, re.M)
    return entries, int(default.group(1)) if default else None


def compare(case, where):
    theirs, their_default = ask(case, where)
    ours, our_default = expected(case)
    same = their_default == our_default and len(theirs) == len(ours) and all(
        a[:2] == b[:2] and (b[2] is None or a[2] == b[2])
        for a, b in zip(theirs, ours))
    if not same:
        print(f"{os.path.basename(case)}:")
        print(f"  bootctl  {their_default} {theirs}")
        print(f"  expected {our_default} {ours}")
    return same


def main():
    directory = sys.argv[1]
    if not shutil.which("bootctl"):
        skip("no bootctl (Debian: systemd-boot)")
    cases = [case for case in (os.path.join(directory, name)
                               for name in sorted(os.listdir(directory)))
             if is_usable(case)]
    with tempfile.TemporaryDirectory() as where:
        failed = [case for case in cases if not compare(case, where)]
    print(f"{len(cases)} cases, {len(failed)} not as bootctl has them")
    sys.exit(1 if failed else 0)


main()
