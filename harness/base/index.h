/* Which number stands under a text: what looks things up among many, where walking a list for each
 * would take the square of their number. A balanced tree, so that no text makes it slow. */
#ifndef PL_BASE_INDEX_H
#define PL_BASE_INDEX_H

#include <stddef.h>

/** Starts as {0}. */
struct pl_index {
    void *root;
};

/** What pl_index_find gives for a text that is not there. */
#define PL_INDEX_NONE ((size_t)-1)

/** @return the number under `key`, or PL_INDEX_NONE */
size_t pl_index_find(const struct pl_index *index, const char *key);

/** Puts a number under a copy of `key`, in place of one that is there. @return 0 or -ENOMEM */
int pl_index_set(struct pl_index *index, const char *key, size_t number);

/** Leaves it empty. */
void pl_index_free(struct pl_index *index);

#endif
