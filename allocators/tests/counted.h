/* A layer on a link that keeps books: what the layer takes of it and what it gives back. */
#ifndef PL_ALLOCATORS_TESTS_COUNTED_H
#define PL_ALLOCATORS_TESTS_COUNTED_H

#include "allocators/backend.h"

enum { COUNTED_BLOCKS = 4096, COUNTED_CLASSES = 4 };

struct counted {
    struct pl_stack_spec spec;
    struct pl_allocator inner;
    void *state;
    size_t bytes;                                /* of the state */
    struct pl_allocator *links[COUNTED_CLASSES]; /* the layer's */
    size_t acquired, released;                   /* blocks ever */
    size_t out, out_bytes;                       /* blocks that the layer has now, and their sum */
    size_t room;                                 /* blocks that it may have; the rest is refused */
    struct counted_block {
        void *memory;
        size_t size;
    } blocks[COUNTED_BLOCKS];
};

/** Opens the outermost layer of a spec on the link; fails the test if that is refused. */
void counted_open(struct counted *c, const char *text, const struct pl_class *classes,
                  size_t class_count);

/** Closes it, and fails the test unless the layer has then given back all that it took: each block
 *  once, with the size that it was asked for. */
void counted_close(struct counted *c);

struct pl_stack_stats counted_stats(const struct counted *c);

/** splitmix64 (Steele, Lea, Flood, OOPSLA 2014). */
uint64_t counted_random(uint64_t *state);

#endif
