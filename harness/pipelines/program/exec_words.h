/* A scenario's words as exec takes them. */
#ifndef PL_PIPELINES_PROGRAM_EXEC_WORDS_H
#define PL_PIPELINES_PROGRAM_EXEC_WORDS_H

#include <stddef.h>

#include "allocators/allocator.h"
#include "harness/scenario/program_settings.h"

/** @param argv set to point into `words`, NULL at the end */
void pl_exec_words_argv(const struct pl_words *words, char *argv[PL_PROGRAM_WORDS_MAX + 1]);

/** Adds those variables of ours that heaps read, for a program that is to be as it is.
 *  @return 0, or -ENAMETOOLONG when they are too many or too long */
int pl_exec_words_of_heaps(struct pl_environment *environment, struct pl_error *error);

/** The environment that a foreign program gets: ours, without what heaps read, then those of `heap`
 *  and of `own`, the later of a name alone.
 *  @param heap "NAME=VALUE" each
 *  @return NULL when out of memory; free() it (what it points to is not its own) */
char **pl_exec_words_environment(const char *const *heap, size_t heap_count,
                                 const struct pl_words *own);

#endif
