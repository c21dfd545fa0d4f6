/* What a container is charged with, by kind, as the kernel counts it. */
#ifndef PL_CELL_CHARGED_H
#define PL_CELL_CHARGED_H

#include <stdint.h>

#include "harness/cell/container.h"

/** Bytes now, and counts; 0 of what this kernel does not count apart. */
struct pl_charged {
    uint64_t anon;       /* of processes, swap cache included on v1 */
    uint64_t file;       /* page cache, tmpfs and shared memory */
    uint64_t kernel;     /* its own memory on their behalf, sockets apart */
    uint64_t sock;       /* buffers of sockets */
    uint64_t stalled_us; /* v2: time in which some process waited for memory, since it was made */
    uint64_t oom_kills;  /* of its processes, by the kernel, since it was made */
};

/** @param kind a cgroup's; of another kind all is 0 */
void pl_charged_read(enum pl_container_kind kind, const char *cgroup, struct pl_charged *charged);

/** Has the kernel count the buffers of TCP sockets, which v1 does from the day a limit for them is
 *  set: the highest there is. */
void pl_charged_count_sockets(enum pl_container_kind kind, const char *cgroup);

#endif
