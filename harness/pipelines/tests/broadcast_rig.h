/* A broadcast on clips made up in this process: what its tests drive. */
#ifndef PL_PIPELINES_TESTS_BROADCAST_RIG_H
#define PL_PIPELINES_TESTS_BROADCAST_RIG_H

#include "harness/pipelines/broadcast/broadcast.h"
#include "harness/pipelines/broadcast/broadcast_state.h"

#define S INT64_C(1000000000)
#define MS INT64_C(1000000)
#define BROADCAST_RIG_EVENTS_MAX 64

/** Three clients at 30 pictures a second of 16x16 pixels, seen as 8x8 characters: what is tested
 *  doesn't depend on sizes. */
extern const struct pl_scenario broadcast_rig_scenario;

/** The same, whose first viewer reads nothing from 500 to 1500 ms. */
struct pl_scenario broadcast_rig_stalled(enum pl_queue_policy policy);

/** Clients that come and go: one, from 500 ms three, and from 1000 ms one again. Each makes a block
 * of a client's class as it comes, which goes with it, and leaks one as it goes. */
struct pl_scenario broadcast_rig_loaded(void);

struct broadcast_rig {
    struct pl_scenario scenario;
    struct pl_stack *stack;
    struct pl_sides sides;
    struct pl_loop loop;
    struct pl_crew crew;
    struct pl_event *heap[BROADCAST_RIG_EVENTS_MAX];
    struct pl_arena arena;
    uint8_t pictures[5 * 768];
    float sound[PL_BROADCAST_SOUND_PACKETS * PL_BROADCAST_SOUND_SAMPLES];
    struct pl_traffic_counts counts; /* of broadcast_rig_counts */
    struct pl_class_books books;     /* of broadcast_rig_books */
    struct broadcast *b;
};

/** Opens it under the virtual clock. @param threads workers */
struct broadcast_rig *broadcast_rig_open(const struct pl_scenario *scenario, const char *stack,
                                         uint32_t threads);

/** The same under the wall clock. */
struct broadcast_rig *broadcast_rig_open_wall(const struct pl_scenario *scenario, const char *stack,
                                              uint32_t threads);

/** Runs until `ns`, of replay or in real time; in real time and with several workers once. */
void broadcast_rig_run(struct broadcast_rig *rig, int64_t ns);

/** Sums over all workers, until the next call. */
const struct pl_traffic_counts *broadcast_rig_counts(struct broadcast_rig *rig);
const struct pl_class_books *broadcast_rig_books(struct broadcast_rig *rig,
                                                 enum broadcast_class class);
uint64_t broadcast_rig_dropped(struct broadcast_rig *rig); /* for all reasons */

/** Closes it. Whatever happened, each packet is accounted for and each block goes back. */
void broadcast_rig_close(struct broadcast_rig *rig, uint64_t integrity_errors);

/** Refuses one acquire after another: each is counted, and nothing else breaks.
 *  @param dropped for one, at most */
void broadcast_rig_refuse_each(uint32_t threads, uint64_t dropped);

#endif
