/* Which slot the block at an address has, while a trace is made. */
#ifndef PL_TRACE_ADDRESSES_H
#define PL_TRACE_ADDRESSES_H

#include <stdint.h>

/** Starts as {0}. */
struct pl_addresses {
    struct pl_address {
        uint64_t address; /* 0: free */
        uint32_t slot;
    } * table;
    uint32_t count, bits;
};

/** @return the slot, or -1 */
int64_t pl_addresses_find(const struct pl_addresses *addresses, uint64_t address);

/** Enters one that is not there. @return 0 or -ENOMEM */
int pl_addresses_add(struct pl_addresses *addresses, uint64_t address, uint32_t slot);

/** Removes one that is there. */
void pl_addresses_remove(struct pl_addresses *addresses, uint64_t address);

#endif
