/* Which cells of two runs are the same one, and what stands against comparing them. */
#ifndef PL_COMPARE_MATCH_H
#define PL_COMPARE_MATCH_H

#include <jansson.h>
#include <stddef.h>

#include "allocators/base/error.h"
#include "harness/base/index.h"
#include "harness/compare/heap_change.h"
#include "harness/results/cell_name.h"

#define PL_MATCH_WHY_MAX 200

/** One cell of the matrix with its repetitions on both sides. */
struct pl_match {
    struct pl_cell_name name; /* of both sides */
    const json_t **base;      /* repetitions, in the order of the document */
    size_t base_count;
    const json_t **new;
    size_t new_count;
    char new_failure[PL_MATCH_WHY_MAX];    /* new's program could not run it, and why; else empty */
    char not_comparable[PL_MATCH_WHY_MAX]; /* why no metric of it is; empty: they are */
    char not_exact[PL_MATCH_WHY_MAX];      /* why class D is not, e.g. another compiler */
    char not_noisy[PL_MATCH_WHY_MAX];      /* why classes S and N are not, e.g. another host */
    char not_counted[PL_MATCH_WHY_MAX]; /* why class D is not, though the toolchain is the same: a
                                           heap of another version ended a cell */
    struct pl_heap_change heap; /* another version of the heap, which stands against nothing else */
};

struct pl_matches {
    struct pl_match *matches;
    size_t count, capacity;
    struct pl_index numbers; /* of the matches, by name */
};

/** Finds the cells of both documents, in the order of `new` and then what only `base` has. Points
 *  into the documents. @return 0; -EINVAL when a repetition of a cell is there twice; -ENOMEM */
int pl_matches_make(const json_t *base, const json_t *new, struct pl_matches *matches,
                    struct pl_error *error);

void pl_matches_free(struct pl_matches *matches);

/** Notes what stands against comparing the match's cells: other conditions, toolchains or hosts.
 *  @param match named, with the cells of either side; the reasons are filled in */
void pl_match_check(const json_t *base, const json_t *new, struct pl_match *match);

/** Whether the folders' cells ran side by side, as pairs.
 *  @param screening set to how many repetitions screen @return NULL, or why not */
const char *pl_match_pairing(const json_t *base, const json_t *new, size_t *screening);

/** The replay time of a cell of both runs. */
double pl_match_seconds(const struct pl_match *match);

/** The values of a metric of all repetitions that both sides have, partner by partner.
 *  @param base, new room for base_count values each @return how many */
size_t pl_match_pairs(const struct pl_match *match, const char *metric, double *base, double *new);

#endif
