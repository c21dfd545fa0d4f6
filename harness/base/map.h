/* Numbers under numbers: a hash table with linear probing. What is removed leaves no mark (Knuth,
 * TAOCP 6.4, algorithm R), so that a table that is used for long stays as fast. One thread. */
#ifndef PL_BASE_MAP_H
#define PL_BASE_MAP_H

#include <stdint.h>

/** Starts as {0}. Twice as many places as numbers at least, 16 B each. */
struct pl_map {
    struct pl_map_place {
        uint64_t key; /* 0: free */
        uint32_t number;
    } * table;
    uint32_t count, bits;
};

/** @param key not 0 @return the number, or -1 */
int64_t pl_map_find(const struct pl_map *map, uint64_t key);

/** Enters a number under a key that is not there. @return 0 or -ENOMEM */
int pl_map_add(struct pl_map *map, uint64_t key, uint32_t number);

/** Removes one that is there. */
void pl_map_remove(struct pl_map *map, uint64_t key);

/** Leaves it empty. */
void pl_map_free(struct pl_map *map);

#endif
