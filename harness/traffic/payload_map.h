/* What each payload type of a capture holds: its static meaning, what a session description says of
 * it, or what the scenario says of all dynamic ones. */
#ifndef PL_TRAFFIC_PAYLOAD_MAP_H
#define PL_TRAFFIC_PAYLOAD_MAP_H

#include "harness/traffic/recording.h"

enum { PL_PAYLOAD_TYPES = 128 };

struct pl_payload_map {
    struct pl_payload types[PL_PAYLOAD_TYPES];
};

/**
 * @param payload what dynamic and unassigned types hold, or NULL for unknown
 * @param sdp a file of SDP (RFC 8866), whose lines `a=rtpmap:TYPE ENCODING/RATE[/CHANNELS]` come
 *  before all else, or NULL
 * @return 0, -EINVAL where either is not understood, or the errno of reading
 */
int pl_payload_map_make(struct pl_payload_map *map, const char *payload, const char *sdp,
                        struct pl_error *error);

#endif
