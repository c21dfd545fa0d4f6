/* What a cell is told: one block in a memfd that controller and cell share.
 *
 * The recording and the harness's own state lie in it too. The controller allocates every
 * page first, so they are charged to it and not to the cell's container, and as shared memory they
 * are no part of the cell's RssAnon: nothing measured depends on the harness's own memory. */
#ifndef PL_CELL_JOB_H
#define PL_CELL_JOB_H

#include "harness/cell/job_memory.h"
#include "harness/cell/ledger_record.h"
#include "harness/cell/orders.h"
#include "harness/live/link.h"
#include "harness/scenario/scenario.h"
#include "harness/traffic/recording.h"

#define PL_JOB_MAGIC UINT64_C(0x31304c4c4f534d50)
#define PL_JOB_FD 3    /* the memfd in the cell */
#define PL_RECORD_FD 4 /* the pipe in the cell */

struct pl_job {
    uint64_t magic;
    uint64_t bytes; /* of the whole block */
    struct pl_scenario scenario;
    char stack[PL_STACK_TEXT_MAX];
    uint32_t format;  /* enum pl_format */
    uint32_t sides;   /* threads that keep books of their own */
    uint32_t crowd;   /* they are more than two */
    uint32_t at_once; /* they don't take turns */
    uint32_t tasks;   /* that a crew of the sides has at most; 0: they are no crew */
    uint64_t seed;
    uint64_t ceiling_bytes; /* RSS at which the cell stops itself; 0 for none */
    uint32_t observed;      /* an instrument looks on: no acquire is timed */
    int64_t ledger_at_ns[PL_LEDGER_TIMES_MAX];
    uint32_t ledger_at_count;
    struct pl_live_link link; /* between a live cell and its sender */
    struct pl_orders orders;  /* of a foreign program */
    uint64_t recording_offset;
    uint64_t arena_offset;
    uint64_t arena_bytes;
};

/** What a job is made of. */
struct pl_job_options {
    const struct pl_scenario *scenario;
    const struct pl_recording *recording;
    const char *stack; /* the spec */
    enum pl_format format;
    enum pl_clock clock;
    uint32_t threads; /* of the pipeline's own; a trace has its program's */
    uint64_t seed;
    uint64_t ceiling_bytes;      /* RSS at which the cell stops itself; 0 for none */
    uint64_t room_bytes;         /* that the machine leaves, of which it takes half at most */
    bool observed;               /* an instrument looks on: no acquire is timed */
    const int64_t *ledger_at_ns; /* when a ledger is reported, rising */
    uint32_t ledger_at_count;    /* PL_LEDGER_TIMES_MAX at most */
};

/** Lays a job out, every page allocated. A tape is split for the wall clock.
 *  @param memory that no other job has any more; pl_job_memory_free it when the cell has ended
 *  @return 0 or a negative errno */
int pl_job_make(const struct pl_job_options *options, struct pl_job_memory *memory,
                struct pl_error *error);

static inline struct pl_job *pl_job_of(const struct pl_job_memory *memory)
{
    return (struct pl_job *)(void *)memory->mapped;
}

static inline const struct pl_recording *pl_job_recording(const struct pl_job *job)
{
    return (const void *)((const char *)job + job->recording_offset);
}

/** Maps a job in the process that is to do it, every page of it present. Allocates nothing.
 *  @return the job, or NULL when the descriptor holds none */
struct pl_job *pl_job_map(int fd);

#endif
