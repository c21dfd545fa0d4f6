#!/usr/bin/python3
"""Draws what `plimsoll agreement` judged: RSS over the replay's time under both clocks.

    agreement.py DIR      reads DIR/agreement.json, writes DIR/agreement.svg

A panel a stack: both runs under the wall clock and the one under the virtual clock over each other,
with a mark where they are furthest apart. The series are read from where agreement.json says that
they lie, from the folder that the command ran in. The same results give the same bytes.

Exit: 0, 2 for bad input or a folder that can't be written to (one line says what), 3 where matplotlib
is missing, 4 where the disk is full.
"""
import argparse
import os
import sys

import files
import results
import style

style.prepare()
from matplotlib.lines import Line2D  # noqa: E402

import chart  # noqa: E402

AGREEMENT_VERSION = 1
MOST_PANELS = 24
COLUMNS = 2
INCHES_A_ROW = 2.0
SIDES = {  # in the order in which they are drawn: virtual lies on top, thin enough to see through
    "wall1": ("wall clock", style.SKY, style.SOLID, 3.0),
    "wall2": ("wall clock, once more", style.BLUE, style.DASHED, 1.7),
    "virtual": ("virtual clock", style.VERMILLION, style.SOLID, 0.9)}


def load(folder):
    """The cells of agreement.json."""
    path = os.path.join(folder, "agreement.json")
    document = results.read_document(path)
    version = document.get("agreement_version") if isinstance(document, dict) else None
    if version != AGREEMENT_VERSION:
        raise results.Unfit(
            f"{path}: agreement_version is {version}; this program reads {AGREEMENT_VERSION}")
    if not document.get("cells"):
        raise results.Unfit(f"{path}: no cells: nothing was compared")
    return document["cells"]


def draw_curves(axes, cell, divisor):
    """@return the names of sides whose series is missing or damaged"""
    missing = []
    for side, (label, colour, dashes, width) in SIDES.items():
        found = results.series(cell["curves"][side]["folder"], cell["curves"][side])
        if found is None:
            missing.append(label)
            continue
        seconds, rss = results.thin(found[0], found[1], found[0][-1])
        axes.plot(seconds / divisor, rss / chart.MIB, color=colour, linestyle=dashes,
                  linewidth=width, label=label)
    return missing


def panel(axes, cell, told):
    """@param told whether the scenario and format stand in the title: there are several"""
    duration = cell["duration_seconds"]
    divisor, unit = chart.time_axis(duration)
    missing = draw_curves(axes, cell, divisor)
    if cell["verdict"] != "agrees":
        axes.axvline(cell["difference_at_seconds"] / divisor, color=style.MUTED, linewidth=0.8,
                     linestyle=(0, (1, 2)), zorder=0)
    of = f"{cell['scenario']} {cell['format']}, " if told else ""
    apart = f"{style.mebibytes(cell['difference_bytes'])} apart"
    axes.set_title(style.plain(f"{of}{cell['allocator']}: {cell['verdict']}, at most {apart}", 74),
                   fontsize=8.5, loc="left")
    axes.grid(True)
    axes.set_xlim(0, duration / divisor)
    axes.set_ylim(bottom=0)
    axes.set_xlabel(f"time of the replay, {unit}", fontsize=8)
    axes.set_ylabel("RSS, MiB", fontsize=8)
    axes.tick_params(labelsize=8)
    if missing:
        axes.text(0.5, 0.5, "no series of: " + ", ".join(missing), transform=axes.transAxes,
                  ha="center", color=style.VERMILLION, fontsize=8, fontweight="bold")


def figure(cells):
    shown = cells[:MOST_PANELS]
    rows = -(-len(shown) // COLUMNS)
    height = rows * INCHES_A_ROW + 0.6
    picture = style.new_figure(10.4, height)
    grid = picture.subplots(rows, COLUMNS, squeeze=False)
    told = len({(cell["scenario"], cell["format"]) for cell in cells}) > 1
    for axes, cell in zip(grid.flat, shown):
        panel(axes, cell, told)
    for axes in list(grid.flat)[len(shown):]:
        axes.set_visible(False)
    handles = [Line2D([], [], color=c, linestyle=s, linewidth=w, label=label)
               for label, c, s, w in SIDES.values()]
    picture.legend(handles=handles, loc="upper left", ncols=3, fontsize=8.5,
                   bbox_to_anchor=(0.01, 1 - 0.05 / height))
    if len(cells) > len(shown):
        picture.text(0.98, 1 - 0.2 / height, f"{len(cells) - len(shown)} more: see the table",
                     ha="right", fontsize=8, color=style.MUTED)
    picture.tight_layout(rect=(0, 0, 1, 1 - 0.35 / height))
    return picture


def main():
    parser = argparse.ArgumentParser(description="Draws RSS under both clocks.")
    parser.add_argument("folder", metavar="DIR", help="where `plimsoll agreement` wrote to")
    folder = parser.parse_args().folder
    try:
        picture = figure(load(folder))
        files.write(picture, os.path.join(folder, "agreement.svg"), "svg")
    except (KeyError, TypeError, AttributeError) as problem:
        unfit = results.Unfit(
            f"{folder}/agreement.json: a cell is not as it should be ({problem!r})")
        sys.exit(files.failed(unfit))
    except (results.Unfit, OSError) as problem:
        sys.exit(files.failed(problem))


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)  # as plot.py does
