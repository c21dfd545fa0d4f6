#include "harness/pipelines/session/leaks.h"

#include "harness/scenario/session_settings.h"

/* The head of a block; the rest is stamped. */
struct leaked_block {
    struct leaked_block *previous;
    uint64_t check; /* of what stands beside it, and the stamp of the rest */
    uint32_t size;
    uint32_t class_index;
};

_Static_assert(sizeof(struct leaked_block) < PL_SESSION_FOR_EVER_MIN_BYTES, "room for a stamp");

/* The address is in it, so that of two blocks no check is the same. */
static uint64_t check_of(const struct leaked_block *b)
{
    uint64_t own = (uint64_t)(uintptr_t)b * 0x9e3779b97f4a7c15u; /* odd: it spreads the bits */
    return own ^ (uint64_t)(uintptr_t)b->previous ^ (uint64_t)b->size << 32 ^ b->class_index;
}

static uint8_t *rest_of(struct leaked_block *b)
{
    return (uint8_t *)(b + 1);
}

static uint32_t rest_bytes(uint32_t size)
{
    return size - (uint32_t)sizeof(struct leaked_block);
}

void leaks_add(struct leaks *leaks, struct pl_side *side, uint32_t class_index, uint32_t size,
               struct pl_site *site)
{
    struct leaked_block *b = pl_meter_acquire_at(&side->meter, class_index, size, site);
    if (!b)
        return;
    *b = (struct leaked_block){.previous = leaks->last, .size = size, .class_index = class_index};
    b->check = check_of(b);
    pl_stamp_write(rest_of(b), rest_bytes(size), b->check);
    leaks->last = b;
}

void leaks_release(struct leaks *leaks, struct pl_side *side)
{
    for (struct leaked_block *b = leaks->last, *previous; b; b = previous) {
        bool linked = b->check == check_of(b);
        if (!linked || !pl_stamp_is_whole(rest_of(b), rest_bytes(b->size), b->check))
            pl_counter_add(&side->counts.integrity_errors, 1);
        if (!linked)
            break;
        previous = b->previous;
        pl_meter_release_sized(&side->meter, b->class_index, b, b->size);
    }
    leaks->last = NULL;
}
