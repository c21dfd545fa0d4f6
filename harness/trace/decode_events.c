#include "harness/trace/decode_events.h"

#include <errno.h>

#include "harness/trace/ops.h"

static const char *const cut_off = "events that are cut off";
static const char *const no_memory = "out of memory";

static const char *out_of_memory(void)
{
    errno = ENOMEM;
    return no_memory;
}

static bool take_part(struct pl_trace_cursor *from, uint64_t bytes, struct pl_trace_cursor *part)
{
    if (bytes > (uint64_t)(from->end - from->at))
        return false;
    *part = (struct pl_trace_cursor){from->at, from->at + bytes};
    from->at += bytes;
    return true;
}

static bool make_present(struct pl_trace_decoder *d, uint64_t count)
{
    if (count <= d->present_capacity)
        return true;
    struct pl_trace_present *grown = reallocarray(d->present, count, sizeof *grown);
    if (!grown)
        return false;
    d->present = grown;
    d->present_capacity = (uint32_t)count;
    return true;
}

static const char *meet(struct pl_trace_decoder *d, uint64_t thread)
{
    int rc =
        thread < PL_TRACE_THREADS_MAX ? pl_trace_live_meet(&d->live, (uint32_t)thread) : -EINVAL;
    if (rc == -ENOMEM)
        return out_of_memory();
    return rc ? "a thread out of its order" : NULL;
}

/* Lengths first: until the parts come they stand as ends beyond a beginning of NULL. */
static const char *take_threads(struct pl_trace_decoder *d, struct pl_trace_cursor *content,
                                uint64_t *lengths)
{
    for (uint32_t i = 0; i < d->present_count; i++) {
        uint64_t thread;
        if (!pl_trace_take(content, &thread) || !pl_trace_take(content, &lengths[i]))
            return cut_off;
        const char *wrong = meet(d, thread);
        if (wrong)
            return wrong;
        d->present[i].thread = (uint32_t)thread;
    }
    return NULL;
}

static const char *take_parts(struct pl_trace_decoder *d, struct pl_trace_cursor *content,
                              const uint64_t *lengths)
{
    uint64_t order, time, touched;
    if (!pl_trace_take(content, &order) || !pl_trace_take(content, &time) ||
        !pl_trace_take(content, &touched) || !take_part(content, order, &d->order) ||
        !take_part(content, time, &d->time) || !take_part(content, touched, &d->touched))
        return cut_off;
    for (uint32_t i = 0; i < d->present_count; i++)
        if (!take_part(content, lengths[i], &d->present[i].stream))
            return cut_off;
    return content->at == content->end ? NULL : "more than its parts in a section";
}

static const char *lay_out(struct pl_trace_decoder *d, struct pl_trace_cursor *content)
{
    uint64_t *lengths = calloc(d->present_count + 1, sizeof *lengths);
    if (!lengths)
        return out_of_memory();
    const char *wrong = take_threads(d, content, lengths);
    if (!wrong)
        wrong = take_parts(d, content, lengths);
    free(lengths);
    return wrong;
}

/* The clock's next step. */
static const char *take_tick(struct pl_trace_decoder *d)
{
    d->unticked = UINT64_MAX;
    if (d->time.at == d->time.end)
        return NULL;
    if (!pl_trace_take(&d->time, &d->unticked) || !pl_trace_take(&d->time, &d->tick_ms))
        return cut_off;
    return d->tick_ms > INT64_MAX - d->time_ms ? "a time beyond all times" : NULL;
}

const char *pl_trace_decoder_begin(struct pl_trace_decoder *d, uint32_t events,
                                   const struct pl_trace_bytes *content)
{
    struct pl_trace_cursor all = {content->at, content->at + content->count};
    uint64_t present;
    errno = 0;
    if (!pl_trace_take(&all, &present))
        return cut_off;
    if (events > content->count || present > events)
        return "more events than there is room for";
    if (!make_present(d, present))
        return out_of_memory();
    d->present_count = (uint32_t)present;
    const char *wrong = lay_out(d, &all);
    if (wrong)
        return wrong;
    d->left = events;
    d->run = 0;
    return take_tick(d);
}

static const char *take_turn(struct pl_trace_decoder *d)
{
    if (!d->run && (!pl_trace_take(&d->order, &d->run_place) || !pl_trace_take(&d->order, &d->run)))
        return cut_off;
    if (d->run_place >= d->present_count || !d->run)
        return "a turn of no thread";
    d->run--;
    return NULL;
}

