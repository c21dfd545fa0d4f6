/* The parent of a foreign program: a process of ours that all of the program's own stay below,
 * however they fork, detach or change their session (PR_SET_CHILD_SUBREAPER), that waits for them,
 * so that what they used is counted, and that ends them all when it is told to, or when whoever
 * told it to begin has died. */
#ifndef PL_PIPELINES_PROGRAM_KEEPER_H
#define PL_PIPELINES_PROGRAM_KEEPER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "allocators/base/error.h"
#include "harness/pipelines/program/ptrace_watch.h"

/** What is started. */
struct pl_keeper_orders {
    char *const *argv; /* argv[0] is looked for in PATH, as execvpe does */
    char *const *envp;
    const char *directory; /* NULL: the present one */
    int out_fd;            /* its stdout and stderr */
    const char *cgroup;    /* path of the cgroup.procs that it joins first; NULL for none */
    uint64_t data_bytes;   /* its RLIMIT_DATA; 0: as it is */
    bool huge_pages;       /* leave them as the machine has them */
    bool watched;          /* how each process ends is seen (ptrace_watch.h) */
};

struct pl_keeper {
    pid_t pid;
    pid_t program;
    int ended_fd; /* readable once the program has ended: its status, as waitpid gives it */
    int life_fd;  /* closed: the keeper ends all */
    bool watched; /* as was ordered, and may be had here */
    int crashes_fd;
    struct pl_ptrace_crash crash; /* once it has ended: the first one, of another process than the
                                    program's first */
};

/** @return 0, or a negative errno with the reason when it could not be started: then nothing runs
 */
int pl_keeper_start(const struct pl_keeper_orders *orders, struct pl_keeper *keeper,
                    struct pl_error *error);

/** Whether the program has ended; what it left behind may run on.
 *  @param status set if so */
bool pl_keeper_ended(const struct pl_keeper *keeper, int *status);

/** Kills what still runs, and waits until it is gone. */
void pl_keeper_end(struct pl_keeper *keeper);

#endif
