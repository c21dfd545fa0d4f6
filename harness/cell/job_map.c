/* Mapping a job (job.h): apart from job.c, since the measured process holds nothing else of it. */
#include <sys/mman.h>
#include <sys/stat.h>

#include "harness/cell/job.h"

struct pl_job *pl_job_map(int fd)
{
    struct stat status;
    if (fstat(fd, &status) || (size_t)status.st_size < sizeof(struct pl_job))
        return NULL;
    size_t bytes = (size_t)status.st_size;
    struct pl_job *job =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
    if (job == MAP_FAILED)
        return NULL;
    if (job->magic == PL_JOB_MAGIC && job->bytes == bytes)
        return job;
    munmap(job, bytes);
    return NULL;
}
