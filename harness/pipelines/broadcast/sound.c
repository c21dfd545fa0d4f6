/* The mixer: to each viewer what all the others say. */
#include <string.h>

#include "harness/pipelines/broadcast/broadcast_state.h"

#define MIXER_BYTES 1386 /* ascii-chat's (its memory reports of 10 August 2025) */
#define SAMPLES PL_BROADCAST_SOUND_SAMPLES

/* Each client is elsewhere in the clip. */
static const float *said_by(const struct broadcast *b, uint32_t index, uint64_t sounds)
{
    uint64_t packet = sounds + (uint64_t)index * PL_BROADCAST_SOUND_PACKETS / b->settings->clients;
    return b->clips.sound + packet % PL_BROADCAST_SOUND_PACKETS * SAMPLES;
}

static void mix_for(struct client *viewer, uint64_t sounds)
{
    const struct broadcast *b = viewer->broadcast;
    float *mix = viewer->mix;
    memset(mix, 0, SAMPLES * sizeof *mix);
    for (uint32_t i = 0; i < b->settings->clients; i++) {
        const float *said = said_by(b, i, sounds);
        if (i == viewer->index || !client_is_there(&b->clients[i]))
            continue;
        for (uint32_t k = 0; k < SAMPLES; k++)
            mix[k] += said[k];
    }
    for (uint32_t k = 0; k < SAMPLES; k++)
        mix[k] = mix[k] > 1 ? 1 : mix[k] < -1 ? -1 : mix[k];
}

/* Has it to wait, it does in a block of its own. */
static void offer(struct client *c, struct pl_side *side, const void *packet, int64_t now_ns)
{
    struct broadcast *b = c->broadcast;
    uint64_t size = SAMPLES * sizeof(float);
    if (line_offer(c, side, &c->audio, packet, size, now_ns))
        return;
    uint8_t *block = broadcast_acquire(b, side, CLASS_AUDIO, size, "waiting sound");
    if (!block) {
        broadcast_drop(side, PL_DROP_LIMIT, 1);
        return;
    }
    memcpy(block, packet, size);
    c->audio_pending = (struct pending){block, size};
}

static bool is_blocked(struct client *c, struct pl_side *side, int64_t now_ns)
{
    struct pending *p = &c->audio_pending;
    if (!p->block)
        return false;
    if (!line_offer(c, side, &c->audio, p->block, p->size, now_ns))
        return true;
    broadcast_release(c->broadcast, side, CLASS_AUDIO, p->block, p->size);
    p->block = NULL;
    return false;
}

/* The viewer may have left while its packet was mixed. */
static void deliver(struct client *c, struct pl_side *side, int64_t now_ns)
{
    broadcast_lock(c->broadcast, &c->lock);
    if (c->joined)
        offer(c, side, c->mix, now_ns);
    else
        broadcast_drop(side, PL_DROP_SESSION, 1);
    broadcast_unlock(c->broadcast, &c->lock);
}

static void mixer_open(struct broadcast *b, struct pl_side *side)
{
    b->mixer = broadcast_acquire(b, side, CLASS_CLIENT, MIXER_BYTES, "mixer");
    if (b->mixer)
        memset(b->mixer, 0, MIXER_BYTES);
}

/* Whoever comes first makes it; refused, it is tried again when the next packet is due.
 * @param packet its number, from 1 */
static bool mixer_is_there(struct broadcast *b, struct pl_side *side, uint64_t packet)
{
    broadcast_lock(b, &b->mixer_lock);
    if (!b->mixer && b->mixer_tries < packet) {
        b->mixer_tries = packet;
        mixer_open(b, side);
    }
    bool there = b->mixer != NULL;
    broadcast_unlock(b, &b->mixer_lock);
    return there;
}

void mixer_close(struct broadcast *b, struct pl_side *side)
{
    if (b->mixer)
        broadcast_release(b, side, CLASS_CLIENT, b->mixer, MIXER_BYTES);
}

static void speak(struct work *w, bool mixes, int64_t now_ns)
{
    struct pl_side *side = work_side(w);
    pl_counter_add(&side->counts.received, 1);
    if (!mixes) {
        broadcast_drop(side, PL_DROP_LIMIT, 1);
        return;
    }
    mix_for(w->client, w->fired);
    deliver(w->client, side, now_ns);
}

int64_t speak_fire(void *context, int64_t now_ns)
{
    struct work *w = context;
    struct client *c = w->client;
    struct pl_side *side = work_side(w);
    bool mixes = mixer_is_there(c->broadcast, side, w->fired + 1);
    broadcast_lock(c->broadcast, &c->lock);
    bool ready = c->joined && !is_blocked(c, side, now_ns);
    broadcast_unlock(c->broadcast, &c->lock);
    if (ready)
        speak(w, mixes, now_ns);
    return work_next(w, PL_BROADCAST_SOUND_PER_S);
}
