"""peer.py  What the peers in Python share: see peer.R. SPDX-License-Identifier: GPL-3.0-or-later"""
import importlib
import os
import sys
import time

directory = os.environ.get("DATA", "")


def need(*modules):
    """The modules, or exit status 77."""
    try:
        found = [importlib.import_module(m) for m in modules]
    except ImportError as error:
        print(error, file=sys.stderr)
        sys.exit(77)
    return found[0] if len(found) == 1 else found


def column(name):
    return need("numpy").fromfile(os.path.join(directory, name))


def matrix(names):
    """The constant and the columns, [n x (1 + k)], column-major."""
    numpy = need("numpy")
    first = column(names[0])
    out = numpy.empty((len(first), 1 + len(names)), order="F")
    out[:, 0] = 1
    for j, name in enumerate(names):
        out[:, 1 + j] = first if j == 0 else column(name)
    return out


def x(n):
    return ["x%d" % j for j in range(1, n + 1)]


class timed:
    def __enter__(self):
        self.start = time.perf_counter()
        return self

    def __exit__(self, *failure):
        print("time\t%.6f" % (time.perf_counter() - self.start))


def answer(name, value, scale):
    print("answer\t%s\t%.17g\t%.17g" % (name, value, scale))


def answers(names, estimate, se, model=1):
    for name, b, s in zip(names, estimate, se):
        answer("%d:%s" % (model, name), b, s)
        answer("%d:se:%s" % (model, name), s, s)


def sampled(part, whole):
    print("sampled\t%d\t%d" % (part, whole))
