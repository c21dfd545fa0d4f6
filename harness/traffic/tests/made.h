/* Recordings and senders for the tests of what reaches a receiver. */
#ifndef PL_TRAFFIC_TESTS_MADE_H
#define PL_TRAFFIC_TESTS_MADE_H

#include "harness/traffic/sender.h"

/** What one packet of a made recording is like. */
struct made_packet {
    uint64_t at_ns; /* since the first, never falls */
    uint32_t ssrc;  /* 1 on: the stream */
    uint16_t sequence;
    uint32_t timestamp;
    uint8_t type;
    uint32_t payload; /* bytes */
};

/** A recording of these packets. free() it */
struct pl_recording *made_of(const struct made_packet *packets, uint32_t count);

/**
 * A recording with all that is awkward, 64 packets in two streams of different clocks: L16 that
 * begins just below both wraps, with a duplicate, a reordered pair and a gap; and opaque frames of
 * three packets that share a timestamp.
 */
struct pl_recording *made_recording(void);

/** A plain recording: one L16 stereo stream, `count` packets of 128 samples, 2.9 ms apart. */
struct pl_recording *made_plain(uint32_t count);

/** Senders, and the arena that holds them: of just the bytes that they ask for. */
struct made_senders {
    struct pl_sender *senders;
    struct pl_arena arena;
};

/** Settings of so many copies at the recorded rate, without anything else. */
struct pl_traffic_settings made_settings(uint32_t sessions);

/** Opens senders; fails the test when they don't fit, or leave bytes of the arena. */
struct made_senders made_senders(const struct pl_traffic_settings *traffic,
                                 const struct pl_recording *recording, uint64_t seed);

void made_senders_close(struct made_senders *made);

/** Zeroed and aligned as the arena of a cell is. */
struct pl_arena made_arena(size_t bytes);

/** Fails the test when any field differs. */
void assert_arrivals_equal(const struct pl_arrival *expected, const struct pl_arrival *got);

#endif
