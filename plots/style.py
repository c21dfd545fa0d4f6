"""How pictures look: the colours and dashes of palette.json, which the page has, too, and one font.

Where a picture is put into report.html its colours are replaced by the page's own of the same names
(harness/report/writers/picture.c).
"""
import gc
import json
import os
import sys

import files

files.clean_up_when_ended()
gc.disable()  # of what is imported nothing is garbage: to look for it is an eighth of the time
try:
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.transforms import IdentityTransform
except ImportError as problem:
    missing = getattr(problem, "name", None) or "matplotlib"
    print(f"{os.path.basename(sys.argv[0])}: {missing.split('.')[0]} is missing", file=sys.stderr)
    sys.exit(files.NO_MATPLOTLIB)
except OSError as problem:  # it wants a folder of its own to write to
    sys.exit(files.failed(problem))
gc.freeze()
gc.enable()

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "palette.json"),
          encoding="utf-8") as stream:
    PALETTE = json.load(stream)
COLOURS = {name: both["light"]
           for kind in ("surfaces", "colours") for name, both in PALETTE[kind].items()}
INK, MUTED, GRID, PAPER = (COLOURS[name] for name in ("ink", "muted", "grid", "paper"))
ORANGE, SKY, GREEN, BLUE, VERMILLION, PURPLE, GREY = (COLOURS[name] for name in (
    "orange", "sky", "green", "blue", "vermillion", "purple", "grey"))
IDENTITY = IdentityTransform()  # of what is given in pixels
LINE = VERMILLION  # the Plimsoll line's
# matplotlib counts in widths of the line
DASHES = {name: (0, tuple(length / 2 for length in lengths)) if lengths else "-"
          for name, lengths in PALETTE["dashes_in_half_widths"].items()}
SOLID, DASHED = DASHES["solid"], DASHES["dashed"]
KNOWN = {row["stack"]: (row["colour"], row["dash"]) for row in PALETTE["known"]}
FREE = [(colour, dash)
        for dash in PALETTE["free"]["dashes"] for colour in PALETTE["free"]["colours"]
        if (colour, dash) not in KNOWN.values()]
MOST_STACKS, MOST_BESIDE_SWEEPS = PALETTE["stacks_most"], PALETTE["stacks_most_beside_sweeps"]


def name_of(stack, stacks):
    """A ledger in front changes nothing of what is looked at, unless both stand side by side."""
    behind = stack.removeprefix("ledger/")
    return stack if behind in stacks else behind


def shares(stacks):
    """{stack: (colour, dash)} by the palette's names: a well-known stack always looks the same, and no
    two are alike. The same rule as harness/report/page/line_style.c; a test holds the two together.
    @param stacks those that are drawn, each once"""
    names = {stack: name_of(stack, stacks) for stack in stacks}
    spare = FREE + [pair for name, pair in KNOWN.items() if name not in names.values()]
    unknown = [stack for stack in stacks if names[stack] not in KNOWN]
    shared = {stack: spare[i % len(spare)] for i, stack in enumerate(unknown)}
    return {stack: KNOWN.get(names[stack]) or shared[stack] for stack in stacks}


def look_of(rows):
    """{label: (colour, line style, marker)}: a stack with more threads looks like the one with fewer,
    with dots.
    @param rows {label: (stack, whether it has dots)}: those that are drawn"""
    shared = shares(list(dict.fromkeys(stack for stack, _ in rows.values())))
    return {label: (COLOURS[shared[stack][0]], DASHES[shared[stack][1]], "o" if dots else None)
            for label, (stack, dots) in rows.items()}


def prepare():
    """The same settings whatever a user's matplotlibrc says."""
    matplotlib.rcdefaults()
    matplotlib.rcParams.update({
        "svg.hashsalt": "plimsoll", "svg.fonttype": "none", "font.family": "sans-serif",
        "font.sans-serif": ["DejaVu Sans"],
        "font.size": 9, "text.color": INK, "axes.edgecolor": MUTED, "axes.labelcolor": INK,
        "xtick.color": MUTED, "ytick.color": MUTED, "axes.spines.top": False,
        "axes.spines.right": False, "grid.color": GRID, "grid.linewidth": 0.6,
        "axes.axisbelow": True, "figure.facecolor": PAPER, "axes.facecolor": PAPER,
        "savefig.facecolor": PAPER, "legend.frameon": False, "path.simplify": False})


def new_figure(width, height):
    """Without pyplot, which takes as long to import as three pictures to draw. @param width, height inches"""
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure


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
