# SPDX-License-Identifier: GPL-2.0-or-later
"""What each client takes out of the bytes that the program delivers.  The
parsers are those of tests/clients, which are written after the toolstacks."""
import importlib.machinery
import importlib.util
import os
import re

CLIENTS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(
    __file__))), 'clients')
FORMATS = ('simple0', 'simple', 'sxp')
BAD_ARGUMENT = re.compile('[\x00-\x1f\x7f]')


def load(name):
    """A client is a program without a suffix."""
    loader = importlib.machinery.SourceFileLoader(
        name, os.path.join(CLIENTS, name))
    module = importlib.util.module_from_spec(
        importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


libxl, xenopsd, xend = (load('as_' + name)
                        for name in ('libxl', 'xenopsd', 'xend'))


class GaveUp(list):
    """Items up to where a client stopped with an error, which harms nobody."""


def eliloader(text, _complaints):
    """linux (kernel X)(ramdisk Y)(args Z): an item ends at the first ")",
    quotes stay with the value; at anything else it gives up."""
    items = re.match(r'linux ((?:\([^ )]+ [^)]*\))*)', text)
    whole = items and items.end() == len(text)
    found = re.findall(r'\(([^ )]+) ([^)]*)\)', items[1] if items else '')
    return (list if whole else GaveUp)(
        (word, value[1:-1]) for word, value in found)


def readings(form, data):
    """(client, items, complaints) of each client that reads this format."""
    text = data.decode('utf-8', 'surrogateescape')
    readers = {'simple0': (('libxl', libxl.parse_answer, data),),
               'simple': (('xenopsd', xenopsd.parse_answer, text),),
               'sxp': (('xend', xend.parse_answer, text),
                       ('eliloader', eliloader, text))}
    for client, read, what in readers[form]:
        complaints = []
        items = read(what, complaints)
        yield client, items, complaints


def check(form, data, directory):
    """The items of a result and what is wrong with it: one kernel, at most one
    ramdisk and one args, files that the program made, no control byte."""
    first = None
    wrong = []
    for client, items, complaints in readings(form, data):
        wrong += ['%s: %s' % (client, what) for what in complaints]
        words = [word for word, _ in items]
        for word in set(words) - {'kernel', 'ramdisk', 'args'}:
            wrong.append('%s: item %r' % (client, word))
        for word in 'kernel', 'ramdisk', 'args':
            if words.count(word) > 1 or (
                    word == 'kernel' and word not in words and
                    not isinstance(items, GaveUp)):
                wrong.append('%s finds %s %d times' % (
                    client, word, words.count(word)))
        said = dict(items)
        for word in 'kernel', 'ramdisk':
            if word in said and not re.fullmatch(
                    re.escape(directory) + '/boot_%s[.][A-Za-z0-9_]{8}' % word,
                    said[word]):
                wrong.append('%s: %s is %r' % (client, word, said[word]))
        if BAD_ARGUMENT.search(said.get('args', '')):
            wrong.append('%s: control bytes in %r' % (client, said['args']))
        if first is None:
            first = said
        elif not isinstance(items, GaveUp) and any(
                first.get(word) != said.get(word)
                for word in ('kernel', 'ramdisk')):
            wrong.append('%s finds other files' % client)
    return first, wrong
