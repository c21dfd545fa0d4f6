/* A table with linear probing (addresses.h), as places.c. */
#include "harness/trace/addresses.h"

#include <errno.h>
#include <stdlib.h>

enum { FIRST_BITS = 12 };

static uint32_t mask_of(const struct pl_addresses *a)
{
    return (UINT32_C(1) << a->bits) - 1;
}

static uint32_t home(const struct pl_addresses *a, uint64_t address)
{
    return (uint32_t)((address >> 4) * UINT64_C(0x9E3779B97F4A7C15) >> (64 - a->bits));
}

static uint32_t place_of(const struct pl_addresses *a, uint64_t address)
{
    uint32_t at = home(a, address);
    while (a->table[at].address && a->table[at].address != address)
        at = (at + 1) & mask_of(a);
    return at;
}

int64_t pl_addresses_find(const struct pl_addresses *a, uint64_t address)
{
    if (!a->table)
        return -1;
    const struct pl_address *found = &a->table[place_of(a, address)];
    return found->address ? (int64_t)found->slot : -1;
}

static int grow(struct pl_addresses *a)
{
    struct pl_addresses grown = {.count = a->count, .bits = a->table ? a->bits + 1 : FIRST_BITS};
    if (grown.bits > 31 || !(grown.table = calloc(UINT32_C(1) << grown.bits, sizeof *grown.table)))
        return -ENOMEM;
    for (uint32_t at = 0; a->table && at <= mask_of(a); at++)
        if (a->table[at].address)
            grown.table[place_of(&grown, a->table[at].address)] = a->table[at];
    free(a->table);
    *a = grown;
    return 0;
}

int pl_addresses_add(struct pl_addresses *a, uint64_t address, uint32_t slot)
{
    int rc = !a->table || a->count > mask_of(a) / 2 ? grow(a) : 0;
    if (rc)
        return rc;
    a->table[place_of(a, address)] = (struct pl_address){address, slot};
    a->count++;
    return 0;
}

void pl_addresses_remove(struct pl_addresses *a, uint64_t address)
{
    uint32_t hole = place_of(a, address);
    const uint32_t mask = mask_of(a);
    for (uint32_t at = (hole + 1) & mask; a->table[at].address; at = (at + 1) & mask) {
        const uint32_t from = home(a, a->table[at].address);
        if (((at - from) & mask) >= ((at - hole) & mask)) {
            a->table[hole] = a->table[at];
            hole = at;
        }
    }
    a->table[hole].address = 0;
    a->count--;
}
