"""Curves of resident memory over each other, with dots of their pairs beside them: a cell before and
after, a model and the real program. Which ones, and their figures, is decided by
harness/report/model/overlays.c."""
import glob
import os
import re

import chart
import results
import style

style.prepare()

LOOKS = ((style.MUTED, style.DASHED, 2.0), (style.LINE, style.SOLID, 1.4))  # first, second
WIDTH, HEIGHT, PANEL = 10.6, 2.4, 1.8  # inches


def load(folder):
    """The pictures to draw; none where the file is missing, damaged or of other results."""
    return results.drawing(folder, "overlays")


def draw_curves(axes, picture):
    last = max(curve["seconds"][-1] for curve in picture["curves"])
    divisor, unit = chart.time_axis(last)
    for curve, (colour, dashes, width) in zip(picture["curves"], LOOKS):
        axes.plot([t / divisor for t in curve["seconds"]], [b / chart.MIB for b in curve["bytes"]],
                  color=colour, linestyle=dashes, linewidth=width,
                  label=style.plain(curve["name"], 60))
    axes.set_xlim(0, last / divisor if last > 0 else 1)
    axes.set_ylim(bottom=min(0, axes.get_ylim()[0]))
    axes.grid(True)
    axes.set_xlabel(f"time, {unit}")
    axes.set_ylabel("MiB")
    axes.set_title(style.plain(picture["title"], 60), fontsize=9, loc="left")
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, fontsize=8, borderaxespad=0)


def draw_pairs(axes, pairs):
    """Each repetition before at the left, its partner after at the right, the medians in bold."""
    for before, after in zip(pairs["before"], pairs["after"]):
        axes.plot([0, 1], [before, after], color=style.MUTED, linewidth=0.7, alpha=0.5)
    axes.plot([0] * len(pairs["before"]), pairs["before"], "o", color=style.MUTED, markersize=4)
    axes.plot([1] * len(pairs["after"]), pairs["after"], "o", color=style.LINE, markersize=4)
    axes.plot([0, 1], pairs["medians"], color=style.INK, linewidth=2)
    axes.set_xlim(-0.35, 1.35)
    axes.set_xticks([0, 1], [f"before\n{style.plain(pairs['texts'][0], 20)}",
                             f"after\n{style.plain(pairs['texts'][1], 20)}"])
    axes.set_yticks([])
    axes.set_title(style.plain(pairs["metric"], 26), fontsize=8.5)


def figure(picture):
    curves, pairs = bool(picture["curves"]), picture["pairs"]
    widths = [WIDTH - PANEL * len(pairs)] * curves + [PANEL] * len(pairs)
    drawn = style.new_figure(sum(widths), HEIGHT)
    axes = list(drawn.subplots(1, len(widths), squeeze=False, width_ratios=widths)[0])
    if curves:
        draw_curves(axes.pop(0), picture)
    for each, panel in zip(pairs, axes):
        draw_pairs(panel, each)
    drawn.tight_layout()
    return drawn


def draw(folder, out, write):
    """@param write as flame.draw's. One of an earlier report must not stand for this one."""
    names = set()
    for picture in load(folder):
        names.add(picture["picture"])
        write(picture["picture"], [picture], [], lambda picture=picture: figure(picture))
    for path in glob.glob(os.path.join(glob.escape(out), "*.svg")):
        name = os.path.basename(path)[:-len(".svg")]
        if re.fullmatch(r"(before|counterpart)-\d+", name) and name not in names:
            os.unlink(path)
