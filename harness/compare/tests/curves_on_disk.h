/* Two runs under the wall clock and one under the virtual, made up for tests: documents, with the
 * series that they name in a folder of their own. */
#ifndef PL_COMPARE_TESTS_CURVES_ON_DISK_H
#define PL_COMPARE_TESTS_CURVES_ON_DISK_H

#include "harness/compare/agreement.h"

struct runs {
    char folder[32];
    json_t *roots[PL_AGREEMENT_COUNT];
};

/** Three documents without cells. */
void runs_make(struct runs *runs);

/** Adds a cell with two threads whose RSS is `from` up to sample `at`, and `to` from there on.
 *  @param from, to MiB @param count samples, 100 ms apart @return the cell */
json_t *runs_add(struct runs *runs, enum pl_agreement_side side, const char *stack, double from,
                 size_t at, double to, size_t count);

/** The same cell on each side: 10 MiB, from the third of 30 samples on 100 MiB. */
void runs_add_all(struct runs *runs, const char *stack);

/** The last cell that was added to a side. */
json_t *runs_last(struct runs *runs, enum pl_agreement_side side);

/** Releases the documents and removes the folder. */
void runs_free(struct runs *runs);

#endif
