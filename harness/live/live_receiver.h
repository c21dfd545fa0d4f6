/* The receiver over a real socket: a network thread on libuv fills packets, a reader's thread reads
 * at its own pace. What they do with a packet is the receiver's of harness/pipelines/receiver. */
#ifndef PL_LIVE_LIVE_RECEIVER_H
#define PL_LIVE_LIVE_RECEIVER_H

#include "harness/live/link.h"
#include "harness/pipelines/pipeline.h"

struct pl_live;

/** Bytes of the arena that pl_live_open takes. */
size_t pl_live_arena_bytes(const struct pl_scenario *scenario,
                           const struct pl_recording *recording);

/** Opens socket and threads, which wait, and writes the port to the link.
 *  @param inputs with two sides and no loop
 *  @param live set on success
 *  @return 0 or a negative errno */
int pl_live_open(const struct pl_pipeline_inputs *inputs, struct pl_live_link *link,
                 struct pl_live **live, struct pl_error *error);

/** Sets the threads going. @param start_ns replay time 0, as pl_real_now counts */
void pl_live_start(struct pl_live *live, int64_t start_ns);

/** Waits for the sender, 2 s at most, so that what is late still comes and everything can be
 *  counted to the last datagram; then ends both threads.
 *  @param at_once the sender is told to stop instead */
void pl_live_stop(struct pl_live *live, bool at_once);

/** Settles the books. @param now_ns of replay */
void pl_live_close(struct pl_live *live, int64_t now_ns);

#endif
