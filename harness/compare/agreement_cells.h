/* Which cells of two runs under the wall clock and one under the virtual are the same, and that
 * they were asked the same. */
#ifndef PL_COMPARE_AGREEMENT_CELLS_H
#define PL_COMPARE_AGREEMENT_CELLS_H

#include <jansson.h>
#include <stddef.h>

#include "allocators/base/error.h"
#include "harness/results/cell_name.h"

enum pl_agreement_side {
    PL_AGREEMENT_WALL1,
    PL_AGREEMENT_WALL2,
    PL_AGREEMENT_VIRTUAL,
    PL_AGREEMENT_COUNT
};

/** "wall 1", "wall 2", "virtual". */
const char *pl_agreement_side_name(enum pl_agreement_side side);

/** The first repetition of a cell on each side. Points into the documents. */
struct pl_agreement_cells {
    struct pl_cell_name name; /* under the wall clock */
    const json_t *cells[PL_AGREEMENT_COUNT];
};

/** Finds the cells of WALL1 in the others; of VIRTUAL those with as many threads as the live
 *  receiver has.
 *  @param found new memory, in the order of WALL1; free() it
 *  @return 0; -ENOMEM; -EINVAL with one line: a run that was stopped, of the wrong clock, without a
 *  cell that WALL1 has, or with another host, toolchain, question, seed or duration */
int pl_agreement_cells_find(json_t *const roots[PL_AGREEMENT_COUNT],
                            struct pl_agreement_cells **found, size_t *count,
                            struct pl_error *error);

#endif
