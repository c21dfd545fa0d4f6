/* What is written into a block that is held, to find one that was handed out twice or written
 * beyond. */
#ifndef PL_PIPELINES_STAMP_H
#define PL_PIPELINES_STAMP_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "harness/pipelines/sides.h"

#define PL_STAMP_PAGE 4096 /* the smallest there is: a step over none leaves a page untouched */

/* Of blocks that are smaller than a stamp, or larger than a page. */
void pl_stamp_write_other(uint8_t *block, uint32_t size, uint64_t stamp);

/* Of blocks that are smaller than a stamp. */
bool pl_stamp_is_whole_short(const uint8_t *block, uint32_t size, uint64_t stamp);

/** Stamps a block at both ends, where a neighbour that writes too far would strike, and touches
 *  every page of it. @param size bytes, 1 at least */
static inline void pl_stamp_write(uint8_t *block, uint32_t size, uint64_t stamp)
{
    if (size < sizeof stamp || size > PL_STAMP_PAGE) {
        pl_stamp_write_other(block, size, stamp);
        return;
    }
    memcpy(block, &stamp, sizeof stamp);
    memcpy(block + size - sizeof stamp, &stamp, sizeof stamp);
}

/** Whether the stamp is still there. @param size as it was written */
static inline bool pl_stamp_is_whole(const uint8_t *block, uint32_t size, uint64_t stamp)
{
    if (size < sizeof stamp)
        return pl_stamp_is_whole_short(block, size, stamp);
    if (memcmp(block + size - sizeof stamp, &stamp, sizeof stamp) != 0)
        return false;
    /* Where the ends overlap, what was written last stands. */
    return size < 2 * sizeof stamp || memcmp(block, &stamp, sizeof stamp) == 0;
}

/** A stamped block that is held. All zero is none. */
struct pl_stamped {
    uint8_t *block; /* NULL: refused, or none yet */
    uint64_t stamp;
    uint32_t size;
};

/** Acquires a block of `size` bytes and stamps it. @param block set, to none where it is refused
 *  @param site under which a ledger has it @return whether there is one */
bool pl_stamped_acquire(struct pl_side *side, uint32_t class_index, struct pl_stamped *block,
                        uint32_t size, uint64_t stamp, struct pl_site *site);

/** Checks a block, counts one that was changed, and releases it. None is none. */
void pl_stamped_release(struct pl_side *side, uint32_t class_index, struct pl_stamped *block);

/** A size from `min` to `max`, each as likely. @param random state of the sequence */
uint32_t pl_stamped_size(uint64_t min, uint64_t max, uint64_t *random);

#endif
