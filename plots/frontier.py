"""What memory costs in CPU: a sweep's stacks, the frontier of those that none beats, and the other
stacks beside them. Which points are on the frontier is decided by harness/report/model/frontier.c."""
import numpy

import chart
import results
import style

style.prepare()
from matplotlib.lines import Line2D  # noqa: E402
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter  # noqa: E402

WIDE = 12  # from this ratio of the largest to the smallest on, an axis is logarithmic
MARKERS = "osD^vP*X"
COLOURS = (style.BLUE, style.ORANGE, style.GREEN, style.PURPLE, style.SKY, style.VERMILLION)
# Where a label may stand about its point, in points: the first that is free is taken.
PLACES = [(7, 4, "left"), (7, -10, "left"), (-7, 4, "right"), (-7, -10, "right"),
          (0, 10, "center"), (0, -16, "center"), (12, 16, "left"), (12, -22, "left"),
          (-12, 16, "right"), (-12, -22, "right"), (14, 30, "left"), (14, -36, "left"),
          (-14, 30, "right"), (-14, -36, "right"), (16, 44, "left"), (16, -50, "left"),
          (-16, 44, "right"), (-16, -50, "right")]
MOST_LABELS = 100  # that are tried: a picture has room for fewer
MOST_LEFT_OUT = 12  # that the legend names
NEAR = 12  # from this distance on a thin line leads from the label to its point


def load(folder):
    """{picture: its points}; none where the file is missing, damaged or of other results."""
    return {each["picture"]: each["points"] for each in results.drawing(folder, "frontiers")}


def place(point):
    return point["cpu_percent"], point["rss_bytes"] / chart.MIB


def scale(axis, values, set_scale):
    """Logarithmic where the range asks for it; else from a margin around what is there."""
    low, high = min(values), max(values)
    if low > 0 and high / low >= WIDE:
        set_scale("log")
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
        axis.set_minor_formatter(NullFormatter())
        return ", logarithmic"
    axis.set_major_locator(MaxNLocator(8))
    return ""


def overlaps(box, others):
    """Whether it touches any of them, rows of x0, y0, x1, y1."""
    return bool(numpy.any((box.x0 <= others[:, 2]) & (box.x1 >= others[:, 0])
                          & (box.y0 <= others[:, 3]) & (box.y1 >= others[:, 1])))


def draw_labels(axes, points):
    """Each beside its point, on free ground; the table has those that find none."""
    renderer = axes.figure.canvas.get_renderer()
    dots = axes.transData.transform([place(p) for p in points])
    taken = numpy.hstack([dots - 6, dots + 6])
    order = {"on": 0, "ahead": 1, "beside": 2, "behind": 3}
    for point in sorted(points, key=lambda p: (order[p["place"]], *place(p)))[:MOST_LABELS]:
        bold = point["place"] == "on"
        text = axes.annotate(style.plain(point["label"], 44), place(point), xytext=(0, 0),
                             textcoords="offset points", fontsize=7.5, zorder=6,
                             fontweight="bold" if bold else "normal",
                             color=style.INK if bold else style.MUTED, annotation_clip=False)
        for x, y, side in PLACES:
            text.set_position((x, y))
            text.set_horizontalalignment(side)
            box = text.get_window_extent(renderer)
            inside = axes.bbox.contains(box.x0, box.y0) and axes.bbox.contains(box.x1, box.y1)
            if inside and not overlaps(box, taken):
                taken = numpy.vstack([taken, [box.x0, box.y0, box.x1, box.y1]])
                if abs(x) >= NEAR:
                    axes.annotate("", place(point), xytext=(x, y + 3 * (y < 0)),
                                  textcoords="offset points", zorder=3,
                                  arrowprops={"arrowstyle": "-", "color": style.MUTED,
                                              "linewidth": 0.4, "shrinkA": 0})
                break
        else:
            text.remove()


def draw_points(axes, points, templates):
    for i, template in enumerate(templates):
        those = [p for p in points if p["template"] == template]
        for filled in (True, False):
            some = [place(p) for p in those if (p["place"] == "on") == filled]
            if some:
                colour = COLOURS[i % len(COLOURS)]
                axes.plot(*zip(*some), linestyle="none", marker=MARKERS[i % len(MARKERS)],
                          markersize=7, color=colour, zorder=5,
                          markerfacecolor=colour if filled else style.PAPER)
    beside = [place(p) for p in points if not p["template"]]
    if beside:
        axes.plot(*zip(*beside), linestyle="none", marker="x", markersize=6, color=style.MUTED,
                  zorder=4)


def draw_frontier(axes, points):
    """As steps: what lies between two points can't be had."""
    line = sorted(place(p) for p in points if p["place"] == "on")
    if len(line) > 1:
        axes.plot(*zip(*line), drawstyle="steps-post", color=style.LINE, linewidth=1.5, zorder=3)


def legend(axes, points, templates, left_out):
    handles, labels = [], []
    for i, template in enumerate(templates):
        handles.append(Line2D([], [], linestyle="none", marker=MARKERS[i % len(MARKERS)],
                              markersize=7, color=COLOURS[i % len(COLOURS)]))
        labels.append(style.plain(template, 38))
    handles += [Line2D([], [], color=style.LINE, linewidth=1.5),
                Line2D([], [], linestyle="none", marker="o", markersize=7, color=style.MUTED,
                       markerfacecolor=style.PAPER)]
    labels += ["frontier: none beats these in both", "hollow: another takes less of both"]
    if any(not p["template"] for p in points):
        handles.append(Line2D([], [], linestyle="none", marker="x", color=style.MUTED))
        labels.append("not swept")
    for point in left_out[:MOST_LEFT_OUT]:
        handles.append(Line2D([], [], linestyle="none"))
        labels.append(style.plain(f"left out: {point['label']} ({point['why']})", 38))
    if len(left_out) > MOST_LEFT_OUT:
        handles.append(Line2D([], [], linestyle="none"))
        labels.append(f"and {len(left_out) - MOST_LEFT_OUT} more left out: the table has them")
    axes.legend(handles, labels, loc="upper left", bbox_to_anchor=(1.01, 1.0), fontsize=8,
                borderaxespad=0, alignment="left", handlelength=1.8)


def figure(group, all_points):
    """Peak RSS against CPU of one group. @param all_points as frontiers.json has them"""
    points = [p for p in all_points if p["place"] != "left out"]
    left_out = [p for p in all_points if p["place"] == "left out"]
    templates = list(dict.fromkeys(p["template"] for p in all_points if p["template"]))
    drawn, axes = chart.new_figure(group, f"memory against CPU: {chart.conditions(group)}", 10.4,
                                   5.4)
    drawn.subplots_adjust(left=0.075, right=0.68, top=0.86, bottom=0.12)
    if points:
        logarithmic = [scale(axes.xaxis, [place(p)[0] for p in points], axes.set_xscale),
                       scale(axes.yaxis, [place(p)[1] for p in points], axes.set_yscale)]
        axes.set_xlabel("CPU, % of the replay's time" + logarithmic[0])
        axes.set_ylabel("peak resident memory (RssAnon), MiB" + logarithmic[1])
        axes.margins(0.12, 0.1)
        draw_points(axes, points, templates)
        draw_frontier(axes, points)
        axes.autoscale_view()  # before anything asks where a point is
        draw_labels(axes, points)
    legend(axes, points, templates, left_out)
    return drawn
