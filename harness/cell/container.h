/* Containers: what holds a cell at a limit. Cgroup v2 or v1 below the controller's own cgroup, or,
 * without the right to make one, RLIMIT_DATA.
 *
 * All cgroups of a run lie in one folder, `plimsoll-MARK` (base/mark.h), which the run holds by
 * flock: a folder whose maker has ended was left by a run that died, and the next one removes it.
 */
#ifndef PL_CELL_CONTAINER_H
#define PL_CELL_CONTAINER_H

#include <stdbool.h>
#include <stdint.h>

#include "allocators/base/error.h"

enum pl_container_kind {
    PL_CONTAINER_NONE,
    PL_CONTAINER_CGROUP_V2,
    PL_CONTAINER_CGROUP_V1,
    PL_CONTAINER_RLIMIT
};

/** "none", "cgroup2", "cgroup1" or "rlimit". */
const char *pl_container_name(enum pl_container_kind kind);

/** Where one run keeps its containers. */
struct pl_containers {
    enum pl_container_kind kind; /* the best that can be had: cgroup or rlimit */
    char own[2048];              /* the controller's own cgroup */
    char run[2304];              /* this run's folder below it */
    int lock_fd;                 /* held for the run; -1 without a cgroup */
    bool moved;                  /* v2: the controller moved itself into a leaf */
    uint32_t made;               /* by any thread */
    char why_not[256]; /* why no cgroup could be had, with the remedy; "" when one could */
};

/** Finds the best kind, cleans up after dead runs and makes the run's folder. Never fails: without
 *  a cgroup the kind is rlimit, and why_not says why. Call pl_containers_close at the end. */
void pl_containers_open(struct pl_containers *containers);

/** Removes the run's folder and moves the controller back. */
void pl_containers_close(struct pl_containers *containers);

/** One cell's container. */
struct pl_container {
    enum pl_container_kind kind;
    uint64_t bytes; /* the limit */
    char path[2400];
    int procs_fd; /* for the child to join by; -1 without a cgroup */
};

/** Makes a container. @param bytes its limit, 0 for none at all
 *  @return 0 or a negative errno */
int pl_container_make(struct pl_containers *containers, uint64_t bytes,
                      struct pl_container *container, struct pl_error *error);

/** Likewise, and a cgroup where one can be had also without a limit: it tells what lies in it. */
int pl_container_make_any(struct pl_containers *containers, uint64_t bytes,
                          struct pl_container *container, struct pl_error *error);

/** In the child between fork and exec: async-signal-safe. @return 0 or a negative errno */
int pl_container_join(const struct pl_container *container);

/** What the kernel did in the container. */
struct pl_container_evidence {
    bool known;          /* false for rlimit and none */
    uint64_t oom_kills;  /* the kernel's own counter: of whoever's limit */
    uint64_t limit_hits; /* how often the container's own limit was met; without one, a kill is not
                            the container's */
    uint64_t peak_bytes; /* charged at most: not RSS */
};

void pl_container_read(const struct pl_container *container,
                       struct pl_container_evidence *evidence);

/** Kills what is left in it and removes it. */
void pl_container_remove(struct pl_container *container);

#endif
