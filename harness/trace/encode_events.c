#include "harness/trace/encode_events.h"

#include <errno.h>

#include "harness/trace/ops.h"

static bool is_of_no_thread(enum pl_trace_kind kind)
{
    return kind >= PL_TRACE_TOUCHED;
}

static bool has_block(enum pl_trace_kind kind)
{
    return kind == PL_TRACE_RESIZE || kind == PL_TRACE_FREE || kind == PL_TRACE_ASK_SIZE ||
           kind == PL_TRACE_TOUCHED;
}

static bool is_asked(enum pl_trace_kind kind)
{
    return kind == PL_TRACE_ALLOCATE || kind == PL_TRACE_RESIZE;
}

static bool can_be(const struct pl_trace_encoder *encoder, const struct pl_trace_event *e)
{
    if ((unsigned)e->kind >= PL_TRACE_KINDS || is_of_no_thread(e->kind) != (e->thread == 0))
        return false;
    if (is_asked(e->kind) && e->size > PL_TRACE_SIZE_MAX)
        return false;
    if (e->alignment & (e->alignment - 1) || e->alignment == 1 || e->alignment > PL_TRACE_SIZE_MAX)
        return false;
    if (e->site > encoder->live.totals.sites)
        return false;
    return !has_block(e->kind) || pl_trace_live_has(&encoder->live, e->slot);
}

static bool make_streams(struct pl_trace_encoder *encoder, uint32_t thread)
{
    const uint32_t count = 2 * thread + 16;
    struct pl_trace_stream *grown = reallocarray(encoder->streams, count, sizeof *grown);
    if (!grown)
        return false;
    memset(grown + encoder->stream_count, 0, (count - encoder->stream_count) * sizeof *grown);
    encoder->streams = grown;
    encoder->stream_count = count;
    return true;
}

static bool take_place(struct pl_trace_encoder *encoder, uint32_t thread)
{
    if (encoder->present_count == encoder->present_capacity) {
        const uint32_t capacity = 2 * encoder->present_capacity + 16;
        uint32_t *grown = reallocarray(encoder->present, capacity, sizeof *grown);
        if (!grown)
            return false;
        encoder->present = grown;
        encoder->present_capacity = capacity;
    }
    encoder->present[encoder->present_count++] = thread;
    encoder->streams[thread].place = encoder->present_count;
    encoder->bytes += 10;
    return true;
}

static struct pl_trace_stream *stream_of(struct pl_trace_encoder *encoder, uint32_t thread)
{
    if (thread >= encoder->stream_count && !make_streams(encoder, thread))
        return NULL;
    struct pl_trace_stream *stream = &encoder->streams[thread];
    return stream->place || take_place(encoder, thread) ? stream : NULL;
}

static void end_run(struct pl_trace_encoder *encoder)
{
    if (encoder->run) {
        pl_trace_put(&encoder->order, encoder->run_place - 1);
        pl_trace_put(&encoder->order, encoder->run);
    }
    encoder->run = 0;
}

static void put_order(struct pl_trace_encoder *encoder, uint32_t place)
{
    if (encoder->run_place != place)
        end_run(encoder);
    encoder->run_place = place;
    encoder->run++;
}

static void put_time(struct pl_trace_encoder *encoder, uint64_t time_ms)
{
    if (time_ms > encoder->time_ms) {
        pl_trace_put(&encoder->time, encoder->unticked);
        pl_trace_put(&encoder->time, time_ms - encoder->time_ms);
        encoder->time_ms = time_ms;
        encoder->unticked = 0;
    }
    encoder->unticked++;
}

static void put(struct pl_trace_stream *stream, uint64_t value)
{
    for (int form = 0; form < PL_TRACE_FORMS; form++)
        pl_trace_put(&stream->bytes[form], value);
}

static void put_token(struct pl_trace_stream *stream, uint64_t value, enum pl_trace_token token)
{
    put(stream, value << PL_TRACE_TOKEN_BITS | token);
}

