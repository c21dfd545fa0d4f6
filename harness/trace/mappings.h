/* What of a process's memory a sample looks at (samples.h), by /proc/PID/maps. One thread. */
#ifndef PL_TRACE_MAPPINGS_H
#define PL_TRACE_MAPPINGS_H

#include <stdio.h>

#include "harness/trace/memory_sample.h"

/** Adds the ranges that may be a heap's: private, written to, without a file; not the first
 * thread's stack, nor the zeroed data of programs and libraries but the heap's, which is noted.
 * @return false when out of memory */
bool pl_memory_sample_map(struct pl_memory_sample *sample, FILE *maps);

/** Adds a range whose pages were not looked at yet. @return false when out of memory */
bool pl_memory_sample_add(struct pl_memory_sample *sample, uint64_t begin, uint64_t end,
                          bool is_guarded);

#endif
