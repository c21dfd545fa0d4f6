/* Starting a cell's process: the heap preloaded, a clean environment, inside its
 * container, and never outliving the controller. */
#ifndef PL_CELL_PROCESS_H
#define PL_CELL_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "allocators/allocator.h"
#include "harness/cell/container.h"
#include "harness/cell/wrapper.h"

struct pl_process_options {
    const char *program; /* path of plimsoll-cell or the like */
    const struct pl_environment *environment;
    const struct pl_container *container;  /* NULL for none */
    const struct pl_cell_wrapper *wrapper; /* NULL: the cell runs alone */
    int job_fd;
    bool inherits;      /* the environment that we have, beside that above */
    bool pinned;        /* to one processor */
    uint32_t lane;      /* which one, from the last that may be used */
    bool random_layout; /* leave the address space's randomisation as the machine has it */
    bool huge_pages;    /* leave them as the machine has them */
};

struct pl_process {
    pid_t pid;
    int record_fd; /* the pipe's reading end */
    int said_fd;   /* likewise, of what the cell writes to stdout and stderr */
    int cpu;       /* pinned to, or -1 */
};

/** @return 0, or a negative errno and why the cell could not be started */
int pl_process_start(const struct pl_process_options *options, struct pl_process *process,
                     struct pl_error *error);

/** Passes the first lines of what a cell that has ended said on to stderr, and how much is left
 *  out. Closes said_fd. */
void pl_process_pass_on(struct pl_process *process);

/** The programs that are built only where FFmpeg is. */
#define PL_PROCESS_MEDIA "plimsoll-media"
#define PL_PROCESS_LIVE_MEDIA "plimsoll-live-media"

/** Path of plimsoll-cell or the like, beside the running program.
 *  @return 0; -ENOENT where it is not there, -EACCES where it may not be executed, -ENOSYS where
 *  nobody can tell, or where what it is made of is missing */
int pl_process_find(const char *name, char *path, size_t capacity, struct pl_error *error);

/** The version of the FFmpeg that cells of media have.
 *  @return 0, or -ENOSYS where plimsoll-media is not there or does not start */
int pl_process_ffmpeg(char *version, size_t capacity, struct pl_error *error);

/** How many cells can each have a processor of its own: those that this process may run on.
 *  @return 1 where that can't be told */
uint32_t pl_process_lanes(void);

/** Whether this machine lets a process switch its address space randomisation off (a seccomp
 *  filter may refuse, as Docker's does). */
bool pl_process_can_fix_addresses(void);

#endif
