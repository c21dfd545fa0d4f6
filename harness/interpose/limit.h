/* The limit on what a process holds, in usable bytes: what malloc_usable_size says is the same when
 * a block comes and when it goes, so that no header is needed and nothing drifts.
 *
 * How much is usable is known once the heap has served. A thread remembers what it got for the
 * sizes that it asked for of late, takes that, and puts right what was wrong: one atomic operation
 * a call as a rule. No block is handed out beyond the limit, but by realloc: that may end beyond it
 * by what its heap rounds the new size up by, for there is no way back to the old block.
 *
 * One count that several threads write costs each of them the way of its line between processors.
 * From its second thread on a process therefore hands out the limit in chunks: a thread takes a
 * block's bytes from its own credit, and what it frees is its credit again. All credits are closed
 * and taken back before anything is refused, so that only what does not fit is. */
#ifndef PL_INTERPOSE_LIMIT_H
#define PL_INTERPOSE_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/interpose/own_slot.h"

/* A thread's credit is two chunks at most: 1/8192 of the limit, and no more than it needs to be for
 * its count to be seldom written. */
enum { PL_LIMIT_CHUNKS = 16384, PL_LIMIT_CHUNK_MAX = 64 << 10 };

struct pl_limit {
    /* Bytes held, and those of all credits; below zero where frees of older blocks are counted. */
    _Alignas(64) int64_t live;
    _Alignas(64) int64_t max; /* not where each thread writes */
    int64_t chunk;            /* bytes; larger requests pass the credits by */
    bool is_split;            /* there were two threads */
};
extern struct pl_limit pl_limit;

/* Its thread alone takes and gives; whoever has the lock may close it. A closed one is opened by
 * its thread when a chunk is to be had. */
struct pl_limit_credit {
    _Alignas(64) int64_t bytes; /* below zero: closed */
};

/** This thread's; NULL where it has none. */
extern PL_TLS struct pl_limit_credit *pl_limit_credit;

/** The most that the process was seen to hold, when this thread last changed the count. */
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

/** Sets the limit. @param max bytes */
void pl_limit_open(uint64_t max);

/** Counts a thread in. @param stripe the number of its own, which is its credit's; below zero: it
 * has none */
void pl_limit_join(int stripe);

/** In a child of fork: what it holds is all that its parent did. @return bytes */
int64_t pl_limit_inherit(void);

/** Around fork of the C library: the child finds no count half changed. */
void pl_limit_lock(void);
void pl_limit_unlock(void);

/** As pl_limit_take, where the thread's credit or what is left of the limit is too small. */
bool pl_limit_take_slowly(size_t bytes);

/** As pl_limit_give_back, where the thread's credit is full. */
void pl_limit_give_slowly(size_t bytes);

/** Takes bytes that are there already. @return whether that passed the limit */
bool pl_limit_exceed(size_t bytes);

/** Takes from the count of all threads. @return false, and nothing taken, where it would pass the
 *  limit */
static inline bool pl_limit_take_shared(size_t bytes)
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

static inline void pl_limit_give_shared(size_t bytes)
{
    pl_limit_seen = __atomic_sub_fetch(&pl_limit.live, (int64_t)bytes, __ATOMIC_RELAXED);
}

/* The credit to change for so many bytes; NULL: the count of all. */
static inline struct pl_limit_credit *pl_limit_credit_for(size_t bytes)
{
    const bool split = pl_limit.is_split && bytes <= (size_t)pl_limit.chunk;
    return split ? pl_limit_credit : NULL;
}

/** Takes so many bytes. @return false, and nothing taken, where that would pass the limit; equality
 *  passes */
static inline bool pl_limit_take(size_t bytes)
{
    struct pl_limit_credit *credit = pl_limit_credit_for(bytes);
    if (!credit)
        return PL_LIKELY(pl_limit_take_shared(bytes)) || pl_limit_take_slowly(bytes);
    int64_t have = __atomic_load_n(&credit->bytes, __ATOMIC_RELAXED);
    while (PL_LIKELY(have >= (int64_t)bytes))
        if (__atomic_compare_exchange_n(&credit->bytes, &have, have - (int64_t)bytes, true,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED))
            return true;
    return pl_limit_take_slowly(bytes);
}

static inline void pl_limit_give_back(size_t bytes)
{
    struct pl_limit_credit *credit = pl_limit_credit_for(bytes);
    if (!credit) {
        pl_limit_give_shared(bytes);
        return;
    }
    int64_t have = __atomic_load_n(&credit->bytes, __ATOMIC_RELAXED);
    while (PL_LIKELY(have >= 0 && have + (int64_t)bytes <= 2 * pl_limit.chunk))
        if (__atomic_compare_exchange_n(&credit->bytes, &have, have + (int64_t)bytes, true,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED))
            return;
    if (have < 0)
        pl_limit_give_shared(bytes);
    else
        pl_limit_give_slowly(bytes);
}

/** Counts what the process held once a block has been handed out that this thread took: exact in
 * one thread, at most all credits too much in several. */
static inline void pl_limit_handed_out(void)
{
    pl_count_max(&pl_process->live_bytes_peak, pl_limit_seen > 0 ? (uint64_t)pl_limit_seen : 0);
}

/** Counts a refusal. */
void pl_limit_refused(size_t size);

#endif
