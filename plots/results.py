"""Reads a run's folder: cells in groups, and the series of each cell, thinned."""
import json
import os
import re

import numpy

SCHEMA_VERSION = 1
BUCKETS = 240  # of a curve: at most four points in each, so that peaks and troughs survive


class Unfit(Exception):
    """What is given is no such folder; the text is for the person."""


class Group:
    """The cells of one picture: a scenario, a format, a clock, a container, a duration."""

    def __init__(self, cell, picture):
        self.scenario, self.title, self.format = cell["scenario"], cell["title"], cell["format"]
        self.clock = cell["clock"]
        self.container = cell["container"]
        self.duration = cell["duration_seconds"]
        self.picture = picture
        self.cells = {}  # of each (stack, threads)
        self.threads = 0  # of all; 0 where they differ
        self.stacks = {}  # the cells of each label, in the order of the tables
        self.looks = {}  # what a label looks like: a stack, and whether it is told from another row

    def name_rows(self):
        """The same rule as harness/report/model/model.c: those of a stack stand together, and a label
        tells the threads where the group mixes them."""
        counts = {threads for _, threads in self.cells}
        self.threads = counts.pop() if len(counts) == 1 else 0
        order = list(dict.fromkeys(stack for stack, _ in self.cells))
        for stack, threads in sorted(self.cells, key=lambda row: (order.index(row[0]), row[1])):
            told = threads > 1 and not self.threads
            label = f"{stack}, {threads} threads" if told else stack
            self.stacks[label] = self.cells[stack, threads]
            self.looks[label] = (stack, told)


def key_of(cell):
    container = cell["container"]
    return (cell["scenario"], cell["format"], cell["clock"], container["kind"], container["bytes"],
            cell["duration_seconds"])


def name_picture(cell, taken):
    """The same rule as harness/report/model/model.c, which looks for the files by it."""
    def cut(text, size):
        return text.encode()[:size]
    base = cut(cell["scenario"], 60) + b"-" + cut(cell["format"], 30)
    base = re.sub(rb"[^A-Za-z0-9._-]", b"-", base).decode()
    name, number = base, 2
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    return name


def read_document(path):
    try:
        with open(path, encoding="utf-8") as stream:
            return json.load(stream)
    except FileNotFoundError:
        raise Unfit(f"{path}: no such file; a folder that `plimsoll run` wrote is wanted") from None
    except (ValueError, RecursionError) as problem:
        raise Unfit(f"{path}: no whole JSON ({problem})") from None


def document(folder):
    """The results of a folder as they stand in its results.json."""
    path = os.path.join(folder, "results.json")
    found = read_document(path)
    version = found.get("schema_version") if isinstance(found, dict) else None
    if version != SCHEMA_VERSION:
        raise Unfit(f"{path}: schema_version is {version}; this program reads {SCHEMA_VERSION}")
    return found


def drawing(folder, name):
    """What the report left in plots/NAME.json to be drawn; nothing where the file is missing, damaged or
    of other results."""
    try:
        found = read_document(os.path.join(folder, "plots", f"{name}.json"))
        run = document(folder)
        same = found["started"] == run["run"]["started"] and found["cells"] == len(run["cells"])
        return found[name] if same else []
    except (Unfit, OSError, KeyError, TypeError):
        return []


def load(folder):
    """The groups of a folder, in the order of its results."""
    path = os.path.join(folder, "results.json")
    groups, taken = {}, set()
    try:
        for cell in document(folder)["cells"]:
            if key_of(cell) not in groups:
                groups[key_of(cell)] = Group(cell, name_picture(cell, taken))
                taken.add(groups[key_of(cell)].picture)
            row = (cell["allocator"], cell.get("threads", 1))  # older results had one thread
            groups[key_of(cell)].cells.setdefault(row, []).append(cell)
        for group in groups.values():
            group.name_rows()
    except (KeyError, TypeError, AttributeError) as problem:
        raise Unfit(f"{path}: a cell is not as it should be ({problem!r})") from None
    if not groups:
        raise Unfit(f"{path}: no cells: nothing was measured")
    return list(groups.values())


def is_series(name):
    """Nothing outside the folder is read."""
    return re.fullmatch(r"series/[A-Za-z0-9._-]+", name) is not None


def series(folder, cell):
    """(seconds, RSS, live) of a cell, bytes; None where the file is missing or damaged."""
    name = cell.get("series", "")
    if not is_series(name):
        return None
    try:
        table = numpy.loadtxt(os.path.join(folder, name), delimiter=",", skiprows=1,
                              usecols=(0, 1, 2), ndmin=2)
    except (OSError, ValueError, IndexError):
        return None
    return (table[:, 0] / 1e9, table[:, 1], table[:, 2]) if len(table) else None


def thin(seconds, values, duration):
    """Points of a curve: the first, lowest, highest and last of each bucket of time, and of those
    none that lies between two like it."""
    bucket = (seconds / max(duration, 1e-9) * BUCKETS).astype(int)
    edges = numpy.flatnonzero(numpy.diff(bucket)) + 1
    first = numpy.concatenate(([0], edges))
    last = numpy.concatenate((edges, [len(values)])) - 1
    # sorted within its bucket, the lowest and the highest come first; of alike ones the earliest
    lowest, highest = (numpy.lexsort((v, bucket))[first] for v in (values, -values))
    index = numpy.unique(numpy.concatenate((first, last, lowest, highest)))
    same = numpy.diff(values[index]) == 0
    flat = numpy.concatenate(([False], same[:-1] & same[1:], [False]))[:len(index)]
    return seconds[index[~flat]], values[index[~flat]]


def envelope(curves, duration):
    """(seconds, lowest, highest) over repetitions, at the same moments of the replay; None where
    all agree. A repetition that was killed counts up to its end."""
    moments = numpy.linspace(0, duration, BUCKETS + 1)
    moments = moments[moments <= max(seconds[-1] for seconds, _ in curves)]
    values = numpy.array([numpy.interp(moments, s, v, right=numpy.nan) for s, v in curves])
    low, high = numpy.nanmin(values, axis=0), numpy.nanmax(values, axis=0)
    return (moments, low, high) if (high > low).any() else None
