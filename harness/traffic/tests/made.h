/* Recordings and senders for the tests of what reaches a receiver. */
#ifndef PL_TRAFFIC_TESTS_MADE_H
#define PL_TRAFFIC_TESTS_MADE_H

#include "harness/traffic/replay.h"

/** What one packet of a made recording is like. */
struct made_packet {
    uint64_t at_us; /* since the first, never falls */
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

/** Fails the test when any field differs. */
void assert_arrivals_equal(const struct pl_arrival *expected, const struct pl_arrival *got);

#endif
