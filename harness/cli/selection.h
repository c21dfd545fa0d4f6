/* Which cells of the matrix a run has: all, or those of its shard. */
#ifndef PL_CLI_SELECTION_H
#define PL_CLI_SELECTION_H

#include <jansson.h>

#include "harness/cli/matrix.h"
#include "harness/results/results.h"

struct pl_selection {
    struct pl_matrix matrix;
    uint32_t shard, shards; /* 0: the run has all */
    uint32_t *shard_of;     /* each cell's; NULL: the run has all */
    bool *wanted;           /* of each cell: whether it is still to run */
    size_t count;           /* cells of the run, whether they ran or not */
};

/** Cuts the matrix as the arguments say: by a plan, or by what the scenarios themselves say.
 *  @param document of --plan; NULL: none @param selection pl_selection_free
 *  @return an exit code, with the line printed */
int pl_selection_make(const struct pl_arguments *arguments, const struct pl_plan *plan,
                      const json_t *document, struct pl_selection *selection);

/** What the results keep of it. @param commit of the sources; the record points to it */
struct pl_matrix_record pl_selection_record(const struct pl_selection *selection,
                                            const char *commit);

/** Cells that are still to run. */
struct pl_selection_left {
    size_t cells;
    double seconds;      /* of replay */
    double real_seconds; /* of those under the wall clock, which take as long */
};

struct pl_selection_left pl_selection_left(const struct pl_selection *selection);

void pl_selection_free(struct pl_selection *selection);

#endif
