/* Makes the flat recording out of what was gathered. */
#ifndef PL_TRAFFIC_RECORDING_BUILD_H
#define PL_TRAFFIC_RECORDING_BUILD_H

#include "harness/traffic/gather.h"
#include "harness/traffic/payload_map.h"

/**
 * Keeps the plausible streams, unwraps their sequence numbers and timestamps (RFC 3550 appendix
 * A.1: by the shorter way around from the highest so far) and lays all into one block.
 * @param payloads what payload types hold
 * @param recording set on success, free() it; NULL when no stream is plausible
 * @param gathering its packets are put in the order of their times
 * @param options as of pl_capture_read
 * @param counts what is found on the way is added: packets without a stream, completed, sorted
 * @return 0, -EINVAL as pl_capture_read says (snap length, order, streams, samples), or -ENOMEM
 */
int pl_recording_build(struct pl_gathering *gathering, const struct pl_payload_map *payloads,
                       struct pl_recording **recording, const struct pl_capture_options *options,
                       struct pl_capture_counts *counts, struct pl_error *error);

#endif
