/* Allocations that fail on purpose, and where they were asked for. */
#ifndef PL_INTERPOSE_FAULT_H
#define PL_INTERPOSE_FAULT_H

#include <stdbool.h>
#include <stddef.h>

/** Counts an allocating call of the process. @return whether it is one that fails; its call site
 *  then stands in the page file */
bool pl_fault_fails(size_t size, const void *caller);

#endif
