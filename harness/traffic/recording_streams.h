/* What needs a whole stream at once: unwrapping, codec, spans. */
#ifndef PL_TRAFFIC_RECORDING_STREAMS_H
#define PL_TRAFFIC_RECORDING_STREAMS_H

#include "harness/traffic/payload_map.h"

/**
 * Unwraps positions and timestamps, which are as on the wire, and fills in the streams.
 * @param streams only their SSRCs are set
 * @param packets `position` holds the sequence number of the wire, `timestamp` its timestamp
 * @return 0, -EINVAL when L16 ends inside a sample, or -ENOMEM
 */
int pl_recording_finish_streams(const struct pl_recording *recording,
                                struct pl_recorded_stream *streams,
                                struct pl_recorded_packet *packets,
                                const struct pl_payload_map *payloads, struct pl_error *error);

#endif
