/* Proposing size classes for a trace (listed_classes.h). It is read twice: for the sizes and how
 * many of each were live, and with the classes for what they would have held. */
#include "harness/cli/listed_classes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocators/base/printable.h"
#include "harness/cli/cli.h"
#include "harness/scenario/scenario.h"
#include "harness/trace/classes.h"
#include "harness/trace/reader.h"

enum {
    POOL_COUNT_MAX = 65536,         /* that size_class_pool keeps of a size */
    FALLS_BACK = PL_CLASSES_MAX - 1 /* its place behind those of sizes */
};

/* Blocks in a class, or, behind the last one, beside all of them. */
struct held {
    uint64_t requests, live, live_peak; /* blocks */
    uint64_t bytes;                     /* asked for by those that are live */
};

struct classes {
    struct pl_trace_sizes sizes;
    uint64_t list[PL_TRACE_CLASSES_MAX];
    uint32_t count;
    struct held held[PL_CLASSES_MAX];
    uint32_t *slots; /* of a block: its size's place, then its class */
    size_t slot_capacity;
    uint64_t fitting_peak, taken; /* bytes: the most of fitting blocks, and what they took then */
};

static uint32_t *slot_of(struct classes *c, uint32_t slot)
{
    if (slot >= c->slot_capacity) {
        const size_t capacity = 2 * (size_t)slot + 64;
        uint32_t *grown = reallocarray(c->slots, capacity, sizeof *grown);
        if (!grown)
            return NULL;
        c->slots = grown;
        c->slot_capacity = capacity;
    }
    return &c->slots[slot];
}

static int count_size(struct classes *c, const struct pl_trace_event *e)
{
    uint32_t *slot = slot_of(c, e->slot);
    const int64_t place = slot ? pl_trace_size_place(&c->sizes, pl_trace_needed(e)) : -1;
    if (place < 0)
        return -ENOMEM;
    struct pl_trace_size *size = &c->sizes.list[place];
    *slot = (uint32_t)place;
    size->requests++;
    size->live++;
    size->live_peak = size->live > size->live_peak ? size->live : size->live_peak;
    return 0;
}

/* The first time. */
static int collect(struct classes *c, const struct pl_trace_event *e)
{
    if (e->kind == PL_TRACE_FREE || e->kind == PL_TRACE_RESIZE)
        c->sizes.list[c->slots[e->slot]].live--;
    return e->kind == PL_TRACE_ALLOCATE || e->kind == PL_TRACE_RESIZE ? count_size(c, e) : 0;
}

static uint32_t class_of(const struct classes *c, uint64_t bytes)
{
    uint32_t class = 0;
    while (class < c->count && c->list[class] < bytes)
        class ++;
    return class < c->count ? class : FALLS_BACK;
}

static void raise_peak(struct classes *c)
{
    uint64_t asked = 0, taken = 0;
    for (uint32_t i = 0; i < c->count; i++) {
        asked += c->held[i].bytes;
        taken += c->held[i].live * c->list[i];
    }
    if (asked > c->fitting_peak) {
        c->fitting_peak = asked;
        c->taken = taken;
    }
}

static void hold(struct classes *c, const struct pl_trace_event *e)
{
    struct held *held = &c->held[c->slots[e->slot] = class_of(c, pl_trace_needed(e))];
    held->requests++;
    held->live++;
    held->live_peak = held->live > held->live_peak ? held->live : held->live_peak;
    held->bytes += e->size;
    raise_peak(c);
}

static void leave(struct classes *c, uint32_t slot, uint64_t bytes)
{
    struct held *held = &c->held[c->slots[slot]];
    held->live--;
    held->bytes -= bytes;
}

/* The second time: the same slots come. */
static int evaluate(struct classes *c, const struct pl_trace_event *e)
{
    if (e->kind == PL_TRACE_FREE)
        leave(c, e->slot, e->size);
    if (e->kind == PL_TRACE_RESIZE)
        leave(c, e->slot, e->old_size);
    if (e->kind == PL_TRACE_ALLOCATE || e->kind == PL_TRACE_RESIZE)
        hold(c, e);
    return 0;
}

