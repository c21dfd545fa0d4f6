/* Puts IP fragments together: RFC 791 section 3.2, RFC 8200 section 4.5. What is cut by the snap
 * length can't be. */
#ifndef PL_TRAFFIC_FRAGMENTS_H
#define PL_TRAFFIC_FRAGMENTS_H

#include "allocators/error.h"
#include "harness/traffic/dissect.h"

enum { PL_FRAGMENTS_PENDING = 256 }; /* packets under way at a time; the oldest is given up */

struct pl_pending;

struct pl_fragments {
    struct pl_pending *pending[PL_FRAGMENTS_PENDING];
    uint64_t number;   /* of packets begun */
    uint64_t given_up; /* fragments of packets that never became whole, or were cut */
};

/**
 * Adds a fragment.
 * @param fragments all zero at the start
 * @param whole set where the packet is complete: it begins with `part->fragment.layer`, and is good
 *  until the next call; else `captured` is 0
 * @return 0 or -ENOMEM
 */
int pl_fragments_add(struct pl_fragments *fragments, const struct pl_dissected *part,
                     struct pl_frame *whole, struct pl_error *error);

/** Counts what never became whole, and frees all. */
void pl_fragments_close(struct pl_fragments *fragments);

#endif
