# SPDX-License-Identifier: GPL-2.0-or-later
"""What exactly comes of each run, so that no case passes with another error
than it was made for: outcomes/GROUP, written by "run --update" and read by
whoever commits it.  Of each case its name in brackets, and in it each outcome
with the runs that have it, in their order and with tabs between them:

    [kernels/uki/no-sections]
    = guest.img: no kernel to boot was found: ...
    -

A case that depends on chance is not here, and says why (cases.py).
"""
import itertools
import os

DIRECTORY = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                         'outcomes')
ONE = '-'       # the run of a case that has but one


def path(group):
    return os.path.join(DIRECTORY, group)


def parse(lines):
    """{case: {run: outcome}}"""
    found, runs, outcome = {}, {}, None
    for line in lines:
        line = line.rstrip('\n')
        if line[:1] == '[':
            runs = found[line[1:-1]] = {}
        elif line[:2] == '= ':
            outcome = line[2:]
        else:
            runs.update((run, outcome) for run in line.split('\t'))
    return found


def load(groups):
    found = {}
    for group in groups:
        if os.path.exists(path(group)):
            with open(path(group), encoding='utf-8') as file:
                found.update(parse(file))
    return found


def form(case, runs):
    lines = ['[%s]' % case]
    for outcome, same in itertools.groupby(runs, runs.get):
        lines += ['= ' + outcome, '\t'.join(same)]
    return '\n'.join(lines) + '\n'


def save(group, names, came):
    """names: all that the group has, in their order; came: of those that were
    run just now.  The others keep theirs."""
    kept = {**load([group]), **came}
    os.makedirs(DIRECTORY, exist_ok=True)
    with open(path(group), 'w', encoding='utf-8') as out:
        out.write(''.join(form(name, kept[name]) for name in names
                          if kept.get(name)))


def differences(came, listed):
    """What is not as it is listed; None came of what this host was too busy
    for."""
    if listed is None:
        return ['it is not in outcomes/ (run --update)']
    return ['%s: "%s" instead of "%s"' % (run, came.get(run, 'no such run'),
                                          listed.get(run, 'not listed'))
            for run in {**listed, **came}
            if came.get(run, '') != listed.get(run) and
            came.get(run, '') is not None]
