/* Blocks that are held, and what is written into them. */
#ifndef PL_PIPELINES_BLOCKS_HELD_BLOCKS_H
#define PL_PIPELINES_BLOCKS_HELD_BLOCKS_H

#include "harness/pipelines/blocks/blocks.h"

/** Acquires a block and writes its stamp, touching every page of it.
 *  @return its record, or 0 where the heap refused it or the records are used up */
uint32_t blocks_take(struct blocks *b, uint32_t size);

/** Releases what a list holds. A block whose stamp has changed is an integrity error. */
void blocks_release_list(struct blocks *b, struct blocks_list *list);

/** Puts a record at a list's end. */
void blocks_append(struct blocks *b, struct blocks_list *list, uint32_t record);

#endif
