/* Whether a cell of two runs had another version of its heap: that is a change to be measured, and
 * no obstacle to measuring. */
#ifndef PL_COMPARE_HEAP_CHANGE_H
#define PL_COMPARE_HEAP_CHANGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define PL_HEAP_CHANGE_TEXT 200

/** Texts of the documents. */
struct pl_heap_change {
    const char *heap; /* NULL: no change that is known */
    const char *base; /* versions; "unknown" where the heap could not tell */
    const char *new;
};

/** Compares the heaps of two cells.
 *  @return whether both cells tell their heap, so that `change` says all that there is to say */
bool pl_heap_change_find(const json_t *base, const json_t *new, struct pl_heap_change *change);

/** "jemalloc 5.3.0 -> 5.3.1: a change of the heap". */
void pl_heap_change_text(const struct pl_heap_change *change, char *text, size_t capacity);

#endif
