#!/usr/bin/python3
"""Draws the pictures of a report from a run's results.json and series, and from nothing else.

    plot.py DIR [--out DIR] [--png]      writes DIR/plots/<scenario>-<format>.svg (and .png)

For each scenario and format the Plimsoll chart: resident memory over the replay's time, a stack a
curve, live bytes beneath, the container's line, the limits' line, each kill. Where a second of CPU
was measured for two stacks or more, also <scenario>-<format>-cpu.svg. Where `plimsoll report`
left plots/frontiers.json of a sweep, <scenario>-<format>-frontier.svg, and of plots/overlays.json each
picture that it lists. Where an instrument left
folded stacks, a flame graph of each; where it left a curve, that beside our own. The same results
give the same bytes; a picture that is there of the same ones is not drawn again. No gate reads what is drawn here.

Exit: 0, 2 for bad input or a folder that can't be written to (one line says what), 3 where matplotlib
is missing, 4 where the disk is full.
"""
import argparse
import os
import statistics
import sys

import drawn
import files
import results
import workers


def cpu_by_stack(group):
    """[(stack, [ns per packet of each repetition])] of the stacks that have it."""
    found = []
    for stack, cells in group.stacks.items():
        values = [c["metrics"].get("cpu_ns_per_packet") for c in cells]
        values = [v for v in values if v is not None]
        if values:
            found.append((stack, sorted(values), statistics.median(values)))
    return found


def remove(path):
    """A picture of an earlier run into the same folder must not stand for this one."""
    if os.path.exists(path):
        os.unlink(path)


def series_of(group, folder):
    """The files that a group's memory is drawn from."""
    return [os.path.join(folder, c["series"]) for cells in group.cells.values() for c in cells
            if results.is_series(c.get("series", ""))]


def draw_group(group, folder, points, out, write):
    import chart
    import frontier
    cells = list(group.cells.values())
    cpu = cpu_by_stack(group)
    write(group.picture, [cells], series_of(group, folder), lambda: chart.memory(group, folder))
    if len(cpu) > 1:
        write(f"{group.picture}-cpu", [cells], [], lambda: chart.cpu(group, cpu))
    else:
        remove(os.path.join(out, f"{group.picture}-cpu.svg"))
    if points:
        write(f"{group.picture}-frontier", [cells, points], [],
              lambda: frontier.figure(group, points))
    else:
        remove(os.path.join(out, f"{group.picture}-frontier.svg"))


def draw(folder, out, kinds):
    groups = results.load(folder)
    # Only now: what draws takes as long to import as most pictures take, and unfit results need none of it.
    import beside
    import flame
    import frontier
    import overlay
    frontiers = frontier.load(folder)
    os.makedirs(out, exist_ok=True)

    jobs = []

    def write(name, inputs, paths, make):
        """A picture that is to be drawn, where what it is made of is not what the one that is there was
        made of.
        @param make gives the picture, or None where there is nothing to draw"""
        of = drawn.digest(inputs, paths)
        left = [kind for kind in kinds
                if kind != "svg" or not drawn.is_drawn(os.path.join(out, f"{name}.{kind}"), of)]
        if left:
            jobs.append((len(paths), name, left, of, make))

    def draw_one(job):
        _, name, left, of, make = job
        figure = make()
        for kind in left if figure else []:
            files.write(figure, os.path.join(out, f"{name}.{kind}"), kind, of)

    for group in groups:
        draw_group(group, folder, frontiers.get(group.picture), out, write)
    document = results.document(folder)
    flame.draw(folder, document, write)
    beside.draw(folder, document, write)
    overlay.draw(folder, out, write)
    jobs.sort(key=lambda job: -job[0])  # those that take longest first, so that all end together
    workers.draw_all(jobs, draw_one)


def main():
    parser = argparse.ArgumentParser(description="Draws the pictures of a report.")
    parser.add_argument("folder", metavar="DIR", help="a folder that `plimsoll run` wrote")
    parser.add_argument("--out", metavar="DIR", help="where to (default: DIR/plots)")
    parser.add_argument("--png", action="store_true", help="PNG beside the SVG")
    arguments = parser.parse_args()
    out = arguments.out or os.path.join(arguments.folder, "plots")
    try:
        draw(arguments.folder, out, ["svg", "png"] if arguments.png else ["svg"])
    except (results.Unfit, OSError) as problem:
        sys.exit(files.failed(problem))


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)  # what is written is closed: taking matplotlib apart, object by object, is a sixth of the time
