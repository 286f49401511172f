#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The contract: the script language, held against bash and GRUB itself.

    contract_grub_script.py bash HOSTGRUB    snippets that bash runs alike
    contract_grub_script.py grub HOSTGRUB    the same and more in grub-emu
    contract_grub_script.py suite HOSTGRUB   the tests in GRUB's own source

What is compared is what is printed.  Messages are GRUB's own there and ours
here, so they are left out.  The source is Debian's, fetched by apt into a
temporary directory, and gone with it.
"""
import os
import random
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

from grub_snippets import BASH, GRUB_ONLY, random_script

SKIPPED = 77
HERE = os.path.dirname(os.path.abspath(__file__))
DISK = os.path.join(os.path.dirname(HERE), "testimages", "disk.sh")
RANDOM_SCRIPTS = 150

failures = 0


class Skip(Exception):
    """Why a comparison cannot be made here."""


def different(name, script, ours, theirs):
    global failures
    failures += 1
    if failures <= 10:
        print(f"DIFFERENT {name}:\n{script}\n--- ours:\n{ours}\n"
              f"--- theirs:\n{theirs}\n")


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)


class Hostgrub:
    def __init__(self, program, directory):
        self.program = program
        self.script = os.path.join(directory, "ours.cfg")

    def run(self, script, *disks):
        write(self.script, script)
        done = subprocess.run(
            [self.program, "--script=" + self.script, *disks],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, check=False, timeout=60)
        if done.returncode != 0:
            return "FAILED: " + done.stderr.decode(errors="replace")
        return done.stdout.decode(errors="replace")


def run_bash(script):
    done = subprocess.run(["bash", "-c", script], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=False, timeout=60)
    return done.stdout.decode(errors="replace")


class GrubEmu:
    """grub-emu with a terminal that knows nothing, as GRUB's tests start it.
    """

    MARK = "664cbea8-output-begins-here"

    def __init__(self, directory):
        if not shutil.which("grub-emu"):
            raise Skip("no grub-emu (apt install grub-emu)")
        self.directory = os.path.join(directory, "emu")
        write(os.path.join(self.directory, "grub.cfg"), "\n".join([
            "terminfo -g 1024x1024 console dumb", "terminal_input console",
            "terminal_output console", "enable_progress_indicator=0",
            "export enable_progress_indicator", "echo " + self.MARK,
            'source "$prefix/test.cfg"', "halt", ""]))

    def run(self, script, *disks):
        write(os.path.join(self.directory, "test.cfg"), script)
        write(os.path.join(self.directory, "map"), "".join(
            f"(hd{i}) {disk}\n" for i, disk in enumerate(disks)))
        try:
            done = subprocess.run(
                ["grub-emu", "-r", "host", "-m",
                 os.path.join(self.directory, "map"), "-d", self.directory],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, check=False, timeout=20)
        except subprocess.TimeoutExpired:
            return "TOO SLOW"
        text = done.stdout.decode(errors="replace").replace("\r", "")
        text = text[text.find(self.MARK) + len(self.MARK) + 1:]
        text = re.sub(r"error: [^\n]*\.\n", "", text)
        # devices of its own
        text = re.sub(r"\((proc|host)\)(/\S*)? ", "", text)
        return re.sub(r" ?\((proc|host)\)(/\S*)?", "", text)


def make_guest(directory):
    """A disk with one partition, for what looks at files."""
    tree = os.path.join(directory, "tree")
    write(os.path.join(tree, "boot/grub/grub.cfg"), "sourced=$1$sourced.\n")
    write(os.path.join(tree, "text"), "one\ntwo\r\nlast")
    write(os.path.join(tree, "odd"), "a\x01b\x7fc\x1b[0m\n\n")
    write(os.path.join(tree, "empty"), "")
    write(os.path.join(tree, "sub/a"), "a\n")
    write(os.path.join(tree, "sub/.hidden"), "")
    write(os.path.join(tree, "large"), "x" * 5000)
    os.symlink("text", os.path.join(tree, "link"))
    os.symlink("sub", os.path.join(tree, "dirlink"))
    write(os.path.join(tree, "boot/grub/grubenv"),
          ("# GRUB Environment Block\na=1\nb=two words\nc=back\\\\slash\n"
           ).ljust(1024, "#"))
    disk = os.path.join(directory, "guest.img")
    subprocess.run([DISK, disk, "mbr", "ext4", tree], check=True,
                   stdin=subprocess.DEVNULL)
    return disk


def compare_bash(program, directory):
    ours = Hostgrub(program, directory)
    for name, script in BASH.items():
        got, wanted = ours.run(script), run_bash(script)
        if got != wanted:
            different(name, script, got, wanted)
    print(f"{len(BASH)} snippets compared with bash")


def compare_grub(program, directory):
    grub = GrubEmu(directory)
    ours = Hostgrub(program, directory)
    disk = make_guest(directory)
    rng = random.Random(20261122)
    scripts = [*BASH.items(), *GRUB_ONLY.items(), *(
        (f"random {i}", random_script(rng)) for i in range(RANDOM_SCRIPTS))]
    for name, script in scripts:
        # its root is the host, and its modules are built in
        script = "root=hd0,msdos1; insmod regexp\n" + script
        got, wanted = ours.run(script, disk), grub.run(script, disk)
        if got != wanted:
            different(name, script, got, wanted)
    print(f"{len(scripts)} scripts compared with grub-emu")


# Tests of GRUB's source that are not about the language as it is run here.
EXCLUDED = {
    "needs qemu, or tools that make file systems": [
        "ahci_test", "btrfs_test", "cdboot_test", "core_compress_test",
        "cpio_test", "ehci_test", "example_scripted_test", "exfat_test",
        "ext234_test", "f2fs_test", "fat_test", "fddboot_test",
        "grub_func_test", "gzcompress_test", "hddboot_test", "hfs_test",
        "hfsplus_test", "iso9660_test", "jfs_test", "lzocompress_test",
        "minixfs_test", "netboot_test", "nilfs2_test", "ntfs_test",
        "ohci_test", "partmap_test", "pata_test", "pseries_test",
        "reiserfs_test", "romfs_test", "squashfs_test", "syslinux_test",
        "tar_test", "udf_test", "uhci_test", "xfs_test", "xzcompress_test",
        "zfs_test"],
    "asks for the time, and nothing here depends on it (promise P13)": [
        "grub_cmd_date", "grub_cmd_set_date", "grub_cmd_sleep"],
    "compares GRUB's own sentences": ["help_test", "gettext_strings_test"],
    "a module that exists for the test only": ["grub_script_blockarg"],
    "a file that is only a comment is no error to GRUB, but to the checker": [
        "grub_script_no_commands"],
    "commands that are not here: checksums, files unpacked as they are read": [
        "test_sha512sum", "file_filter_test"],
}

# What GRUB's tests call, with hostgrub behind it.
STAND_INS = {
    "grub-shell-tester": """#!/bin/bash
