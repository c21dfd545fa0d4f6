"""Shares pictures out among processes, one a processor: drawing is all computing, and each is a file of its
own."""
import os
import signal
import sys

import files

WORTH = 8  # pictures that a process has to draw: it takes a few to start


def draw_some(jobs, draw):
    """A process of its own, whose end says how it went."""
    code, parent = 1, os.getppid()
    try:
        for job in jobs:
            if os.getppid() != parent:  # nobody waits for the rest
                break
            draw(job)
        code = 0
    except OSError as problem:
        code = files.failed(problem)
    except SystemExit as ended:
        code = ended.code
    except BaseException:
        sys.excepthook(*sys.exc_info())
    sys.stderr.flush()
    os._exit(code)


def draw_all(jobs, draw):
    """Calls `draw` with each job, the first here. What goes wrong elsewhere has said so, and ends this, too."""
    workers = max(1, min(len(os.sched_getaffinity(0)), len(jobs) // WORTH))
    others = []
    try:
        for first in range(1, workers):
            pid = os.fork()
            if pid == 0:
                draw_some(jobs[first::workers], draw)
            others.append(pid)
        for job in jobs[::workers]:
            draw(job)
        while others:
            _, status = os.waitpid(others[0], 0)
            others.pop(0)
            if status:
                sys.exit(max(os.waitstatus_to_exitcode(status), 1))
    finally:
        for pid in others:
            os.kill(pid, signal.SIGTERM)
