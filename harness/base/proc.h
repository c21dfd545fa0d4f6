/* Whether /proc is there: a process's memory is read in it, and its programs are found by it. */
#ifndef PL_BASE_PROC_H
#define PL_BASE_PROC_H

#include "allocators/base/error.h"

/** @return 0, or -ENOSYS with a line that says how to get it */
int pl_proc_check(struct pl_error *error);

#endif
