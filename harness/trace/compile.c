/* From raw records to events (compile.h): addresses become slots, stamps milliseconds, and what was
 * missed is put right and counted. */
#include "harness/trace/compile.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/map.h"
#include "harness/trace/beside.h"
#include "harness/trace/large_blocks.h"
#include "harness/trace/raw_log.h"
#include "harness/trace/samples.h"
#include "harness/trace/site_numbers.h"
#include "harness/trace/writer.h"

enum { NS_PER_MS = 1000000 };

/* Of a thread of the raw file. */
struct source_thread {
    uint32_t number;                 /* in the trace; 0: it has no event there yet */
    int64_t resizing;                /* the slot, from a RESIZE to what came of it; -1: none */
    uint64_t touched, address, size; /* likewise; of a block whose pages are not looked at 0 */
};

struct compiler {
    const struct pl_trace_source *source;
    struct pl_trace_writer *writer;
    struct pl_raw_log log;
    struct pl_map addresses;
    struct pl_beside beside;
    struct pl_large_blocks large;
    struct pl_site_numbers sites;
    struct source_thread *threads;
    uint32_t thread_capacity, thread_count;
    struct pl_memory_sample sample;
    bool has_sample;
    uint64_t began; /* stamp */
    size_t time;    /* the present one */
    uint64_t unknown_frees, missed_frees;
};

/* Between two known times it runs evenly; before and behind them as there. */
static int64_t ns_of(struct compiler *c, uint64_t stamp)
{
    const struct pl_trace_source *s = c->source;
    while (c->time + 2 < s->time_count && s->times[c->time + 1].stamp <= stamp)
        c->time++;
    const struct pl_trace_time *a = &s->times[c->time], *b = &s->times[c->time + 1];
    const double passed = (double)(int64_t)(stamp - a->stamp);
    const double rate =
        b->stamp > a->stamp ? (double)(b->ns - a->ns) / (double)(b->stamp - a->stamp) : 0;
    return a->ns + (int64_t)(passed * rate);
}

static uint64_t ms_of(struct compiler *c, uint64_t stamp, int64_t began_ns)
{
    const int64_t ns = ns_of(c, stamp) - began_ns;
    return ns > 0 ? (uint64_t)ns / NS_PER_MS : 0;
}

static struct source_thread *thread_of(struct compiler *c, uint32_t thread)
{
    if (thread >= c->thread_capacity) {
        const uint32_t capacity = 2 * thread + 16;
        struct source_thread *grown = reallocarray(c->threads, capacity, sizeof *grown);
        if (!grown)
            return NULL;
        for (uint32_t i = c->thread_capacity; i < capacity; i++)
            grown[i] = (struct source_thread){.resizing = -1};
        c->threads = grown;
        c->thread_capacity = capacity;
    }
    struct source_thread *found = &c->threads[thread];
    if (!found->number)
        found->number = ++c->thread_count;
    return found;
}

static int enter(struct compiler *c, const struct pl_trace_event *e, uint64_t address)
{
    int rc = pl_map_add(&c->addresses, address, e->slot);
    pl_beside_note_block(&c->beside, address);
    return rc ? rc : pl_large_blocks_add(&c->large, e->slot, address, e->size);
}

/* @return the slot, which is left; -1 where the block is not known */
static int64_t leave(struct compiler *c, uint64_t address)
{
    const int64_t slot = pl_map_find(&c->addresses, address);
    if (slot < 0)
        return -1;
    pl_map_remove(&c->addresses, address);
    pl_large_blocks_remove(&c->large, (uint32_t)slot);
    return slot;
}

static int write_free(struct compiler *c, const struct pl_trace_event *moment, uint32_t slot,
                      uint64_t touched)
{
    struct pl_trace_event e = {.kind = PL_TRACE_FREE,
                               .thread = moment->thread,
                               .time_ms = moment->time_ms,
                               .slot = slot,
                               .touched_pages = touched};
    return pl_trace_write(c->writer, &e);
}

/* An address that comes again: its free was missed. */
static int put_right(struct compiler *c, const struct pl_trace_event *moment, uint64_t address)
{
    const int64_t slot = leave(c, address);
    if (slot < 0)
        return 0;
    c->missed_frees++;
    return write_free(c, moment, (uint32_t)slot, PL_TRACE_UNTOLD);
}

static void take_shape(struct compiler *c, const struct pl_raw_record *r, struct pl_trace_event *e)
{
    const unsigned exponent = r->beside & PL_RAW_EXPONENT;
    e->size = r->size;
    e->alignment = exponent ? UINT64_C(1) << exponent : 0;
    e->zeroed = r->beside & PL_RAW_ZEROED;
    e->site = pl_site_number(&c->sites, c->writer, c->source, r->frames, r->frame_count);
}

static int allocate(struct compiler *c, const struct pl_raw_record *r, struct pl_trace_event *e)
{
    int rc = put_right(c, e, r->address);
    if (rc)
        return rc;
    e->kind = PL_TRACE_ALLOCATE;
    take_shape(c, r, e);
    rc = pl_trace_write(c->writer, e);
    return rc ? rc : enter(c, e, r->address);
}

