/* Which heap a stack has on this machine: its library, and the version that the heap itself tells
 * in a process that it serves. */
#ifndef PL_CELL_INSTALLED_HEAP_H
#define PL_CELL_INSTALLED_HEAP_H

#include <stddef.h>

#include "allocators/allocator.h"

#define PL_HEAPS_MAX 32 /* libraries that are remembered */
#define PL_HEAP_DESCRIPTION_MAX 900

struct pl_heap {
    char name[PL_NAME_MAX];
    char library[512];                 /* its path; "" for one that has none */
    char version[PL_VERSION_TEXT_MAX]; /* "" where it can't be told */
};

/** What was asked already, so that a library is asked once a run. Starts as zeroes. */
struct pl_heaps {
    struct pl_heap known[PL_HEAPS_MAX];
    size_t count;
};

/** Finds the stack's heap and asks it for its version, in a short-lived plimsoll-cell.
 *  @return 0; -ENOENT, -ENAMETOOLONG when its library can't be found; -ENOEXEC when that does not
 *  load here or serves no malloc, with what the loader said; or why plimsoll-cell can't be run */
int pl_heaps_ask(struct pl_heaps *heaps, const struct pl_stack_spec *spec, struct pl_heap *heap,
                 struct pl_error *error);

/** What is installed of a heap, in words: "5.3.0, /usr/lib/libjemalloc.so.2", and which of its
 * options that version does not read. Nothing for a heap that has neither.
 *  @param name "jemalloc" @return 0, or as pl_heaps_ask */
int pl_heap_describe(const char *name, char *text, size_t capacity, struct pl_error *error);

#endif
