/* A sorted list of ranges (address_ranges.h). */
#include "harness/trace/address_ranges.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The first range that ends behind an address. */
static uint32_t find(const struct pl_address_ranges *r, uint64_t address)
{
    uint32_t low = 0, high = r->count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (r->list[middle].end > address)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static int insert(struct pl_address_ranges *r, uint32_t at, struct pl_address_range range)
{
    if (r->count == r->capacity) {
        const uint32_t capacity = 2 * r->capacity + 16;
        struct pl_address_range *grown = reallocarray(r->list, capacity, sizeof *grown);
        if (!grown)
            return -ENOMEM;
        r->list = grown;
        r->capacity = capacity;
    }
    memmove(&r->list[at + 1], &r->list[at], (r->count - at) * sizeof *r->list);
    r->list[at] = range;
    r->count++;
    r->bytes += range.end - range.begin;
    return 0;
}

static void erase(struct pl_address_ranges *r, uint32_t at)
{
    r->bytes -= r->list[at].end - r->list[at].begin;
    r->count--;
    memmove(&r->list[at], &r->list[at + 1], (r->count - at) * sizeof *r->list);
}

int pl_address_ranges_remove(struct pl_address_ranges *r, uint64_t begin, uint64_t end)
{
    uint32_t at = find(r, begin);
    while (at < r->count && r->list[at].begin < end) {
        const struct pl_address_range old = r->list[at];
        int rc = 0;
        erase(r, at);
        if (old.end > end)
            rc = insert(r, at, (struct pl_address_range){end, old.end});
        if (!rc && old.begin < begin)
            rc = insert(r, at++, (struct pl_address_range){old.begin, begin});
        if (rc || old.end > end)
            return rc;
    }
    return 0;
}

int pl_address_ranges_add(struct pl_address_ranges *r, uint64_t begin, uint64_t end)
{
    int rc = begin < end ? pl_address_ranges_remove(r, begin, end) : 0;
    return rc || begin >= end ? rc
                              : insert(r, find(r, begin), (struct pl_address_range){begin, end});
}

void pl_address_ranges_drop(struct pl_address_ranges *r, uint64_t address)
{
    const uint32_t at = find(r, address);
    if (at < r->count && r->list[at].begin <= address)
        erase(r, at);
}
