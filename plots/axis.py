"""The axes of a chart as matplotlib would draw them, in a fraction of its time: grid and ticks are a path
each, where matplotlib makes five objects of every tick, which most of a picture's time went into."""
import functools

import numpy
from matplotlib.path import Path
from matplotlib.text import Text

import style

# matplotlib's own, in points
MAJOR, MINOR, PAD, LABEL_PAD, OFFSET_PAD = 3.5, 2, 3.5, 4, 3
GRID_WIDTH, MAJOR_WIDTH, MINOR_WIDTH = 0.6, 0.8, 0.6


class Drawn:
    """One axis while it is drawn. Places are pixels along it, ends pixels across it."""

    def __init__(self, axis, renderer):
        self.axis, self.renderer, self.box = axis, renderer, axis.axes.bbox
        self.is_y = axis.axis_name == "y"
        self.start = self.box.x0 if self.is_y else self.box.y0

    def seen(self, values):
        """(whether it lies on the axis, its place) of each."""
        values = numpy.asarray(values, float)
        low, high = sorted(self.axis.get_view_interval())
        margin = (high - low) * 1e-9
        places = self.axis.axes.transData.transform(numpy.column_stack([values, values]))
        return (values >= low - margin) & (values <= high + margin), places[:, int(self.is_y)]

    def lines(self, places, ends, colour, width):
        along, across = numpy.repeat(places, 2), numpy.tile(ends, len(places))
        points = (across, along) if self.is_y else (along, across)
        context = self.renderer.new_gc()
        context.set_foreground(colour)
        context.set_linewidth(width)
        context.set_snap(True)
        codes = numpy.tile([Path.MOVETO, Path.LINETO], len(places))
        self.renderer.draw_path(context, Path(numpy.column_stack(points), codes),
                                style.IDENTITY)
        context.restore()

    def ticks(self, places, length, width):
        if len(places) and length:
            end = self.start - self.renderer.points_to_pixels(length)
            self.lines(places, (self.start, end), style.MUTED, width)

    def labels(self, places, texts, gap, colour):
        """@return how far they reach from the axis, in pixels"""
        edge = self.start - self.renderer.points_to_pixels(gap)
        text = Text(color=colour, transform=style.IDENTITY,
                    ha="right" if self.is_y else "center",
                    va="center_baseline" if self.is_y else "top")
        text.set_figure(self.axis.figure)
        for place, label in zip(places, texts):
            text.set_text(label)
            text.set_position((edge, place) if self.is_y else (place, edge))
            text.draw(self.renderer)
        # of figures the widest: all digits are alike
        text.set_text(max(texts, key=lambda t: len(t) - t.count(".") / 2, default=""))
        text.set_position((edge, edge))
        box = text.get_window_extent(self.renderer)
        return (box.x0 if self.is_y else box.y0) if texts else edge

    def name(self, reach):
        label, at = self.axis.label, reach - self.renderer.points_to_pixels(LABEL_PAD)
        if self.is_y:
            label.set_x(at)
        else:
            label.set_y(at)
        label.draw(self.renderer)

    def offset(self, reach):
        """What all labels are to be multiplied by, where they say less than that."""
        text = self.axis.offsetText
        text.set_text(self.axis.get_major_formatter().get_offset())
        if text.get_text() and not self.is_y:
            text.set_y(reach - self.renderer.points_to_pixels(OFFSET_PAD))
        elif text.get_text():
            text.set_y(self.box.y1 + self.renderer.points_to_pixels(OFFSET_PAD))
        text.draw(self.renderer)


def draw(axis, renderer, grid, length, colour):
    drawn = Drawn(axis, renderer)
    values = axis.get_majorticklocs()
    seen, places = drawn.seen(values)
    texts = [t for t, s in zip(axis.get_major_formatter().format_ticks(values), seen) if s]
    minor_seen, minor = drawn.seen(axis.get_minorticklocs())
    places = places[seen]
    if grid and len(places):
        end = drawn.box.x1 if drawn.is_y else drawn.box.y1
        drawn.lines(places, (drawn.start, end), style.GRID, GRID_WIDTH)
    drawn.ticks(places, length, MAJOR_WIDTH)
    drawn.ticks(minor[minor_seen], MINOR, MINOR_WIDTH)
    reach = drawn.labels(places, texts, length + PAD, colour)
    drawn.name(reach)
    drawn.offset(reach)


def make_quick(axis, grid=True, length=MAJOR, colour=style.MUTED):
    """@param axis of a figure's axes, whose grid is off"""
    axis.draw = functools.partial(draw, axis, grid=grid, length=length, colour=colour)
