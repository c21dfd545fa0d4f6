/* A list that grows, of what a file of heaptrack's numbers. */
#ifndef PL_TRACE_HEAPTRACK_LIST_H
#define PL_TRACE_HEAPTRACK_LIST_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/** Starts as {0}; its items are all of one size. Free what is at `at`. */
struct pl_heaptrack_list {
    void *at;
    uint32_t count, capacity;
};

/** Room for an index, which need not be the next one. What is new holds anything.
 *  @return the item there, or NULL when out of memory */
static inline void *pl_heaptrack_reach(struct pl_heaptrack_list *list, uint32_t index, size_t size)
{
    if (index >= list->capacity) {
        const uint64_t capacity = 2 * (uint64_t)index + 64;
        void *grown = capacity < UINT32_MAX ? reallocarray(list->at, capacity, size) : NULL;
        if (!grown)
            return NULL;
        list->at = grown;
        list->capacity = (uint32_t)capacity;
    }
    return (char *)list->at + (size_t)index * size;
}

/** One more at the end, likewise. */
static inline void *pl_heaptrack_add(struct pl_heaptrack_list *list, size_t size)
{
    void *added = pl_heaptrack_reach(list, list->count, size);
    list->count += added != NULL;
    return added;
}

#endif
