/* RTP within RTSP's TCP connection (RFC 7826 section 14, RFC 2326 section 10.12): a dollar, a
 * channel, a length, a packet. Segments are put in order; where one is missing, or text stands
 * between, the next dollar that RTP follows is where it goes on. */
#ifndef PL_TRAFFIC_INTERLEAVED_H
#define PL_TRAFFIC_INTERLEAVED_H

#include "allocators/base/error.h"
#include "harness/traffic/dissect.h"
#include "harness/traffic/gather.h"

enum { PL_CONNECTIONS_MAX = 256 }; /* each way; one without RTP makes room for another */

struct pl_connection;

/** Called with each packet, RTP or RTCP.
 *  @param from where and when the segment was captured that made it whole
 *  @return 0, or a negative errno that ends the way */
typedef int pl_interleaved_take(void *context, const struct pl_flow *flow, struct pl_frame packet,
                                const struct pl_captured *from);

/** All zero at the start, but for who takes the packets. */
struct pl_interleaved {
    pl_interleaved_take *take;
    void *context;
    struct pl_connection *connections[PL_CONNECTIONS_MAX];
    size_t count;
    uint64_t begun;
};

/**
 * Adds a segment, and hands on the packets that become whole with it.
 * @param from where and when it was captured
 * @param carries set on success: whether its connection has had a packet, this way
 * @return 0, -ENOMEM, or what `take` returned
 */
int pl_interleaved_add(struct pl_interleaved *interleaved, const struct pl_dissected *segment,
                       const struct pl_captured *from, bool *carries, struct pl_error *error);

/** Hands on what still waits for a segment that never came. @return 0, or what `take` returned */
int pl_interleaved_end(struct pl_interleaved *interleaved);

void pl_interleaved_close(struct pl_interleaved *interleaved);

#endif
