/* The faults of a network, packet by packet. */
#include "harness/traffic/network_faults.h"

#include "harness/base/random.h"

__extension__ typedef unsigned __int128 uint128;

bool pl_faults_any(const struct pl_faults *s)
{
    return s->loss > 0 || (s->burst_enter > 0 && s->burst_loss > 0) || s->duplicate > 0 ||
           s->reorder > 0 || s->jitter_ns > 0;
}

void pl_network_start(struct pl_network *network, const struct pl_faults *settings, uint64_t seed,
                      uint32_t sender)
{
    *network = (struct pl_network){.settings = settings};
    uint64_t state = seed;
    state = pl_random_next(&state) + sender;
    for (unsigned i = 0; i < PL_CHANCE_COUNT; i++)
        network->chances[i] = pl_random_next(&state);
}

/* 53 random bits make a double exactly, so every machine comes to the same answer; 0 is never and
 * 1 always. */
static bool happens(uint64_t *chance, double probability)
{
    return pl_random_unit(chance) < probability;
}

/* Two draws for each packet, whatever the state. */
static bool is_lost(struct pl_network *network)
{
    const struct pl_faults *s = network->settings;
    uint64_t *chance = &network->chances[PL_CHANCE_LOSS];
    bool lost = happens(chance, network->bad ? s->burst_loss : s->loss);
    if (happens(chance, network->bad ? s->burst_leave : s->burst_enter))
        network->bad = !network->bad;
    return lost;
}

/* A lost packet has been in the queue as well: what the others wait is the same without losses. */
static int64_t queued(struct pl_network *network, int64_t sent_ns)
{
    uint64_t random = pl_random_next(&network->chances[PL_CHANCE_JITTER]);
    uint64_t range = (uint64_t)network->settings->jitter_ns + 1;
    int64_t left_ns = sent_ns + (int64_t)((uint128)random * range >> 64);
    if (left_ns > network->queue_ns)
        network->queue_ns = left_ns;
    return network->queue_ns;
}

struct pl_packet_fate pl_network_pass(struct pl_network *network, int64_t sent_ns)
{
    const struct pl_faults *s = network->settings;
    bool reordered = happens(&network->chances[PL_CHANCE_REORDER], s->reorder);
    return (struct pl_packet_fate){
        .arrival_ns = queued(network, sent_ns),
        .delay_ns = reordered ? s->reorder_delay_ns : 0,
        .lost = is_lost(network),
        .duplicated = happens(&network->chances[PL_CHANCE_DUPLICATE], s->duplicate),
    };
}

bool pl_network_dead(const struct pl_network *network)
{
    const struct pl_faults *s = network->settings;
    bool good_loses = s->loss >= 1, bad_loses = s->burst_loss >= 1;
    if (network->bad)
        return bad_loses && (good_loses || s->burst_leave <= 0);
    return good_loses && (bad_loses || s->burst_enter <= 0);
}
