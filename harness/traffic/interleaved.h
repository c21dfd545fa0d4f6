/* RTP within RTSP's TCP connection (RFC 7826 section 14, RFC 2326 section 10.12): a dollar, a
 * channel, a length, a packet. Segments are put in order; where one is missing, or text stands
 * between, the next dollar that RTP follows is where it goes on. */
#ifndef PL_TRAFFIC_INTERLEAVED_H
#define PL_TRAFFIC_INTERLEAVED_H

#include "allocators/error.h"
#include "harness/traffic/dissect.h"

struct pl_connection;

struct pl_interleaved {
    struct pl_connection *connections;
    size_t count, capacity;
};

/** Called with each packet, RTP or RTCP. @return 0, or a negative errno that ends the way */
typedef int pl_interleaved_take(void *context, const struct pl_flow *flow, struct pl_frame packet);

/**
 * Adds a segment, and hands on the packets that become whole with it.
 * @param interleaved all zero at the start
 * @param taken set on success: packets that were handed on
 * @return 0, -ENOMEM, or what `take` returned
 */
int pl_interleaved_add(struct pl_interleaved *interleaved, const struct pl_dissected *segment,
                       pl_interleaved_take *take, void *context, uint32_t *taken,
                       struct pl_error *error);

void pl_interleaved_close(struct pl_interleaved *interleaved);

#endif
