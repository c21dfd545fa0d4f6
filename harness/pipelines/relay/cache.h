/* A publisher's caches: the group of pictures since the last keyframe, once or twice; what may be
 * asked for again; what a new subscriber gets at once (relay_state.h). */
#ifndef PL_PIPELINES_RELAY_CACHE_H
#define PL_PIPELINES_RELAY_CACHE_H

#include "harness/pipelines/relay/relay_state.h"

/** Keeps a packet in each cache that is asked for, and lets go what is beyond their bounds. On the
 *  publisher's worker. */
void relay_caches_keep(struct relay_publisher *publisher, struct relay_packet *packet,
                       int64_t now_ns);

/** @return a packet that is kept, or NULL */
const struct relay_packet *relay_cache_find(const struct relay_cache *cache, uint32_t stream,
                                            uint64_t position);

/** Empties them. @param side of the calling thread */
void relay_caches_clear(struct relay_publisher *publisher, struct pl_side *side);

#endif
