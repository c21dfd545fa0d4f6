/* A receiver on synthetic traffic in this process: what the pipeline's tests drive. */
#ifndef PL_PIPELINES_TESTS_RIG_H
#define PL_PIPELINES_TESTS_RIG_H

#include "harness/pipelines/background/background.h"

#define RIG_EVENTS_MAX 128

/** One packet of the traffic to synthesise. */
struct rig_packet {
    int64_t arrival_ns;
    uint32_t position; /* sequence from the stream's start */
};

struct rig {
    struct pl_scenario scenario;
    struct pl_recording *recording;
    struct pl_stack *stack;
    struct pl_sides sides;
    struct pl_side *side; /* both network and reader */
    struct pl_loop loop;
    struct pl_crew crew; /* of the one side, where the pipeline has workers */
    struct pl_event *heap[RIG_EVENTS_MAX];
    struct pl_arena arena;
    struct pl_traffic_counts counts; /* once it is closed */
    const struct pl_pipeline *pipeline;
    void *state;
    struct pl_background_work *background; /* what the scenario says goes on beside it */
    int64_t now_ns;                        /* of replay */
};

#define RIG_RATE 8000         /* Hz, mono */
#define RIG_PACKET_SAMPLES 80 /* 10 ms */
#define RIG_PACKET_NS INT64_C(10000000)

/** A scenario with roc-toolkit's classes, one session, no stall. */
void rig_scenario(struct pl_scenario *scenario);

/** Lays `count` packets of one L16 stream (or an opaque one) out as a recording that lasts
 *  `duration_ns`. */
struct pl_recording *rig_recording(const struct rig_packet *packets, uint32_t count,
                                   int64_t duration_ns, enum pl_codec codec);

/** `count` packets in order, 10 ms apart. free() it. */
struct rig_packet *rig_in_order(uint32_t count);

/** Opens scenario and recording (which it takes over) on a stack. */
void rig_open(struct rig *rig, const struct pl_scenario *scenario, struct pl_recording *recording,
              const char *stack);

/** Opens on a recording of `count` packets in order that loops without a gap. */
void rig_open_in_order(struct rig *rig, const struct pl_scenario *scenario, uint32_t count,
                       const char *stack);

/** Runs until `ns` of replay. */
void rig_run(struct rig *rig, int64_t ns);

/** Closes everything and checks that the books balance and nothing is left live. */
void rig_close(struct rig *rig);

/** All drops of all reasons. */
uint64_t rig_dropped(const struct rig *rig);

#endif
