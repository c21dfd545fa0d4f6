/* Who asked, and on whose behalf: the chain of calls that a recording has of each block. */
#ifndef PL_INTERPOSE_RECORD_STACKS_H
#define PL_INTERPOSE_RECORD_STACKS_H

#include <stdbool.h>
#include <stdint.h>

/** Gets ready, as the process attaches; in a child of fork anew.
 *  @return false where there is no memory for it: then callers alone can be told */
bool pl_record_stacks_open(void);

/** Copies what the process has mapped to a file beside the raw one: what lies where is seen from
 *  outside a few times a second, which is too late for a program that is over by then. Keeps no
 *  descriptor. What fails is left out.
 *  @param process its place in the raw file */
void pl_record_maps(const char *raw_path, uint32_t process);

/** Finds the return addresses that lead to a call, innermost first. Takes no lock and no memory,
 *  keeps errno. Any thread, in a signal handler too.
 *  @param caller the first one, as the exported function was told @param max of them, 1 or more
 *  @param frames set @return how many, 1 or more */
uint32_t pl_record_stack(const void *caller, uint32_t max, uint64_t *frames);

#endif
