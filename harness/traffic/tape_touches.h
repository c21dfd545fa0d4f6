/* When the pages of a tape's blocks are written to, as far as looks at the program tell. A block's
 * are written to as it comes; those of which a later look finds more, halfway from the look before:
 * when it was, nobody saw. So at each look just those are there that were found. One thread. */
#ifndef PL_TRAFFIC_TAPE_TOUCHES_H
#define PL_TRAFFIC_TAPE_TOUCHES_H

#include "harness/traffic/tape_list.h"

/** Starts as zeroes. */
struct pl_tape_touches {
    struct pl_tape_list slots; /* struct touch, of each slot's block */
    struct pl_tape_list late;  /* struct late: words that belong where others stand already */
    uint64_t look_ms, half_ms; /* the latest look; then half of the time to the next is over */
    size_t half;               /* where that is in the list of words; 0: it is still to come */
};

/** Time has come to this, and the words that follow are of it. */
void pl_tape_touches_time(struct pl_tape_touches *touches, const struct pl_tape_list *words,
                          uint64_t time_ms);

/** A look at all blocks is over. */
void pl_tape_touches_look(struct pl_tape_touches *touches, uint64_t time_ms);

/** A block has come, or has another size. What nobody will have looked at is touched in whole,
 * small blocks always. @return false when out of memory */
bool pl_tape_touches_block(struct pl_tape_touches *touches, struct pl_tape_list *words,
                           uint32_t slot, uint64_t size);

/** So many of the pages of a slot's block were found, from the first on. @return false when out of
 *  memory */
bool pl_tape_touches_found(struct pl_tape_touches *touches, struct pl_tape_list *words,
                           uint32_t slot, uint64_t pages);

/** Puts the words that came late where they belong. Once, at the end. @return false when out of
 *  memory */
bool pl_tape_touches_insert(struct pl_tape_touches *touches, struct pl_tape_list *words);

void pl_tape_touches_free(struct pl_tape_touches *touches);

#endif
