/* Clients that come and go (broadcast_state.h). */
#include <string.h>

#include "harness/pipelines/broadcast/broadcast_state.h"

/* ascii-chat's blocks for a client (its memory reports of 10 August 2025). */
static const uint16_t part_bytes[BROADCAST_PARTS] = {232, 232, 4168, 2048, 64, 8};

static void release_parts(struct client *c)
{
    for (uint32_t i = 0; i < BROADCAST_PARTS; i++) {
        if (c->parts[i])
            broadcast_release(c->broadcast, CLASS_CLIENT, c->parts[i], part_bytes[i]);
        c->parts[i] = NULL;
    }
}

void client_join(struct client *c)
{
    struct broadcast *b = c->broadcast;
    for (uint32_t i = 0; i < BROADCAST_PARTS; i++) {
        c->parts[i] = broadcast_acquire(b, CLASS_CLIENT, part_bytes[i], "client");
        if (!c->parts[i]) {
            release_parts(c);
            return; /* it tries again with its next picture */
        }
        memset(c->parts[i], 0, part_bytes[i]);
    }
    c->joined = true;
    pl_counter_add(&b->side->counts.sessions_started, 1);
}

static uint64_t pending_clear(struct client *c, enum broadcast_class class, struct pending *p)
{
    if (!p->block)
        return 0;
    broadcast_release(c->broadcast, class, p->block, p->size);
    p->block = NULL;
    return 1;
}

void client_leave(struct client *c)
{
    struct broadcast *b = c->broadcast;
    if (!c->joined)
        return;
    uint64_t waited = ring_clear(c) + line_clear(c, &c->video) + line_clear(c, &c->audio);
    waited += pending_clear(c, CLASS_TEXT, &c->video_pending);
    waited += pending_clear(c, CLASS_AUDIO, &c->audio_pending);
    broadcast_drop(b, PL_DROP_SESSION, waited);
    if (c->cached.block)
        broadcast_release(b, CLASS_FRAME, c->cached.block, b->frame_bytes);
    c->cached.block = NULL;
    image_release(c);
    release_parts(c);
    c->joined = false;
}
