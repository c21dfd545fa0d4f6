"""A flame graph of folded stacks: who holds the bytes of a peak.

Each frame is a bar as wide as its share, callers below what they call; nothing goes by time from
left to right. Colours only tell frames apart.
"""
import os
import re
import zlib

import style

style.prepare()
from matplotlib.patches import Rectangle  # noqa: E402

LEAST_SHARE = 0.002  # narrower bars are not drawn
MOST_DEPTH = 60
COLOURS = (style.ORANGE, style.SKY, style.GREEN, style.BLUE, style.PURPLE, style.GREY)
INCHES_A_LETTER = 0.066  # of DejaVu Sans at 7.5 points, about


class Frame:
    def __init__(self):
        self.cost, self.callees = 0, {}


def read(path):
    """The root of all stacks; None where the file is missing, damaged or empty."""
    root = Frame()
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            for line in stream:
                frames, _, cost = line.rstrip("\n").rpartition(" ")
                add(root, [f for f in frames.split(";") if f], int(cost))
    except (OSError, ValueError):
        return None
    return root if root.cost else None


def add(root, frames, cost):
    root.cost += cost
    at = root
    for frame in frames[:MOST_DEPTH]:
        at = at.callees.setdefault(frame, Frame())
        at.cost += cost


def depth(frame):
    return 1 + max((depth(f) for f in frame.callees.values()), default=0)


def colour(name):
    """The same function has the same colour, whatever line of it stands behind its name."""
    function = name.split(" (")[0]
    return COLOURS[zlib.crc32(function.encode()) % len(COLOURS)]


def draw_frame(axes, name, frame, total, left, level, inches):
    share = frame.cost / total
    if share < LEAST_SHARE:
        return
    axes.add_patch(Rectangle((left, level), share, 0.94, facecolor=colour(name), alpha=0.45,
                             edgecolor=style.PAPER, linewidth=0.6))
    letters = int(share * inches / INCHES_A_LETTER)
    if letters >= 4:
        axes.text(left + share / 2, level + 0.45, style.plain(name, letters), fontsize=7.5,
                  ha="center", va="center", color=style.INK)
    draw_callees(axes, frame, total, left, level + 1, inches)


def draw_callees(axes, frame, total, left, level, inches):
    for name, callee in sorted(frame.callees.items()):
        draw_frame(axes, name, callee, total, left, level, inches)
        left += callee.cost / total


def figure(path, title):
    """@return the picture, or None where there is nothing to draw"""
    root = read(path)
    if root is None:
        return None
    levels = depth(root) - 1
    picture = style.new_figure(11, 0.9 + 0.24 * levels)
    axes = picture.add_subplot()
    draw_callees(axes, root, root.cost, 0, 0, 10.4)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, levels)
    axes.axis("off")
    axes.set_title(style.plain(f"{title}: {style.mebibytes(root.cost)} at the peak, by who "
                               "allocated them", 120), fontsize=9.5, loc="left", color=style.INK)
    picture.tight_layout()
    return picture


def wanted(document, suffix):
    """[(name, path below the folder, title)] of all files of a kind that instruments left. The name
    is the file's without the suffix, as harness/report/model/observed.c looks for the picture."""
    found = []
    for entry in document.get("instruments", []):
        for path in entry.get("files", []):
            match = re.fullmatch(r"instruments/([A-Za-z0-9._-]+)" + re.escape(suffix), path)
            if match:  # nothing outside the folder is read
                threads = entry.get("threads", 1)
                found.append((match[1], path, f"{entry['instrument']}, {entry['scenario']}, "
                                              f"{entry['allocator_run']}"
                                              + (f", {threads} threads" if threads > 1 else "")))
    return found


def draw(folder, document, write):
    """@param write takes a name, what the picture is made of, files, and what makes it"""
    for name, path, title in wanted(document, ".folded"):
        file = os.path.join(folder, path)
        write(name, [title], [file], lambda file=file, title=title: figure(file, title))
