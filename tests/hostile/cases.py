# SPDX-License-Identifier: GPL-2.0-or-later
"""What a case is: a name that says the attack, how it is made, and what has to
come of it.  Modules of cases fill ALL when they are imported.  What is said
here of the outcome is what matters of it; the whole is in outcomes/.

A case is a function that gets a guest (guest.py) and makes its disk:

    @case('pointers/to-themselves', refused('limit'))
    def _(guest):
        "the block of pointers is filled with its own number"
        guest.ext(...)

Its first line of documentation is how the case is made.  Where it yields, the
program is run and looked at, and the function goes on: the same attack with
another number.  Without a yield it is run once, at the end.
"""
import inspect

ALL = {}        # by name
PATTERN_SHOWN = 200


class Boots:
    """Exit status 0 and a complete result: the kernel, the ramdisk and, if
    they matter, the arguments that the guest says it has."""

    def __str__(self):
        return 'exit 0 with the guest\'s kernel'


class Refused:
    """Exit status 1 and a line in which this is found."""

    def __init__(self, pattern=''):
        self.pattern = pattern

    def __str__(self):
        return 'exit 1%s' % (
            self.pattern and ': /%s/' % self.pattern[:PATTERN_SHOWN])


class Either:
    """A moment, or a host's speed, decides: complete, or refused so."""

    def __init__(self, pattern):
        self.pattern = pattern

    def __str__(self):
        return 'exit 0 with the guest\'s kernel, or exit 1: /%s/' % (
            self.pattern[:PATTERN_SHOWN])


class Recorded:
    """Whatever outcomes/ has for each run: it may boot or be refused."""

    def __str__(self):
        return 'as in outcomes/'


class Dies:
    """By the signal that was sent, or with exit status 1 because of it."""

    def __init__(self, signal):
        self.signal = signal

    def __str__(self):
        return ('exit 0 with the guest\'s kernel if it was faster, else SIG%s '
                'or exit 1, and nothing remains' % self.signal)


class Lists:
    """Exit status 0 or 1 of what prints for people, and not one byte that a
    terminal could obey."""

    def __init__(self, pattern=''):
        self.pattern = pattern

    def __str__(self):
        return 'exit 0 or 1, printable%s' % (
            self.pattern and ': /%s/' % self.pattern[:PATTERN_SHOWN])


boots = Boots()
refused = Refused
either = Either
dies = Dies
lists = Lists
recorded = Recorded()

# Why an outcome cannot be exact
MOMENT = 'the moment decides, which is the host\'s'
SPEED = 'which limit comes first, and where, is for the host\'s speed to say'


class Case:
    """dear: takes seconds, so begin with it; root: cannot be made without;
    chance: why its outcome cannot be exact, and is not in outcomes/."""

    def __init__(self, name, outcome, make, made, dear=False, root=False,
                 chance=None):
        if isinstance(outcome, (Either, Dies)) and not chance:
            raise AssertionError('%s: what decides?' % name)
        self.name, self.outcome = name, outcome
        self.make, self.made = make, made
        self.dear, self.root, self.chance = dear, root, chance

    @property
    def group(self):
        return self.name.split('/')[0]

    @property
    def attack(self):
        return self.name.split('/', 1)[1].replace('/', ': ').replace('-', ' ')


def add(name, outcome, make, made, **more):
    name = name.replace(' ', '-')
    if name in ALL:
        raise AssertionError('two cases are called %s' % name)
    if not made:
        raise AssertionError('%s: how is it made?' % name)
    ALL[name] = Case(name, outcome, make, ' '.join(made.split()), **more)


def case(name, outcome, **more):
    def register(make):
        add(name, outcome, make, inspect.getdoc(make), **more)
        return make
    return register