static const char *pass_time(struct pl_trace_decoder *d)
{
    while (!d->unticked) {
        d->time_ms += d->tick_ms;
        const char *wrong = take_tick(d);
        if (wrong)
            return wrong;
    }
    d->unticked--;
    return NULL;
}

/* The n-th block of a thread: of 2^20 threads at most, and nobody reads 2^40 events. */
#define BLOCKS_MAX ((UINT64_C(1) << 40) - 1)

static uint64_t key_of(uint64_t thread, uint64_t n)
{
    return thread << 40 | n;
}

static uint64_t key_of_slot(const struct pl_trace_decoder *d, uint32_t slot)
{
    const struct pl_trace_block *block = &d->live.slots[slot];
    return key_of(block->thread, block->of_thread);
}

static const char *find_block(const struct pl_trace_decoder *d, uint64_t owner, uint64_t reference,
                              struct pl_trace_event *e)
{
    if (owner > d->live.totals.threads)
        return "a block of no thread";
    const struct pl_trace_thread *thread = &d->live.threads[owner];
    const uint64_t half = reference >> 1;
    const uint64_t n = reference & 1 ? thread->last_freed + (uint64_t)pl_trace_unzigzag(half)
                                     : thread->blocks - half;
    const int64_t slot = n && n <= BLOCKS_MAX ? pl_map_find(&d->places, key_of(owner, n)) : -1;
    if (slot < 0)
        return "a block that is not live";
    e->slot = (uint32_t)slot;
    return NULL;
}

static const char *take_touched(struct pl_trace_decoder *d, struct pl_trace_event *e)
{
    const uint64_t size = d->live.slots[e->slot].size, pages = size / PL_TRACE_PAGE_BYTES;
    uint64_t untouched;
    e->touched_pages = PL_TRACE_UNTOLD;
    if (size < PL_TRACE_TOLD_FROM)
        return NULL;
    if (!pl_trace_take(&d->touched, &untouched))
        return cut_off;
    if (untouched > pages + 1)
        return "more pages than the block has";
    if (untouched)
        e->touched_pages = pages - (untouched - 1);
    return NULL;
}

static const char *take_shape(struct pl_trace_decoder *d, struct pl_trace_cursor *stream,
                              struct pl_trace_event *e)
{
    uint64_t shape;
    if (!pl_trace_take(stream, &shape))
        return cut_off;
    return pl_trace_shape_take(&d->shapes, shape, stream, d->live.totals.sites, e);
}

static const char *take_free(struct pl_trace_decoder *d, uint64_t owner, uint64_t reference,
                             struct pl_trace_event *e)
{
    const char *wrong = find_block(d, owner, reference, e);
    e->kind = PL_TRACE_FREE;
    return wrong ? wrong : take_touched(d, e);
}

static const char *take_resize(struct pl_trace_decoder *d, uint64_t owner, uint64_t reference,
                               struct pl_trace_cursor *stream, struct pl_trace_event *e)
{
    const char *wrong = find_block(d, owner, reference, e);
    e->kind = PL_TRACE_RESIZE;
    if (!wrong)
        wrong = take_touched(d, e);
    return wrong ? wrong : take_shape(d, stream, e);
}

static const char *take_others(struct pl_trace_decoder *d, enum pl_trace_op op,
                               struct pl_trace_cursor *stream, struct pl_trace_event *e)
{
    uint64_t owner, reference;
    if (!pl_trace_take(stream, &owner) || !pl_trace_take(stream, &reference))
        return cut_off;
    if (op == PL_TRACE_OP_FREE_OTHERS)
        return take_free(d, owner, reference, e);
    if (op == PL_TRACE_OP_RESIZE_OTHERS)
        return take_resize(d, owner, reference, stream, e);
    e->kind = op == PL_TRACE_OP_TOUCHED ? PL_TRACE_TOUCHED : PL_TRACE_ASK_SIZE;
    const char *wrong = find_block(d, owner, reference, e);
    return wrong || op == PL_TRACE_OP_ASK_SIZE ? wrong : take_touched(d, e);
}

static const char *take_seen(enum pl_trace_op op, struct pl_trace_cursor *stream,
                             struct pl_trace_event *e)
{
    if (op == PL_TRACE_OP_BESIDE) {
        e->kind = PL_TRACE_BESIDE;
        return pl_trace_take(stream, &e->beside_bytes) ? NULL : cut_off;
    }
    e->kind = PL_TRACE_RSS;
    return pl_trace_take(stream, &e->rss_bytes) && pl_trace_take(stream, &e->beside_rss_bytes)
               ? NULL
               : cut_off;
}

