/* A garbage collector over C memory, as a layer: a release tells a modelled collector that the
 * block is garbage, and the collector decides when it really goes back. For the program the block
 * is gone at once; for the heap below it is not, and that is what a server of OCaml or Go pays.
 *
 * A block's cell stands for it in the collector's heap. Its book and this state lie outside
 * RssAnon; the modelled heap lies in it: it is the program's. */
#include "allocators/gc/gc.h"

#include <errno.h>

#include "allocators/backend.h"

/* custom_minor_max_size: 4.14's and 5.2's config.h, Custom_minor_max_bsz_def. */
enum { MINOR_MAX_OCAML4 = 8192, MINOR_MAX_OCAML5 = 70000 };

enum {
    RUNTIME,
    MODE,
    OVERHEAD,
    RATIO,
    MINOR_RATIO,
    MINOR_MAX,
    MINOR_HEAP,
    GARBAGE_PIECE,
    LIVE,
    GARBAGE,
    GOGC,
    MEMORY_LIMIT
};

static const struct pl_option options[] = {
    [RUNTIME] = {.name = "runtime",
                 .help = "whose collector: OCaml 4.14's, OCaml 5.2's or Go 1.19's",
                 .type = PL_OPTION_CHOICE,
                 .choices = "ocaml4|ocaml5|go",
                 .default_text = "ocaml4"},
    [MODE] = {.name = "mode",
              .help = "what the collector knows of a block; heap: it lies in its heap, as Go's do "
                      "unless told",
              .type = PL_OPTION_CHOICE,
              .choices = "declared|undeclared|by_hand|heap"},
    [OVERHEAD] = {.name = "overhead",
                  .help = "OCaml's space_overhead, percent",
                  .type = PL_OPTION_COUNT,
                  .min = 1,
                  .max = 1000000,
                  .default_text = "120"},
    [RATIO] = {.name = "ratio",
               .help = "OCaml's custom_major_ratio, percent",
               .type = PL_OPTION_COUNT,
               .min = 1,
               .max = 1000000,
               .default_text = "44"},
    [MINOR_RATIO] = {.name = "minor_ratio",
                     .help = "OCaml's custom_minor_ratio, percent",
                     .type = PL_OPTION_COUNT,
                     .min = 1,
                     .max = 1000000,
                     .default_text = "100"},
    [MINOR_MAX] = {.name = "minor_max",
                   .help = "OCaml's custom_minor_max_size; not given, 8192 B, of ocaml5 70000 B",
                   .type = PL_OPTION_SIZE,
                   .min = 0,
                   .max = INT64_C(1) << 40},
    [MINOR_HEAP] = {.name = "minor_heap",
                    .help = "OCaml's minor heap",
                    .type = PL_OPTION_SIZE,
                    .min = 32768,
                    .max = INT64_C(1) << 32,
                    .default_text = "2MiB",
                    .unit = 4096},
    [GARBAGE_PIECE] = {.name = "garbage_piece",
                       .help =
                           "of that garbage, the bytes of one piece; in OCaml what is larger than "
                           "2 KiB, as arrays of samples are, lies in the major heap at once and "
                           "is dead there",
                       .type = PL_OPTION_SIZE,
                       .min = 8,
                       .max = INT64_C(1) << 30,
                       .default_text = "64B",
                       .unit = 8},
    [LIVE] = {.name = "live",
              .help = "the program's own data in the collector's heap, marked in each cycle",
              .type = PL_OPTION_SIZE,
              .min = 4096,
              .max = INT64_C(1) << 36,
              .default_text = "32MiB",
              .unit = 4096},
    [GARBAGE] = {.name = "garbage",
                 .help = "heap garbage made with each acquire; in OCaml it dies after promotion, "
                         "if its pieces are "
                         "small",
                 .type = PL_OPTION_SIZE,
                 .min = 0,
                 .max = INT64_C(1) << 30,
                 .default_text = "0B",
                 .unit = 8},
    [GOGC] = {.name = "gogc",
              .help = "Go's GOGC, percent",
              .type = PL_OPTION_COUNT,
              .min = 1,
              .max = 1000000,
              .default_text = "100"},
    [MEMORY_LIMIT] = {.name = "memory_limit",
                      .help = "Go's memory limit; 0B for none",
                      .type = PL_OPTION_SIZE,
                      .min = 0,
                      .max = INT64_C(1) << 50,
                      .default_text = "0B"},
};

static bool is_go(const struct pl_option_value *values)
{
    return values[RUNTIME].number == PL_GC_GO;
}

/* The first option that is given and not the runtime's, or NULL. */
static const char *misplaced(const struct pl_option_value *values)
{
    for (size_t i = OVERHEAD; i <= GARBAGE_PIECE; i++)
        if (is_go(values) && values[i].set)
            return options[i].name;
    for (size_t i = GOGC; i <= MEMORY_LIMIT; i++)
        if (!is_go(values) && values[i].set)
            return options[i].name;
    return NULL;
}

