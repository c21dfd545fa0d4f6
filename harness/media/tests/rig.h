/* A pipeline of media in this process, on the recordings of this tree or on bytes that a test
 * makes. */
#ifndef PL_MEDIA_TESTS_RIG_H
#define PL_MEDIA_TESTS_RIG_H

#include "harness/pipelines/pipeline.h"
#include "harness/traffic/material.h"

struct rig {
    struct pl_scenario scenario;
    struct pl_recording *recording;
    struct pl_stack *stack;
    struct pl_sides sides;
    struct pl_side *side;
    struct pl_loop loop;
    struct pl_event *heap[PL_MEDIA_STREAMS_MAX + 1];
    struct pl_arena arena;
    struct pl_media_facts facts;
    struct pl_traffic_counts counts; /* once it is closed */
    void *state;
    int64_t now_ns;
};

/** 40 ms frames of 44.1 kHz stereo, one second of delay, one source, live decoding. */
void rig_scenario(struct pl_scenario *scenario, const char *source);

/** A recording that holds one file of these bytes. free() it. */
struct pl_recording *rig_material(const char *name, const void *data, size_t bytes);

/** Opens a scenario on a stack. @param recording taken over; NULL reads the scenario's sources
 *  @return 0, or what the pipeline says, with everything closed again */
int rig_open(struct rig *rig, const struct pl_scenario *scenario, enum pl_format format,
             const char *stack, struct pl_recording *recording, struct pl_error *error);

/** Opens a scenario on its own sources; the test fails where that fails. */
void rig_must_open(struct rig *rig, const struct pl_scenario *scenario, enum pl_format format,
                   const char *stack);

/** Runs until `ns` of replay. */
void rig_run(struct rig *rig, int64_t ns);

/** Closes it, and checks that the books balance, that nothing is left live and nothing was damaged.
 */
void rig_close(struct rig *rig);

#endif