/* @param shift and low bits of the token that it is part of, or none */
static void put_reference(const struct pl_trace_encoder *encoder, struct pl_trace_stream *stream,
                          uint32_t slot, unsigned shift, enum pl_trace_token token)
{
    const struct pl_trace_block *block = &encoder->live.slots[slot];
    const struct pl_trace_thread *owner = &encoder->live.threads[block->thread];
    const uint64_t distance = 2 * (owner->blocks - block->of_thread);
    const uint64_t step = 2 * pl_trace_zigzag((int64_t)(block->of_thread - owner->last_freed)) + 1;
    pl_trace_put(&stream->bytes[PL_TRACE_BY_DISTANCE], distance << shift | token);
    pl_trace_put(&stream->bytes[PL_TRACE_BY_LAST_FREED], step << shift | token);
}

static void put_others(const struct pl_trace_encoder *encoder, struct pl_trace_stream *stream,
                       uint32_t slot, enum pl_trace_op op)
{
    put_token(stream, op, PL_TRACE_TOKEN_OTHER);
    put(stream, encoder->live.slots[slot].thread);
    put_reference(encoder, stream, slot, 0, 0);
}

static void put_own_or_others(const struct pl_trace_encoder *encoder,
                              struct pl_trace_stream *stream, const struct pl_trace_event *e,
                              enum pl_trace_token own, enum pl_trace_op others)
{
    if (encoder->live.slots[e->slot].thread == e->thread)
        put_reference(encoder, stream, e->slot, PL_TRACE_TOKEN_BITS, own);
    else
        put_others(encoder, stream, e->slot, others);
}

static int put_shape(struct pl_trace_encoder *encoder, struct pl_trace_stream *stream,
                     const struct pl_trace_event *e, bool is_token)
{
    struct pl_trace_shape shape;
    bool is_new;
    const int64_t number = pl_trace_shape_number(&encoder->shapes, e, &shape, &is_new);
    if (number < 0)
        return -ENOMEM;
    if (is_token)
        put_token(stream, (uint64_t)number, PL_TRACE_TOKEN_ALLOCATE);
    else
        put(stream, (uint64_t)number);
    if (is_new) {
        put(stream, shape.size);
        put(stream, shape.rest);
    }
    return 0;
}

static void put_touched(struct pl_trace_encoder *encoder, const struct pl_trace_event *e)
{
    const uint64_t size = encoder->live.slots[e->slot].size;
    const uint64_t pages = size / PL_TRACE_PAGE_BYTES;
    if (size < PL_TRACE_TOLD_FROM)
        return;
    const bool told = e->touched_pages != PL_TRACE_UNTOLD;
    pl_trace_put(&encoder->touched,
                 told ? 1 + pages - (e->touched_pages < pages ? e->touched_pages : pages) : 0);
}

static int put_op(struct pl_trace_encoder *encoder, struct pl_trace_stream *s,
                  const struct pl_trace_event *e)
{
    switch (e->kind) {
    case PL_TRACE_ALLOCATE:
        return put_shape(encoder, s, e, true);
    case PL_TRACE_RESIZE:
        put_own_or_others(encoder, s, e, PL_TRACE_TOKEN_RESIZE, PL_TRACE_OP_RESIZE_OTHERS);
        put_touched(encoder, e);
        return put_shape(encoder, s, e, false);
    case PL_TRACE_FREE:
        put_own_or_others(encoder, s, e, PL_TRACE_TOKEN_FREE, PL_TRACE_OP_FREE_OTHERS);
        put_touched(encoder, e);
        return 0;
    case PL_TRACE_ASK_SIZE:
        put_others(encoder, s, e->slot, PL_TRACE_OP_ASK_SIZE);
        return 0;
    case PL_TRACE_TRIM:
        put_token(s, PL_TRACE_OP_TRIM, PL_TRACE_TOKEN_OTHER);
        put(s, e->size);
        return 0;
    case PL_TRACE_REFUSED:
        put_token(s, PL_TRACE_OP_REFUSED, PL_TRACE_TOKEN_OTHER);
        return put_shape(encoder, s, e, false);
    case PL_TRACE_THREAD_END:
        put_token(s, PL_TRACE_OP_THREAD_END, PL_TRACE_TOKEN_OTHER);
        return 0;
    case PL_TRACE_TOUCHED:
        put_others(encoder, s, e->slot, PL_TRACE_OP_TOUCHED);
        put_touched(encoder, e);
        return 0;
    case PL_TRACE_BESIDE:
        put_token(s, PL_TRACE_OP_BESIDE, PL_TRACE_TOKEN_OTHER);
        put(s, e->beside_bytes);
        return 0;
    default:
        put_token(s, PL_TRACE_OP_RSS, PL_TRACE_TOKEN_OTHER);
        put(s, e->rss_bytes);
        put(s, e->beside_rss_bytes);
        return 0;
    }
}

