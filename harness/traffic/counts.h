/* What became of each packet. A pipeline keeps these books; at any time
 * received = delivered + all dropped + held. */
#ifndef PL_TRAFFIC_COUNTS_H
#define PL_TRAFFIC_COUNTS_H

#include <stdint.h>

#include "harness/base/counter.h"

enum pl_drop {
    PL_DROP_LIMIT,     /* an acquire was refused */
    PL_DROP_LATE,      /* its time to be played had passed */
    PL_DROP_DUPLICATE, /* its sequence number was there already */
    PL_DROP_SESSION,   /* its session was ended, or could not be made */
    PL_DROP_QUEUE,     /* a bounded queue was full */
    PL_DROP_KERNEL,    /* the socket's buffer was full */
    PL_DROP_INVALID,   /* no RTP, or longer than a buffer */
    PL_DROP_COUNT
};

/** Each counter has one thread that writes it (harness/base/counter.h). */
struct pl_traffic_counts {
    uint64_t received;  /* arrived at the host, of those that our own senders sent */
    uint64_t delivered; /* handed to the reader, once and unchanged */
    uint64_t dropped[PL_DROP_COUNT];
    uint64_t held;              /* at the end, neither delivered nor dropped */
    uint64_t samples_delivered; /* of all channels; silence not counted */
    uint64_t sessions_started;
    uint64_t integrity_errors; /* packets changed, doubled or out of order on delivery */
    uint64_t evictions;        /* clients thrown out because their queue was full */
    uint64_t paused_ns;        /* of replay, receiving stopped by a full pool */
    uint64_t recoveries;       /* stalls that ended where somebody was owed audio */
    uint64_t recovery_ns;      /* of replay, from the end of a stall until the audio is clean for a
                                  second, at most */
    uint64_t audio_lost_ns;    /* of audio that a sender lost in that time, all stalls, the mean
                                  over the senders */
    uint64_t retransmitted;    /* asked for again, and sent */
    uint64_t rtcp_packets; /* that a relay got from its subscribers, and sent to them; no part of
                              the above */
    uint64_t
        rtcp_history_expired; /* sent packets that were forgotten before feedback told of them */
    uint64_t socket_bytes;    /* that connections hold now, modulo 2^64: of all threads together */
    uint64_t foreign; /* sent by another program to the receiver's port, and kept out: no part
                         of the above */
};

/** What a pipeline of media finds out beside its counts. */
struct pl_media_facts {
    uint64_t present;         /* 0: another pipeline, and all of it is zero */
    uint64_t held_ns;         /* of media, held at the end */
    uint64_t decode_errors;   /* packets that the decoder refused */
    uint64_t samples_invalid; /* NaN or infinite, made silence */
    uint64_t source_changes;  /* of rate, channels or sample format, in mid-stream */
    uint64_t crossfades;      /* that were begun */
    uint64_t crossfades_cut;  /* of them: memory or the filter failed, and the track just ended */
    uint64_t encoded_bytes;   /* that left the muxer */
    uint64_t frames_leaked;   /* that an error path of the scenario's did not give back */
    uint64_t compared;        /* samples of which the round trip was measured */
    double signal;            /* of them: the sum of squares */
    double noise;             /* of them: the sum of squared errors of the round trip */
    double error_max;         /* full scale is 1 */
};

/** Adds books to others. The former may still be kept by their thread. */
static inline void pl_counts_add(struct pl_traffic_counts *to, const struct pl_traffic_counts *from)
{
    uint64_t *sum = (uint64_t *)(void *)to;
    const uint64_t *each = (const uint64_t *)(const void *)from;
    for (uint32_t i = 0; i < sizeof *to / sizeof *sum; i++)
        sum[i] += pl_counter_read(&each[i]);
}

#endif
