/* Gathers what looks like RTP while a capture is read, stream by stream; recording_build.h then
 * keeps what is plausible. */
#ifndef PL_TRAFFIC_GATHER_H
#define PL_TRAFFIC_GATHER_H

#include "allocators/error.h"
#include "harness/traffic/dissect.h"
#include "harness/traffic/recording.h"

/** One UDP payload that parses as RTP. */
struct pl_gathered_packet {
    int64_t time_ns;  /* as captured, since the epoch */
    uint64_t record;  /* its number in the file, from 1 on */
    uint64_t offset;  /* of the datagram, among the gathered bytes */
    uint32_t size;    /* bytes captured of the datagram */
    uint32_t missing; /* bytes cut off by the snap length */
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
 * Adds a datagram if it is RTP. One that the snap length cut is taken by its fixed header alone.
 * @param gathering all zero at the start
 * @param taken set on success: whether it is RTP
 * @return 0, -ENOMEM, or -EFBIG beyond 4 GiB
 */
int pl_gather(struct pl_gathering *gathering, const struct pl_udp *udp, int64_t time_ns,
              uint64_t record, bool *taken, struct pl_error *error);

/** Whether a stream is one, by the rule of pl_capture_read. */
bool pl_gathered_plausible(const struct pl_gathered_stream *stream);

/** Frees what the gathering holds; it is all zero again. */
void pl_gathering_close(struct pl_gathering *gathering);

#endif
