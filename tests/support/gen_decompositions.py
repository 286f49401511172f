#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Print the rows of fsdrivers/hfsplus_pairs.c: characters of two parts, in the
ranges that HFS+ takes apart, one step each."""
import unicodedata

RANGES = ((0xc0, 0x24f), (0x370, 0x4ff), (0x1e00, 0x1fff), (0x3040, 0x30ff))


def rows():
    for first, last in RANGES:
        for number in range(first, last + 1):
            parts = unicodedata.decomposition(chr(number)).split()
            if parts and not parts[0].startswith('<'):
                yield '0x%x, 0x%s, 0x%s,' % (
                    number, parts[0].lower().lstrip('0'),
                    (parts[1] if len(parts) > 1 else '0000')
                    .lower().lstrip('0') or '0')


line = '\t'
for row in rows():
    if len(line) + len(row) > 70:
        print(line.rstrip())
        line = '\t'
    line += row + ' '
print(line.rstrip())
