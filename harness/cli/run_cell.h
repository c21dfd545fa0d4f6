/* A run on its way: what is asked, what came out so far, and one cell of it. */
#ifndef PL_CLI_RUN_CELL_H
#define PL_CLI_RUN_CELL_H

#include <pthread.h>
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
    uint32_t jobs;   /* cells at the same time, from 1 */
    pthread_mutex_t
        lock;         /* of results, progress and what is printed, while cells run side by side */
    int64_t *took_ns; /* of each scenario's cells together, in the plan's order */
};

/** Where a cell runs. */
struct pl_lane {
    uint32_t number;        /* from 0: the last processor that may be used is the first lane's */
    uint32_t beside;        /* how many cells may run at the same time as it */
    uint64_t ceiling_bytes; /* at which a cell without a container stops itself; 0: what a cell has
                               alone */
    struct pl_job_memory *memory; /* of its cells, one after another */
};

/** Prints a warning, and keeps it in the results. */
void pl_run_warn(struct pl_run *run, const char *text);

/** As pl_run_warn, for a callback. @param run a struct pl_run */
void pl_run_warn_of(void *run, const char *text);

/** One cell, from its start to its place in the results, which are written. Any lane's thread.
 *  @param number its place in the matrix
 *  @return 0; -EAGAIN where it met the lane's ceiling, and is not kept; another negative errno */
int pl_run_cell(struct pl_run *run, size_t number, const struct pl_lane *lane,
                struct pl_error *error);

#endif