for arg; do [[ $arg = -* ]] || script=$arg; done
"$DIR/grub-shell" "$script" >"$DIR/ours"
bash "$script" >"$DIR/bash"
diff -u "$DIR/bash" "$DIR/ours"
""",
    # without a file the script is read by the shell, backslashes and all
    "grub-shell": """#!/bin/bash
rm -rf "$DIR/tree"
mkdir -p "$DIR/tree/boot/grub"
for arg; do
    case "$arg" in
    --files=*)
        for file in ${arg#--files=}; do
            mkdir -p "$(dirname "$DIR/tree/${file%%=*}")"
            cp "${file#*=}" "$DIR/tree/${file%%=*}"
        done ;;
    -*) ;;
    *) script=$arg ;;
    esac
done
{
    echo grubshell=yes
    if [ "$script" ]; then
        cat "$script"
    else
        while read line; do echo "$line"; done
    fi
} >"$DIR/script"
SIZE=1024 "$DISK" "$DIR/guest.img" mbr ext2 "$DIR/tree" || exit
"$HOSTGRUB" --script="$DIR/script" "$DIR/guest.img"
""",
    "grub-script-check": """#!/bin/bash
"$HOSTGRUB" --script=- 2>&1 >/dev/null | grep "GRUB drops" && exit 1
exit 0
""",
    "grub-core/modinfo.sh": """grub_modinfo_target_cpu=i386
