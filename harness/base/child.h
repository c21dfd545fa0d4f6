/* Helper programs: started, waited for no longer than they may take, and never left behind. */
#ifndef PL_BASE_CHILD_H
#define PL_BASE_CHILD_H

#include <signal.h>
#include <stdbool.h>

#include "allocators/error.h"

struct pl_child {
    const char *const *argv;        /* argv[0] is a path; NULL at the end */
    const char *const *environment; /* "KEY=VALUE" each, NULL at the end; NULL: as our own */
    int in, out, complaints; /* its stdin, stdout and stderr; -1: /dev/null. They stay ours */
    unsigned timeout_ms;     /* then it is killed */
    const volatile sig_atomic_t *interrupted; /* nonzero: it is killed; may be NULL */
    unsigned grace_ms; /* from SIGTERM to SIGKILL, for one that has to clean up; 0: SIGKILL */
    bool group;        /* it has a process group of its own, which is killed with what it started */
};

/** Runs it to its end. Any thread, but SIGCHLD must not be ignored.
 *  @param status as waitpid gives it, set on success
 *  @return 0 whatever it ended with, -ETIMEDOUT, -EINTR, or why it could not be started */
int pl_child_run(const struct pl_child *child, int *status);

/** The last line of what it wrote to a file, without its newline and with what
 *  is not printable as an escape; empty where it said nothing. */
void pl_child_last_line(int fd, char *text, size_t capacity);

/** Finds a program in the folder of the running one. @return 0 or -ENOENT */
int pl_child_find_beside(const char *name, char *path, size_t capacity);

/** Finds a program in PATH. @return 0 or -ENOENT */
int pl_child_find(const char *name, char *path, size_t capacity);

#endif