static const char *take_op(struct pl_trace_decoder *d, uint64_t op, struct pl_trace_cursor *stream,
                           struct pl_trace_event *e)
{
    switch (op) {
    case PL_TRACE_OP_FREE_OTHERS:
    case PL_TRACE_OP_RESIZE_OTHERS:
    case PL_TRACE_OP_ASK_SIZE:
    case PL_TRACE_OP_TOUCHED:
        return take_others(d, (enum pl_trace_op)op, stream, e);
    case PL_TRACE_OP_TRIM:
        e->kind = PL_TRACE_TRIM;
        return pl_trace_take(stream, &e->size) ? NULL : cut_off;
    case PL_TRACE_OP_REFUSED:
        e->kind = PL_TRACE_REFUSED;
        return take_shape(d, stream, e);
    case PL_TRACE_OP_THREAD_END:
        e->kind = PL_TRACE_THREAD_END;
        return NULL;
    case PL_TRACE_OP_BESIDE:
    case PL_TRACE_OP_RSS:
        return take_seen((enum pl_trace_op)op, stream, e);
    default:
        return "an event of no known kind";
    }
}

static const char *take_event(struct pl_trace_decoder *d, struct pl_trace_cursor *stream,
                              struct pl_trace_event *e)
{
    uint64_t token;
    if (!pl_trace_take(stream, &token))
        return cut_off;
    const uint64_t value = token >> PL_TRACE_TOKEN_BITS;
    switch ((enum pl_trace_token)(token & PL_TRACE_TOKEN_MASK)) {
    case PL_TRACE_TOKEN_FREE:
        return take_free(d, e->thread, value, e);
    case PL_TRACE_TOKEN_ALLOCATE:
        e->kind = PL_TRACE_ALLOCATE;
        return pl_trace_shape_take(&d->shapes, value, stream, d->live.totals.sites, e);
    case PL_TRACE_TOKEN_RESIZE:
        return take_resize(d, e->thread, value, stream, e);
    default:
        return take_op(d, value, stream, e);
    }
}

static const char *enter(struct pl_trace_decoder *d, struct pl_trace_event *e)
{
    const bool goes = e->kind == PL_TRACE_FREE || e->kind == PL_TRACE_RESIZE;
    const bool comes = e->kind == PL_TRACE_ALLOCATE || e->kind == PL_TRACE_RESIZE;
    if (goes)
        pl_map_remove(&d->places, key_of_slot(d, e->slot));
    int rc = pl_trace_live_count(&d->live, e);
    if (!rc && comes)
        rc = pl_map_add(&d->places, key_of_slot(d, e->slot), e->slot);
    if (rc == -ENOMEM)
        return out_of_memory();
    return rc ? "more live memory than any address space has" : NULL;
}

const char *pl_trace_decode(struct pl_trace_decoder *d, struct pl_trace_event *e)
{
    *e = (struct pl_trace_event){0};
    errno = 0;
    const char *wrong = take_turn(d);
    if (!wrong)
        wrong = pass_time(d);
    if (wrong)
        return wrong;
    struct pl_trace_present *present = &d->present[d->run_place];
    e->thread = present->thread;
    e->time_ms = d->time_ms;
    wrong = take_event(d, &present->stream, e);
    if (wrong)
        return wrong;
    if ((e->kind >= PL_TRACE_TOUCHED) != (e->thread == 0))
        return "an event of no thread in one, or one of a thread in none";
    d->left--;
    return enter(d, e);
}

const char *pl_trace_decoder_end(const struct pl_trace_decoder *d)
{
    bool is_left = d->run || d->order.at != d->order.end || d->time.at != d->time.end ||
                   d->touched.at != d->touched.end;
    for (uint32_t i = 0; i < d->present_count; i++)
        is_left |= d->present[i].stream.at != d->present[i].stream.end;
    return is_left ? "more than its events in a section" : NULL;
}

void pl_trace_decoder_free(struct pl_trace_decoder *d)
{
    free(d->present);
    pl_map_free(&d->places);
    pl_trace_live_free(&d->live);
    pl_trace_shapes_free(&d->shapes);
    *d = (struct pl_trace_decoder){0};
}
