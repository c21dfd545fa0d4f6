/* Laying out a job (job.h). */
#include "harness/cell/job.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/pipelines/pipeline.h"

static uint64_t page_round(uint64_t bytes)
{
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    return (bytes + page - 1) / page * page;
}

uint64_t pl_job_arena_bytes(const struct pl_scenario *s, const struct pl_recording *recording)
{
    const struct pl_pipeline *pipeline = pl_pipeline_of(s);
    uint32_t events = pipeline->event_count(s) + 1; /* the sampler's */
    return page_round(pipeline->arena_bytes(s, recording) + pl_arena_cost(sizeof(struct pl_meter)) +
                      pl_arena_cost(events * sizeof(struct pl_event *)) +
                      pl_arena_cost(sizeof(struct pl_traffic_counts)));
}

static void fill(struct pl_job *job, const struct pl_scenario *s,
                 const struct pl_recording *recording, const char *stack)
{
    job->scenario = *s;
    strncpy(job->stack, stack, sizeof job->stack - 1);
    memcpy((char *)job + job->recording_offset, recording, recording->bytes);
    memset((char *)job + job->arena_offset, 0, job->arena_bytes); /* touches it */
}

int pl_job_make(const struct pl_scenario *s, const struct pl_recording *recording,
                const char *stack, enum pl_format format, uint64_t seed, uint64_t ceiling_bytes,
                bool observed, int *fd, struct pl_error *error)
{
    uint64_t recording_offset = page_round(sizeof(struct pl_job));
    uint64_t arena_offset = recording_offset + page_round(recording->bytes);
    uint64_t arena_bytes = pl_job_arena_bytes(s, recording);
    uint64_t bytes = arena_offset + arena_bytes;
    int memory = memfd_create("plimsoll-job", MFD_CLOEXEC);
    if (memory < 0 || posix_fallocate(memory, 0, (off_t)bytes)) {
        if (memory >= 0)
            close(memory);
        return pl_error_set(error, -ENOMEM, "no shared memory of %llu B for a cell",
                            (unsigned long long)bytes);
    }
    struct pl_job *job = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
    if (job == MAP_FAILED) {
        int rc = -errno;
        close(memory);
        return pl_error_set(error, rc, "can't map a cell's shared memory: %s", strerror(-rc));
    }
    job->magic = PL_JOB_MAGIC;
    job->bytes = bytes;
    job->format = format;
    job->seed = seed;
    job->ceiling_bytes = ceiling_bytes;
    job->observed = observed;
    job->recording_offset = recording_offset;
    job->arena_offset = arena_offset;
    job->arena_bytes = arena_bytes;
    fill(job, s, recording, stack);
    munmap(job, bytes);
    *fd = memory;
    return 0;
}
