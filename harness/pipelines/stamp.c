#include "harness/pipelines/stamp.h"

#include "harness/base/random.h"

void pl_stamp_write_other(uint8_t *block, uint32_t size, uint64_t stamp)
{
    uint32_t end = size < sizeof stamp ? size : (uint32_t)sizeof stamp;
    for (uint32_t at = PL_STAMP_PAGE; at < size; at += PL_STAMP_PAGE)
        block[at] = (uint8_t)stamp;
    memcpy(block, &stamp, end);
    memcpy(block + size - end, &stamp, end);
}

bool pl_stamp_is_whole_short(const uint8_t *block, uint32_t size, uint64_t stamp)
{
    return memcmp(block, &stamp, size) == 0;
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
