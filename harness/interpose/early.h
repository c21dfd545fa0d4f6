/* Sizes of blocks that the heap can't tell yet. tcmalloc (gperftools 2.10) says 0 until its own
 * constructor has run, which may be after thousands of calls; from then on it says what nallocx
 * says for the size that was asked for. */
#ifndef PL_INTERPOSE_EARLY_H
#define PL_INTERPOSE_EARLY_H

#include <stddef.h>

/** Remembers a block whose size the heap does not tell. @return its size: what nallocx says, 0
 * where the heap has none or there is no room left */
size_t pl_early_note(const void *block, size_t size);

/** Forgets a block. @return its size; 0 for one that was never noted */
size_t pl_early_forget(const void *block);

#endif
