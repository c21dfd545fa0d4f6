/* The copies of a program that run freely (wall.h): each begins, ends and begins again by itself.
 */
#include "harness/pipelines/trace/wall.h"

#include <errno.h>
#include <string.h>

#include "harness/clock/real.h"
#include "harness/pipelines/trace/wall_lane.h"

struct pl_trace_wall {
    struct trace_score score;
    uint32_t count;
    struct trace_wall_copy *copies;
};

uint32_t pl_trace_wall_sides(const struct pl_scenario *s, const struct pl_tape *tape)
{
    return s->trace.copies * tape->lanes;
}

static size_t copy_bytes(const struct pl_scenario *s, const struct pl_tape *tape)
{
    return trace_held_bytes(s, tape) + pl_arena_cost(tape->slots * sizeof(uint32_t)) +
           pl_arena_cost(tape->lanes * sizeof(struct trace_wall_lane *)) +
           tape->lanes * pl_arena_cost(sizeof(struct trace_wall_lane));
}

size_t pl_trace_wall_arena_bytes(const struct pl_scenario *s, const struct pl_tape *tape)
{
    return pl_arena_cost(sizeof(struct pl_trace_wall)) + pl_arena_cost(tape->shape_count) +
           pl_arena_cost(s->trace.copies * sizeof(struct trace_wall_copy)) +
           s->trace.copies * copy_bytes(s, tape);
}

/* All slots are their first lanes', which don't ask. */
static void disown(struct trace_wall_copy *copy)
{
    memset(copy->owners, 0xff, copy->held.slots * sizeof *copy->owners);
}

static void put_lane(struct trace_wall_copy *copy, uint32_t index, struct pl_side *side,
                     const uint8_t *classes)
{
    const struct pl_tape *tape = copy->score->tape;
    *copy->lanes[index] = (struct trace_wall_lane){
        .copy = copy,
        .index = index,
        .next = pl_tape_streams(tape)[index].begin,
        .hands = {.settings = copy->score->settings,
                  .shapes = pl_tape_shapes(tape),
                  .classes = classes,
                  .side = side,
                  .stamp = index << 22},
    };
}

static bool open_copy(struct trace_wall_copy *copy, const struct pl_pipeline_inputs *in,
                      struct pl_side **sides, const uint8_t *classes)
{
    const struct pl_tape *tape = copy->score->tape;
    copy->lanes = pl_arena_take(in->arena, tape->lanes * sizeof(struct trace_wall_lane *));
    copy->owners = pl_arena_take(in->arena, tape->slots * sizeof *copy->owners);
    if (!copy->lanes || !copy->owners ||
        !trace_held_open(&copy->held, in->scenario, tape, in->arena))
        return false;
    disown(copy);
    for (uint32_t i = 0; i < tape->lanes; i++) {
        copy->lanes[i] = pl_arena_take(in->arena, sizeof *copy->lanes[i]);
        if (!copy->lanes[i])
            return false;
        put_lane(copy, i, sides[i], classes);
    }
    return true;
}

static bool open_copies(struct pl_trace_wall *wall, const struct pl_pipeline_inputs *in)
{
    const struct pl_tape *tape = wall->score.tape;
    const uint8_t *classes = trace_classes(in->scenario, in->stack, tape, in->arena);
    wall->count = in->scenario->trace.copies;
    wall->copies = pl_arena_take(in->arena, wall->count * sizeof *wall->copies);
    bool opened = classes && wall->copies && in->sides->count == wall->count * tape->lanes;
    for (uint32_t i = 0; opened && i < wall->count; i++) {
        wall->copies[i].score = &wall->score;
        opened = open_copy(&wall->copies[i], in, in->sides->side + i * tape->lanes, classes);
    }
    return opened;
}

int pl_trace_wall_open(const struct pl_pipeline_inputs *in, struct pl_trace_wall **out,
                       struct pl_error *error)
{
    struct pl_trace_wall *wall = pl_arena_take(in->arena, sizeof *wall);
    if (wall)
        wall->score = (struct trace_score){.settings = &in->scenario->trace,
                                           .tape = pl_tape_of(in->recording)};
    if (!wall || !open_copies(wall, in))
        return pl_error_set(error, -ENOMEM, "the arena is too small for the trace");
    *out = wall;
    return 0;
}

/* The program begins anew: its threads are others, and its slots are nobody's. */
static void rewind_copy(struct trace_wall_copy *copy)
{
    const struct pl_tape *tape = copy->score->tape;
    trace_held_rewind(&copy->held, &copy->lanes[0]->hands);
    disown(copy);
    copy->base_ms += tape->duration_ms;
    for (uint32_t i = 0; i < tape->lanes; i++)
        copy->lanes[i]->next = pl_tape_streams(tape)[i].begin;
}

/* The calling thread is the program's main thread. */
static void play_copy(struct trace_wall_copy *copy)
{
    struct trace_wall_lane *main = copy->lanes[0];
    const struct trace_score *score = copy->score;
    for (;;) {
        trace_lane_play(main);
        trace_copy_join(copy);
        if (trace_score_stopped(score))
            return;
        if (score->settings->loop == PL_TRACE_LOOP_OFF)
            break;
        if (!trace_lane_await_time(main, score->tape->duration_ms))
            return;
        rewind_copy(copy);
    }
    copy->over_ns = pl_real_now() - score->start_ns;
    trace_score_end(copy->score);
}

static void *run_copy(void *context)
{
    play_copy(context);
    return NULL;
}

static void start_copy(struct trace_wall_copy *copy)
{
    copy->started = trace_thread_make(&copy->thread, run_copy, copy) == 0;
    if (copy->started)
        return;
    pl_counter_add(&copy->lanes[0]->hands.side->counts.integrity_errors, 1);
    trace_score_stop(copy->score);
}

void pl_trace_wall_run(struct pl_trace_wall *wall, int64_t start_ns)
{
    wall->score.start_ns = start_ns;
    for (uint32_t i = 1; i < wall->count; i++)
        start_copy(&wall->copies[i]);
    play_copy(&wall->copies[0]);
    trace_score_await_stop(&wall->score);
    for (uint32_t i = 1; i < wall->count; i++)
        if (wall->copies[i].started)
            pthread_join(wall->copies[i].thread, NULL);
}

void pl_trace_wall_await(struct pl_trace_wall *wall, int64_t until_ns)
{
    if (wall->score.settings->loop == PL_TRACE_LOOP_OFF)
        trace_score_await_end(&wall->score, wall->count, until_ns);
}

void pl_trace_wall_stop(struct pl_trace_wall *wall)
{
    trace_score_stop(&wall->score);
}

int64_t pl_trace_wall_over_ns(const struct pl_trace_wall *wall)
{
    int64_t over_ns = 0;
    for (uint32_t i = 0; i < wall->count; i++) {
        if (!wall->copies[i].over_ns)
            return 0;
        if (wall->copies[i].over_ns > over_ns)
            over_ns = wall->copies[i].over_ns;
    }
    return over_ns;
}

void pl_trace_wall_close(struct pl_trace_wall *wall)
{
    for (uint32_t i = 0; i < wall->count; i++)
        trace_held_release(&wall->copies[i].held, &wall->copies[i].lanes[0]->hands);
}
