/* What is seen of a recorded process from outside, some times a second: its resident memory, and
 * which of its pages are there. Written to a file as the program runs, read back when its trace is
 * made. One thread. */
#ifndef PL_TRACE_SAMPLES_H
#define PL_TRACE_SAMPLES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "harness/trace/memory_sample.h"

/** Looks at a process. @param stamp of now @return false when it is gone, or nobody may look */
bool pl_memory_sample_take(struct pl_memory_sample *sample, pid_t pid, uint64_t stamp);

bool pl_memory_sample_write(const struct pl_memory_sample *sample, FILE *stream);

/** @return false at the end of the stream, or where it can't be read */
bool pl_memory_sample_read(struct pl_memory_sample *sample, FILE *stream);

/** Resident pages of those that begin in [begin, end). @param known set to false where some of the
 *  range was not looked at */
uint64_t pl_memory_sample_pages(const struct pl_memory_sample *sample, uint64_t begin, uint64_t end,
                                bool *known);

/** Resident pages in all ranges. */
uint64_t pl_memory_sample_all(const struct pl_memory_sample *sample);

/** @return the range that an address lies in, or NULL */
const struct pl_sample_range *pl_memory_sample_range(const struct pl_memory_sample *sample,
                                                     uint64_t address);

/** Where the stack that an address lies in ends, which grows down from there: at what may not be
 *  touched. @return 0 where nothing of the kind is below it */
uint64_t pl_memory_sample_guard(const struct pl_memory_sample *sample, uint64_t address);

void pl_memory_sample_free(struct pl_memory_sample *sample);

#endif
