/* A table of early blocks, by their addresses (early.h). It fills up at most once, so that places
 * are never used twice. */
#include "harness/interpose/early.h"

#include <stdint.h>

#include "harness/interpose/next.h"
#include "harness/interpose/shared_count.h"

enum { PLACES = 8192, PROBES = 64 };

static struct {
    uintptr_t block; /* 0: none was here yet; 1: it has gone */
    size_t size;
} places[PLACES];

static size_t place_of(const void *block, size_t probe)
{
    return (((uintptr_t)block >> 4) * 2654435761u + probe) % PLACES;
}

size_t pl_early_note(const void *block, size_t size)
{
    const size_t told = size && pl_next.nallocx ? pl_next.nallocx(size, 0) : 0;
    for (size_t probe = 0; told && probe < PROBES; probe++) {
        const size_t place = place_of(block, probe);
        uintptr_t none = 0;
        if (!__atomic_compare_exchange_n(&places[place].block, &none, (uintptr_t)block, false,
                                         __ATOMIC_RELAXED, __ATOMIC_RELAXED))
            continue;
        places[place].size = told;
        return told;
    }
    return 0;
}

size_t pl_early_forget(const void *block)
{
    for (size_t probe = 0; probe < PROBES; probe++) {
        const size_t place = place_of(block, probe);
        const uintptr_t found = __atomic_load_n(&places[place].block, __ATOMIC_RELAXED);
        if (!found)
            return 0;
        if (found != (uintptr_t)block)
            continue;
        __atomic_store_n(&places[place].block, 1, __ATOMIC_RELAXED);
        return places[place].size;
    }
    return 0;
}
