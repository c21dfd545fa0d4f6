/* What comes from the network: pictures into rings, and headers that claim too much. */
#include <string.h>

#include "harness/clock/virtual.h"
#include "harness/pipelines/broadcast/broadcast_state.h"

static void put_header(uint8_t *at, uint32_t width, uint32_t height)
{
    const uint32_t sides[2] = {width, height};
    for (int i = 0; i < BROADCAST_HEADER; i++)
        at[i] = (uint8_t)(sides[i / 4] >> (24 - i % 4 * 8));
}

/* Whether a header asks for just what a picture takes. */
static bool is_picture(const struct broadcast *b, const uint8_t *header)
{
    uint32_t sides[2] = {0};
    for (int i = 0; i < BROADCAST_HEADER; i++)
        sides[i / 4] = sides[i / 4] << 8 | header[i];
    return (uint64_t)sides[0] * sides[1] == (b->frame_bytes - BROADCAST_HEADER) / 3;
}

/* The copy that waits in the ring; a full one drops what is new, as ascii-chat's does. */
static void ring_push(struct client *c, struct pl_side *side, const uint8_t *received,
                      uint32_t picture)
{
    struct broadcast *b = c->broadcast;
    uint64_t bytes = b->frame_bytes;
    uint32_t slots = b->settings->ring;
    if (c->ring_count == slots) {
        broadcast_drop(side, PL_DROP_QUEUE, 1);
        return;
    }
    uint8_t *copy = broadcast_acquire(b, side, CLASS_FRAME, bytes, "ring");
    if (!copy) {
        broadcast_drop(side, PL_DROP_LIMIT, 1);
        return;
    }
    memcpy(copy, received, bytes);
    c->ring[(c->ring_head + c->ring_count++) % slots] = (struct held_frame){copy, picture};
}

uint32_t ring_clear(struct client *c, struct pl_side *side)
{
    struct broadcast *b = c->broadcast;
    uint32_t count = c->ring_count;
    for (; c->ring_count; c->ring_count--, c->ring_head = (c->ring_head + 1) % b->settings->ring)
        broadcast_release(b, side, CLASS_FRAME, c->ring[c->ring_head].block, b->frame_bytes);
    return count;
}

/* It may have been evicted since the picture began to come. */
static void keep(struct client *c, struct pl_side *side, const uint8_t *received, uint32_t picture)
{
    broadcast_lock(c->broadcast, &c->lock);
    if (c->joined)
        ring_push(c, side, received, picture);
    else
        broadcast_drop(side, PL_DROP_SESSION, 1);
    broadcast_unlock(c->broadcast, &c->lock);
}

/* The header is read first: it says what to make room for. */
static void receive(struct client *c, struct pl_side *side, const uint8_t *header, uint32_t picture)
{
    struct broadcast *b = c->broadcast;
    uint64_t bytes = b->frame_bytes;
    if (!is_picture(b, header)) {
        broadcast_drop(side, PL_DROP_INVALID, 1);
        return;
    }
    uint8_t *received = broadcast_acquire(b, side, CLASS_FRAME, bytes, "received");
    if (!received) {
        broadcast_drop(side, PL_DROP_LIMIT, 1);
        return;
    }
    memcpy(received, header, BROADCAST_HEADER);
    memcpy(received + BROADCAST_HEADER, broadcast_pixels(b, picture), bytes - BROADCAST_HEADER);
    keep(c, side, received, picture);
    broadcast_release(b, side, CLASS_FRAME, received, bytes);
}

/* Each client is elsewhere in the clip. */
static uint32_t next_picture(const struct client *c)
{
    const struct pl_broadcast_settings *s = c->broadcast->settings;
    return (uint32_t)((c->arrived + (uint64_t)c->index * s->pictures / s->clients) % s->pictures);
}

/* Clients send one after the other, spread over an interval. */
int64_t arrival_due(const struct client *c)
{
    const struct pl_broadcast_settings *s = c->broadcast->settings;
    return (int64_t)((c->arrived * s->clients + c->index) * PL_NS_PER_S /
                     ((uint64_t)s->fps * s->clients));
}

/* A client joins with its first picture, and under a load leaves when its next one would have come.
 * @return whether it sends */
static bool is_sending(struct client *c, struct pl_side *side)
{
    bool wanted = __atomic_load_n(&c->wanted, __ATOMIC_RELAXED);
    broadcast_lock(c->broadcast, &c->lock);
    if (!wanted) {
        client_leave(c, side);
        c->evicted = false; /* who has its place next is another */
    } else if (!c->evicted && !c->joined) {
        client_join(c, side);
    }
    bool sends = wanted && !c->evicted;
    broadcast_unlock(c->broadcast, &c->lock);
    return sends;
}

static void take_picture(struct client *c, struct pl_side *side)
{
    uint8_t header[BROADCAST_HEADER];
    pl_counter_add(&side->counts.received, 1);
    put_header(header, c->broadcast->width, c->broadcast->height);
    if (client_is_there(c))
        receive(c, side, header, next_picture(c));
    else
        broadcast_drop(side, PL_DROP_SESSION, 1);
}

int64_t arrival_fire(void *context, int64_t now_ns)
{
    struct work *w = context;
    struct client *c = w->client;
    struct broadcast *b = c->broadcast;
    bool sends = is_sending(c, work_side(w));
    client_session(w, now_ns);
    pl_session_objects_work(b->objects, w->task.worker, now_ns);
    if (!sends && !b->in.scenario->load.count)
        return PL_NEVER; /* it was thrown out for good */
    if (sends)
        take_picture(c, work_side(w));
    c->arrived++;
    return arrival_due(c);
}

/* To the first client's connection, whether anybody is there or not: a server reads the header
 * before it knows. */
int64_t hostile_fire(void *context, int64_t now_ns)
{
    static const uint32_t claims[][2] = {{0, 0},         {0, 450},       {800, 0},
                                         {26755, 26755}, {65535, 65535}, {UINT32_MAX, UINT32_MAX}};
    struct work *w = context;
    uint8_t header[BROADCAST_HEADER];
    const uint32_t *claim = claims[w->fired % (sizeof claims / sizeof *claims)];
    (void)now_ns;
    put_header(header, claim[0], claim[1]);
    pl_counter_add(&work_side(w)->counts.received, 1);
    receive(w->client, work_side(w), header, 0);
    return work_next(w, w->client->broadcast->settings->hostile);
}
