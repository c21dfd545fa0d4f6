/* Two queues make the order in which packets arrive: those that jitter delays, which keep their
 * order, so that the first of them is enough; and those that are reordered, each of them late by
 * the same, so that they keep theirs among themselves, in a ring. The earlier head arrives. */
#include "harness/traffic/impaired.h"

bool pl_impaired_any(const struct pl_traffic_settings *traffic)
{
    return pl_ssrc_timeline_any(traffic) || pl_faults_any(&traffic->faults);
}

/* The most packets that a stretch of recorded time below one loop holds, wherever it begins. */
static uint64_t packets_within(const struct pl_recording *recording, int64_t stretch_ns)
{
    const struct pl_recorded_packet *packets = pl_recording_packets(recording);
    const uint64_t count = recording->packet_count;
    uint64_t most = 0;
    for (uint64_t first = 0, end = 0; first < count; first++) {
        int64_t end_ns = packets[first].arrival_ns + stretch_ns;
        while (packets[end % count].arrival_ns + (int64_t)(end / count) * recording->duration_ns <=
               end_ns)
            end++;
        if (end - first > most)
            most = end - first;
    }
    return most;
}

/* A packet is fetched only when all that are on their way arrive later than it is sent, and each
 * is on its way for jitter + delay at most: so all were sent within so long a time. */
uint32_t pl_impaired_capacity(const struct pl_traffic_settings *traffic,
                              const struct pl_recording *recording)
{
    const struct pl_faults *faults = &traffic->faults;
    if (faults->reorder <= 0)
        return 0;
    double replayed_ns = (double)(faults->jitter_ns + faults->reorder_delay_ns) + 1;
    int64_t recorded_ns = (int64_t)(replayed_ns * traffic->rate) + 2; /* rounding, twice */
    uint64_t loops = (uint64_t)(recorded_ns / recording->duration_ns);
    uint64_t most = loops * recording->packet_count +
                    packets_within(recording, recorded_ns % recording->duration_ns);
    return most < UINT32_MAX ? (uint32_t)most : UINT32_MAX;
}

size_t pl_impaired_arena_bytes(uint32_t capacity)
{
    return pl_arena_cost(sizeof(struct pl_impaired)) +
           pl_arena_cost(capacity * sizeof(struct pl_impaired_packet));
}

/* Passes over what is unseen of the recording in an outage. False when it never ends, or beyond
 * the time that a replay can reach. */
static bool come_back(struct pl_impaired *a)
{
    int64_t until_ns = a->timeline.until_ns;
    if (until_ns == INT64_MAX)
        return false;
    pl_replay_skip(a->replay, until_ns);
    return pl_replay_due(a->replay) >= until_ns;
}

/* The replay comes to the next packet that is sent at all, under the identity of that time. */
static void settle(struct pl_impaired *a)
{
    struct pl_ssrc_timeline *timeline = &a->timeline;
    uint32_t epoch = timeline->epoch;
    pl_ssrc_timeline_move(timeline, pl_replay_due(a->replay));
    while (timeline->out && !a->ended) {
        a->ended = !come_back(a);
        pl_ssrc_timeline_move(timeline, pl_replay_due(a->replay));
    }
    if (timeline->epoch != epoch)
        pl_replay_set_epoch(a->replay, timeline->epoch);
}

static const struct pl_impaired_packet *first_delayed(const struct pl_impaired *a)
{
    return a->count > 0 ? &a->delayed[a->head] : NULL;
}

static void delay(struct pl_impaired *a, const struct pl_impaired_packet *packet, int64_t delay_ns)
{
    struct pl_impaired_packet *delayed =
        &a->delayed[((uint64_t)a->head + a->count++) % a->capacity];
    *delayed = *packet;
    delayed->arrival.arrival_ns += delay_ns;
}

/* Fetches a packet from the replay and sends it on its way, if it is not lost. */
static void fetch(struct pl_impaired *a)
{
    struct pl_impaired_packet packet;
    pl_replay_take(a->replay, &packet.arrival);
    struct pl_packet_fate fate = pl_network_pass(&a->network, packet.arrival.arrival_ns);
    packet.arrival.arrival_ns = fate.arrival_ns;
    packet.copies = fate.duplicated ? 2 : 1;
    if (fate.lost)
        a->ended = pl_network_dead(&a->network) || pl_replay_due(a->replay) >= a->until_ns;
    else if (fate.delay_ns > 0 && a->count < a->capacity)
        delay(a, &packet, fate.delay_ns);
    else
        a->next = packet;
    settle(a);
}

/* Fetches until it is known what arrives next: there is a packet in order, or a delayed one that
 * arrives before anything that is not fetched yet can. */
static void refill(struct pl_impaired *a)
{
    while (a->next.copies == 0 && !a->ended) {
        const struct pl_impaired_packet *delayed = first_delayed(a);
        if (delayed && delayed->arrival.arrival_ns <= pl_replay_due(a->replay))
            return;
        fetch(a);
    }
}

struct pl_impaired *pl_impaired_open(const struct pl_impaired_options *o, uint32_t sender,
                                     struct pl_away away, struct pl_replay *replay,
                                     struct pl_arena *arena)
{
    struct pl_impaired *a = pl_arena_take(arena, sizeof *a);
    struct pl_impaired_packet *delayed = pl_arena_take(arena, o->capacity * sizeof *delayed);
    if (!a || !delayed)
        return NULL;
    *a = (struct pl_impaired){
        .replay = replay, .until_ns = o->until_ns, .delayed = delayed, .capacity = o->capacity};
    pl_ssrc_timeline_start(&a->timeline, o->traffic, sender, away);
    pl_network_start(&a->network, &o->traffic->faults, o->seed, sender);
    settle(a);
    refill(a);
    return a;
}

/* The one fetched first, when both arrive at the same time: the delayed one. */
static const struct pl_impaired_packet *first(const struct pl_impaired *a)
{
    const struct pl_impaired_packet *delayed = first_delayed(a);
    bool in_order = a->next.copies > 0;
    if (delayed && (!in_order || delayed->arrival.arrival_ns <= a->next.arrival.arrival_ns))
        return delayed;
    return in_order ? &a->next : NULL;
}

int64_t pl_impaired_due(const struct pl_impaired *impaired)
{
    const struct pl_impaired_packet *pending = first(impaired);
    return pending ? pending->arrival.arrival_ns : INT64_MAX;
}

void pl_impaired_take(struct pl_impaired *a, struct pl_arrival *arrival)
{
    bool in_order = first(a) == &a->next;
    struct pl_impaired_packet *taken = in_order ? &a->next : &a->delayed[a->head];
    *arrival = taken->arrival;
    if (--taken->copies > 0)
        return;
    if (!in_order) {
        a->head = (a->head + 1) % a->capacity;
        a->count--;
    }
    refill(a);
}