static size_t size_of(const struct pl_trace_encoder *encoder, const struct pl_trace_stream *stream)
{
    return stream->bytes[0].count + stream->bytes[1].count + encoder->touched.count +
           encoder->order.count + encoder->time.count;
}

int pl_trace_encode(struct pl_trace_encoder *encoder, struct pl_trace_event *e)
{
    int rc = can_be(encoder, e) ? pl_trace_live_meet(&encoder->live, e->thread) : -EINVAL;
    if (rc)
        return rc;
    struct pl_trace_stream *stream = stream_of(encoder, e->thread);
    if (!stream)
        return -ENOMEM;
    const size_t before = size_of(encoder, stream);
    if (e->time_ms < encoder->time_ms)
        e->time_ms = encoder->time_ms;
    put_order(encoder, stream->place);
    put_time(encoder, e->time_ms);
    rc = put_op(encoder, stream, e);
    encoder->bytes += size_of(encoder, stream) - before;
    encoder->events++;
    return rc ? rc : pl_trace_live_count(&encoder->live, e);
}

static void append(struct pl_trace_bytes *content, const struct pl_trace_bytes *from)
{
    pl_trace_append(content, from->at, from->count);
    content->failed |= from->failed;
}

void pl_trace_encoder_lay_out(struct pl_trace_encoder *encoder, enum pl_trace_form form,
                              struct pl_trace_bytes *content)
{
    end_run(encoder);
    content->count = 0;
    pl_trace_put(content, encoder->present_count);
    for (uint32_t i = 0; i < encoder->present_count; i++) {
        pl_trace_put(content, encoder->present[i]);
        pl_trace_put(content, encoder->streams[encoder->present[i]].bytes[form].count);
    }
    pl_trace_put(content, encoder->order.count);
    pl_trace_put(content, encoder->time.count);
    pl_trace_put(content, encoder->touched.count);
    append(content, &encoder->order);
    append(content, &encoder->time);
    append(content, &encoder->touched);
    for (uint32_t i = 0; i < encoder->present_count; i++)
        append(content, &encoder->streams[encoder->present[i]].bytes[form]);
}

void pl_trace_encoder_next(struct pl_trace_encoder *encoder)
{
    for (uint32_t i = 0; i < encoder->present_count; i++) {
        struct pl_trace_stream *stream = &encoder->streams[encoder->present[i]];
        stream->place = 0;
        stream->bytes[0].count = stream->bytes[1].count = 0;
    }
    encoder->order.count = encoder->time.count = encoder->touched.count = 0;
    encoder->present_count = encoder->events = 0;
    encoder->bytes = 0;
    encoder->unticked = 0;
}

void pl_trace_encoder_free(struct pl_trace_encoder *encoder)
{
    for (uint32_t i = 0; i < encoder->stream_count; i++)
        for (int form = 0; form < PL_TRACE_FORMS; form++)
            free(encoder->streams[i].bytes[form].at);
    free(encoder->streams);
    free(encoder->present);
    free(encoder->order.at);
    free(encoder->time.at);
    free(encoder->touched.at);
    pl_trace_live_free(&encoder->live);
    pl_trace_shapes_free(&encoder->shapes);
    *encoder = (struct pl_trace_encoder){0};
}
