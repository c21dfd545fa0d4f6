#include "harness/pipelines/stamp.h"

#include <string.h>

#define PAGE 4096 /* the smallest there is: a step over none leaves a page untouched */

static uint32_t end_bytes(uint32_t size)
{
    return size < sizeof(uint64_t) ? size : (uint32_t)sizeof(uint64_t);
}

void pl_stamp_write(uint8_t *block, uint32_t size, uint64_t stamp)
{
    uint32_t end = end_bytes(size);
    for (uint32_t at = PAGE; at < size; at += PAGE)
        block[at] = (uint8_t)stamp;
    memcpy(block, &stamp, end);
    memcpy(block + size - end, &stamp, end);
}

bool pl_stamp_is_whole(const uint8_t *block, uint32_t size, uint64_t stamp)
{
    uint32_t end = end_bytes(size);
    if (memcmp(block + size - end, &stamp, end) != 0)
        return false;
    /* Where the ends overlap, what was written last stands. */
    return size < 2 * sizeof stamp || memcmp(block, &stamp, end) == 0;
}
