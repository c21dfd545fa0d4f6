/* Runs of pairs, with programs that measure nothing, and what is looked up in them. */
#ifndef PL_COMPARE_TESTS_PAIR_RUNS_H
#define PL_COMPARE_TESTS_PAIR_RUNS_H

#include <jansson.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/compare/pairs.h"
#include "harness/compare/tests/fake_program.h"

#define SCREENING 8
#define CONFIRMING 6
#define CELLS 6
#define SLOWER 1 /* the one cell that the change made slower */

/** The cells of every run. */
extern const struct pl_pair_cell pair_cells[CELLS];

/** How many pairs of each the results are to hold. */
extern const size_t pairs_wanted[CELLS];

struct pair_runs {
    struct fake fake;
    json_t *roots[2]; /* results of base and new of the last run */
    volatile sig_atomic_t interrupted;
    size_t interrupt_at; /* pairs that are done by then; SIZE_MAX: never */
    size_t calls;        /* of the progress */
    size_t planned_first, planned_last;
    bool progress_in_step; /* it counted every pair */
};

/** For a group of tests: runs all pairs into FOLDER/out with seed 7. @return 0, or -1 */
int pair_runs_set_up(void **state);
int pair_runs_tear_down(void **state);

/** For a test that runs pairs itself: programs that know the cells, and nothing run yet. */
int pair_runs_prepare(void **state);

/** Runs all cells into FOLDER/name and reads log and results, where there are any.
 *  @return what pl_pairs_run does */
int pair_runs_run(struct pair_runs *runs, const char *name, uint64_t seed, size_t confirming);

/** The path of something in FOLDER/name; good until the next call. */
const char *pair_runs_path(const struct pair_runs *runs, const char *name, const char *rest);

/** Which cell the k-th pair of the log is of. */
size_t pair_runs_cell(const struct pair_runs *runs, size_t pair);

/** The repetitions of a cell on a side. @param found room for FAKE_RUNS_MAX @return how many */
size_t pair_runs_repetitions(const struct pair_runs *runs, int side, size_t cell,
                             const json_t **found);

#endif