grub_modinfo_platform=pc
""",
}


def fetch_source(directory):
    """GRUB's tests, by the archive that apt is set up for."""
    if not shutil.which("apt-get"):
        raise Skip("no apt-get to fetch GRUB's source with")
    listed = subprocess.run(
        ["apt-get", "indextargets", "--format",
         "$(ORIGIN) $(COMPONENT) $(REPO_URI) $(RELEASE)",
         "Created-By: Packages"], stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True, check=False).stdout
    archive = re.search(r"^Debian main (\S+) (\S+)$", listed, re.M)
    if not archive:
        raise Skip("apt knows no archive of Debian")
    entry = f"Types: deb-src\nURIs: {archive[1]}\nSuites: {archive[2]}\n" \
            "Components: main\n"
    key = "/usr/share/keyrings/debian-archive-keyring.gpg"
    if os.path.exists(key):
        entry += f"Signed-By: {key}\n"
    write(os.path.join(directory, "parts", "source.sources"), entry)
    for name in "lists/partial", "cache/archives/partial":
        os.makedirs(os.path.join(directory, name))
    apt = ["apt-get", "-qq", "-o", "Dir::Etc::sourcelist=/dev/null"]
    for what, name in (("Etc::sourceparts", "parts"),
                       ("State::lists", "lists"), ("Cache", "cache")):
        apt += ["-o", f"Dir::{what}={directory}/{name}"]
    for command in ["update"], ["source", "--download-only", "grub2"]:
        done = subprocess.run(apt + command, cwd=directory, check=False,
                              stdin=subprocess.DEVNULL, timeout=300,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            raise Skip("apt has no source of GRUB: " +
                       done.stdout.decode(errors="replace").strip()[-200:])
    return unpack_tests(directory)


def unpack_tests(directory):
    """From the original source: name of a test without ".in", its text."""
    tests = {}
    for name in os.listdir(directory):
        if not re.fullmatch(r"grub2_.*\.orig\.tar\.\w+", name):
            continue
        with tarfile.open(os.path.join(directory, name)) as source:
            for member in source:
                found = re.fullmatch(r"[^/]+/tests/([^/]+)\.in", member.name)
                if found and member.isfile():
                    tests[found[1]] = source.extractfile(member).read()
    if not tests:
        raise Skip("the source of GRUB holds no tests")
    return tests


def run_suite_test(name, text, program, directory):
    builddir = directory.encode()
    text = text.replace(b"@builddir@", builddir)
    text = text.replace(b"@BUILD_SHEBANG@", b"/bin/bash")
    path = os.path.join(directory, name)
    with open(path, "wb") as out:
        out.write(text)
    words = text.split(b"\n")[0][2:].decode().split()
    environ = dict(os.environ, DIR=directory, HOSTGRUB=program, DISK=DISK)
    done = subprocess.run([*words, path], env=environ, check=False,
                          cwd=directory, stdin=subprocess.DEVNULL, timeout=300,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        different(name, text.decode(errors="replace"),
                  done.stdout.decode(errors="replace"), "success")


def compare_suite(program, directory):
    tests = fetch_source(directory)
    for name, text in STAND_INS.items():
        path = os.path.join(directory, name)
        write(path, text)
        os.chmod(path, 0o755)
    excluded = {name: why for why, names in EXCLUDED.items() for name in names}
    ran = 0
    for name in sorted(tests):
        if name in excluded:
            continue
        ran += 1
        run_suite_test(name, tests[name], program, directory)
    for why, names in EXCLUDED.items():
        print(f"left out, {why}: {len(names)}")
    print(f"{ran} of {len(tests)} tests of GRUB's source were run")
    if ran < 25:
        different("suite", "", f"{ran} tests", "25 at least")


def main():
    mode, program = sys.argv[1:]
    compare = {"bash": compare_bash, "grub": compare_grub,
               "suite": compare_suite}[mode]
    directory = tempfile.mkdtemp(prefix="contract.")
    try:
        compare(os.path.abspath(program), directory)
    except Skip as skip:
        print(f"skipped: {skip}")
        return SKIPPED
    finally:
        shutil.rmtree(directory)
    print(f"{failures} differences")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
