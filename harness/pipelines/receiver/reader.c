/* The reader: on every tick, unless it stalls, it drains the queue into the sessions and plays a
 * frame of each. After a stall it keeps watch until the audio is whole again. */
#include <math.h>

#include "harness/clock/virtual.h"
#include "harness/pipelines/receiver/receiver_state.h"

#define CLEAN_NS PL_NS_PER_S /* whole for so long means recovered: five latencies */

static bool stalled(struct receiver *r, int64_t now_ns)
{
    const struct pl_receiver_settings *settings = r->settings;
    while (r->stall < settings->stall_count && settings->stalls[r->stall].until_ns <= now_ns)
        r->stall++;
    return r->stall < settings->stall_count && settings->stalls[r->stall].from_ns <= now_ns;
}

/* Measured under the wall clock: reading and then dropping 29,370 packets after a stall took 12 ms
 * (slab) to 20 ms (jemalloc), 0.4 to 0.7 us each, two touches (2.1 GHz Xeon, memory cold). */
#define TOUCH_NS 250

/* An arrival falls into some of these even at 50 times the rate of two senders. */
#define PASS_PACKETS 64

void reader_worked(struct receiver *r)
{
    if (++r->worked < PASS_PACKETS)
        return;
    r->worked = 0;
    if (r->pass)
        r->pass(r, (int64_t)TOUCH_NS * PASS_PACKETS);
}

static void drain(struct receiver *r)
{
    struct packet_list all = queue_take_all(&r->queue);
    for (struct packet *packet; (packet = list_take_first(&all)); reader_worked(r)) {
        __builtin_prefetch(all.first); /* with many sessions it left the cache since it came */
        struct session *session = session_of(r, packet);
        if (session)
            session_push(r, session, packet);
        else
            packet_drop(r, r->reader, packet, PL_DROP_SESSION);
    }
}

/* @return what all sessions played, in ns of audio */
static int64_t play(struct receiver *r)
{
    int64_t played_ns = 0;
    for (uint32_t i = 0; i < r->session_top; i++)
        if (r->sessions[i].open)
            played_ns += session_play(r, &r->sessions[i]);
    return played_ns;
}

static void recovered(struct receiver *r)
{
    struct recovery *recovery = &r->recovery;
    uint64_t *longest_ns = &r->reader->counts.recovery_ns;
    uint64_t took_ns = (uint64_t)(recovery->broken_until_ns - recovery->since_ns);
    if (took_ns > pl_counter_read(longest_ns))
        pl_counter_set(longest_ns, took_ns);
    recovery->on = false;
}

/* Every sender that gives samples is owed a frame of them. */
static void watch_recovery(struct receiver *r, int64_t played_ns, int64_t now_ns)
{
    struct recovery *recovery = &r->recovery;
    int64_t missed_ns = r->settings->frame_ns * (int64_t)r->audible - played_ns;
    if (missed_ns > 0) {
        recovery->broken_until_ns = now_ns + r->tick_ns;
        recovery->silence_ns += (uint64_t)missed_ns;
        pl_counter_set(&r->reader->counts.audio_lost_ns, recovery->silence_ns / r->audible);
    }
    if (now_ns - recovery->broken_until_ns >= CLEAN_NS)
        recovered(r);
}

static void resume(struct receiver *r, int64_t now_ns)
{
    r->stalling = false;
    r->recovery.on = r->audible > 0;
    pl_counter_add(&r->reader->counts.recoveries, r->recovery.on);
    r->recovery.since_ns = now_ns;
    r->recovery.broken_until_ns = now_ns;
}

/* The first tick after the stall. */
static int64_t after_stall(struct receiver *r, int64_t now_ns)
{
    int64_t until_ns = r->settings->stalls[r->stall].until_ns;
    if (r->recovery.on) /* stalled again before the audio was whole */
        recovered(r);
    r->stalling = true;
    if (until_ns > INT64_MAX - r->tick_ns)
        return PL_NEVER;
    return now_ns + (until_ns - now_ns + r->tick_ns - 1) / r->tick_ns * r->tick_ns;
}

int64_t reader_tick(struct receiver *r, int64_t now_ns)
{
    if (stalled(r, now_ns))
        return after_stall(r, now_ns);
    if (r->stalling)
        resume(r, now_ns);
    r->worked = 0;
    r->read_ns = now_ns;
    pl_session_objects_work(r->objects, 0, now_ns);
    drain(r);
    int64_t played_ns = play(r);
    if (r->recovery.on)
        watch_recovery(r, played_ns, now_ns);
    return now_ns + r->tick_ns;
}

static uint32_t audible_streams(const struct receiver *r)
{
    const struct pl_recording *recording = r->in.recording;
    uint32_t streams = 0;
    for (uint32_t i = 0; i < recording->stream_count; i++)
        streams += pl_recording_streams(recording)[i].codec != PL_CODEC_OPAQUE;
    return streams * r->in.scenario->traffic.sessions;
}

void reader_open(struct receiver *r)
{
    r->tick_ns = llround((double)r->settings->frame_ns / r->settings->read_speed);
    r->audible = audible_streams(r);
}

void reader_close(struct receiver *r)
{
    if (r->recovery.on)
        recovered(r);
}
