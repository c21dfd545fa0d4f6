/* A table with linear probing (places.h); what is removed leaves no mark (Knuth, TAOCP 6.4, R). */
#include "harness/trace/places.h"

#include <errno.h>
#include <stdlib.h>

enum { FIRST_BITS = 10 };

static uint32_t mask_of(const struct pl_trace_places *places)
{
    return (UINT32_C(1) << places->bits) - 1;
}

static uint32_t home(const struct pl_trace_places *places, uint32_t thread, uint64_t n)
{
    const uint64_t mixed = (n ^ (uint64_t)thread << 40) * UINT64_C(0x9E3779B97F4A7C15);
    return (uint32_t)(mixed >> (64 - places->bits));
}

static uint32_t home_of(const struct pl_trace_places *places, const struct pl_trace_live *live,
                        uint32_t slot)
{
    return home(places, live->slots[slot].thread, live->slots[slot].of_thread);
}

int64_t pl_trace_places_find(const struct pl_trace_places *places, const struct pl_trace_live *live,
                             uint32_t thread, uint64_t n)
{
    if (!places->table)
        return -1;
    for (uint32_t at = home(places, thread, n); places->table[at];
         at = (at + 1) & mask_of(places)) {
        const struct pl_trace_block *block = &live->slots[places->table[at] - 1];
        if (block->thread == thread && block->of_thread == n)
            return places->table[at] - 1;
    }
    return -1;
}

static void put(struct pl_trace_places *places, const struct pl_trace_live *live, uint32_t slot)
{
    uint32_t at = home_of(places, live, slot);
    while (places->table[at])
        at = (at + 1) & mask_of(places);
    places->table[at] = slot + 1;
}

static int grow(struct pl_trace_places *places, const struct pl_trace_live *live)
{
    struct pl_trace_places grown = {.count = places->count,
                                    .bits = places->table ? places->bits + 1 : FIRST_BITS};
    if (grown.bits > 31 || !(grown.table = calloc(UINT32_C(1) << grown.bits, sizeof *grown.table)))
        return -ENOMEM;
    for (uint32_t at = 0; places->table && at <= mask_of(places); at++)
        if (places->table[at])
            put(&grown, live, places->table[at] - 1);
    free(places->table);
    *places = grown;
    return 0;
}

int pl_trace_places_add(struct pl_trace_places *places, const struct pl_trace_live *live,
                        uint32_t slot)
{
    int rc = !places->table || places->count > mask_of(places) / 2 ? grow(places, live) : 0;
    if (rc)
        return rc;
    put(places, live, slot);
    places->count++;
    return 0;
}

void pl_trace_places_remove(struct pl_trace_places *places, const struct pl_trace_live *live,
                            uint32_t slot)
{
    const uint32_t mask = mask_of(places);
    uint32_t hole = home_of(places, live, slot);
    while (places->table[hole] != slot + 1)
        hole = (hole + 1) & mask;
    for (uint32_t at = (hole + 1) & mask; places->table[at]; at = (at + 1) & mask) {
        const uint32_t from = home_of(places, live, places->table[at] - 1);
        if (((at - from) & mask) >= ((at - hole) & mask)) {
            places->table[hole] = places->table[at];
            hole = at;
        }
    }
    places->table[hole] = 0;
    places->count--;
}
