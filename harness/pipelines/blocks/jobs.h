/* Jobs: cycles of blocks (blocks.h), one after another, each given to a worker of the crew. */
#ifndef PL_PIPELINES_BLOCKS_JOBS_H
#define PL_PIPELINES_BLOCKS_JOBS_H

#include "harness/pipelines/blocks/blocks.h"
#include "harness/pipelines/pipeline.h"

struct blocks_job {
    struct pl_task task; /* first: the crew knows it by this */
    struct blocks blocks;
    const struct pl_sides *sides;
    struct pl_crew *crew;
    uint32_t given_to;
    int64_t begin_ns; /* of its first cycle */
};

/** The pipeline's state. */
struct blocks_running {
    uint32_t count;
    struct blocks_job *jobs;
};

/** @param job zeroed @param class_index of its blocks @return false when the arena is too small */
bool blocks_open_job(struct blocks_job *job, const struct pl_pipeline_inputs *inputs,
                     uint32_t index, uint32_t class_index);

/** Releases whatever it holds, on the cell's thread. */
void blocks_close_job(struct blocks_job *job);

#endif
