/* A recording: the RTP streams of a capture, decoded once before anything is measured.
 *
 * It is one flat block without pointers, so that the controller can lay it into the memory that it
 * shares with the cells. Arrival times are those of the capture; sequence numbers and timestamps
 * are unwrapped and count from the first packet of their stream. */
#ifndef PL_TRAFFIC_RECORDING_H
#define PL_TRAFFIC_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "allocators/base/error.h"

#define PL_STREAMS_MAX 1024 /* RTP streams of one capture */

/** Payloads that can become samples, and the rest. */
enum pl_codec {
    PL_CODEC_OPAQUE, /* carried as it is: memory yes, samples no */
    PL_CODEC_L16,    /* RFC 3551 section 4.5.11: big-endian, interleaved */
    PL_CODEC_PCMU,   /* G.711 mu-law */
    PL_CODEC_PCMA,   /* G.711 A-law */
    PL_CODEC_L24     /* RFC 3190 section 4: big-endian, interleaved, 3 B a sample */
};

/** "L16", "PCMU", "PCMA", "L24" or "opaque". */
const char *pl_codec_name(enum pl_codec codec);

/** What a payload type holds. */
struct pl_payload {
    enum pl_codec codec;
    uint32_t rate;     /* Hz of the RTP clock, which is that of samples; 0 when unknown */
    uint32_t channels; /* 0 when unknown */
};

/**
 * Reads a payload as SDP writes it in `rtpmap` (RFC 8866 section 6.6): "L16/44100/2", "PCMU/8000",
 * "opus/48000/2", "VP8/90000".
 * @param payload set on success: its codec, opaque for an encoding that gives no samples here; rate
 *  1000 to 768000 Hz, channels 1 to 64, 1 when left out
 * @return 0 or -EINVAL with what is expected
 */
int pl_payload_parse(const char *text, struct pl_payload *payload, struct pl_error *error);

/**
 * What RFC 3551 (tables 4 and 5) says a payload type holds.
 * @param type 0 to 127
 * @param fallback what an unassigned or dynamic type holds
 */
struct pl_payload pl_payload_of_type(uint32_t type, const struct pl_payload *fallback);

/** Bytes that one sample of all channels takes on the wire, 0 when opaque. */
uint32_t pl_payload_sample_bytes(const struct pl_payload *payload);

/** Packets with one SSRC, from one address and port to another. Its codec is that of its most
 *  frequent payload type; a packet of another type (telephone events, comfort noise) is carried as
 *  it is: compare its payload_type with the stream's before making samples of it. */
struct pl_recorded_stream {
    uint32_t ssrc;  /* as captured */
    uint32_t codec; /* enum pl_codec */
    uint32_t payload_type;
    uint32_t rate;     /* Hz of the RTP clock, 0 when unknown */
    uint32_t channels; /* 0 when unknown */
    uint32_t packets;
    uint64_t sequence_span;  /* what one loop adds to the sequence: highest - lowest + 1 */
    uint64_t timestamp_span; /* what one loop adds to the timestamp: the highest packet's end -
                              * lowest, where an opaque packet lasts the median step */
    uint64_t payload_bytes;
};

struct pl_recorded_packet {
    int64_t arrival_ns;       /* since the recording's first packet; never falls */
    uint64_t position;        /* sequence since the stream's lowest, unwrapped */
    uint64_t timestamp;       /* since the stream's lowest, unwrapped, in units of its clock */
    uint32_t stream;          /* index among the streams */
    uint32_t datagram_offset; /* of the UDP payload, bytes from the block's datagrams */
    uint32_t datagram_size;   /* bytes of the UDP payload: RTP header and payload */
    uint32_t payload_offset;  /* of the RTP payload, bytes from the datagram's start */
    uint32_t payload_size;    /* bytes of the RTP payload */
    uint32_t payload_type;
};

/** The head of the flat block; offsets count bytes from the head. Of a pipeline that replays no RTP
 *  there are no streams, and what it replays instead is the material. */
struct pl_recording {
    uint64_t bytes; /* of the whole block */
    uint32_t stream_count;
    uint32_t packet_count;
    int64_t duration_ns; /* what one loop adds to arrival times: what its samples last,
                            or without samples last - first + a mean gap */
    uint64_t streams_offset;
    uint64_t packets_offset;
    uint64_t datagrams_offset;
    uint64_t material_offset; /* a multiple of 8, or 0 for none */
};

/** What a pipeline replays that is no RTP; NULL without. */
static inline const void *pl_recording_material(const struct pl_recording *r)
{
    return r->material_offset ? (const char *)r + r->material_offset : NULL;
}

static inline const struct pl_recorded_stream *pl_recording_streams(const struct pl_recording *r)
{
    return (const struct pl_recorded_stream *)(const void *)((const char *)r + r->streams_offset);
}

