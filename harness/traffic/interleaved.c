/* Connections, each with what has come of its stream (interleaved.h). */
#include "harness/traffic/interleaved.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD = 4, PACKET_MAX = 65535, LATER_MAX = 64, CONNECTIONS_MAX = 256 };

/* A segment that came before one that belongs in front of it. */
struct later {
    struct later *next;
    uint32_t sequence;
    uint32_t size;
    uint8_t data[];
};

struct pl_connection {
    struct pl_flow flow;
    uint32_t expected; /* sequence of the next byte */
    uint32_t held;     /* bytes of `stream` */
    uint32_t later_count;
    struct later *later; /* by their sequence */
    uint8_t stream[2 * PACKET_MAX];
};

static struct pl_connection *find(struct pl_interleaved *all, const struct pl_dissected *segment)
{
    for (size_t i = 0; i < all->count; i++)
        if (memcmp(&all->connections[i].flow, &segment->flow, sizeof segment->flow) == 0)
            return &all->connections[i];
    return NULL;
}

static bool grow(struct pl_interleaved *all)
{
    size_t capacity = all->capacity ? 2 * all->capacity : 4;
    if (all->count < all->capacity)
        return true;
    void *grown = realloc(all->connections, capacity * sizeof *all->connections);
    if (!grown)
        return false;
    all->connections = grown;
    all->capacity = capacity;
    return true;
}

/* Whether a packet may begin here: as far as its bytes are there, RTP's version is 2. */
static bool begins(const uint8_t *at, size_t left)
{
    return at[0] == '$' && (left < 2 || at[1] < 64) && (left <= HEAD || at[HEAD] >> 6 == 2);
}

static void drop(struct pl_connection *c, uint32_t size)
{
    c->held -= size;
    memmove(c->stream, c->stream + size, c->held);
}

/* Drops what comes before a packet's beginning. */
static void skip_others(struct pl_connection *c)
{
    uint32_t at = 0;
    while (at < c->held && !begins(c->stream + at, c->held - at))
        at++;
    drop(c, at);
}

static int take_whole(struct pl_connection *c, pl_interleaved_take *take, void *context,
                      uint32_t *taken)
{
    for (skip_others(c); c->held > HEAD; skip_others(c)) {
        uint32_t size = pl_get16(c->stream + 2);
        if (c->held < HEAD + size)
            break;
        struct pl_frame packet = {.data = c->stream + HEAD, .captured = size};
        int rc = size ? take(context, &c->flow, packet) : 0;
        if (rc)
            return rc;
        *taken += size > 0;
        drop(c, HEAD + size);
    }
    return 0;
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
        c->held = 0;
    if (size > sizeof c->stream)
        return;
    memcpy(c->stream + c->held, data, size);
    c->held += size;
    c->expected += size;
}

static bool keep_for_later(struct pl_connection *c, const struct pl_dissected *segment)
{
    struct later **at = &c->later;
    struct later *item = malloc(sizeof *item + segment->payload.captured);
    if (!item)
        return false;
    *item =
        (struct later){.sequence = segment->sequence, .size = (uint32_t)segment->payload.captured};
    memcpy(item->data, segment->payload.data, item->size);
    while (*at && (int32_t)((*at)->sequence - item->sequence) < 0)
        at = &(*at)->next;
    item->next = *at;
    *at = item;
    c->later_count++;
    return true;
}

/* Those that follow now; a gap that nothing fills is passed over. */
static int take_later(struct pl_connection *c, pl_interleaved_take *take, void *context,
                      uint32_t *taken)
{
    int rc = 0;
    while (!rc && c->later &&
           ((int32_t)(c->later->sequence - c->expected) <= 0 || c->later_count > LATER_MAX)) {
        struct later *first = c->later;
        if ((int32_t)(first->sequence - c->expected) > 0) {
            c->expected = first->sequence;
            c->held = 0;
        }
        append(c, first->sequence, first->data, first->size);
        c->later = first->next;
        c->later_count--;
        free(first);
        rc = take_whole(c, take, context, taken);
    }
    return rc;
}

static struct pl_connection *begin(struct pl_interleaved *all, const struct pl_dissected *segment)
{
    if (!grow(all))
        return NULL;
    struct pl_connection *c = &all->connections[all->count++];
    c->flow = segment->flow;
    c->expected = segment->sequence;
    c->held = c->later_count = 0;
    c->later = NULL;
    return c;
}

int pl_interleaved_add(struct pl_interleaved *all, const struct pl_dissected *segment,
                       pl_interleaved_take *take, void *context, uint32_t *taken,
                       struct pl_error *error)
{
    struct pl_connection *c = find(all, segment);
    *taken = 0;
    if (segment->payload.captured == 0 || (!c && all->count == CONNECTIONS_MAX))
        return 0;
    /* Only a connection that once carried a packet is worth its memory. */
    if (!c && !memchr(segment->payload.data, '$', segment->payload.captured))
        return 0;
    if (!c && !(c = begin(all, segment)))
        return pl_error_set(error, -ENOMEM, "out of memory for %zu connections", all->count);
    if ((int32_t)(segment->sequence - c->expected) > 0) {
        if (!keep_for_later(c, segment))
            return pl_error_set(error, -ENOMEM, "out of memory for a connection's segments");
        return take_later(c, take, context, taken);
    }
    append(c, segment->sequence, segment->payload.data, (uint32_t)segment->payload.captured);
    int rc = take_whole(c, take, context, taken);
    if (segment->payload.missing) { /* the snap length cut it */
        c->expected += (uint32_t)segment->payload.missing;
        c->held = 0;
    }
    return rc ? rc : take_later(c, take, context, taken);
}

void pl_interleaved_close(struct pl_interleaved *all)
{
    for (size_t i = 0; i < all->count; i++)
        for (struct later *item = all->connections[i].later, *next; item; item = next) {
            next = item->next;
            free(item);
        }
    free(all->connections);
    *all = (struct pl_interleaved){.count = 0};
}
