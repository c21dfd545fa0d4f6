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
 * @param dropped set on success: packets of streams that are not plausible
 * @return 0, -EINVAL as pl_capture_read says (snap length, order, streams, samples), or -ENOMEM
 */
int pl_recording_build(const struct pl_gathering *gathering, const struct pl_payload_map *payloads,
                       struct pl_recording **recording, uint64_t *dropped, struct pl_error *error);

#endif
