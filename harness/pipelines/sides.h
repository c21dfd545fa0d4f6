/* The threads of a pipeline, each with books of its own, so that none waits for another to count.
 * What a cell knows is the sum over its sides. */
#ifndef PL_PIPELINES_SIDES_H
#define PL_PIPELINES_SIDES_H

#include "harness/base/arena.h"
#include "harness/pipelines/meter.h"
#include "harness/traffic/counts.h"

/** What one thread counts. Cache lines of its own. */
struct pl_side {
    struct pl_meter meter;
    struct pl_traffic_counts counts;
};

struct pl_sides {
    struct pl_side **side;
    uint32_t count;
    struct pl_meter_crowd *crowd; /* NULL: they are none */
};

size_t pl_sides_arena_bytes(uint32_t count);

/** Opens the meters of `count` sides. Two of them see each other's live bytes at each acquire.
 *  @return false when the arena is too small */
bool pl_sides_open(struct pl_sides *sides, uint32_t count, struct pl_stack *stack,
                   const struct pl_scenario *scenario, uint64_t seed, struct pl_arena *arena);

/** Makes a crowd of open sides, before they count: as many as a program has threads. Their peak is
 *  that of a pl_meter_crowd, so that no acquire waits for other processors' counters; of one side,
 *  and where they take turns, it stays exact.
 *  @param at_once whether they run at once @return false when the arena is too small */
bool pl_sides_crowd(struct pl_sides *sides, bool at_once, struct pl_arena *arena);

/** The side that receives: the first. */
static inline struct pl_side *pl_sides_network(const struct pl_sides *sides)
{
    return sides->side[0];
}

/** The side that reads: the first where there is but one. */
static inline struct pl_side *pl_sides_reader(const struct pl_sides *sides)
{
    return sides->side[sides->count - 1];
}

/** Sums over the sides. Any thread; while others count, each figure is one of late, and exact once
 *  they are at rest. */
void pl_sides_counts(const struct pl_sides *sides, struct pl_traffic_counts *counts);
uint64_t pl_sides_live(const struct pl_sides *sides);      /* bytes */
uint64_t pl_sides_live_peak(const struct pl_sides *sides); /* bytes; of a crowd as it was told */
uint64_t pl_sides_churn(const struct pl_sides *sides);     /* bytes */

#endif
