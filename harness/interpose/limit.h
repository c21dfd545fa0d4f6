/* The limit on what a process holds, in usable bytes: what malloc_usable_size says is the same when
 * a block comes and when it goes, so that no header is needed and nothing drifts.
 *
 * How much is usable is known once the heap has served. A thread remembers what it got for the
 * sizes that it asked for of late, takes that, and puts right what was wrong: one atomic operation
 * a call as a rule. No block is handed out beyond the limit, but by realloc: that may end beyond it
 * by what its heap rounds the new size up by, for there is no way back to the old block. */
#ifndef PL_INTERPOSE_LIMIT_H
#define PL_INTERPOSE_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/interpose/process.h"

struct pl_limit {
    _Alignas(64) int64_t live; /* bytes; below zero where frees of older blocks are counted */
    _Alignas(64) int64_t max;  /* not where each thread writes */
};
extern struct pl_limit pl_limit;

/** What the process held when this thread last changed it, that change included. */
extern PL_TLS int64_t pl_limit_seen;

enum { PL_LIMIT_GUESSES = 64 };

struct pl_limit_guess {
    uint32_t size, usable; /* size 0: none */
};
extern PL_TLS struct pl_limit_guess pl_limit_guesses[PL_LIMIT_GUESSES];

static inline struct pl_limit_guess *pl_limit_guess_of(size_t size)
{
    return &pl_limit_guesses[size / 8 % PL_LIMIT_GUESSES];
}

/** What the heap will make of a request, as far as the thread knows. */
static inline size_t pl_limit_guess(size_t size)
{
    const struct pl_limit_guess *guess = pl_limit_guess_of(size);
    return guess->size == size ? guess->usable : size;
}

static inline void pl_limit_learn(size_t size, size_t usable)
{
    struct pl_limit_guess *guess = pl_limit_guess_of(size);
    if (usable <= UINT32_MAX) {
        guess->size = (uint32_t)size;
        guess->usable = (uint32_t)usable;
    }
}

/** Takes so many bytes. @return false, and nothing taken, where that would pass the limit; equality
 *  passes */
static inline bool pl_limit_take(size_t bytes)
{
    /* What this thread saw last is still there unless another allocates, too. Then the attempt
     * fetches the line for writing, as a look beforehand would not. */
    int64_t live = pl_limit_seen, sum;
    for (bool is_old = true;; is_old = false) {
        const bool fits = !__builtin_add_overflow(live, bytes, &sum) && sum <= pl_limit.max;
        if (PL_LIKELY(fits) && __atomic_compare_exchange_n(&pl_limit.live, &live, sum, false,
                                                           __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
            pl_limit_seen = sum;
            return true;
        }
        if (!fits && !is_old)
            return false;
        if (!fits)
            live = __atomic_load_n(&pl_limit.live, __ATOMIC_RELAXED);
    }
}

static inline void pl_limit_give_back(size_t bytes)
{
    pl_limit_seen = __atomic_sub_fetch(&pl_limit.live, (int64_t)bytes, __ATOMIC_RELAXED);
}

/** Takes bytes that are there already. @return whether that passed the limit */
static inline bool pl_limit_exceed(size_t bytes)
{
    pl_limit_seen = __atomic_add_fetch(&pl_limit.live, (int64_t)bytes, __ATOMIC_RELAXED);
    return pl_limit_seen > pl_limit.max;
}

/** Counts what the process held once a block has been handed out that this thread took. */
static inline void pl_limit_handed_out(void)
{
    pl_count_max(&pl_process->live_bytes_peak, pl_limit_seen > 0 ? (uint64_t)pl_limit_seen : 0);
}

/** Counts a refusal. */
void pl_limit_refused(size_t size);

#endif
