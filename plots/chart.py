"""The two pictures: memory over time with its Plimsoll line, and CPU a packet."""
import functools
import logging
import warnings

import numpy

import results
import style

style.prepare()  # first: it says what to install where matplotlib is missing
from matplotlib.lines import Line2D  # noqa: E402
from matplotlib.patches import Rectangle  # noqa: E402
from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter, MaxNLocator  # noqa: E402

import axis  # noqa: E402

warnings.filterwarnings("ignore")  # a glyph that the font lacks
logging.getLogger("matplotlib").setLevel(logging.ERROR)

MIB = 2**20
DOTS = 24  # on a curve that has them
PEAK_NOTED = 0.01  # above every sample: as harness/report/model/curves.c


def short(group, label, most):
    """A label that is not too long: of a stack's two rows the ends are what tells them apart."""
    stack = group.looks[label][0]
    threads = label[len(stack):]
    return style.plain(stack, most - len(threads)) + threads


def shown(group):
    """The labels that a picture has room for: swept stacks give way, for the frontier has them."""
    names = list(group.stacks)
    if len(names) > style.MOST_BESIDE_SWEEPS:
        names = [n for n in names if "sweep" not in group.stacks[n][0]] or names
    return names[:style.MOST_STACKS]


class Curve:
    """A stack's repetitions, ready to draw: the one with the median peak, and the spread."""

    def __init__(self, stack, cells, folder, duration):
        # pairs keep the series of the first repetition alone
        runs = [(c, results.series(folder, c)) for c in cells if c.get("series") != ""]
        self.stack = stack
        self.missing = sum(1 for _, s in runs if s is None)
        runs = sorted(((c, s) for c, s in runs if s is not None), key=lambda r: r[1][1].max())
        self.runs = len(runs)
        if not runs:
            return
        self.cell, (seconds, rss, live) = runs[(len(runs) - 1) // 2]
        self.rss = results.thin(seconds, rss, duration)
        self.live = results.thin(seconds, live, duration)
        self.last = (seconds[-1], rss[-1])
        self.peak = rss.max()
        self.highest = (seconds[rss.argmax()], self.peak)
        measured = self.cell["metrics"].get("rss_bytes_peak", 0)
        self.between = measured >= self.peak * (1 + PEAK_NOTED)  # two samples, for a moment
        if self.between:
            self.peak = measured
        self.band = (results.envelope([s[:2] for _, s in runs], duration)
                     if len(runs) > 1 else None)
        self.killed = self.cell["outcome"] == "oom_killed"


def time_axis(duration):
    """(divisor, unit): so that the axis reads in two or three figures."""
    if duration <= 600:
        return 1, "s"
    return (60, "min") if duration <= 3 * 3600 else (3600, "h")


def draw_live(axes, curves, looks, divisor):
    """Stacks that were given the same work hold the same: one line shows them all."""
    drawn = []
    for curve in curves:
        if not any(numpy.array_equal(curve.live, other) for other in drawn):
            drawn.append(curve.live)
            axes.plot(curve.live[0] / divisor, curve.live[1] / MIB, color=looks[curve.stack][0],
                      linestyle=(0, (1, 2)), linewidth=0.9)


def draw_curve(axes, curve, look, divisor):
    colour, dashes, marker = look
    if marker:  # at even distances: a flat stretch has no points of its own
        moments = numpy.linspace(0, curve.last[0], DOTS)
        axes.plot(moments / divisor, numpy.interp(moments, *curve.rss) / MIB, color=colour,
                  marker=marker, markersize=3.5, linestyle="none")
    if curve.band:
        seconds, low, high = curve.band
        axes.fill_between(seconds / divisor, low / MIB, high / MIB, color=colour, alpha=0.18,
                          linewidth=0)
    axes.plot(curve.rss[0] / divisor, curve.rss[1] / MIB, color=colour, linestyle=dashes,
              linewidth=1.7)


def draw_peak(axes, curve, colour, divisor):
    """A peak above every sample, over the highest: when it was is not known more closely."""
    moment, sample = curve.highest
    axes.plot([moment / divisor] * 2, [sample / MIB, curve.peak / MIB], color=style.MUTED,
              linewidth=0.5, zorder=3)
    axes.plot([moment / divisor], [curve.peak / MIB], color=colour, marker="_", markersize=9,
              markeredgewidth=2.2, linestyle="none", clip_on=False, zorder=6)


def draw_line(axes, container_bytes):
    """The Plimsoll line."""
    at, text = container_bytes / MIB, style.mebibytes(container_bytes)
    axes.axhline(at, color=style.LINE, linewidth=2, zorder=4)
    axes.annotate(f"the Plimsoll line: the container's {text}", (1, at),
                  xycoords=("axes fraction", "data"), xytext=(-4, 3), textcoords="offset points",
                  ha="right", color=style.LINE, fontsize=8, fontweight="bold", zorder=5)


def limits_of(group):
    """{budget: bytes} of the stacks that have limits."""
    for cells in group.stacks.values():
        for cell in cells:
            if cell.get("limits"):
                return cell["limits"]
    return {}


def draw_limits(axes, limits, top):
    """The line of all limits together. @return its handle and label in the legend, or None"""
    total = sum(limits.values())
    if not limits or total / MIB > top:
        return None
    line = axes.axhline(total / MIB, color=style.GREEN, linestyle=(0, (3, 2)), linewidth=1,
                        zorder=4)
    parts = " + ".join(f"{name} {style.mebibytes(size)}" for name, size in limits.items())
    return line, f"limits: {style.mebibytes(total)}\n" + style.plain(parts, 36)


def draw_kills(axes, group, curves, looks, divisor, above):
    """An x at each kill; its label above the line, in as many rows as keep them apart."""
    renderer = axes.figure.canvas.get_renderer()
    ends = []
    for curve in sorted((c for c in curves if c.killed), key=lambda c: (c.last[0], c.stack)):
        x, y = curve.last[0] / divisor, curve.last[1] / MIB
        axes.plot([x], [y], marker="x", markersize=8, markeredgewidth=2.2, linestyle="none",
                  color=looks[curve.stack][0], zorder=6)
        label = f"{short(group, curve.stack, 24)} {style.duration(curve.last[0])}"
        text = axes.annotate(label, (x, above), xytext=(0, 0), textcoords="offset points",
                             fontsize=7.5, ha="center", va="bottom", color=style.INK, zorder=6,
                             annotation_clip=False)
        box = text.get_window_extent(renderer)
        row = next((i for i, end in enumerate(ends) if end + 6 < box.x0), len(ends))
        ends[row:row + 1] = [box.x1]
        lift = 16 + row * 11  # the line's own name stands beneath
        text.set_position((0, lift))
        axes.annotate("", (x, y), xytext=(x, above), textcoords="data", zorder=3,
                      arrowprops={"arrowstyle": "-", "color": style.MUTED, "linewidth": 0.5})
    return len(ends)


def scale_axis(axes, group, curves):
    """Linear where the curves come near the line; else logarithmic, or they would lie on the floor.
    @return (top of what is drawn, whether the scale is linear)"""
    line = group.container["bytes"] / MIB
    peak = max(c.peak for c in curves) / MIB
    if line and peak < line / 6:
        axes.set_yscale("log", base=2)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
        low = min(max(c.rss[1].min(), c.peak / 64) for c in curves) / MIB
        axes.set_ylim(max(low / 2, 1 / 64), line * 2)
        return line, False
    top = max(peak, line)
    axes.set_ylim(0, top * 1.1)
    return top, True


def legend(axes, group, curves, looks, limit, left_out):
    handles, labels = [], []
    for curve in sorted(curves, key=lambda c: (not c.killed, -c.peak, c.stack)):
        colour, dashes, marker = looks[curve.stack]
        handles.append(Line2D([], [], color=colour, linestyle=dashes, linewidth=1.7, marker=marker,
                              markersize=3.5))
        name = short(group, curve.stack, 30)
        between = "\n" if len(name) > 20 else "  " # the legend's room
        labels.append(f"{name}{between}{style.mebibytes(curve.peak)}")
    handles.append(Line2D([], [], color=style.MUTED, linestyle=(0, (1, 2)), linewidth=0.9))
    labels.append("live bytes of each")
    if limit:
        handles.append(limit[0])
        labels.append(limit[1])
    if any(c.killed for c in curves):
        handles.append(Line2D([], [], color=style.MUTED, marker="x", markeredgewidth=2.2,
                              linestyle="none"))
        labels.append("killed by the kernel")
    if any(c.between for c in curves):
        handles.append(Line2D([], [], color=style.MUTED, marker="_", markersize=9,
                              markeredgewidth=2.2, linestyle="none"))
        labels.append("peak, between samples")
    if any(c.band for c in curves):
        handles.append(Rectangle((0, 0), 1, 1, color=style.MUTED, alpha=0.25, linewidth=0))
        labels.append(f"spread of {max(c.runs for c in curves)} repetitions")
    if left_out:
        handles.append(Line2D([], [], linestyle="none"))
        labels.append(f"{left_out} more stacks: see the table")
    axes.legend(handles, labels, loc="upper left", bbox_to_anchor=(1.01, 1.0), fontsize=8.5,
                title="peak RSS of each stack", title_fontsize=8.5, alignment="left",
                handlelength=2.6, borderaxespad=0)


def say_missing(figure, curves):
    names = [c.stack for c in curves if c.missing]
    if names:
        text = style.plain("no series (file missing or damaged): " + ", ".join(names), 130)
        figure.text(0.01, 0.01, text, fontsize=8, color=style.VERMILLION, fontweight="bold")


def conditions(group):
    kind, size = group.container["kind"], group.container["bytes"]
    held = "no container" if kind == "none" else f"{style.mebibytes(size)} ({kind})"
    clock = "" if group.clock == "virtual" else f", {group.clock} clock"
    threads = f", {group.threads} threads" if group.threads > 1 else ""
    return (f"{group.scenario}, {group.format}, {held}, {style.duration(group.duration)}"
            f"{clock}{threads}")


@functools.cache
def shared():
    """One figure and its axes for all charts: to make them anew takes as long as to draw them."""
    figure = style.new_figure(1, 1)
    return figure, figure.add_subplot()


def cleared():
    """The shared figure and axes as they were at first."""
    figure, axes = shared()
    legend = [axes.get_legend()] if axes.get_legend() else []
    for artist in [*figure.texts, *axes.texts, *axes.lines, *axes.patches, *axes.collections, *legend]:
        artist.remove()
    axes.containers.clear()
    for one in (axes.xaxis, axes.yaxis):
        one.set_label_text("")
        axis.make_quick(one)
    axes.set(xscale="linear", yscale="linear", xlim=(0, 1), ylim=(0, 1))  # and their ticks' places
    axes.margins(0.05)
    axes.relim()
    axes.autoscale(True)
    return figure, axes


def new_figure(group, subtitle, width, height):
    """The last one is gone with it."""
    figure, axes = cleared()
    figure.set_size_inches(width, height)
    figure.text(0.01, 1 - 0.12 / height, style.plain(group.title), fontsize=12, fontweight="bold",
                va="top")
    figure.text(0.01, 1 - 0.38 / height, style.plain(subtitle, 110), fontsize=8.5, va="top",
                color=style.MUTED)
    return figure, axes


def memory(group, folder):
    """RSS over the replay's time for every stack of the group."""
    figure, axes = new_figure(group, conditions(group), 10.4, 5.4)
    names = shown(group)
    looks = style.look_of({name: group.looks[name] for name in names})
    every = [Curve(s, group.stacks[s], folder, group.duration) for s in names]
    say_missing(figure, every)
    curves = [c for c in every if c.runs]
    divisor, unit = time_axis(group.duration)
    figure.subplots_adjust(left=0.075, right=0.745, top=0.86, bottom=0.12)
    axes.set_xlabel(f"time of the replay, {unit}")
    axes.set_xlim(0, group.duration / divisor)
    if not curves:
        return figure
    top, linear = scale_axis(axes, group, curves)
    draw_live(axes, curves, looks, divisor)
    axes.set_ylabel("resident memory (RssAnon), MiB" + ("" if linear else ", logarithmic"))
    for curve in curves:
        draw_curve(axes, curve, looks[curve.stack], divisor)
        if curve.between:
            draw_peak(axes, curve, looks[curve.stack][0], divisor)
    limit = draw_limits(axes, limits_of(group), top)
    line = group.container["bytes"] / MIB
    if line:
        draw_line(axes, group.container["bytes"])
    rows = draw_kills(axes, group, curves, looks, divisor, line or top)
    if linear:
        axes.set_ylim(0, top * (1.1 + 0.05 * rows))
    legend(axes, group, curves, looks, limit, len(group.stacks) - len(names))
    return figure


def cpu(group, values):
    """CPU a packet of every stack; the floor is what the harness itself costs."""
    looks = style.look_of({name: group.looks[name] for name in shown(group)})
    values = [v for v in values if v[0] in looks]
    height = 1.5 + 0.27 * len(values)
    figure, axes = new_figure(group, f"CPU a packet: {conditions(group)}", 10.4, height)
    figure.subplots_adjust(left=0.17, right=0.93, top=1 - 0.72 / height, bottom=0.55 / height)
    for i, (stack, runs, median) in enumerate(values):
        axes.barh(i, median, height=0.62, color=looks[stack][0], alpha=0.6, linewidth=0)
        if len(runs) > 1:
            axes.errorbar([median], [i], xerr=[[median - runs[0]], [runs[-1] - median]],
                          color=style.INK, linewidth=1.2, capsize=3)
        axes.annotate(f"{median:.0f}", (runs[-1], i), xytext=(6, 0), textcoords="offset points",
                      va="center", fontsize=8.5)
    floor = next((median for stack, _, median in values if stack == "null"), None)
    if floor is not None:
        axes.axvline(floor, color=style.VERMILLION, linewidth=1.3, linestyle=(0, (4, 2)))
        with_one = "" if group.threads else " with one thread"
        axes.annotate(f"the harness itself{with_one}: {floor:.0f} ns", (floor, 1),
                      xycoords=("data", "axes fraction"), xytext=(4, 2),
                      textcoords="offset points", fontsize=8, color=style.VERMILLION,
                      fontweight="bold")
    axes.yaxis.set_major_locator(FixedLocator(range(len(values))))
    axes.yaxis.set_major_formatter(FixedFormatter([short(group, v[0], 22) for v in values]))
    axis.make_quick(axes.yaxis, grid=False, length=0, colour=style.INK)
    axes.invert_yaxis()
    axes.xaxis.set_major_locator(MaxNLocator(8))
    axes.set_xlim(0, max(v[1][-1] for v in values) * 1.06)
    repeated = any(len(v[1]) > 1 for v in values)
    axes.set_xlabel("CPU, ns a packet; " + ("bar: median, line: lowest to highest repetition"
                                            if repeated else "one run of each"))
    return figure
