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


def shorter_path(match):
    """In hundredths of a point: more is not seen. And no blank that no reader needs."""
    path = re.sub(rb"(\.\d\d)\d+", rb"\1", match[0])
    return re.sub(rb"\s*([MLQCHVz])\s*", rb"\1", path)


def shorter(svg):
    """The same picture in a third of the bytes."""
    svg = re.sub(rb' d="[^"]*"', shorter_path, svg)
    svg = re.sub(rb' transform="rotate\(-0 [^"]*"', b"", svg)
    return re.sub(rb"\n\s*", b"\n", svg)


def render(figure, kind, of):
    metadata = {"Software": "plimsoll"}
    if kind == "svg":
        metadata = {"Date": None, "Creator": "plimsoll"} | ({"Identifier": of} if of else {})
    stream = io.BytesIO()
    figure.savefig(stream, format=kind, metadata=metadata, dpi=160)
    return shorter(stream.getvalue()) if kind == "svg" else stream.getvalue()


def write(figure, path, kind, of=""):
    """A whole file or none: a temporary beside it, then a rename.
    @param of the digest of what it is drawn from, kept in an SVG"""
    temporary = f"{path}.{os.getpid()}.tmp"
    picture = render(figure, kind, of)
    try:
        with open(temporary, "wb") as stream:
            stream.write(picture)  # what a loss of power leaves of it is drawn again: drawn.py
        os.replace(temporary, path)
    except BaseException as problem:
        if os.path.exists(temporary):
            os.unlink(temporary)
        if isinstance(problem, OSError) and not problem.filename:
            problem.filename = path  # a write does not know where to
        raise