/* @return 0, also where the trace is cut off: what is whole counts */
static int read_through(struct classes *c, const char *path,
                        int (*take)(struct classes *, const struct pl_trace_event *),
                        struct pl_error *error)
{
    struct pl_trace_reader *reader;
    struct pl_trace_event e;
    int rc = pl_trace_open(path, &reader, error);
    if (rc)
        return rc;
    while ((rc = pl_trace_next(reader, &e, error)) > 0)
        if (take(c, &e)) {
            rc = pl_error_set(error, -ENOMEM, "%.400s: out of memory", path);
            break;
        }
    pl_trace_close(reader);
    return rc == -ENODATA ? 0 : rc;
}

static int choose(struct classes *c, const char *path, struct pl_error *error)
{
    pl_trace_sizes_sort(&c->sizes);
    const uint32_t served = pl_trace_sizes_served(&c->sizes, PL_CLASS_BYTES_MAX);
    if (!served)
        return pl_error_set(error, -EINVAL, "%.400s holds no block that a class may have", path);
    c->count = pl_trace_classes_choose(c->sizes.list, served, PL_CLASSES_MAX - 1, c->list, NULL);
    return c->count ? 0 : pl_error_set(error, -ENOMEM, "%.400s: out of memory", path);
}

static double percent(uint64_t part, uint64_t whole)
{
    return whole ? 100.0 * (double)part / (double)whole : 0;
}

static void print_losses(const struct classes *c)
{
    const struct held *out = &c->held[FALLS_BACK];
    uint64_t requests = 0;
    for (uint32_t i = 0; i < c->count; i++)
        requests += c->held[i].requests;
    printf("# fits: %.2f %% of requests, %" PRIu64 " of %" PRIu64 "\n",
           percent(requests, requests + out->requests), requests, requests + out->requests);
    printf("# lost: %" PRIu64 " B by rounding up, %.1f %% of the %" PRIu64
           " B that fitting blocks have at their peak\n",
           c->taken - c->fitting_peak, percent(c->taken - c->fitting_peak, c->fitting_peak),
           c->fitting_peak);
    if (out->requests)
        printf("# falls back to the heap: %" PRIu64 " requests of more than %" PRIu64 " B, %" PRIu64
               " blocks at most at a time\n",
               out->requests, c->list[c->count - 1], out->live_peak);
}

/* A name says the size. */
static void print_classes(const struct classes *c)
{
    printf("classes:\n");
    for (uint32_t i = 0; i < c->count; i++)
        printf("  b%" PRIu64 ": {size: %" PRIu64 "B} # %" PRIu64 " requests, %" PRIu64
               " live at most\n",
               c->list[i], c->list[i], c->held[i].requests, c->held[i].live_peak);
}

/* The same sizes as a stack that keeps as many of each as were live, or as it can. */
static void print_pool(const struct classes *c)
{
    printf("# as a pool: size_class_pool:classes=");
    for (uint32_t i = 0; i < c->count; i++) {
        const uint64_t live = c->held[i].live_peak ? c->held[i].live_peak : 1;
        printf("%s%" PRIu64 "Bx%" PRIu64, i ? "+" : "", c->list[i],
               live < POOL_COUNT_MAX ? live : POOL_COUNT_MAX);
    }
    puts("/glibc");
}

static void print(const struct classes *c, const char *path)
{
    pl_printable_line(stdout, "# Of %s: %" PRIu32 " classes for %" PRIu32 " sizes.", path, c->count,
                      c->sizes.count);
    print_losses(c);
    print_pool(c);
    print_classes(c);
}

int pl_list_classes(const char *path)
{
    static struct classes c;
    struct pl_error error = {""};
    int rc = read_through(&c, path, collect, &error);
    if (!rc)
        rc = choose(&c, path, &error);
    if (!rc)
        rc = read_through(&c, path, evaluate, &error);
    if (!rc)
        print(&c, path);
    if (!rc && error.text[0])
        pl_printable_line(stderr, "plimsoll: %s: what is whole counts", error.text);
    pl_trace_sizes_free(&c.sizes);
    free(c.slots);
    return rc ? pl_cli_fail(rc == -ENOMEM ? PL_EXIT_MACHINE : PL_EXIT_USAGE, &error) : PL_EXIT_OK;
}
