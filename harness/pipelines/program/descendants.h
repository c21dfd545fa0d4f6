/* Finding the processes that descend from one, whatever sessions and groups they have made. */
#ifndef PL_PIPELINES_PROGRAM_DESCENDANTS_H
#define PL_PIPELINES_PROGRAM_DESCENDANTS_H

#include <sys/types.h>

/** Is told of one process. @return 0, or a negative errno to stop */
typedef int (*pl_descendant_function)(void *context, pid_t pid);

/** Of those below `root`, without itself. Processes that come or go meanwhile may be missed.
 *  @return 0, or what `found` returned */
int pl_descendants_of(pid_t root, pl_descendant_function found, void *context);

/** Of those that a cgroup.procs names. @return as pl_descendants_of */
int pl_descendants_of_cgroup(const char *procs, pl_descendant_function found, void *context);

#endif
