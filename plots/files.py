"""Writes pictures: whole or not at all, and the same bytes for the same picture. And how a script that
can't ends: harness/report/draw.c tells a person what to do by the code."""
import errno
import io
import os
import re
import signal
import sys

UNFIT, NO_MATPLOTLIB, FULL = 2, 3, 4


def failed(problem):
    """@return the exit code of a script that can't go on, which has said why in one line"""
    full = isinstance(problem, OSError) and problem.errno in (errno.ENOSPC, errno.EDQUOT)
    text = problem
    if isinstance(problem, OSError) and problem.strerror:
        text = f"{problem.filename}: {problem.strerror}" if problem.filename else problem.strerror
    print(f"{os.path.basename(sys.argv[0])}: {text}", file=sys.stderr)
    return FULL if full else UNFIT


def clean_up_when_ended():
    """Asked to end, a script removes what it has half written, as it does when it fails."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))


def rounded(svg):
    """The coordinates of paths in hundredths of a point: more is not seen, and weighs a third of the
    file."""
    return re.sub(rb' d="[^"]*"', lambda d: re.sub(rb"(\.\d\d)\d+", rb"\1", d[0]), svg)


def render(figure, kind):
    metadata = {"Date": None, "Creator": "plimsoll"} if kind == "svg" else {"Software": "plimsoll"}
    stream = io.BytesIO()
    figure.savefig(stream, format=kind, metadata=metadata, dpi=160)
    return rounded(stream.getvalue()) if kind == "svg" else stream.getvalue()


def write(figure, path, kind):
    """A whole file or none: a temporary beside it, then a rename."""
    temporary = f"{path}.{os.getpid()}.tmp"
    picture = render(figure, kind)
    try:
        with open(temporary, "wb") as stream:
            stream.write(picture)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except BaseException as problem:
        if os.path.exists(temporary):
            os.unlink(temporary)
        if isinstance(problem, OSError) and not problem.filename:
            problem.filename = path  # a write does not know where to
        raise
