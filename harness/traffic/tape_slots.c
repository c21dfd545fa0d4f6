#include "harness/traffic/tape_slots.h"

#include <errno.h>
#include <stdlib.h>

void pl_tape_slots_begin(struct pl_tape_slots *s, uint32_t lanes, size_t limit)
{
    s->count = 0;
    s->limit = limit;
    s->lane_count = lanes;
    s->robbed = 0;
    for (uint32_t i = 0; i < lanes; i++)
        s->lanes[i] = (struct pl_tape_lane_slots){.own = PL_TAPE_NO_SLOT};
}

static bool grow(struct pl_tape_slots *s)
{
    size_t capacity = s->capacity ? 2 * s->capacity : 16 * PL_TAPE_CHUNK;
    struct pl_tape_slot *grown = realloc(s->list, capacity * sizeof *grown);
    if (!grown)
        return false;
    s->list = grown;
    s->capacity = capacity;
    return true;
}

static uint32_t take_own(struct pl_tape_slots *s, struct pl_tape_lane_slots *l)
{
    uint32_t number = l->own;
    l->own = s->list[number].next;
    return number;
}

static uint32_t take_others(struct pl_tape_slots *s, struct pl_tape_lane_slots *l)
{
    uint32_t number = l->first;
    l->first = s->list[number].next;
    l->others_count--;
    return number;
}

/* @return PL_TAPE_NO_SLOT where there is no slot that nobody had */
static uint32_t take_fresh(struct pl_tape_slots *s, struct pl_tape_lane_slots *l)
{
    if (l->fresh == l->fresh_end) {
        if (s->count + PL_TAPE_CHUNK > s->limit)
            return PL_TAPE_NO_SLOT;
        if (s->count + PL_TAPE_CHUNK > s->capacity && !grow(s)) {
            s->failed = -ENOMEM;
            return PL_TAPE_NO_SLOT;
        }
        l->fresh = (uint32_t)s->count;
        s->count += PL_TAPE_CHUNK;
        l->fresh_end = (uint32_t)s->count;
    }
    s->list[l->fresh].lane = PL_TAPE_NO_LANE;
    return l->fresh++;
}

/* A slot that another lane has to spare: where lanes are busy one after the other, all would have
 * as many as the busiest needs. */
static uint32_t rob(struct pl_tape_slots *s)
{
    for (uint32_t i = 0; i < s->lane_count; i++, s->robbed++) {
        struct pl_tape_lane_slots *l = &s->lanes[s->robbed % s->lane_count];
        if (l->own != PL_TAPE_NO_SLOT)
            return take_own(s, l);
        if (l->others_count > PL_TAPE_KEPT_BACK)
            return take_others(s, l);
    }
    s->failed = s->failed ? s->failed : -EINVAL;
    return PL_TAPE_NO_SLOT;
}

uint32_t pl_tape_slots_take(struct pl_tape_slots *s, uint32_t lane)
{
    struct pl_tape_lane_slots *l = &s->lanes[lane];
    uint32_t number;
    if (l->own != PL_TAPE_NO_SLOT)
        number = take_own(s, l);
    else if (l->others_count > PL_TAPE_KEPT_BACK)
        number = take_others(s, l);
    else
        number = take_fresh(s, l);
    if (number == PL_TAPE_NO_SLOT)
        number = rob(s);
    if (number != PL_TAPE_NO_SLOT)
        s->list[number].home = (uint16_t)lane;
    return number;
}

void pl_tape_slots_give(struct pl_tape_slots *s, uint32_t number)
{
    struct pl_tape_slot *slot = &s->list[number];
    struct pl_tape_lane_slots *home = &s->lanes[slot->home];
    if (slot->lane == slot->home) {
        slot->next = home->own;
        home->own = number;
        return;
    }
    if (home->others_count++)
        s->list[home->last].next = number;
    else
        home->first = number;
    home->last = number;
}

void pl_tape_slots_free(struct pl_tape_slots *s)
{
    free(s->list);
    s->list = NULL;
}
