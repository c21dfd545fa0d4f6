/* From the process that was started to the one that measures. */
#ifndef PL_BENCH_ENTER_H
#define PL_BENCH_ENTER_H

#include "allocators/allocator.h"

/** Starts this program anew in the environment that the stack needs, the heap preloaded, address
 *  randomisation and huge pages off where that is allowed, as in a cell; its job lies open at
 *  PL_JOB_FD. A heap serves a whole process from its start, so that there is no other way; and what
 *  reading a scenario leaves behind in a heap is left behind, too.
 *  @param argv for the new process @param job_fd of pl_job_make
 *  @return a negative errno, if at all */
int bench_enter(const struct pl_stack_spec *spec, int job_fd, char **argv, struct pl_error *error);

/** Whether this is the process that measures. */
bool bench_entered(void);

#endif
