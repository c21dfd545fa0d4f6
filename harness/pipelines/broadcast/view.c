/* Making the newest picture of each client the one that is shown, and a packet of what each viewer
 * sees (broadcast_state.h). */
#include <string.h>

#include "harness/pipelines/broadcast/broadcast_state.h"

#define PACKET_HEAD 24 /* B before the text: magic, type, length, sum, sender, size */

static void cache(struct client *c, struct pl_side *side, uint8_t *copy, uint32_t picture)
{
    struct broadcast *b = c->broadcast;
    if (c->cached.block)
        broadcast_release(b, side, CLASS_FRAME, c->cached.block, b->frame_bytes);
    c->cached = (struct held_frame){copy, picture};
    image_release(c, side);
    pl_counter_add(&side->counts.delivered, 1);
}

/* A copy of the oldest in the ring becomes the cached frame, until the next one. */
static void consume(struct client *c, struct pl_side *side)
{
    struct broadcast *b = c->broadcast;
    if (!c->ring_count)
        return;
    struct held_frame taken = c->ring[c->ring_head];
    c->ring_head = (c->ring_head + 1) % b->settings->ring;
    c->ring_count--;
    uint8_t *copy = broadcast_acquire(b, side, CLASS_FRAME, b->frame_bytes, "cached picture");
    if (copy) {
        memcpy(copy, taken.block, b->frame_bytes);
        broadcast_verify(b, side, copy + BROADCAST_HEADER, taken.picture);
        cache(c, side, copy, taken.picture);
    } else {
        broadcast_drop(side, PL_DROP_LIMIT, 1);
    }
    broadcast_release(b, side, CLASS_FRAME, taken.block, b->frame_bytes);
}

int64_t consume_fire(void *context, int64_t now_ns)
{
    struct work *w = context;
    struct broadcast *b = w->client->broadcast;
    (void)now_ns;
    broadcast_lock(b, &w->client->lock);
    consume(w->client, work_side(w));
    broadcast_unlock(b, &w->client->lock);
    return work_next(w, b->settings->views);
}

/* @return the packet, a head and a copy of the text; NULL when refused */
static uint8_t *make_packet(struct client *c, struct pl_side *side, size_t bytes)
{
    struct broadcast *b = c->broadcast;
    uint8_t *frame = broadcast_acquire(b, side, CLASS_TEXT, bytes, "text");
    if (!frame)
        return NULL;
    memcpy(frame, c->text, bytes);
    uint8_t *packet = broadcast_acquire(b, side, CLASS_TEXT, PACKET_HEAD + bytes, "packet");
    if (packet) {
        memset(packet, 0, PACKET_HEAD);
        memcpy(packet, &(uint64_t){bytes}, sizeof(uint64_t));
        memcpy(packet + PACKET_HEAD, frame, bytes);
    }
    broadcast_release(b, side, CLASS_TEXT, frame, bytes);
    return packet;
}

static void offer(struct client *c, struct pl_side *side, uint8_t *packet, uint64_t size,
                  int64_t now_ns)
{
    if (line_offer(c, side, &c->video, packet, size, now_ns)) {
        broadcast_release(c->broadcast, side, CLASS_TEXT, packet, size);
        return;
    }
    c->video_pending = (struct pending){packet, size};
}

/* What waits comes first; as long as it does, nothing more is made. */
static bool is_blocked(struct client *c, struct pl_side *side, int64_t now_ns)
{
    struct pending waiting = c->video_pending;
    if (!waiting.block)
        return false;
    c->video_pending.block = NULL;
    offer(c, side, waiting.block, waiting.size, now_ns);
    return c->video_pending.block != NULL;
}

/* The viewer may have left while its packet was made. */
static void deliver(struct client *c, struct pl_side *side, uint8_t *packet, uint64_t size,
                    int64_t now_ns)
{
    broadcast_lock(c->broadcast, &c->lock);
    if (c->joined) {
        offer(c, side, packet, size, now_ns);
    } else {
        broadcast_release(c->broadcast, side, CLASS_TEXT, packet, size);
        broadcast_drop(side, PL_DROP_SESSION, 1);
    }
    broadcast_unlock(c->broadcast, &c->lock);
}

static void show(struct client *c, struct pl_side *side, int64_t now_ns)
{
    size_t bytes = composite_render(c, side);
    uint8_t *packet = bytes ? make_packet(c, side, bytes) : NULL;
    pl_counter_add(&side->counts.received, 1);
    if (packet)
        deliver(c, side, packet, PACKET_HEAD + bytes, now_ns);
    else
        broadcast_drop(side, client_is_there(c) ? PL_DROP_LIMIT : PL_DROP_SESSION, 1);
}

static uint64_t live_of(const struct broadcast *b, enum broadcast_class class)
{
    uint64_t live = 0;
    for (uint32_t i = 0; i < b->in.sides->count; i++) {
        const struct pl_class_books *books = &b->in.sides->side[i]->meter.books[b->classes[class]];
        live += pl_counter_read(&books->acquires) - pl_counter_read(&books->releases);
    }
    return live;
}

/* Between two events a frame is in a ring or cached, an image kept for reuse, and nowhere else. */
static void check_live(const struct broadcast *b, struct pl_side *side)
{
    uint64_t frames = 0, images = 0;
    for (uint32_t i = 0; i < b->settings->clients; i++) {
        const struct client *c = &b->clients[i];
        frames += c->ring_count + (c->cached.block != NULL);
        images += c->image.block != NULL;
    }
    if (live_of(b, CLASS_FRAME) != frames || live_of(b, CLASS_IMAGE) != images)
        pl_counter_add(&side->counts.integrity_errors, 1);
}

/* Where workers run freely there is no moment between two events. */
int64_t show_fire(void *context, int64_t now_ns)
{
    struct work *w = context;
    struct client *c = w->client;
    struct broadcast *b = c->broadcast;
    struct pl_side *side = work_side(w);
    broadcast_lock(b, &c->lock);
    bool joined = c->joined, blocked = joined && is_blocked(c, side, now_ns);
    broadcast_unlock(b, &c->lock);
    if (blocked)
        pl_counter_add(&side->counts.paused_ns, PL_NS_PER_S / b->settings->views);
    else if (joined)
        show(c, side, now_ns);
    if (b->in.loop && c->index == b->settings->clients - 1)
        check_live(b, side);
    return work_next(w, b->settings->views);
}
