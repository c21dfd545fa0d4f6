/* Running a cell under one of valgrind's tools. */
#ifndef PL_INSTRUMENTS_VALGRIND_H
#define PL_INSTRUMENTS_VALGRIND_H

#include "harness/instruments/observation.h"

#define PL_VALGRIND_GET "`ci/setup` installs it"

/** @return 0, or -ENOENT */
int pl_valgrind_check(struct pl_error *error);

/** Runs the cell under a tool whose output goes to <stem>.out by its option --<tool>-out-file, and
 *  what valgrind says to <stem>.log. Both are named in the results.
 *  @param options NULL at the end @return as pl_observation_run */
int pl_valgrind_run(struct pl_observation *observation, const char *tool,
                    const char *const *options, struct pl_error *error);

#endif
