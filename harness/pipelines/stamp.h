/* What is written into a block that is held, to find one that was handed out twice or written
 * beyond. */
#ifndef PL_PIPELINES_STAMP_H
#define PL_PIPELINES_STAMP_H

#include <stdbool.h>
#include <stdint.h>

/** Stamps a block at both ends, where a neighbour that writes too far would strike, and touches
 *  every page of it. @param size bytes, 1 at least */
void pl_stamp_write(uint8_t *block, uint32_t size, uint64_t stamp);

/** Whether the stamp is still there. @param size as it was written */
bool pl_stamp_is_whole(const uint8_t *block, uint32_t size, uint64_t stamp);

#endif
