#!/usr/bin/env python3
"""Describe a tree of files as mkfs.xfs -p wants it, which needs no root.

usage: xfs_proto.py TREE >PROTOTYPE

What that form has no words for is left out: names with blanks, times, owners,
holes, and that two names are one file.
"""
import os
import stat
import sys

KINDS = {
    stat.S_IFREG: "-",
    stat.S_IFDIR: "d",
    stat.S_IFLNK: "l",
    stat.S_IFIFO: "p",
}


def describe(path, name):
    mode = os.lstat(path).st_mode
    kind = KINDS[stat.S_IFMT(mode)]
    line = f"{name} {kind}--{stat.S_IMODE(mode):03o} 0 0"
    if kind == "-":
        line += f" {path}"
    elif kind == "l":
        line += f" {os.readlink(path)}"
    print(line.lstrip())
    if kind != "d":
        return
    for child in sorted(os.listdir(path)):
        if len(child.split()) == 1:
            describe(os.path.join(path, child), child)
    print("$")


def main(tree):
    print("/no-boot-block\n0 0")
    describe(os.path.abspath(tree), "")


main(*sys.argv[1:])
