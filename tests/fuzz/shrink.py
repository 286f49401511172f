#!/usr/bin/env python3
"""Make a seed of what a fuzzer found on a disk: small, and like a sound one.

usage: shrink.py PROGRAM FOUND SEED WORDS [SOUND]

PROGRAM is a fuzz target, FOUND a packed image (sparse.py) for which it ends
with WORDS on its standard error.  Each byte that is not as in SOUND, a seed of
the same length, is put back if the end is the same; then each sector goes
without which it is.  SEED is what is left.
"""
import os
import subprocess
import sys
import tempfile

import sparse


def shrink(units, is_found):
    """The least of units, a list, for which is_found(list): halves of them go
    first, quarters next and single ones last."""
    size = len(units)
    while size > 1:
        size = -(-size // 4)
        at = 0
        while at < len(units):
            fewer = units[:at] + units[at + size:]
            if is_found(fewer):
                units = fewer
            else:
                at += size
    return units


def with_bytes(sound, found, places):
    data = bytearray(sound)
    for place in places:
        data[place] = found[place]
    return bytes(data)


def main(program, found_path, seed_path, words, sound_path=None):
    with open(found_path, 'rb') as file:
        found = file.read()

    with tempfile.TemporaryDirectory() as work:
        case = os.path.join(work, 'case')

        def is_found(data):
            with open(case, 'wb') as file:
                file.write(data)
            done = subprocess.run([program, case], capture_output=True,
                                  check=False)
            return done.returncode != 0 and words.encode() in done.stderr

        if not is_found(found):
            sys.exit(f'{program} does not say "{words}" of {found_path}')
        if sound_path:
            with open(sound_path, 'rb') as file:
                sound = file.read()
            if len(sound) != len(found):
                sys.exit(f'{sound_path} has another length')
            places = [place for place, byte in enumerate(found)
                      if byte != sound[place]]
            places = shrink(places, lambda some: is_found(
                with_bytes(sound, found, some)))
            found = with_bytes(sound, found, places)
            print(f'{len(places)} bytes matter')

        sectors, data = sparse.sectors_of(found)
        data = shrink(data, lambda some: is_found(
            sparse.packed(sectors, some)))
        seed = sparse.packed(sectors, data)
        with open(seed_path, 'wb') as file:
            file.write(seed)
        print(f'{len(data)} sectors, {len(seed)} bytes')


if __name__ == '__main__':
    if not 5 <= len(sys.argv) <= 6:
        sys.exit(__doc__)
    main(*sys.argv[1:])
