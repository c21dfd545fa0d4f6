"""Whether a picture is drawn already: what one is made of is kept in it as a digest."""
import glob
import hashlib
import json
import os

import style

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPTS = sorted(glob.glob(os.path.join(glob.escape(HERE), "*.py")))
SCRIPTS.append(os.path.join(HERE, "palette.json"))
HEAD = 4096  # bytes of an SVG, which has its metadata in them


def digest(inputs, paths):
    """What a picture is made of, and by: the same digest, the same picture.
    @param inputs what JSON can hold
    @param paths files that it is drawn from; one that is missing counts as that"""
    found = hashlib.sha256(json.dumps([inputs, style.matplotlib.__version__]).encode())
    for path in SCRIPTS + paths:
        try:
            with open(path, "rb") as stream:
                content = stream.read()
        except OSError:
            content = b""
        found.update(b"%d:" % len(content) + content)
    return found.hexdigest()


def is_drawn(path, of):
    """Whether the picture there was drawn of that digest, and is whole."""
    try:
        with open(path, "rb") as stream:
            picture = stream.read()
        return of.encode() in picture[:HEAD] and picture.endswith(b"</svg>\n")
    except OSError:
        return False
