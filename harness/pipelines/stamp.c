#include "harness/pipelines/stamp.h"

#include <string.h>

#include "harness/base/random.h"

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

bool pl_stamped_acquire(struct pl_side *side, uint32_t class_index, struct pl_stamped *b,
                        uint32_t size, uint64_t stamp, struct pl_site *site)
{
    *b = (struct pl_stamped){pl_meter_acquire_at(&side->meter, class_index, size, site), stamp,
                             size};
    if (b->block)
        pl_stamp_write(b->block, size, stamp);
    return b->block != NULL;
}

void pl_stamped_release(struct pl_side *side, uint32_t class_index, struct pl_stamped *b)
{
    if (!b->block)
        return;
    if (!pl_stamp_is_whole(b->block, b->size, b->stamp))
        pl_counter_add(&side->counts.integrity_errors, 1);
    pl_meter_release_sized(&side->meter, class_index, b->block, b->size);
    b->block = NULL;
}

uint32_t pl_stamped_size(uint64_t min, uint64_t max, uint64_t *random)
{
    return (uint32_t)(min + pl_random_next(random) % (max - min + 1));
}
