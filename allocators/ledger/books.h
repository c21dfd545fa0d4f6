/* A ledger's own state: its table of blocks, the counts of each thread, and what is kept of the
 * past to find leaks. For the files of this folder. */
#ifndef PL_ALLOCATORS_LEDGER_BOOKS_H
#define PL_ALLOCATORS_LEDGER_BOOKS_H

#include "allocators/backend.h"
#include "allocators/ledger/count.h"
#include "allocators/ledger/leaf_table.h"
#include "allocators/ledger/statement.h"

#define PL_LEDGER_WINDOWS 16

/** What one thread counts; it alone writes, any thread reads. Merged on reading. */
struct pl_ledger_slot {
    struct pl_ledger_slot *next;
    const void *owner; /* the thread, by a variable of its own; another may inherit it */
    void *beside;      /* what else is kept of the thread by whom the ledger serves; or NULL */
    struct pl_ledger_count total;
    struct pl_ledger_count classes[PL_LEDGER_CLASSES];
    struct pl_ledger_count sites[PL_LEDGER_SITES_MAX];
};

/** Of one site: the fewest live blocks and bytes in each window. */
struct pl_ledger_minima {
    uint64_t blocks[PL_LEDGER_WINDOWS];
    uint64_t bytes[PL_LEDGER_WINDOWS];
};

struct pl_ledger_watched {
    uint32_t windows;    /* complete ones */
    uint32_t per_window; /* samples */
    uint32_t samples;    /* in the window under way */
    int64_t first_ns;    /* of the first sample */
    int64_t last_ns;     /* of the last complete window's last one */
    struct pl_ledger_minima sites[PL_LEDGER_SITES_MAX];
};

struct pl_ledger {
    uint64_t number; /* which of this process's ledgers it is */
    const int64_t *now_ns;
    int64_t no_clock;
    struct pl_ledger_table table;
    struct pl_ledger_slot *slots;
    uint32_t slot_count;
    uint32_t site_count;
    uint64_t corruptions, failures;
    struct pl_site *sites[PL_LEDGER_NAMED_MAX]; /* the first is NULL */
    struct pl_ledger_watched watched;
    struct pl_ledger_survey survey;
};

/** Which slot a thread wrote to last: one ledger is the rule, tests have several. Its address tells
 *  threads apart; a thread that comes when another has ended may inherit that one's slot. */
struct pl_ledger_mine {
    uint64_t ledger; /* its number */
    struct pl_ledger_slot *slot;
};
extern _Thread_local struct pl_ledger_mine pl_ledger_mine
    __attribute__((tls_model("initial-exec")));

/** The calling thread's slot in another ledger than it wrote to last. */
struct pl_ledger_slot *pl_ledger_slot_turn_to(struct pl_ledger *ledger);

/** The calling thread's counts; NULL when there is no memory for them. */
static inline struct pl_ledger_slot *pl_ledger_slot_find(struct pl_ledger *ledger)
{
    return __builtin_expect(pl_ledger_mine.ledger == ledger->number, 1)
               ? pl_ledger_mine.slot
               : pl_ledger_slot_turn_to(ledger);
}

/** A site's index that its id does not tell yet. @return 0 when there are too many */
uint32_t pl_ledger_site_find(struct pl_ledger *ledger, struct pl_site *site);

/** Live bytes of all threads, of the count that lies `offset` bytes into each slot. */
uint64_t pl_ledger_sum_live(const struct pl_ledger *ledger, size_t offset);

void pl_ledger_slots_close(struct pl_ledger *ledger);

static inline uint32_t pl_ledger_class_of(size_t size)
{
    return size <= 1 ? 0 : 64 - (uint32_t)__builtin_clzll(size - 1);
}

static inline uint64_t pl_ledger_read(const uint64_t *counter)
{
    return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

/** For counters that one thread writes. */
static inline void pl_ledger_add(uint64_t *counter, uint64_t amount)
{
    pl_count_own(counter, amount);
}

#endif
