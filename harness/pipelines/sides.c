#include "harness/pipelines/sides.h"

size_t pl_sides_arena_bytes(uint32_t count)
{
    return count * pl_arena_cost(sizeof(struct pl_side)) +
           pl_arena_cost(count * sizeof(struct pl_side *)) +
           pl_arena_cost(sizeof(struct pl_meter_crowd));
}

bool pl_sides_open(struct pl_sides *sides, uint32_t count, struct pl_stack *stack,
                   const struct pl_scenario *scenario, uint64_t seed, struct pl_arena *arena)
{
    *sides = (struct pl_sides){.side = pl_arena_take(arena, count * sizeof *sides->side),
                               .count = count};
    if (!sides->side)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        sides->side[i] = pl_arena_take(arena, sizeof *sides->side[i]);
        if (!sides->side[i])
            return false;
        pl_meter_open(&sides->side[i]->meter, stack, scenario, seed + i);
    }
    for (uint32_t i = 0; count == 2 && i < count; i++)
        sides->side[i]->meter.other = &sides->side[1 - i]->meter;
    return true;
}

bool pl_sides_crowd(struct pl_sides *sides, bool at_once, struct pl_arena *arena)
{
    if (sides->count == 1)
        return true;
    sides->crowd = pl_arena_take(arena, sizeof *sides->crowd);
    for (uint32_t i = 0; sides->crowd && i < sides->count; i++) {
        sides->side[i]->meter.crowd = sides->crowd;
        sides->side[i]->meter.untold_bytes = at_once ? PL_METER_UNTOLD : 0;
        sides->side[i]->meter.other = NULL;
    }
    return sides->crowd != NULL;
}

void pl_sides_counts(const struct pl_sides *sides, struct pl_traffic_counts *counts)
{
    *counts = (struct pl_traffic_counts){0};
    for (uint32_t i = 0; i < sides->count; i++)
        pl_counts_add(counts, &sides->side[i]->counts);
}

uint64_t pl_sides_live(const struct pl_sides *sides)
{
    uint64_t live = 0;
    for (uint32_t i = 0; i < sides->count; i++)
        live += pl_counter_read(&sides->side[i]->meter.live_bytes);
    return live <= INT64_MAX ? live : 0; /* a release was counted before its acquire was read */
}

uint64_t pl_sides_live_peak(const struct pl_sides *sides)
{
    uint64_t peak = sides->crowd ? pl_counter_read(&sides->crowd->live_bytes_peak) : 0;
    for (uint32_t i = 0; !sides->crowd && i < sides->count; i++) {
        uint64_t own = pl_counter_read(&sides->side[i]->meter.live_bytes_peak);
        if (own > peak)
            peak = own;
    }
    return peak;
}

uint64_t pl_sides_churn(const struct pl_sides *sides)
{
    uint64_t churn = 0;
    for (uint32_t i = 0; i < sides->count; i++)
        churn += pl_meter_churn(&sides->side[i]->meter);
    return churn;
}
