"""An instrument's curve of the heap beside our own live bytes, over what was requested and released
so far: the two have no clock in common."""
import csv
import os

import flame
import style

style.prepare()

LOOKS = ((style.ORANGE, style.SOLID, 2.6), (style.INK, style.DASHED, 1.2))


def read(path):
    """{source: ([MiB of churn], [MiB])}, in the order of the file; None where it is missing or damaged."""
    curves = {}
    try:
        with open(path, encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                churn, sizes = curves.setdefault(row["source"], ([], []))
                churn.append(int(row["churn_bytes"]) / 2**20)
                sizes.append(int(row["heap_bytes"]) / 2**20)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return curves or None


def figure(path, title):
    """@return the picture, or None where there is nothing to draw"""
    curves = read(path)
    if curves is None:
        return None
    picture = style.new_figure(11, 3.2)
    axes = picture.add_subplot()
    for (source, (churn, sizes)), (colour, dashes, width) in zip(curves.items(), LOOKS):
        axes.plot(churn, sizes, color=colour, linestyle=dashes, linewidth=width,
                  label=f"{style.plain(source, 24)}, at most {style.mebibytes(max(sizes) * 2**20)}")
    axes.grid(True)
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("requested, MiB")
    axes.set_xlabel("requested and released so far, MiB")
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0)
    axes.set_title(style.plain(f"{title}: the heap beside our own live bytes", 120), fontsize=9.5,
                   loc="left")
    picture.tight_layout()
    return picture


def draw(folder, document, write):
    """@param write as flame.draw's"""
    for name, path, title in flame.wanted(document, ".curve.csv"):
        file = os.path.join(folder, path)
        write(f"{name}-curve", [title], [file], lambda file=file, title=title: figure(file, title))
