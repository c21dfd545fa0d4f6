/* A collector on a link that only keeps books: its blocks have addresses and no memory, so that
 * they may be as large and as many as a test likes. */
#ifndef PL_ALLOCATORS_TESTS_COLLECTOR_H
#define PL_ALLOCATORS_TESTS_COLLECTOR_H

#include "allocators/backend.h"
#include "allocators/gc/gc.h"

enum { COLLECTOR_BLOCKS = 1 << 16 };

struct collector {
    struct pl_stack_spec spec;
    struct pl_allocator inner;
    struct pl_gc *gc;
    size_t bytes;
    struct pl_allocator *links[2]; /* of two classes */
    size_t acquired;               /* blocks ever; they are numbered from 0 */
    size_t freed;                  /* of them, given back to the inner link */
    bool closing;
    struct {
        size_t size;
        bool held;      /* by the test */
        unsigned freed; /* how often */
    } blocks[COLLECTOR_BLOCKS];
};

/** Opens `gc` with such options, "" for none; fails the test if that is refused. */
void collector_open(struct collector *c, const char *options);

/** Closes it, and fails the test unless each block has then been freed exactly once, and no held
 * one before. */
void collector_close(struct collector *c);

/** @return the number of the block, which is a new one unless the collector has kept it */
size_t collector_acquire(struct collector *c, size_t size);

void collector_release(struct collector *c, size_t block);

struct pl_stack_stats collector_stats(const struct collector *c);

#endif
