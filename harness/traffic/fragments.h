/* Puts IP fragments together: RFC 791 section 3.2, RFC 8200 section 4.5. What is cut by the snap
 * length can't be. Each interface's are kept apart, so that a packet seen on two comes out twice
 * and not one and a half times. */
#ifndef PL_TRAFFIC_FRAGMENTS_H
#define PL_TRAFFIC_FRAGMENTS_H

#include "allocators/base/error.h"
#include "harness/traffic/dissect.h"

enum { PL_FRAGMENTS_PENDING = 256 }; /* packets under way at a time; the oldest is given up */

/* Since its first part: 60 s (RFC 8200). By then a busy sender's next packet may have the number.
 */
#define PL_FRAGMENTS_WAIT_NS INT64_C(60000000000)

struct pl_pending_fragments;

struct pl_fragments {
    struct pl_pending_fragments *pending[PL_FRAGMENTS_PENDING];
    uint64_t number;   /* of packets begun */
    uint64_t given_up; /* fragments of packets that never became whole, or were cut */
};

/**
 * Adds a fragment.
 * @param fragments all zero at the start
 * @param time_ns when it was captured, since any moment
 * @param whole set where the packet is complete: it begins with `part->fragment.layer`, and is good
 *  until the next call; else `captured` is 0
 * @return 0 or -ENOMEM
 */
int pl_fragments_add(struct pl_fragments *fragments, const struct pl_dissected *part,
                     int64_t time_ns, struct pl_frame *whole, struct pl_error *error);

/** Counts what never became whole, and frees all. */
void pl_fragments_close(struct pl_fragments *fragments);

#endif