static int check(const struct pl_layer_context *context, struct pl_error *error)
{
    const struct pl_layer_spec *spec = &context->stack->layers[context->layer];
    const char *text = context->stack->text, *option = misplaced(spec->values);
    if (option)
        return pl_error_set(error, -EINVAL,
                            "stack '%.100s': gc:%s is %s; expected runtime=%s, or gc without it",
                            text, option, is_go(spec->values) ? "OCaml's" : "Go's",
                            is_go(spec->values) ? "ocaml4" : "go");
    if (is_go(spec->values) && spec->values[MODE].set &&
        spec->values[MODE].number == PL_GC_DECLARED)
        return pl_error_set(error, -EINVAL,
                            "stack '%.100s': gc:mode=declared with runtime=go, which cannot be "
                            "told sizes; expected undeclared, by_hand or heap",
                            text);
    for (size_t i = 0; i < context->layer; i++)
        if (context->stack->layers[i].backend == spec->backend)
            return pl_error_set(
                error, -EINVAL,
                "stack '%.100s': gc occurs twice, and a program has one collector; expected one gc",
                text);
    return 0;
}

static size_t state_bytes(const struct pl_layer_context *context)
{
    return sizeof(struct pl_gc) + context->class_count * sizeof(struct pl_gc_link);
}

static void read_settings(struct pl_gc_settings *settings, const struct pl_option_value *values)
{
    *settings = (struct pl_gc_settings){
        .language = (enum pl_gc_language)values[RUNTIME].number,
        .mode = (enum pl_gc_mode)values[MODE].number,
        .overhead = values[OVERHEAD].number,
        .ratio = values[RATIO].number,
        .minor_ratio = values[MINOR_RATIO].number,
        .minor_max = values[MINOR_MAX].number,
        .minor_heap = values[MINOR_HEAP].number,
        .live = values[LIVE].number,
        .garbage = values[GARBAGE].number,
        .garbage_piece = values[GARBAGE_PIECE].number,
        .memory_limit = values[MEMORY_LIMIT].number,
        .gogc = values[GOGC].number,
    };
    if (is_go(values) && !values[MODE].set)
        settings->mode = PL_GC_IN_HEAP;
    if (!values[MINOR_MAX].set)
        settings->minor_max =
            settings->language == PL_GC_OCAML5 ? MINOR_MAX_OCAML5 : MINOR_MAX_OCAML4;
}

/* A pool below counts every block as its own; one above counts those that it has not dropped. */
static enum pl_gc_reserves reserves(const struct pl_layer_context *context)
{
    for (size_t i = 0; i < context->stack->depth; i++)
        if (context->stack->layers[i].backend->pool)
            return i < context->layer ? PL_GC_DROPPED_BLOCKS : PL_GC_NO_BLOCKS;
    return PL_GC_ALL_BLOCKS;
}

static int open_collector(struct pl_gc *gc)
{
    int rc = pl_gc_heap_open(&gc->heap, gc->settings.live);
    if (rc)
        return rc;
    gc->heap.finalise = pl_gc_finalise;
    gc->heap.owner = gc;
    pthread_mutex_init(&gc->mutex, NULL);
    gc->runtime = gc->settings.language == PL_GC_GO ? &pl_gc_runtime_go : &pl_gc_runtime_ocaml;
    rc = gc->runtime->open(gc);
    if (rc)
        pl_gc_heap_close(&gc->heap);
    return rc;
}

static int open_links(void *state, const struct pl_layer_context *context,
                      struct pl_allocator **links, struct pl_error *error)
{
    struct pl_gc *gc = state;
    read_settings(&gc->settings, context->stack->layers[context->layer].values);
    gc->reserves = reserves(context);
    if (open_collector(gc))
        return pl_error_set(error, -ENOMEM, "stack '%.100s': gc: no memory for its heap",
                            context->stack->text);
    for (size_t i = 0; i < context->class_count; i++) {
        struct pl_gc_link *link = &gc->links[i];
        link->link = (struct pl_allocator){.acquire = pl_gc_acquire,
                                           .release = pl_gc_release,
                                           .footprint = pl_gc_footprint,
                                           .inner = links[i]};
        link->gc = gc;
        links[i] = &link->link;
    }
    pl_gc_reserve(gc);
    return 0;
}

static uint64_t load(const _Atomic uint64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

static void add_stats(const void *state, struct pl_stack_stats *stats)
{
    const struct pl_gc_counters *counters = &((const struct pl_gc *)state)->counters;
    stats->pooled = true;
    stats->collected = true;
    stats->reserved_bytes += load(&counters->reserved);
    stats->reserved_bytes_peak += load(&counters->reserved_peak);
    stats->heap_failures += load(&counters->failures);
    stats->corruptions += load(&counters->corruptions);
    stats->gc_cycles += load(&counters->cycles);
    stats->gc_minor_collections += load(&counters->minor_collections);
    stats->gc_slices += load(&counters->slices);
    stats->gc_pause_ns_max = load(&counters->pause_ns_max);
    stats->gc_deferred_bytes += load(&counters->deferred_bytes);
}

static void close_collector(void *state)
{
    struct pl_gc *gc = state;
    pl_gc_finish(gc);
    pl_book_close(&gc->book);
    gc->runtime->close(gc);
    pl_gc_kept_close(&gc->kept);
    pl_gc_heap_close(&gc->heap);
    pthread_mutex_destroy(&gc->mutex);
}

const struct pl_backend pl_backend_gc = {
    .name = "gc",
    .summary = "a modelled collector of OCaml or Go decides when released blocks really go back",
    .options = options,
    .option_count = PL_ARRAY_COUNT(options),
    .check = check,
    .state_bytes = state_bytes,
    .open = open_links,
    .stats = add_stats,
    .close = close_collector,
    .not_foreign =
        "it models a collector over the blocks of a scenario; such a program brings its own",
};
