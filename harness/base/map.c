/* A table of powers of two, at most half full (map.h). */
#include "harness/base/map.h"

#include <errno.h>
#include <stdlib.h>

enum { FIRST_BITS = 10, BITS_MAX = 31 };

static uint32_t mask_of(const struct pl_map *m)
{
    return (UINT32_C(1) << m->bits) - 1;
}

/* Fibonacci hashing (Knuth, TAOCP 6.4): the upper bits of a product with 2^64 over the golden
 * ratio. */
static uint32_t home(const struct pl_map *m, uint64_t key)
{
    return (uint32_t)(key * UINT64_C(0x9E3779B97F4A7C15) >> (64 - m->bits));
}

static uint32_t place_of(const struct pl_map *m, uint64_t key)
{
    uint32_t at = home(m, key);
    while (m->table[at].key && m->table[at].key != key)
        at = (at + 1) & mask_of(m);
    return at;
}

int64_t pl_map_find(const struct pl_map *m, uint64_t key)
{
    if (!m->table)
        return -1;
    const struct pl_map_place *found = &m->table[place_of(m, key)];
    return found->key ? (int64_t)found->number : -1;
}

static int grow(struct pl_map *m)
{
    struct pl_map grown = {.count = m->count, .bits = m->table ? m->bits + 1 : FIRST_BITS};
    if (grown.bits > BITS_MAX ||
        !(grown.table = calloc(UINT32_C(1) << grown.bits, sizeof *grown.table)))
        return -ENOMEM;
    for (uint32_t at = 0; m->table && at <= mask_of(m); at++)
        if (m->table[at].key)
            grown.table[place_of(&grown, m->table[at].key)] = m->table[at];
    free(m->table);
    *m = grown;
    return 0;
}

int pl_map_add(struct pl_map *m, uint64_t key, uint32_t number)
{
    int rc = !m->table || m->count > mask_of(m) / 2 ? grow(m) : 0;
    if (rc)
        return rc;
    m->table[place_of(m, key)] = (struct pl_map_place){key, number};
    m->count++;
    return 0;
}

void pl_map_remove(struct pl_map *m, uint64_t key)
{
    uint32_t hole = place_of(m, key);
    const uint32_t mask = mask_of(m);
    for (uint32_t at = (hole + 1) & mask; m->table[at].key; at = (at + 1) & mask) {
        const uint32_t from = home(m, m->table[at].key);
        if (((at - from) & mask) >= ((at - hole) & mask)) {
            m->table[hole] = m->table[at];
            hole = at;
        }
    }
    m->table[hole].key = 0;
    m->count--;
}

void pl_map_free(struct pl_map *m)
{
    free(m->table);
    *m = (struct pl_map){0};
}
