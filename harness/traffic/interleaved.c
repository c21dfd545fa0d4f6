/* Connections, each with what has come of its stream (interleaved.h). */
#include "harness/traffic/interleaved.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/traffic/interleaved_stream.h"

enum { LATER_MAX = 64 };

/* A segment that came before one that belongs in front of it. */
struct later {
    struct later *next;
    struct pl_captured from;
    uint32_t sequence;
    uint32_t size;
    uint32_t missing;
    uint8_t data[];
};

struct pl_connection {
    struct pl_flow flow;
    struct pl_captured latest; /* segment that `stream` has bytes of */
    uint64_t number;           /* of those begun */
    uint32_t expected;         /* sequence of the next byte */
    uint32_t later_count;
    struct later *later; /* by their sequence */
    struct pl_packet_stream stream;
};

static struct pl_connection *find(struct pl_interleaved *all, const struct pl_dissected *segment)
{
    for (size_t i = 0; i < all->count; i++)
        if (memcmp(&all->connections[i]->flow, &segment->flow, sizeof segment->flow) == 0)
            return all->connections[i];
    return NULL;
}

static int take_whole(struct pl_interleaved *all, struct pl_connection *c,
                      const struct pl_captured *from, bool last)
{
    struct pl_frame packet;
    int rc = 0;
    while (!rc && pl_packet_stream_next(&c->stream, last, &packet))
        if (packet.captured)
            rc = all->take(all->context, &c->flow, packet, from);
    return rc;
}

static void lose_step(struct pl_connection *c, uint32_t expected)
{
    c->expected = expected;
    pl_packet_stream_break(&c->stream);
}

/* What is there already is passed over. */
static void append(struct pl_connection *c, uint32_t sequence, const uint8_t *data, uint32_t size)
{
    uint32_t known = c->expected - sequence;
    if (known >= size)
        return;
    pl_packet_stream_append(&c->stream, data + known, size - known);
    c->expected += size - known;
}

/* @param segment the next one of the stream, or one of before
 * @param missing bytes at its end that the snap length cut off */
static int take_segment(struct pl_interleaved *all, struct pl_connection *c, uint32_t sequence,
                        struct pl_frame segment, const struct pl_captured *from)
{
    uint32_t end = sequence + (uint32_t)(segment.captured + segment.missing);
    append(c, sequence, segment.data, (uint32_t)segment.captured);
    int rc = take_whole(all, c, from, false);
    c->latest = *from;
    if (segment.missing && (int32_t)(end - c->expected) > 0)
        lose_step(c, end);
    return rc;
}

static int keep_for_later(struct pl_connection *c, const struct pl_dissected *segment,
                          const struct pl_captured *from, struct pl_error *error)
{
    struct later **at = &c->later;
    struct later *item = malloc(sizeof *item + segment->payload.captured);
    if (!item)
        return pl_error_set(error, -ENOMEM, "out of memory for a connection's segments");
    *item = (struct later){.sequence = segment->sequence,
                           .from = *from,
                           .size = (uint32_t)segment->payload.captured,
                           .missing = (uint32_t)segment->payload.missing};
    memcpy(item->data, segment->payload.data, item->size);
    while (*at && (int32_t)((*at)->sequence - item->sequence) < 0)
        at = &(*at)->next;
    item->next = *at;
    *at = item;
    c->later_count++;
    return 0;
}

static void pop_later(struct pl_connection *c)
{
    struct later *first = c->later;
    c->later = first->next;
    c->later_count--;
    free(first);
}

/* Those that follow now. A gap that nothing fills is passed over; what waited for that in vain is
 * of the time when it came.
 * @param from what filled the gap
 * @param most that may go on waiting */
static int take_later(struct pl_interleaved *all, struct pl_connection *c,
                      const struct pl_captured *from, uint32_t most)
{
    bool passed_over = false;
    int rc = 0;
    while (!rc && c->later) {
        struct later *first = c->later;
        if ((int32_t)(first->sequence - c->expected) > 0) {
            if (c->later_count <= most)
                break;
            lose_step(c, first->sequence);
            passed_over = true;
        }
        struct pl_captured own = first->from;
        own.waited = true;
        struct pl_frame segment = {first->data, first->size, first->missing};
        rc = take_segment(all, c, first->sequence, segment, passed_over ? &own : from);
        pop_later(c);
    }
    return rc;
}

static void start(struct pl_connection *c, uint32_t sequence)
{
    while (c->later)
        pop_later(c);
    lose_step(c, sequence);
    c->stream.carries = false;
    memset(c->stream.channels, 0, sizeof c->stream.channels);
}

/* A new place, or else that of the oldest connection that has had no packet; NULL where there is
 * none, or no memory for it. */
static struct pl_connection *place_for(struct pl_interleaved *all)
{
    struct pl_connection *oldest = NULL;
    if (all->count < PL_CONNECTIONS_MAX) {
        struct pl_connection *c = calloc(1, sizeof *c);
        all->connections[all->count] = c;
        all->count += c != NULL;
        return c;
    }
    for (size_t i = 0; i < all->count; i++) {
        struct pl_connection *c = all->connections[i];
        if (!c->stream.carries && (!oldest || c->number < oldest->number))
            oldest = c;
    }
    return oldest;
}

/* Only one in which packets may be is worth its memory.
 * @param connection NULL where it is none */
static int begin(struct pl_interleaved *all, const struct pl_dissected *segment,
                 struct pl_connection **connection, struct pl_error *error)
{
    bool may = pl_packet_stream_may_begin(&segment->payload);
    struct pl_connection *c = may ? place_for(all) : NULL;
    *connection = NULL;
    if (may && !c && all->count < PL_CONNECTIONS_MAX)
        return pl_error_set(error, -ENOMEM, "out of memory for %zu connections", all->count);
    if (!c)
        return 0;
    start(c, segment->sequence);
    c->flow = segment->flow;
    c->number = all->begun++;
    *connection = c;
    return 0;
}

static int add_to(struct pl_interleaved *all, struct pl_connection *c,
                  const struct pl_dissected *segment, const struct pl_captured *from,
                  struct pl_error *error)
{
    int rc;
    if ((int32_t)(segment->sequence - c->expected) > 0)
        rc = keep_for_later(c, segment, from, error);
    else
        rc = take_segment(all, c, segment->sequence, segment->payload, from);
    return rc ? rc : take_later(all, c, from, LATER_MAX);
}

int pl_interleaved_add(struct pl_interleaved *all, const struct pl_dissected *segment,
                       const struct pl_captured *from, bool *carries, struct pl_error *error)
{
    struct pl_connection *c = find(all, segment);
    int rc = 0;
    if (c && segment->opens && segment->sequence != c->expected)
        start(c, segment->sequence); /* the ports are used again */
    if (!c && segment->payload.captured)
        rc = begin(all, segment, &c, error);
    if (!rc && c && segment->payload.captured)
        rc = add_to(all, c, segment, from, error);
    *carries = c && c->stream.carries;
    return rc;
}

int pl_interleaved_end(struct pl_interleaved *all)
{
    int rc = 0;
    for (size_t i = 0; i < all->count && !rc; i++) {
        struct pl_connection *c = all->connections[i];
        rc = take_later(all, c, NULL, 0);
        c->latest.waited = true;
        if (!rc)
            rc = take_whole(all, c, &c->latest, true);
    }
    return rc;
}

void pl_interleaved_close(struct pl_interleaved *all)
{
    for (size_t i = 0; i < all->count; i++) {
        while (all->connections[i]->later)
            pop_later(all->connections[i]);
        free(all->connections[i]);
    }
    *all = (struct pl_interleaved){.count = 0};
}
