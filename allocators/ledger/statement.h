/* What a stack's ledger knows: who acquired what, what is live of it and for how long. For reports
 * and tests; the harness reads it beside allocator.h. Figures are exact of a moment when no acquire
 * or release is under way in another thread. Nothing here calls malloc. */
#ifndef PL_ALLOCATORS_LEDGER_STATEMENT_H
#define PL_ALLOCATORS_LEDGER_STATEMENT_H

#include "allocators/allocator.h"
#include "allocators/ledger/site.h"

#define PL_LEDGER_SITES_MAX 65536 /* the first is nobody's, and of what comes beyond them */
#define PL_LEDGER_NAMED_MAX 4096  /* of them named by a struct pl_site */
#define PL_LEDGER_CLASSES 40      /* by size: class k holds 2^(k-1) < size <= 2^k bytes */
#define PL_LEDGER_GROUPS 20       /* of live blocks, in a report */
#define PL_LEDGER_AGES 8          /* by age: below 10 ms, 100 ms, 1 s, 10 s, 1 min, 10 min, 1 h */

struct pl_ledger;

/** What was acquired and released, of a site, a class, or in all. */
struct pl_ledger_count {
    uint64_t allocated_blocks, allocated_bytes;
    uint64_t freed_blocks, freed_bytes; /* by the site that allocated */
    uint64_t peak_bytes; /* exact with one thread, else as the acquiring thread saw the sum */
    uint64_t refused;    /* acquires that the links below refused */
};

static inline uint64_t pl_ledger_live_blocks(const struct pl_ledger_count *count)
{
    return count->allocated_blocks - count->freed_blocks;
}

static inline uint64_t pl_ledger_current(const struct pl_ledger_count *count)
{
    return count->allocated_bytes - count->freed_bytes;
}

/** A live block. */
struct pl_ledger_block {
    const void *block;
    uint64_t size;
    uint32_t site;
    int64_t birth_ns; /* by the stack's clock */
};

/** A site whose live blocks only ever become more. See pl_ledger_leak. */
struct pl_ledger_leak {
    double blocks_per_minute;
    double bytes_per_minute;
    uint32_t windows;  /* that its minima rose over */
    int64_t window_ns; /* each of them */
};

/** The stack's ledger, or NULL. */
struct pl_ledger *pl_stack_ledger(const struct pl_stack *stack);

/** Where the stack reads the time from which blocks have their ages, in ns; until then all are born
 *  at 0. It has to be there as long as the stack, and may change at any time. */
void pl_stack_clock(struct pl_stack *stack, const int64_t *now_ns);

/** Everything together. */
void pl_ledger_totals(const struct pl_ledger *ledger, struct pl_ledger_count *count);

/** How many sites there are, that of nobody included. */
uint32_t pl_ledger_site_count(const struct pl_ledger *ledger);

/** @return the site, or NULL for that of nobody, and for one that is a chain of calls */
const struct pl_site *pl_ledger_site(const struct pl_ledger *ledger, uint32_t index,
                                     struct pl_ledger_count *count);

void pl_ledger_class(const struct pl_ledger *ledger, uint32_t index, struct pl_ledger_count *count);

/** Calls `visit` for each live block, in no order. */
void pl_ledger_walk(const struct pl_ledger *ledger,
                    void (*visit)(void *context, const struct pl_ledger_block *block),
                    void *context);

/** Live blocks of one size that one site acquired. */
struct pl_ledger_group {
    uint64_t size, blocks;
    uint32_t site;
};

/** What looking at each live block tells. */
struct pl_ledger_survey {
    uint64_t blocks, bytes;
    uint64_t age_blocks[PL_LEDGER_AGES], age_bytes[PL_LEDGER_AGES];
    struct pl_ledger_group groups[PL_LEDGER_GROUPS]; /* that hold most, largest first */
    uint32_t group_count;
    uint32_t site_count; /* when it was begun: of later ones there are no ages */
    /* Of the sites that there are, births; INT64_MAX for one that holds nothing. Last, so that what
     * is never looked at is never touched. */
    int64_t oldest_ns[PL_LEDGER_SITES_MAX];
    int64_t youngest_ns[PL_LEDGER_SITES_MAX]; /* likewise; INT64_MIN */
};

/** Looks at each live block. @return the ledger's own, good until the next one */
const struct pl_ledger_survey *pl_ledger_survey(struct pl_ledger *ledger, int64_t now_ns);

/** Whether the latest survey and the counts agree; else that is a corruption. At rest only. */
bool pl_ledger_check_survey(struct pl_ledger *ledger);

/** Holds the sites', the classes' and all counts against each other; what does not agree is a
 *  corruption. @return whether they agree */
bool pl_ledger_check(struct pl_ledger *ledger);

/** Blocks broken, foreign, twice released or of another size, and books that don't agree. */
uint64_t pl_ledger_corruptions(const struct pl_ledger *ledger);

/** To be called at regular times: looks at how many blocks of each site are live. One thread. */
void pl_ledger_watch(struct pl_ledger *ledger, int64_t now_ns);

/** Whether a site is suspected of a leak. The run is divided into 8 to 15 windows alike, which
 *  become longer as it goes on, and for each the fewest live blocks are kept. A suspect's minima
 *  rise from each window to the next, but for the first (what warms up), without exception. What
 *  fills up once, goes up and down, or loses less than a block a window is none; what still fills
 *  up cannot be told from a leak. @param leak set when it is */
bool pl_ledger_leak(const struct pl_ledger *ledger, uint32_t site, struct pl_ledger_leak *leak);

#endif
