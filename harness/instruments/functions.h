/* Reading callgrind's output: how many instructions each function executed itself (valgrind manual
 * 3.19, 6.5 "Callgrind Format Specification"; written with --compress-strings=no
 * --compress-pos=no). */
#ifndef PL_INSTRUMENTS_FUNCTIONS_H
#define PL_INSTRUMENTS_FUNCTIONS_H

#include "allocators/base/error.h"
#include "harness/instruments/stacks.h"

/** Reads the whole text. The sum of all functions has to be the file's own total, so that a file
 *  that is cut is refused.
 *  @param functions empty; set on success, the dearest first; pl_stacks_free
 *  @param total instructions of all
 *  @return 0, -EINVAL with `path:line: what is wrong`, -ENOMEM */
int pl_functions_parse(const char *text, size_t size, const char *path, struct pl_stacks *functions,
                       uint64_t *total, struct pl_error *error);

/** Reads a file. @return as pl_functions_parse, or why it can't be read */
int pl_functions_read(const char *path, struct pl_stacks *functions, uint64_t *total,
                      struct pl_error *error);

#endif
