/* Which site a chain of calls is (keep.h): a table by the chain's hash, written to without a lock.
 * A chain that two threads meet for the first time at once gets one site; the other place stays
 * empty. */
#include <string.h>

#include "harness/interpose/keep.h"
#include "harness/interpose/own_slot.h"
#include "harness/interpose/shared_count.h"
#include "harness/interpose/unwind.h"

#define SITE_MASK ((uint64_t)PL_LEDGER_SITES_MAX - 1)

/* A polynomial, and the finish of MurmurHash3 (Appleby, public domain): good in the upper bits,
 * which choose the place. */
static uint64_t hash_of(const uint64_t *frames, uint32_t depth)
{
    uint64_t hash = depth;
    for (uint32_t i = 0; i < depth; i++)
        hash = hash * UINT64_C(0x9e3779b97f4a7c15) + frames[i];
    hash = (hash ^ hash >> 33) * UINT64_C(0xff51afd7ed558ccd);
    hash = (hash ^ hash >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return hash ^ hash >> 33;
}

static bool is_chain(const struct pl_books *books, uint64_t site, const uint64_t *frames,
                     uint32_t depth)
{
    const struct pl_books_chain *chain = &books->chains[site];
    return __atomic_load_n(&chain->depth, __ATOMIC_ACQUIRE) == depth &&
           memcmp(&books->frames[chain->first], frames, depth * sizeof *frames) == 0;
}

/* @return a site of its own for the chain; 0 when there is no more room */
static uint32_t add(struct pl_books *books, const uint64_t *frames, uint32_t depth)
{
    const size_t bytes = depth * sizeof *frames + sizeof(struct pl_books_chain);
    if (pl_count_read(&books->site_claims) >= PL_LEDGER_SITES_MAX || !pl_books_afford(bytes))
        return 0;
    const uint64_t site = __atomic_fetch_add(&books->site_claims, 1, __ATOMIC_RELAXED);
    const uint64_t first = __atomic_fetch_add(&books->frame_count, depth, __ATOMIC_RELAXED);
    if (site >= PL_LEDGER_SITES_MAX || first + depth > PL_BOOKS_FRAMES)
        return 0;
    memcpy(&books->frames[first], frames, depth * sizeof *frames);
    books->chains[site].first = first;
    __atomic_store_n(&books->chains[site].depth, depth, __ATOMIC_RELEASE);
    uint32_t known = __atomic_load_n(&books->ledger.site_count, __ATOMIC_RELAXED);
    while (known <= site &&
           !__atomic_compare_exchange_n(&books->ledger.site_count, &known, (uint32_t)site + 1, true,
                                        __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        ;
    return (uint32_t)site;
}

static uint32_t find(struct pl_books *books, const uint64_t *frames, uint32_t depth)
{
    const uint64_t hash = hash_of(frames, depth) & ~SITE_MASK;
    uint64_t own = 0;
    for (uint64_t probe = 0; probe < PL_BOOKS_PLACES; probe++) {
        uint64_t *place = &books->places[((hash >> 47) + probe) % PL_BOOKS_PLACES];
        uint64_t known = __atomic_load_n(place, __ATOMIC_ACQUIRE);
        if (PL_UNLIKELY(!known)) {
            own = own ? own : add(books, frames, depth);
            if (!own)
                return 0;
            if (__atomic_compare_exchange_n(place, &known, hash | own, false, __ATOMIC_RELEASE,
                                            __ATOMIC_ACQUIRE))
                return (uint32_t)own;
        }
        if ((known & ~SITE_MASK) == hash && is_chain(books, known & SITE_MASK, frames, depth))
            return (uint32_t)(known & SITE_MASK);
    }
    return 0;
}

/* A signal handler that interrupted this very thread at its walk is known by its caller alone. */
static uint32_t find_caller(const void *caller)
{
    const struct pl_books_step step = pl_unwind_caller(caller);
    const uint64_t frame = pl_unwind_word(&step);
    return find(pl_books, &frame, 1);
}

__attribute__((noinline)) uint32_t pl_books_site(struct pl_books_walks *walks, const void *caller)
{
    uint64_t frames[PL_BOOKS_DEPTH_MAX];
    if (PL_UNLIKELY(!walks || walks->busy))
        return find_caller(caller);
    walks->busy = 1;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    const struct pl_books_walk *old = &walks->walks[walks->latest];
    struct pl_books_walk *walk = &walks->walks[!walks->latest];
    if (pl_unwind(caller, pl_settings.ledger_depth, old, walk)) {
        walks->latest = !walks->latest;
        for (uint32_t i = walk->own; i < walk->count; i++)
            frames[i - walk->own] = pl_unwind_word(&walk->steps[i]);
        walk->site = find(pl_books, frames, walk->count - walk->own);
    }
    const uint32_t site = walks->walks[walks->latest].site;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    walks->busy = 0;
    return site;
}
