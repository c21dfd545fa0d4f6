/* All cells of a plan in the order in which a run has them: their numbers name them in the files of
 * the results, whichever shard runs them. */
#ifndef PL_CLI_MATRIX_H
#define PL_CLI_MATRIX_H

#include "harness/cli/plan.h"
#include "harness/results/cell_name.h"
#include "harness/results/host.h"

struct pl_matrix_cell {
    const struct pl_planned *planned;
    const struct pl_planned_cell *cell;
    uint32_t repetition;
    size_t group;
};

struct pl_matrix {
    struct pl_matrix_cell *cells;
    size_t count;
    size_t group_count; /* of cells that one machine has to run: those of a stack in a format, with
                           one thread and with several, and all their repetitions */
    char hash[PL_HOST_HASH_TEXT]; /* of names, repetitions, durations, seeds and limits: alike on every
                                     machine */
};

/** @param plan outlives the matrix @param matrix pl_matrix_free */
void pl_matrix_make(const struct pl_plan *plan, struct pl_matrix *matrix);

/** The name of a cell. It points into the plan. */
struct pl_cell_name pl_matrix_name(const struct pl_matrix_cell *cell);

void pl_matrix_free(struct pl_matrix *matrix);

#endif
