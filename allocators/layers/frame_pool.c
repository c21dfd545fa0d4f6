/* The ffgo guide's FramePool ("Memory Efficiency in Media Processing"), a channel of frames made
 * beforehand: the one that has waited longest goes out first, an empty pool falls back to a fresh
 * frame, a full one frees what comes back. A pool for each class; a frame is of the class's size,
 * however little of it is asked for.
 *
 * A shell is the frame without its pixels: FFmpeg's AVFrame, 472 B in 5.1 on x86-64. A pool that
 * reuses shells saves that block alone: the pixels are had afresh at each acquire and given back at
 * each release, and the shell is cleared then, as av_frame_unref() does. Where pixels are reused
 * the shell comes and goes with them, and is not modelled.
 *
 * The guide's own Acquire unrefs the frame that it takes from its pool, and so throws the pixels
 * away that the pool was made to keep: guide=on does the same. Such an acquire is a hit in the
 * pool's books, as it is in the guide's, and yet each one allocates.
 *
 * Frames are blocks of the next link, each on its own: an instrument sees those, free ones too. */
#include <errno.h>
#include <inttypes.h>

#include "allocators/backend.h"
#include "allocators/layers/around.h"
#include "allocators/layers/frames.h"

enum { FRAMES, REUSE, ON_EMPTY, WAIT_MS, GUIDE };

static const struct pl_option options[] = {
    [FRAMES] = {.name = "frames",
                .help = "frames of each class, made when the pool is opened",
                .type = PL_OPTION_COUNT,
                .min = 1,
                .max = 65536,
                .default_text = "4"},
    [REUSE] = {.name = "reuse",
               .help = "what is kept of a frame: all, or all but its pixels",
               .type = PL_OPTION_CHOICE,
               .choices = "pixels|shells",
               .default_text = "pixels"},
    [ON_EMPTY] = {.name = "on_empty",
                  .help = "an empty pool allocates afresh, refuses, or waits for a frame",
                  .type = PL_OPTION_CHOICE,
                  .choices = "fallback|fail|wait",
                  .default_text = "fallback",
                  .real_time = PL_WAIT},
    [WAIT_MS] = {.name = "wait_ms",
                 .help = "with on_empty=wait: how long, in milliseconds, before it refuses",
                 .type = PL_OPTION_MILLISECONDS,
                 .min = 1,
                 .max = 3600000,
                 .default_text = "1000"},
    [GUIDE] = {.name = "guide",
               .help =
                   "throw away the pixels of each frame acquired, as the ffgo guide's code does",
               .type = PL_OPTION_BOOL,
               .default_text = "off"},
};

struct frame_layer {
    struct pl_pool_counters counters;
    struct pl_around around; /* of the class of any size */
    size_t class_count;      /* opened */
    struct pl_frames pools[];
};

static size_t weight(const struct pl_layer_spec *spec, size_t size)
{
    return size + (spec->values[REUSE].number ? PL_SHELL_BYTES : 0);
}

static bool limits(const struct pl_layer_spec *spec)
{
    return spec->values[ON_EMPTY].number != PL_FALL_BACK;
}

static int check(const struct pl_layer_context *context, struct pl_error *error)
{
    const struct pl_option_value *values = context->stack->layers[context->layer].values;
    if (values[GUIDE].number && values[REUSE].number)
        return pl_error_set(error, -EINVAL,
                            "stack '%.100s': frame_pool:guide=on frees pixels, and reuse=shells "
                            "keeps none; expected reuse=pixels",
                            context->stack->text);
    if (values[WAIT_MS].set && values[ON_EMPTY].number != PL_WAIT)
        return pl_error_set(
            error, -EINVAL,
            "stack '%.100s': frame_pool:wait_ms without on_empty=wait; expected both",
            context->stack->text);
    return 0;
}

static size_t state_bytes(const struct pl_layer_context *context)
{
    return sizeof(struct frame_layer) + context->class_count * sizeof(struct pl_frames);
}

static void close_pools(void *state)
{
    struct frame_layer *layer = state;
    for (size_t i = 0; i < layer->class_count; i++)
        pl_frames_close(&layer->pools[i]);
}

static int refuse_stock(const struct pl_layer_context *context, size_t made, size_t index,
                        struct pl_error *error)
{
    const struct pl_class *class = &context->classes[index];
    return pl_error_set(error, -ENOMEM,
                        "stack '%.100s': frame_pool: memory for %zu of %" PRIu64
                        " frames of class '%s' alone, %" PRIu64
                        " B each; expected fewer frames, or a limit below that holds them",
                        context->stack->text, made,
                        context->stack->layers[context->layer].values[FRAMES].number, class->name,
                        class->size);
}

static int open_pools(void *state, const struct pl_layer_context *context,
                      struct pl_allocator **links, struct pl_error *error)
{
    struct frame_layer *layer = state;
    const struct pl_option_value *values = context->stack->layers[context->layer].values;
    const struct pl_frames_settings settings = {
        .on_empty = (enum pl_on_empty)values[ON_EMPTY].number,
        .shells = values[REUSE].number,
        .guide = values[GUIDE].number,
        .wait_ms = values[WAIT_MS].number,
        .frames = values[FRAMES].number,
    };
    for (size_t i = 0; i < context->class_count; i++) {
        if (context->classes[i].size == PL_CLASS_ANY) {
            links[i] = pl_around_open(&layer->around, links[i], &layer->counters.fallbacks);
            continue;
        }
        struct pl_frames *pool = &layer->pools[layer->class_count++];
        pl_frames_open(pool, &settings, context->classes[i].size, links[i], &layer->counters);
        if (!pl_frames_stock(pool)) {
            size_t made = pool->kept;
            close_pools(layer);
            return refuse_stock(context, made, i, error);
        }
        links[i] = &pool->link;
    }
    return 0;
}

static void add_stats(const void *state, struct pl_stack_stats *stats)
{
    pl_pool_add_stats(&((const struct frame_layer *)state)->counters, stats);
}

const struct pl_backend pl_backend_frame_pool = {
    .name = "frame_pool",
    .summary = "the ffgo guide's pool: frames made beforehand, fresh ones when it is empty",
    .options = options,
    .option_count = PL_ARRAY_COUNT(options),
    .one_size = true,
    .pool = true,
    .limits = limits,
    .weight = weight,
    .check = check,
    .state_bytes = state_bytes,
    .open = open_pools,
    .stats = add_stats,
    .close = close_pools,
    .not_foreign =
        "its frames have the sizes of a scenario's memory classes, which such a program has not",
};
