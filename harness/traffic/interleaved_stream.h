/* The bytes of one connection, in their order, and the packets in them (interleaved.h). */
#ifndef PL_TRAFFIC_INTERLEAVED_STREAM_H
#define PL_TRAFFIC_INTERLEAVED_STREAM_H

#include "harness/traffic/dissect.h"

enum { PL_PACKET_HEAD = 4 }; /* a dollar, a channel, a length of 16 bits */

/** All zero at the start. */
struct pl_packet_stream {
    uint32_t at; /* where it goes on in `bytes` */
    uint32_t held;
    bool carries; /* it has had a packet */
    bool in_step; /* a packet ended at `at` */
    bool channels[256];
    uint8_t bytes[2 * UINT16_MAX];
};

/** Whether a packet or a message of RTSP may begin in it. */
bool pl_packet_stream_may_begin(const struct pl_frame *bytes);

/** Adds what comes next. A stream that nobody understands is not kept. */
void pl_packet_stream_append(struct pl_packet_stream *stream, const uint8_t *data, uint32_t size);

/** What comes next is not what followed. */
void pl_packet_stream_break(struct pl_packet_stream *stream);

/** @param last nothing will follow
 *  @param packet set on success, good until more is added
 *  @return whether there is a whole one */
bool pl_packet_stream_next(struct pl_packet_stream *stream, bool last, struct pl_frame *packet);

#endif
