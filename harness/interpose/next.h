/* The heap behind the library: the functions of the allocation API that come next in the program's
 * search order, and would serve it if the library were not there. */
#ifndef PL_INTERPOSE_NEXT_H
#define PL_INTERPOSE_NEXT_H

#include <stdbool.h>
#include <stddef.h>

/** The first call of any of them finds them all; while that is under way the thread is served from
 *  memory of the library's own (spare.h). */
struct pl_next {
    void *(*malloc)(size_t size);
    void (*free)(void *block);
    void *(*calloc)(size_t count, size_t size);
    void *(*realloc)(void *block, size_t size);
    void *(*memalign)(size_t alignment, size_t size);
    void *(*aligned_alloc)(size_t alignment, size_t size);
    int (*posix_memalign)(void **block, size_t alignment, size_t size);
    void *(*valloc)(size_t size);
    void *(*pvalloc)(size_t size);
    size_t (*usable_size)(void *block);
    int (*trim)(size_t pad); /* NULL where the heap has none; likewise */
    size_t (*nallocx)(size_t size, int flags);
};

extern struct pl_next pl_next;

/** Finds them, once. Any thread, at any time. */
void pl_next_find(void);

/** The object whose malloc stands before the library's in the program's search order: one that a
 *  script put first in LD_PRELOAD, or the program itself. @return its path, or NULL: none does */
const char *pl_next_ahead(void);

/** Whether malloc_usable_size is that of the heap which serves malloc. */
bool pl_next_is_sized(void);

#endif
