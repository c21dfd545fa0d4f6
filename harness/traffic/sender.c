/* Opens the senders of a scenario: plain replays, impaired ones, a hostile one. */
#include "harness/traffic/sender.h"

#include "harness/traffic/hostile.h"
#include "harness/traffic/impaired.h"

uint32_t pl_sender_count(const struct pl_traffic_settings *traffic)
{
    return traffic->sessions + (traffic->hostile > 0);
}

size_t pl_senders_arena_bytes(const struct pl_traffic_settings *traffic,
                              const struct pl_recording *recording, int64_t until_ns)
{
    size_t bytes = pl_arena_cost(pl_sender_count(traffic) * sizeof(struct pl_sender)) +
                   pl_absences_arena_bytes(traffic, until_ns);
    if (pl_impaired_any(traffic))
        bytes +=
            traffic->sessions * pl_impaired_arena_bytes(pl_impaired_capacity(traffic, recording));
    if (traffic->hostile > 0)
        bytes += pl_arena_cost(sizeof(struct pl_hostile)) + pl_hostile_arena_bytes();
    return bytes;
}

static void start_copies(struct pl_sender *senders, const struct pl_traffic_settings *traffic,
                         const struct pl_recording *recording, uint64_t seed)
{
    struct pl_replay_options options = {traffic->sessions, traffic->rate, seed};
    for (uint32_t i = 0; i < traffic->sessions; i++) {
        pl_replay_start(&senders[i].replay, recording, &options, i);
        senders[i].plain = true;
        senders[i].due_ns = pl_replay_due(&senders[i].replay);
    }
}

static bool alter_copies(struct pl_sender *senders, const struct pl_impaired_options *options,
                         struct pl_arena *arena)
{
    struct pl_absences absences;
    if (!pl_absences_open(&absences, options->traffic, options->seed, options->until_ns, arena))
        return false;
    for (uint32_t i = 0; i < options->traffic->sessions; i++) {
        struct pl_sender *sender = &senders[i];
        sender->plain = false;
        sender->impaired =
            pl_impaired_open(options, i, pl_absences_of(&absences, i), &sender->replay, arena);
        if (!sender->impaired)
            return false;
        sender->due_ns = pl_impaired_due(sender->impaired);
    }
    return true;
}

static bool open_hostile(struct pl_sender *sender, const struct pl_traffic_settings *traffic,
                         const struct pl_recording *recording, uint64_t seed,
                         struct pl_arena *arena)
{
    uint32_t sessions = traffic->sessions * recording->stream_count;
    sender->hostile = pl_arena_take(arena, sizeof *sender->hostile);
    return sender->hostile &&
           pl_hostile_open(sender->hostile, recording, traffic->hostile, sessions, seed, arena);
}

struct pl_sender *pl_senders_open(const struct pl_traffic_settings *traffic,
                                  const struct pl_recording *recording, uint64_t seed,
                                  int64_t until_ns, struct pl_arena *arena)
{
    struct pl_sender *senders = pl_arena_take(arena, pl_sender_count(traffic) * sizeof *senders);
    if (!senders)
        return NULL;
    start_copies(senders, traffic, recording, seed);
    struct pl_impaired_options options = {traffic, seed, until_ns,
                                          pl_impaired_capacity(traffic, recording)};
    if (pl_impaired_any(traffic) && !alter_copies(senders, &options, arena))
        return NULL;
    if (traffic->hostile > 0 &&
        !open_hostile(senders + traffic->sessions, traffic, recording, seed, arena))
        return NULL;
    return senders;
}

void pl_sender_take_other(struct pl_sender *sender, struct pl_arrival *arrival)
{
    if (sender->impaired) {
        pl_impaired_take(sender->impaired, arrival);
        sender->due_ns = pl_impaired_due(sender->impaired);
    } else {
        pl_hostile_take(sender->hostile, arrival);
        sender->due_ns = pl_hostile_due(sender->hostile);
    }
}
