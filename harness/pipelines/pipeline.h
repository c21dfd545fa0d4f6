/* What a cell needs of a pipeline: one row of pipelines.c each. */
#ifndef PL_PIPELINES_PIPELINE_H
#define PL_PIPELINES_PIPELINE_H

#include "harness/base/arena.h"
#include "harness/clock/crew.h"
#include "harness/pipelines/sides.h"
#include "harness/traffic/recording.h"

struct pl_pace;

/** What a pipeline is opened on; everything outlives it. */
struct pl_pipeline_inputs {
    const struct pl_scenario *scenario;
    const struct pl_recording *recording;
    const struct pl_stack_spec *stack; /* that the sides' meters call */
    enum pl_format format;
    uint64_t seed;
    const struct pl_sides *sides; /* the threads; a pipeline of one works on the first */
    struct pl_loop *loop;         /* NULL under the wall clock */
    struct pl_crew *crew;         /* of the workers, a side each; NULL of a pipeline without */
    struct pl_arena *arena;       /* for the harness's own state */
    bool observed;                /* an instrument looks on: all happens in one process */
    struct pl_media_facts *media; /* to be filled in; NULL of a caller that doesn't ask */
};

struct pl_pipeline {
    const char *name;
    const char *program;      /* that runs its cells under the virtual clock */
    const char *live_program; /* and under the wall clock; NULL of one that has no other */
    /** Whether scenario, recording and format fit together. @return 0 or -EINVAL */
    int (*check)(const struct pl_scenario *, const struct pl_recording *, enum pl_format,
                 struct pl_error *);
    /** Bytes of the arena that open will take. */
    size_t (*arena_bytes)(const struct pl_scenario *, const struct pl_recording *, enum pl_format);
    /** How long it holds what comes; NULL: it has no such pace. @return as pl_pace_of */
    bool (*pace)(const struct pl_scenario *, const struct pl_recording *, struct pl_pace *);
    /** Events that open will add to the loop, or tasks to the crew. */
    uint32_t (*event_count)(const struct pl_scenario *);
    /** Puts the pipeline's events into the loop, those of the reader on the last of its threads.
     *  NULL in the table where another program than the caller's runs it.
     *  @param state set on success
     *  @return 0; -ENOMEM when the arena is too small; -EINVAL for what it can't replay; -ENOSYS
     * for what this machine's libraries lack */
    int (*open)(const struct pl_pipeline_inputs *, void **state, struct pl_error *);
    /** Settles the books: what is still held is counted, then released. */
    void (*close)(void *state, int64_t now_ns);
};

/** @return the pipeline of a scenario */
const struct pl_pipeline *pl_pipeline_of(const struct pl_scenario *scenario);

#endif
