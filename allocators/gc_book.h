/* Which cell of the modelled heap stands for which block. The harness's own book, so it lies in
 * shared mappings: outside RssAnon and outside the heap that is measured. */
#ifndef PL_ALLOCATORS_GC_BOOK_H
#define PL_ALLOCATORS_GC_BOOK_H

#include <stdbool.h>
#include <stddef.h>

struct pl_gc_cell;

struct pl_gc_entry {
    void *block; /* NULL: free */
    struct pl_gc_cell *cell;
};

/** Zeroed, it is empty. */
struct pl_gc_book {
    struct pl_gc_entry *entries; /* open addressing, linear probes, at most 5/8 full */
    size_t capacity;             /* a power of 2 */
    size_t count;
};

/** @return false when there is no memory to grow */
bool pl_gc_book_put(struct pl_gc_book *book, void *block, struct pl_gc_cell *cell);

/** @return the block's cell, or NULL */
struct pl_gc_cell *pl_gc_book_find(const struct pl_gc_book *book, const void *block);

/** Takes out a block that is in it. */
void pl_gc_book_remove(struct pl_gc_book *book, const void *block);

void pl_gc_book_close(struct pl_gc_book *book);

#endif
