"""How pictures look: colours that colour-blind people tell apart, and one font.

The palette is Okabe and Ito's ("Color Universal Design", 2008) without its yellow, which is lost on
white; line styles tell apart what shares a colour. INK, MUTED, GRID and PAPER are replaced by the
page's own colours where a picture is put into report.html (harness/report/writers/picture.c).
"""
import os
import sys

import files

files.clean_up_when_ended()
try:
    import matplotlib
except ImportError as problem:
    missing = getattr(problem, "name", None) or "matplotlib"
    print(f"{os.path.basename(sys.argv[0])}: {missing.split('.')[0]} is missing", file=sys.stderr)
    sys.exit(files.NO_MATPLOTLIB)
except OSError as problem:  # it wants a folder of its own to write to
    sys.exit(files.failed(problem))

INK, MUTED, GRID, PAPER = "#1b1f24", "#57606a", "#d8dee4", "#ffffff"
ORANGE, SKY, GREEN, BLUE, VERMILLION, PURPLE, GREY = (
    "#e69f00", "#56b4e9", "#009e73", "#0072b2", "#d55e00", "#cc79a7", "#8c959f")
LINE = VERMILLION  # the Plimsoll line's

SOLID, DASHED, DASHDOT, LONG = "-", (0, (5, 1.6)), (0, (6, 1.6, 1.2, 1.6)), (0, (10, 2))
KNOWN = {"null": (GREY, SOLID), "glibc": (BLUE, SOLID), "jemalloc": (ORANGE, SOLID),
         "mimalloc": (SKY, DASHED), "tcmalloc": (PURPLE, SOLID), "tbbmalloc": (BLUE, DASHDOT),
         "scudo": (PURPLE, DASHED), "slab": (INK, SOLID), "limited": (GREEN, SOLID)}
# What no well-known stack has, in the order of harness/report/page/line_style.c.
REST = [(c, s) for s in (LONG, DASHDOT, DASHED) for c in (ORANGE, SKY, GREEN, BLUE, PURPLE, GREY)
        if (c, s) not in KNOWN.values()]


def look_of(rows):
    """{label: (colour, line style, marker)}: a well-known name always looks the same, and a stack
    with more threads like the one with fewer, with dots.
    @param rows {label: (stack, whether it has dots)}"""
    looks, known, free = {}, dict(KNOWN), 0
    for label, (stack, dots) in rows.items():
        if stack not in known:
            known[stack] = REST[free % len(REST)]
            free += 1
        looks[label] = (*known[stack], "o" if dots else None)
    return looks


def prepare():
    """The same settings whatever a user's matplotlibrc says."""
    matplotlib.use("agg")
    matplotlib.rcdefaults()
    matplotlib.rcParams.update({
        "svg.hashsalt": "plimsoll", "svg.fonttype": "path", "font.family": "DejaVu Sans",
        "font.size": 9, "text.color": INK, "axes.edgecolor": MUTED, "axes.labelcolor": INK,
        "xtick.color": MUTED, "ytick.color": MUTED, "axes.spines.top": False,
        "axes.spines.right": False, "axes.grid": True, "grid.color": GRID, "grid.linewidth": 0.6,
        "axes.axisbelow": True, "figure.facecolor": PAPER, "axes.facecolor": PAPER,
        "savefig.facecolor": PAPER, "legend.frameon": False, "path.simplify": False})


def duration(seconds):
    """As harness/report/writers/text.c writes it."""
    if round(seconds, 1) < 60:
        return f"{round(seconds, 1):g} s"
    whole = int(seconds + 0.5)
    if whole < 3600:
        return f"{whole // 60} min" + (f" {whole % 60} s" if whole % 60 else "")
    minutes = (whole + 30) // 60
    return f"{minutes // 60} h" + (f" {minutes % 60} min" if minutes % 60 else "")


def mebibytes(count):
    value = count / 2**20
    return f"{value:.0f} MiB" if value == int(value) else f"{value:.{2 if value < 10 else 1}f} MiB"


def plain(text, most=70):
    """Text that matplotlib draws as it stands: no mathematics, no hidden labels, not too long."""
    text = text if len(text) <= most else text[:most - 1] + "\u2026"
    text = "".join(c if c.isprintable() else "?" for c in text)
    return text.replace("$", r"\$")
