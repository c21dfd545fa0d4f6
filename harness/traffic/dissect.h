/* Takes a captured frame apart, from the link layer through tags and tunnels down to UDP or TCP.
 * Reads captured bytes only, whatever lengths the headers claim.
 *
 * A layer is a row of the table in dissect.c: what it is called, and a function that takes its
 * header off and says what follows. */
#ifndef PL_TRAFFIC_DISSECT_H
#define PL_TRAFFIC_DISSECT_H

#include <stddef.h>

#include "harness/traffic/dissected.h"

/** What frames of a libpcap link type (https://www.tcpdump.org/linktypes.html) begin with.
 *  @return PL_LAYER_UNKNOWN for one that is not understood */
enum pl_layer pl_layer_of_link(int link_type);

/** "Ethernet, Linux cooked v1, ...": those that a file may have. */
void pl_link_names(char *text, size_t capacity);

/** Goes from a layer to UDP, TCP or a fragment. Tunnels may stand in each other, eight at most. */
void pl_dissect(enum pl_layer layer, struct pl_frame frame, struct pl_dissected *dissected);

/** Goes on with what the fragments of a packet make up, by the addresses of one of them. */
void pl_dissect_part(const struct pl_dissected *part, struct pl_frame whole,
                     struct pl_dissected *dissected);

#endif
