/* Gathers what looks like RTP while a capture is read, stream by stream; recording_build.h then
 * keeps what is plausible. */
#ifndef PL_TRAFFIC_GATHER_H
#define PL_TRAFFIC_GATHER_H

#include "allocators/base/error.h"
#include "harness/traffic/dissect.h"
#include "harness/traffic/recording.h"

/** One UDP payload that parses as RTP. */
struct pl_gathered_packet {
    int64_t time_ns;    /* as captured, since the epoch */
    uint64_t record;    /* its number in the file, from 1 on */
    uint64_t offset;    /* of the datagram, among the gathered bytes */
    uint32_t size;      /* bytes of the datagram */
    uint32_t interface; /* that it was captured on, 0 where that is not known */
    bool waited;        /* as pl_captured has it */
    bool completed;     /* the snap length cut it: what lacks is zeros */
    uint32_t stream;
    uint32_t payload_offset;
    uint32_t payload_size;
    uint32_t timestamp;
    uint16_t sequence;
    uint8_t payload_type;
};

/** One SSRC between two addresses and ports. */
struct pl_gathered_stream {
    struct pl_flow flow;
    uint32_t ssrc;
    uint32_t packets;
    uint32_t leaps;    /* steps beyond RFC 3550's MAX_DROPOUT and MAX_MISORDER */
    uint16_t sequence; /* of the latest packet */
    bool in_row;       /* two packets came in a row with sequences in a row */
};

/** Where and when a datagram was captured. */
struct pl_captured {
    int64_t time_ns;
    uint64_t record;
    uint32_t interface;
    bool waited; /* for others, in vain: its time is before that of what was gathered meanwhile */
};

enum pl_gathered {
    PL_GATHERED_NOT, /* it is no RTP */
    PL_GATHERED,
    PL_GATHERED_BEFORE /* on another interface */
};

struct pl_gathering {
    struct pl_gathered_packet *packets;
    struct pl_gathered_stream *streams;
    uint8_t *bytes;
    uint32_t *table; /* stream index + 1 by hash, 0 where free */
    size_t packet_count, packet_capacity;
    size_t stream_count, stream_capacity;
    size_t byte_count, byte_capacity;
    size_t table_size; /* a power of two, at least twice the streams */
};

/**
 * Adds a datagram if it is RTP. One that the snap length cut is completed by zeros.
 * @param gathering all zero at the start
 * @param from where and when it was captured
 * @param taken set on success: what became of it
 * @return 0, -ENOMEM, or -EFBIG beyond 4 GiB
 */
int pl_gather(struct pl_gathering *gathering, const struct pl_flow *flow,
              const struct pl_frame *payload, const struct pl_captured *from,
              enum pl_gathered *taken, struct pl_error *error);

/** Whether a stream is one, by the rule of pl_capture_read. */
bool pl_gathered_plausible(const struct pl_gathered_stream *stream);

/** Frees what the gathering holds; it is all zero again. */
void pl_gathering_close(struct pl_gathering *gathering);

#endif
