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
static void ring_push(struct client *c, const uint8_t *received, uint32_t picture)
{
    struct broadcast *b = c->broadcast;
    uint64_t bytes = b->frame_bytes;
    uint32_t slots = b->settings->ring;
    if (c->ring_count == slots) {
        broadcast_drop(b, PL_DROP_QUEUE, 1);
        return;
    }
    uint8_t *copy = broadcast_acquire(b, CLASS_FRAME, bytes, "ring");
    if (!copy) {
        broadcast_drop(b, PL_DROP_LIMIT, 1);
        return;
    }
    memcpy(copy, received, bytes);
    c->ring[(c->ring_head + c->ring_count++) % slots] = (struct held_frame){copy, picture};
}

uint32_t ring_clear(struct client *c)
{
    struct broadcast *b = c->broadcast;
    uint32_t count = c->ring_count;
    for (; c->ring_count; c->ring_count--, c->ring_head = (c->ring_head + 1) % b->settings->ring)
        broadcast_release(b, CLASS_FRAME, c->ring[c->ring_head].block, b->frame_bytes);
    return count;
}

/* The header is read first: it says what to make room for. */
static void receive(struct client *c, const uint8_t *header, uint32_t picture)
{
    struct broadcast *b = c->broadcast;
    uint64_t bytes = b->frame_bytes;
    if (!is_picture(b, header)) {
        broadcast_drop(b, PL_DROP_INVALID, 1);
        return;
    }
    uint8_t *received = broadcast_acquire(b, CLASS_FRAME, bytes, "received");
    if (!received) {
        broadcast_drop(b, PL_DROP_LIMIT, 1);
        return;
    }
    memcpy(received, header, BROADCAST_HEADER);
    memcpy(received + BROADCAST_HEADER, broadcast_pixels(b, picture), bytes - BROADCAST_HEADER);
    ring_push(c, received, picture);
    broadcast_release(b, CLASS_FRAME, received, bytes);
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

int64_t arrival_fire(void *context, int64_t now_ns)
{
    struct client *c = context;
    struct broadcast *b = c->broadcast;
    uint8_t header[BROADCAST_HEADER];
    (void)now_ns;
    if (c->evicted)
        return PL_NEVER;
    if (!c->joined)
        client_join(c);
    pl_counter_add(&b->side->counts.received, 1);
    put_header(header, b->width, b->height);
    if (c->joined)
        receive(c, header, next_picture(c));
    else
        broadcast_drop(b, PL_DROP_SESSION, 1);
    c->arrived++;
    return arrival_due(c);
}

/* To the first client's connection, whether anybody is there or not: a server reads the header
 * before it knows. */
int64_t hostile_fire(void *context, int64_t now_ns)
{
    static const uint32_t claims[][2] = {{0, 0},         {0, 450},       {800, 0},
                                         {26755, 26755}, {65535, 65535}, {UINT32_MAX, UINT32_MAX}};
    struct broadcast *b = context;
    uint8_t header[BROADCAST_HEADER];
    const uint32_t *claim = claims[b->claims % (sizeof claims / sizeof *claims)];
    (void)now_ns;
    put_header(header, claim[0], claim[1]);
    pl_counter_add(&b->side->counts.received, 1);
    receive(&b->clients[0], header, 0);
    return (int64_t)(++b->claims * PL_NS_PER_S / b->settings->hostile);
}
