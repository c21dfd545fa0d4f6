/* Where a thread records: its place in the raw file, and what time it is there. */
#ifndef PL_INTERPOSE_RECORD_THREAD_H
#define PL_INTERPOSE_RECORD_THREAD_H

#include "harness/interpose/own_slot.h"
#include "harness/interpose/raw.h"

struct pl_record_thread {
    uint64_t *next, *end; /* of its chunk; equal: there is no room, or no chunk */
    struct pl_raw_chunk *chunk;
    uint64_t bytes;                   /* of its next chunk */
    uintptr_t stack_begin, stack_end; /* pages of the stack that are known to be there */
    uint32_t number;                  /* from 1; 0: it has recorded nothing */
    bool is_busy;
    uint32_t sites, frame_count; /* chains told; frames of the latest one */
    uint64_t frames[PL_RAW_FRAMES_MAX];
};
extern PL_TLS struct pl_record_thread pl_record_mine;

extern struct pl_raw *pl_record_raw; /* NULL: nothing is recorded */
extern uint32_t pl_record_frames;    /* of a call site */
extern bool pl_record_by_counter;

/** What orders events. Never 0. */
static inline uint64_t pl_record_stamp(void)
{
#ifdef __x86_64__
    if (PL_LIKELY(!pl_record_by_counter))
        return __builtin_ia32_rdtsc();
#endif
    return __atomic_add_fetch(&pl_record_raw->counter, 1, __ATOMIC_RELAXED);
}

#endif
