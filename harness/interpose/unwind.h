/* Chains of calls: who asked for memory, and on whose behalf. */
#ifndef PL_INTERPOSE_UNWIND_H
#define PL_INTERPOSE_UNWIND_H

#include <stdint.h>

/** Finds the frames that lead to a call, innermost first, as books.h words them. Where a frame
 * can't be left (no unwind table, a signal handler's, another machine than x86-64) the chain ends.
 *  @param caller the return address to begin at; it is there even where nothing else can be told
 *  @param max of them @return how many, 1 at least */
uint32_t pl_unwind(const void *caller, uint64_t *frames, uint32_t max);

#endif
