/* The slots of a split tape (tape_split.h): which number a block has while it lives. A slot belongs
 * to the lane whose block it held first and is used again by that one, the latest first; one whose
 * block another lane released only after PL_TAPE_KEPT_BACK others, or whoever makes blocks would be
 * bound to the pace of whoever releases them. One thread. */
#ifndef PL_TRAFFIC_TAPE_SLOTS_H
#define PL_TRAFFIC_TAPE_SLOTS_H

#include <stddef.h>
#include <stdint.h>

#include "harness/traffic/tape.h"

enum {
    PL_TAPE_KEPT_BACK = 4096, /* slots of a lane that others released */
    PL_TAPE_CHUNK = 64        /* slots that a lane takes at a time: no cache line is two lanes' */
};

#define PL_TAPE_NO_SLOT UINT32_MAX
#define PL_TAPE_NO_LANE UINT16_MAX

struct pl_tape_slot {
    uint64_t at; /* of its latest event, as whoever uses it counts */
    uint32_t next;
    uint16_t home; /* the lane that takes it again */
    uint16_t lane; /* of its latest event; PL_TAPE_NO_LANE: nobody had it */
};

struct pl_tape_slots {
    struct pl_tape_slot *list;
    size_t count, capacity, limit;
    uint32_t lane_count, robbed;
    struct pl_tape_lane_slots {
        uint32_t own; /* free ones that it released itself, the latest first */
        uint32_t first, last, others_count; /* those that others released, the first one first */
        uint32_t fresh, fresh_end;
    } lanes[PL_TAPE_LANES_MAX];
    int failed; /* -ENOMEM, or -EINVAL: there are too many live blocks; 0 */
};

/** Begins anew; what room there is stays. @param limit slots at most */
void pl_tape_slots_begin(struct pl_tape_slots *slots, uint32_t lanes, size_t limit);

/** @return a slot for a block of a lane; PL_TAPE_NO_SLOT, with `failed` set, where there is none */
uint32_t pl_tape_slots_take(struct pl_tape_slots *slots, uint32_t lane);

/** The block of a slot was released by the lane of its latest event. */
void pl_tape_slots_give(struct pl_tape_slots *slots, uint32_t number);

void pl_tape_slots_free(struct pl_tape_slots *slots);

#endif
