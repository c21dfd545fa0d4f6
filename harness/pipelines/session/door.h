/* The door: sessions come and go by a load curve (traffic/load.h), of which it tells whoever serves
 * them. */
#ifndef PL_PIPELINES_SESSION_DOOR_H
#define PL_PIPELINES_SESSION_DOOR_H

#include "harness/clock/crew.h"
#include "harness/pipelines/pipeline.h"
#include "harness/traffic/load.h"

struct pl_door {
    struct pl_task task; /* first */
    struct pl_load_settings load;
    struct pl_load_walk walk;
    struct pl_load_change next;
    /** On the door's thread, which may be another than the session's. */
    void (*tell)(void *context, const struct pl_load_change *change, int64_t now_ns);
    void *context;
};

/** Bytes of the arena that open takes. */
size_t pl_door_arena_bytes(const struct pl_load_settings *load);

/** Adds the door's task to the crew. @param door with `load`, `tell` and `context`
 *  @return false when the arena is too small */
bool pl_door_open(struct pl_door *door, const struct pl_pipeline_inputs *inputs);

#endif
