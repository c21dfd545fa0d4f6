/* Helper programs: started, waited for no longer than they may take, and never left behind. */
#ifndef PL_BASE_CHILD_H
#define PL_BASE_CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#include "allocators/base/error.h"

struct pl_child {
    const char *const *argv;        /* argv[0] is a path; NULL at the end */
    const char *const *environment; /* "KEY=VALUE" each, NULL at the end; NULL: as our own */
    int in, out, stderr_fd; /* its stdin, stdout and stderr; -1: /dev/null. They stay ours */
    unsigned timeout_ms;    /* then it is killed */
    const volatile sig_atomic_t *interrupted; /* nonzero: it is killed; may be NULL */
    unsigned grace_ms; /* from SIGTERM to SIGKILL, for one that has to clean up; 0: SIGKILL */
    bool group;        /* it has a process group of its own, which is killed with what it started */
};

/** Makes a forked child one that dies with its parent, with signals as a program expects them. In
 * the child, before exec or instead of it; async-signal-safe. The parent's thread has to live on.
 *  @return 0, or -ESRCH when the parent is dead already */
int pl_child_become(pid_t parent);

/** Waits until a forked child has become its program.
 *  @param report_fd of a pipe whose other end closes on exec; else the child writes an int there, a
 *  negative errno, and ends
 *  @return 0, or what the child wrote; it is waited for then */
int pl_child_await_exec(int report_fd, pid_t pid);

/** Runs it to its end. It dies when this process does, however that is, and so does its group. Any
 *  thread, but SIGCHLD must not be ignored.
 *  @param status as waitpid gives it, set on success
 *  @return 0 whatever it ended with, -ETIMEDOUT, -EINTR, or why it could not be started */
int pl_child_run(const struct pl_child *child, int *status);

/** Calls `work` in a forked child that does nothing else, and waits for it: what it allocates, or
 * does to its memory, is no part of this process; what it leaves in shared memory stays.
 *  @param timeout_s then it ends by SIGALRM; 0 for none
 *  @param status as waitpid gives it, 0 where `work` returned; set on success
 *  @return 0 or a negative errno when there is no process */
int pl_child_call(void (*work)(void *context), void *context, unsigned timeout_s, int *status);

/** The last line of what it wrote to a file, without its newline and with what
 *  is not printable as an escape; empty where it said nothing. */
void pl_child_last_line(int fd, char *text, size_t capacity);

/** Finds a program in the folder of the running one. @return 0 or -ENOENT */
int pl_child_find_beside(const char *name, char *path, size_t capacity);

/** Finds a program in PATH. @return 0 or -ENOENT */
int pl_child_find(const char *name, char *path, size_t capacity);

#endif
