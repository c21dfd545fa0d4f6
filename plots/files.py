"""Writes pictures: whole or not at all, and the same bytes for the same picture."""
import os


def write(figure, path, kind):
    """A whole file or none: a temporary beside it, then a rename."""
    temporary = f"{path}.{os.getpid()}.tmp"
    metadata = {"Date": None, "Creator": "plimsoll"} if kind == "svg" else {"Software": "plimsoll"}
    try:
        with open(temporary, "wb") as stream:
            figure.savefig(stream, format=kind, metadata=metadata, dpi=160)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except BaseException:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise
