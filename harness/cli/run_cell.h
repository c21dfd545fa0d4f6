/* A run on its way: what is asked, what came out so far, and one cell of it. */
#ifndef PL_CLI_RUN_CELL_H
#define PL_CLI_RUN_CELL_H

#include <signal.h>

#include "harness/cell/process.h"
#include "harness/cli/progress.h"
#include "harness/cli/selection.h"
#include "harness/results/results.h"

struct pl_run {
    const struct pl_arguments *arguments;
    const struct pl_plan *plan;
    struct pl_selection *selection;
    struct pl_results results;
    struct pl_containers containers;
    struct pl_progress progress;
    const volatile sig_atomic_t *interrupted;
    bool unexpected; /* an expectation failed */
};

/** Prints a warning, and keeps it in the results. */
void pl_run_warn(struct pl_run *run, const char *text);

/** As pl_run_warn, for a callback. @param run a struct pl_run */
void pl_run_warn_of(void *run, const char *text);

/** One cell, from its start to its place in the results, which are written.
 *  @param number its place in the matrix @return 0 or a negative errno */
int pl_run_cell(struct pl_run *run, size_t number, struct pl_error *error);

#endif
