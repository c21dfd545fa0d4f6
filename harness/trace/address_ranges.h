/* Ranges of addresses that don't overlap: what a program has mapped beside its heap. */
#ifndef PL_TRACE_ADDRESS_RANGES_H
#define PL_TRACE_ADDRESS_RANGES_H

#include <stdbool.h>
#include <stdint.h>

/** Starts as {0}. */
struct pl_address_ranges {
    struct pl_address_range {
        uint64_t begin, end;
    } * list; /* rising */
    uint32_t count, capacity;
    uint64_t bytes; /* of all */
};

/** Takes [begin, end) out. @return 0 or -ENOMEM: it may fall in two */
int pl_address_ranges_remove(struct pl_address_ranges *ranges, uint64_t begin, uint64_t end);

/** Puts [begin, end) in, in place of what of it is there. @return 0 or -ENOMEM */
int pl_address_ranges_add(struct pl_address_ranges *ranges, uint64_t begin, uint64_t end);

/** Takes out the whole range that an address lies in, if it lies in one. */
void pl_address_ranges_drop(struct pl_address_ranges *ranges, uint64_t address);

#endif
