/* A ledger on a link that hands out the addresses it is told to: nothing looks behind them. */
#ifndef PL_ALLOCATORS_TESTS_LEDGERED_H
#define PL_ALLOCATORS_TESTS_LEDGERED_H

#include "allocators/backend.h"
#include "allocators/ledger/statement.h"

struct ledgered {
    struct pl_allocator inner, *link; /* the link above is the ledger's */
    void *state;
    size_t bytes;
    struct pl_ledger *ledger;
    void *next;                            /* what the inner link hands out; NULL: it refuses */
    size_t inner_acquired, inner_released; /* calls */
    size_t inner_acquired_size, inner_released_size; /* of the last ones */
    int64_t now_ns;
};

/** Opens it for one class of 100 B, with `now_ns` for a clock. */
void ledgered_open(struct ledgered *l);
void ledgered_close(struct ledgered *l);

/** Acquires `size` bytes at an address, under a site. @return the block, which is that address */
void *ledgered_take(struct ledgered *l, uintptr_t address, size_t size, struct pl_site *site);

/** How many live blocks a walk finds that lie at the address and have that size. */
size_t ledgered_find(const struct ledgered *l, uintptr_t address, size_t size);

#endif
