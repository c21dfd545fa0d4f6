/* What a network does to one sender's packets: which are lost, doubled or late, one by one. */
#ifndef PL_TRAFFIC_NETWORK_FAULTS_H
#define PL_TRAFFIC_NETWORK_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/scenario/scenario.h"

enum pl_chance {
    PL_CHANCE_LOSS,
    PL_CHANCE_DUPLICATE,
    PL_CHANCE_REORDER,
    PL_CHANCE_JITTER,
    PL_CHANCE_COUNT
};

/** One sender's network. Each fault draws from randomness of its own for every packet, so that a
 *  fault more or less leaves what the others do to a packet as it was. */
struct pl_network {
    const struct pl_faults *settings;
    uint64_t chances[PL_CHANCE_COUNT];
    int64_t queue_ns; /* when the packet before left the queue that jitter stands for */
    bool bad;         /* state of the model of losses */
};

/** What becomes of one packet. */
struct pl_packet_fate {
    int64_t arrival_ns; /* since the replay's start; in order */
    int64_t delay_ns;   /* how much later it does arrive, others first; 0 unless reordered */
    bool lost;
    bool duplicated;
};

/** Whether the settings ask for any fault at all. */
bool pl_faults_any(const struct pl_faults *settings);

/**
 * Starts a network in its good state.
 * @param settings kept, not copied
 * @param sender index of the sender, whose randomness is its own
 */
void pl_network_start(struct pl_network *network, const struct pl_faults *settings, uint64_t seed,
                      uint32_t sender);

/**
 * Decides on the sender's next packet.
 *
 * Losses follow the model of two states of E. N. Gilbert, "Capacity of a Burst-Noise Channel",
 * Bell System Technical Journal 39 (1960), as E. O. Elliott, "Estimates of Error Rates for Codes
 * on Burst-Noise Channels", BSTJ 42 (1963), has it, with losses in both states: a packet is lost
 * by its state's probability, and then the state may change. In the long run `burst_enter` /
 * (`burst_enter` + `burst_leave`) of the packets find it bad, 1 / `burst_leave` in a row.
 *
 * Jitter delays each by 0 to `jitter_ns`, evenly, but to no time before the packet before it.
 *
 * @param sent_ns when it would arrive without faults, since the replay's start; never falls
 */
struct pl_packet_fate pl_network_pass(struct pl_network *network, int64_t sent_ns);

/** Whether it loses each packet from now on. */
bool pl_network_dead(const struct pl_network *network);

#endif
