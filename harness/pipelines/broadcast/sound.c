/* The mixer: to each viewer what all the others say. */
#include <string.h>

#include "harness/clock/virtual.h"
#include "harness/pipelines/broadcast/broadcast_state.h"

#define MIXER_BYTES 1386 /* ascii-chat's (its memory reports of 10 August 2025) */
#define SAMPLES PL_BROADCAST_SOUND_SAMPLES

/* Each client is elsewhere in the clip. */
static const float *said_by(const struct broadcast *b, uint32_t index)
{
    uint64_t packet =
        b->sounds + (uint64_t)index * PL_BROADCAST_SOUND_PACKETS / b->settings->clients;
    return b->clips.sound + packet % PL_BROADCAST_SOUND_PACKETS * SAMPLES;
}

static void mix_for(struct broadcast *b, uint32_t viewer)
{
    memset(b->mix, 0, SAMPLES * sizeof *b->mix);
    for (uint32_t i = 0; i < b->settings->clients; i++) {
        const float *said = said_by(b, i);
        if (i == viewer || !b->clients[i].joined)
            continue;
        for (uint32_t k = 0; k < SAMPLES; k++)
            b->mix[k] += said[k];
    }
    for (uint32_t k = 0; k < SAMPLES; k++)
        b->mix[k] = b->mix[k] > 1 ? 1 : b->mix[k] < -1 ? -1 : b->mix[k];
}

/* Has it to wait, it does in a block of its own. */
static void offer(struct client *c, const void *packet, int64_t now_ns)
{
    struct broadcast *b = c->broadcast;
    uint64_t size = SAMPLES * sizeof(float);
    if (line_offer(c, &c->audio, packet, size, now_ns))
        return;
    uint8_t *block = broadcast_acquire(b, CLASS_AUDIO, size, "waiting sound");
    if (!block) {
        broadcast_drop(b, PL_DROP_LIMIT, 1);
        return;
    }
    memcpy(block, packet, size);
    c->audio_pending = (struct pending){block, size};
}

static bool is_blocked(struct client *c, int64_t now_ns)
{
    struct pending *p = &c->audio_pending;
    if (!p->block)
        return false;
    if (!line_offer(c, &c->audio, p->block, p->size, now_ns))
        return true;
    broadcast_release(c->broadcast, CLASS_AUDIO, p->block, p->size);
    p->block = NULL;
    return false;
}

static void speak_to(struct client *c, int64_t now_ns)
{
    struct broadcast *b = c->broadcast;
    if (is_blocked(c, now_ns))
        return;
    pl_counter_add(&b->side->counts.received, 1);
    if (!b->mixer) {
        broadcast_drop(b, PL_DROP_LIMIT, 1);
        return;
    }
    mix_for(b, c->index);
    offer(c, b->mix, now_ns);
}

/* Refused, it tries again when the next packet is due. */
static void mixer_open(struct broadcast *b)
{
    b->mixer = broadcast_acquire(b, CLASS_CLIENT, MIXER_BYTES, "mixer");
    if (b->mixer)
        memset(b->mixer, 0, MIXER_BYTES);
}

void mixer_close(struct broadcast *b)
{
    if (b->mixer)
        broadcast_release(b, CLASS_CLIENT, b->mixer, MIXER_BYTES);
}

int64_t sound_fire(void *context, int64_t now_ns)
{
    struct broadcast *b = context;
    if (!b->mixer)
        mixer_open(b);
    for (uint32_t i = 0; i < b->settings->clients; i++)
        if (b->clients[i].joined)
            speak_to(&b->clients[i], now_ns);
    return (int64_t)(++b->sounds * PL_NS_PER_S / PL_BROADCAST_SOUND_PER_S);
}
