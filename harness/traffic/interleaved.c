/* Connections, each with what has come of its stream (interleaved.h). */
#include "harness/traffic/interleaved.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD = 4, PACKET_MAX = 65535, LATER_MAX = 64 };
enum { CHANNELS = 256, CHANNELS_USUAL = 64 }; /* of a connection of which nothing is known yet */

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
    uint32_t held;             /* bytes of `stream` */
    uint32_t later_count;
    bool carries;        /* it has had a packet */
    bool in_step;        /* `stream` begins where a packet ended */
    struct later *later; /* by their sequence */
    bool channels[CHANNELS];
    uint8_t stream[2 * PACKET_MAX];
};

static struct pl_connection *find(struct pl_interleaved *all, const struct pl_dissected *segment)
{
    for (size_t i = 0; i < all->count; i++)
        if (memcmp(&all->connections[i]->flow, &segment->flow, sizeof segment->flow) == 0)
            return all->connections[i];
    return NULL;
}

/* Whether a packet may begin here: as far as its bytes are there, RTP's version is 2, and it is on
 * a channel that is known. Payloads have dollars, too. */
static bool may_begin(const struct pl_connection *c, uint32_t at)
{
    const uint8_t *head = c->stream + at;
    uint32_t left = c->held - at;
    if (head[0] != '$' || (left > HEAD && head[HEAD] >> 6 != 2))
        return false;
    if (left < 2 || c->in_step)
        return true;
    return c->carries ? c->channels[head[1]] : head[1] < CHANNELS_USUAL;
}

enum verdict { NO, YES, WAIT };

/* Whether what may be a packet is one. Out of step that is told by what stands behind it: another
 * one, or a message ("RTSP/2.0 200", "PLAY_NOTIFY").
 * @param last nothing will follow */
static enum verdict judge(const struct pl_connection *c, uint32_t at, uint32_t end, bool last)
{
    if (c->in_step)
        return end <= c->held ? YES : WAIT;
    if (end < c->held) {
        uint8_t next = c->stream[end];
        return next == '$' || (next >= 'A' && next <= 'Z') ? YES : NO;
    }
    if (end == c->held && (at == 0 || last)) /* a segment of its own */
        return YES;
    return last ? NO : WAIT;
}

/* Passes over what comes before a packet's beginning. */
static uint32_t find_beginning(struct pl_connection *c, uint32_t at)
{
    while (at < c->held && !may_begin(c, at)) {
        c->in_step = false;
        at++;
    }
    return at;
}

static int take_packet(struct pl_interleaved *all, struct pl_connection *c, uint32_t at,
                       uint32_t size, const struct pl_captured *from)
{
    struct pl_frame packet = {.data = c->stream + at + HEAD, .captured = size};
    c->in_step = c->carries = true;
    c->channels[c->stream[at + 1]] = true;
    return size ? all->take(all->context, &c->flow, packet, from) : 0;
}

static int take_whole(struct pl_interleaved *all, struct pl_connection *c,
                      const struct pl_captured *from, bool last)
{
    enum verdict verdict = YES;
    uint32_t at = 0;
    int rc = 0;
    while (!rc && verdict != WAIT && (at = find_beginning(c, at)) + HEAD < c->held) {
        uint32_t size = pl_get16(c->stream + at + 2);
        verdict = judge(c, at, at + HEAD + size, last);
        if (verdict == YES)
            rc = take_packet(all, c, at, size, from);
        at += verdict == YES ? HEAD + size : verdict == NO;
    }
    c->held -= at;
    memmove(c->stream, c->stream + at, c->held);
    return rc;
}

/* The bytes that come next are not those that followed. */
static void lose_step(struct pl_connection *c, uint32_t expected)
{
    c->expected = expected;
    c->held = 0;
    c->in_step = false;
}

/* What is there already is passed over. A stream that nobody understands is not kept. */
static void append(struct pl_connection *c, uint32_t sequence, const uint8_t *data, uint32_t size)
{
    uint32_t known = c->expected - sequence;
    if (known >= size)
        return;
    data += known;
    size -= known;
    if (c->held + size > sizeof c->stream)
        lose_step(c, c->expected);
    if (size > sizeof c->stream)
        return;
    memcpy(c->stream + c->held, data, size);
    c->held += size;
    c->expected += size;
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
    c->carries = false;
    memset(c->channels, 0, sizeof c->channels);
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
        if (!c->carries && (!oldest || c->number < oldest->number))
            oldest = c;
    }
    return oldest;
}

/* Only a connection in which a packet may begin is worth its memory.
 * @param connection NULL where it is none */
static int begin(struct pl_interleaved *all, const struct pl_dissected *segment,
                 struct pl_connection **connection, struct pl_error *error)
{
    const struct pl_frame *payload = &segment->payload;
    bool may = false;
    *connection = NULL;
    for (size_t i = 0; i < payload->captured && !may; i++)
        may = payload->data[i] == '$' &&
              (i + HEAD >= payload->captured || payload->data[i + HEAD] >> 6 == 2);
    struct pl_connection *c = may ? place_for(all) : NULL;
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
    *carries = c && c->carries;
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
