/* The memory of a job (job.h): a memfd that a controller makes, or takes again for the next cell,
 * for a new one costs a small cell a tenth of its time. */
#ifndef PL_CELL_JOB_MEMORY_H
#define PL_CELL_JOB_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "allocators/base/error.h"

/** Of one cell at a time. Use PL_JOB_MEMORY_NONE for one that holds nothing yet. */
struct pl_job_memory {
    int fd;       /* close-on-exec; -1: none */
    char *mapped; /* here; NULL: not */
    uint64_t bytes;
};

#define PL_JOB_MEMORY_NONE ((struct pl_job_memory){.fd = -1})

/** Gives it `bytes`, every page there and charged to the caller from now on. What it held before is
 * still there. It counts against the file size limit. On failure it holds nothing.
 *  @return 0 or a negative errno */
int pl_job_memory_fit(struct pl_job_memory *memory, uint64_t bytes, struct pl_error *error);

/** Gives it back; nothing where there is none. */
void pl_job_memory_free(struct pl_job_memory *memory);

#endif
