/* Runs the test program again, as a cell would be started: with a stack's environment. */
#ifndef PL_ALLOCATORS_TESTS_SPAWN_H
#define PL_ALLOCATORS_TESTS_SPAWN_H

#include "allocators/allocator.h"

/**
 * Starts this program with other arguments and waits for it.
 * @param extra goes before our own environment
 * @param output what it wrote to stdout and stderr; NULL lets both through
 * @return its wait status, 0 when it went well, -1 when it could not be started
 */
int spawn_self(const char *const *arguments, const struct pl_environment *extra, char *output,
               size_t capacity);

#endif
