/* Blocks, and what must be in them (broadcast_state.h). */
#include "harness/pipelines/broadcast/broadcast_state.h"

#define PIXEL_STEP 4093 /* a prime below a page's bytes: each page is looked at */

void broadcast_release(const struct broadcast *b, struct pl_side *side, enum broadcast_class class,
                       void *block, uint64_t bytes)
{
    pl_meter_release_sized(&side->meter, b->classes[class], block, bytes);
}

void broadcast_drop(struct pl_side *side, enum pl_drop reason, uint64_t packets)
{
    pl_counter_add(&side->counts.dropped[reason], packets);
}

uint64_t broadcast_sum(const uint8_t *bytes, uint64_t size, uint64_t step)
{
    uint64_t sum = size;
    for (uint64_t i = 0; i < size; i += step)
        sum = sum * 31 + bytes[i];
    return sum;
}

const uint8_t *broadcast_pixels(const struct broadcast *b, uint32_t picture)
{
    return b->clips.pictures + picture * (b->frame_bytes - BROADCAST_HEADER);
}

void broadcast_verify(const struct broadcast *b, struct pl_side *side, const uint8_t *pixels,
                      uint32_t picture)
{
    uint64_t bytes = b->frame_bytes - BROADCAST_HEADER;
    const uint8_t *sent = broadcast_pixels(b, picture);
    if (broadcast_sum(pixels, bytes, PIXEL_STEP) != broadcast_sum(sent, bytes, PIXEL_STEP))
        pl_counter_add(&side->counts.integrity_errors, 1);
}