static inline const struct pl_recorded_packet *pl_recording_packets(const struct pl_recording *r)
{
    return (const struct pl_recorded_packet *)(const void *)((const char *)r + r->packets_offset);
}

static inline const uint8_t *pl_recording_datagrams(const struct pl_recording *r)
{
    return (const uint8_t *)r + r->datagrams_offset;
}

/** What a capture holds beside the packets that a recording keeps. */
enum pl_skipped {
    PL_SKIPPED_OTHER,     /* no IP, another protocol over it, malformed */
    PL_SKIPPED_TCP,       /* segments without RTP */
    PL_SKIPPED_FRAGMENTS, /* of packets that are not there whole */
    PL_SKIPPED_STUN,      /* STUN and TURN that relay no RTP */
    PL_SKIPPED_DTLS,
    PL_SKIPPED_RTCP,
    PL_SKIPPED_UDP,       /* datagrams of any other kind */
    PL_SKIPPED_NO_STREAM, /* like RTP, but no stream of it */
    PL_SKIPPED_COUNT
};

/** As it stands in a sentence: "TCP", "STUN or TURN". */
const char *pl_skipped_name(enum pl_skipped kind);

struct pl_capture_counts {
    uint64_t frames; /* records read from the file */
    uint64_t skipped[PL_SKIPPED_COUNT];
    uint64_t filtered;  /* turned away by the filter */
    uint64_t snapped;   /* captured shorter than they were, of all frames */
    uint64_t completed; /* RTP packets among them: what lacks of each is zeros */
    uint64_t copies;    /* packets that two interfaces saw, the second time */
    uint64_t sorted;    /* packets that stood behind a later one, by 10 ms at most */
    uint64_t bytes_cut; /* bytes of a truncated file after its last whole packet; when a compressed
                         * stream ends early, of what could still be decompressed, at least 1 */
};

/** Frames that carry no UDP, and datagrams that are no RTP. */
uint64_t pl_capture_not_udp(const struct pl_capture_counts *counts);
uint64_t pl_capture_not_rtp(const struct pl_capture_counts *counts);

struct pl_capture_options {
    const char *filter;  /* libpcap filter syntax, NULL or "" for all; it sees frames as captured,
                          * so that tagged ones need "vlan and udp port 5004" */
    const char *payload; /* what dynamic and unassigned payload types hold, as pl_payload_parse
                          * takes it, or NULL for unknown */
    const char *sdp;     /* a file that says what types hold, or NULL */
    int64_t max_gap_ns;  /* longer gaps between packets are as long as this; 0: they stay */
    bool decodes;        /* the payloads are needed whole: cut ones are refused */
};

/**
 * Reads a capture (pcap or pcapng, either also compressed by zstd or gzip) into a new recording.
 *
 * Link types, tags and tunnels as dissect.h has them, of several link types in one pcapng; IPv4 and
 * IPv6, fragments put together; RTP that TURN relays, and RTP within RTSP's TCP connection. The
 * same packet seen on two interfaces is taken once. What the snap length cut off is zeros, unless
 * the payloads are decoded. UDP whose payload parses as RTP counts as RTP only if its stream (SSRC,
 * addresses, ports) has two packets in a row with sequence numbers in a row (RFC 3550 appendix A.1,
 * MIN_SEQUENTIAL) and at most half of its steps leap further than A.1's MAX_DROPOUT (3000 on) or
 * MAX_MISORDER (100 back). Duplicates and reordered packets are kept as they came.
 *
 * Needs the library pl_capture (libpcap, libzstd, zlib); the rest of this header is in pl_traffic.
 * @param recording set on success; free() it
 * @param counts set on success, may be NULL
 * @return 0, or a negative errno and one line: -ENOENT and others from opening; -EINVAL for what
 *  is no capture, is damaged, holds no RTP, was captured with too short a snap length for what
 *  decodes, has time stamps of RTP packets out of order by more than 10 ms or all alike, a bad
 * filter or payload, L16 that ends inside a sample, or more than PL_STREAMS_MAX streams; -EFBIG
 * beyond 4 GiB of RTP, or 4 GiB decompressed; -ENOMEM
 */
int pl_capture_read(const char *path, const struct pl_capture_options *options,
                    struct pl_recording **recording, struct pl_capture_counts *counts,
                    struct pl_error *error);

/** As pl_capture_read, from memory: what the fuzzer drives. `name` stands in messages. */
int pl_capture_read_memory(const void *data, size_t size, const char *name,
                           const struct pl_capture_options *options,
                           struct pl_recording **recording, struct pl_capture_counts *counts,
                           struct pl_error *error);

#endif
