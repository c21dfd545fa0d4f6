/* Making what each viewer sees: the newest picture of each client, side by side, as text. */
#include <string.h>

#include "harness/clock/virtual.h"
#include "harness/pipelines/broadcast/broadcast_state.h"

#define PACKET_HEAD 24 /* B before the text: magic, type, length, sum, sender, size */

void image_release(struct client *c)
{
    struct broadcast *b = c->broadcast;
    if (c->image.block)
        broadcast_release(b, CLASS_IMAGE, c->image.block, b->frame_bytes - BROADCAST_HEADER);
    c->image.block = NULL;
}

/* A copy of the oldest in the ring becomes the cached frame, until the next one. */
static void consume(struct client *c)
{
    struct broadcast *b = c->broadcast;
    if (!c->ring_count)
        return;
    struct held_frame taken = c->ring[c->ring_head];
    c->ring_head = (c->ring_head + 1) % b->settings->ring;
    c->ring_count--;
    uint8_t *copy = broadcast_acquire(b, CLASS_FRAME, b->frame_bytes, "cached picture");
    if (copy) {
        memcpy(copy, taken.block, b->frame_bytes);
        broadcast_verify(b, copy + BROADCAST_HEADER, taken.picture);
        if (c->cached.block)
            broadcast_release(b, CLASS_FRAME, c->cached.block, b->frame_bytes);
        c->cached = (struct held_frame){copy, taken.picture};
        image_release(c);
        pl_counter_add(&b->side->counts.delivered, 1);
    } else {
        broadcast_drop(b, PL_DROP_LIMIT, 1);
    }
    broadcast_release(b, CLASS_FRAME, taken.block, b->frame_bytes);
}

/* The pixels alone, for a composite. @return false when refused */
static bool make_image(struct client *c)
{
    struct broadcast *b = c->broadcast;
    uint64_t bytes = b->frame_bytes - BROADCAST_HEADER;
    if (!c->cached.block || c->image.block)
        return true;
    uint8_t *image = broadcast_acquire(b, CLASS_IMAGE, bytes, "image");
    if (!image)
        return false;
    memcpy(image, c->cached.block + BROADCAST_HEADER, bytes);
    broadcast_verify(b, image, c->cached.picture);
    c->image = (struct held_frame){image, c->cached.picture};
    return true;
}

/* A client that has sent nothing yet leaves its place dark. */
static bool make_images(struct broadcast *b, uint32_t *count)
{
    *count = 0;
    for (uint32_t i = 0; i < b->settings->clients; i++) {
        struct client *c = &b->clients[i];
        if (c->joined && !make_image(c))
            return false;
        if (c->joined)
            b->composite[(*count)++] = c->image.block;
    }
    return true;
}

/* Renders all that is to be seen. @return bytes of text, 0 when refused the images of it */
static size_t compose(struct broadcast *b)
{
    struct ascii_view view = {b->composite, 0, b->width, b->height, b->columns, b->rows};
    size_t bytes = make_images(b, &view.count) ? ascii_render(&view, b->text) : 0;
    for (uint32_t i = 0; !b->settings->reuse_images && i < b->settings->clients; i++)
        image_release(&b->clients[i]);
    return bytes;
}

/* @return the packet, a head and a copy of the text; NULL when refused */
static uint8_t *make_packet(struct broadcast *b, size_t bytes)
{
    uint8_t *frame = broadcast_acquire(b, CLASS_TEXT, bytes, "text");
    if (!frame)
        return NULL;
    memcpy(frame, b->text, bytes);
    uint8_t *packet = broadcast_acquire(b, CLASS_TEXT, PACKET_HEAD + bytes, "packet");
    if (packet) {
        memset(packet, 0, PACKET_HEAD);
        memcpy(packet, &(uint64_t){bytes}, sizeof(uint64_t));
        memcpy(packet + PACKET_HEAD, frame, bytes);
    }
    broadcast_release(b, CLASS_TEXT, frame, bytes);
    return packet;
}

static void offer(struct client *c, uint8_t *packet, uint64_t size, int64_t now_ns)
{
    struct broadcast *b = c->broadcast;
    if (line_offer(c, &c->video, packet, size, now_ns)) {
        broadcast_release(b, CLASS_TEXT, packet, size);
        return;
    }
    c->video_pending = (struct pending){packet, size};
}

/* What waits comes first; as long as it does, nothing more is made. */
static bool is_blocked(struct client *c, int64_t now_ns)
{
    struct pending waiting = c->video_pending;
    if (!waiting.block)
        return false;
    c->video_pending.block = NULL;
    offer(c, waiting.block, waiting.size, now_ns);
    return c->video_pending.block != NULL;
}

static void show(struct client *c, int64_t now_ns)
{
    struct broadcast *b = c->broadcast;
    if (is_blocked(c, now_ns)) {
        pl_counter_add(&b->side->counts.paused_ns, PL_NS_PER_S / b->settings->views);
        return;
    }
    size_t bytes = compose(b);
    uint8_t *packet = bytes ? make_packet(b, bytes) : NULL;
    pl_counter_add(&b->side->counts.received, 1);
    if (packet)
        offer(c, packet, PACKET_HEAD + bytes, now_ns);
    else
        broadcast_drop(b, PL_DROP_LIMIT, 1);
}

static uint64_t live_of(const struct broadcast *b, enum broadcast_class class)
{
    const struct pl_class_books *books = &b->side->meter.books[b->classes[class]];
    return pl_counter_read(&books->acquires) - pl_counter_read(&books->releases);
}

/* Between two events a frame is in a ring or cached, an image kept for reuse, and nowhere else. */
static void check_live(struct broadcast *b)
{
    uint64_t frames = 0, images = 0;
    for (uint32_t i = 0; i < b->settings->clients; i++) {
        const struct client *c = &b->clients[i];
        frames += c->ring_count + (c->cached.block != NULL);
        images += c->image.block != NULL;
    }
    if (live_of(b, CLASS_FRAME) != frames || live_of(b, CLASS_IMAGE) != images)
        pl_counter_add(&b->side->counts.integrity_errors, 1);
}

int64_t view_fire(void *context, int64_t now_ns)
{
    struct broadcast *b = context;
    for (uint32_t i = 0; i < b->settings->clients; i++)
        consume(&b->clients[i]);
    for (uint32_t i = 0; i < b->settings->clients; i++)
        if (b->clients[i].joined)
            show(&b->clients[i], now_ns);
    check_live(b);
    return (int64_t)(++b->views * PL_NS_PER_S / b->settings->views);
}
