/* What a layer knows of each block that it has taken: the collector its cell, a pool its frame. The
 * harness's own book, so it lies in shared mappings: outside RssAnon and outside the heap that is
 * measured. */
#ifndef PL_ALLOCATORS_BASE_BOOK_H
#define PL_ALLOCATORS_BASE_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pl_book_entry {
    void *block; /* NULL: free */
    void *value;
};

/** Zeroed, it is empty. */
struct pl_book {
    struct pl_book_entry *entries; /* open addressing, linear probes, at most 5/8 full */
    size_t capacity;               /* a power of 2 */
    size_t count;
};

/** @return false when there is no memory to grow */
bool pl_book_put(struct pl_book *book, void *block, void *value);

/** Adds to a number that is the block's value; a block that is new has `amount`. @return as put */
bool pl_book_add(struct pl_book *book, void *block, uintptr_t amount);

/** @return the block's value, or NULL */
void *pl_book_find(const struct pl_book *book, const void *block);

/** Takes out a block that is in it. */
void pl_book_remove(struct pl_book *book, const void *block);

void pl_book_close(struct pl_book *book);

#endif
