/* Limits that enclose a cell beside its own container: those of the cgroups above (a CI job's,
 * `docker -m`), and what was inherited by setrlimit. What such a limit does to a cell says nothing
 * of the stack in it. */
#ifndef PL_CELL_ENCLOSING_H
#define PL_CELL_ENCLOSING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PL_ENCLOSING_TEXT 240

/** The stack of a cell's threads, as glibc takes it from RLIMIT_STACK: Linux's own default,
 * whatever was inherited, unless the hard limit is below it. */
#define PL_CELL_STACK_BYTES (UINT64_C(8) << 20)

/** The cell that is asked about. */
struct pl_enclosed_cell {
    uint64_t bytes;     /* its container's limit; without one, where it stops itself */
    int64_t timeout_ns; /* of real time */
};

/** What machine and cgroups leave at one moment, in bytes. Cache that the kernel can give back
 * counts as free. */
struct pl_enclosing {
    uint64_t machine;  /* that it has to spare */
    uint64_t limit;    /* of the cgroup above us that leaves least; UINT64_MAX: none has one */
    uint64_t left;     /* below it */
    char folder[2048]; /* that cgroup's */
};

/** Reads it anew: a millisecond's worth of small files, once a cell is enough. */
void pl_enclosing_look(struct pl_enclosing *enclosing);

/** Counts memory of ours that has grown or shrunk since, from `before` to `after` bytes. */
void pl_enclosing_count(struct pl_enclosing *enclosing, uint64_t before, uint64_t after);

/** What a process here can still get, in bytes. */
uint64_t pl_enclosing_room(const struct pl_enclosing *enclosing);

/** Whether the room that cgroups leave is less than `bytes` and what a run itself needs. */
bool pl_enclosing_is_tight(const struct pl_enclosing *enclosing, uint64_t bytes);

/** @param why set to the limit in words where there is one
 *  @return whether some limit may hold the cell before its own does */
bool pl_enclosing_find(const struct pl_enclosing *enclosing, const struct pl_enclosed_cell *cell,
                       char why[PL_ENCLOSING_TEXT]);

/** How often the OOM killer has taken a process of this process's own cgroup: a cell without a
 * cgroup of its own lies there. 0 where nothing counts them. */
uint64_t pl_enclosing_oom_kills(void);

#endif
