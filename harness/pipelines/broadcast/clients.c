/* Clients that come and go (broadcast_state.h). */
#include <string.h>

#include "harness/pipelines/broadcast/broadcast_state.h"

/* ascii-chat's blocks for a client (its memory reports of 10 August 2025). */
static const uint16_t part_bytes[BROADCAST_PARTS] = {232, 232, 4168, 2048, 64, 8};

static void release_parts(struct client *c, struct pl_side *side)
{
    for (uint32_t i = 0; i < BROADCAST_PARTS; i++) {
        if (c->parts[i])
            broadcast_release(c->broadcast, side, CLASS_CLIENT, c->parts[i], part_bytes[i]);
        c->parts[i] = NULL;
    }
}

static void set_joined(struct client *c, bool joined)
{
    __atomic_store_n(&c->joined, joined, __ATOMIC_RELAXED);
}

void client_join(struct client *c, struct pl_side *side)
{
    struct broadcast *b = c->broadcast;
    for (uint32_t i = 0; i < BROADCAST_PARTS; i++) {
        c->parts[i] = broadcast_acquire(b, side, CLASS_CLIENT, part_bytes[i], "client");
        if (!c->parts[i]) {
            release_parts(c, side);
            return; /* it tries again with its next picture */
        }
        memset(c->parts[i], 0, part_bytes[i]);
    }
    set_joined(c, true);
    pl_counter_add(&side->counts.sessions_started, 1);
}

static uint64_t pending_clear(struct client *c, struct pl_side *side, enum broadcast_class class,
                              struct pending *p)
{
    if (!p->block)
        return 0;
    broadcast_release(c->broadcast, side, class, p->block, p->size);
    p->block = NULL;
    return 1;
}

void client_leave(struct client *c, struct pl_side *side)
{
    struct broadcast *b = c->broadcast;
    if (!c->joined)
        return;
    uint64_t waited =
        ring_clear(c, side) + line_clear(c, side, &c->video) + line_clear(c, side, &c->audio);
    waited += pending_clear(c, side, CLASS_TEXT, &c->video_pending);
    waited += pending_clear(c, side, CLASS_AUDIO, &c->audio_pending);
    broadcast_drop(side, PL_DROP_SESSION, waited);
    if (c->cached.block)
        broadcast_release(b, side, CLASS_FRAME, c->cached.block, b->frame_bytes);
    c->cached.block = NULL;
    image_release(c, side);
    release_parts(c, side);
    set_joined(c, false);
}

void client_session(struct work *w, int64_t now_ns)
{
    struct client *c = w->client;
    struct pl_session_objects *objects = c->broadcast->objects;
    bool there = client_is_there(c);
    if (there == c->in_session)
        return;
    c->in_session = there;
    if (there)
        pl_session_objects_start(objects, w->task.worker, c->index, now_ns);
    else
        pl_session_objects_end(objects, w->task.worker, c->index);
}

void client_tell(void *context, const struct pl_load_change *change, int64_t now_ns)
{
    struct broadcast *b = context;
    (void)now_ns;
    __atomic_store_n(&b->clients[change->session].wanted, change->comes, __ATOMIC_RELAXED);
}

int64_t rejoin_fire(void *context, int64_t now_ns)
{
    struct work *w = context;
    struct client *c = w->client;
    struct broadcast *b = c->broadcast;
    broadcast_lock(b, &c->lock);
    bool evicted = c->evicted;
    if (!evicted) {
        client_leave(c, work_side(w));
        client_session(w, now_ns);
        client_join(c, work_side(w));
        client_session(w, now_ns);
    }
    broadcast_unlock(b, &c->lock);
    return evicted ? PL_NEVER : now_ns + b->settings->rejoin_ns;
}