static int release(struct compiler *c, const struct pl_raw_record *r,
                   const struct pl_trace_event *moment)
{
    const int64_t slot = leave(c, r->address);
    c->unknown_frees += slot < 0;
    return slot < 0 ? 0 : write_free(c, moment, (uint32_t)slot, r->touched);
}

/* From here on the address may be somebody else's. */
static int begin_resize(struct compiler *c, const struct pl_raw_record *r, struct source_thread *t)
{
    const int64_t slot = pl_map_find(&c->addresses, r->address);
    t->size = slot < 0 ? 0 : pl_large_blocks_size(&c->large, (uint32_t)slot);
    t->resizing = leave(c, r->address);
    t->touched = r->touched;
    t->address = r->address;
    c->unknown_frees += t->resizing < 0;
    return 0;
}

static int end_resize(struct compiler *c, const struct pl_raw_record *r, struct source_thread *t,
                      struct pl_trace_event *e)
{
    const int64_t slot = t->resizing;
    t->resizing = -1;
    if (!r->address) /* realloc of 0 bytes, where it frees */
        return slot < 0 ? 0 : write_free(c, e, (uint32_t)slot, t->touched);
    if (slot < 0)
        return allocate(c, r, e);
    int rc = put_right(c, e, r->address);
    if (rc)
        return rc;
    e->kind = PL_TRACE_RESIZE;
    e->slot = (uint32_t)slot;
    e->touched_pages = t->touched;
    take_shape(c, r, e);
    rc = pl_trace_write(c->writer, e);
    return rc ? rc : enter(c, e, r->address);
}

static int refuse(struct compiler *c, const struct pl_raw_record *r, struct pl_trace_event *e)
{
    e->kind = PL_TRACE_REFUSED;
    take_shape(c, r, e);
    if (e->size > PL_TRACE_SIZE_MAX)
        e->size = PL_TRACE_SIZE_MAX;
    return pl_trace_write(c->writer, e);
}

/* A resize that the heap refused: the block is what it was. */
static int stay(struct compiler *c, const struct pl_raw_record *r, struct source_thread *t,
                struct pl_trace_event *e)
{
    const int64_t slot = t->resizing;
    int rc = slot < 0 ? 0 : pl_map_add(&c->addresses, t->address, (uint32_t)slot);
    if (!rc && slot >= 0)
        rc = pl_large_blocks_add(&c->large, (uint32_t)slot, t->address, t->size);
    t->resizing = -1;
    return rc ? rc : refuse(c, r, e);
}

static int ask_size(struct compiler *c, const struct pl_raw_record *r, struct pl_trace_event *e)
{
    const int64_t slot = pl_map_find(&c->addresses, r->address);
    e->kind = PL_TRACE_ASK_SIZE;
    e->slot = (uint32_t)slot;
    return slot < 0 ? 0 : pl_trace_write(c->writer, e);
}

static int map_beside(struct compiler *c, const struct pl_raw_record *r, struct pl_trace_event *e)
{
    struct pl_beside *b = &c->beside;
    const uint64_t bytes = b->mapped.bytes, end = r->address + (r->size + 4095) / 4096 * 4096;
    int rc;
    if (r->op == PL_RAW_MAP)
        rc = pl_address_ranges_add(r->beside == PL_RAW_BEFORE ? &b->before : &b->mapped, r->address,
                                   end);
    else if (!(rc = pl_address_ranges_remove(&b->before, r->address, end)))
        rc = pl_address_ranges_remove(&b->mapped, r->address, end);
    if (rc || b->mapped.bytes == bytes)
        return rc;
    e->kind = PL_TRACE_BESIDE;
    e->thread = 0;
    e->beside_bytes = b->mapped.bytes;
    return pl_trace_write(c->writer, e);
}

static int take(struct compiler *c, const struct pl_raw_record *r, uint64_t time_ms)
{
    struct pl_trace_event e = {.time_ms = time_ms};
    if (r->op == PL_RAW_MAP && r->beside == PL_RAW_STACK)
        return pl_beside_add_stack(&c->beside, r->address);
    if (r->op == PL_RAW_MAP || r->op == PL_RAW_UNMAP)
        return map_beside(c, r, &e);
    struct source_thread *t = thread_of(c, r->thread);
    if (!t)
        return -ENOMEM;
    e.thread = t->number;
    switch (r->op) {
    case PL_RAW_ALLOCATE:
        return allocate(c, r, &e);
    case PL_RAW_FREE:
        return release(c, r, &e);
    case PL_RAW_RESIZE:
        return begin_resize(c, r, t);
    case PL_RAW_RESIZED:
        return end_resize(c, r, t, &e);
    case PL_RAW_STAYED:
        return stay(c, r, t, &e);
    case PL_RAW_REFUSED:
        return refuse(c, r, &e);
    case PL_RAW_ASK_SIZE:
        return ask_size(c, r, &e);
    case PL_RAW_TRIM:
        e.kind = PL_TRACE_TRIM;
        e.size = r->size;
        return pl_trace_write(c->writer, &e);
    case PL_RAW_THREAD_END:
        e.kind = PL_TRACE_THREAD_END;
        return pl_trace_write(c->writer, &e);
    default:
        return 0;
    }
}

