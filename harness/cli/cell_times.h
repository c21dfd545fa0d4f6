/* How long cells take, before they run: by a history of runs, else by what is in the tree. */
#ifndef PL_CLI_CELL_TIMES_H
#define PL_CLI_CELL_TIMES_H

#include <jansson.h>

#include "harness/cli/matrix.h"

/** Where the time of a cell comes from. */
enum pl_time_source {
    PL_TIME_HISTORY,  /* what it took when it ran last, for as long a replay */
    PL_TIME_BUDGET,   /* its part of what its tier allows the scenario, under the virtual clock */
    PL_TIME_DURATION, /* the scenario's duration times the clock's factor */
    PL_TIME_SOURCE_COUNT
};

/** The time of each cell of a matrix. Without a history it depends on the scenarios and options
 *  alone, and is the same on every machine.
 *  @param runs of a history (history_file.h); NULL: none
 *  @param ns out: of each cell, in real time @param sources out: where it comes from */
void pl_cell_times(const struct pl_matrix *matrix, const json_t *runs, int64_t *ns,
                   enum pl_time_source *sources);

/** "the history", ... */
const char *pl_time_source_name(enum pl_time_source source);

#endif
