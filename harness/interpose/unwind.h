/* Chains of calls: who asked for memory, and on whose behalf. */
#ifndef PL_INTERPOSE_UNWIND_H
#define PL_INTERPOSE_UNWIND_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/interpose/program_books.h"

/** Remembers from now on in a table what is found of return addresses; as the process attaches. It
 *  begins as zeroes, and is this process's alone. */
void pl_unwind_begin(struct pl_books_rule table[PL_BOOKS_RULES]);

/** Finds the frames that lead to a call, innermost first. Where a frame can't be left (no unwind
 *  table, a signal handler's, another machine than x86-64) the chain ends.
 *  @param caller the return address to begin at; it is there even where nothing else can be told
 *  @param max of them, 1 to PL_BOOKS_DEPTH_MAX
 *  @param old the thread's walk before: what of the stack is as it was then is not looked up again
 *  @return false where all is as it was, and `walk` holds nothing */
bool pl_unwind(const void *caller, uint32_t max, const struct pl_books_walk *old,
               struct pl_books_walk *walk);

/** The frame's word (program_books.h). */
static inline uint64_t pl_unwind_word(const struct pl_books_step *step)
{
    return (step->rule & ~PL_BOOKS_ADDRESS_MASK) | (step->pc & PL_BOOKS_ADDRESS_MASK);
}

/** The frame of a return address, and nothing of its stack. */
struct pl_books_step pl_unwind_caller(const void *caller);

#endif
