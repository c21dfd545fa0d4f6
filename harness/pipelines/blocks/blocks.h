/* Short cycles of small blocks: each cycle takes blocks drawn from a profile until it holds a
 * target of live bytes, releases all but a few, and idles. What survives lies scattered among what
 * was released: whether its pages go back is up to the heap.
 *
 * A block whose lifetime k in the profile is below BLOCKS_HELD_FROM is released after as many
 * acquires as k says; one that lives longer is held until its cycle ends: in a server the acquires
 * of many jobs come in between. */
#ifndef PL_PIPELINES_BLOCKS_BLOCKS_H
#define PL_PIPELINES_BLOCKS_BLOCKS_H

#include "harness/base/arena.h"
#include "harness/pipelines/sides.h"
#include "harness/traffic/profile.h"

#define BLOCKS_HELD_FROM 7
#define BLOCKS_WHEEL (1u << (BLOCKS_HELD_FROM - 1)) /* more than the longest of the others */
#define BLOCKS_STEP_NS INT64_C(1000000)             /* of replay, between two pieces of work */
#define BLOCKS_RECORDS_MAX (1u << 24)               /* blocks held at a time: 384 MiB of records */

/** A block that is held. Index 0 is none. */
struct blocks_record {
    uint8_t *block;
    uint64_t stamp;
    uint32_t size;
    uint32_t next;
};

/** Records in the order in which they came. */
struct blocks_list {
    uint32_t first;
    uint32_t last;
};

struct blocks {
    const struct pl_blocks_settings *settings;
    const struct pl_profile *profile;
    struct pl_side *side; /* of the worker that has the cycle */
    uint32_t class_index;
    struct blocks_record *records;
    uint32_t record_count; /* in use, or free again */
    uint32_t record_capacity;
    uint32_t free;                          /* the first of those that are free again */
    struct blocks_list wheel[BLOCKS_WHEEL]; /* by the acquire after which they are released */
    struct blocks_list held;                /* until the cycle ends */
    struct blocks_list survivors[PL_BLOCKS_SURVIVAL_MAX]; /* by the cycle at whose end they go */
    uint32_t survival;                                    /* cycles that a survivor lives */
    uint64_t random;
    uint64_t acquires;       /* tried, of all cycles */
    uint64_t cycle_acquires; /* tried, of this one */
    uint64_t cycle_bytes;    /* of those that live on, that this one took */
    uint64_t idle_acquires;  /* tried, since it idles */
    uint64_t cycle;          /* that runs, from 0 */
    bool idle;
    bool refused; /* an acquire of this cycle was: it takes no more */
};

/** Records that the settings need, with room to spare. */
uint32_t blocks_record_capacity(const struct pl_blocks_settings *settings,
                                const struct pl_profile *profile);

/** Bytes of the arena that blocks_open takes. */
size_t blocks_arena_bytes(const struct pl_blocks_settings *settings,
                          const struct pl_profile *profile);

/** @param b zeroed @return false when the arena is too small */
bool blocks_open(struct blocks *b, const struct pl_blocks_settings *settings,
                 const struct pl_profile *profile, uint64_t seed, struct pl_arena *arena);

/** What comes after a piece of work. */
enum blocks_next {
    BLOCKS_MORE,    /* of the same part of the cycle */
    BLOCKS_RELEASE, /* of what the cycle holds: its busy part is over */
    BLOCKS_CYCLE    /* another one */
};

/** The work that is due at a time. @param now_ns since the first cycle began, in whole steps
 *  @param next_ns set to when the next is due: BLOCKS_STEP_NS later, or after an idle part without
 *  work */
enum blocks_next blocks_step(struct blocks *b, int64_t now_ns, int64_t *next_ns);

/** Releases whatever is held. */
void blocks_close(struct blocks *b);

#endif