static int tell_touched(struct compiler *c, uint64_t time_ms, struct pl_large_block *large)
{
    bool known;
    const uint64_t first = (large->address + 4095) / 4096 * 4096;
    const uint64_t pages =
        pl_memory_sample_pages(&c->sample, first, first + large->size / 4096 * 4096, &known);
    if (!known || pages == large->touched)
        return 0;
    large->touched = pages;
    struct pl_trace_event e = {
        .kind = PL_TRACE_TOUCHED, .time_ms = time_ms, .slot = large->slot, .touched_pages = pages};
    return pl_trace_write(c->writer, &e);
}

/* Stacks, static data and what the program mapped itself are beside the heap. */
static int take_sample(struct compiler *c, uint64_t time_ms)
{
    const int64_t heap = pl_beside_heap_bytes(&c->beside, &c->sample);
    const uint64_t rss = c->sample.rss_bytes;
    struct pl_trace_event e = {.kind = PL_TRACE_RSS, .time_ms = time_ms, .rss_bytes = rss};
    int rc = heap < 0 ? -ENOMEM : 0;
    e.beside_rss_bytes = rss > (uint64_t)heap ? rss - (uint64_t)heap : 0;
    for (uint32_t i = 0; i < c->large.count && !rc; i++)
        rc = tell_touched(c, time_ms, &c->large.list[i]);
    return rc ? rc : pl_trace_write(c->writer, &e);
}

static void next_sample(struct compiler *c)
{
    do {
        c->has_sample = c->source->samples && pl_memory_sample_read(&c->sample, c->source->samples);
    } while (c->has_sample && c->sample.stamp < c->began);
}

static int take_samples_until(struct compiler *c, uint64_t stamp, int64_t began_ns)
{
    int rc = 0;
    while (!rc && c->has_sample && c->sample.stamp <= stamp) {
        rc = take_sample(c, ms_of(c, c->sample.stamp, began_ns));
        next_sample(c);
    }
    return rc;
}

static int compile(struct compiler *c)
{
    struct pl_raw_record r;
    const int64_t began_ns = ns_of(c, c->began);
    int rc = 0;
    next_sample(c);
    while (!rc && pl_raw_log_next(&c->log, &r)) {
        rc = take_samples_until(c, r.stamp, began_ns);
        if (!rc)
            rc = take(c, &r, ms_of(c, r.stamp, began_ns));
    }
    return rc ? rc : take_samples_until(c, UINT64_MAX, began_ns);
}

static void tell_rest(struct compiler *c, struct pl_trace_head *head)
{
    const char *lost = c->log.is_damaged                    ? "the program has damaged it"
                       : c->log.raw->stop == PL_RAW_FULL    ? "its raw file had reached its limit"
                       : c->log.raw->stop == PL_RAW_NO_ROOM ? "the disk had no more room"
                                                            : "";
    snprintf(head->lost, sizeof head->lost, "%s", lost);
    head->duration_ms =
        ms_of(c, c->source->times[c->source->time_count - 1].stamp, ns_of(c, c->began));
    c->time = 0;
}

static void close_all(struct compiler *c)
{
    pl_raw_log_close(&c->log);
    pl_map_free(&c->addresses);
    pl_beside_free(&c->beside);
    pl_large_blocks_free(&c->large);
    free(c->threads);
    pl_site_numbers_free(&c->sites);
    pl_memory_sample_free(&c->sample);
}

static int write_all(struct compiler *c, const struct pl_trace_head *head, FILE *stream,
                     struct pl_trace_totals *totals)
{
    c->writer = pl_trace_writer_open(stream, head);
    int rc = c->writer ? compile(c) : -ENOMEM;
    if (!c->writer)
        return rc;
    struct pl_trace_totals *counted = pl_trace_writer_totals(c->writer);
    counted->unknown_frees = c->unknown_frees;
    counted->missed_frees = c->missed_frees;
    *totals = *counted;
    int ended = pl_trace_writer_close(c->writer, !rc);
    return rc ? rc : ended;
}

int pl_trace_compile(const struct pl_trace_source *source, struct pl_trace_head *head, FILE *stream,
                     struct pl_trace_totals *totals, struct pl_error *error)
{
    struct compiler c = {.source = source};
    int rc = pl_raw_log_open(&c.log, source->raw, source->process, error);
    if (rc)
        return rc;
    c.began = c.log.raw->processes[source->process].began;
    tell_rest(&c, head);
    rc = write_all(&c, head, stream, totals);
    close_all(&c);
    return rc ? pl_error_set(error, rc, "the trace can't be written: %s", strerror(-rc)) : 0;
}
