/* Allocations beside a pipeline (background.h). */
#include "harness/pipelines/background/background.h"

#include <errno.h>
#include <string.h>

#include "harness/base/random.h"
#include "harness/pipelines/stamp.h"

#define NS_PER_S 1e9
#define STEP_NS \
    INT64_C(1000000) /* between two firings at least; what is due by then comes at once */

/* One entry of `background`. */
struct source {
    const struct pl_background *settings;
    struct pl_side *side;
    struct pl_stamped *queue; /* a ring of settings->queue, or of one */
    struct pl_event event;
    uint32_t class_index;
    uint64_t random;
    uint64_t made; /* blocks, refused ones too */
};

struct pl_background_work {
    uint32_t count;
    struct source sources[];
};

uint32_t pl_background_events(const struct pl_scenario *s)
{
    return s->background_count;
}

static uint32_t ring_of(const struct pl_background *b)
{
    return b->queue ? b->queue : 1;
}

static size_t work_bytes(const struct pl_scenario *s)
{
    return sizeof(struct pl_background_work) + s->background_count * sizeof(struct source);
}

size_t pl_background_arena_bytes(const struct pl_scenario *s)
{
    size_t bytes = s->background_count ? pl_arena_cost(work_bytes(s)) : 0;
    for (uint32_t i = 0; i < s->background_count; i++)
        bytes += pl_arena_cost(ring_of(&s->background[i]) * sizeof(struct pl_stamped));
    return bytes;
}

/* A new block comes before the oldest goes. */
static void make(struct source *source)
{
    const struct pl_background *s = source->settings;
    struct pl_stamped *place = &source->queue[source->made++ % ring_of(s)], old = *place;
    uint32_t size = pl_stamped_size(s->size_min, s->size_max, &source->random);
    pl_stamped_acquire(source->side, source->class_index, place, size,
                       pl_random_next(&source->random), PL_SITE_HERE);
    pl_stamped_release(source->side, source->class_index, &old);
    if (!s->queue)
        pl_stamped_release(source->side, source->class_index, place);
}

/* When the next block is due, in whole steps where blocks come faster. */
static int64_t next_due(const struct source *source, int64_t now_ns)
{
    const struct pl_background *s = source->settings;
    int64_t due_ns = s->span.from_ns + (int64_t)((double)(source->made + 1) / s->rate * NS_PER_S);
    if (due_ns < now_ns + STEP_NS)
        due_ns = now_ns + STEP_NS;
    return due_ns < s->span.until_ns ? due_ns : PL_NEVER;
}

static int64_t on_work(void *context, int64_t now_ns)
{
    struct source *source = context;
    const struct pl_background *s = source->settings;
    uint64_t due = (uint64_t)((double)(now_ns - s->span.from_ns) / NS_PER_S * s->rate);
    do
        make(source);
    while (source->made < due);
    return next_due(source, now_ns);
}

static bool open_source(struct source *source, const struct pl_pipeline_inputs *in, uint32_t index)
{
    const struct pl_background *s = &in->scenario->background[index];
    *source = (struct source){
        .settings = s,
        .side = pl_sides_network(in->sides),
        .queue = pl_arena_take(in->arena, ring_of(s) * sizeof *source->queue),
        .event = {.fire = on_work, .context = source},
        .class_index = (uint32_t)pl_scenario_class(in->scenario, s->class),
        .random = in->seed + index,
    };
    if (!source->queue)
        return false;
    pl_loop_add(in->loop, &source->event, next_due(source, s->span.from_ns - STEP_NS));
    return true;
}

int pl_background_open(const struct pl_pipeline_inputs *in, struct pl_background_work **work,
                       struct pl_error *error)
{
    *work = NULL;
    if (!in->scenario->background_count)
        return 0;
    struct pl_background_work *w = pl_arena_take(in->arena, work_bytes(in->scenario));
    for (uint32_t i = 0; w && i < in->scenario->background_count; i++)
        if (!open_source(&w->sources[w->count++], in, i))
            w = NULL;
    if (!w)
        return pl_error_set(error, -ENOMEM, "the arena is too small for the background");
    *work = w;
    return 0;
}

void pl_background_close(struct pl_background_work *work)
{
    for (uint32_t i = 0; work && i < work->count; i++) {
        struct source *source = &work->sources[i];
        for (uint32_t k = 0; k < ring_of(source->settings); k++)
            pl_stamped_release(source->side, source->class_index, &source->queue[k]);
    }
}
