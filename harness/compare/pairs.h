/* Running two programs side by side: pairs of the same cell next to each other, which goes first
 * decided by a seeded coin, cells shuffled, each cell's first pair thrown away. Noise that drifts
 * hits both arms of a pair alike; blocks of one program and then the other called an A/A
 * comparison different in 28 to 56 % of cases. */
#ifndef PL_COMPARE_PAIRS_H
#define PL_COMPARE_PAIRS_H

#include "allocators/base/error.h"
#include "harness/compare/pair_options.h"

/** Runs all pairs and writes both folders. A cell without a noisy metric (one that was killed)
 *  stops after PL_JUDGE_BAND_RUNS pairs; one that either program can't run is left out and named in
 *  `run.failed`, where comparing finds it.
 *  @return 0; -EINTR when interrupted, with what is whole written; -EINVAL when no cell could be
 *  run, with the reason; another negative errno */
int pl_pairs_run(const struct pl_pairs_options *options, struct pl_error *error);

#endif
