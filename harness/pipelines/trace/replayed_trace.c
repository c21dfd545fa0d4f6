/* The pipeline `trace`: its checks, its state in the arena, its copies in the loop
 * (replayed_trace.h). */
#include "harness/pipelines/trace/replayed_trace.h"

#include <errno.h>

#include "harness/pipelines/trace/lanes.h"

#define KEPT_MAX (UINT64_C(1) << 28) /* blocks of tapes that are over: 4 GiB of records */

/* One program. */
struct copy {
    struct trace_player player;
    struct trace_lanes lanes;
    struct pl_event step;
};

struct running {
    uint32_t count;
    struct copy *copies;
};

static int check(const struct pl_scenario *s, const struct pl_recording *recording,
                 enum pl_format format, struct pl_error *error)
{
    if (format != PL_FORMAT_OWN)
        return pl_error_set(error, -EINVAL,
                            "%s: a replayed program holds its own format, not %s; leave --format "
                            "out",
                            s->path, pl_format_name(format));
    if (recording && trace_kept_of(s, pl_tape_of(recording)) > KEPT_MAX)
        return pl_error_set(
            error, -EINVAL,
            "%s: trace.loop: keep would leave more than %llu blocks; expected a shorter duration",
            s->path, (unsigned long long)KEPT_MAX);
    return 0;
}

static size_t copy_bytes(const struct pl_scenario *s, const struct pl_tape *tape)
{
    return trace_held_bytes(s, tape) + pl_arena_cost(tape->lanes * sizeof(struct trace_lane));
}

static size_t arena_bytes(const struct pl_scenario *s, const struct pl_recording *recording,
                          enum pl_format format)
{
    const struct pl_tape *tape = pl_tape_of(recording);
    (void)format;
    return pl_arena_cost(sizeof(struct running)) +
           pl_arena_cost(s->trace.copies * sizeof(struct copy)) + pl_arena_cost(tape->shape_count) +
           s->trace.copies * copy_bytes(s, tape);
}

static uint32_t event_count(const struct pl_scenario *s)
{
    return s->trace.copies;
}

/* A tape that is over waits for the recording's end, and begins again: as a program that is started
 * anew, its threads are others. */
static int64_t on_step(void *context, int64_t now_ns)
{
    struct copy *c = context;
    c->player.now_ns = now_ns;
    if (c->player.over) {
        trace_lanes_end(&c->lanes);
        trace_rewind(&c->player);
    }
    trace_lanes_step(&c->lanes);
    return c->player.due_ns;
}

static bool open_copy(struct copy *c, const struct pl_pipeline_inputs *in, const uint8_t *classes,
                      bool main)
{
    const struct pl_scenario *s = in->scenario;
    const struct pl_tape *tape = pl_tape_of(in->recording);
    struct trace_lane *lanes = pl_arena_take(in->arena, tape->lanes * sizeof *lanes);
    c->player = (struct trace_player){
        .hands = {.settings = &s->trace,
                  .shapes = pl_tape_shapes(tape),
                  .classes = classes,
                  .side = pl_sides_network(in->sides)},
        .tape = tape,
    };
    if (!lanes || !trace_held_open(&c->player.held, s, tape, in->arena))
        return false;
    trace_lanes_open(&c->lanes, &c->player, lanes, tape->lanes, main);
    c->step = (struct pl_event){.fire = on_step, .context = c};
    pl_loop_add(in->loop, &c->step, 0);
    return true;
}

static int open(const struct pl_pipeline_inputs *in, void **state, struct pl_error *error)
{
    struct running *r = pl_arena_take(in->arena, sizeof *r);
    const uint8_t *classes =
        trace_classes(in->scenario, in->stack, pl_tape_of(in->recording), in->arena);
    bool opened = r && classes;
    if (opened) {
        r->count = in->scenario->trace.copies;
        r->copies = pl_arena_take(in->arena, r->count * sizeof *r->copies);
        opened = r->copies != NULL;
    }
    for (uint32_t i = 0; opened && i < r->count; i++)
        opened = open_copy(&r->copies[i], in, classes, i == 0);
    if (!opened)
        return pl_error_set(error, -ENOMEM, "the arena is too small for the trace");
    *state = r;
    return 0;
}

static void close(void *state, int64_t now_ns)
{
    struct running *r = state;
    (void)now_ns;
    for (uint32_t i = 0; i < r->count; i++) {
        trace_release_all(&r->copies[i].player);
        trace_lanes_end(&r->copies[i].lanes);
    }
}

const struct pl_pipeline pl_trace = {
    .name = "trace",
    .program = "plimsoll-cell",
    .live_program = "plimsoll-live",
    .check = check,
    .arena_bytes = arena_bytes,
    .event_count = event_count,
    .open = open,
    .close = close,
};
